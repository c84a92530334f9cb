"""The features by which danger is scored: words, pairs of words and runs of letters of a folded text, in any language.

A stretch of a text is two blocks of features. In each, a feature counts as often as it stands there, times how telling it
is, divided by the length the block has when no feature stands there twice. So what a head says of a stretch is a sum over
its words and a sum of squares over them: both are running sums, and every window of a text costs next to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.folding import Folded, fold, unstretched, with_letters

SHORTEST, LONGEST = 2, 5
LONGEST_TEXT = 40_000
"""Letters that are read: ten times the longest letter a family has written to us."""
_LONGEST_WORD = 24
_MEMORY = 20_000
_SPELLED_OUT = 3
_SENTENCE_MARK, _CLAUSE_MARK = 2, 3
_MOST_TOGETHER = 3
"""Sentences, and clauses, that are read together."""

_TOKEN = re.compile(
    r"([$@]?[^\W_]+(?:['*@$!|]+[^\W_]+)*)"
    r"|([.!?\u2026\u3002\u061f\u06d4]+|\n+)"
    r"|([,;:()\[\]/\u060c\u3001\"]|[ \t]-+[ \t])"
    r"|([\u2190-\u2bff\U0001f000-\U0001faff])"
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text as keys, where each stands in the folded copy, and where sentences and clauses begin.

    ``sentences`` and ``clauses`` are the numbers of first words, with the number of all words at the end.
    """

    keys: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]
    sentences: Sequence[int]
    clauses: Sequence[int]
    folded: Folded

    def windows(self) -> list[tuple[int, int]]:
        """Stretches that are scored: the whole first, then up to three sentences and up to three clauses together."""
        found = dict.fromkeys([(0, len(self.keys))])
        for edges in (self.sentences, self.clauses):
            for together in range(1, _MOST_TOGETHER + 1):
                found.update(dict.fromkeys(zip(edges, edges[together:], strict=False)))
        return list(found)


def words_of(text: str) -> Words:
    """Never raises; linear in the length of the text."""
    folded = fold(text[:LONGEST_TEXT])
    keys: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    sentences, clauses = [0], [0]
    single = 0
    for token in _TOKEN.finditer(folded.text):
        kind = token.lastindex
        if kind in (_SENTENCE_MARK, _CLAUSE_MARK):
            single = 0
            if kind == _SENTENCE_MARK and sentences[-1] < len(keys):
                sentences.append(len(keys))
            if clauses[-1] < len(keys):
                clauses.append(len(keys))
            continue
        word = token[0]
        single = single + 1 if len(word) == 1 and word.isalnum() else 0
        if single >= _SPELLED_OUT:
            back = single - 1 if single == _SPELLED_OUT else 1
            word = "".join(keys[-back:]) + word
            del keys[-back:], ends[-back:], starts[len(starts) - back + 1 :]
            keys.append(word)
            ends.append(token.end())
            continue
        keys.append(key_of(word))
        starts.append(token.start())
        ends.append(token.end())
    for edges in (sentences, clauses):
        while edges and edges[-1] >= len(keys):
            edges.pop()
        edges.append(len(keys))
    return Words(keys, starts, ends, sentences, clauses, folded)


@lru_cache(maxsize=_MEMORY)
def key_of(word: str) -> str:
    """A folded word as it was meant: held keys let go, figures and signs for letters undone, numbers by their length."""
    word = word.replace("'", "")[:_LONGEST_WORD]
    if word.isalpha():
        return next(iter(unstretched(word)), word)
    if word.isdigit():
        return "#" * len(word)
    if any(map(str.isalpha, word)) and len(word) > _SPELLED_OUT:
        return next((plain for plain in with_letters(word) if plain.isalpha()), word)
    return word


def runs_of(word: str) -> tuple[str, ...]:
    """Runs of letters of one word, its ends marked; a dot before each keeps them apart from words."""
    framed = f" {word} "
    runs = [framed]
    for size in range(SHORTEST, min(LONGEST, len(framed) - 1) + 1):
        runs += [framed[start : start + size] for start in range(len(framed) - size + 1)]
    return tuple("." + run for run in dict.fromkeys(runs))
