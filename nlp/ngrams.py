"""The features of the learned voters: which words, pairs of words and runs of letters a text has, and how telling each is.

TF-IDF as it is commonly defined (logarithm of the count, smoothed inverse document frequency, each of the two blocks of
length 1): words by their spelling key, so that slips and endings do not part them, and runs of two to five letters of the
words as typed, which bear with the slips the spelling does not know. Reading needs numpy alone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc, Span

from nlp.texts import text_of, whole_of

_SHORTEST, _LONGEST = 2, 5
_LONGEST_WORD = 30
"""Letters of a word that are looked at: no word is longer, and a hostile one costs no more."""
_MEMORY = 20_000


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

    def only(self, numbers: NDArray[np.intp]) -> Ngrams:
        """Of these features, those with these numbers, renumbered in this order."""
        return Ngrams([self.features[number] for number in numbers], self.weights[numbers])

    def of(self, stretch: Doc | Span) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """The numbers and values of the features of a text; spelling keys must stand in ``Token.lemma_`` by now."""
        keys, lowers = _tokens(stretch)
        known = self._number
        words = [known[feature] for feature in word_features(keys) if feature in known]
        runs = [number for word in lowers for number in self._runs_of(word)]
        blocks = [self._block(words), self._block(runs)]
        return np.concatenate([numbers for numbers, _ in blocks]), np.concatenate([values for _, values in blocks])

    def _numbers_of_runs(self, word: str) -> tuple[int, ...]:
        return tuple(self._number[run] for run in letter_features(word) if run in self._number)

    def _block(self, found: Sequence[int]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        if not found:
            return np.empty(0, np.intp), np.empty(0, np.float32)
        numbers, counts = np.unique(np.array(found, np.intp), return_counts=True)
        values = (1 + np.log(counts)) * self.weights[numbers]
        return numbers, (values / np.linalg.norm(values)).astype(np.float32)


def _tokens(stretch: Doc | Span) -> tuple[Sequence[str], Sequence[str]]:
    """The spelling keys and the words as typed, in small letters."""
    whole = whole_of(stretch)
    text = text_of(whole.doc)
    places = slice(whole.start, whole.end)
    return text.keys[places], [word for word in text.lowers[places] if not word.isspace()]
