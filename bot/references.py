"""References such as RIVER 482: a word and three digits that can be said aloud. They find a record; they open nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bot import toml
from bot.errors import BadContent
from bot.slips import is_slip

CONTENT = Path(__file__).parent / "content" / "references.toml"
_FIRST, _LAST = 100, 999
_PIECES = re.compile("[a-z]+|[0-9]+")
_CODE = re.compile("[a-z]+ [0-9]{3} [a-z]+ [0-9]{3}")


@dataclass(frozen=True, slots=True)
class References:
    words: tuple[str, ...]
    numbers: tuple[int, ...]

    @classmethod
    def load(cls, path: Path = CONTENT) -> References:
        table = toml.read(path)
        words = toml.words(table, "words", where=path.name)
        never = set(toml.need(table, "never", list, where=path.name))
        if len(set(words)) != len(words) or not all(word.isascii() and word.isalpha() and word.isupper() for word in words):
            raise BadContent(f"{path.name}: each word must stand there once, in the capital letters A to Z.")
        return cls(words, tuple(number for number in range(_FIRST, _LAST + 1) if number not in never))

    def draw(self, random: Random) -> str:
        """One reference by chance. Whether it is free is the store's to say."""
        return f"{random.choice(self.words)} {random.choice(self.numbers)}"

    def code(self, said: str) -> str:
        """The code for another phone (two references in a row) that these plain words are, as it was drawn; else empty.

        With or without spaces, a slip of the thumb in a word forgiven. One word at least must be ours: “bus 123 taxi 456”
        is what happened to somebody.
        """
        pieces = _PIECES.findall(said)
        if not _CODE.fullmatch(" ".join(pieces)) or "".join(pieces) != said.replace(" ", ""):
            return ""
        first, number, second, last = pieces
        known = [self._meant(word) for word in (first, second)]
        if not any(known):
            return ""
        return f"{known[0] or first.upper()} {number} {known[1] or second.upper()} {last}"

    def _meant(self, typed: str) -> str:
        if typed.upper() in self.words:
            return typed.upper()
        meant = [word for word in self.words if is_slip(typed, word.lower())]
        return meant[0] if len(meant) == 1 else ""


def digits(reference: str) -> str:
    """The three digits of a reference; empty when there is none."""
    return reference.rpartition(" ")[2]
