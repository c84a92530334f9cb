"""A folded copy of a text for matching: one form for each letter however it was written, with the way back to the original.

Small letters without accents, compatibility forms undone, invisible characters gone, look-alikes of Latin letters made
Latin where a word mixes scripts. Emoji stay. The original is never changed; every offset leads back to it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.model import Span

_MOST_KEPT = 4096
"""How many folded characters are remembered: enough for every script people write in, not for all of Unicode."""

_ALPHABET = 26
_NEGATIVE_A, _NEGATIVE_Z = 0x1F150, 0x1F189
"""White letters in black circles, then, 32 further on, in black squares: two alphabets no decomposition undoes."""
_FLAG_A, _FLAG_Z = 0x1F1E6, 0x1F1FF


def _pairs(tables: dict[str, str]) -> dict[str, str]:
    """Each item of each table is a letter and what it becomes."""
    return {pair[0]: pair[1:] for table in tables.values() for pair in table.split()}


_LETTERS = tomllib.loads((Path(__file__).parent / "content" / "letters.toml").read_text(encoding="utf-8"))
_ONE_FOR_ONE = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u02b9\u00b4\u2032\u055a\uff07`", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\uff0d", "-"),
        **dict.fromkeys("\u2800\u3164\u115f\u1160\uffa0\r\v\f\u0085\x1c\x1d\x1e\x1f", " "),
        **dict.fromkeys("\u2028\u2029", "\n"),
        "\u0640": "",  # the stroke that lengthens Arabic words
        **_pairs(_LETTERS["same"]),
    }
)
_LATIN_FOR = str.maketrans(_pairs(_LETTERS["looks_latin"]))
_FIGURES = tuple(str.maketrans(_pairs({"": table})) for table in _LETTERS["figures"].values())
_OTHER_ALPHABETS = re.compile("[\u0370-\u058f]")
_MIXED_WORD = re.compile(r"[^\W\d_]+")
_STRETCHED = re.compile(r"(\w)\1{2,}")


@dataclass(frozen=True, slots=True)
class Folded:
    """``text`` is the copy; ``offsets[i]`` says which code point of the original its character ``i`` came from.

    ``offsets`` is None where the copy is as long as the original and nothing moved. ``length`` is the original's.
    """

    text: str
    offsets: Sequence[int] | None
    length: int

    def span(self, start: int, end: int) -> Span:
        """The stretch of the original a stretch of the copy came from, with what was dropped inside and just after it."""
        if self.offsets is None:
            return start, end
        after = self.offsets[end] if end < len(self.offsets) else self.length
        return self.offsets[start], max(after, self.offsets[end - 1] + 1)


class _Letters(dict[str, str]):
    """Each character's folded form, worked out once."""

    def __missing__(self, character: str) -> str:
        folded = _fold_one(character)
        if len(self) < _MOST_KEPT:
            self[character] = folded
        return folded


def _fold_one(character: str) -> str:
    code = ord(character)
    if _FLAG_A <= code <= _FLAG_Z:
        return chr(ord("a") + code - _FLAG_A)
    if _NEGATIVE_A <= code <= _NEGATIVE_Z:
        place = (code - _NEGATIVE_A) % 32
        return chr(ord("a") + place) if place < _ALPHABET else ""
    plain = character.lower().translate(_ONE_FOR_ONE)
    decomposed = unicodedata.normalize("NFKD", plain)
    return "".join(_keep(part) for part in decomposed).casefold().translate(_ONE_FOR_ONE)


def _keep(character: str) -> str:
    """Accents, strikes, joiners, direction marks, controls and lone surrogates go; figures of any script become 0 to 9."""
    category = unicodedata.category(character)
    if category in {"Mn", "Me", "Cf", "Cs"} or (category == "Cc" and character not in "\n\t"):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return " " if category == "Zs" else character


_letters = _Letters()


def fold(text: str) -> Folded:
    """Never raises, whatever the text; linear in its length."""
    if text.isascii() and text.replace("\n", " ").isprintable():
        return Folded(text.lower(), None, len(text))
    pieces = [_letters[character] for character in text]
    folded = "".join(pieces)
    if _OTHER_ALPHABETS.search(folded):
        folded = _MIXED_WORD.sub(_one_script, folded)
    if len(folded) == len(text) and all(len(piece) == 1 for piece in pieces):
        return Folded(folded, None, len(text))
    return Folded(folded, [at for at, piece in enumerate(pieces) for _ in piece], len(text))


def _one_script(word: re.Match[str]) -> str:
    """Latin letters and letters of another alphabet in one word: the others are disguises."""
    letters = word[0]
    if not _OTHER_ALPHABETS.search(letters) or not any("a" <= letter <= "z" for letter in letters):
        return letters
    return letters.translate(_LATIN_FOR)


def latin_look(word: str) -> str:
    """A folded word of another alphabet as it looks to an English reader. Same length."""
    return word.translate(_LATIN_FOR)


def unstretched(word: str) -> tuple[str, ...]:
    """What a word with letters held down may mean: ``killll`` gives ``kill`` and ``kil``. Empty if none is."""
    if not _STRETCHED.search(word):
        return ()
    return _STRETCHED.sub(r"\1\1", word), _STRETCHED.sub(r"\1", word)


def with_letters(word: str) -> tuple[str, ...]:
    """What a word with figures or signs in the place of letters may mean: ``k1ll``, ``$uicide``. Empty if it has none, and
    for a number: the 847 bus is no word.
    """
    if word.isalpha() or word.isdecimal():
        return ()
    return tuple(word.translate(figures) for figures in _FIGURES)
