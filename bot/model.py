"""The words of the domain, as values: people, where they are reached, and what they send. Nothing here acts, reads a clock
or touches a store. What the listener hears is in ``bot.heard``, what leaves in ``bot.outgoing``.

Times are aware and in UTC. Offsets are code points. Ids that leave a process are UUIDs; ``seq`` is the number a
message got when it was accepted, one row of numbers for both directions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType
from uuid import UUID

ChannelName = NewType("ChannelName", str)
"""``sms``, ``whatsapp``, ``webchat``, ``pages``, ``console``: an open list, for a channel is one file."""

Locale = NewType("Locale", str)
"""A BCP 47 tag that names a file in ``bot/content/wording``: ``en``, ``en-x-easyread``, ``pl``."""

Span = tuple[int, int]
"""Start and end, in code points, end not included."""

ENGLISH = Locale("en")
EASY_READ = Locale("en-x-easyread")


# --- people and where they are reached ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Address:
    """Where one person is reached: ``tel:+447700900123``, ``whatsapp:447700900123``, ``whatsapp:GB.x1``, ``web:…``.

    Its ``repr`` masks the path, so that an address in a log or a traceback gives nobody away.
    """

    scheme: str
    path: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.path}"

    def __repr__(self) -> str:
        return f"Address({self.scheme!r}, '…{self.path[-2:]}')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person. ``first_waiting_at`` and ``turn_due_at`` say when their waiting messages are to be answered;
    ``ref`` by which link or poster they came, until an experience has taken it over.
    """

    id: UUID
    locale: Locale = ENGLISH
    opted_out_at: datetime | None = None
    greeted_at: datetime | None = None
    first_waiting_at: datetime | None = None
    turn_due_at: datetime | None = None
    ref: str | None = None


class Speaker(StrEnum):
    """Who is speaking; reports count them apart."""

    PARENT = "parent"
    YOUNG_PERSON = "young_person"
    FAMILY = "family"
    PROFESSIONAL = "professional"
    UNKNOWN = "unknown"


# --- what arrives ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A photo, voice note or document the provider keeps for us; listed, and fetched by the worker later.

    ``url`` is whatever the channel's ``fetch`` understands: an address, a provider's file id, the number of a part of
    a mail. ``kind`` is the provider's own word (``photo``, ``voice``, ``reel``); ``name`` what the sender called it.
    """

    url: str = field(repr=False)
    content_type: str = ""
    provider_id: str = ""
    kind: str = ""
    name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A pin the person sent. Degrees. The point itself is sealed with the message and shown to nobody."""

    latitude: float
    longitude: float
    label: str = ""


class NetworkKeyword(StrEnum):
    """A word the phone network has already acted on and answered (Twilio's STOP, START, HELP)."""

    STOP = "STOP"
    START = "START"
    HELP = "HELP"


class Manner(StrEnum):
    """What a message is to us. ``TALK``: a person speaks and is answered. ``KEEP``: feedback that gets no answer, for
    nobody waits for one (a letter typed in by staff, mail that asks for no automatic answer). ``RECORD``: kept and
    read for danger, but neither feedback nor answered (an out-of-office note, a public comment).
    """

    TALK = "talk"
    KEEP = "keep"
    RECORD = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """One message from a person, as a channel translated it. (channel, account, external_id) never comes twice.

    ``choice`` is the key of a pressed button; ``also`` are further addresses the provider itself says are the same
    person; ``locale`` is set only where the person chose one (web); ``details`` keeps what else carries meaning.
    ``ref`` is the code of the poster or link they came by. ``thread`` is what an answer needs to stand in its place
    (mail: the ids before it). ``verified`` is False where the sender's address may be a lie (mail): such a message
    gives feedback, and neither reveals nor changes anything. ``raw`` is the whole as it came, where it is more than
    the text (a mail); it goes to the blob store.
    """

    channel: ChannelName
    account: str
    external_id: str
    sender: Address
    text: str = field(default="", repr=False)
    also: tuple[Address, ...] = ()
    choice: str | None = None
    media: tuple[Media, ...] = ()
    location: Location | None = None
    network_keyword: NetworkKeyword | None = None
    locale: Locale | None = None
    speaker: Speaker | None = None
    sent_at: datetime | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    manner: Manner = Manner.TALK
    ref: str = ""
    thread: Mapping[str, str] = field(default_factory=dict, repr=False)
    verified: bool = True
    raw: bytes | None = field(default=None, repr=False)


# --- what a channel is like -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChannelTraits:
    """What a channel is like, as far as the centre must know. ``settle`` is how long a burst may pause.

    ``service_window``: after a person's last message we may write freely this long (WhatsApp: 24 h); None = always.
    ``network_answers_stop``: the provider has already answered STOP, so we say nothing.
    ``counts_segments``: each part costs SMS segments. ``window_for_people``: how long what a person of the team writes
    may still go (Messenger: 7 days). ``answers``: whether anything can be said here at all (not to a letter).
    ``most_an_hour``: of our own answers to one address (mail: the other side may be a program that answers each of them).
    ``gives_way``: its turns wait until no other is due (rows of an import).
    """

    settle: timedelta
    service_window: timedelta | None = None
    network_answers_stop: bool = False
    counts_segments: bool = False
    window_for_people: timedelta | None = None
    answers: bool = True
    most_an_hour: int | None = None
    gives_way: bool = False

    @property
    def window_of_team(self) -> timedelta | None:
        """How long after a person's last message the team may write freely; None = always."""
        return self.window_for_people or self.service_window
