"""The look of the public pages and of the demo: each token of it stands in one stylesheet."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOKENS = ROOT / "channels" / "static" / "tokens.css"
SHEETS = [*sorted((ROOT / "channels" / "static").glob("*.css")), *sorted((ROOT / "demo" / "static").glob("*.css"))]


def defined(path: Path) -> set[str]:
    return set(re.findall(r"^\s*(--[\w-]+):", path.read_text("utf-8"), re.MULTILINE))


def test_no_token_is_defined_in_two_stylesheets() -> None:
    times = Counter(name for path in SHEETS for name in defined(path))

    assert [name for name, number in times.items() if number > 1] == []
    assert {"--ink", "--willow", "--paper"} <= defined(TOKENS)


def test_every_token_a_stylesheet_uses_is_its_own_or_one_of_the_house() -> None:
    for path in SHEETS:
        used = set(re.findall(r"var\((--[\w-]+)", path.read_text("utf-8")))
        assert used <= defined(path) | defined(TOKENS), path.name


def test_whatever_links_a_stylesheet_that_uses_tokens_links_the_tokens_first() -> None:
    templates = [*(ROOT / "demo" / "templates").rglob("*.html"), *(ROOT / "channels" / "templates").rglob("*.html")]
    pages = [text for text in (path.read_text("utf-8") for path in templates) if "<!doctype html>" in text]  # not what joins one
    with_tokens = {path.name for path in SHEETS if "var(--" in path.read_text("utf-8")}
    linked = [re.findall(r"[\w-]+\.css", page) for page in pages]

    assert [names[0] for names in linked if with_tokens & set(names)] == ["tokens.css"] * 3
