"""Learns a tagger from labelled messages: seconds to minutes on two cores. The only module that needs scikit-learn.

What voters say of a message they have learnt from is too good, so how far each is believed is learnt from messages they
have not: the authors are dealt into folds, each fold is judged by voters taught by the others, and the mix is fitted to
these judgements. Then the voters learn from all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, identity, kron
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from bot.errors import BadContent
from nlp.corpus import Labelled
from nlp.ensemble import Margins, feeling_evidence, mixed, theme_evidence
from nlp.ngrams import Ngrams
from nlp.reading import Read, Reader
from nlp.sentences import SentenceModel
from nlp.tuned import Adapter
from nlp.weights import Matrix, Mix, Weights

FOLDS = 5
MOST_FEATURES = 60_000
"""Kept; those that weigh least in every head are left out."""
_SOFTNESS = 0.3
"""C of the linear heads of words; for sentences ``_SENTENCE_SOFTNESS``."""
_SENTENCE_SOFTNESS = 4.0
_OFFSET_SHARE = 0.5
"""How freely a theme may leave the offset all share: 0 not at all, 1 as freely as any weight moves."""
SUGGESTED_FROM = 0.4
"""A theme is suggested from two chances in five. Where F1 is best on authors held out lies lower, about 0.3, but they are
harder than a reader's own families, and a wrong tag costs a reviewer more than a missing one.
"""
_NEAR_SUGGESTED = (0.3, 0.5)
_SHRUNK_BY = 15
"""Messages a theme needs before its own best threshold moves it half as far as it might."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Lesson:
    """All examples: ``texts`` as they came, ``wanted`` texts by themes, ``felt`` the place of each text's feeling or -1;
    ``groups`` are its author, where ``by_author``, or the text alone.
    """

    texts: Sequence[str]
    read: Sequence[Read]
    wanted: NDArray[np.bool_]
    felt: NDArray[np.intp]
    feelings: tuple[str, ...]
    groups: Sequence[str]
    by_author: bool

    def only(self, kept: NDArray[np.bool_]) -> _Lesson:
        """The texts marked, in order."""
        places = np.flatnonzero(kept).tolist()
        return _Lesson(
            [self.texts[place] for place in places],
            [self.read[place] for place in places],
            self.wanted[kept],
            self.felt[kept],
            self.feelings,
            [self.groups[place] for place in places],
            self.by_author,
        )


def train(
    rows: Sequence[Labelled],
    themes: Sequence[str],
    reader: Reader,
    *,
    sentences: SentenceModel | None = None,
    adapter: Adapter | None = None,
    about: Mapping[str, Any],
    say: Say = lambda _: None,
) -> Weights:
    """A tagger for these themes. ``adapter`` are sentence heads tuned on rows of this label set; without one, heads are
    learnt here from the vectors as they are. Raises ``BadContent`` where there is too little to learn from.
    """
    say(f"Reading {len(rows)} texts.")
    lesson = _lesson(rows, themes, reader)
    grams = Ngrams.learnt([read.doc for read in lesson.read])
    texts = _matrix(grams, lesson.read)
    say(f"{len(grams.features)} features. Judging each fold by voters taught by the others.")
    folds = list(GroupKFold(FOLDS).split(texts, groups=lesson.groups))
    targets = _targets(lesson)
    unseen = _out_of_fold(texts, targets, folds, _SOFTNESS)
    say("Teaching the voters all of it.")
    words, words_bias = _heads(texts, targets, _SOFTNESS)
    kept = np.sort(np.argsort(-np.abs(words).max(axis=1))[:MOST_FEATURES])
    mix = _mix(lesson, Margins(unseen))
    learnt = Weights(
        themes=tuple(themes),
        feelings=lesson.feelings,
        ngrams=grams.only(kept),
        words=words[kept],
        words_bias=words_bias,
        mix=mix,
        about=about,
    )
    if sentences is None:
        return learnt
    say("Reading the sentences.")
    heads, bias, heard = _sentence_heads(lesson, sentences, adapter, targets, folds)
    return Weights(
        themes=learnt.themes,
        feelings=learnt.feelings,
        ngrams=learnt.ngrams,
        words=learnt.words,
        words_bias=learnt.words_bias,
        mix=mix,
        sentences=heads,
        sentences_bias=bias,
        mix_with_sentences=_mix(lesson, Margins(unseen, heard)),
        about=about,
    )


