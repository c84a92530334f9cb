"""The rota: who is called when an alert waits, in which order, and at which hours somebody is missing.

Each rung has hours of its own, by the clock on London's walls; on a bank holiday those of Monday to Friday do not hold. Who is
on duty is called first, then everybody else: one call too many is better than none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from bot.days import ZONE
from bot.errors import BotError
from bot.hours import bank_holidays
from bot.records import StaffMember

AHEAD = timedelta(days=7)
"""How far holes are looked for."""
MOST_RUNGS = 12
OFFICE_DAYS = frozenset({1, 2, 3, 4, 5})
"""Hours on these days alone are an office's. Who comes on a Saturday or Sunday comes on a bank holiday too."""
_A_DAY = timedelta(days=1)


class RotaChangedError(BotError):
    """Somebody else changed the rota meanwhile. Look at what they kept, and change that."""


class When(StrEnum):
    """When a rung is on duty: round the clock, at hours of its own, or whenever no rung with hours is."""

    ALWAYS = "always"
    HOURS = "hours"
    OUT_OF_HOURS = "out_of_hours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One person or desk. ``days`` are ISO weekdays on which its hours begin; hours that close before they open end the next
    day.
    """

    id: UUID
    name: str
    mobile: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    when: When = When.ALWAYS
    days: frozenset[int] = frozenset()
    opens: time = time(9)
    closes: time = time(17)

    def is_in_hours(self, now: datetime, holidays: AbstractSet[date] = frozenset()) -> bool:
        here = now.astimezone(ZONE)
        days = (here.date(), here.date() - _A_DAY)
        return any(begins <= here < ends for begins, ends in (self._hours(day, holidays) for day in days))

    def edges(self, day: date) -> tuple[datetime, datetime]:
        """When its hours of this day begin and end, whether or not it has hours on it."""
        end = day if self.closes > self.opens else day + _A_DAY
        return datetime.combine(day, self.opens, ZONE), datetime.combine(end, self.closes, ZONE)

    def _hours(self, day: date, holidays: AbstractSet[date]) -> tuple[datetime, datetime]:
        begins, ends = self.edges(day)
        is_off = day in holidays and self.days <= OFFICE_DAYS
        return (begins, ends) if day.isoweekday() in self.days and not is_off else (begins, begins)


@dataclass(frozen=True, slots=True)
class Hole:
    """From when to when nobody is on duty, in UTC."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """``number`` counts what was kept; 0 is the first filling: who has the role for safeguarding, and a mobile number or
    an email address to sign in with. ``holidays``: on which no office is open. ``gone``: the rungs of those who were locked
    out. ``leads``: who is called where these are all there is.
    """

    rungs: tuple[Rung, ...]
    holidays: frozenset[date] = field(default_factory=bank_holidays, repr=False)
    number: int = 0
    made_by: str | None = None
    made_at: datetime | None = None
    gone: frozenset[UUID] = frozenset()
    leads: tuple[Rung, ...] = field(default=(), repr=False)

    @classmethod
    def first(cls, members: Sequence[StaffMember]) -> Rota:
        """Of the accounts, as long as nobody has written a rota. Who signs in with an email address has one."""
        return cls(
            rungs=tuple(
                Rung(
                    id=member.id,
                    name=member.name,
                    mobile=member.mobile,
                    email=member.username if "@" in member.username else None,
                )
                for member in members
            )
        )

    def among(self, team: Iterable[StaffMember]) -> Rota:
        """As it stands in this team: who was locked out is on no rung, unless somebody who is here is reached by the same."""
        team = tuple(team)
        here = Rota.first([member for member in team if member.disabled_at is None]).rungs
        out = Rota.first([member for member in team if member.disabled_at is not None]).rungs
        gone = {
            rung.id
            for rung in self.rungs
            if any(is_same(rung, other) for other in out) and not any(is_same(rung, other) for other in here)
        }
        return replace(self, gone=frozenset(gone))

    @property
    def called(self) -> tuple[Rung, ...]:
        """The rungs of those who may know of an alert. A rota that nobody is left on calls the leads."""
        return tuple(rung for rung in self.rungs if rung.id not in self.gone) or (self.leads if self.rungs else ())

    @property
    def left_out(self) -> tuple[Rung, ...]:
        return tuple(rung for rung in self.rungs if rung.id in self.gone)

    def on_duty(self, now: datetime) -> tuple[Rung, ...]:
        in_hours = [rung for rung in self.called if rung.when is When.HOURS and rung.is_in_hours(now, self.holidays)]
        if in_hours:
            return tuple(rung for rung in self.called if rung.when is When.ALWAYS or rung in in_hours)
        # Out of hours those who are there for it come before those who are there always.
        outside = [rung for rung in self.called if rung.when is When.OUT_OF_HOURS]
        return (*outside, *(rung for rung in self.called if rung.when is When.ALWAYS))

    def ladder(self, now: datetime) -> tuple[Rung, ...]:
        """Who is called, lowest rung first: who is on duty, then who is not, those for out of hours last."""
        on_duty = self.on_duty(now)
        rest = [rung for rung in self.called if rung not in on_duty]
        return (*on_duty, *sorted(rest, key=lambda rung: rung.when is When.OUT_OF_HOURS))

    def holes(self, now: datetime) -> tuple[Hole, ...]:
        """The hours of the next week in which nobody is on duty; none of an empty rota, which is one hole."""
        if not self.called:
            return ()
        until = now + AHEAD
        first = now.astimezone(ZONE).date() - _A_DAY
        days = [first + each * _A_DAY for each in range(AHEAD.days + 3)]
        edges = {edge.astimezone(UTC) for rung in self.called for day in days for edge in rung.edges(day)}
        moments = [now, *sorted(edge for edge in edges if now < edge < until), until]
        holes: list[Hole] = []
        for begins, ends in pairwise(moments):
            if self.on_duty(begins):
                continue
            if holes and holes[-1].ends == begins:
                holes[-1] = Hole(holes[-1].begins, ends)
            else:
                holes.append(Hole(begins, ends))
        return tuple(holes)


def is_same(one: Rung, other: Rung) -> bool:
    """Whether both reach the same person or desk."""
    return (
        one.id == other.id
        or one.name.casefold() == other.name.casefold()
        or (one.mobile is not None and one.mobile == other.mobile)
        or (one.email is not None and other.email is not None and one.email.casefold() == other.email.casefold())
    )
