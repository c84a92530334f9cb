"""The look of all pages, the families' and the team's and the demo's: each token stands in one file, and what stands on
what can be read, in the light and in the dark, also after a council has changed the colours.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from bot.look import FOLDER

ROOT = Path(__file__).parents[1]
TOKENS = FOLDER / "tokens.css"
STAFF = ROOT / "staff" / "static" / "earshot.css"
SHEETS = [
    TOKENS,
    STAFF,
    *sorted((ROOT / "channels" / "static").glob("*.css")),
    *sorted((ROOT / "demo" / "static").glob("*.css")),
]
WIDGET = ROOT / "channels" / "widget"
IN_THE_WIDGET = {"soft": "ink-soft", "deep": "willow-deep", "tint": "willow-tint", "on": "on-willow", "ham": "ham-tint"}
"""It is small: there these tokens have shorter names."""

TEXT, EDGE = 4.5, 3.0
READ = [
    *((text, ground) for text in ("ink", "ink-soft", "willow", "heather", "ham", "red", "rhyne") for ground in ("paper", "card")),
    *(("ink", ground) for ground in ("straw", "willow-tint", "ham-tint", "red-tint", "rhyne-tint", "gone", "heather-mark")),
    ("ink-soft", "straw"),
    ("ink-soft", "willow-tint"),
    ("willow", "willow-tint"),
    ("willow", "straw"),
    ("heather", "heather-tint"),
    ("heather", "heather-mark"),
    ("ham", "ham-tint"),
    ("red", "red-tint"),
    ("rhyne", "rhyne-tint"),
    ("on-willow", "willow"),
    ("on-deep", "willow-deep"),
    ("on-deep", "alarm"),
    ("on-deep-soft", "willow-deep"),
]
SEEN = [("edge", "paper"), ("edge", "card"), ("ham-edge", "card"), ("ham-edge", "ham-tint"), ("heather", "card"), ("red", "card")]


def defined(path: Path) -> set[str]:
    return set(re.findall(r"^\s*(--[\w-]+):", path.read_text("utf-8"), re.MULTILINE))


def colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", css))


def light() -> dict[str, str]:
    return colours(TOKENS.read_text("utf-8").split("@media")[0])


def dark() -> dict[str, str]:
    return light() | colours(TOKENS.read_text("utf-8").split("@media")[1])


def luminance(colour: str) -> float:
    """WCAG 2's relative luminance of #rgb or #rrggbb."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_no_token_is_defined_in_two_stylesheets() -> None:
    times = Counter(name for path in SHEETS for name in defined(path))

    assert [name for name, number in times.items() if number > 1] == []
    assert {"--ink", "--willow", "--paper"} <= defined(TOKENS)


def test_every_token_a_stylesheet_uses_is_its_own_or_one_of_the_house() -> None:
    for path in SHEETS:
        used = {name for name in re.findall(r"var\((--[\w-]+)", path.read_text("utf-8")) if not name.startswith("--govuk-")}
        assert used <= defined(path) | defined(TOKENS), path.name


def test_the_teams_stylesheet_writes_no_colour() -> None:
    css = re.sub(r"/\*.*?\*/", "", STAFF.read_text("utf-8"), flags=re.DOTALL)
    values = " ".join(re.findall(r":([^:;{}]+)[;}]", css))

    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", values) == []


def test_whatever_links_a_stylesheet_that_uses_tokens_links_the_tokens_first() -> None:
    places = ("demo", "channels", "staff")
    templates = [path for place in places for path in (ROOT / place / "templates").rglob("*.html")]
    pages = [text for text in (path.read_text("utf-8") for path in templates) if "<!doctype html>" in text.lower()]
    with_tokens = {path.name for path in SHEETS if "var(--" in path.read_text("utf-8")}
    linked = [[name for name in re.findall(r"[\w-]+\.css", page) if name in with_tokens | {TOKENS.name}] for page in pages]

    assert [names[0] for names in linked if with_tokens & set(names)] == ["tokens.css"] * 4


@pytest.mark.parametrize("scheme", [light, dark])
def test_what_stands_on_what_can_be_read(scheme: type) -> None:
    there = scheme()
    faint = {
        f"{one} on {other}": round(contrast(there[one], there[other]), 2)
        for least, pairs in ((TEXT, READ), (EDGE, SEEN))
        for one, other in pairs
        if contrast(there[one], there[other]) < least
    }

    assert faint == {}


def test_focus_is_seen_on_every_ground() -> None:
    """Honey with ink around it: one of the two always stands out."""
    for there in (light(), dark()):
        for ground in ("paper", "card", "straw", "willow-tint", "willow-deep"):
            assert max(contrast(there["honey"], there[ground]), contrast(there["ink"], there[ground])) >= EDGE, ground


def test_the_chat_on_pages_of_others_has_the_same_colours() -> None:
    """It lives where our stylesheets are not, so it carries its own copy: this keeps the copy true."""
    css = (WIDGET / "style.css").read_text("utf-8")
    blocks = re.search(r"\.ew \{(.*?)\}\s*\.ew\[data-colours=dark\] \{(.*?)\}", css, re.DOTALL)
    assert blocks is not None
    for block, there, but in ((blocks[1], light(), ""), (blocks[2], dark(), "deep")):
        for name, colour in colours(block).items():
            assert name == but or there[IN_THE_WIDGET.get(name, name)] == colour, name
    assert set(re.findall(r"#[0-9a-f]{6}", (WIDGET / "loader.js").read_text("utf-8"))) <= set(light().values())
