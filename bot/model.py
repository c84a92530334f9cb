"""The words of the domain, as values. Nothing here acts, reads a clock or touches a store.

Times are aware and in UTC. Offsets are code points. Ids that leave a process are UUIDs; ``seq`` is the number a
message got when it was accepted, one row of numbers for both directions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
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


# --- what the listener hears ----------------------------------------------------------------------------------------


class RiskLevel(IntEnum):
    """How worried to be: life or serious harm now; a sign of harm; a carer at breaking point; none."""

    NONE = 0
    WELLBEING = 1
    CONCERN = 2
    DANGER = 3

    @property
    def word(self) -> str:
        return self.name.lower()

    @property
    def needs_alert(self) -> bool:
        return self >= RiskLevel.CONCERN


class RiskKind(StrEnum):
    """What the danger is. Where several are heard, ``Risk.kinds`` has them in the order in which they weigh."""

    LIFE_NOW = "life_now"
    SELF_HARM = "self_harm"
    VIOLENCE_AT_HOME = "violence_at_home"
    CHILD_NOT_SAFE = "child_not_safe"
    YOUNG_PERSON = "young_person"
    YOUNG_ADULT = "young_adult"
    BREAKING_POINT = "breaking_point"


@dataclass(frozen=True, slots=True)
class Risk:
    """What the rules of ``bot.safety`` found. ``evidence`` are spans of the text as it came.

    ``by_scorer``: the level is that of the second listener, which hears behind the rules and can only add.
    """

    level: RiskLevel = RiskLevel.NONE
    kinds: tuple[RiskKind, ...] = ()
    evidence: tuple[Span, ...] = ()
    by_scorer: bool = False


@dataclass(frozen=True, slots=True)
class Redaction:
    """One masked stretch of the text as it came."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A theme the tagger proposes, how sure it is (0 to 1), and the words that caused it (spans of the passage)."""

    theme: str
    score: float
    evidence: tuple[Span, ...] = ()


class Polarity(StrEnum):
    GOOD = "good"
    BAD = "bad"
    MIXED = "mixed"
    SUGGESTION = "suggestion"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a redacted message about one thing. ``start`` and ``end`` are offsets in the redacted text."""

    start: int
    end: int
    text: str
    polarity: Polarity = Polarity.NONE
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A place the person named. ``district`` is ``outside`` for towns of other councils."""

    name: str
    district: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One text, listened to. ``themes`` are those above their thresholds, best first, spans in ``redacted``.

    ``theme_is_sure`` is the theme safe to say back to the person, or None: a wrong guess is worse than none.
    ``setting`` is the kind of setting it is about, ``stage`` where on the journey the family is: codes of the taxonomy.
    ``both_are_sure``: where there are two passages, each plainly about something else, the themes of both; else empty.
    ``needs_translation`` is true for words in a language the tagger does not know; they get no guessed theme.
    """

    redacted: str
    redactions: tuple[Redaction, ...] = ()
    locale: Locale = ENGLISH
    locale_score: float = 1.0
    themes: tuple[Suggestion, ...] = ()
    theme_is_sure: str | None = None
    polarity: Polarity = Polarity.NONE
    passages: tuple[Passage, ...] = ()
    risk: Risk = Risk()
    place: Place | None = None
    service: str | None = None
    age_band: str | None = None
    speaker: Speaker | None = None
    needs_translation: bool = False
    both_are_sure: tuple[str, ...] = ()
    setting: str | None = None
    stage: str | None = None
    doubtful: tuple[Span, ...] = ()
    """Words of ``redacted`` that were left and might be names of people: somebody is to look."""
    weighed: tuple[Span, ...] = ()
    """Where only the second listener hears danger: the words of ``redacted`` that speak for it most."""
    redactor: str = ""
    """The version of what looked for names; empty where nothing did."""


# --- what leaves ----------------------------------------------------------------------------------------------------


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
