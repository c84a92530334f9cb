"""Teaches the danger scorer: linear heads by scikit-learn, thresholds from rows whose author it has not read."""

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

from bot.errors import BadContent
from bot.heard import RiskKind, RiskLevel
from bot.model import ENGLISH, Locale
from nlp.corpus import DATA
from nlp.danger import FEWEST, KINDS, Costs, DangerScorer, DangerSentences, DangerWeights, Vector, is_few, mixed, over_thresholds
from nlp.danger_block import Block, Matrix
from nlp.danger_corpus import ANSWERS, ORDINARY, DangerRow, by_rules, ordinary_rows, rows
from nlp.danger_features import Words, runs_of, words_of
from nlp.danger_settling import NEVER, UNSETTLED, Allowed, Unseen, settle, settle_few, settle_mixed
from nlp.sentences import DANGER, SentenceModel
from nlp.tuned import Adapter

Say = Callable[[str], None]

_FOLDS = 5
_FEWEST_WORDS, _FEWEST_RUNS = 2, 3
_MOST_FEATURES = 48_000
"""Of words and pairs, and of runs of letters: those that weigh most."""
_MOST_WORTH = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to learn. ``grave`` is how much more a missed danger costs than a false alarm; ``alarms`` and ``flags`` are the
    shares of ordinary messages that may raise an alert and a carer's flag, ``elsewhere`` the first of them in other
    languages than English, where rules know fewer ways to say it; ``strength`` the inverse of regularisation.
    """

    grave: float = 4.0
    strength: float = 1.0
    alarms: float = 0.044
    flags: float = 0.02
    elsewhere: float = 0.06
    seed: int = 1


@dataclass(frozen=True, slots=True)
class _Text:
    row: DangerRow
    words: Words
    rules: RiskLevel


@dataclass(frozen=True, slots=True)
class Learnt:
    """``unseen``: of each row of the corpus (not the ordinary ones), the level heard by rules and a scorer that has not
    read its author, in the order of ``rows``; with the sentences, where these are heard.
    """

    weights: DangerWeights
    rows: Sequence[DangerRow]
    unseen: Sequence[RiskLevel]


def learn(
    recipe: Recipe | None = None,
    *,
    sentences: SentenceModel | None = None,
    adapter: Adapter | None = None,
    more: Sequence[DangerRow] = (),
    data: Path = DATA,
    version: str = "1",
    say: Say = lambda _: None,
) -> Learnt:
    """Learn from the training parts of the corpus, and ``more`` rows; a minute or two on one core.

    ``adapter`` is the one of the model's layers for danger; without model and adapter the words are heard alone.
    """
    recipe = recipe or Recipe()
    texts = [_text(row) for row in (*rows(data=data), *more, *ordinary_rows(data=data))]
    texts = [text for text in texts if not _is_ordinary(text.row) or not text.rules.needs_alert]
    folds = _folds([text.row.author for text in texts], recipe.seed)
    scorers = []
    for number in range(_FOLDS):
        scorers.append(DangerScorer(_fit([text for text, fold in zip(texts, folds, strict=True) if fold != number], recipe)))
        say(f"fold {number + 1} of {_FOLDS}")
    unseen = _unseen(texts, [scorers[fold] for fold in folds], sentences, adapter)
    allowed = Allowed(recipe.alarms, recipe.flags, recipe.elsewhere)
    costs, thresholds = settle(unseen, allowed)
    say(f"a part costs {costs.part}, length {costs.length}; thresholds {thresholds}")
    told = None
    if sentences is not None and adapter is not None:
        mix, mixed_thresholds = settle_mixed(unseen, costs, allowed)
        say(f"words and sentences weigh {mix}; thresholds {mixed_thresholds}")
        told = DangerSentences(adapter.heads, adapter.bias, mix, mixed_thresholds, sentences.made_of[DANGER], mixed_thresholds)
    about = {"version": version, "rows": len(texts), "alarms": recipe.alarms, "flags": recipe.flags}
    weights = replace(
        _fit(texts, recipe, kinds=KINDS), thresholds=thresholds, costs=costs, few=thresholds[0], sentences=told, about=about
    )
    answers = [_text(row) for row in rows(ANSWERS, data=data)]
    if answers:
        weights = with_few(weights, answers, allowed, sentences, adapter)
        say(f"a few words alarm from {weights.few}, with sentences from {weights.sentences and weights.sentences.few}")
    heard = [level for text, level in zip(texts, _heard(texts, unseen, weights), strict=True) if not _is_ordinary(text.row)]
    return Learnt(weights, [text.row for text in texts if not _is_ordinary(text.row)], heard)


def _unseen(
    texts: Sequence[_Text], scorers: Sequence[DangerScorer], sentences: SentenceModel | None, adapter: Adapter | None
) -> Unseen:
    """``scorers``: for each text one that has not read its author."""
    grave = np.array([text.row.level.needs_alert for text in texts])
    wrong = np.array([text.row.level > RiskLevel.NONE for text in texts])
    alarmed = np.array([text.rules.needs_alert for text in texts])
    ordinary = np.array([_is_ordinary(text.row) for text in texts])
    plain = ordinary | (np.array([_is_plain(text.row) for text in texts]) & ~alarmed)
    heights = np.array([scorer.heights(text.row.text) for text, scorer in zip(texts, scorers, strict=True)])
    said = np.full((len(texts), 2), np.nan)
    if sentences is not None and adapter is not None:
        for place, text in enumerate(texts):
            if text.row.locale == ENGLISH:
                said[place] = _said(text.row.text, sentences, adapter)[:2]
    few = np.array([is_few(text.row.text, text.words) for text in texts], np.bool_) & ~(heights[:, 3] > 0)
    return Unseen(heights, said, grave & ~alarmed, wrong & ~alarmed, ordinary, plain, few)


def with_few(
    weights: DangerWeights,
    answers: Sequence[_Text],
    allowed: Allowed,
    sentences: SentenceModel | None,
    adapter: Adapter | None,
) -> DangerWeights:
    """With thresholds for messages of a few words. None of ``answers`` was read in training."""
    unseen = _unseen(answers, [DangerScorer(weights)] * len(answers), sentences, adapter)
    here = unseen.few
    alerts, wearies = unseen.alerts(weights.costs)[here], unseen.heights[here, 2]
    few = settle_few(alerts, wearies, weights.thresholds[0], allowed)
    told = weights.sentences
    if told is not None:
        said = unseen.said[here]
        alert, weary = (
            words * by_words + by_sentences * of
            for (words, by_sentences), by_words, of in zip(told.mix, (alerts, wearies), said.T, strict=True)
        )
        told = replace(told, few=settle_few(alert, weary, told.thresholds, allowed))
    return replace(weights, few=few, sentences=told)


def _said(text: str, sentences: SentenceModel, adapter: Adapter) -> Vector:
    """By layers that were not tuned on this text."""
    kept = adapter.unseen(text)
    if kept is not None:
        return kept
    vectors = sentences.vectors([text]).danger
    if vectors is None:
        raise BadContent("The sentence model has no layers for danger: make embeddings, and try again.")
    found: Vector = vectors[0] @ adapter.heads + adapter.bias
    return found


def _heard(texts: Sequence[_Text], unseen: Unseen, weights: DangerWeights) -> list[RiskLevel]:
    told = weights.sentences
    alerts = unseen.alerts(weights.costs)
    levels = []
    for place, text in enumerate(texts):
        elsewhere = bool(unseen.elsewhere[place])
        few = bool(unseen.few[place])
        heights = float(alerts[place]), float(unseen.heights[place, 2])
        over = over_thresholds(heights, weights.few if few else weights.thresholds[int(elsewhere)])
        if told is not None and not elsewhere and not np.isnan(unseen.said[place, 0]):
            both = over_thresholds(mixed(told.mix, heights, unseen.said[place]), told.few if few else told.thresholds)
            over = (min(over[0], both[0]), min(over[1], both[1])) if few else both
        if text.rules.needs_alert:
            levels.append(text.rules)
        elif over[0] >= 0:
            levels.append(RiskLevel.CONCERN)
        else:
            levels.append(max(text.rules, RiskLevel.WELLBEING if over[1] >= 0 else RiskLevel.NONE))
    return levels


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
    return DangerWeights(words, runs, np.array([bias for _, bias in heads]), (UNSETTLED, UNSETTLED), Costs(), UNSETTLED)


def _worth(found: Sequence[DangerRow], answers: Sequence[bool]) -> Matrix:
    """Of languages in which few ordinary messages were written those count for more: the language itself is no danger."""
    counts = Counter((row.locale, answer) for row, answer in zip(found, answers, strict=True))

    def quiet(locale: Locale) -> float:
        return counts[locale, False] / max(counts[locale, True], 1)

    worth = {locale: min(max(quiet(ENGLISH) / max(quiet(locale), 0.01), 1), _MOST_WORTH) for locale, _ in counts}
    return np.array([1.0 if answer else worth[row.locale] for row, answer in zip(found, answers, strict=True)])


def _head(matrix: csr_matrix, answers: Sequence[bool], recipe: Recipe, worth: Matrix | None = None) -> tuple[Matrix, float]:
    if len(set(answers)) == 1:
        return np.zeros(matrix.shape[1]), NEVER if answers[0] else -NEVER
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
