"""Tasks as work to be followed: ``bot.tasks`` on the store."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, update

from bot.errors import NotFound
from bot.model import ChannelName
from bot.records import Reach
from bot.tasks import Counts, Show, Task
from storage.database import Database
from storage.deeds import still_here
from storage.envelopes import open_address
from storage.sealing import Sealer
from storage.tables import address, experience, inbound_message, staff, task
from storage.unit import AnyRow, Unit
from storage.wall import WALLED, is_walled

MOST = 200
"""Tasks on one page: more than a team can owe, and a page that still opens."""

owner = staff.alias("owner")
finisher = staff.alias("finisher")

# A task in no experience is behind the wall with anything else of its person's.
WITH_SAFEGUARDING = or_(
    and_(task.c.experience_id.is_not(None), WALLED),
    and_(task.c.experience_id.is_(None), is_walled(task.c.contact_id)),
)

TASKS = (
    select(
        task,
        experience.c.reference,
        experience.c.withdrawn,
        experience.c.channel,
        experience.c.place,
        owner.c.name.label("owner"),
        finisher.c.name.label("finisher"),
    )
    .join_from(task, experience, experience.c.id == task.c.experience_id, isouter=True)
    .join(owner, owner.c.id == task.c.owner_id, isouter=True)
    .join(finisher, finisher.c.id == task.c.done_by, isouter=True)
)


class TaskActs(Unit):
    """``bot.tasks.TaskWork``, as far as it is not ``bot.ports.Transaction``."""

    def give_task(self, task_id: UUID, owner_id: UUID | None) -> bool:
        if owner_id is not None and still_here(self.connection, str(owner_id)) is None:
            raise NotFound
        had = self.connection.execute(select(task.c.owner_id).where(task.c.id == task_id).with_for_update()).scalar_one_or_none()
        self.stood[f"task:{task_id}"] = str(had) if had else None
        return self._change_task(task_id, owner_id=owner_id)

    def move_task(self, task_id: UUID, due_on: date, why: str) -> bool:
        return self._change_task(
            task_id, due_on=due_on, moved_why=why, moved_from=func.coalesce(task.c.moved_from, task.c.due_on)
        )

    def close_task(self, task_id: UUID, staff_id: UUID, outcome: str, now: datetime) -> bool:
        return self._change_task(task_id, done_at=now, done_by=staff_id, outcome=outcome)

    def _change_task(self, task_id: UUID, **changes: object) -> bool:
        open_one = update(task).where(task.c.id == task_id, task.c.done_at.is_(None))
        return bool(self.connection.execute(open_one.values(**changes)).rowcount)


class SqlTasks:
    """``bot.tasks.TaskRecords``."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def tasks(
        self, show: Show, *, staff_id: UUID, today: date, done_since: datetime, with_safeguarding: bool
    ) -> tuple[Task, ...]:
        order = (task.c.done_at.desc(),) if show is Show.DONE else (task.c.due_on, task.c.created_at)
        which = _which(show, staff_id=staff_id, today=today, done_since=done_since)
        query = TASKS.where(which, *_within(with_safeguarding=with_safeguarding)).order_by(*order, task.c.id)
        with self._database.reading() as connection:
            return tuple(_view(row) for row in connection.execute(query.limit(MOST)))

    def counts(self, *, staff_id: UUID, today: date, done_since: datetime, with_safeguarding: bool) -> Counts:
        shows = list(Show)
        number = [
            func.count().filter(_which(show, staff_id=staff_id, today=today, done_since=done_since)).label(show) for show in shows
        ]
        query = (
            select(*number)
            .select_from(task)
            .join(experience, experience.c.id == task.c.experience_id, isouter=True)
            .where(*_within(with_safeguarding=with_safeguarding))
        )
        with self._database.reading() as connection:
            row = connection.execute(query).one()
        return Counts(**{show.value: getattr(row, show.value) for show in shows})

    def task(self, task_id: UUID, *, with_safeguarding: bool) -> Task | None:
        query = TASKS.where(task.c.id == task_id, *_within(with_safeguarding=with_safeguarding))
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _view(row)

    def reach(self, task_id: UUID) -> Reach | None:
        query = (
            select(address.c.id, address.c.sealed, inbound_message.c.channel)
            .join_from(task, inbound_message, inbound_message.c.contact_id == task.c.contact_id)
            .join(address, address.c.blind_index == inbound_message.c.address_index)
            .where(task.c.id == task_id, address.c.contact_id == task.c.contact_id)
            .order_by(inbound_message.c.seq.desc())
            .limit(1)
        )
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return Reach(channel=ChannelName(row.channel), address=open_address(self._sealer, row.sealed, row.id))


def _within(*, with_safeguarding: bool) -> tuple[ColumnElement[bool], ...]:
    """A task of what was withdrawn is owed to nobody any more."""
    listed = or_(task.c.experience_id.is_(None), not_(experience.c.withdrawn))
    return (listed,) if with_safeguarding else (listed, not_(WITH_SAFEGUARDING))


def _which(show: Show, *, staff_id: UUID, today: date, done_since: datetime) -> ColumnElement[bool]:
    is_open = task.c.done_at.is_(None)
    match show:
        case Show.OPEN:
            return is_open
        case Show.MINE:
            return and_(is_open, task.c.owner_id == staff_id)
        case Show.NOBODYS:
            return and_(is_open, task.c.owner_id.is_(None))
        case Show.LATE:
            return and_(is_open, task.c.due_on < today)
        case Show.DONE:
            return task.c.done_at >= done_since


def _view(row: AnyRow) -> Task:
    return Task(
        id=row.id,
        kind=row.kind,
        due_on=row.due_on,
        created_at=row.created_at,
        reference=row.reference,
        channel=None if row.channel is None else ChannelName(row.channel),
        place=row.place,
        owner_id=row.owner_id,
        owner=row.owner or "",
        moved_from=row.moved_from,
        moved_why=row.moved_why or "",
        done_at=row.done_at,
        done_by=row.finisher or "",
        outcome=row.outcome or "",
        has_person=row.contact_id is not None,
    )
