"""What is said out loud or written on paper: a member of staff types it in, and it joins the record as any other.

Nobody is answered here, so each account stands for somebody of its own: an address that leads nowhere is made for it. A
number or an address that the person gave is kept sealed with their words, and makes them nobody's double: two people are
never taken for one by guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.conversation import Purpose
from bot.errors import NotFound
from bot.events import Event
from bot.filing import CONSENTS, PLACE, REFUSALS
from bot.heard import RiskLevel
from bot.model import Address, ChannelName, InboundMessage, Locale, Manner, Speaker

BY_HAND = ChannelName("byhand")
IMPORTED = ChannelName("import")

PHONE = "phone"
EMAIL = "email"
"""In a message's details: where the person may be told what changed, if they gave it."""

ENTERED_BY = "entered_by"


class Kind(StrEnum):
    """How it reached us."""

    PHONE = "phone"
    LETTER = "letter"
    EVENT = "event"
    IN_PERSON = "in_person"
    SOCIAL = "social"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One account as it was typed. ``id`` is made with the form, so that a second press is a repeat.

    ``on``: the day it was said. ``consents``: what was asked and answered; what was not asked is not in it.
    """

    id: UUID
    kind: Kind
    words: str = field(repr=False)
    on: date
    place: str = ""
    speaker: Speaker = Speaker.PARENT
    locale: Locale | None = None
    consents: Mapping[Purpose, bool] = field(default_factory=dict)
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of an account. ``reference`` is None until the worker has read it; ``at`` is when it was taken in."""

    kind: str
    risk: RiskLevel
    reference: str | None = None
    alert_id: UUID | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an account came from: its kind, or the name of the import; and the day it was said, if that is known."""

    kind: str
    on: date | None


class KeptAccounts(Protocol):
    """What the store knows of what was typed in or imported."""

    def kept(self, channel: ChannelName, account: str, external_id: str) -> Kept | None: ...

    def origin(self, reference: str) -> Origin | None:
        """None for what came in on any other way."""
        ...


class Receiver(Protocol):
    """``bot.intake.Intake``, as far as it is needed here."""

    def receive(self, events: Sequence[Event]) -> None: ...


@dataclass(frozen=True, slots=True)
class ByHand:
    """The use case behind the form. ``locales`` are those that somebody may choose."""

    intake: Receiver
    accounts: KeptAccounts
    locales: Sequence[Locale]

    def enter(self, entry: Entry, staff_id: UUID) -> None:
        """Keep it; danger is looked for as in any other words. The same entry again changes nothing."""
        self.intake.receive([message_of(entry, staff_id)])

    def kept(self, kind: Kind, entry_id: UUID) -> Kept:
        """Raises ``NotFound`` for what was never entered, or is no longer there."""
        found = self.accounts.kept(BY_HAND, kind, str(entry_id))
        if found is None:
            raise NotFound
        return found


def message_of(entry: Entry, staff_id: UUID) -> InboundMessage:
    """The account as the intake takes it."""
    details = {
        ENTERED_BY: str(staff_id),
        PLACE: entry.place,
        PHONE: entry.phone,
        EMAIL: entry.email,
        CONSENTS: " ".join(sorted(purpose for purpose, given in entry.consents.items() if given)),
        REFUSALS: " ".join(sorted(purpose for purpose, given in entry.consents.items() if not given)),
    }
    return InboundMessage(
        channel=BY_HAND,
        account=entry.kind,
        external_id=str(entry.id),
        sender=Address(BY_HAND, str(entry.id)),
        text=entry.words,
        locale=entry.locale,
        speaker=entry.speaker,
        sent_at=noon(entry.on),
        details={name: said for name, said in details.items() if said},
        manner=Manner.KEEP,
    )


def noon(day: date) -> datetime:
    """A day as a moment: at noon it is the same day wherever one is, and whatever the clocks do."""
    return datetime.combine(day, time(12), UTC)
