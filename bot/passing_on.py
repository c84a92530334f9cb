"""Passing a family's words on to a named team or service: what may be passed on, to whom, and what becomes of it. Pure.

Only redacted words leave, and only where the family agreed. There is no consent that asks just this, so it rests on two that
do: *words in public, names removed* covers any team that reads them with names removed; *pass this to a service* is asked
about the casework team alone, and covers that team and no other. A no to the second stands before a yes to the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.alerted import was_real
from bot.cards import ExperienceCard, PassageView
from bot.conversation import Purpose
from bot.errors import BotError
from bot.heard import Polarity
from bot.model import ChannelName
from bot.ports import Transaction
from bot.records import StaffMember
from bot.wall import is_with_safeguarding

EMAIL = ChannelName("email")
TASK = "service_answer"
"""The kind of task that asks whether a service has answered."""
_CASEWORK_TASK = "casework"
LONGEST_NOTE = 2000
LONGEST_ANSWER = 5000
LONGEST_ANSWER_TO = 200
LONGEST_NAME = 100
LONGEST_EMAIL = 254


class Kind(StrEnum):
    PRAISE = "praise"
    REQUEST = "request"


class Agreed(StrEnum):
    """Which yes of the family's it rests on."""

    PUBLIC = "public"
    CASEWORK = "casework"


class Bar(StrEnum):
    """Why it cannot be passed on, the firmest reason first."""

    SAFEGUARDING = "safeguarding"
    ALERT = "alert"
    NOT_AGREED = "not_agreed"
    UNREAD = "unread"
    DOUBTFUL = "doubtful"
    NO_WORDS = "no_words"
    NO_MAIL = "no_mail"


class Telling(StrEnum):
    """Whether the family is told that their thanks were passed on."""

    NO = "no"
    WANTED = "wanted"
    TOLD = "told"
    COULD_NOT = "could_not"


