"""A place in the order of the inbox, from which a page goes on: numbers and codes, so that an address may hold it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

_FORM = re.compile(r"([01])_([0-3])_(\d{8})_([01]\.\d{1,20}|\d(?:\.\d{1,20})?e-\d{1,3})_(\d{1,17})_([0-9a-f]{32})", re.ASCII)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What an experience stands by: open alerts first, then risk, the day promised, least sure, age.

    It is held by its values, so that a page goes on where it left off though the experience has moved meanwhile.
    """

    alert: bool
    risk: int
    promised_on: date
    least_sure: float
    opened_at: datetime
    id: UUID

    def __str__(self) -> str:
        opened = (self.opened_at - _BEGINNING) // _MICROSECOND
        return f"{int(self.alert)}_{self.risk}_{self.promised_on:%Y%m%d}_{float(self.least_sure)!r}_{opened}_{self.id.hex}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """None for what is no place: an old or odd address begins at the top."""
        found = _FORM.fullmatch(text)
        if found is None:
            return None
        alert, risk, day, sure, opened, name = found.groups()
        try:
            return cls(
                alert=alert == "1",
                risk=int(risk),
                promised_on=date(int(day[:4]), int(day[4:6]), int(day[6:])),
                least_sure=float(sure),
                opened_at=_BEGINNING + int(opened) * _MICROSECOND,
                id=UUID(name),
            )
        except (ValueError, OverflowError):
            return None
