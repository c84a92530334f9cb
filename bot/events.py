"""What a channel may tell of: a message, what became of one of ours, and whatever else happens to a talk.

Each is a translation of what the provider said; what it leads to is decided in ``bot.intake``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.model import Address, ChannelName, InboundMessage, Manner
from bot.outgoing import DeliveryReceipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """The person changed a message they had sent. The new words count; they are not answered as new ones, but where the
    message is out of the record: then they are one, of this ``manner``, to be answered in this ``thread``.
    """

    channel: ChannelName
    account: str
    external_id: str
    text: str = field(repr=False)
    manner: Manner = Manner.TALK
    thread: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """The person took a message back on their own phone (Messenger: unsent)."""

    channel: ChannelName
    account: str
    external_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadUpTo:
    """The person has seen everything we sent to this address up to then. Some providers say it only so."""

    channel: ChannelName
    reader: Address
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """The person has blocked us at the provider: STOP, said with the thumb. Only START undoes it."""

    channel: ChannelName
    sender: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A person of the team took the talk at the provider's own inbox (``held``), or gave it back. ``word``: they have just
    written in it.
    """

    channel: ChannelName
    person: Address
    held: bool
    word: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Somebody came by a link or a QR code and has not said anything yet. Remembered until they do; not answered."""

    channel: ChannelName
    sender: Address
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedCall:
    """Somebody rang a number that is for messages. A short message goes back, once a day at most."""

    channel: ChannelName
    account: str
    external_id: str
    caller: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionAsked:
    """A provider hands on a person's wish to be deleted. ``code`` is what the person can ask about it with.

    ``person`` is None where the provider names somebody by an id that we do not know them by (Meta's app-scoped ids).
    """

    channel: ChannelName
    code: str
    person: Address | None = None


Event = (
    InboundMessage | DeliveryReceipt | Amended | Withdrawn | ReadUpTo | Blocked | Handover | Arrival | MissedCall | DeletionAsked
)
"""What ``Gate.parse`` may return; a new kind that somebody forgot is a type error where they are matched."""
