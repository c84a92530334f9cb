"""Who is speaking, as far as their own words say it: nobody is ever asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import toml
from bot.errors import BadContent
from bot.model import ENGLISH, Locale, Speaker
from bot.unmarked import unmarked

CONTENT = Path(__file__).parent / "content" / "speakers"
YOUNGEST, ADULT, OLDEST = 5, 19, 25
"""Years: whose own age makes them a young person here (SEND runs to 25), and from when adults' numbers are theirs."""
_MOST_READ = 4000
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u00b4`]")
_SIGNS = re.compile(r"[^\w\s]+")
_SPACES = re.compile(r"\s+")
_IN_ORDER = (Speaker.FAMILY, Speaker.PARENT, Speaker.PROFESSIONAL, Speaker.YOUNG_PERSON)
"""A grandson or a foster son before a son; a child of one's own before a trade; a trade before an age."""

Patterns = tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Manner:
    """How people of one locale say who they are."""

    by_speaker: Mapping[Speaker, Patterns]
    quoted: Patterns
    age: Patterns


@dataclass(frozen=True, slots=True)
class Speakers:
    manners: Mapping[Locale, Manner]

    @classmethod
    def load(cls, path: Path = CONTENT) -> Speakers:
        """Read a folder, one file for each locale. Raises ``BadContent``."""
        return cls({Locale(file.stem): _manner(toml.read(file), file.name) for file in sorted(path.glob("*.toml"))})

    def recognise(self, text: str, locale: Locale = ENGLISH) -> Speaker | None:
        """Who says this, or None when the words do not tell (then a parent is assumed)."""
        manner = self._manner(locale)
        if manner is None:
            return None
        words = _plain(text)
        age = self.age(text, locale)
        if age is not None and age < ADULT:  # whatever else they are, a sister or a mother, they are a child
            return Speaker.YOUNG_PERSON
        for speaker in _IN_ORDER:
            if any(pattern.search(words) for pattern in manner.by_speaker[speaker]):
                return speaker
        return None if age is None else Speaker.YOUNG_PERSON

    def age(self, text: str, locale: Locale = ENGLISH) -> int | None:
        """The age in years that a young speaker gives as their own."""
        manner = self._manner(locale)
        words = _plain(text)
        if manner is None or any(pattern.search(words) for pattern in manner.quoted):
            return None
        for pattern in manner.age:
            if (found := pattern.search(words)) and YOUNGEST <= int(found["age"]) <= OLDEST:
                return int(found["age"])
        return None

    def _manner(self, locale: Locale) -> Manner | None:
        return self.manners.get(locale) or self.manners.get(Locale(locale.partition("-")[0]))


def _plain(text: str) -> str:
    folded = unmarked(text[:_MOST_READ]).casefold()
    return _SPACES.sub(" ", _SIGNS.sub(" ", _APOSTROPHES.sub("", folded))).strip()


def _manner(table: dict[str, Any], where: str) -> Manner:
    return Manner(
        by_speaker={speaker: _patterns(table, speaker.value, where) for speaker in _IN_ORDER},
        quoted=_patterns(table, "quoted", where),
        age=_patterns(table, "age", where),
    )


def _patterns(table: dict[str, Any], key: str, where: str) -> Patterns:
    found = []
    for source in toml.words(table, key, where=where):
        try:
            found.append(re.compile(unmarked(source)))
        except re.error as error:
            raise BadContent(f"{where}, {key}: “{source}” is no regular expression: {error}.") from error
    return tuple(found)
