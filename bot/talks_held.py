"""A talk that the team may have: what is known of it, whether its person may be written to, and when it is forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.days import ZONE
from bot.hours import Hours
from bot.model import Address, ChannelName, Locale
from bot.ports import Channel, Transaction

FORGOTTEN_AFTER = 1
"""Working days without a word of ours after which a hold is forgotten."""
ASKED_AFTER = 3
"""Working days after which whoever looks is asked each day: two more than a forgotten hold takes."""
HELD_TASK = "held"
"""The task of writing to somebody who was left in a held talk."""
_A_DAY = timedelta(days=1)


class Barrier(StrEnum):
    """Why somebody cannot be written to, or not now. ``WINDOW`` does not stop the words: they wait."""

    NO_ANSWERS = "no_answers"
    STOPPED = "stopped"
    OFF = "off"
    WINDOW = "window"


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """The open talk behind an experience, and where its person is reached.

    ``heard_at`` is when they last wrote there. ``held_by`` is empty where the provider's own inbox has it; ``word_at`` is the
    team's last word in this hold, ``waiting_since`` the first message that came after it. ``in_peace``: after danger or a
    death no machine says anything to them unasked.
    """

    id: UUID
    contact_id: UUID
    experience_id: UUID | None
    reference: str | None
    channel: ChannelName
    address: Address = field(repr=False)
    thread: Mapping[str, str] = field(default_factory=dict, repr=False)
    locale: Locale
    heard_at: datetime
    has_stopped: bool = False
    is_with_safeguarding: bool = False
    in_peace: bool = False
    held_at: datetime | None = None
    held_by: UUID | None = None
    holder: str = ""
    word_at: datetime | None = None
    waiting_since: datetime | None = None
    swept_at: datetime | None = None
    told: bool = False
    kept_on: date | None = None

    @property
    def quiet_since(self) -> datetime | None:
        """The last sign of life of whoever holds it."""
        return max(filter(None, (self.held_at, self.word_at)), default=None) if self.held_at else None

    def is_forgotten(self, hours: Hours, now: datetime) -> bool:
        """No word of ours for a working day."""
        return self.quiet_since is not None and now >= working_days_after(hours, self.quiet_since, FORGOTTEN_AFTER)

    def is_to_be_asked(self, hours: Hours, now: datetime) -> bool:
        """Forgotten for two working days more; nobody has said today that they still have it."""
        if self.quiet_since is None or self.kept_on == hours.today(now):
            return False
        return now >= working_days_after(hours, self.quiet_since, ASKED_AFTER)

    @property
    def waits_for_us(self) -> bool:
        """Somebody took it over, and said nothing since or has been answered since."""
        return self.held_at is not None and (self.word_at is None or self.waiting_since is not None)

    def is_left_waiting(self, hours: Hours, now: datetime) -> bool:
        """The person has waited for a word of ours for a working day: since they wrote, or since we said we were there."""
        if self.held_at is None:
            return False
        since = self.held_at if self.word_at is None else self.waiting_since
        return since is not None and now >= working_days_after(hours, max(since, self.held_at), FORGOTTEN_AFTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLetter:
    """What a member of staff wrote, to go at ``goes_at`` unless it is taken back before."""

    id: UUID
    contact_id: UUID
    conversation_id: UUID
    staff_id: UUID
    text: str = field(repr=False)
    goes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One that waits. ``text`` is redacted; the words as they were written are sealed until it goes."""

    id: UUID
    conversation_id: UUID
    staff_id: UUID
    by: str
    text: str
    goes_at: datetime


@dataclass(frozen=True, slots=True)
class Released:
    """A letter that leaves: out of its table, as it was written."""

    staff_id: UUID
    text: str = field(repr=False)
    written_at: datetime


