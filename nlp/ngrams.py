"""The features of the learned voters: which words, pairs of words and runs of letters a text has, and how telling each is.

TF-IDF as it is commonly defined (logarithm of the count, smoothed inverse document frequency, each of the two blocks of
length 1): words by their spelling key, so that slips and endings do not part them, and runs of two to five letters of the
words as typed, which bear with the slips the spelling does not know. Reading needs numpy alone.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc, Span

from nlp.texts import Text, text_of, whole_of

_SHORTEST, _LONGEST = 2, 5
_LONGEST_WORD = 30
"""Letters of a word that are looked at: no word is longer, and a hostile one costs no more."""
_MEMORY = 8_192
"""Words whose features are kept at hand: most of what people write."""

_MOST_WORDS = 1 << 31
"""More than there can be words in pairs: two numbers of words are one number of a pair."""

Numbers = NDArray[np.intp]
"""Of features, or of tokens by their place."""
Values = NDArray[np.float32]


def word_features(keys: Sequence[str]) -> list[str]:
    """Words and pairs of words."""
    kept = [_number(key) for key in keys if not key.isspace()]
    return kept + [f"{first} {second}" for first, second in pairwise(kept)]


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


_Known = tuple[int, int, bytes, int]
"""What is known of one word: its number as a part of pairs (0: of none), its feature (-1: none), its runs of letters as the
bytes of an array of numbers, each once and after them those that it has again, and how many are there once.
"""


class Ngrams:
    """The features known, with how telling each is. Learn them with ``learnt``, or give what was kept.

    Of the features themselves only one text is held: words and runs are looked up in tables of their own, and pairs by the
    numbers of their words.
    """

    def __init__(self, features: Sequence[str], weights: Values) -> None:
        self._written = "\n".join(features)
        self.weights = weights
        self._runs = {feature: number for number, feature in enumerate(features) if feature.startswith(".")}
        self._singles = {feature: number for number, feature in enumerate(features) if " " not in feature and feature[0] != "."}
        self._words: dict[str, int] = {}
        pairs, numbers = array("q"), array("q")
        for number, feature in enumerate(features):
            for pair in _pairs_of(feature):
                first, second = (self._words.setdefault(word, len(self._words) + 1) for word in pair)
                pairs.append(first * _MOST_WORDS + second)
                numbers.append(number)
        order = np.array(pairs, np.int64).argsort()
        self._pairs = np.append(np.array(pairs, np.int64)[order], np.iinfo(np.int64).max)
        self._pair_features = np.array(numbers, np.int32)[order]
        self._kind = np.min_scalar_type(len(features))
        """Of the numbers of runs: those of two bytes are sorted several times as quickly."""
        self._known = lru_cache(maxsize=_MEMORY)(self._look_up)

    @property
    def features(self) -> tuple[str, ...]:
        return tuple(self._written.split("\n")) if self._written else ()

    @classmethod
    def learnt(cls, docs: Iterable[Doc | Span], *, fewest: int = 2) -> Self:
        """The features that stand in at least so many of these texts."""
        seen: Counter[str] = Counter()
        count = 0
        runs_of = lru_cache(maxsize=None)(letter_features)
        for doc in docs:
            keys, lowers = _tokens(doc)
            seen.update({*word_features(keys), *(run for word in lowers for run in runs_of(word))})
            count += 1
        kept = sorted(feature for feature, times in seen.items() if times >= fewest)
        weights = [math.log((1 + count) / (1 + seen[feature])) + 1 for feature in kept]
        return cls(kept, np.array(weights, np.float32))

    def only(self, numbers: Numbers) -> Ngrams:
        """Of these features, those with these numbers, renumbered in this order."""
        features = self.features
        return Ngrams([features[number] for number in numbers], self.weights[numbers])

    def of(self, stretch: Doc | Span) -> tuple[Numbers, Values]:
        """The numbers and values of the features of a text; spelling keys must stand in ``Token.lemma_`` by now."""
        numbers, values = self.of_all([stretch])
        there = values[0].nonzero()[0]
        return numbers[there], values[0, there]

    def of_all(self, stretches: Sequence[Doc | Span]) -> tuple[Numbers, Values]:
        """The numbers of the features of a text, and how much of each stands in stretches of it: stretches by features."""
        wholes = [whole_of(stretch) for stretch in stretches]
        layout = self._layout(wholes[0].doc)
        edges = [(whole.start, whole.end) for whole in wholes]
        new = [edge for edge in dict.fromkeys(edges) if edge not in layout.values]
        if new:
            layout.values.update(zip(new, self._values(layout, new), strict=True))
        return layout.numbers, np.stack([layout.values[edge] for edge in edges])

    def _values(self, layout: _Layout, edges: Sequence[tuple[int, int]]) -> Values:
        counts = np.stack([layout.counts(*edge) for edge in edges])
        values = np.zeros(counts.shape)
        np.log(counts, out=values, where=counts > 0)
        values = (values + (counts > 0)) * self.weights[layout.numbers]
        for block in (values[:, : layout.words_end], values[:, layout.words_end :]):
            length = np.sqrt(np.einsum("ij,ij->i", block, block))
            np.divide(block, np.where(length > 0, length, 1)[:, None], out=block)
        return values.astype(np.float32)

    def causes(self, stretch: Doc | Span) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
        """Which token has which feature, and how much of the feature's value is its part: tokens by their place in the
        whole text, numbers of features, parts. Tokens that have a feature have equal parts in it; signs have none.
        """
        whole = whole_of(stretch)
        layout = self._layout(whole.doc)
        places, at = layout.had_by(whole.start, whole.end)
        numbers, values = self.of_all([stretch])
        times = np.bincount(at, minlength=1)
        return places, numbers[at], values[0, at] / times[at]

    def _layout(self, doc: Doc) -> _Layout:
        """Made once a text: every stretch of it is read from there."""
        text = text_of(doc)
        layout: _Layout | None = text.found.get(self)
        if layout is None:
            layout = text.found[self] = self._laid_out(text)
        return layout

    def _laid_out(self, text: Text) -> _Layout:
        known = self._known
        written = [
            (place, *known(lower, key))
            for place, (lower, key) in enumerate(zip(text.lowers, text.keys, strict=True))
            if not lower.isspace()
        ]
        at, own, features, letters, kinds = zip(*written, strict=True) if written else ((), (), (), (), ())
        places, words, single, runs_of_kinds = np.array([at, own, features, kinds], np.intp)
        pairs = words[:-1] * _MOST_WORDS + words[1:]
        found = self._pairs.searchsorted(pairs)
        is_known, is_pair = single >= 0, self._pairs[found] == pairs
        lengths = [len(one) // self._kind.itemsize for one in letters]
        said, word_at = _grouped(np.concatenate([single[is_known], self._pair_features[found[is_pair]]]))
        spelt, run_at = _grouped(np.frombuffer(b"".join(letters), self._kind))
        return _Layout(
            numbers=np.concatenate([said, spelt]),
            words_end=len(said),
            words=word_at,
            first=np.concatenate([places[is_known], places[:-1][is_pair]]),
            last=np.concatenate([places[is_known], places[1:][is_pair]]),
            runs=run_at + len(said),
            run_places=places.repeat(lengths),
            places=places,
            lengths=np.array(lengths, np.intp),
            kinds=runs_of_kinds,
            lowers=text.lowers,
        )

    def _look_up(self, lower: str, key: str) -> _Known:
        written = _number(key)
        runs = [self._runs[run] for run in letter_features(lower) if run in self._runs]
        once = dict.fromkeys(runs)
        again = (Counter(runs) - Counter(once.keys())).elements()
        return self._words.get(written, 0), self._feature(written), np.array([*once, *again], self._kind).tobytes(), len(once)

    def _feature(self, written: str) -> int:
        """A word's own. A sign may be written like a run of letters, and a word with a space in it like a pair."""
        if written.startswith("."):
            return self._runs.get(written, -1)
        if " " not in written:
            return self._singles.get(written, -1)
        at = f"\n{self._written}\n".find(f"\n{written}\n")
        return self._written.count("\n", 0, at) if at >= 0 else -1


