"""A person who texts, one message at a time, on the real road: the tests of accepting and of turns are told with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from bot.model import Address, ChannelName, InboundMessage
from bot.records import ExportedMessage
from storage.database import Database
from tests.journeys.stage import StoreStage

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ANNA = Address("tel", "+447700900123")
BORIS = Address("tel", "+447700900456")
SMS = ChannelName("sms")


class Street(StoreStage):
    """The stage of the journeys, with time and turns in the test's own hands."""

    def __init__(self, database: Database, *, channel: str = "sms", also: Sequence[str] = ()) -> None:
        super().__init__(channel, database=database, start=MONDAY, also=also)
        self._numbers = count(1)

    def text(self, words: str, *, sender: Address = ANNA, external_id: str | None = None, **rest: Any) -> InboundMessage:
        message = InboundMessage(
            **{"channel": self.channel.name, **rest},
            account="us",
            external_id=external_id or f"SM{next(self._numbers)}",
            sender=sender,
            text=words,
        )
        self.intake.receive([message])
        return message

    def again(self, message: InboundMessage) -> None:
        self.intake.receive([replace(message)])

    def later(self, **by: float) -> None:
        self.clock.at += timedelta(**by)

    def turn(self, worker: str = "a:1") -> bool:
        self.chance.begin()
        return self.turns.take_due(worker)

    def all_turns(self) -> int:
        taken = 0
        while self.turn():
            taken += 1
            assert taken < 50, "turns without end"
        return taken

    def deliver(self) -> None:
        while self.outbox.deliver_due("a:1"):
            pass

    def heard_at(self, address: Address) -> list[str]:
        """What went to this door, whatever its channel."""
        return [outgoing.text for door in self.doors.values() for outgoing in door.sent if outgoing.address == address]

    @property
    def heard_by_them(self) -> list[str]:
        return [outgoing.text for outgoing in self.channel.sent]

    def rows(self, direction: str) -> list[ExportedMessage]:
        return [row for row in self.store.export_messages() if row.direction == direction]
