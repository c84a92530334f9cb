"""Where a text repeats the words of another, whatever their case, accents, signs and spacing. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from bot.folding import fold
from bot.model import Span

RUN = 5
"""So many words in a row are a quotation; all of a text that has fewer."""
FEWEST = 2
"""One word is not looked for: it would be found in anything."""
SENTENCE = 4
"""A sentence of fewer words might be anybody's."""
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_SENTENCES = re.compile(r"(?<=[.!?\n])\s+")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quoting:
    """Finds what repeats any of some texts."""

    runs: frozenset[Words]

    @classmethod
    def of(cls, *texts: str) -> Self:
        return cls(frozenset(run for text in texts for run in _runs(text)))

    def places(self, text: str) -> tuple[Span, ...]:
        return known_again(text, {len(run) for run in self.runs}, self.runs.__contains__)

    def without(self, text: str, mark: str) -> str:
        """The text with a mark in the place of what it repeats."""
        return without(text, self.places(text), mark)


def sentences_of(text: str) -> tuple[Words, ...]:
    """The words of all of it, and of each of its sentences: by these it is known when it comes again."""
    whole = tuple(word for word, _ in _words(text))
    each = [tuple(word for word, _ in _words(part)) for part in _SENTENCES.split(text)]
    return tuple(dict.fromkeys(run for run in (whole, *(run for run in each if len(run) >= SENTENCE)) if len(run) >= FEWEST))


def known_again(text: str, lengths: Collection[int], is_known: Callable[[Words], bool]) -> tuple[Span, ...]:
    """Where words stand in a row that are known, tried in each of these lengths."""
    return _places(_words(text), lengths, is_known)


def without(text: str, places: Sequence[Span], mark: str) -> str:
    pieces, at = [], 0
    for start, end in places:
        pieces += [text[at:start], mark]
        at = end
    return "".join([*pieces, text[at:]])


def _runs(text: str) -> Iterator[Words]:
    words = [word for word, _ in _words(text)]
    length = min(RUN, len(words))
    for at in range(len(words) - length + 1 if length >= FEWEST else 0):
        yield tuple(words[at : at + length])


def _words(text: str) -> list[tuple[str, Span]]:
    folded = fold(text)
    return [(found[0], folded.span(*found.span())) for found in _WORD.finditer(folded.text)]


def _places(words: Sequence[tuple[str, Span]], lengths: Collection[int], is_known: Callable[[Words], bool]) -> tuple[Span, ...]:
    """Stretches that touch are one."""
    hit = [False] * len(words)
    for length in lengths:
        for at in range(len(words) - length + 1 if length else 0):
            if is_known(tuple(word for word, _ in words[at : at + length])):
                hit[at : at + length] = [True] * length
    found: list[Span] = []
    for at, is_hit in enumerate(hit):
        if is_hit and at and hit[at - 1]:
            found[-1] = (found[-1][0], words[at][1][1])
        elif is_hit:
            found.append(words[at][1])
    return tuple(found)
