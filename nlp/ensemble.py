"""The tagger that stands: rules, words and sentences vote on each theme, and the mix of their votes is a calibrated chance.

Themes the learned voters do not know, those a council has just added, are tagged by the rules alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc, Span

from bot.heard import Polarity
from bot.model import Span as Stretch
from nlp.polarity import Strengths
from nlp.sentences import DANGER, MODELS, SentenceModel
from nlp.texts import text_of, whole_of
from nlp.themes import Vote
from nlp.weights import Matrix, Mix, Weights

LEARNT = MODELS / "themes.npz"
"""The tagger that comes with Earshot."""
QUESTIONS = ("good", "bad", "suggestion")
"""What the question that was asked leans to, as evidence for the feeling."""
_MOST_WORDS = 6
"""Words shown as the cause of one theme."""
_BY_ONE_THREAD = 200_000
"""Multiplications up to which BLAS wakes no other threads: where cores are few, those spin for longer than they help."""
_LEAST_SHARE = 0.25
"""Of what the most telling word says: a word that says less is not shown."""


@dataclass(frozen=True, slots=True)
class Margins:
    """What the learned voters say of some texts: texts by heads, above 0 where they would say yes. ``danger``: the vectors
    by which danger is heard in them, where there are such.
    """

    words: Matrix
    sentences: Matrix | None = None
    danger: Matrix | None = None


class Ensemble:
    """Holds no text; one for all threads. ``sentences`` is the model, where there is one and the weights know it."""

    def __init__(self, weights: Weights, sentences: SentenceModel | None = None) -> None:
        self.weights = weights
        self._sentences = sentences if weights.sentences is not None else None
        self._place = {theme: place for place, theme in enumerate(weights.themes)}

    @classmethod
    def load(cls, path: Path = LEARNT, *, sentences: bool = True) -> Self:
        """The tagger that was kept, with the sentence model where it is wanted and was made. Raises ``BadContent``."""
        return cls(Weights.load(path), SentenceModel.load() if sentences else None)

    @property
    def hears_sentences(self) -> bool:
        return self._sentences is not None

    @property
    def hears_danger(self) -> str | None:
        """Of which adapter the vectors are by which danger is heard; None: there are none."""
        return self._sentences.made_of.get(DANGER) if self._sentences is not None else None

    def margins(self, stretches: Sequence[Doc | Span], *, sentences: bool = True) -> Margins:
        """Of each text or stretch of one. Without ``sentences`` only the words are read, which costs a tenth."""
        by_text = groupby(map(whole_of, stretches), key=lambda stretch: id(stretch.doc))
        words = np.concatenate([self._words(list(of_one)) for _, of_one in by_text])
        heads, bias = self.weights.sentences, self.weights.sentences_bias
        if not sentences or self._sentences is None or heads is None or bias is None:
            return Margins(words)
        vectors = self._sentences.vectors([stretch.text for stretch in stretches])
        return Margins(words, vectors.tuned @ heads + bias, vectors.danger)

    def _words(self, stretches: Sequence[Span]) -> Matrix:
        """Of stretches of one text."""
        numbers, values = self.weights.ngrams.of_all(stretches)
        weights = self.weights.words.take(numbers, axis=0)
        step = max(1, _BY_ONE_THREAD // max(1, weights.size))
        said = [values[first : first + step] @ weights for first in range(0, len(values), step)]
        return np.asarray(np.concatenate(said) + self.weights.words_bias, np.float32)

    def mix(self, margins: Margins) -> Mix:
        """The mix that goes with these voters."""
        with_sentences = self.weights.mix_with_sentences
        return with_sentences if margins.sentences is not None and with_sentences is not None else self.weights.mix

    def chances(self, margins: Margins, rules: Sequence[Mapping[str, Vote]]) -> Matrix:
        """How likely each theme is: texts by themes."""
        count = len(self.weights.themes)
        scores = np.zeros((len(rules), count), np.float32)
        for row, votes in enumerate(rules):
            for theme, vote in votes.items():
                if theme in self._place:
                    scores[row, self._place[theme]] = vote.score
        return mixed(self.mix(margins), theme_evidence(margins, scores))

    def votes(
        self,
        stretch: Doc | Span,
        chances: NDArray[np.float32],
        rules: Mapping[str, Vote],
        least: Mapping[str, float],
        *,
        tell: bool = True,
    ) -> dict[str, Vote]:
        """The themes at least as likely as theirs must be, with the words that say so: those of the rules, and where these
        say nothing, if they are to be told, the words that weigh most. Beside them what the rules say of themes not learnt.
        """
        found = {}
        for theme, chance in zip(self.weights.themes, chances.tolist(), strict=True):
            if chance >= least[theme]:
                said = rules[theme].evidence if theme in rules else ()
                found[theme] = Vote(chance, said or (self.telling(stretch, theme) if tell else ()))
        return found | {theme: vote for theme, vote in rules.items() if theme not in self._place}

    def telling(self, stretch: Doc | Span, theme: str) -> tuple[Stretch, ...]:
        """The words that weigh most for a theme, as spans of the stretch, in order; words side by side are one span."""
        whole = whole_of(stretch)
        text, first = text_of(whole.doc), whole.start_char
        shares = self.shares(stretch, theme)
        best = sorted(shares, key=lambda place: -shares[place])[:_MOST_WORDS]
        least = _LEAST_SHARE * max((shares[place] for place in best), default=0.0)
        spans: list[Stretch] = []
        for place in sorted(place for place in best if shares[place] >= max(least, 1e-6)):
            start, end = text.starts[place] - first, text.ends[place] - first
            if spans and start - spans[-1][1] <= 1:
                start = spans.pop()[0]
            spans.append((start, end))
        return tuple(spans)

    def shares(self, stretch: Doc | Span, theme: str) -> dict[int, float]:
        """What each token adds to the words' margin for a theme, by its place in the whole text; only what speaks for it."""
        whole = whole_of(stretch)
        found = text_of(whole.doc).found
        key = (self, whole.start, whole.end)
        if key not in found:
            found[key] = self.weights.ngrams.causes(whole)
        places, numbers, parts = found[key]
        shares = np.bincount(places, parts * self.weights.words[numbers, self._place[theme]])
        return {place: float(shares[place]) for place in np.flatnonzero(shares > 0).tolist()}

    def feelings(
        self, margins: Margins, strengths: Sequence[Strengths], questions: Sequence[str | None]
    ) -> list[dict[Polarity, float]]:
        """The chance of each feeling, for each text; ``questions`` are the leanings of those asked."""
        evidence = feeling_evidence(margins, len(self.weights.themes), strengths, questions)
        table = self.mix(margins).feelings
        margin = evidence @ table[:-1] + table[-1]
        odds = np.exp(margin - margin.max(axis=1, keepdims=True))
        chances = odds / odds.sum(axis=1, keepdims=True)
        names = [Polarity(name) for name in self.weights.feelings]
        return [dict(zip(names, row.tolist(), strict=True)) for row in chances]


