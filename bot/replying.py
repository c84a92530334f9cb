"""The box in which a member of staff answers a family: what it knows, and that nothing leaves it unlooked at.

Words that are not sent yet are kept sealed with whoever writes them, so that a page that is lost loses none. When somebody
else has answered, or the family has written, since the page was opened, nothing goes until it was looked at again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol
from uuid import UUID, uuid5

from bot.alerted import audit
from bot.errors import BotError
from bot.holding import Held, Holding
from bot.nudges import Nudges
from bot.plain_english import PlainEnglish
from bot.records import StaffMember
from bot.talks_held import Barrier, HoldWork, Letter, Talk
from bot.wall import may_handle_alerts
from bot.writing import NotWritableError, Sheet, Writing

STILL_WRITING = timedelta(minutes=2)
"""Whoever has typed so lately counts as writing."""


class Change(StrEnum):
    """What is not as it was when the page was opened."""

    TAKEN = "taken"
    ANSWERED = "answered"
    HEARD = "heard"
    WRITING = "writing"


class LookAgainError(BotError):
    """Something has changed since the page was opened: nothing was sent."""

    def __init__(self, changes: frozenset[Change]) -> None:
        super().__init__()
        self.changes = changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """A colleague who is writing in the same talk now."""

    staff_id: UUID
    name: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A letter that can still be taken back, for the page one has gone on to."""

    letter_id: UUID
    reference: str
    goes_at: datetime


class DraftRecords(Protocol):
    """What the store knows of words that are being written."""

    def draft(self, conversation_id: UUID, staff_id: UUID) -> str:
        """What this member has written here and not sent; empty where there is nothing."""
        ...

    def writers(self, conversation_id: UUID, *, but: UUID, since: datetime) -> tuple[Writer, ...]: ...

    def is_written(self, letter_id: UUID) -> bool:
        """Whether this letter waits, or has left."""
        ...

    def leaving(self, staff_id: UUID, now: datetime, *, with_safeguarding: bool) -> tuple[Leaving, ...]:
        """This member's letters that can still be taken back, the next to go first."""
        ...


@dataclass(frozen=True, slots=True)
class Mark:
    """How a talk stood when a page was made. It goes with the form and comes back with the press."""

    held_by: str
    word_at: str
    heard_at: str
    writers: frozenset[str] = frozenset()

    @classmethod
    def of(cls, talk: Talk, writers: tuple[Writer, ...]) -> Mark:
        holder = str(talk.held_by or "somebody") if talk.held_at else ""
        word_at = talk.word_at.isoformat() if talk.word_at else ""
        return cls(holder, word_at, talk.heard_at.isoformat(), frozenset(str(each.staff_id) for each in writers))

    @classmethod
    def read(cls, text: str) -> Mark:
        """What no page of ours made is a mark of nothing, and everything has changed since."""
        parts = text.split("|")
        if len(parts) != 4:  # noqa: PLR2004 - as many as ``__str__`` writes
            return cls("?", "?", "?")
        return cls(parts[0], parts[1], parts[2], frozenset(filter(None, parts[3].split(" "))))

    def __str__(self) -> str:
        return "|".join((self.held_by, self.word_at, self.heard_at, " ".join(sorted(self.writers))))

    def changes(self, seen: Mark) -> frozenset[Change]:
        """What has changed since ``seen``. Who writes no more is no change."""
        found = {
            Change.TAKEN: self.held_by != seen.held_by,
            Change.ANSWERED: self.word_at != seen.word_at,
            Change.HEARD: self.heard_at != seen.heard_at,
            Change.WRITING: not self.writers <= seen.writers,
        }
        return frozenset(change for change, is_so in found.items() if is_so)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """All that the box shows. ``opened_at`` and ``shuts_at`` bound the time in which words may go; None where there is no
    such time. ``template`` is what may be sent when it is over.
    """

    held: Held
    barrier: Barrier | None
    letters: tuple[Letter, ...]
    writers: tuple[Writer, ...]
    draft: str = field(repr=False)
    mark: Mark
    opened_at: datetime | None
    shuts_at: datetime | None
    template: str
    template_pence: Decimal


