"""Carrying on with a talk on another phone: by a code that can be said aloud, works once, and lasts a quarter of an hour.

A reference finds a record and opens nothing; this code opens the talk, and so it is drawn anew each time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

from bot.errors import BotError
from bot.model import Address
from bot.ports import Clock
from bot.references import References

LASTS = timedelta(minutes=15)
MOST_TRIES = 10
"""Codes tried from one place within ``LASTS``. A code is one of some five thousand million."""

_PIECES = re.compile(r"[A-Z]+|[0-9]+")
_LONGEST = 100


class TooManyTriesError(BotError):
    """Too many codes were tried from here; wait a quarter of an hour."""


class ResumeCodes(Protocol):
    """Where codes are kept, so that who reads the store cannot say one. Raises ``StoreUnavailable``."""

    def keep(self, code: str, address: Address, *, until: datetime, now: datetime) -> None:
        """From now on this code leads to this address, and an earlier one of the same address no longer does."""
        ...

    def use(self, code: str, *, now: datetime) -> Address | None:
        """Where it leads, the first time; None ever after, and for a code that has run out."""
        ...

    def count_try(self, who: str, *, now: datetime, since: datetime) -> int:
        """Note one try of somebody and return how many there were since then, this one included."""
        ...


@dataclass(frozen=True, slots=True)
class Resuming:
    """The use case behind "Use another phone"."""

    codes: ResumeCodes
    clock: Clock
    references: References
    random: Random
    """Chance that nobody can guess: ``SystemRandom`` in service."""

    def offer(self, address: Address) -> str:
        """A code for this talk, such as ``HERON 482 TEAL 915``."""
        code = f"{self.references.draw(self.random)} {self.references.draw(self.random)}"
        now = self.clock.now()
        self.codes.keep(code, address, until=now + LASTS, now=now)
        return code

    def resume(self, said: str, *, who: str) -> Address | None:
        """Whose talk it is. ``who`` is the place the try comes from. Raises ``TooManyTriesError``.

        However it was typed: in small letters, with hyphens, without spaces.
        """
        now = self.clock.now()
        if self.codes.count_try(who, now=now, since=now - LASTS) > MOST_TRIES:
            raise TooManyTriesError
        code = _as_drawn(said)
        return self.codes.use(code, now=now) if code else None

    def give_back(self, said: str, address: Address) -> None:
        """What a code was used for did not come about: it is good again, for as long as a new one."""
        now = self.clock.now()
        self.codes.keep(_as_drawn(said), address, until=now + LASTS, now=now)


def _as_drawn(said: str) -> str:
    return " ".join(_PIECES.findall(said.upper())) if len(said) <= _LONGEST else ""
