"""How far two readers agree who read the same passage without knowing of each other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.review_records import ReviewRecords
from bot.reviewing import SHARE

FEWEST = 10
"""Passages read twice before anything is said of agreement."""
MOST = 500
"""The newest pairs that are looked at."""


class Meaning(StrEnum):
    """Cohen's kappa in words, by the bands of Landis and Koch (1977)."""

    WORSE = "worse"
    SLIGHT = "slight"
    FAIR = "fair"
    MODERATE = "moderate"
    SUBSTANTIAL = "substantial"
    ALMOST_PERFECT = "almost_perfect"

    @classmethod
    def of(cls, kappa: float) -> Meaning:
        if kappa < 0:
            return cls.WORSE
        bands = ((0.2, cls.SLIGHT), (0.4, cls.FAIR), (0.6, cls.MODERATE), (0.8, cls.SUBSTANTIAL))
        return next((meaning for below, meaning in bands if kappa <= below), cls.ALMOST_PERFECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One passage, read twice: by whom, and the themes each ticked."""

    reference: str
    at: datetime
    first_by: str
    second_by: str
    first: frozenset[str]
    second: frozenset[str]

    @property
    def both(self) -> frozenset[str]:
        return self.first & self.second

    @property
    def is_same(self) -> bool:
        return self.first == self.second


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """``same``: the share of passages on which both ticked the very same themes. ``kappa``: over every theme of every passage,
    how far yes and no agree beyond what chance would give; None where chance alone would agree on all.
    """

    pairs: int
    same: float
    kappa: float | None

    @property
    def is_enough(self) -> bool:
        return self.pairs >= FEWEST

    @property
    def meaning(self) -> Meaning | None:
        return None if self.kappa is None else Meaning.of(self.kappa)


class PairRecords(Protocol):
    def pairs(self, *, limit: int) -> Sequence[Pair]:
        """The newest first; what is with safeguarding is not in it."""
        ...

    def waiting_for_second(self) -> int:
        """How many passages of the sample nobody has read a second time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondReading:
    records: PairRecords
    settings: ReviewRecords
    themes: Collection[str]

    def pairs(self) -> Sequence[Pair]:
        return self.records.pairs(limit=MOST)

    def agreement(self, pairs: Sequence[Pair]) -> Agreement:
        return agreement_of(pairs, self.themes)

    def setting(self) -> str | None:
        return self.settings.setting(SHARE)


def agreement_of(pairs: Sequence[Pair], themes: Collection[str]) -> Agreement:
    """Of every theme that is in force or that somebody ticked."""
    if not pairs:
        return Agreement(pairs=0, same=0.0, kappa=None)
    codes = set(themes).union(*(pair.first | pair.second for pair in pairs))
    count = len(pairs) * len(codes)
    first, second = sum(len(pair.first) for pair in pairs), sum(len(pair.second) for pair in pairs)
    agreed = count - sum(len(pair.first ^ pair.second) for pair in pairs)
    by_chance = (first * second + (count - first) * (count - second)) / count**2 if count else 1.0
    kappa = None if by_chance >= 1 else (agreed / count - by_chance) / (1 - by_chance)
    return Agreement(pairs=len(pairs), same=sum(pair.is_same for pair in pairs) / len(pairs), kappa=kappa)
