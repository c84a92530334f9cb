"""The words of the plain pages and of the privacy notice: data in `bot/content`, one file for each locale."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from bot import toml
from bot.errors import BadContent
from bot.model import ENGLISH, Locale

CONTENT = Path(__file__).parent / "content"

Text = str | tuple[str, ...]
"""One sentence or more in a row, or a list of them."""


@dataclass(frozen=True, slots=True)
class PageWords:
    """All that the plain pages say in one locale. Keys are dotted paths of the file: ``story.heading``."""

    locale: Locale
    texts: Mapping[str, Text]

    def text(self, key: str, **values: object) -> str:
        """One text with its placeholders filled."""
        found = self.texts[key]
        if not isinstance(found, str):
            raise BadContent(f"{key} in the page words of {self.locale} is a list, not one text.")
        return found.format(**values)

    def lines(self, key: str) -> tuple[str, ...]:
        """A list of texts; one text is a list of one."""
        found = self.texts[key]
        return (found,) if isinstance(found, str) else found

    def has(self, key: str) -> bool:
        return key in self.texts


def load_page_words(folder: Path = CONTENT / "pages", *, locales: Collection[Locale] | None = None) -> Mapping[Locale, PageWords]:
    """Every locale that has a file, English first; of ``locales`` only, where they are given (``Wording.locales``).

    Raises ``BadContent`` where one lacks a text that English has.
    """
    paths = sorted(folder.glob("*.toml"), key=lambda path: (path.stem.partition("-")[0] != ENGLISH, path.stem))
    words = {Locale(path.stem): _page_words(path) for path in paths}
    if ENGLISH not in words:
        raise BadContent(f"There is no {ENGLISH}.toml in the page words.")
    for other in words.values():
        _compare(words[ENGLISH], other)
    return {locale: each for locale, each in words.items() if locales is None or locale in locales}


def _page_words(path: Path) -> PageWords:
    return PageWords(Locale(path.stem), dict(_flat(toml.read(path), path)))


def _flat(table: Mapping[str, object], path: Path, above: str = "") -> Iterator[tuple[str, Text]]:
    for name, value in table.items():
        key = f"{above}{name}"
        match value:
            case dict():
                yield from _flat(value, path, f"{key}.")
            case str() if value.strip():
                yield key, value
            case list() if value and all(isinstance(line, str) and line.strip() for line in value):
                yield key, tuple(value)
            case _:
                raise BadContent(f"{key} in {path.name} must be a text or a list of texts, and not empty.")


def _compare(model: PageWords, other: PageWords) -> None:
    for missing in sorted(model.texts.keys() ^ other.texts.keys()):
        raise BadContent(f"{missing} is not in both {model.locale}.toml and {other.locale}.toml of the page words.")
    for key, text in model.texts.items():
        if _placeholders(text) != _placeholders(other.texts[key]):
            raise BadContent(f"{key} has other placeholders in {other.locale}.toml than in {model.locale}.toml.")


def _placeholders(text: Text) -> set[str]:
    lines = (text,) if isinstance(text, str) else text
    return {name for line in lines for _, name, _, _ in Formatter().parse(line) if name is not None}


# --- the privacy notice ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a notice. ``points`` are pairs of a word and what it does, or points of one."""

    id: str
    heading: str
    text: tuple[str, ...] = ()
    points: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    locale: Locale
    title: str
    lead: str
    sections: tuple[Section, ...]


def load_notices(folder: Path = CONTENT / "privacy") -> Mapping[Locale, Notice]:
    """The privacy notice of each locale that has one, with what the council has decided put in.

    ``decided.toml`` holds what only the council can say; what is empty there is shown as not decided yet.
    """
    decided = {name: str(value).strip() for name, value in toml.read(folder / "decided.toml").items()}
    paths = [path for path in sorted(folder.glob("*.toml")) if path.name != "decided.toml"]
    notices = {Locale(path.stem): _notice(path, decided) for path in paths}
    if ENGLISH not in notices:
        raise BadContent(f"There is no {ENGLISH}.toml in the privacy notices.")
    for other in notices.values():
        if [section.id for section in other.sections] != [section.id for section in notices[ENGLISH].sections]:
            raise BadContent(f"The privacy notice {other.locale}.toml has other parts than {ENGLISH}.toml.")
    return notices


def _notice(path: Path, decided: Mapping[str, str]) -> Notice:
    table = toml.read(path)
    try:
        undecided = str(table["undecided"])
        values = {name: value or undecided for name, value in decided.items()}
        sections = tuple(_section(part, values) for part in table["section"])
        return Notice(Locale(path.stem), str(table["title"]), str(table["lead"]), sections)
    except (KeyError, TypeError, AttributeError) as error:
        raise BadContent(f"The privacy notice {path.name} lacks or misnames {error}.") from error


def _section(part: Mapping[str, object], values: Mapping[str, str]) -> Section:
    def filled(lines: object) -> tuple[str, ...]:
        return tuple(str(line).format(**values) for line in lines) if isinstance(lines, Sequence) else ()

    points = part.get("points", [])
    return Section(
        id=str(part["id"]),
        heading=str(part["heading"]),
        text=filled(part.get("text", [])),
        points=tuple(filled(point) for point in points) if isinstance(points, Sequence) else (),
    )
