"""What the team does with an experience beside reading it: ``bot.desk_work.DeskRecords``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, case, insert, not_, null, or_, select, update

from bot.desk_work import NOTED, Act, Deed, Note
from bot.errors import NotFound, WrongKeys
from bot.records import StaffMember
from storage.audit import add_line
from storage.database import Database
from storage.deeds import still_here, undo_noted
from storage.envelopes import open_note, seal_note
from storage.inbox import LISTED
from storage.removing import Removes
from storage.sealing import Sealer
from storage.tables import deed, experience, looking, staff, staff_note, task
from storage.unit import AnyRow, Unit
from storage.wall import WALLED, is_walled

OF_ALERTS = (Act.ALERT, Act.HAND, Act.CLEAR)
_NOTED = frozenset(NOTED.values())
COLUMNS = {Act.GIVE: experience.c.owner_id, Act.SNOOZE: experience.c.asleep_until, Act.DUE: experience.c.due_on}


class SqlDeskWork:
    """Short transactions of its own."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def do(self, done: Deed, member: StaffMember, *, note: str = "") -> None:
        with self._database.writing() as connection:
            if done.act is Act.NOTE and done.after is not None:
                note_id = UUID(done.after)
                sealed = seal_note(self._sealer, note, note_id)
                values = {"id": note_id, "experience_id": done.experience_id, "staff_id": member.id, "sealed": sealed}
                once = self._database.insert_once(staff_note, "id")
                if not once.run(connection, values | {"written_at": done.at, "undone_at": None}).rowcount:
                    self._stands_again(connection, done, member)
                    return
            elif done.experience_id is not None:
                if done.act is Act.GIVE and done.after is not None and still_here(connection, done.after) is None:
                    raise NotFound
                self._set(connection, done.act, done.experience_id, done.after)
            row = {"id": done.id, "staff_id": member.id, "experience_id": done.experience_id, "act": done.act.value}
            connection.execute(insert(deed), row | {"before": done.before, "after": done.after, "at": done.at})
            self._audit(connection, member, f"desk_{done.act.value}", done.experience_id, done.at)

    def undo(self, deed_id: UUID, member: StaffMember, now: datetime, *, with_safeguarding: bool) -> bool:
        own = (deed.c.id == deed_id, deed.c.staff_id == member.id, deed.c.undone_at.is_(None))
        seen = _seen(member.id, with_safeguarding=with_safeguarding)
        with self._database.writing() as connection:
            row = connection.execute(select(deed).where(*own, deed.c.id.in_(seen)).with_for_update()).one_or_none()
            if row is None or (not with_safeguarding and _is_behind(connection, row)):
                raise NotFound
            act = Act(row.act)
            if act is Act.REMOVE:
                tx = Removes(self._database, connection, self._sealer, redactor=str)
                return tx.put_back_passage(UUID(row.after), member, now)
            if act in _NOTED:
                if not undo_noted(connection, row, now):
                    return False
            elif act is Act.NOTE:
                connection.execute(update(staff_note).where(staff_note.c.id == UUID(row.after)).values(undone_at=now))
            else:
                column = COLUMNS[act]
                stands = connection.execute(select(column).where(experience.c.id == row.experience_id)).scalar_one()
                if (None if stands is None else str(stands)) != row.after:
                    return False
                before = row.before
                if act is Act.GIVE:
                    had = still_here(connection, before)
                    before = None if had is None else str(had)
                self._set(connection, act, row.experience_id, before)
            connection.execute(update(deed).where(deed.c.id == deed_id).values(undone_at=now))
            self._audit(connection, member, f"undo_{act.value}", row.experience_id, now, record=row.record)
        return True

    def last(self, staff_id: UUID, *, limit: int, with_safeguarding: bool) -> tuple[Deed, ...]:
        query = (
            select(deed, case((LISTED, experience.c.reference), else_=null()).label("reference"))
            .join_from(deed, experience, experience.c.id == deed.c.experience_id, isouter=True)
            .where(deed.c.id.in_(_seen(staff_id, with_safeguarding=with_safeguarding)))
            .order_by(deed.c.at.desc(), deed.c.id)
            .limit(2 * limit)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
            found = [_deed(row) for row in rows if with_safeguarding or not _is_behind(connection, row)]
        return tuple(found[:limit])

    def notes(self, experience_id: UUID) -> tuple[Note, ...]:
        query = (
            select(staff_note, staff.c.name)
            .join_from(staff_note, staff, staff.c.id == staff_note.c.staff_id)
            .where(staff_note.c.experience_id == experience_id, staff_note.c.undone_at.is_(None))
            .order_by(staff_note.c.written_at, staff_note.c.id)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(Note(id=row.id, text=self._text(row), by=row.name, at=row.written_at) for row in rows)

    def look(self, experience_id: UUID, staff_id: UUID, now: datetime) -> None:
        its = (looking.c.experience_id == experience_id, looking.c.staff_id == staff_id)
        with self._database.writing(lasting=False) as connection:
            if not connection.execute(update(looking).where(*its).values(at=now)).rowcount:
                values = {"experience_id": experience_id, "staff_id": staff_id, "at": now}
                self._database.insert_once(looking, "experience_id", "staff_id").run(connection, values)

    def looking(self, experience_ids: Sequence[UUID], *, but: UUID, since: datetime) -> dict[UUID, tuple[str, ...]]:
        query = (
            select(looking.c.experience_id, staff.c.name)
            .join_from(looking, staff, staff.c.id == looking.c.staff_id)
            .where(looking.c.experience_id.in_(experience_ids), looking.c.staff_id != but, looking.c.at >= since)
            .order_by(staff.c.name)
        )
        found: dict[UUID, list[str]] = defaultdict(list)
        with self._database.reading() as connection:
            for row in connection.execute(query):
                found[row.experience_id].append(row.name)
        return {experience_id: tuple(names) for experience_id, names in found.items()}

    def _stands_again(self, connection: Connection, done: Deed, member: StaffMember) -> None:
        """A note whose page was pressed a second time: nothing, unless it was undone in between."""
        undone = (staff_note.c.id == UUID(done.after), staff_note.c.undone_at.is_not(None))
        if connection.execute(update(staff_note).where(*undone).values(undone_at=null())).rowcount:
            connection.execute(update(deed).where(deed.c.id == done.id).values(undone_at=null(), at=done.at))
            self._audit(connection, member, f"desk_{done.act.value}", done.experience_id, done.at)

    def _set(self, connection: Connection, act: Act, experience_id: UUID, value: str | None) -> None:
        to: Any = None if value is None else UUID(value) if act is Act.GIVE else date.fromisoformat(value)
        there = (experience.c.id == experience_id, LISTED)
        if not connection.execute(update(experience).where(*there).values({COLUMNS[act]: to})).rowcount:
            raise NotFound

    def _text(self, row: AnyRow) -> str:
        try:
            return open_note(self._sealer, row.sealed, row.id)
        except WrongKeys:
            return ""

    def _audit(
        self,
        connection: Connection,
        member: StaffMember,
        action: str,
        experience_id: UUID | None,
        now: datetime,
        *,
        record: str | None = None,
    ) -> None:
        unit = Unit(self._database, connection, self._sealer, redactor=str)
        record = record or f"experience:{experience_id}"
        add_line(unit, who=f"staff:{member.id}", action=action, record=record, why="", now=now)


def _seen(staff_id: UUID, *, with_safeguarding: bool) -> Select[tuple[UUID]]:
    """This member's deeds that are not behind the wall for them (but for ``_is_behind``). An alert in no experience is, and so
    is having cleared one. What was removed can be put back although nothing is left of its experience.
    """
    in_none = deed.c.experience_id.is_(None)
    if with_safeguarding:
        wall = []
    else:
        of_alerts = deed.c.act.in_([act.value for act in OF_ALERTS])
        wall = [or_(and_(in_none, not_(of_alerts)), not_(WALLED)), deed.c.act != Act.CLEAR.value]
    return (
        select(deed.c.id)
        .join_from(deed, experience, experience.c.id == deed.c.experience_id, isouter=True)
        .where(deed.c.staff_id == staff_id, or_(in_none, LISTED, deed.c.act == Act.REMOVE.value), *wall)
    )


def _is_behind(connection: Connection, row: AnyRow) -> bool:
    """Whether it is a task in no experience of somebody of whom anything is with safeguarding."""
    if row.experience_id is not None or not (row.record or "").startswith("task:"):
        return False
    of_task = select(task.c.contact_id).where(task.c.id == UUID((row.record or "").partition(":")[2])).scalar_subquery()
    return bool(connection.execute(select(is_walled(of_task))).scalar_one())


def _deed(row: AnyRow) -> Deed:
    return Deed(
        id=row.id,
        act=Act(row.act),
        experience_id=row.experience_id,
        reference=row.reference,
        before=row.before,
        after=row.after,
        at=row.at,
        undone=row.undone_at is not None,
        record=row.record,
    )