def _lesson(rows: Sequence[Labelled], themes: Sequence[str], reader: Reader) -> _Lesson:
    wanted = np.array([[theme in row.themes for theme in themes] for row in rows], bool).reshape(len(rows), len(themes))
    authors = [row.author or str(number) for number, row in enumerate(rows)]
    by_author = FOLDS <= len(set(authors)) < len(rows)
    if not by_author:
        authors = [str(number) for number in range(len(rows))]
    for theme, count in zip(themes, wanted.sum(axis=0), strict=True):
        if count < FOLDS:
            raise BadContent(f"The theme {theme!r} has {count} examples; a tagger needs {FOLDS} at the least.")
    feelings = tuple(sorted({row.feeling.value for row in rows if row.feeling is not None}))
    felt = np.array([feelings.index(row.feeling.value) if row.feeling is not None else -1 for row in rows], np.intp)
    read = [reader.read(row.text, question=row.question) for row in rows]
    return _Lesson([row.text for row in rows], read, wanted, felt, feelings, authors, by_author)


def _matrix(grams: Ngrams, read: Sequence[Read]) -> csr_matrix:
    found = [grams.of(one.doc) for one in read]
    ends = np.cumsum([0, *(len(numbers) for numbers, _ in found)])
    values = np.concatenate([values for _, values in found])
    return csr_matrix((values, np.concatenate([numbers for numbers, _ in found]), ends), shape=(len(read), len(grams.features)))


def _targets(lesson: _Lesson) -> NDArray[np.bool_]:
    """Texts by heads. A text whose feeling nobody gave has none of them."""
    felt = np.array([lesson.felt == place for place in range(len(lesson.feelings))], bool).T
    return np.concatenate([lesson.wanted, felt], axis=1) if lesson.feelings else lesson.wanted


def _heads(texts: Any, targets: NDArray[np.bool_], softness: float) -> tuple[Matrix, Matrix]:
    """Linear heads, features by heads, and their biases."""
    made = [LinearSVC(C=softness, random_state=0).fit(texts, wanted) for wanted in targets.T]
    weights = np.stack([head.coef_[0] for head in made], axis=1)
    return weights.astype(np.float32), np.array([head.intercept_[0] for head in made], np.float32)


def _out_of_fold(texts: Any, targets: NDArray[np.bool_], folds: Sequence[tuple[Any, Any]], softness: float) -> Matrix:
    margins = np.zeros(targets.shape, np.float32)
    for taught, judged in folds:
        weights, bias = _heads(texts[taught], targets[taught], softness)
        margins[judged] = texts[judged] @ weights + bias
    return margins


def _sentence_heads(
    lesson: _Lesson,
    model: SentenceModel,
    adapter: Adapter | None,
    targets: NDArray[np.bool_],
    folds: Sequence[tuple[Any, Any]],
) -> tuple[Matrix, Matrix, Matrix]:
    """Heads over sentence vectors, their biases, and what they say of texts they have not learnt from."""
    vectors = model.vectors([read.text for read in lesson.read]).tuned
    if adapter is None:
        weights, bias = _heads(vectors, targets, _SENTENCE_SOFTNESS)
        return weights, bias, _out_of_fold(vectors, targets, folds, _SENTENCE_SOFTNESS)
    heard = vectors @ adapter.heads + adapter.bias
    for row, text in enumerate(lesson.texts):
        unseen = adapter.unseen(text)
        if unseen is not None:
            heard[row] = unseen
    return adapter.heads, adapter.bias, heard


