"""Teaches the danger scorer: linear heads by scikit-learn, thresholds from rows whose author it has not read.

The thresholds give no more false alarms on ordinary messages than is allowed; within that, as much is heard as can be.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.model import ENGLISH, Locale, RiskKind, RiskLevel
from nlp.corpus import DATA
from nlp.danger import FEWEST, KINDS, Block, DangerScorer, DangerWeights, Matrix, Thresholds
from nlp.danger_corpus import ORDINARY, DangerRow, by_rules, ordinary_rows, rows
from nlp.danger_features import Words, runs_of, words_of

Say = Callable[[str], None]

_FOLDS = 5
_FEWEST_WORDS, _FEWEST_RUNS = 2, 3
_MOST_FEATURES = 24_000
"""Of words and pairs, and of runs of letters: those that weigh most."""
_PARTS_COSTS = (0.0, 0.4, 0.8, 1.2, 1.6, 2.4)
_NEVER = 1e6
_UNSETTLED = (_NEVER, _NEVER)
_MOST_WORTH = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to learn. ``grave`` is how much more a missed danger costs than a false alarm; ``alarms`` and ``flags`` are the
    shares of ordinary messages that may raise an alert and a carer's flag, ``elsewhere`` the first of them in other
    languages than English, where rules know fewer ways to say it; ``strength`` the inverse of regularisation.
    """

    grave: float = 4.0
    strength: float = 1.0
    alarms: float = 0.026
    flags: float = 0.015
    elsewhere: float = 0.05
    seed: int = 1


@dataclass(frozen=True, slots=True)
class _Text:
    row: DangerRow
    words: Words
    rules: RiskLevel


@dataclass(frozen=True, slots=True)
class Learnt:
    """``unseen``: of each row of the corpus (not the ordinary ones), the level heard by rules and a scorer that has not
    read its author, in the order of ``rows``.
    """

    weights: DangerWeights
    rows: Sequence[DangerRow]
    unseen: Sequence[RiskLevel]


def learn(recipe: Recipe | None = None, *, data: Path = DATA, version: str = "1", say: Say = lambda _: None) -> Learnt:
    """Learn from the training parts of the corpus; a minute or two on one core."""
    recipe = recipe or Recipe()
    texts = [_text(row) for row in (*rows(data=data), *ordinary_rows(data=data))]
    texts = [text for text in texts if not _is_ordinary(text.row) or not text.rules.needs_alert]
    folds = _folds([text.row.author for text in texts], recipe.seed)
    scorers = []
    for number in range(_FOLDS):
        scorers.append(DangerScorer(_fit([text for text, fold in zip(texts, folds, strict=True) if fold != number], recipe)))
        say(f"fold {number + 1} of {_FOLDS}")
    cost, thresholds = _settle(texts, folds, scorers, recipe)
    say(f"a part costs {cost}; thresholds {thresholds}")
    unseen = [
        _heard(_settled(scorers[fold], cost, thresholds), text)
        for text, fold in zip(texts, folds, strict=True)
        if not _is_ordinary(text.row)
    ]
    about = {"version": version, "rows": len(texts), "alarms": recipe.alarms, "flags": recipe.flags}
    weights = replace(_fit(texts, recipe, kinds=KINDS), thresholds=thresholds, parts_cost=cost, about=about)
    return Learnt(weights, [text.row for text in texts if not _is_ordinary(text.row)], unseen)


def _text(row: DangerRow) -> _Text:
    return _Text(row, words_of(row.text), by_rules(row).level)


def _is_ordinary(row: DangerRow) -> bool:
    return row.author.startswith("themes ")


def _is_plain(row: DangerRow) -> bool:
    return row.level is RiskLevel.NONE and ORDINARY in row.slices


def _folds(authors: Sequence[str], seed: int) -> list[int]:
    """The fold of each row; an author is in one of them."""
    names = sorted(set(authors))
    Random(seed).shuffle(names)  # noqa: S311 - a fair split needs no secret
    fold_of = {name: place % _FOLDS for place, name in enumerate(names)}
    return [fold_of[author] for author in authors]


