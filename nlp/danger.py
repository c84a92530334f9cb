"""The second listener for danger: a small learned scorer behind the rules of ``bot.safety``, which it can only add to.

It raises what the rules passed over to a concern, or to a carer at breaking point; it never lowers a level and never
chooses what a family is sent. It reads the text as it came, in any language, with numpy alone; where there is a sentence
model with layers tuned to danger, what these say of an English text is weighed with it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from bot.errors import BadContent
from bot.heard import Risk, RiskKind, RiskLevel
from bot.model import Span
from nlp.arrays import array_text, packed, text_array, unpacked
from nlp.danger_block import Block, Eights, Known, Matrix, Table
from nlp.danger_features import Words, runs_of, words_of

MODEL = Path(__file__).parent / "models" / "danger.npz"
ALERT, WEARY, ELSEWHERE = 0, 1, 2
"""The first heads: somebody may be in danger; anything at all is wrong; it is not English. After them one for each of
``KINDS``.
"""
FIRST_KIND = 3
KINDS = (
    RiskKind.LIFE_NOW,
    RiskKind.SELF_HARM,
    RiskKind.VIOLENCE_AT_HOME,
    RiskKind.CHILD_NOT_SAFE,
    RiskKind.YOUNG_PERSON,
    RiskKind.BREAKING_POINT,
)
FEWEST = 4
"""Words of a part that is scored by itself; in fewer, chance speaks. A whole message of fewer must speak louder."""
SHORT, LONG = 2, 30
"""Words of the shortest and longest message between which ``Costs.length`` makes a difference."""
LONG_FROM = 40
"""Words of a message whose parts are scored too: in a shorter one its danger is not drowned."""
_PLAIN = re.compile(r"[(\"']*[a-z]{2,}(?:['\N{RIGHT SINGLE QUOTATION MARK}-][a-z]+)*[).,;:!?\"']*|i|a|u", re.IGNORECASE)
_FORM = 3
_MEMORY = 20_000
_MOST_EVIDENCE = 4
_LEVELS = 127

Vector = NDArray[np.float32]
Thresholds = tuple[float, float]
"""From which margins an alert, and a carer's flag, are raised."""


class Costs(NamedTuple):
    """What a margin must be higher by: of a ``part`` of a message than of a whole one, for a long message has many; of a
    message in English the more words it has (``drawl`` of them times ``length``), for long ones use more words that alarm by
    chance. Of other languages too few long messages were read to say so.
    """

    part: float = 0.0
    length: float = 0.0


def drawl(words: int) -> float:
    """How long a message is, as ``Costs.length`` counts: the logarithm of its words, within bounds."""
    return math.log(min(max(words, SHORT), LONG))


@dataclass(frozen=True, slots=True)
class DangerSentences:
    """How sentence vectors are heard: ``heads`` (768 by labels) and their ``bias``, of an alert, of anything wrong, and of each
    of ``KINDS``; ``mix`` is the weight of the words' and of the sentences' margin in an alert and in a carer's flag, with
    ``thresholds`` of its own, ``few`` for a message of fewer words than ``FEWEST``. ``made_of`` is the digest of the adapter
    the vectors must come from.
    """

    heads: Vector
    bias: Vector
    mix: tuple[tuple[float, float], tuple[float, float]]
    thresholds: Thresholds
    made_of: str
    few: Thresholds

    def said(self, vectors: Vector) -> Vector:
        """The margins of all heads, of the stretch that speaks most for an alert."""
        margins = vectors @ self.heads + self.bias
        most: Vector = margins[int(np.argmax(margins[:, ALERT]))]
        return most


