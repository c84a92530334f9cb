"""What leaves, as values: the words, the one call to a provider, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from uuid import UUID

from bot.model import ENGLISH, Address, ChannelName, Locale


class DeliveryStatus(IntEnum):
    """The ladder of receipts: a later word never moves a message down. The last three are final."""

    UNKNOWN = 0
    ACCEPTED = 1
    QUEUED = 2
    SENDING = 3
    SENT = 4
    DELIVERED = 5
    READ = 6
    CANCELLED = 10
    UNDELIVERED = 11
    FAILED = 12

    @property
    def is_final(self) -> bool:
        return self >= DeliveryStatus.CANCELLED


class Failure(StrEnum):
    """Why a message did not get there: one word for each thing we do about it."""

    OPTED_OUT = "opted_out"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    WINDOW_SHUT = "window_shut"
    TRY_LATER = "try_later"
    TRY_ONCE = "try_once"
    MISCONFIGURED = "misconfigured"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReceipt:
    """What a provider says became of a message. ``outbound`` is our own id, when the callback carried it."""

    channel: ChannelName
    status: DeliveryStatus
    provider_id: str = ""
    outbound: UUID | None = None
    code: str | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question: its key (``yes``) and its words in the person's locale (``Yes``)."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A ``Say`` in words, before a channel renders it."""

    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What one call to a provider carries: ``text`` exactly as sent, choices where the channel shows them natively."""

    text: str
    choices: tuple[Choice, ...] = ()


class Priority(IntEnum):
    """Lower goes first. A signpost jumps the queue."""

    SIGNPOST = 0
    ALERT = 1
    REPLY = 5
    NOTICE = 9


class OutboundState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    CANCELLED = "cancelled"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What a channel is given to send: one part to one address, under our own id.

    ``key`` is that of the wording; ``thread`` that of the message it answers; ``by_person``: somebody of the team wrote it.
    """

    id: UUID
    channel: ChannelName
    address: Address
    text: str = field(repr=False)
    choices: tuple[Choice, ...] = ()
    locale: Locale = ENGLISH
    key: str = ""
    thread: Mapping[str, str] = field(default_factory=dict, repr=False)
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took it. ``status`` is the first rung of the ladder: no callback is sent for that one."""

    provider_id: str | None
    status: DeliveryStatus = DeliveryStatus.ACCEPTED
