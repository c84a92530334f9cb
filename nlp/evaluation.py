"""Measures taggers against labelled messages: what was found and what was missed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Count:
    """Right, wrong and missed suggestions."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        whole = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / whole if whole else 0.0


@dataclass(slots=True)
class Measured:
    """The counts of a run, by theme."""

    by_theme: dict[str, Count] = field(default_factory=dict)

    @property
    def micro(self) -> Count:
        """Every suggestion counts alike."""
        counts = self.by_theme.values()
        return Count(sum(c.right for c in counts), sum(c.wrong for c in counts), sum(c.missed for c in counts))

    @property
    def macro_f1(self) -> float:
        """Every theme that is in the labels counts alike."""
        counts = [count.f1 for count in self.by_theme.values() if count.right + count.missed]
        return sum(counts) / len(counts) if counts else 0.0


def measure(rows: Iterable[tuple[Iterable[str], Iterable[str]]]) -> Measured:
    """Of rows of (themes in the label, themes suggested)."""
    measured = Measured()
    for label, suggested in rows:
        wanted, found = set(label), set(suggested)
        for code in wanted | found:
            count = measured.by_theme.setdefault(code, Count())
            count.right += code in wanted and code in found
            count.wrong += code not in wanted
            count.missed += code not in found
    return measured
