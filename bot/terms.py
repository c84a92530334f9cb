"""The school terms: on which day the one began in which a day lies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot import toml
from bot.errors import BadContent

CONTENT = Path(__file__).parent / "content" / "terms.toml"
_A_YEAR = 2026
"""Any year that is no leap year: a term cannot begin on 29 February."""


@dataclass(frozen=True, slots=True)
class Terms:
    """``begins`` are month and day of each term's first day, in the order of the year."""

    begins: tuple[tuple[int, int], ...]

    @classmethod
    def load(cls, path: Path = CONTENT) -> Terms:
        """Raises ``BadContent``."""
        table = toml.read(path)
        try:
            days = [date.fromisoformat(f"{_A_YEAR}-{day}") for day in toml.need(table, "begins", list, where=path.name)]
        except ValueError as error:
            raise BadContent(f"{path.name}: each term begins on a month and a day, as 09-01.") from error
        if not days or days != sorted(set(days)):
            raise BadContent(f"{path.name}: the terms must stand in the order of the year, at least one.")
        return cls(tuple((day.month, day.day) for day in days))

    def begin(self, day: date) -> date:
        """The first day of the term in which ``day`` lies."""
        began = [date(year, month, first) for year in (day.year - 1, day.year) for month, first in self.begins]
        return max(first for first in began if first <= day)
