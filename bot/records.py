"""What the store keeps, as values: pieces of work under a lease, new rows, and what staff and the web chat read.

What staff read holds redacted words only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from bot.conversation import Command, Conversation, Purpose
from bot.heard import Polarity, Risk, RiskLevel
from bot.inbox_place import Place
from bot.missed import MissedView
from bot.model import Address, ChannelName, Contact, InboundMessage, Locale, Speaker
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
    """Why a claimed row does not leave after all. ``wait``: it is looked at again so much later; None: it never leaves."""

    why: str
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    """An alert, committed with the message that caused it. Holds ids only, never words.

    ``calls``: False for words that are old (a survey of last year): it stands first in the inbox until it has an outcome,
    and nobody is woken for it.
    """

    id: UUID
    contact_id: UUID
    inbound_seq: int
    risk: Risk
    raised_at: datetime
    calls: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDue:
    """An alert without an outcome whose next call is due. ``chases`` counts the rounds so far; ``taken_at``: somebody has it.

    ``called_at`` is when somebody was last called about this person, whichever of their alerts it was for. ``taker`` is who
    has it, as far as they can be called.
    """

    id: UUID
    contact_id: UUID
    level: RiskLevel
    raised_at: datetime
    chases: int
    reference: str | None
    taken_at: datetime | None = None
    called_at: datetime | None = None
    taker: StaffMember | None = None


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


# --- what staff read: redacted words only -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionView:
    theme: str
    score: float
    evidence: tuple[tuple[int, int], ...]
    tagger: str


BY_STAFF = "staff"
"""Whose line of the talk it is, where a member of staff wrote it."""
BY_PARENT = "parent"
"""Who made a decision that was the parent's own word; everybody else is a staff member's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """``by`` is the staff member's name, or ``BY_PARENT``."""

    theme: str
    verdict: bool
    by: str
    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageView:
    """``decisions`` in the order they were made; the tag shown is computed from them (``bot.review``). ``translated``: it is of
    what a member of staff says the words mean. ``polarity`` is what counts: what a person said last, else what was ``heard``
    (None: nobody has said otherwise).
    """

    id: UUID
    text: str
    polarity: Polarity
    heard: Polarity | None = None
    suggestions: tuple[SuggestionView, ...] = ()
    decisions: tuple[DecisionView, ...] = ()
    translated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkLine:
    """One line of the talk. ``who``: ``parent``, ``earshot``, ``staff``. ``state`` of ours in the ladder's words. ``by`` is the
    name of the member of staff who wrote it; ``translation`` what staff say it means, redacted; ``doubtful`` the stretches
    of ``text`` that might be names. ``why``: for the office, why one of ours has not arrived, as far as it is known.
    """

    seq: int
    who: str
    text: str
    at: datetime
    state: str = ""
    redacted: bool = True
    media: int = 0
    by: str = ""
    translation: str = ""
    doubtful: tuple[tuple[int, int], ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    id: UUID
    kind: str
    due_on: date
    done_at: datetime | None = None
    done_by: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class HandedTo:
    """Whom an alert was handed to that nobody has taken since."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """``by_scorer``: only the second listener heard it, so the family was sent nothing for it; ``weighed`` are the redacted words
    that spoke for it most, as far as they are known. Until ``cleared_at`` what raised it is with safeguarding, whatever its
    outcome; ``cleared_why`` is empty where the outcome itself cleared it.
    """

    id: UUID
    level: RiskLevel
    kinds: tuple[str, ...]
    raised_at: datetime
    taken_by: str | None = None
    taken_at: datetime | None = None
    outcome: str | None = None
    signpost_state: str = ""
    by_scorer: bool = False
    weighed: tuple[str, ...] = ()
    cleared_by: str | None = None
    cleared_at: datetime | None = None
    cleared_why: str = ""
    taker_id: UUID | None = None
    taken_over_at: datetime | None = None
    handed: HandedTo | None = None

    @property
    def had_since(self) -> datetime | None:
        """When whoever has it took it; ``taken_at`` is when the first who had it did, from which its outcome is due."""
        return self.taken_over_at or self.taken_at

    def is_open_to(self, staff_id: UUID) -> bool:
        """Whether they may take it: nobody has it, or another who has it has handed it on."""
        return self.outcome is None and (self.taken_by is None or (self.handed is not None and self.taker_id != staff_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperienceCard:
    """One experience as the inbox lists it. ``alerts``: every alert of it, open or closed, oldest first. ``missed``:
    the promised days of it that passed unkept, in the order they were noted. ``as_one``: the
    family says that its passages are one thing. ``doubtful``: words in it might be names, and nobody has looked yet.
    ``owner`` is who of the team sees to it; ``asleep_until``, snoozed until that day; ``due_on``, the day the team set itself.
    """

    id: UUID
    reference: str
    channel: ChannelName
    locale: Locale
    speaker: Speaker
    risk: RiskLevel
    promised_on: date
    opened_at: datetime
    place: str | None
    needs_translation: bool
    parked: bool
    read_at: datetime | None
    read_by: str | None
    least_sure: float
    passages: tuple[PassageView, ...]
    consents: Mapping[Purpose, bool] = field(default_factory=dict)
    tasks: tuple[TaskView, ...] = ()
    messages: int = 1
    alerts: tuple[AlertView, ...] = ()
    as_one: bool = False
    missed: tuple[MissedView, ...] = ()
    doubtful: bool = False
    owner_id: UUID | None = None
    owner: str | None = None
    asleep_until: date | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperienceView:
    """One experience in full: the card, the talk, its alerts."""

    card: ExperienceCard
    talk: tuple[TalkLine, ...]
    alerts: tuple[AlertView, ...] = ()
    age_band: str | None = None
    service: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where the person behind an experience is reached: the address they wrote from last, and on which channel.

    The one thing here that is not redacted: whoever shows it audits it.
    """

    channel: ChannelName
    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class LooseAlert:
    """An alert whose words stand in no experience: their turn has not succeeded, or they are of a kind that never makes one.

    ``state`` is where the message stands (``waiting``, ``heard``); ``reference`` is set once an experience has come.
    """

    alert: AlertView
    channel: ChannelName
    state: str
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedWords:
    """What stands behind a loose alert, as it came, oldest first, and how to reach the person (None: not any more).

    Not redacted: whoever shows it audits it.
    """

    words: tuple[tuple[datetime, str], ...] = field(repr=False)
    reach: Reach | None


MOST_COUNTED = 1000
"""Of what is many no more is counted than one above this: a page says "more than 1,000"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage:
    """Cards and total are of the same list. ``hidden`` counts what that list leaves out for being with safeguarding,
    whatever else was filtered for, and ``hidden_since`` is when the oldest of it began. ``set_aside`` counts what looks like
    spam, ``asleep`` what is snoozed. A count over ``MOST_COUNTED`` is only "more"; ``total`` None: counting would be slow.

    ``before`` and ``after``: where the pages beside this one begin. ``marked``: the words in these cards that were searched
    for, as they are written there.
    """

    cards: tuple[ExperienceCard, ...]
    total: int | None
    open_count: int
    set_aside: int = 0
    asleep: int = 0
    hidden: int = 0
    hidden_since: datetime | None = None
    before: Place | None = None
    after: Place | None = None
    marked: frozenset[str] = frozenset()


class Answered(StrEnum):
    """How a question of consent was answered."""

    YES = "yes"
    NO = "no"
    NOT = "not"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFilter:
    """What to list. Empty tuples mean any. Order is always risk, promised day, least sure.

    ``with_safeguarding``: False leaves out what has an open alert, for those who may not see it. ``set_aside``: only what
    looks like spam, and ``asleep`` only what is snoozed, which are otherwise in no list of what is open. ``today``: the day
    it is; without it nothing counts as snoozed. ``themes``: one of these; ``and_themes``: and one of each of these.
    ``since`` and ``until`` bound when it began. ``owner``: whose it is; ``unowned``: nobody's. ``promised_by``: not read
    yet, and promised by that day. ``due_by``: the team's own day is no later. ``exactly``: no near-misses of the words.
    """

    open_only: bool = True
    set_aside: bool = False
    asleep: bool = False
    with_safeguarding: bool = True
    today: date | None = None
    channels: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    and_themes: tuple[tuple[str, ...], ...] = ()
    polarity: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    ages: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    consents: tuple[tuple[str, Answered], ...] = ()
    owner: UUID | None = None
    unowned: bool = False
    promised_by: date | None = None
    due_by: date | None = None
    needs_translation: bool = False
    words: str = ""
    exactly: bool = False


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
