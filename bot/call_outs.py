"""Calling somebody out: one text and one email to each rung, without a word of any family, each kept with how it went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.alert_records import AlertDue
from bot.conversation import Say
from bot.model import ENGLISH, Address, ChannelName
from bot.outgoing import Priority
from bot.ports import Channel, Transaction
from bot.records import NewOutbound
from bot.replies import Replies
from bot.rota import Rota, Rung

SMS, EMAIL = ChannelName("sms"), ChannelName("email")
GIVEN_UP = {
    SMS: "Alerts are called out by text alone: while texts fail, nobody is called. Switch email on, and give the rota work "
    "addresses.",
    EMAIL: "Alerts are called out by email alone: text messages are off, or the rota has no mobile numbers. At night, and while "
    "mail fails, nobody may see one. Switch text messages on (TWILIO_SMS_NUMBER), and give the rota mobile numbers.",
}
"""What is given up where people are called by this route and no other, in a sentence for whoever runs Earshot."""
_SUBJECTS = {
    "alert.drill": "alert.drill_subject",
    "alert.outcome_due": "alert.outcome_subject",
    "alert.handed": "alert.handed_subject",
    "alert.handed_early": "alert.handed_subject",
    "alert.hand_unanswered": "alert.hand_unanswered_subject",
}
"""What the email is headed, by what it says; all else is headed ``alert.subject``."""


class About(StrEnum):
    """What somebody is called for."""

    ALERT = "alert"
    DRILL = "drill"
    HANDING = "handing"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCall:
    """One call to one rung by one route. ``subject`` is the alert or the drill; ``rung`` counts from 1 (0: it was
    handed to them); ``outbound`` is the key
    of the row that carries it.
    """

    about: About
    subject: UUID
    round: int
    rung: int
    name: str
    route: ChannelName
    outbound: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """A call and the rows of the outbox that carry it."""

    note: NewCall
    rows: tuple[NewOutbound, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillDue:
    """A fire drill that nobody has acknowledged, and whose next round is due."""

    id: UUID
    started_at: datetime
    chases: int


class CallWork(Transaction, Protocol):
    """What calling out asks of a transaction beside what every use case does."""

    def note_call(self, call: NewCall) -> None:
        """A repeat changes nothing."""
        ...

    def chased_drill(self, drill_id: UUID, *, next_at: datetime | None) -> None:
        """``next_at`` None: it is called out no more."""
        ...


class CallStore(Protocol):
    def transaction(self) -> AbstractContextManager[CallWork]: ...

    def alerts_due(self, now: datetime) -> tuple[AlertDue, ...]: ...

    def standing_rota(self) -> Rota:
        """As the lead has kept it; before that, whoever has the role, and a mobile number or an email address to sign in with."""
        ...

    def rounds_since(self, since: datetime) -> tuple[datetime, ...]:
        """When people were called about real alerts, a moment for each round, oldest first."""
        ...

    def drills_due(self, now: datetime) -> tuple[DrillDue, ...]: ...


@dataclass(frozen=True, slots=True)
class CallOut:
    """Makes the rows. A route that is switched off is left out; one that fails does not hold up the other."""

    replies: Replies
    channels: Mapping[ChannelName, Channel]

    def routes_to(self, rung: Rung) -> tuple[tuple[ChannelName, Address], ...]:
        found = []
        if rung.mobile is not None and SMS in self.channels:
            found.append((SMS, Address("tel", rung.mobile)))
        if rung.email is not None and EMAIL in self.channels:
            found.append((EMAIL, Address("email", rung.email)))
        return tuple(found)

    def routes(self, rungs: Sequence[Rung]) -> frozenset[ChannelName]:
        """By which routes anybody of these can be called."""
        return frozenset(route for rung in rungs for route, _ in self.routes_to(rung))

    def ladder(self, rota: Rota, now: datetime) -> tuple[Rung, ...]:
        """Who can be called now, lowest rung first. A rung that no route reaches would be a quarter of an hour in which nobody is
        called.
        """
        return tuple(rung for rung in rota.ladder(now) if self.routes_to(rung))

    def calls(self, rungs: Sequence[Rung], say: Say, *, about: About, subject: UUID, round_: int, now: datetime) -> list[Call]:
        """One round: every rung of it by every route it has."""
        return [
            self._call(say, rung, place, route, address, about=about, subject=subject, round_=round_, now=now)
            for place, rung in enumerate(rungs, start=1)
            for route, address in self.routes_to(rung)
        ]

    def _call(
        self,
        say: Say,
        rung: Rung,
        place: int,
        route: ChannelName,
        address: Address,
        *,
        about: About,
        subject: UUID,
        round_: int,
        now: datetime,
    ) -> Call:
        thread = {}
        if route == EMAIL:
            thread = {"subject": self._subject(say, address, now), "begins": "yes"}
        rows = self.replies.rows(
            [say],
            dedupe=f"{about}:{subject}:{round_}:{rung.id}" + (":email" if route == EMAIL else ""),
            channel=route,
            address=address,
            locale=ENGLISH,
            values={},
            contact_id=None,
            alert_id=subject if about is About.ALERT else None,
            priority=Priority.ALERT,
            thread=thread,
            now=now,
        )
        key = rows[0].dedupe_key
        note = NewCall(about=about, subject=subject, round=round_, rung=place, name=rung.name, route=route, outbound=key, at=now)
        return Call(note, tuple(rows))

    def _subject(self, say: Say, address: Address, now: datetime) -> str:
        heading = Say(_SUBJECTS.get(say.key, "alert.subject"))
        rows = self.replies.rows(
            [heading], dedupe="", channel=EMAIL, address=address, locale=ENGLISH, values={}, contact_id=None, now=now
        )
        return rows[0].part.text


def place(tx: CallWork, calls: Sequence[Call], *, also: Sequence[UUID] = ()) -> None:
    """Keep a round: its rows in the outbox, and a note of each call for every alert it is for."""
    for call in calls:
        for row in call.rows:
            tx.enqueue(row, call.note.at)
        for subject in dict.fromkeys([call.note.subject, *also]):
            tx.note_call(replace(call.note, subject=subject))
