"""Advice on how plain an English text is: long sentences, words families may not use, and a reading age. It never refuses one.

The reading age is by Coleman and Liau, "A computer readability formula designed for machine scoring", Journal of Applied
Psychology 60 (1975) 283-284: it needs letters, words and sentences, and no count of syllables. It gives a school year of the
United States, whose first begins at six; five years more are the age.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot import toml
from bot.errors import BadContent
from bot.model import Locale

CONTENT = Path(__file__).parent / "content" / "plain_english.toml"
FEWEST_WORDS = 30
"""Below this a formula made for whole pages says nothing."""
YOUNGEST, OLDEST = 5, 20

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")  # noqa: RUF001 - people type the curly one too
_END = re.compile(r"(?<=[.!?…])[\"”')\]]*\s+|\n+")
_SHORT = re.compile(r"\b(?:mr|mrs|ms|mx|dr|prof|st|no|e\.g|i\.e|a\.m|p\.m|etc)\.$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Jargon:
    """A word as it was written, and what to say instead."""

    word: str
    instead: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """``long`` holds how each sentence that is too long begins, with its number of words. ``age`` is None for a short text."""

    long: tuple[tuple[str, int], ...]
    jargon: tuple[Jargon, ...]
    age: int | None
    too_old: bool

    @property
    def is_plain(self) -> bool:
        return not (self.long or self.jargon or self.too_old)


@dataclass(frozen=True, slots=True)
class PlainEnglish:
    """``words`` leads from what may be written, in small letters but for what is written in capitals, to what is plainer."""

    words: Mapping[str, tuple[str, ...]]
    longest_sentence: int
    oldest: int

    @classmethod
    def load(cls, path: Path = CONTENT) -> PlainEnglish:
        """Raises ``BadContent``."""
        table, where = toml.read(path), path.name
        words: dict[str, tuple[str, ...]] = {}
        for entry in toml.need(table, "word", list, where=where):
            for said in toml.words(entry, "said", where=where):
                key = said if said.isupper() else said.lower()
                if key in words:
                    raise BadContent(f"{where}: “{said}” stands there twice.")
                words[key] = toml.words(entry, "instead", where=where)
        limits = toml.numbers(table, "limits", where=where)
        try:
            return cls(words, limits["longest_sentence"], limits["oldest_reading_age"])
        except KeyError as error:
            raise BadContent(f"{where}, limits: there is no {error}.") from error

    def look(self, text: str, locale: Locale) -> Advice | None:
        """None: it is read in another language, and nothing is said of it."""
        if locale.partition("-")[0] != "en":
            return None
        sentences = sentences_of(text)
        counted = [(sentence, len(_WORD.findall(sentence))) for sentence in sentences]
        long = tuple((_beginning(sentence), count) for sentence, count in counted if count > self.longest_sentence)
        age = reading_age(text)
        return Advice(long=long, jargon=self._jargon(text), age=age, too_old=age is not None and age > self.oldest)

    def _jargon(self, text: str) -> tuple[Jargon, ...]:
        found: dict[str, Jargon] = {}
        spans: list[tuple[int, int]] = []
        for said in sorted(self.words, key=len, reverse=True):  # of “in order to” and “order” the longer one
            flags = 0 if said.isupper() else re.IGNORECASE
            for match in re.finditer(rf"(?<![\w]){re.escape(said)}(?![\w])", text, flags):
                if any(start < match.end() and match.start() < end for start, end in spans):
                    continue
                spans.append(match.span())
                found.setdefault(said, Jargon(match[0], self.words[said]))
        return tuple(sorted(found.values(), key=lambda each: text.index(each.word)))


def sentences_of(text: str) -> tuple[str, ...]:
    """A line is never part of two sentences; a title or a shortened word with its full stop ends none."""
    found: list[str] = []
    for line in text.splitlines():
        begun = ""
        for piece in _END.split(line):
            begun = f"{begun} {piece}".strip()
            if not _SHORT.search(begun):
                found.append(begun)
                begun = ""
        found.append(begun)
    return tuple(sentence for sentence in found if _WORD.search(sentence))


def reading_age(text: str) -> int | None:
    """In whole years. None for a text too short to say."""
    words: list[str] = _WORD.findall(text)
    sentences = sentences_of(text)
    if len(words) < FEWEST_WORDS:
        return None
    letters = sum(sign.isalnum() for word in words for sign in word)
    grade = 0.0588 * (100 * letters / len(words)) - 0.296 * (100 * len(sentences) / len(words)) - 15.8
    return min(max(round(grade) + 5, YOUNGEST), OLDEST)


def _beginning(sentence: str) -> str:
    return " ".join(sentence.split()[:5])
