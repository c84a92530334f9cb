"""Acts of staff that are noted to be undone, in the transaction that does them: and what undoing each of them changes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection, and_, insert, select, update

from bot.desk_work import NOTED, Act
from bot.hand_over import End
from bot.wall import AT_WORK
from storage.experiences import HOLD, measure_sureness
from storage.handings import call_off, end_handings, hand_back
from storage.nobodys import nobodys
from storage.tables import alert, decision, deed, experience, passage, staff, task
from storage.tables.experiences import STANDS
from storage.unit import AnyRow, Unit

_BY_STAFF = "staff:"
_NOBODY = "nobody"
NOT_TAKEN_OVER = and_(alert.c.closed_at.is_(None), alert.c.taken_over_at.is_(None))


def note_deed(unit: Unit, *, who: str, action: str, record: str, why: str, now: datetime) -> None:
    """What is decided and read with one press is one act."""
    act = NOTED.get(action)
    kind, _, key_ = record.partition(":")
    if act is None or kind != _KINDS[act] or not who.startswith(_BY_STAFF):
        return
    staff_id, key = UUID(who.removeprefix(_BY_STAFF)), UUID(key_)
    experience_id = _experience_of(unit.connection, act, key)
    before = unit.stood.get(record)
    if act is Act.READ and _was_decided_with_it(unit.connection, staff_id, experience_id, now, before):
        return
    row = {"id": uuid4(), "staff_id": staff_id, "experience_id": experience_id, "act": act.value, "at": now, "before": before}
    after = why.removeprefix(_BY_STAFF) if act is Act.TASK and why != _NOBODY else None
    unit.connection.execute(insert(deed), row | {"after": after, "record": None if kind == "experience" else record})


def _experience_of(connection: Connection, act: Act, key: UUID) -> UUID | None:
    table = _OF[act]
    if table is None:
        return key
    found: UUID | None = connection.execute(select(table.c.experience_id).where(table.c.id == key)).scalar_one_or_none()
    return found


def _was_decided_with_it(
    connection: Connection, staff_id: UUID, experience_id: UUID | None, now: datetime, before: str | None
) -> bool:
    """If so, that act keeps how it was read before."""
    same = (deed.c.staff_id == staff_id, deed.c.at == now, deed.c.experience_id == experience_id, deed.c.act == Act.DECIDE.value)
    return bool(connection.execute(update(deed).where(*same).values(before=before)).rowcount)


# --- undoing: each says whether what was done still stands; if not, nothing is changed


def undo_noted(connection: Connection, row: AnyRow, now: datetime) -> bool:
    """``row``: of ``deed``, locked."""
    return _UNDO[Act(row.act)](connection, row, now)


def still_here(connection: Connection, staff_id: str | None) -> UUID | None:
    """Who is given something back. Nobody, where they were locked out or do other work now: with them nobody would see it."""
    if not staff_id:
        return None
    there = select(staff.c.id).where(staff.c.id == UUID(staff_id), staff.c.disabled_at.is_(None), staff.c.role.in_(AT_WORK))
    found: UUID | None = connection.execute(there.with_for_update(read=True)).scalar_one_or_none()
    return found


def _open_task(connection: Connection, row: AnyRow, now: datetime) -> bool:
    del now
    mine = (task.c.id == _key(row), task.c.done_by == row.staff_id, task.c.done_at == row.at)
    opened = update(task).where(*mine).values(done_at=None, done_by=None, outcome=None)
    return bool(connection.execute(opened).rowcount)


def _give_back(connection: Connection, row: AnyRow, now: datetime) -> bool:
    """To whoever had it before."""
    del now
    owner = still_here(connection, row.before)
    stands = task.c.owner_id.is_(None) if row.after is None else task.c.owner_id == UUID(row.after)
    given = update(task).where(task.c.id == _key(row), task.c.done_at.is_(None), stands).values(owner_id=owner)
    return bool(connection.execute(given).rowcount)


def _leave_alert(connection: Connection, row: AnyRow, now: datetime) -> bool:
    """It is nobody's again, and called out at once, unless it calls nobody; what was taken over goes back to whoever handed it
    on, if they still handle alerts. Once an outcome stands it stays theirs.
    """
    if hand_back(connection, _key(row), row, now):
        return True
    mine = (alert.c.id == _key(row), alert.c.taken_by == row.staff_id, alert.c.taken_at == row.at, NOT_TAKEN_OVER)
    if not connection.execute(update(alert).where(*mine).values(nobodys(now))).rowcount:
        return False
    end_handings(connection, _key(row), End.CALLED_OFF, now)
    return True


def _call_off(connection: Connection, row: AnyRow, now: datetime) -> bool:
    """Once somebody has taken it, it is not undone."""
    return call_off(connection, _key(row), row, now)


def _wall_again(connection: Connection, row: AnyRow, now: datetime) -> bool:
    """It is with safeguarding as before."""
    del now
    mine = (alert.c.id == _key(row), alert.c.cleared_by == row.staff_id, alert.c.cleared_at == row.at)
    values = {"cleared_by": None, "cleared_at": None, "cleared_why": None}
    return bool(connection.execute(update(alert).where(*mine).values(values)).rowcount)


def _unread(connection: Connection, row: AnyRow, now: datetime) -> bool:
    """As it was read before, if it was."""
    del now
    at, _, by = (row.before or "").partition(" ")
    was = (datetime.fromisoformat(at), UUID(by)) if at else (None, None)
    mine = (experience.c.id == row.experience_id, experience.c.read_by == row.staff_id, experience.c.read_at == row.at)
    values = {"unread": True, "read_at": was[0], "read_by": was[1]}
    return bool(connection.execute(update(experience).where(*mine, experience.c.unread.is_(False)).values(values)).rowcount)


def _take_decisions_back(connection: Connection, row: AnyRow, now: datetime) -> bool:
    """And what was read with the same press is unread again, unless somebody has read it since."""
    connection.execute(HOLD, {"of_experience": row.experience_id})
    here = (
        select(decision)
        .join_from(decision, passage, passage.c.id == decision.c.passage_id)
        .where(passage.c.experience_id == row.experience_id, STANDS)
    )
    mine = connection.execute(here.where(decision.c.staff_id == row.staff_id, decision.c.at == row.at)).all()
    about = {(each.passage_id, each.theme) for each in mine}
    newest = max((each.id for each in mine), default=0)
    later = connection.execute(here.where(decision.c.id > newest, decision.c.staff_id.is_not(None))).all()
    if not mine or any((each.passage_id, each.theme) in about for each in later):
        return False
    undone = update(decision).where(decision.c.id.in_([each.id for each in mine]))
    connection.execute(undone.values(undone_at=now, undone_by=row.staff_id))
    measure_sureness(connection, row.experience_id)
    _unread(connection, row, now)
    return True


def _key(row: AnyRow) -> UUID:
    return UUID(row.record.partition(":")[2])


_OF = dict.fromkeys((Act.DECIDE, Act.READ)) | dict.fromkeys((Act.FINISH, Act.RELEASE, Act.TASK), task)
_OF |= dict.fromkeys((Act.ALERT, Act.HAND, Act.CLEAR), alert)
"""Where each act is done; None: on the experience itself."""
_KINDS = {act: "experience" if table is None else table.name for act, table in _OF.items()}
_UNDO: Mapping[Act, Callable[[Connection, AnyRow, datetime], bool]] = {
    Act.DECIDE: _take_decisions_back,
    Act.READ: _unread,
    Act.FINISH: _open_task,
    Act.RELEASE: _open_task,
    Act.TASK: _give_back,
    Act.ALERT: _leave_alert,
    Act.HAND: _call_off,
    Act.CLEAR: _wall_again,
}
