"""What a tagger says of labelled messages, put beside what the labels say; measuring is another's job.

Two judges. ``hear`` is the whole listener, as families meet it: it masks, tells the language, cuts passages. ``weigh`` is the
tagger alone on whole messages, for label sets that are not ours and for comparing two taggers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.errors import BadContent
from bot.heard import Heard, Polarity
from nlp.corpus import Labelled
from nlp.ensemble import Ensemble
from nlp.listener import SpacyListener
from nlp.reading import Reader

_BATCH = 64

Say = Callable[[int], None]
"""Is told how many more messages have been read."""


def _quiet(_count: int) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """``wanted``, ``said`` and ``chances`` are messages by themes; ``felt`` is the feeling heard in each message.

    ``heard`` is what the whole listener made of each, and ``uncut`` what would have been said had no message been cut; None
    and empty where the tagger was asked alone.
    """

    rows: Sequence[Labelled]
    themes: tuple[str, ...]
    wanted: NDArray[np.bool_]
    said: NDArray[np.bool_]
    chances: NDArray[np.float32]
    felt: Sequence[Polarity]
    heard: Sequence[Heard] = field(default=())
    uncut: NDArray[np.bool_] | None = None


def hear(rows: Sequence[Labelled], ensemble: Ensemble, reader: Reader, *, say: Say = _quiet) -> Judged:
    """By the whole listener. The chance of a theme it suggests is the suggestion's, of any other that of the whole message."""
    listener = SpacyListener(ensemble=ensemble)
    weighed = weigh(rows, ensemble, reader)
    said, chances = np.zeros_like(weighed.said), weighed.chances.copy()
    place = {theme: number for number, theme in enumerate(weighed.themes)}
    heard = []
    for number, row in enumerate(rows):
        found = listener.hear(row.text, question=row.question)
        for suggestion in found.themes:
            if suggestion.theme in place:
                said[number, place[suggestion.theme]] = True
                chances[number, place[suggestion.theme]] = suggestion.score
        heard.append(found)
        say(1)
    return Judged(
        rows=rows,
        themes=weighed.themes,
        wanted=weighed.wanted,
        said=said,
        chances=chances,
        felt=[found.polarity for found in heard],
        heard=heard,
        uncut=weighed.said,
    )


def weigh(rows: Sequence[Labelled], ensemble: Ensemble, reader: Reader, *, say: Say = _quiet) -> Judged:
    """By the tagger alone. Raises ``BadContent`` where there is nothing to judge."""
    if not rows:
        raise BadContent("There are no messages to measure on.")
    themes = ensemble.weights.themes
    chances, felt = [], []
    least: NDArray[np.float32] = ensemble.weights.mix.thresholds
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        read = [reader.read(row.text, question=row.question) for row in batch]
        margins = ensemble.margins([one.doc for one in read])
        least = ensemble.mix(margins).thresholds
        chances.append(ensemble.chances(margins, [one.rules for one in read]))
        if ensemble.weights.feelings:
            feelings = ensemble.feelings(margins, [one.strengths for one in read], [one.leaning for one in read])
            felt += [max(feeling, key=feeling.__getitem__) for feeling in feelings]
        else:
            felt += [Polarity.NONE] * len(batch)
        say(len(batch))
    found = np.concatenate(chances)
    return Judged(rows=rows, themes=themes, wanted=wanted(rows, themes), said=found >= least, chances=found, felt=felt)


def wanted(rows: Sequence[Labelled], themes: Sequence[str]) -> NDArray[np.bool_]:
    """Messages by themes."""
    return np.array([[theme in row.themes for theme in themes] for row in rows], bool).reshape(len(rows), len(themes))
