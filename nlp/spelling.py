"""One form for many spellings: how a word is compared, whatever its ending and however it was typed.

A word goes three steps: a slip or abbreviation from the table becomes the word meant (``cahms`` is ``camhs``); endings
come off (``refused`` and ``refusing`` are the same word to a cue); and what is then still unknown is drawn to the
nearest word the cues use, if that is near for its length. The words of ``keep`` are never drawn anywhere.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA

LEXICON = Path(__file__).parent / "lexicon"
_SHORTEST_FUZZY = 5
_TWO_SLIPS_FROM = 9
_MEMORY = 20_000
_VOWELS = frozenset("aeiouy")
_STAY_DOUBLE = frozenset("sz")


def stem(word: str) -> str:
    """The word without plural, past and -ing endings. Not a dictionary form: a key two forms share."""
    if len(word) <= 3 or not word.isalpha():  # noqa: PLR2004 - shorter words have no ending to lose
        return word
    return _without_e(_without_ending(word))


def _without_ending(word: str) -> str:
    if word.endswith(("ies", "ied")) and len(word) > 4:  # noqa: PLR2004 - "ties" and "died" keep their vowel
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 2 and not word.endswith("eed") and _VOWELS & set(rest):  # noqa: PLR2004
            return _undoubled(rest)
    return word


def _undoubled(word: str) -> str:
    doubled = word[-1] == word[-2] and word[-1] not in _VOWELS | _STAY_DOUBLE
    keeps_l = word[-1] == "l" and len(word) <= 4  # noqa: PLR2004 - "call" and "tell", but "cancel"
    return word[:-1] if doubled and not keeps_l else word


def _without_e(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("e") else word  # noqa: PLR2004


class Spelling:
    """Draws words to the vocabulary of the cues. ``vocabulary`` are whole words, in any form."""

    def __init__(self, vocabulary: Iterable[str] = (), path: Path = LEXICON / "spelling.toml") -> None:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        self._meant: dict[str, str] = dict(data["meant"])
        self._same = {form: word for word, forms in data["same"].items() for form in forms}
        self._known: set[str] = {self._key(word) for words in data["keep"].values() for word in words}
        self._near: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for word in sorted(vocabulary):  # of two that are as near, always the same one is taken
            self._learn(self._key(word))
        self.key = lru_cache(maxsize=_MEMORY)(self._nearest)

    def word(self, text: str) -> str:
        """The word meant, in lower case, endings on."""
        lower = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
        return self._meant.get(lower, lower)

    def _key(self, text: str) -> str:
        word = self.word(text)
        return stem(self._same.get(word, word))

    def _learn(self, key: str) -> None:
        if key in self._known:
            return
        self._known.add(key)
        if len(key) >= _SHORTEST_FUZZY and key.isalpha():
            self._near[(key[0], len(key))].append(key)

    def _nearest(self, text: str) -> str:
        key = self._key(text)
        if key in self._known or len(key) < _SHORTEST_FUZZY or not key.isalpha():
            return key
        slips = 2 if len(key) >= _TWO_SLIPS_FROM else 1
        best, distance = key, slips + 1
        for length in range(len(key) - slips, len(key) + slips + 1):
            for candidate in self._near.get((key[0], length), ()):
                found = OSA.distance(key, candidate, score_cutoff=slips)
                if found < distance:
                    best, distance = candidate, found
        return best
