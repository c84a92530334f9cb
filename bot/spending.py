"""What texts have cost this month, and the ceiling somebody set. Whoever tells or invites many families beyond it is asked first.

Nothing else is ever held back for it: no reply, no word for danger, no call about an alert. It is no bill, as the prices are not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.days import ZONE
from bot.errors import BotError
from bot.model import ChannelName
from bot.ports import Clock


class BeyondCeilingError(BotError):
    """It would cost more than is left of this month's ceiling, and nobody has said that it shall go all the same."""


@dataclass(frozen=True, slots=True)
class Said:
    """The same words, sent or about to be sent ``times`` over."""

    channel: ChannelName
    text: str
    times: int


class SpendingRecords(Protocol):
    def said_since(self, since: datetime) -> Sequence[Said]:
        """What is paid for: every text, and each message by which we began on a channel that is paid by the message. What is
        on its way counts.
        """
        ...

    def waiting(self) -> int:
        """How many people are planned to be told or invited, and have not been."""
        ...

    def waiting_on(self) -> Sequence[frozenset[str]]:
        """Of each of them the channels they have written on; empty where they never have."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """All in pence. ``waiting``: how many people are still to be written to; ``to_come``: about what that costs. No
    ``ceiling``: none is set.
    """

    spent: Decimal
    waiting: int
    to_come: Decimal
    ceiling: Decimal | None

    def is_beyond(self, pence: Decimal) -> bool:
        """Whether so much more goes beyond the ceiling. What costs nothing never does."""
        return bool(pence) and self.ceiling is not None and self.spent + self.to_come + pence > self.ceiling


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """``pence`` by channel, for one segment, or one message where none are counted; ``segments`` counts those of a text."""

    records: SpendingRecords
    clock: Clock
    pence: Mapping[str, Decimal]
    segments: Callable[[str], int]
    ceiling: Decimal | None
    zone: ZoneInfo = ZONE

    def month(self) -> Month:
        now = self.clock.now().astimezone(self.zone)
        first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        said = self.records.said_since(first) if self.pence else ()
        waiting = self.records.waiting()
        return Month(
            spent=sum((self._of(each) for each in said), Decimal(0)),
            waiting=waiting,
            to_come=sum((self._for_one(each) for each in self.records.waiting_on()), Decimal(0)),
            ceiling=self.ceiling,
        )

    def check(self, pence: Decimal, *, beyond: bool) -> None:
        """``beyond``: somebody has said that it shall go all the same. Raises ``BeyondCeilingError``."""
        if not beyond and self.ceiling is not None and self.month().is_beyond(pence):
            raise BeyondCeilingError

    def _for_one(self, channels: frozenset[str]) -> Decimal:
        """The dearest road on which they may be reached: rather too much is kept back than too little."""
        return max(self.pence.get(each, Decimal(0)) for each in channels or {"sms"})

    def _of(self, said: Said) -> Decimal:
        each = self.pence.get(said.channel, Decimal(0))
        return each * said.times * (self.segments(said.text) if said.channel == "sms" else 1)
