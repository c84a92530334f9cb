"""How much danger is heard, slice by slice, and how often ordinary words alarm; each share with Wilson's 95 % interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot.heard import Risk, RiskLevel
from bot.ports import Listener
from nlp.danger import DangerScorer
from nlp.danger_corpus import ORDINARY, DangerRow, by_rules

ALL = "all"
_SPREAD = 1.959964
"""Standard deviations that leave out 5 in 100."""


@dataclass(slots=True)
class Share:
    """So many of so many."""

    heard: int = 0
    count: int = 0

    @property
    def share(self) -> float:
        return self.heard / self.count if self.count else 0.0

    @property
    def low(self) -> float:
        return self._edge(-1)

    @property
    def high(self) -> float:
        return self._edge(1)

    def _edge(self, side: int) -> float:
        """Wilson's bound, below or above; 0 and 1 where nothing was counted."""
        if not self.count:
            return float(side > 0)
        squared = _SPREAD**2 / self.count
        middle = self.share + squared / 2
        reach = _SPREAD * math.sqrt((self.share * (1 - self.share) + squared / 4) / self.count)
        return min(max((middle + side * reach) / (1 + squared), 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class DangerMeasured:
    """By slice, ``all`` among them, and by locale as ``locale pl``.

    ``recall``: rows of danger and concern that raise an alert. ``weary``: carers at breaking point that raise at least a
    flag. ``alarms``: rows without danger that raise an alert, look-alikes by slice and plain messages as ``ordinary``.
    """

    recall: dict[str, Share] = field(default_factory=dict)
    weary: dict[str, Share] = field(default_factory=dict)
    alarms: dict[str, Share] = field(default_factory=dict)


Judge = Callable[[DangerRow], Risk]


def judge_of(scorer: DangerScorer | None) -> Judge:
    """What is heard of a row by the rules, and behind them by this scorer."""
    return lambda row: by_rules(row) if scorer is None else scorer.add_to(by_rules(row), row.text)


def judge_by(listener: Listener) -> Judge:
    """What is heard of a row by the rules, and behind them by all a listener has."""

    def judge(row: DangerRow) -> Risk:
        risk = by_rules(row)
        return risk if risk.level.needs_alert else max(risk, listener.hear(row.text).risk, key=lambda found: found.level)

    return judge


def measure(rows: Iterable[DangerRow], judge: Judge) -> DangerMeasured:
    """Of rows with danger, look-alikes and ordinary messages, in any mixture."""
    return tally((row, judge(row).level) for row in rows)


def tally(judged: Iterable[tuple[DangerRow, RiskLevel]]) -> DangerMeasured:
    """Of rows and the level heard in each."""
    measured = DangerMeasured()
    for row, level in judged:
        if row.level.needs_alert:
            shares, heard = measured.recall, level.needs_alert
        elif row.level is RiskLevel.WELLBEING:
            shares, heard = measured.weary, level > RiskLevel.NONE
        else:
            shares, heard = measured.alarms, level.needs_alert
        for name in _names(row):
            share = shares.setdefault(name, Share())
            share.heard += heard
            share.count += 1
    return measured


def _names(row: DangerRow) -> list[str]:
    names = [ALL, f"locale {row.locale}", *sorted(row.slices)]
    return [*names, "look-alike"] if row.level is RiskLevel.NONE and ORDINARY not in row.slices else names