@dataclass(frozen=True, slots=True)
class Replying:
    """``pence`` is what is paid for a segment or a message, by channel; ``plain`` advises on what is written."""

    holding: Holding
    drafts: DraftRecords
    nudges: Nudges
    pence: Mapping[str, Decimal]
    plain: PlainEnglish

    @property
    def writing(self) -> Writing:
        return self.holding.writing

    def box(self, held: Held, member: StaffMember) -> Box:
        talk, writers = held.talk, self._writers(held.talk, member)
        channel = self.holding.channels.get(talk.channel)
        traits = None if channel is None else channel.traits
        window = None if traits is None else traits.window_of_team
        return Box(
            held=held,
            barrier=self.holding.barrier(talk),
            letters=self.writing.waiting(talk),
            writers=writers,
            draft=self.drafts.draft(talk.id, member.id),
            mark=Mark.of(talk, writers),
            opened_at=None if window is None else talk.heard_at,
            shuts_at=None if window is None else talk.heard_at + window,
            template="" if channel is None else self.nudges.words(channel, talk.locale),
            template_pence=self.pence.get(talk.channel, Decimal(0)),
        )

    def sheet(self, talk: Talk, text: str) -> tuple[Sheet, Decimal | None]:
        """What would leave, and what it costs in pence: nothing for an answer where only what we begin is paid for, and None
        where nothing ever is.
        """
        sheet = self.writing.sheet(talk, text)
        each = self.pence.get(talk.channel)
        if each is None:
            return sheet, None
        return sheet, each * (sheet.segments or 0)

    def draft(self, held: Held, member: StaffMember, text: str) -> None:
        """Keep what is written so far, and that this member is writing now."""
        with self.holding.work.transaction() as tx:
            tx.keep_draft(held.talk, member.id, text, self.holding.clock.now())

    def answer(self, reference: str, member: StaffMember, letter_id: UUID, text: str, seen: Mark) -> datetime:
        """Send, in ten seconds: returns when. Where the bot has the talk it is this member's from now on, and the family is
        told so. The same words from the same page again change nothing; other words are another letter. Raises ``NotFound``,
        ``NotWritableError``, ``LookAgainError``.
        """
        talk, now = self.holding.look(reference, member).talk, self.holding.clock.now()
        letter_id = uuid5(letter_id, text)
        if self.drafts.is_written(letter_id):
            return now
        stands = self.holding.barrier(talk)
        if stands is not None:
            raise NotWritableError(stands)
        changes = Mark.of(talk, self._writers(talk, member)).changes(seen)
        if changes:
            raise LookAgainError(changes)
        if talk.held_at is not None and talk.held_by != member.id:
            raise NotWritableError
        with self.holding.work.transaction() as tx:
            self._have(tx, talk, member, now)
            self.writing.keep(tx, talk, member, letter_id, text, now)
        return self.writing.goes_at(now)

    def ask(self, reference: str, member: StaffMember) -> bool:
        """Where the window is shut, ask the person by the approved template to write again: once for each time it shuts.

        The talk is this member's then. False: they were asked before. Raises ``NotFound``, ``NotWritableError``.
        """
        talk, now = self.holding.look(reference, member).talk, self.holding.clock.now()
        stands = self.holding.barrier(talk)
        if stands is not Barrier.WINDOW:
            raise NotWritableError(stands)
        rows = self.nudges.of_talk(talk, self.holding.channels[talk.channel], now)
        with self.holding.work.transaction() as tx:
            sent = [tx.enqueue(row, now) for row in rows]
            if None in sent or not sent:
                return False
            if talk.held_at is None:
                self._have(tx, talk, member, now)
            audit(tx, member, "ask_to_write", f"conversation:{talk.id}", now)
        return True

    def leaving(self, member: StaffMember) -> tuple[Leaving, ...]:
        may = may_handle_alerts(member, self.holding.store.all_staff())
        return self.drafts.leaving(member.id, self.holding.clock.now(), with_safeguarding=may)

    def _have(self, tx: HoldWork, talk: Talk, member: StaffMember, now: datetime) -> None:
        """In this transaction the talk is this member's, or nothing is done at all."""
        if talk.held_at is not None:
            if not tx.stands_as(talk):
                raise LookAgainError(frozenset({Change.TAKEN}))
        elif self.holding.take_in(tx, talk, member, now) is None:
            raise LookAgainError(frozenset({Change.TAKEN}))

    def _writers(self, talk: Talk, member: StaffMember) -> tuple[Writer, ...]:
        return self.drafts.writers(talk.id, but=member.id, since=self.holding.clock.now() - STILL_WRITING)
