"""What the team owes families, as work that can be followed: each task has an owner, a day, and in the end an outcome."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.alerted import audit
from bot.conversation import Say
from bot.errors import BotError, NotFound
from bot.hours import Hours
from bot.model import ChannelName
from bot.ports import Channel, Clock, Store, Transaction
from bot.records import Reach, StaffMember
from bot.replies import Replies
from bot.talks_held import TalkRecords, barrier, may_be_told
from bot.wall import at_work, may_handle_alerts

REMOVE_PART = "remove_part"
"""A family asks that a part of their words is taken out: on *Today* from the moment they do, whatever day was promised."""
DONE_LATELY = timedelta(days=14)
LONGEST_OUTCOME = 2000
FURTHEST = timedelta(days=180)
"""No task is moved further than this: by then nobody waits any more."""
REACHABLE = frozenset({"call_back", "my_data"})
"""The kinds for which somebody may have to be rung or written to elsewhere."""
PROMISED = frozenset(
    {"call_back", "my_data", "question", "casework", "complaint", "foi", "write_by_hand", "look_again", "held", "remove_part"}
)
"""The kinds of which the family was told a day."""


class Show(StrEnum):
    """Which tasks to list."""

    OPEN = "open"
    MINE = "mine"
    NOBODYS = "nobodys"
    LATE = "late"
    DONE = "done"


class NotMovableError(BotError):
    """A task cannot be moved to this day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task. ``reference`` is None where it stands in no experience, as what is asked for after a DELETE.

    ``moved_from`` is the first day it had. ``owner_id`` is whoever sees to it.
    """

    id: UUID
    kind: str
    due_on: date
    created_at: datetime
    reference: str | None = None
    channel: ChannelName | None = None
    place: str | None = None
    owner_id: UUID | None = None
    owner: str = ""
    moved_from: date | None = None
    moved_why: str = ""
    done_at: datetime | None = None
    done_by: str = ""
    outcome: str = ""
    has_person: bool = True

    @property
    def may_reach(self) -> bool:
        """Whether how to reach the person may be asked for here. In an experience that is done on its own page."""
        return self.reference is None and self.has_person and self.done_at is None and self.kind in REACHABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many tasks each list holds, as one member sees them."""

    open: int = 0
    mine: int = 0
    nobodys: int = 0
    late: int = 0
    done: int = 0


class TaskRecords(Protocol):
    """Where tasks are kept. ``with_safeguarding``: False leaves out those of people about whom an alert is open."""

    def tasks(
        self, show: Show, *, staff_id: UUID, today: date, done_since: datetime, with_safeguarding: bool
    ) -> tuple[Task, ...]:
        """Open ones by their day; done ones, the newest first."""
        ...

    def counts(self, *, staff_id: UUID, today: date, done_since: datetime, with_safeguarding: bool) -> Counts: ...

    def task(self, task_id: UUID, *, with_safeguarding: bool) -> Task | None: ...

    def reach(self, task_id: UUID) -> Reach | None:
        """Where the person wrote from last, unsealed: whoever shows it audits it. Raises ``WrongKeys``."""
        ...


class TaskWork(Transaction, Protocol):
    """What a task asks of a transaction beside what every use case does. A task that is done changes no more."""

    def give_task(self, task_id: UUID, owner_id: UUID | None) -> bool:
        """Raises ``NotFound`` for who works here no more, be it since a moment ago."""
        ...

    def move_task(self, task_id: UUID, due_on: date, why: str) -> bool: ...

    def close_task(self, task_id: UUID, staff_id: UUID, outcome: str, now: datetime) -> bool: ...


class TaskStore(Protocol):
    def transaction(self) -> AbstractContextManager[TaskWork]: ...