def theme_evidence(margins: Margins, scores: Matrix) -> Matrix:
    """Texts by themes by kinds of evidence; ``scores`` are those of the rules, texts by themes."""
    count = scores.shape[1]
    kinds = [margins.words[:, :count], scores, (scores > 0).astype(np.float32)]
    if margins.sentences is not None:
        kinds.append(margins.sentences[:, :count])
    return np.stack(kinds, axis=2)


def mixed(mix: Mix, evidence: Matrix) -> Matrix:
    """Chances, texts by themes."""
    margin = evidence @ mix.weights + mix.offsets
    return np.asarray(1 / (1 + np.exp(-np.clip(margin, -30, 30))), np.float32)


def feeling_evidence(margins: Margins, themes: int, strengths: Sequence[Strengths], questions: Sequence[str | None]) -> Matrix:
    """Texts by kinds: the words' margins, how strongly the lexicon hears praise, blame and a wish, what the question leans
    to, and where sentences vote their margins.
    """
    heard = np.array([[*strength] for strength in strengths], np.float32).reshape(len(strengths), 3)
    asked = np.array([[question == leaning for leaning in QUESTIONS] for question in questions], np.float32)
    kinds = [margins.words[:, themes:], np.minimum(heard, 3.0), (heard > 0).astype(np.float32), asked]
    if margins.sentences is not None:
        kinds.append(margins.sentences[:, themes:])
    return np.concatenate(kinds, axis=1)
