"""Where the ladder of STOP is told: the street before one door, with a real client and all that falls due by the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from bot.events import Event
from bot.hours import Hours
from bot.model import ENGLISH, Contact
from bot.outgoing import OutboundState
from bot.reminders import Reminder, Reminders
from bot.replies import Replies
from storage.database import Database
from storage.reminders import SqlOpenQuestions
from storage.sealing import Sealer
from storage.tables import outbound_message
from tests.bot.street import Street
from tests.channels.rungs import (
    Rung,
)
from tests.conftest import KEYS
from tests.journeys import stage
from tests.journeys.stage import wording

STORY = "The school taxi was late again on Monday and nobody rang us about it."
LATER = "The driver was rude to my son on Tuesday as well."
HARM = "he has taken all the tablets"
DOORS = ("sms", "whatsapp", "messenger", "telegram", "email", "webchat", "pages")
WITH_A_PROVIDER = ("sms", "whatsapp", "messenger", "telegram", "email")


class Ladder(Street):
    """The street before one door, with all that falls due by the clock alone."""

    def __init__(self, database: Database, rung: Rung) -> None:
        super().__init__(database, channel=rung.channel)
        self.rung = rung
        sealer = Sealer.open(database, KEYS)
        self.reminders = Reminders(
            reminder=Reminder(on=True, after=timedelta(hours=19), until=timedelta(hours=23)),
            talks=SqlOpenQuestions(database, sealer),
            store=self.store,
            clock=self.clock,
            replies=Replies(wording=wording(), channels={self.channel.name: self.channel}, new_id=uuid4),
            hours=Hours.load(),
            channels={self.channel.name: self.channel},
        )

    def hears(self, text: str) -> list[str]:
        """One message of theirs; returns the keys of what was sent for it, or tried."""
        return self.takes(self.rung.hears(text))

    def takes(self, brought: Sequence[Event]) -> list[str]:
        before = len(self.said())
        self.intake.receive(brought)
        self.deliver()
        self.later(minutes=1)
        self.all_turns()
        self.deliver()
        return [key for key, state in self.said()[before:] if state != OutboundState.CANCELLED.value]

    def said(self) -> list[tuple[str, str]]:
        """Key and state of each row of ours, oldest first."""
        with self.database.reading() as connection:
            rows = connection.execute(select(outbound_message).order_by(outbound_message.c.seq)).all()
        return [(row.key, row.state) for row in rows]

    def reached(self) -> int:
        """How many messages have got to where they can be read."""
        if self.rung.took is not None:
            return len(self.rung.took())
        return len([state for _, state in self.said() if state == OutboundState.SENT.value])

    def goes_by(self, days: int) -> None:
        """Every three hours of these days, whatever sweeps is swept."""
        for _ in range(days * 8):
            self.later(hours=3)
            self.reminders.sweep()
            self.campaigns.invitations.sweep()
            self.sweep()

    def person(self) -> Contact:
        with self.store.transaction() as tx:
            return tx.hold_contact(self.rung.address, (), locale=ENGLISH, now=self.clock.at)

    @property
    def is_stopped(self) -> bool:
        return self.person().opted_out_at is not None


def ladder_of(database: Database, rung: Rung, monkeypatch: pytest.MonkeyPatch) -> Ladder:
    """The stage would only note what is said; here it goes out of the door itself."""
    monkeypatch.setattr(stage, "_door", lambda _: rung.door)
    monkeypatch.setattr(stage, "Noted", lambda door: door)
    monkeypatch.setitem(stage.ADDRESSES, rung.channel, rung.address)
    return Ladder(database, rung)


def at(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("ladder", names, indirect=True, ids=names)
