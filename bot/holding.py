"""Taking a talk over from the bot and handing it back; and the talks somebody took and forgot.

While the team has a talk, the bot is silent but for danger and STOP (``bot.dialogue``). Nothing here ever hands one back by
itself: a family that was told a person is writing must not meet a machine unannounced.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.alerted import audit
from bot.conversation import Say
from bot.errors import NotFound
from bot.hours import Hours
from bot.model import ChannelName
from bot.ports import Channel, Clock, Store, Transaction
from bot.records import StaffMember
from bot.replies import Replies
from bot.talks_held import HELD_TASK, Barrier, HoldStore, HoldWork, Talk, TalkRecords, barrier, longest_first, may_be_told
from bot.wall import is_with_safeguarding, may_handle_alerts
from bot.writing import Writing

log = logging.getLogger(__name__)


class Told(StrEnum):
    """Whether the person was told of what was just done, and if not, why not."""

    YES = "yes"
    NOTHING_NEW = "nothing_new"
    STOPPED = "stopped"
    WINDOW = "window"
    OFF = "off"
    NO_ANSWERS = "no_answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One talk that the team has, as everybody sees it. ``forgotten``: no word for a working day. ``asks``: for two more."""

    talk: Talk
    forgotten: bool
    asks: bool


@dataclass(frozen=True, slots=True)
class Holding:
    """The acts of staff on who has a talk. Each raises ``NotFound`` for a reference that is not there, or not for them to
    see, and for one through which nobody can be answered.
    """

    records: TalkRecords
    store: Store
    work: HoldStore
    writing: Writing
    replies: Replies
    channels: Mapping[ChannelName, Channel]
    hours: Hours
    clock: Clock

    def look(self, reference: str, member: StaffMember) -> Held:
        """Raises ``NotFound``, also where something else that was told in the same talk is behind the wall."""
        view = self.store.experience(reference)
        if view is None or (is_with_safeguarding(view.card) and not self._may(member)):
            raise NotFound
        held = self.find(reference, member)
        if held is None:
            raise NotFound
        return held

    def find(self, reference: str, member: StaffMember) -> Held | None:
        """For a page that has looked already whether its reader may: None where nobody can be answered, or not by them."""
        talk = self.records.talk(reference)
        if talk is None or self.barrier(talk) is Barrier.NO_ANSWERS or (talk.is_with_safeguarding and not self._may(member)):
            return None
        return self._held(talk)

    def barrier(self, talk: Talk) -> Barrier | None:
        return barrier(talk, self.channels, self.clock.now())

    def held(self, member: StaffMember) -> tuple[Held, ...]:
        """All that the team has, the longest without a word first, but for those behind the wall."""
        may = self._may(member)
        return tuple(self._held(talk) for talk in longest_first(self.records.held()) if may or not talk.is_with_safeguarding)

    def take(self, reference: str, member: StaffMember) -> Told:
        """The talk is this member's. The person is told, unless a colleague had it: then nothing changes for them."""
        talk, now = self.look(reference, member).talk, self.clock.now()
        if talk.held_by == member.id:
            return Told.NOTHING_NEW
        with self.work.transaction() as tx:
            return self.take_in(tx, talk, member, now) or Told.NOTHING_NEW

    def take_in(self, tx: HoldWork, talk: Talk, member: StaffMember, now: datetime) -> Told | None:
        """Take it within a transaction of somebody's. None: a colleague had it, and the family hears nothing new."""
        had_the_bot = tx.take_talk(talk, member.id, now)
        audit(tx, member, "take_talk", f"conversation:{talk.id}", now)
        return self._tell(tx, talk, "hold.taken", f"taken:{now.isoformat()}", now) if had_the_bot else None

    def give_back(self, reference: str, member: StaffMember) -> Told:
        """The bot has it again, and the person is told. What was still to be taken back goes first."""
        talk, now = self.look(reference, member).talk, self.clock.now()
        waiting = self.records.letters(talk.id)
        with self.work.transaction() as tx:
            if not tx.give_talk_back(talk):
                return Told.NOTHING_NEW
            for letter in waiting:
                self.writing.release(tx, talk, letter.id, now)
            tx.finish_held_tasks(talk.contact_id, member.id, now)
            audit(tx, member, "give_talk_back", f"conversation:{talk.id}", now)
            return self._tell(tx, talk, "hold.back", f"back:{now.isoformat()}", now)

    def keep(self, reference: str, member: StaffMember) -> None:
        """Say, for today, that somebody still has it."""
        talk, now = self.look(reference, member).talk, self.clock.now()
        with self.work.transaction() as tx:
            tx.keep_hold(talk, self.hours.today(now))
            audit(tx, member, "keep_talk", f"conversation:{talk.id}", now)

    def sweep(self) -> bool:
        """Find one talk in which a person waits for a word of ours for a working day: they are told when one comes, by day
        and once in each hold, unless they are to be left in peace; and a task says so to all. True: there may be more.
        """
        now = self.clock.now()
        if self.hours.next_awake(now) > now:
            return False
        left = (talk for talk in self.records.held() if talk.swept_at is None and talk.is_left_waiting(self.hours, now))
        talk = next(left, None)
        return talk is not None and self._sweep(talk, now)

    def _sweep(self, talk: Talk, now: datetime) -> bool:
        due_on: date = self.hours.due_on(HELD_TASK, now)
        may_tell = not talk.in_peace and may_be_told(talk, self.channels, now)
        with self.work.transaction() as tx:
            if not tx.sweep_hold(talk, told=may_tell, now=now):
                return False
            tx.add_task(contact_id=talk.contact_id, experience_id=talk.experience_id, kind=HELD_TASK, due_on=due_on, now=now)
            if may_tell:
                self._tell(tx, talk, "hold.late", "late", now, values={"due_by": due_on.isoformat()})
        log.info("a held talk was left without a word for a working day: conversation %s", talk.id)
        return True

    def _tell(
        self, tx: Transaction, talk: Talk, key: str, what: str, now: datetime, values: Mapping[str, str] | None = None
    ) -> Told:
        if not may_be_told(talk, self.channels, now):
            return Told(self.barrier(talk) or Told.WINDOW)
        since = talk.held_at.isoformat() if talk.held_at else ""
        for row in self.replies.in_talk(talk, Say(key, values or {}), dedupe=f"hold:{talk.id}:{since}:{what}", now=now):
            tx.enqueue(row, now)
        return Told.YES

    def _held(self, talk: Talk) -> Held:
        now = self.clock.now()
        return Held(talk=talk, forgotten=talk.is_forgotten(self.hours, now), asks=talk.is_to_be_asked(self.hours, now))

    def _may(self, member: StaffMember) -> bool:
        return may_handle_alerts(member, self.store.all_staff())