class TalkRecords(Protocol):
    """What the store knows of talks, and of letters that wait. Each look is a read of its own."""

    def talk(self, reference: str) -> Talk | None:
        """The talk behind an experience. None: nobody can be reached through it any more, or they never could."""
        ...

    def talk_of_task(self, task_id: UUID) -> Talk | None: ...

    def held(self) -> tuple[Talk, ...]:
        """Every talk the team has, the longest without a word first."""
        ...

    def letters(self, conversation_id: UUID) -> tuple[Letter, ...]: ...

    def letters_due(self, now: datetime) -> tuple[Letter, ...]: ...

    def talk_of_letter(self, letter_id: UUID) -> Talk | None: ...


class HoldWork(Transaction, Protocol):
    """What holding and writing ask of a transaction beside what every use case does."""

    def take_talk(self, talk: Talk, staff_id: UUID, now: datetime) -> bool:
        """It is this member's from now on. True: the bot had it until now. A turn under way begins anew."""
        ...

    def give_talk_back(self, talk: Talk) -> bool:
        """The bot has it again. False: it had it already."""
        ...

    def note_word(self, talk: Talk, now: datetime) -> None:
        """Somebody of the team has written: their tasks to do so are done by that."""
        ...

    def unsay_word(self, talk: Talk, released: Released) -> None:
        """That word was none after all: the last is the one before it, and the tasks that were done by it are open again."""
        ...

    def keep_hold(self, talk: Talk, day: date) -> None:
        """Whoever has it says today that they still do."""
        ...

    def sweep_hold(self, talk: Talk, *, told: bool, now: datetime) -> bool:
        """This hold is found forgotten, once. False: another was quicker, or somebody has written since."""
        ...

    def finish_held_tasks(self, contact_id: UUID, staff_id: UUID, now: datetime) -> None:
        """Tasks to write in a held talk, for somebody has written or given it back."""
        ...

    def add_letter(self, letter: NewLetter, now: datetime) -> bool:
        """False: the same press came before, and it waits or is on its way."""
        ...

    def drop_letter(self, letter_id: UUID) -> Released | None:
        """Out of the table. None: it is gone, or was taken back."""
        ...

    def stands_as(self, talk: Talk) -> bool:
        """Whether who has it, and the team's last word, are as they were read; and they stay so until the commit."""
        ...

    def keep_draft(self, talk: Talk, staff_id: UUID, text: str, now: datetime) -> None:
        """What this member is writing here; empty words are none. Drafts of long ago go by this."""
        ...

    def drop_draft(self, conversation_id: UUID, staff_id: UUID) -> None: ...


class HoldStore(Protocol):
    """The store, as holding and writing use it."""

    def transaction(self) -> AbstractContextManager[HoldWork]: ...


def barrier(talk: Talk | None, channels: Mapping[ChannelName, Channel], now: datetime) -> Barrier | None:
    """Why this person cannot be written to, the firmest reason first. None: nothing is in the way."""
    if talk is None:
        return Barrier.NO_ANSWERS
    channel = channels.get(talk.channel)
    if channel is None:
        return Barrier.OFF
    if not channel.traits.answers:
        return Barrier.NO_ANSWERS
    if talk.has_stopped:
        return Barrier.STOPPED
    window = channel.traits.window_of_team
    return Barrier.WINDOW if window is not None and now - talk.heard_at >= window else None


def may_be_told(talk: Talk, channels: Mapping[ChannelName, Channel], now: datetime) -> bool:
    """Whether a sentence of ours about the talk itself arrives now: one that waited would no longer be true."""
    if barrier(talk, channels, now) is not None:
        return False
    window = channels[talk.channel].traits.service_window
    return window is None or now - talk.heard_at < window


def working_days_after(hours: Hours, moment: datetime, days: int) -> datetime:
    """The same time of day so many working days later; out of hours it is counted from when the team next opens."""
    here = hours.next_open(moment).astimezone(ZONE)
    day = here.date()
    for _ in range(days):
        day += _A_DAY
        while not hours.is_working_day(day):
            day += _A_DAY
    return datetime.combine(day, here.time(), ZONE).astimezone(UTC)


def longest_first(talks: Sequence[Talk]) -> tuple[Talk, ...]:
    return tuple(sorted(talks, key=lambda talk: talk.quiet_since or talk.heard_at))
