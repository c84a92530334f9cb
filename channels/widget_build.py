"""Puts the chat for web pages together from its sources, small enough for a cheap phone: ``python -m channels.widget_build``.

Nothing is fetched and nothing third-party is used: comments and margins come out, modules are joined into one, and each
file is named by its digest, so that a browser may keep it for ever. Exit code 1 means that something is too large.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.model import Locale
from bot.pages import CONTENT, PageWords, load_page_words

SOURCES = Path(__file__).parent / "widget"
WORDS = CONTENT / "widget"
MODULES = ("memory", "talk", "parts", "log", "panel", "aloud", "leaving", "options", "start")
"""In the order in which each may use those before it."""

LIMITS = {"loader": 1024, "core": 15 * 1024, "style": 4 * 1024, "words": 4 * 1024, "pictures": 1024}
"""The most bytes of each kind of file, compressed, with which a build passes."""
AIMS = {**LIMITS, "core": 12 * 1024}
"""What we hold ourselves to; a test does."""

_SCRIPT = "text/javascript; charset=utf-8"
_SHEET = "text/css; charset=utf-8"
_JSON = "application/json"
_DIGITS = 10
_FILES, _CORE = "{FILES}", "{CORE}"


@dataclass(frozen=True)
class Asset:
    """One file as it is served. ``kind`` is its line in ``LIMITS``."""

    kind: str
    body: bytes
    content_type: str
    suffix: str
    part: str = ""

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:_DIGITS]

    @property
    def stem(self) -> str:
        return "-".join(filter(None, (self.kind, self.part)))

    @property
    def name(self) -> str:
        return f"{self.stem}.{self.digest}.{self.suffix}"

    @cached_property
    def compressed(self) -> bytes:
        return gzip.compress(self.body, 9, mtime=0)


@dataclass(frozen=True)
class Widget:
    """The loader, and what it fetches once it is used, by the part of each name that stays when its words change."""

    loader: Asset
    files: Mapping[str, Asset]

    @property
    def assets(self) -> tuple[Asset, ...]:
        return (self.loader, *self.files.values())


def load_widget_words(locales: Collection[Locale] | None = None) -> dict[Locale, PageWords]:
    """Of the locales that have a file, those a person may choose (all where None). Raises ``BadContent``."""
    return {locale: words for locale, words in load_page_words(WORDS).items() if locales is None or locale in locales}


def build(words: Mapping[Locale, PageWords]) -> Widget:
    """All files. English comes first where it is there."""
    said = {locale: _asset("words", _compact(dict(each.texts)), _JSON, "json", str(locale)) for locale, each in words.items()}
    style = _asset("style", stripped_sheet(_source("style.css")), _SHEET, "css")
    pictures = _asset("pictures", _compact(json.loads(_source("pictures.json"))), _JSON, "json")
    known = {
        "words": {str(locale): asset.name for locale, asset in said.items()},
        "locales": [
            {"locale": str(one), "name": words[one].text("name"), "lang": words[one].text("lang")} for one in _in_order(words)
        ],
        "style": style.name,
        "pictures": pictures.name,
    }
    joined = "\n".join(stripped_script(_source(f"{module}.js")) for module in MODULES)
    core = _asset("core", joined.replace(_FILES, _compact(known)), _SCRIPT, "js")
    loader = _asset("loader", stripped_script(_source("loader.js")).replace(_CORE, core.name), _SCRIPT, "js")
    return Widget(loader, {asset.stem: asset for asset in (core, style, pictures, *said.values())})


def stripped_script(source: str) -> str:
    """A module without its margins and without lines that are comments; nothing else within a line is touched.

    What it takes from the others is there already once they are joined, so ``import`` lines go too.
    """
    lines = [line.strip() for line in source.splitlines()]
    kept = [line for line in lines if line and not line.startswith("//") and not re.match(r"import .* from \"\./", line)]
    lines = [line if line.startswith("export function open(") else line.removeprefix("export ") for line in kept]
    return re.sub(r"(?<=[{(\[,;])\n", "", "\n".join(lines))  # where a statement cannot end, or has ended


def stripped_sheet(source: str) -> str:
    """A style sheet without comments and idle space. Space within ``calc`` and between selectors matters, and stays."""
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    source = re.sub(r"\s+", " ", source)
    source = re.sub(r"\s*([{};,])\s*", r"\1", source)
    return re.sub(r":\s+", ":", source).replace(";}", "}").strip()


def _source(name: str) -> str:
    return (SOURCES / name).read_text(encoding="utf-8")


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _asset(kind: str, text: str, content_type: str, suffix: str, part: str = "") -> Asset:
    return Asset(kind=kind, body=text.encode(), content_type=content_type, suffix=suffix, part=part)


def _in_order(words: Mapping[Locale, PageWords]) -> list[Locale]:
    return sorted(words, key=lambda locale: (not locale.startswith("en"), str(locale)))


def main() -> int:
    widget = build(load_widget_words())
    too_large = False
    for asset in widget.assets:
        size, most = len(asset.compressed), LIMITS[asset.kind]
        too_large |= size > most
        print(f"{asset.stem:24} {size:6} bytes compressed of {most}{'  TOO LARGE' if size > most else ''}")  # noqa: T201 - a command
    return int(too_large)


if __name__ == "__main__":
    sys.exit(main())
