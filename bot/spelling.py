"""Recognises known words however they were typed: held keys, figures for letters, slips of the finger, masks, spaces."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.errors import BadContent
from bot.folding import latin_look, unstretched, with_letters

_LONGEST = 40
_LONGEST_SLIP = 16
_PIECE = re.compile(r"[^\W_]+")
_SIGNS = frozenset("*$@!|")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """How people type, as data. ``meant``: what is written → the word or words meant. ``two_words``: words that are
    also written in two. ``slips``: words known with one letter wrong, missing, doubled or swapped, but for ``not_slips``.
    ``joined``: little words written together with the next one, as the Arabic "and".
    """

    meant: Mapping[str, str]
    two_words: frozenset[str]
    slips: frozenset[str]
    not_slips: frozenset[str]
    joined: frozenset[str] = frozenset()


_MEMORY = 2_048
"""Words of which it is remembered what they are: most of what people write, in the language most write in."""


class Speller:
    """Finds the code of a word that is not known as it stands.

    ``codes`` maps known words to their codes (a code is a string of one letter a word); ``stems`` maps beginnings.
    """

    def __init__(self, codes: Mapping[str, str], stems: Mapping[str, str], typing: Typing) -> None:
        missing = sorted(word for word in typing.slips if word not in codes)
        if missing:
            raise BadContent(f"No phrase has {', '.join(missing)}, listed for slips of the finger.")
        self._codes = codes
        self._stems = stems
        self._stem_lengths = sorted({len(stem) for stem in stems}, reverse=True)
        self._two_words = typing.two_words
        self._slips = typing.slips
        self._not_slips = typing.not_slips
        self._one_less = {short: codes[word] for word in sorted(typing.slips) for short in _one_less(word)}
        self._slip_starts = frozenset(word[:1] for word in typing.slips)
        self._shortest = min((len(word) for word in typing.slips), default=_LONGEST) - 1
        self._by_shape: dict[tuple[int, str], list[str]] = {}
        for word in sorted(typing.slips):
            self._by_shape.setdefault((len(word), word[0]), []).append(word)
        self._guessed = lru_cache(maxsize=_MEMORY)(self._guess)
        self._in_order = sorted(codes)

    def guess(self, word: str) -> str:
        """The code of a folded word that ``codes`` has not; empty when it is simply another word."""
        return self._guessed(word) if len(word) <= _LONGEST else ""

    def _guess(self, word: str) -> str:
        if "'" in word:
            plain = word.replace("'", "")
            return self._codes.get(plain) or self.guess(plain)
        if not word.isalpha():
            return self._disguised(word)
        found = self._stem(word) or self._stretched(word) or self._slip(word)
        return found or ("" if word.isascii() else self._codes.get(latin_look(word), ""))

    def in_two(self, first: str, second: str, *, fragment: bool) -> str:
        """The code of a word typed in two; ``fragment`` says that one of the halves is no word we know."""
        whole = first + second
        if whole in self._two_words or (fragment and whole in self._slips):
            return self._codes[whole]
        return ""

    def letter_by_letter(self, letters: str) -> list[tuple[int, int, str]]:
        """The known words in letters typed one by one, longest first: (start, end, code)."""
        found = []
        at = 0
        while at < len(letters):
            end = longest = at + 1
            while end <= len(letters) and self._begins_one(letters[at:end]):
                if letters[at:end] in self._codes:
                    longest = end
                end += 1
            if code := self._codes.get(letters[at:longest]):
                found.append((at, longest, code))
            at = longest
        return found

    def _begins_one(self, letters: str) -> bool:
        place = bisect_left(self._in_order, letters)
        return place < len(self._in_order) and self._in_order[place].startswith(letters)

    def _stem(self, word: str) -> str:
        for length in self._stem_lengths:
            if len(word) >= length and word[:length] in self._stems:
                return self._stems[word[:length]]
        return ""

    def _stretched(self, word: str) -> str:
        return next((self._codes[shorter] for shorter in unstretched(word) if shorter in self._codes), "")

    def _slip(self, word: str) -> str:
        """One letter wrong, missing, too many or swapped, but the first letter right: every such pair shares a shorter word."""
        if word[0] not in self._slip_starts or not self._shortest <= len(word) <= _LONGEST_SLIP or word in self._not_slips:
            return ""
        if word in self._one_less:
            return self._one_less[word]
        for short in _one_less(word):
            if short in self._slips:
                return self._codes[short]
            if short in self._one_less:
                return self._one_less[short]
        return ""

    def _disguised(self, word: str) -> str:
        """Figures and signs among the letters: in their place, over them, or between words that merely touch."""
        for plain in with_letters(word):
            if code := self._codes.get(plain) or (plain.isalpha() and self._slip(plain)) or "":
                return code
        if "*" in word:
            return self._masked(word)
        if _SIGNS.isdisjoint(word):
            return ""
        pieces = _PIECE.findall(word)
        return "".join(self._codes.get(piece, "") for piece in pieces)

    def _masked(self, word: str) -> str:
        for known in self._by_shape.get((len(word), word[0]), ()):
            if all(there in ("*", letter) for there, letter in zip(word, known, strict=True)):
                return self._codes[known]
        return self._one_less.get(word.replace("*", ""), "")


def _one_less(word: str) -> set[str]:
    """The word without one of its letters, the first one kept."""
    return {word[:at] + word[at + 1 :] for at in range(1, len(word))}