@dataclass(frozen=True, slots=True)
class DangerWeights:
    """What was learnt. ``thresholds`` of the first two heads, in English and in other languages: of those few messages were
    read, and chance speaks louder. ``few``: in English where there are fewer words than ``FEWEST``, for "my son" is an
    answer; there words and sentences must agree. ``about`` says what made this, for people.
    """

    words: Block
    runs: Block
    bias: Matrix
    thresholds: tuple[Thresholds, Thresholds]
    costs: Costs
    few: Thresholds
    sentences: DangerSentences | None = None
    about: Mapping[str, Any] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """The file: plain arrays and text, weights in eight bits with a scale for each head."""
        arrays: dict[str, NDArray[Any]] = {}
        for name, block in (("words", self.words), ("runs", self.runs)):
            weights = np.asarray(block.weights)
            scale = np.abs(weights).max(axis=0) / _LEVELS
            arrays[f"{name}_features"] = text_array("\n".join(block.number))
            arrays[f"{name}_telling"] = block.telling.astype(np.float16)
            arrays[f"{name}_weights"] = np.round(weights / np.where(scale > 0, scale, 1)).astype(np.int8)
            arrays[f"{name}_scale"] = scale.astype(np.float32)
        about = {"form": _FORM, "thresholds": self.thresholds, "few": self.few, "costs": self.costs, **self.about}
        if self.sentences is not None:
            told = self.sentences
            about["sentences"] = {"mix": told.mix, "thresholds": told.thresholds, "few": told.few, "made_of": told.made_of}
            arrays |= {"sentence_heads": told.heads.astype(np.float16), "sentence_bias": told.bias.astype(np.float32)}
        arrays["about"] = text_array(json.dumps(about))
        arrays["bias"] = self.bias.astype(np.float32)
        return packed(arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Raises ``BadContent`` for what is no scorer's file."""
        try:
            return cls._read(unpacked(data, "the file of a danger scorer"))
        except (ValueError, KeyError) as error:
            raise BadContent(f"This is not the file of a danger scorer, or it is damaged: {error}") from error

    @classmethod
    def _read(cls, file: Mapping[str, NDArray[Any]]) -> Self:
        about = json.loads(array_text(file["about"]))
        if about.pop("form") != _FORM:
            raise BadContent("This danger scorer was made by another version of Earshot; train it anew.")
        english, elsewhere = map(tuple, about.pop("thresholds"))
        costs, few = Costs(*about.pop("costs")), tuple(about.pop("few", english))
        words, runs = (_block(name, file) for name in ("words", "runs"))
        sentences = _sentences(about.pop("sentences"), file) if "sentences" in about else None
        return cls(words, runs, file["bias"].astype(np.float64), (english, elsewhere), costs, few, sentences, about)


def _block(name: str, file: Mapping[str, NDArray[Any]]) -> Block:
    known = Known(array_text(file[f"{name}_features"]).split("\n"))
    return Block(known, file[f"{name}_telling"], Eights(file[f"{name}_weights"], file[f"{name}_scale"]))


def _sentences(about: Mapping[str, Any], file: Mapping[str, NDArray[Any]]) -> DangerSentences:
    alert, weary = map(tuple, about["mix"])
    heads, bias = file["sentence_heads"].astype(np.float32), file["sentence_bias"]
    return DangerSentences(
        heads, bias, (alert, weary), tuple(about["thresholds"]), about["made_of"], tuple(about.get("few", about["thresholds"]))
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """Windows of a text, the whole first, with the margins of all heads; sums of windows and running sums of words."""

    windows: NDArray[np.intp]
    margins: Matrix
    said: Matrix
    spelt: Matrix
    singles: Matrix
    runs: Matrix


@dataclass(frozen=True, slots=True)
class Scores:
    """``alert`` and ``weary`` are margins over their thresholds, 0 or more: heard. ``margins`` are those of all heads in
    the window (a stretch of ``words``) that speaks most for an alert, ``gains`` what each of its words adds to it: worked out
    when it is asked, for most texts speak of no danger.
    """

    alert: float
    weary: float
    margins: Matrix
    window: tuple[int, int]
    words: Words | None
    read: _Read | None
    best: int = 0

    @property
    def gains(self) -> Matrix:
        if self.read is None:
            return np.zeros(0)
        (start, end), read, best = self.window, self.read, self.best
        gains: Matrix = np.diff(read.singles[start : end + 1, ALERT]) / _length(read.said[best])
        gains += np.diff(read.runs[start : end + 1, ALERT]) / _length(read.spelt[best])
        return gains


class DangerScorer:
    """Holds no text and changes nothing: one for all threads."""

    def __init__(self, weights: DangerWeights) -> None:
        self.weights = weights
        self._sums_of_runs = lru_cache(maxsize=_MEMORY)(self._sum_runs)
        self._words, self._runs = Table(weights.words), Table(weights.runs)

    @classmethod
    def load(cls, path: Path = MODEL) -> Self | None:
        """None where none was learnt: then the rules hear alone. Raises ``BadContent``."""
        return cls(DangerWeights.from_bytes(path.read_bytes())) if path.exists() else None

    def add_to(self, risk: Risk, text: str, vectors: Vector | None = None) -> Risk:
        """The risk the rules found in this text, with what is heard besides. Never raises; linear in the text.

        ``vectors``: what the sentence model's layers for danger make of it, stretches of it by 768; of English only.
        """
        if risk.level.needs_alert:
            return risk
        scores = self.score(text, vectors)
        if scores.alert < 0 and (scores.weary < 0 or risk.level is RiskLevel.WELLBEING):
            return risk
        level = RiskLevel.CONCERN if scores.alert >= 0 else RiskLevel.WELLBEING
        kind = self._kind(scores) if level is RiskLevel.CONCERN else RiskKind.BREAKING_POINT
        return Risk(level, tuple(dict.fromkeys((kind, *risk.kinds))), self.evidence(scores) or risk.evidence, by_scorer=True)

    def score(self, text: str, vectors: Vector | None = None) -> Scores:
        """How much this text, or the part of it that says most, speaks of danger."""
        words = words_of(text)
        if not words.keys:
            return Scores(-math.inf, -math.inf, np.full(len(self.weights.bias), -math.inf), (0, 0), None, None)
        read = self._read(words)
        costs = np.where(np.arange(len(read.windows)) > 0, self.weights.costs.part, 0)
        best = int(np.argmax(read.margins[:, ALERT] - costs))
        start, end = map(int, read.windows[best])
        elsewhere = bool(read.margins[0, ELSEWHERE] > 0)
        margins = read.margins[best].copy()
        length = 0.0 if elsewhere else self.weights.costs.length * drawl(len(words.keys))
        heights = float(margins[ALERT] - costs[best]) - length, float(read.margins[0, WEARY])
        few = not elsewhere and is_few(text, words)
        alert, weary = over_thresholds(heights, self.weights.few if few else self.weights.thresholds[int(elsewhere)])
        told = self.weights.sentences
        if told is not None and vectors is not None and not elsewhere:
            said = told.said(vectors)
            over = over_thresholds(mixed(told.mix, heights, said), told.few if few else told.thresholds)
            alert, weary = (min(alert, over[0]), min(weary, over[1])) if few else over
            margins[FIRST_KIND:] += said[len(heights) :]
        return Scores(alert, weary, margins, (start, end), words, read, best)

    def heights(self, text: str) -> tuple[float, float, float, float, float]:
        """The margins of an alert in the whole text and in its best part, of weariness, and of its not being English, and how
        long it is; for those who set thresholds.
        """
        words = words_of(text)
        if not words.keys:
            return -math.inf, -math.inf, -math.inf, -math.inf, drawl(0)
        margins = self._read(words).margins
        alert, weary, elsewhere = map(float, margins[0, :FIRST_KIND])
        return alert, float(margins[1:, ALERT].max(initial=-math.inf)), weary, elsewhere, drawl(len(words.keys))

    def _read(self, words: Words) -> _Read:
        """At least one word."""
        count = len(words.keys)
        singles, pairs, runs = self._sums(words.keys)
        parts = words.windows() if count >= LONG_FROM else [(0, count)]
        windows = np.array([one for one in parts if one == (0, count) or one[1] - one[0] >= FEWEST], np.intp)
        starts, ends = windows[:, 0], windows[:, 1]
        said = singles[ends] - singles[starts] + pairs[ends] - pairs[np.minimum(starts + 1, ends)]
        spelt = runs[ends] - runs[starts]
        return _Read(windows, self.weights.bias + _over_length(said) + _over_length(spelt), said, spelt, singles, runs)

    def evidence(self, scores: Scores) -> tuple[Span, ...]:
        """The words that weigh most, as spans of the text as it came."""
        words, first = scores.words, scores.window[0]
        if words is None:
            return ()
        gains = scores.gains
        most = [int(place) for place in np.argsort(-gains)[:_MOST_EVIDENCE] if gains[place] > 0]
        spans = [words.folded.span(words.starts[first + place], words.ends[first + place]) for place in sorted(most)]
        return tuple((start, end) for start, end in spans if start < end)

    def _kind(self, scores: Scores) -> RiskKind:
        return KINDS[int(np.argmax(scores.margins[FIRST_KIND:]))]

    def _sums(self, keys: Sequence[str]) -> tuple[Matrix, Matrix, Matrix]:
        """Running sums over the words, from 0: of single words, of pairs (each with its second word), of runs of letters.

        A column for each head, and last the squares.
        """
        count = len(keys)
        said = self._words.rows([*keys, *map(" ".join, pairwise(keys))])
        pairs = np.zeros((count + 1, said.shape[1]))
        np.cumsum(said[count:], axis=0, out=pairs[2:])
        runs = np.array([self._sums_of_runs(key) for key in keys])
        return _running(said[:count]), pairs, _running(runs)

    def _sum_runs(self, word: str) -> Matrix:
        """Of all runs of letters of one word."""
        total: Matrix = self._runs.rows(runs_of(word)).sum(axis=0)
        return total


def mixed(mix: tuple[tuple[float, float], tuple[float, float]], heights: Thresholds, said: Vector) -> Thresholds:
    """How high an alert and a carer's flag stand when the words' heights are weighed with what sentences say of them."""
    alert, weary = (
        words * height + sentences * float(margin) for (words, sentences), height, margin in zip(mix, heights, said, strict=False)
    )
    return alert, weary


def is_few(text: str, words: Words) -> bool:
    """Whether it is an answer of a few plain words. Who disguises a word, or puts pictures for words, does not just answer."""
    return len(words.keys) < FEWEST and all(map(_PLAIN.fullmatch, text.split()))


def over_thresholds(heights: Thresholds, thresholds: Thresholds) -> Thresholds:
    """How far the two stand over theirs; 0 or more is heard."""
    return heights[0] - thresholds[0], heights[1] - thresholds[1]


def _running(rows: Matrix) -> Matrix:
    sums = np.zeros((len(rows) + 1, rows.shape[1]))
    np.cumsum(rows, axis=0, out=sums[1:])
    return sums


def _length(sums: Matrix) -> Any:
    return np.sqrt(np.where(sums[..., -1] > 0, sums[..., -1], 1))


def _over_length(sums: Matrix) -> Matrix:
    found: Matrix = sums[..., :-1] / _length(sums)[..., None]
    return found
