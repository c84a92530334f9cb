"""`earshot poster`: the page that is printed, and the code on it read back module by module."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import segno
from click.testing import CliRunner

from cli.group import Start, main
from staff.posters import drawn

QUIET = 4


def run(*args: str, **settings: str) -> tuple[int, str]:
    given = {"public_url": "https://earshot.example", **settings}
    result = CliRunner().invoke(main, ["poster", *args], obj=Start(given))
    return result.exit_code, result.output


def modules(svg: str) -> list[str]:
    """The squares of the drawn code, as rows of 0 and 1, read from its paths alone."""
    root = ET.fromstring(svg)
    size = int(root.attrib["viewBox"].split()[-1])
    rows = [["0"] * size for _ in range(size)]
    dark = next(path for path in root.iter() if path.tag.endswith("path") and path.get("stroke") in ("#000", "black"))
    x = y = 0.0
    for move, first, second in re.findall(r"([Mmh])\s*(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?", dark.attrib["d"]):
        if move == "M":
            x, y = float(first), float(second)
        elif move == "m":
            x, y = x + float(first), y + float(second)
        else:
            for column in range(int(x), int(x + float(first))):
                rows[int(y - 0.5)][column] = "1"
            x += float(first)
    return ["".join(row[QUIET:-QUIET]) for row in rows[QUIET:-QUIET]]


@pytest.mark.parametrize(
    "link",
    ["https://earshot.example/chat?ref=strategy", "https://wa.me/441823960000?text=%23strategy", "sms:+441823960000?&body=%23x"],
)
def test_what_is_drawn_is_the_code_of_the_link(link: str) -> None:
    wanted = ["".join(str(module) for module in row) for row in segno.make_qr(link, error="q").matrix]

    assert modules(str(drawn(link))) == wanted


def test_the_page_leads_to_the_chat_with_the_code_of_the_campaign(tmp_path: Path) -> None:
    out = tmp_path / "poster.html"
    status, said = run("strategy", "--out", str(out))
    page = out.read_text("utf-8")

    assert (status, said.strip()) == (0, f"{out}: the code leads to https://earshot.example/chat?ref=strategy")
    assert "Tell us what you think" in page
    assert "The new SEND strategy" in page
    assert "earshot.example/chat?ref=strategy" in page
    assert "999" in page
    assert "http" not in re.sub(r'aria-label="[^"]*"|xmlns="[^"]*"', "", page), "nothing is fetched from anywhere"


def test_a_place_is_asked_what_happened_in_its_language(tmp_path: Path) -> None:
    out = tmp_path / "poster.html"
    run("yeovil-clinic", "--locale", "ar", "--out", str(out))

    assert 'dir="rtl"' in out.read_text("utf-8")
    assert "أخبرونا بما حدث" in out.read_text("utf-8")


def test_without_a_code_it_lists_what_there_is() -> None:
    status, said = run()

    assert status == 0
    assert "strategy" in said
    assert "Library, Taunton" in said


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (["nothing"], "no campaign and no place"),
        (["term", "--locale", "xx"], "do not write in"),
        (["term", "--to", "sms"], "no number"),
    ],
)
def test_what_cannot_be_made_is_said_in_a_sentence(args: list[str], why: str) -> None:
    status, said = run(*args)

    assert status == 1
    assert why in said
