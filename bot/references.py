"""References such as RIVER 482: a word and three digits that can be said aloud. They find a record; they open nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

from bot import toml
from bot.errors import BadContent

CONTENT = Path(__file__).parent / "content" / "references.toml"
_FIRST, _LAST = 100, 999


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


def digits(reference: str) -> str:
    """The three digits of a reference; empty when there is none."""
    return reference.rpartition(" ")[2]
