"""Counts of right, wrong and missed, with intervals by the bootstrap.

The messages are drawn anew a thousand times, with repeats, and the middle 95 of 100 results lie between the bounds. The
draws come from a fixed seed, so the same messages give the same figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.tagger_figures import Measure

DRAWS = 1000

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Counts:
    """Right, wrong and missed, each draws by themes; the first draw is the messages as they are."""

    right: Floats
    wrong: Floats
    missed: Floats

    @classmethod
    def of(cls, wanted: NDArray[np.bool_], said: NDArray[np.bool_], draws: Floats) -> Counts:
        hits = (wanted & said, ~wanted & said, wanted & ~said)
        return cls(*(draws @ hit.astype(np.float64) for hit in hits))

    def only(self, themes: Sequence[int]) -> Counts:
        """Of these themes together."""
        return Counts(*(side[:, themes].sum(axis=1, keepdims=True) for side in (self.right, self.wrong, self.missed)))

    @property
    def f1(self) -> Floats:
        """Draws by themes; not a number where a draw has nothing to hear and nothing was heard."""
        whole = 2 * self.right + self.wrong + self.missed
        return np.where(whole > 0, 2 * self.right / np.maximum(whole, 1), np.nan)

    def measure(self, name: str, theme: int = 0) -> Measure:
        right, wrong, missed = (float(side[0, theme]) for side in (self.right, self.wrong, self.missed))
        low, high = bounds(self.f1[1:, theme])
        return Measure(
            name=name,
            count=round(right + missed),
            precision=share(right, right + wrong),
            recall=share(right, right + missed),
            f1=share(2 * right, 2 * right + wrong + missed),
            low=low,
            high=high,
        )


def drawn(rows: int, draws: int = DRAWS) -> Floats:
    """How often each message counts, draws by messages; once each in the first."""
    chance = np.random.default_rng(0)
    table = chance.multinomial(rows, np.full(rows, 1 / rows), size=draws)
    return np.concatenate([np.ones((1, rows)), table.astype(np.float64)])


def bounds(values: Floats) -> tuple[float, float]:
    """The middle 95 of 100 of these; all there could be where none is a number."""
    known = values[~np.isnan(values)]
    if not len(known):
        return 0.0, 1.0
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)


def share(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0