def _pairs_of(feature: str) -> Iterator[tuple[str, str]]:
    """Every two words that together are written like this feature; a run of letters may be, after a full stop."""
    at = feature.find(" ")
    while at >= 0:
        first, second = feature[:at], feature[at + 1 :]
        if first and second and not first.endswith(" ") and not second.startswith(" ") and not second.endswith(" "):
            yield first, second
        at = feature.find(" ", at + 1)


def _grouped(numbers: NDArray[Any]) -> tuple[Numbers, Numbers]:
    """Each number once, in order, and where each of those given is among them."""
    order = numbers.argsort(kind="stable")
    in_order = numbers[order]
    begins = np.ones(len(numbers), np.bool_)
    np.not_equal(in_order[1:], in_order[:-1], out=begins[1:])
    places = np.empty(len(numbers), np.intp)
    places[order] = begins.cumsum() - 1
    return in_order[begins].astype(np.intp), places


@dataclass(frozen=True, slots=True)
class _Layout:
    """The known features of a text by the tokens that have them.

    ``numbers`` are those of all features that stand in it, each once, words and pairs before ``words_end``, runs of letters
    after it. The other arrays have one entry a time a feature stands there: ``words`` are words and pairs, by their place in
    ``numbers``, from token ``first`` to token ``last``; ``runs`` are runs of letters, each of the token in ``run_places``.
    The tokens at ``places`` have ``lengths`` runs each, the first ``kinds`` of which differ. ``values`` are those of stretches.
    """

    numbers: Numbers
    words_end: int
    words: Numbers
    first: Numbers
    last: Numbers
    runs: Numbers
    run_places: Numbers
    places: Numbers
    lengths: Numbers
    kinds: Numbers
    lowers: Sequence[str]
    values: dict[tuple[int, int], Values] = field(default_factory=dict)

    def counts(self, start: int, end: int) -> Numbers:
        """How often each feature stands in a stretch."""
        words, runs = self.words, self.runs
        if start > 0 or end < len(self.lowers):
            begin, stop = self.run_places.searchsorted((start, end))
            words, runs = words[(self.first >= start) & (self.last < end)], runs[begin:stop]
        return np.bincount(np.concatenate([words, runs]), minlength=len(self.numbers))

    def had_by(self, start: int, end: int) -> tuple[Numbers, Numbers]:
        """The tokens of a stretch that are more than signs, and the features each has; a pair of words is had by both."""
        speaks = np.array([word.isalnum() or any(map(str.isalnum, word)) for word in self.lowers], np.bool_)
        inside = (self.first >= start) & (self.last < end)
        inside[inside] = speaks[self.first[inside]] & speaks[self.last[inside]]
        words, first, last = self.words[inside], self.first[inside], self.last[inside]
        pairs = first != last
        begin, stop = self.run_places.searchsorted((start, end))
        begins = self.lengths.cumsum() - self.lengths
        once = np.arange(len(self.runs)) - begins.repeat(self.lengths) < self.kinds.repeat(self.lengths)
        at, runs, once = self.run_places[begin:stop], self.runs[begin:stop], once[begin:stop]
        says = once & speaks[at]
        return np.concatenate([at[says], last, first[pairs]]), np.concatenate([runs[says], words, words[pairs]])


def _tokens(stretch: Doc | Span) -> tuple[Sequence[str], Sequence[str]]:
    """The spelling keys and the words as typed, in small letters."""
    whole = whole_of(stretch)
    text = text_of(whole.doc)
    places = slice(whole.start, whole.end)
    return text.keys[places], [word for word in text.lowers[places] if not word.isspace()]
