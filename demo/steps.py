"""Where each button of the clock bar leads."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.days import ZONE
from bot.hours import Hours

_EVENING = time(20)
_A_DAY = timedelta(days=1)
_LATER = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": _A_DAY, "week": timedelta(days=7)}


def moved_to(step: str, now: datetime, hours: Hours) -> datetime | None:
    """None for a word that is no button."""
    here = now.astimezone(ZONE)
    if step == "tonight":
        day = here.date() if here.time() < _EVENING else here.date() + _A_DAY
        return datetime.combine(day, _EVENING, ZONE).astimezone(now.tzinfo)
    if step == "workday":
        return hours.next_open(datetime.combine(here.date() + _A_DAY, time(), ZONE))
    return now + _LATER[step] if step in _LATER else None