# --- the heads --------------------------------------------------------------------------------------------------------


def _word_features(keys: Sequence[str]) -> list[str]:
    return [*keys, *(f"{first} {second}" for first, second in pairwise(keys))]


def _run_features(keys: Sequence[str]) -> list[str]:
    return [run for key in keys for run in runs_of(key)]


def _samples(texts: Sequence[_Text]) -> Iterator[tuple[Sequence[str], _Text]]:
    """Every message, and of one in which there is nothing each sentence, in which there is nothing either."""
    for text in texts:
        yield text.words.keys, text
        if text.row.level is RiskLevel.NONE and len(text.words.sentences) > len(("first", "end")):
            for start, end in pairwise(text.words.sentences):
                if end - start >= FEWEST:
                    yield text.words.keys[start:end], text


def _fit(texts: Sequence[_Text], recipe: Recipe, *, kinds: Sequence[RiskKind] = ()) -> DangerWeights:
    """Without thresholds. First on all features, then on those that weighed most."""
    samples = list(_samples(texts))
    keys = [sample for sample, _ in samples]
    found = [text.row for _, text in samples]
    blocks = []
    for features_of, fewest in ((_word_features, _FEWEST_WORDS), (_run_features, _FEWEST_RUNS)):
        seen = Counter(feature for text in texts for feature in set(features_of(text.words.keys)))
        kept = sorted(feature for feature, times in seen.items() if times >= fewest)
        telling = np.array([math.log((1 + len(texts)) / (1 + seen[feature])) + 1 for feature in kept])
        blocks.append(Block({feature: at for at, feature in enumerate(kept)}, telling, np.zeros((len(kept), 0))))
    answers = [row.level.needs_alert for row in found]
    worth = _worth(found, answers)
    weights, _ = _head(_matrix(keys, blocks), answers, recipe, worth)
    blocks = [_heaviest(block, part) for block, part in zip(blocks, _parted(weights, blocks), strict=True)]
    matrix = _matrix(keys, blocks)
    heads = [_head(matrix, any_of, recipe, worth) for any_of in (answers, [row.level > RiskLevel.NONE for row in found])]
    heads.append(_head(matrix, [row.locale != ENGLISH for row in found], recipe))
    known = [place for place, row in enumerate(found) if row.kind is not None]
    heads += [_head(matrix[known], [found[place].kind is kind for place in known], recipe) for kind in kinds]
    stacked = np.stack([weight for weight, _ in heads], axis=1)
    words, runs = (Block(block.number, block.telling, part) for block, part in zip(blocks, _parted(stacked, blocks), strict=True))
    return DangerWeights(words, runs, np.array([bias for _, bias in heads]), (_UNSETTLED, _UNSETTLED), 0.0)


def _worth(found: Sequence[DangerRow], answers: Sequence[bool]) -> Matrix:
    """Of languages in which few ordinary messages were written those count for more: the language itself is no danger."""
    counts = Counter((row.locale, answer) for row, answer in zip(found, answers, strict=True))

    def quiet(locale: Locale) -> float:
        return counts[locale, False] / max(counts[locale, True], 1)

    worth = {locale: min(max(quiet(ENGLISH) / max(quiet(locale), 0.01), 1), _MOST_WORTH) for locale, _ in counts}
    return np.array([1.0 if answer else worth[row.locale] for row, answer in zip(found, answers, strict=True)])


def _head(matrix: csr_matrix, answers: Sequence[bool], recipe: Recipe, worth: Matrix | None = None) -> tuple[Matrix, float]:
    if len(set(answers)) == 1:
        return np.zeros(matrix.shape[1]), _NEVER if answers[0] else -_NEVER
    head = LogisticRegression(C=recipe.strength, class_weight={False: 1, True: recipe.grave}, solver="liblinear", tol=1e-3)
    head.fit(matrix, np.array(answers), sample_weight=worth)
    return head.coef_[0], float(head.intercept_[0])


