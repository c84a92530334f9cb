"""Measures where messages are cut: whether those that turn are cut at all, where, and what is said of each passage."""

from __future__ import annotations

from typing import TypedDict

import numpy as np

from bot.heard import Heard, Passage
from bot.model import Span
from bot.redaction import redact
from bot.tagger_figures import Measure
from nlp.bootstrap import Counts, Floats
from nlp.corpus import Labelled
from nlp.judging import Judged

_NEAR = 6
"""Code points by which a cut may stand elsewhere and still be the same: a space, a full stop, a "but"."""


class PassageFields(TypedDict):
    """The fields of ``Result`` that are measured here."""

    passages: tuple[Measure, ...]
    passage_feelings: float | None


def passage_measures(judged: Judged, draws: Floats) -> PassageFields:
    """Nothing where no label is cut, or the tagger was asked alone."""
    if not judged.heard or not any(row.passages for row in judged.rows):
        return {"passages": (), "passage_feelings": None}
    turns = np.array([[len(row.passages) > 1] for row in judged.rows])
    cut = np.array([[len(found.passages) > 1] for found in judged.heard])
    places = np.array([_cuts(row, found) for row, found in zip(judged.rows, judged.heard, strict=True)], np.float64)
    where = Counts(*(draws @ places[:, [kind]] for kind in range(3)))
    said = [_said(row, found) for row, found in zip(judged.rows, judged.heard, strict=True)]
    themes = np.array([one[:3] for one in said], np.float64)
    of_passages = Counts(*(draws @ themes[:, [kind]] for kind in range(3)))
    right, all_of_them = sum(one[3] for one in said), sum(one[4] for one in said)
    return {
        "passages": (
            Counts.of(turns, cut, draws).measure("messages that turn to another thing are cut"),
            where.measure("the places where they are cut"),
            of_passages.measure("the themes of each passage"),
        ),
        "passage_feelings": right / all_of_them if all_of_them else None,
    }


def _spans(row: Labelled, found: Heard) -> list[Span]:
    """Where the passages of the label stand in the redacted text; empty where they cannot be found again."""
    spans: list[Span] = []
    reached = 0
    for passage in row.passages:
        text = redact(passage.text)[0].strip()
        start = found.redacted.find(text, reached)
        if start < 0:
            return []
        reached = start + len(text)
        spans.append((start, reached))
    return spans


def _cuts(row: Labelled, found: Heard) -> tuple[int, int, int]:
    """Places of cuts that are right, wrong and missed."""
    wanted = [start for start, _ in _spans(row, found)[1:]]
    made = [passage.start for passage in found.passages[1:]]
    right = 0
    for place in wanted:
        near = next((start for start in made if abs(start - place) <= _NEAR), None)
        if near is not None:
            made.remove(near)
            right += 1
    return right, len(made), len(wanted) - right


def _said(row: Labelled, found: Heard) -> tuple[int, int, int, int, int]:
    """Themes right, wrong and missed over the passages of the label, each compared with the passage heard that shares most
    of its words; then feelings right, and passages compared.
    """
    right = wrong = missed = feelings = 0
    spans = _spans(row, found)
    for passage, span in zip(row.passages, spans, strict=False):
        nearest = max(found.passages, key=lambda one: _shared(one, span), default=None)
        said = {suggestion.theme for suggestion in nearest.suggestions} if nearest else set()
        right += len(said & passage.themes)
        wrong += len(said - passage.themes)
        missed += len(passage.themes - said)
        feelings += nearest is not None and nearest.polarity is passage.feeling
    return right, wrong, missed, feelings, len(spans)


def _shared(passage: Passage, span: Span) -> int:
    return min(passage.end, span[1]) - max(passage.start, span[0])
