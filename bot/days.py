"""Days, times and opening hours as one locale says them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot import toml
from bot.errors import BadContent

ZONE = ZoneInfo("Europe/London")
HOURS = "open_hours"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SPEC = re.compile(r"(\d)-(\d) (\d\d):(\d\d)-(\d\d):(\d\d)")
_WEEK, _YEAR, _NOON = 7, 12, 12
_FORMS = ("day_form", "moment_form", "hours_form", "morning", "afternoon", "morning_minutes", "afternoon_minutes", "today")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """``weekdays`` and ``months`` are short, as a text message needs them; ``long_weekdays`` are for opening hours."""

    weekdays: tuple[str, ...]
    long_weekdays: tuple[str, ...]
    months: tuple[str, ...]
    day_form: str
    moment_form: str
    hours_form: str
    morning: str
    afternoon: str
    morning_minutes: str
    afternoon_minutes: str
    today: str

    @classmethod
    def read(cls, table: dict[str, Any], *, where: str) -> Calendar:
        weekdays, long_weekdays, months = (
            toml.words(table, name, where=where) for name in ("weekdays", "long_weekdays", "months")
        )
        if (len(weekdays), len(long_weekdays), len(months)) != (_WEEK, _WEEK, _YEAR):
            raise BadContent(f"{where}: a week has seven days, from Monday, and a year twelve months.")
        forms = {name: toml.need(table, name, str, where=where) for name in _FORMS}
        return cls(weekdays=weekdays, long_weekdays=long_weekdays, months=months, **forms)

    def day(self, day: date) -> str:
        """As “Thu 26 Nov”."""
        return self.day_form.format(weekday=self.weekdays[day.weekday()], day=day.day, month=self.months[day.month - 1])

    def moment(self, when: datetime, now: datetime) -> str:
        """As “9am on Mon 23 Nov”, or “9am today”."""
        here = when.astimezone(ZONE)
        clock = self._clock(here.hour, here.minute)
        if here.date() == now.astimezone(ZONE).date():
            return self.today.format(time=clock)
        return self.moment_form.format(time=clock, day=self.day(here.date()))

    def spoken(self, name: str, value: str) -> str:
        """A value as it stands in a sentence: a date as a day, opening hours in words, everything else as it is."""
        if name == HOURS and (spec := _SPEC.fullmatch(value)):
            return self._hours(*map(int, spec.groups()))
        if _DATE.fullmatch(value):
            return self.day(date.fromisoformat(value))
        return value

    def _hours(self, first: int, last: int, opens: int, opens_minute: int, closes: int, closes_minute: int) -> str:
        return self.hours_form.format(
            first=self.long_weekdays[first - 1],
            last=self.long_weekdays[last - 1],
            opens=self._clock(opens, opens_minute),
            closes=self._clock(closes, closes_minute),
        )

    def _clock(self, hour: int, minute: int) -> str:
        """``{hour}`` counts to twelve, ``{hour24}`` to twenty-four."""
        if minute:
            form = self.morning_minutes if hour < _NOON else self.afternoon_minutes
        else:
            form = self.morning if hour < _NOON else self.afternoon
        return form.format(hour=hour % _NOON or _NOON, hour24=hour, minute=f"{minute:02}")
