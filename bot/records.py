"""What the store keeps, as values: pieces of work under a lease, new rows, who works here, and words as they came.

Alerts are in ``bot.alert_records``; what staff read of an experience is in ``bot.cards``, and how it is listed in ``bot.inbox``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from bot.conversation import Command, Conversation
from bot.heard import Risk
from bot.model import Address, ChannelName, Contact, InboundMessage, Locale
from bot.outgoing import Choice, Outgoing, Part, Priority

NO_PASSWORD = "!"  # noqa: S105 - no hash is ever this, so no password opens the account

# --- what the store keeps, as the use cases see it -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredInbound:
    """A message that waits for its turn. ``attempts`` counts the tries, this one included.

    ``amended``: it has had its turn; its words were changed since, and are to be heard but not answered.
    """

    seq: int
    id: UUID
    message: InboundMessage
    command: Command | None
    risk: Risk
    received_at: datetime
    attempts: int
    amended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What an erasure came to: its number on the list of erasures, and whether safeguarding had to keep something."""

    number: int
    kept: bool


class TakenBack(StrEnum):
    """What taking the newest message back came to. ``KEPT``: it is out, and safeguarding keeps the words."""

    OUT = "out"
    KEPT = "kept"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendedInbound:
    """A message whose words were changed: whose it is and where they wrote from."""

    seq: int
    contact: Contact
    sender: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidAnew:
    """New words for a message whose old ones are out of the record: a message of its own, under this name."""

    external_id: str
    sender: Address
    text: str = field(repr=False)
    risk: Risk


@dataclass(frozen=True, slots=True, kw_only=True)
class LastExperience:
    """What a person was told of their newest experience, wherever they told it; named as ``Conversation`` has it."""

    reference: str
    promised_on: date
    read_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnClaim:
    """One person's waiting messages of one channel, in the order of acceptance, leased to one worker.

    ``conversation`` is the open one on that channel, or None. ``experience_id`` is the experience that these words
    may join. ``address`` is where they wrote from, and so where the answer goes. ``last``: where this talk has no experience
    of its own, the newest they have told us anywhere. ``mourns``: they told us of a death, here or on another channel.
    """

    contact: Contact
    channel: ChannelName
    address: Address
    messages: tuple[StoredInbound, ...]
    conversation: Conversation | None
    experience_id: UUID | None
    worker: str
    last: LastExperience | None = None
    mourns: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOutbound:
    """A row for the outbox. ``dedupe_key`` is unique: turn and step, so that a turn run twice says it once.

    ``to_staff`` marks the alert texts to the rota: these have no contact. ``turn_id`` groups the bubbles of one
    reply, which leave in order of ``position``. ``staff_id`` is who of the team wrote it. Not ``in_clear``: its words
    are kept sealed alone.
    """

    id: UUID
    dedupe_key: str
    channel: ChannelName
    address: Address
    contact_id: UUID | None
    conversation_id: UUID | None
    key: str
    locale: Locale
    part: Part
    priority: Priority = Priority.REPLY
    position: int = 0
    not_before: datetime
    question: str | None = None
    alert_id: UUID | None = None
    thread: Mapping[str, str] = field(default_factory=dict, repr=False)
    by_person: bool = False
    staff_id: UUID | None = None
    in_clear: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundClaim:
    """One row to deliver, leased. ``was_sending``: an earlier worker may have sent it, so ask first.

    ``last_inbound_at`` is when this address last wrote (for the service window); ``opted_out`` is the person's word.
    ``attempted_at`` is when the first try began; ``asked`` how often the provider has been asked about it.
    """

    outgoing: Outgoing
    contact_id: UUID | None
    priority: Priority
    key: str
    attempts: int
    created_at: datetime
    was_sending: bool = False
    attempted_at: datetime | None = None
    asked: int = 0
    opted_out: bool = False
    last_inbound_at: datetime | None = None
    alert_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Stays:
    """Why a claimed row does not leave after all, as a word that the pages know. ``wait``: it is looked at again so much
    later; None: it never leaves.
    """

    why: str
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDecision:
    """A person's word on one theme of one passage. Added, never changed. ``staff_id`` None: the parent's own word."""

    passage_id: UUID
    theme: str
    verdict: bool
    staff_id: UUID | None
    why: str = ""
    taxonomy: str = ""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """``of_council``: they have come in by the council's sign-in."""

    id: UUID
    name: str
    username: str
    role: str
    password_hash: str
    mobile: str | None = None
    session_version: int = 0
    disabled_at: datetime | None = None
    of_council: bool = False

    @property
    def is_here(self) -> bool:
        """Whether they may come in, and have: who was invited and has not come yet does nobody's work."""
        return self.disabled_at is None and (self.of_council or self.password_hash != NO_PASSWORD)


# --- what is read as it came: not redacted ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where the person behind an experience is reached: the address they wrote from last, and on which channel.

    Whoever shows it audits it.
    """

    channel: ChannelName
    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLine:
    """One line of a web chat, as the person it belongs to may see it: the words as they came."""

    seq: int
    sender: str
    text: str
    choices: tuple[Choice, ...]
    at: datetime
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedMessage:
    """One row of ``earshot export messages``: unsealed, for the operator."""

    seq: int
    direction: str
    channel: ChannelName
    external_id: str | None
    contact: UUID | None
    text: str
    at: datetime
    state: str
    experience: str | None
