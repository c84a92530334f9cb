"""What a danger scorer is taught from beside the corpus, and whether the one so taught may take the place of the one at work.

The rule is stricter than that for themes. Both are asked about the same messages. A challenger is refused where it hears
fewer of all that tell of danger; where, in a slice of them, it misses so many more than it newly hears that a coin would do so
in fewer than one of five cases; where it marks fewer carers at breaking point, or alarms more often in ordinary messages, by
more than chance.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.heard import RiskLevel
from bot.taggers import DecidedAlert
from nlp.danger_corpus import DangerRow
from nlp.danger_evaluation import ALL, Judge

DECIDED = "decided"
"""The slice of what people have decided about alerts."""
HEARD, WEARY, ALARMS = "danger heard", "carers marked", "false alarms"
_SLIGHT, _CHANCE = 0.2, 0.025
_NAMED = 3
"""Slices named in a refusal."""

Say = Callable[[int], None]
"""Is told how many more messages have been heard."""


def from_alerts(decided: Iterable[DecidedAlert]) -> tuple[list[DangerRow], list[DangerRow]]:
    """What was decided about alerts, as rows: those to learn from, and the fifth that is put aside."""
    learn: list[DangerRow] = []
    aside: list[DangerRow] = []
    for one in decided:
        row = DangerRow(
            text=one.text,
            level=one.level if one.is_real else RiskLevel.NONE,
            kind=one.kind if one.is_real else None,
            slices=frozenset({DECIDED}),
            locale=one.locale,
            author=f"contact:{one.contact_id}",
        )
        (aside if one.is_held_out else learn).append(row)
    return learn, aside


def levels(rows: Iterable[DangerRow], judge: Judge, say: Say) -> list[RiskLevel]:
    """What is heard in each row."""
    found = []
    for row in rows:
        found.append(judge(row).level)
        say(1)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerDifference:
    """Of ``count`` messages of a slice, how many each hears (of ``what`` ``ALARMS``: how many each alarms in, wrongly).
    ``lost`` only the champion hears, ``gained`` only the challenger.
    """

    what: str
    name: str
    count: int
    champion: int
    challenger: int
    lost: int
    gained: int

    @property
    def is_worse(self) -> bool:
        if self.what == ALARMS:
            return _by_coin(self.gained, self.lost) < _CHANCE
        if self.what == HEARD:
            return self.lost > self.gained and (self.name == ALL or _by_coin(self.lost, self.gained) < _SLIGHT)
        return _by_coin(self.lost, self.gained) < _CHANCE


def differences(
    rows: Sequence[DangerRow], champion: Sequence[RiskLevel], challenger: Sequence[RiskLevel]
) -> tuple[DangerDifference, ...]:
    """By what is asked and slice: all first. ``champion`` and ``challenger`` are the levels each hears in the rows."""
    found: dict[tuple[str, str], list[tuple[bool, bool]]] = {}
    for row, before, after in zip(rows, champion, challenger, strict=True):
        what, least = _asked(row)
        for name in [ALL, *sorted(row.slices), f"locale {row.locale}"] if what == HEARD else [ALL]:
            found.setdefault((what, name), []).append((before >= least, after >= least))
    return tuple(_difference(what, name, heard) for (what, name), heard in sorted(found.items(), key=_order))


def _asked(row: DangerRow) -> tuple[str, RiskLevel]:
    """What is asked of a row, and from which level on it counts."""
    if row.level.needs_alert:
        return HEARD, RiskLevel.CONCERN
    return (WEARY, RiskLevel.WELLBEING) if row.level is RiskLevel.WELLBEING else (ALARMS, RiskLevel.CONCERN)


def _order(entry: tuple[tuple[str, str], object]) -> tuple[int, bool, str]:
    (what, name), _ = entry
    return (HEARD, WEARY, ALARMS).index(what), name != ALL, name


def _difference(what: str, name: str, heard: Sequence[tuple[bool, bool]]) -> DangerDifference:
    return DangerDifference(
        what=what,
        name=name,
        count=len(heard),
        champion=sum(before for before, _ in heard),
        challenger=sum(after for _, after in heard),
        lost=sum(before and not after for before, after in heard),
        gained=sum(after and not before for before, after in heard),
    )


def _by_coin(worse: int, better: int) -> float:
    """How likely a fair coin gives at least so many of one side (the sign test, one-sided)."""
    thrown = worse + better
    return sum(math.comb(thrown, heads) for heads in range(worse, thrown + 1)) / (1 << thrown)


@dataclass(frozen=True, slots=True)
class DangerVerdict:
    """``says`` is a sentence for whoever taught it, kept with the scorer."""

    is_taken: bool
    says: str


def verdict(compared: Mapping[str, Sequence[DangerDifference]]) -> DangerVerdict:
    """``compared``: by what the two were compared on, as it fits into "on …"."""
    worse = [(where, one) for where, found in compared.items() for one in found if one.is_worse]
    if not worse:
        heard = [one for found in compared.values() for one in found if (one.what, one.name) == (HEARD, ALL)]
        counted = ", ".join(f"{one.challenger} of {one.count}, before {one.champion}" for one in heard)
        return DangerVerdict(is_taken=True, says=f"It is not worse on any slice of danger ({counted}).")
    listed = "; ".join(
        f"{one.what}, “{one.name}”, on {where} ({one.challenger} of {one.count}, before {one.champion})"
        for where, one in worse[:_NAMED]
    )
    more = f" and {len(worse) - _NAMED} more" if len(worse) > _NAMED else ""
    return DangerVerdict(is_taken=False, says=f"It is worse at {listed}{more}.")