@dataclass(frozen=True, slots=True)
class Tasks:
    """The acts of staff on tasks. Each raises ``NotFound`` for one that is not there, or behind the wall for this member."""

    records: TaskRecords
    talks: TalkRecords
    store: Store
    work: TaskStore
    replies: Replies
    channels: Mapping[ChannelName, Channel]
    hours: Hours
    clock: Clock

    def list(self, show: Show, member: StaffMember) -> tuple[Task, ...]:
        now = self.clock.now()
        return self.records.tasks(
            show,
            staff_id=member.id,
            today=self.hours.today(now),
            done_since=now - DONE_LATELY,
            with_safeguarding=self._may(member),
        )

    def open_until(self, day: date, member: StaffMember) -> tuple[Task, ...]:
        """What is due by a day, the earliest first; and what is to be seen at once."""
        return tuple(task for task in self.list(Show.OPEN, member) if task.due_on <= day or task.kind == REMOVE_PART)

    def counts(self, member: StaffMember) -> Counts:
        now = self.clock.now()
        return self.records.counts(
            staff_id=member.id, today=self.hours.today(now), done_since=now - DONE_LATELY, with_safeguarding=self._may(member)
        )

    def look(self, task_id: UUID, member: StaffMember) -> Task:
        found = self.records.task(task_id, with_safeguarding=self._may(member))
        if found is None:
            raise NotFound
        return found

    def give(self, task_id: UUID, member: StaffMember, to: UUID | None) -> None:
        """To a colleague, to oneself, or (None) back to everybody. Raises ``NotFound`` for somebody who works here no more."""
        task, now = self.look(task_id, member), self.clock.now()
        if to is not None and to not in {each.id for each in self.team()}:
            raise NotFound
        if task.owner_id == to:
            return
        with self.work.transaction() as tx:
            if tx.give_task(task.id, to):
                audit(tx, member, "give_task", f"task:{task.id}", now, f"staff:{to}" if to else "nobody")

    def may_tell(self, task: Task) -> bool:
        """Whether the family can be told of another day: one was named to them, and a word of ours arrives now."""
        talk = self.talks.talk_of_task(task.id) if task.kind in PROMISED else None
        return talk is not None and may_be_told(talk, self.channels, self.clock.now())

    def move(self, task_id: UUID, member: StaffMember, due_on: date, why: str, *, tell: bool) -> bool:
        """To another day, from today on; ``why`` is one line. Returns whether the family is told. Raises ``NotMovableError``."""
        task, now = self.look(task_id, member), self.clock.now()
        today = self.hours.today(now)
        if not today <= due_on <= today + FURTHEST:
            raise NotMovableError
        talk = self.talks.talk_of_task(task.id) if tell and self.may_tell(task) else None
        with self.work.transaction() as tx:
            if task.due_on == due_on or not tx.move_task(task.id, due_on, why):
                return False
            audit(tx, member, "move_task", f"task:{task.id}", now, f"to {due_on.isoformat()}")
            if talk is None or barrier(talk, self.channels, now) is not None:
                return False
            say, dedupe = Say("task.moved", {"due_by": due_on.isoformat()}), f"moved:{task.id}:{now.isoformat()}"
            for row in self.replies.in_talk(talk, say, dedupe=dedupe, now=now):
                tx.enqueue(row, now)
        return True

    def finish(self, task_id: UUID, member: StaffMember, outcome: str) -> None:
        """``outcome`` is 1 to 2,000 long. One that stands is not written over."""
        task, now = self.look(task_id, member), self.clock.now()
        with self.work.transaction() as tx:
            if tx.close_task(task.id, member.id, outcome, now):
                audit(tx, member, "finish_task", f"task:{task.id}", now)

    def ask_to_reach(self, task_id: UUID, member: StaffMember, why: str) -> bool:
        """Keep who is to be shown how to reach the person, and why. False: nobody needs to reach them here."""
        task = self.look(task_id, member)
        if not task.may_reach:
            return False
        with self.work.transaction() as tx:
            audit(tx, member, "reveal_address", f"task:{task.id}", self.clock.now(), why)
        return True

    def reach(self, task_id: UUID, member: StaffMember) -> Reach | None:
        """For somebody of whom it was kept (``ask_to_reach``)."""
        return self.records.reach(task_id) if self.look(task_id, member).may_reach else None

    def team(self) -> tuple[StaffMember, ...]:
        """Everybody a task can be given to."""
        return at_work(self.store.all_staff())

    def _may(self, member: StaffMember) -> bool:
        return may_handle_alerts(member, self.store.all_staff())
