"""The features of the learned voters: which words, pairs of words and runs of letters a text has, and how telling each is.

TF-IDF as it is commonly defined (logarithm of the count, smoothed inverse document frequency, each of the two blocks of
length 1): words by their spelling key, so that slips and endings do not part them, and runs of two to five letters of the
words as typed, which bear with the slips the spelling does not know. Reading needs numpy alone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc, Span

from nlp.texts import Text, text_of, whole_of

_SHORTEST, _LONGEST = 2, 5
_LONGEST_WORD = 30
"""Letters of a word that are looked at: no word is longer, and a hostile one costs no more."""
_MEMORY = 20_000
_NONE = np.empty(0, np.intp)

Numbers = NDArray[np.intp]
"""Of features, or of tokens by their place."""


def word_features(keys: Sequence[str]) -> list[str]:
    """Words and pairs of words."""
    kept = [_number(key) for key in keys if not key.isspace()]
    return kept + [f"{first} {second}" for first, second in pairwise(kept)]


@lru_cache(maxsize=_MEMORY)
def letter_features(word: str) -> tuple[str, ...]:
    """Runs of letters of one word, its ends marked; a dot before each keeps them apart from words."""
    framed = f" {_number(word)[:_LONGEST_WORD]} "
    runs = []
    for size in range(_SHORTEST, _LONGEST + 1):
        if size >= len(framed):
            runs.append("." + framed)
            break
        runs += ["." + framed[start : start + size] for start in range(len(framed) - size + 1)]
    return tuple(runs)


def _number(word: str) -> str:
    """Which figures stand in a number says little; how many, a little."""
    return "".join("#" if letter.isdigit() else letter for letter in word) if any(map(str.isdigit, word)) else word


class Ngrams:
    """The features known, with how telling each is. Learn them with ``learnt``, or give what was kept."""

    def __init__(self, features: Sequence[str], weights: NDArray[np.float32]) -> None:
        self.features = tuple(features)
        self.weights = weights
        self._number = {feature: number for number, feature in enumerate(self.features)}
        self.number = self._number.get
        self._runs_of = lru_cache(maxsize=_MEMORY)(self._numbers_of_runs)
        self._word_of = lru_cache(maxsize=_MEMORY)(self._numbered_word)

    @classmethod
    def learnt(cls, docs: Iterable[Doc | Span], *, fewest: int = 2) -> Self:
        """The features that stand in at least so many of these texts."""
        seen: Counter[str] = Counter()
        count = 0
        for doc in docs:
            keys, lowers = _tokens(doc)
            seen.update({*word_features(keys), *(run for word in lowers for run in letter_features(word))})
            count += 1
        kept = sorted(feature for feature, times in seen.items() if times >= fewest)
        weights = [math.log((1 + count) / (1 + seen[feature])) + 1 for feature in kept]
        return cls(kept, np.array(weights, np.float32))

    def only(self, numbers: Numbers) -> Ngrams:
        """Of these features, those with these numbers, renumbered in this order."""
        return Ngrams([self.features[number] for number in numbers], self.weights[numbers])

    def of(self, stretch: Doc | Span) -> tuple[Numbers, NDArray[np.float32]]:
        """The numbers and values of the features of a text; spelling keys must stand in ``Token.lemma_`` by now."""
        whole = whole_of(stretch)
        words, runs = self._layout(whole.doc).within(whole.start, whole.end)
        blocks = [self._block(words), self._block(runs)]
        return np.concatenate([numbers for numbers, _ in blocks]), np.concatenate([values for _, values in blocks])

    def causes(self, stretch: Doc | Span) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
        """Which token has which feature, and how much of the feature's value is its part: tokens by their place in the
        whole text, numbers of features, parts. Tokens that have a feature have equal parts in it; signs have none.
        """
        whole = whole_of(stretch)
        places, numbers = self._layout(whole.doc).had_by(whole.start, whole.end)
        values = np.zeros(len(self.features))
        found, found_values = self.of(stretch)
        values[found] = found_values
        times = np.bincount(numbers, minlength=1)
        return places, numbers, values[numbers] / times[numbers]

    def _layout(self, doc: Doc) -> _Layout:
        """Made once a text: every stretch of it is read from there."""
        text = text_of(doc)
        layout: _Layout | None = text.found.get(self)
        if layout is None:
            layout = text.found[self] = self._laid_out(text)
        return layout

    def _laid_out(self, text: Text) -> _Layout:
        known, word_of, runs_of = self._number, self._word_of, self._runs_of
        words: list[tuple[int, int, int]] = []
        runs: list[Numbers] = [_NONE]
        places: list[int] = [0]
        last, before = -1, ""
        for place, (lower, key) in enumerate(zip(text.lowers, text.keys, strict=True)):
            if lower.isspace():
                continue
            runs.append(runs_of(lower))
            places.append(place)
            written, number = word_of(key)
            if number is not None:
                words.append((number, place, place))
            if last >= 0 and (number := known.get(f"{before} {written}")) is not None:
                words.append((number, last, place))
            last, before = place, written
        table = np.array(words, np.intp).reshape(len(words), 3)
        return _Layout(
            words=table[:, 0],
            first=table[:, 1],
            last=table[:, 2],
            runs=np.concatenate(runs),
            run_places=np.repeat(np.array(places, np.intp), [len(found) for found in runs]),
            lowers=text.lowers,
        )

    def _numbered_word(self, key: str) -> tuple[str, int | None]:
        written = _number(key)
        return written, self._number.get(written)

    def _numbers_of_runs(self, word: str) -> Numbers:
        return np.array([self._number[run] for run in letter_features(word) if run in self._number], np.intp)

    def _block(self, found: Numbers) -> tuple[Numbers, NDArray[np.float32]]:
        if not len(found):
            return _NONE, np.empty(0, np.float32)
        found = np.sort(found)
        is_first = np.ones(len(found) + 1, np.bool_)
        np.not_equal(found[1:], found[:-1], out=is_first[1:-1])
        begins = is_first.nonzero()[0]
        numbers = found[begins[:-1]]
        values = (1 + np.log(begins[1:] - begins[:-1])) * self.weights[numbers]
        return numbers, (values / math.sqrt(values @ values)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Layout:
    """The known features of a text by the tokens that have them, each array with one entry a time a feature stands there.

    ``words`` are words and pairs of words, from token ``first`` to token ``last``; ``runs`` are runs of letters, each of the
    token in ``run_places``.
    """

    words: Numbers
    first: Numbers
    last: Numbers
    runs: Numbers
    run_places: Numbers
    lowers: Sequence[str]

    def within(self, start: int, end: int) -> tuple[Numbers, Numbers]:
        """The numbers of the features of a stretch: of its words and pairs of words, of its runs of letters."""
        if start == 0 and end == len(self.lowers):
            return self.words, self.runs
        begin, stop = self.run_places.searchsorted((start, end))
        return self.words[(self.first >= start) & (self.last < end)], self.runs[begin:stop]

    def had_by(self, start: int, end: int) -> tuple[Numbers, Numbers]:
        """The tokens of a stretch that are more than signs, and the features each has; a pair of words is had by both."""
        speaks = np.array([any(map(str.isalnum, word)) for word in self.lowers], np.bool_)
        inside = (self.first >= start) & (self.last < end)
        inside[inside] = speaks[self.first[inside]] & speaks[self.last[inside]]
        words, first, last = self.words[inside], self.first[inside], self.last[inside]
        pairs = first != last
        begin, stop = self.run_places.searchsorted((start, end))
        runs, at = self.runs[begin:stop], self.run_places[begin:stop]
        order = np.lexsort((runs, at))
        runs, at = runs[order], at[order]
        once = np.ones(len(runs), np.bool_)
        once[1:] = (runs[1:] != runs[:-1]) | (at[1:] != at[:-1])
        once &= speaks[at]
        return np.concatenate([at[once], last, first[pairs]]), np.concatenate([runs[once], words, words[pairs]])


def _tokens(stretch: Doc | Span) -> tuple[Sequence[str], Sequence[str]]:
    """The spelling keys and the words as typed, in small letters."""
    whole = whole_of(stretch)
    text = text_of(whole.doc)
    places = slice(whole.start, whole.end)
    return text.keys[places], [word for word in text.lowers[places] if not word.isspace()]