def _mix(lesson: _Lesson, margins: Margins) -> Mix:
    """Learnt from the texts of which every voter gave an honest judgement."""
    if margins.sentences is not None:
        honest = np.asarray(np.isfinite(margins.sentences).all(axis=1), bool)
        margins = Margins(margins.words[honest], margins.sentences[honest])
        lesson = lesson.only(honest)
    scores = np.array([read.rule_scores(lesson.wanted.shape[1]) for read in lesson.read], np.float32)
    evidence = theme_evidence(margins, scores)
    weights, offsets = _pooled(evidence, lesson.wanted)
    half = Mix(weights, offsets, np.zeros(0, np.float32), np.zeros((0, 0), np.float32))
    least = thresholds(mixed(half, evidence), lesson.wanted, by_author=lesson.by_author)
    return Mix(weights, offsets, least, _feelings(lesson, margins))


def _pooled(evidence: Matrix, wanted: NDArray[np.bool_]) -> tuple[Matrix, Matrix]:
    """One logistic fit for all themes, with an offset for each, drawn towards the one they share."""
    rows, themes, kinds = evidence.shape
    own = kron(np.ones((rows, 1)), identity(themes, format="csr") * _OFFSET_SHARE, format="csr")
    table = hstack([csr_matrix(evidence.reshape(rows * themes, kinds)), own], format="csr")
    fit = LogisticRegression(C=1.0, max_iter=500).fit(table, wanted.reshape(-1))
    weights = np.asarray(fit.coef_[0], np.float32)
    return weights[:kinds], weights[kinds:] * _OFFSET_SHARE + np.float32(fit.intercept_[0])


def thresholds(chances: Matrix, wanted: NDArray[np.bool_], *, by_author: bool) -> Matrix:
    """The chance from which each theme is suggested. Where F1 is best for the theme itself, the less the fewer its messages:
    for a few, halfway between where it is best for all themes together and where the theme's own chances expect it to be,
    for a rare theme is seldom likely. Judged by authors, it is ``SUGGESTED_FROM``, moved half as far as to that of all.
    """
    shared = _best_threshold(chances.reshape(-1), wanted.reshape(-1))
    own = np.array([_best_threshold(chance, want) for chance, want in zip(chances.T, wanted.T, strict=True)])
    counts = wanted.sum(axis=0)
    share = counts / (counts + _SHRUNK_BY)
    if by_author:
        return np.asarray(np.clip(SUGGESTED_FROM + share * (own - shared) / 2, *_NEAR_SUGGESTED), np.float32)
    expected = np.array([_best_threshold(chance, chance) for chance in chances.T])
    of_few = np.sqrt(shared * expected)
    return np.asarray(of_few + share * (own - of_few), np.float32)


def _best_threshold(chances: Matrix, wanted: NDArray[np.bool_] | Matrix) -> float:
    """``wanted`` are the truths; chances of them where the best F1 that is to be expected is asked."""
    order = np.argsort(-chances, kind="stable")
    right = np.cumsum(wanted[order])
    f1 = 2 * right / (np.arange(1, len(order) + 1) + wanted.sum())
    best = int(np.argmax(f1))
    below = chances[order[best + 1]] if best + 1 < len(order) else 0.0
    return float((chances[order[best]] + below) / 2)


def _feelings(lesson: _Lesson, margins: Margins) -> Matrix:
    """Evidence by feelings, offsets last."""
    if not lesson.feelings:
        return np.zeros((0, 0), np.float32)
    evidence = feeling_evidence(
        margins,
        lesson.wanted.shape[1],
        [read.strengths for read in lesson.read],
        [read.leaning for read in lesson.read],
    )
    known = lesson.felt >= 0
    fit = LogisticRegression(C=1.0, max_iter=1000, class_weight="balanced").fit(evidence[known], lesson.felt[known])
    table = np.concatenate([fit.coef_.T, fit.intercept_[None]])
    if len(lesson.feelings) == 2:  # noqa: PLR2004 - of two, scikit-learn keeps the margin of the second alone
        table = np.concatenate([np.zeros_like(table), table], axis=1)
    return np.asarray(table, np.float32)
