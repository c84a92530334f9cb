"""Codes for another phone, as a dictionary."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.model import Address


@dataclass
class FakeCodes:
    """``bot.resuming.ResumeCodes``."""

    kept: dict[str, Address] = field(default_factory=dict)
    tries: int = 0

    def keep(self, code: str, address: Address, *, until: datetime, now: datetime) -> None:
        self.kept[code] = address

    def use(self, code: str, *, now: datetime) -> Address | None:
        return self.kept.pop(code, None)

    def count_try(self, who: str, *, now: datetime, since: datetime) -> int:
        self.tries += 1
        return self.tries
