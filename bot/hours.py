"""When the team is there: working days, office hours, and the days by which it promises to act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot import toml
from bot.days import ZONE
from bot.errors import BadContent

CONTENT = Path(__file__).parent / "content" / "hours.toml"
PROMISES = (
    "read", "call_back", "my_data", "look_again", "write_by_hand", "question", "casework", "complaint", "foi", "threat", "spam",
    "held", "remove_part",
)  # fmt: skip
BEFORE_CLOSING = timedelta(hours=1)
"""From this long before closing on, nobody promises to read what is urgent today."""
_A_DAY = timedelta(days=1)
_LAST_WEEKDAY = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """``days`` are ISO weekdays (Monday is 1); ``opens`` and ``closes`` are by the clock on London's walls.

    ``promises`` are working days, by what is promised. Between ``sleeps`` and ``wakes`` nobody is written to unasked.
    Every time handed in is aware; every time given back is in UTC.
    """

    days: frozenset[int]
    opens: time
    closes: time
    holidays: frozenset[date]
    promises: dict[str, int]
    wakes: time = time(8)
    sleeps: time = time(20)

    @classmethod
    def load(cls, path: Path = CONTENT) -> Hours:
        table = toml.read(path)
        where = path.name
        hours = cls(
            days=frozenset(toml.need(table, "days", list, where=where)),
            opens=toml.need(table, "opens", time, where=where),
            closes=toml.need(table, "closes", time, where=where),
            holidays=_holidays(toml.need(table, "holidays", dict, where=where), where),
            promises=_promises(toml.need(table, "promises", dict, where=where), where),
            wakes=toml.need(table, "wakes", time, where=where),
            sleeps=toml.need(table, "sleeps", time, where=where),
        )
        if not hours.days or not hours.days <= set(range(1, _LAST_WEEKDAY + 1)):
            raise BadContent(f"{where}: “days” must name at least one day, from 1 (Monday) to 7 (Sunday).")
        if hours.opens >= hours.closes:
            raise BadContent(f"{where}: the team must open before it closes.")
        if hours.wakes >= hours.sleeps:
            raise BadContent(f"{where}: “wakes” must be before “sleeps”.")
        return hours

    @property
    def spec(self) -> str:
        """The hours as ``1-5 09:00-17:00``, for the wording to say in each language."""
        return f"{min(self.days)}-{max(self.days)} {self.opens:%H:%M}-{self.closes:%H:%M}"

    def is_working_day(self, day: date) -> bool:
        return day.isoweekday() in self.days and day not in self.holidays

    def is_open(self, now: datetime) -> bool:
        here = now.astimezone(ZONE)
        return self.is_working_day(here.date()) and self.opens <= here.time() < self.closes

    def next_open(self, now: datetime) -> datetime:
        """Now, when the team is there; else the next moment it opens."""
        if self.is_open(now):
            return now.astimezone(UTC)
        here = now.astimezone(ZONE)
        day = here.date() if here.time() < self.opens else here.date() + _A_DAY
        return datetime.combine(self._working_day_from(day), self.opens, ZONE).astimezone(UTC)

    def next_awake(self, now: datetime) -> datetime:
        """Now, when a family may be written to unasked; else the next moment it may."""
        here = now.astimezone(ZONE)
        if self.wakes <= here.time() < self.sleeps:
            return now.astimezone(UTC)
        day = here.date() if here.time() < self.wakes else here.date() + _A_DAY
        return datetime.combine(day, self.wakes, ZONE).astimezone(UTC)

    def next_reading(self, now: datetime) -> datetime:
        """When a person next reads what is urgent: now, while the team is there for a while yet; else when it next opens."""
        is_closing = self.is_open(now) and not self.is_open(now + BEFORE_CLOSING)
        return self.next_open(now + BEFORE_CLOSING if is_closing else now)

    def promised_on(self, now: datetime) -> date:
        """The day by which a person has read what came now."""
        return self.due_on("read", now)

    def read_first_on(self, now: datetime) -> date:
        """The day by which a person has read something urgent that came now: the day the texts for danger name."""
        return self.today(self.next_reading(now))

    def due_on(self, promise: str, now: datetime) -> date:
        """The day by which ``promise`` is kept, when it is given now. Words that come after closing came the next day."""
        day = self.next_open(now).astimezone(ZONE).date()
        for _ in range(self.promises[promise]):
            day = self._working_day_from(day + _A_DAY)
        return day

    def today(self, now: datetime) -> date:
        """The day it is where the team works."""
        return now.astimezone(ZONE).date()

    def _working_day_from(self, day: date) -> date:
        while not self.is_working_day(day):
            day += _A_DAY
        return day


@cache
def bank_holidays() -> frozenset[date]:
    return Hours.load().holidays


def _holidays(table: dict[str, Any], where: str) -> frozenset[date]:
    days = [day for name in table for day in toml.need(table, name, list, where=f"{where}, holidays")]
    if not all(isinstance(day, date) for day in days):
        raise BadContent(f"{where}: every holiday must be a date, such as 2026-12-25.")
    return frozenset(days)


def _promises(table: dict[str, Any], where: str) -> dict[str, int]:
    promises = {name: toml.need(table, name, int, where=f"{where}, promises") for name in PROMISES}
    if min(promises.values()) < 0:
        raise BadContent(f"{where}: a promise cannot lie in the past.")
    return promises
