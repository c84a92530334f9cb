"""The promised day kept, or its missing told: before the family asks, once for each day, by daylight, and never to somebody
who is to be left in peace.

An experience that nobody read in time is told of twice at most, each time with a new day; a task once. What cannot be
told is kept as such, and staff see why.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from bot.conversation import Say
from bot.draft import WRITE_BY_HAND
from bot.errors import StoreUnavailable
from bot.faults import place
from bot.hours import Hours
from bot.missed import STAFF_ONLY, About, Door, Missed, Overdue, ReadSince, Told
from bot.model import ChannelName, Locale
from bot.outgoing import Priority
from bot.ports import Channel, Clock, Store, Transaction
from bot.records import NewOutbound
from bot.replies import Replies

AT_ONCE = 20
"""How many are seen to in one sweep; the rest wait for the next."""
TOO_OLD = timedelta(days=14)
"""Of a day that was missed longer ago nobody is told: a store that was filled before anybody told of such days, a worker
that stood still for weeks.
"""
LOOK_AGAIN = "look_again"
_IN_THE_INBOX = frozenset({Told.NEVER_SAID, Told.TOO_OLD})
"""Nobody waits for a word of it, and staff see it where it has been all the time: it makes no task."""
_MOST_TELLINGS = {About.EXPERIENCE: 2, About.TASK: 1}

log = logging.getLogger(__name__)


class PromiseRecords(Protocol):
    """What has fallen due. Raises ``StoreUnavailable``."""

    def overdue(self, today: date, *, limit: int) -> tuple[Overdue, ...]:
        """Promises whose day lies before ``today`` and of which that has not been noted, the oldest first."""
        ...

    def read_since(self, now: datetime, *, limit: int) -> tuple[ReadSince, ...]:
        """What was kept after all, while our word of being late still waits to leave."""
        ...


class Unkept(Protocol):
    """What the whole team is to see. Raises ``StoreUnavailable``."""

    def unkept(self, *, with_safeguarding: bool) -> tuple[str, ...]:
        """The references of what was promised twice and read by nobody, the longest waiting first."""
        ...


class Promises:
    """One of the worker's sweeps. Whoever notes a missed day first is the one who tells of it."""

    def __init__(
        self,
        *,
        records: PromiseRecords,
        store: Store,
        clock: Clock,
        replies: Replies,
        hours: Hours,
        channels: Mapping[ChannelName, Channel],
    ) -> None:
        self._records = records
        self._store = store
        self._clock = clock
        self._replies = replies
        self._hours = hours
        self._channels = channels

    def sweep(self) -> bool:
        """See to a few. False: there is nothing left to do, or it is night."""
        now = self._clock.now()
        if self._hours.next_awake(now) > now:
            return False
        done = [self._put_right(each, now) for each in self._records.read_since(now, limit=AT_ONCE)]
        done += [self._see_to(each, now) for each in self._records.overdue(self._hours.today(now), limit=AT_ONCE)]
        return any(done)

    def _see_to(self, overdue: Overdue, now: datetime) -> bool:
        """Whatever one of them does to us, the others are seen to: what cannot be said is kept as not told."""
        try:
            return self._settle(overdue, self._told(overdue, now), now)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - a fault of ours with one family must not hold up the others
            log.error("the missed day of %s %s could not be told: %s", overdue.about, overdue.subject, place(error))  # noqa: TRY400 - a traceback may hold words
            return self._settle(overdue, Told.NOWHERE, now)

    def _settle(self, overdue: Overdue, told: Told, now: datetime) -> bool:
        new_day = self._new_day(overdue, told, now)
        rows = self._rows(overdue, new_day, now) if told is Told.TOLD and new_day is not None else []
        missed = Missed(
            about=overdue.about,
            subject=overdue.subject,
            missed_on=overdue.day,
            told=told,
            new_day=new_day,
            outbound_id=rows[0].id if rows else None,
        )
        with self._store.transaction() as tx:
            if not tx.note_missed(missed, now):
                return False
            for row in rows:
                tx.enqueue(row, now)
            self._add_task(tx, overdue, told, now)
        return True

    def _told(self, overdue: Overdue, now: datetime) -> Told:
        """Whether this family is told, or why not: the first of these that holds."""
        reasons = (
            (Told.DEATH, overdue.after_death or overdue.kind == WRITE_BY_HAND),
            (Told.DANGER, overdue.after_danger),
            (Told.NEVER_SAID, not overdue.said),
            (Told.ENOUGH, overdue.tellings >= _MOST_TELLINGS[overdue.about]),
            (Told.ASKED, overdue.looking_by is not None),
            (Told.TOO_OLD, self._hours.today(now) - overdue.day > TOO_OLD),
            (Told.STOPPED, overdue.is_stopped),
            (Told.HELD, overdue.is_held),
            (Told.NOWHERE, not self._answers(overdue.door)),
        )
        return next((told for told, holds in reasons if holds), Told.TOLD)

    def _answers(self, door: Door | None) -> bool:
        channel = None if door is None else self._channels.get(door.channel)
        return channel is not None and channel.traits.answers

    def _new_day(self, overdue: Overdue, told: Told, now: datetime) -> date | None:
        if told is Told.ASKED:
            return overdue.looking_by
        if told is Told.TOLD:
            usual = self._hours.due_on(overdue.kind or LOOK_AGAIN, now)
            moved_to = overdue.moved_to
            return moved_to if moved_to is not None and moved_to >= self._hours.today(now) else usual
        return None

    def _rows(self, overdue: Overdue, new_day: date, now: datetime) -> list[NewOutbound]:
        values = {"reference": overdue.reference, "missed_on": overdue.day.isoformat()}
        if overdue.about is About.TASK:
            say = Say(f"promise.owed_late+owed.{overdue.kind}", {**values, f"{overdue.kind}_by": new_day.isoformat()})
        else:
            key = "promise.late_again" if overdue.tellings else "promise.late"
            say = Say(key, {**values, "due_by": new_day.isoformat()})
        dedupe = f"promise:{overdue.subject}:{overdue.day}"
        return self._notice(say, dedupe, overdue.door, overdue.locale, overdue.contact_id, now)

    def _notice(
        self, say: Say, dedupe: str, door: Door | None, locale: Locale, contact_id: UUID | None, now: datetime
    ) -> list[NewOutbound]:
        if door is None:
            return []
        return self._replies.rows(
            [say],
            dedupe=dedupe,
            channel=door.channel,
            address=door.address,
            locale=locale,
            values={},
            contact_id=contact_id,
            priority=Priority.NOTICE,
            thread=door.thread,
            now=now,
        )

    def _add_task(self, tx: Transaction, overdue: Overdue, told: Told, now: datetime) -> None:
        """Somebody is to look at what nobody read, once."""
        is_theirs = told is Told.TOLD or told in STAFF_ONLY - _IN_THE_INBOX
        if overdue.about is About.EXPERIENCE and is_theirs and not overdue.has_look_again and overdue.contact_id is not None:
            tx.add_task(
                contact_id=overdue.contact_id,
                experience_id=overdue.experience_id,
                kind=LOOK_AGAIN,
                due_on=self._hours.due_on(LOOK_AGAIN, now),
                now=now,
            )

    def _put_right(self, since: ReadSince, now: datetime) -> bool:
        """What we had to say is no longer so: it is called off, and what is so now takes its place."""
        if since.read_on is None:
            say = Say("promise.done_late")
        else:
            say = Say("promise.read_late", {"reference": since.reference, "read_on": since.read_on.isoformat()})
        rows = []
        if self._answers(since.door):
            rows = self._notice(say, f"promise-kept:{since.outbound_id}", since.door, since.locale, since.contact_id, now)
        with self._store.transaction() as tx:
            if not tx.call_off(since.outbound_id, now):
                return False
            for row in rows:
                tx.enqueue(row, now)
        return True