class BarredError(BotError):
    """This cannot be passed on."""

    def __init__(self, bar: Bar) -> None:
        super().__init__()
        self.bar = bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A team or service that things are passed on to. ``casework``: the team that families are asked about."""

    id: UUID
    name: str
    email: str
    casework: bool = False
    thanks: int = 0
    requests: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPassing:
    """One thing passed on, as it is kept. ``outbound_id`` is the mail."""

    id: UUID
    kind: Kind
    experience_id: UUID
    recipient_id: UUID
    staff_id: UUID
    outbound_id: UUID
    answer_to: str
    due_on: date | None = None
    task_id: UUID | None = None
    telling: Telling = Telling.NO


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """One thing passed on, as staff read it. ``state`` is where the mail stands, in the ladder's words, and ``error`` why it
    did not go; ``back_state`` is that of the mail that called it back. ``gone``: words of it were taken back or removed.
    """

    id: UUID
    kind: Kind
    reference: str
    experience_id: UUID
    recipient_id: UUID
    recipient: str
    email: str
    by: str
    at: datetime
    state: str
    error: str = ""
    answer_to: str = ""
    tries: int = 1
    outbound_id: UUID
    task_id: UUID | None = None
    due_on: date | None = None
    text: str = field(default="", repr=False)
    answer: str = field(default="", repr=False)
    answered_at: datetime | None = None
    answered_by: str = ""
    telling: Telling = Telling.NO
    called_back_at: datetime | None = None
    called_back_by: str = ""
    back_state: str = ""
    gone: bool = False
    is_with_safeguarding: bool = False

    @property
    def mark(self) -> str:
        return mark_of(self.id)

    @property
    def has_failed(self) -> bool:
        """It did not go, and nobody tries any more."""
        return self.state in ("failed", "undelivered", "withheld", "cancelled") and not self.is_over

    @property
    def is_over(self) -> bool:
        return self.gone or self.called_back_at is not None

    @property
    def waits_for_answer(self) -> bool:
        return self.kind is Kind.REQUEST and self.answered_at is None and not self.is_over


class PassingRecords(Protocol):
    """Reads, and the list of recipients. ``with_safeguarding``: False leaves out what is with safeguarding now."""

    def recipients(self) -> tuple[Recipient, ...]: ...

    def add_recipient(self, recipient: Recipient, member: StaffMember, now: datetime) -> None: ...

    def retire_recipient(self, recipient_id: UUID, member: StaffMember, now: datetime) -> bool:
        """It is offered no more. What was passed on to it stays."""
        ...

    def of_experience(self, experience_id: UUID) -> tuple[Passing, ...]: ...

    def passing(self, passing_id: UUID, *, with_safeguarding: bool) -> Passing | None:
        """With the text as it left, and the answer."""
        ...

    def newest(self, *, with_safeguarding: bool, limit: int) -> tuple[Passing, ...]:
        """What did not go first, then what waits for an answer, then the newest."""
        ...

    def answers_went_to(self, staff_id: UUID) -> str:
        """Where this member last asked for answers to go."""
        ...

    def to_tell(self) -> Passing | None:
        """One of which the family is still to be told: the mail has left."""
        ...

    def to_call_back(self) -> Passing | None:
        """One that nobody has called back yet, and whose words the family has taken back; or whose mail waits, and no yes
        covers it any more or safeguarding has it.
        """
        ...

    def of_mail(self, outbound_id: UUID) -> tuple[Passing, bool] | None:
        """What this mail passes on; and whether safeguarding has it or may have it in a moment, or no yes covers it any more.
        None: it passes nothing on.
        """
        ...


class PassingWork(Transaction, Protocol):
    """What passing on asks of a transaction beside what every use case does."""

    def add_passing(self, new: NewPassing, now: datetime) -> bool:
        """With its task, where it has a day. False: this was passed on to them already."""
        ...

    def try_passing_again(self, passing_id: UUID, outbound_id: UUID, *, tries: int) -> bool:
        """``tries`` so far. False: somebody else was quicker, or it was called back."""
        ...

    def settle_family_told(self, passing_id: UUID, telling: Telling) -> bool:
        """False: that is settled already."""
        ...

    def answer_passing(self, passing_id: UUID, staff_id: UUID, answer: str, now: datetime) -> bool:
        """Its task is done with it. False: an answer stands already."""
        ...

    def call_passing_back(
        self, passing_id: UUID, staff_id: UUID | None, outbound_id: UUID | None, outcome: str, now: datetime
    ) -> bool:
        """Its task is done with it, for this reason. ``outbound_id``: the mail that asks to disregard it. False: it was called
        back already.
        """
        ...

    def has_left(self, outbound_id: UUID) -> bool:
        """Whether a mail has gone, or may have. It stays so until the end of this transaction."""
        ...


class PassingStore(Protocol):
    def transaction(self) -> AbstractContextManager[PassingWork]: ...


def agreed(card: ExperienceCard, recipient: Recipient) -> Agreed | None:
    """Which consent covers this recipient. None: none does."""
    given: Mapping[Purpose, bool] = card.consents
    if given.get(Purpose.PASS_TO_SERVICE) is False:
        return None
    if given.get(Purpose.WORDS_IN_PUBLIC):
        return Agreed.PUBLIC
    was_asked = any(task.kind == _CASEWORK_TASK for task in card.tasks)
    is_covered = recipient.casework and was_asked and bool(given.get(Purpose.PASS_TO_SERVICE))
    return Agreed.CASEWORK if is_covered else None


def has_said_no(card: ExperienceCard) -> bool:
    """Whether no yes of the family's stands any more that could cover anybody."""
    given: Mapping[Purpose, bool] = card.consents
    is_yes = given.get(Purpose.WORDS_IN_PUBLIC) or given.get(Purpose.PASS_TO_SERVICE)
    return given.get(Purpose.PASS_TO_SERVICE) is False or not is_yes


def offered(card: ExperienceCard, kind: Kind) -> tuple[PassageView, ...]:
    """The passages that can be passed on: as praise, those with a good feeling."""
    told = (passage for passage in card.passages if passage.text.strip())
    return tuple(passage for passage in told if kind is Kind.REQUEST or passage.polarity is Polarity.GOOD)


def bar(card: ExperienceCard, kind: Kind, recipients: Sequence[Recipient], *, can_mail: bool) -> Bar | None:
    """Why nothing of this can be passed on to any of these. None: nothing is in the way."""
    reasons = {
        Bar.SAFEGUARDING: is_with_safeguarding(card),
        Bar.ALERT: any(was_real(alert.outcome or "") is not False for alert in card.alerts),
        Bar.NOT_AGREED: not any(agreed(card, each) for each in recipients) if recipients else False,
        Bar.UNREAD: card.read_at is None,
        Bar.DOUBTFUL: card.doubtful,
        Bar.NO_WORDS: not offered(card, kind),
        Bar.NO_MAIL: not can_mail,
    }
    return next((reason for reason, stands in reasons.items() if stands), None)


def quoted(passages: Sequence[PassageView]) -> str:
    """Their words, set off as mail sets off what somebody else wrote."""
    return "\n>\n".join("\n".join(f"> {line}" for line in passage.text.strip().splitlines()) for passage in passages)


def still_quotes(mail: str, card: ExperienceCard) -> bool:
    """Whether the words in a mail all stand in the experience as it is now. False where the mail is not kept."""
    told = {line.rstrip() for line in quoted(card.passages).splitlines()}
    return bool(mail) and all(line.rstrip() in told for line in mail.splitlines() if line.startswith(">"))


def mark_of(passing_id: UUID) -> str:
    """What a mail is known by on both sides. It leads to nobody."""
    return passing_id.hex[:8].upper()