def _matrix(samples: Sequence[Sequence[str]], blocks: Sequence[Block]) -> csr_matrix:
    """As ``DangerScorer`` reads them: in each block, counts times how telling, over the length."""
    ends, columns, values = [0], list[int](), list[float]()
    memory: dict[str, list[int]] = {}
    words, runs = blocks
    for keys in samples:
        for key in keys:
            if key not in memory:
                memory[key] = [runs.number[run] for run in runs_of(key) if run in runs.number]
        in_words = [words.number[feature] for feature in _word_features(keys) if feature in words.number]
        in_runs = [run for key in keys for run in memory[key]]
        for block, found, shift in ((words, in_words, 0), (runs, in_runs, len(words.number))):
            if found:
                telling = block.telling[found]
                values += (telling / np.sqrt((telling**2).sum())).tolist()
                columns += [number + shift for number in found]
        ends.append(len(columns))
    matrix = csr_matrix((values, columns, ends), shape=(len(samples), sum(len(block.number) for block in blocks)))
    matrix.sum_duplicates()
    return matrix


def _parted(weights: Matrix, blocks: Sequence[Block]) -> tuple[Matrix, Matrix]:
    edge = len(blocks[0].number)
    return weights[:edge], weights[edge:]


def _heaviest(block: Block, weights: Matrix) -> Block:
    kept = np.sort(np.argsort(-np.abs(weights * block.telling))[:_MOST_FEATURES])
    features = list(block.number)
    return Block({features[place]: at for at, place in enumerate(kept)}, block.telling[kept], np.zeros((len(kept), 0)))


# --- the thresholds ---------------------------------------------------------------------------------------------------


def _heard(scorer: DangerScorer, text: _Text) -> RiskLevel:
    if text.rules.needs_alert:
        return text.rules
    scores = scorer.score(text.row.text)
    if scores.alert >= 0:
        return RiskLevel.CONCERN
    return max(text.rules, RiskLevel.WELLBEING if scores.weary >= 0 else RiskLevel.NONE)


def _settled(scorer: DangerScorer, cost: float, thresholds: tuple[Thresholds, Thresholds]) -> DangerScorer:
    return DangerScorer(replace(scorer.weights, thresholds=thresholds, parts_cost=cost))


def _settle(
    texts: Sequence[_Text], folds: Sequence[int], scorers: Sequence[DangerScorer], recipe: Recipe
) -> tuple[float, tuple[Thresholds, Thresholds]]:
    """What a part costs, so that most is heard, and the thresholds that keep to the alarms allowed, in English and
    elsewhere.
    """
    wanted = np.array([text.row.level.needs_alert and not text.rules.needs_alert for text in texts])
    heights = np.array([scorers[fold].heights(text.row.text) for text, fold in zip(texts, folds, strict=True)])
    plain = np.array([_is_ordinary(text.row) or (_is_plain(text.row) and not text.rules.needs_alert) for text in texts])
    elsewhere = heights[:, 3] > 0
    quiet = (plain & ~elsewhere & np.array([_is_ordinary(text.row) for text in texts]), plain & elsewhere)
    best: tuple[float, float, tuple[Thresholds, Thresholds]] = (-1.0, 0.0, (_UNSETTLED, _UNSETTLED))
    for cost in _PARTS_COSTS:
        alerts = np.maximum(heights[:, 0], heights[:, 1] - cost)
        english, other = (
            _thresholds(alerts[part], heights[part, 2], alarms, recipe.flags)
            for part, alarms in zip(quiet, (recipe.alarms, recipe.elsewhere), strict=True)
        )
        heard = float((alerts[wanted] >= np.where(elsewhere, other[0], english[0])[wanted]).mean())
        if heard > best[0]:
            best = heard, cost, (english, other)
    return best[1], best[2]


def _thresholds(alerts: Matrix, wearies: Matrix, alarms: float, flags: float) -> Thresholds:
    """Of the margins of messages in which there is nothing."""
    if not alerts.size:
        return _UNSETTLED
    alert_from = float(np.quantile(alerts, 1 - alarms))
    return alert_from, float(np.quantile(wearies[alerts <= alert_from], 1 - flags))
