"""Alerts that are handed on: ``bot.hand_over`` on the store, and what undoing a handing or a taking changes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, insert, null, select, update

from bot.alert_records import HandedTo
from bot.hand_over import End, Handing, HandingDue, NewHanding
from storage.database import Database
from storage.nobodys import handles_alerts, nobodys
from storage.tables import alert, alert_handing, experience, staff
from storage.unit import AnyRow, Unit

row = alert_handing.c
OPEN = row.ended_at.is_(None)
STILL_OPEN = alert.c.closed_at.is_(None)
TAKER = staff.alias("taker")
DUE = (
    select(alert_handing, experience.c.reference)
    .join_from(alert_handing, alert, alert.c.id == row.alert_id)
    .join(experience, experience.c.id == alert.c.experience_id, isouter=True)
    .where(OPEN, STILL_OPEN)
    .order_by(row.handed_at, row.id)
)
TOLD = (
    select(alert_handing, staff.c.name.label("hander"), TAKER.c.name.label("taker"))
    .join_from(alert_handing, staff, staff.c.id == row.handed_by)
    .join(TAKER, TAKER.c.id == row.taken_by, isouter=True)
    .order_by(row.handed_at, row.id)
)


class HandingOver(Unit):
    """The methods of ``bot.hand_over.HandWork`` that are its own, and the taking over of ``bot.ports.Transaction``."""

    def hand_over(self, handing: NewHanding) -> bool:
        held = self._hold(alert.c.id == handing.alert_id, alert.c.taken_by == handing.by)
        standing = select(row.id).where(row.alert_id == handing.alert_id, OPEN)
        if not held or self.connection.execute(standing).first() is not None:
            return False
        values = {"id": handing.id, "alert_id": handing.alert_id, "rung_id": handing.rung_id, "name": handing.name}
        times = {"handed_by": handing.by, "handed_at": handing.at, "next_at": handing.at, "chases": 0}
        self.connection.execute(insert(alert_handing), values | times)
        return True

    def chased_handing(self, handing_id: UUID, *, next_at: datetime) -> bool:
        chased = update(alert_handing).where(row.id == handing_id, OPEN).values(chases=row.chases + 1, next_at=next_at)
        return bool(self.connection.execute(chased).rowcount)

    def end_handing(self, handing_id: UUID, end: End, now: datetime) -> bool:
        return _end(self.connection, row.id == handing_id, end=end, now=now)

    def take_over_alert(self, alert_id: UUID, staff_id: UUID, now: datetime) -> bool:
        theirs = (row.alert_id == alert_id, row.handed_by != staff_id)
        if not self._hold(alert.c.id == alert_id) or not _end(
            self.connection, *theirs, end=End.TAKEN, now=now, taken_by=staff_id
        ):
            return False
        self.connection.execute(update(alert).where(alert.c.id == alert_id).values(taken_by=staff_id, taken_over_at=now))
        return True

    def _hold(self, *which: ColumnElement[bool]) -> bool:
        """Touching the alert holds it: of two who hand it on, take it over or close it at once, one comes second."""
        return bool(self.connection.execute(update(alert).where(*which, STILL_OPEN).values(taken_by=alert.c.taken_by)).rowcount)


def end_handings(connection: Connection, alert_id: UUID, end: End, now: datetime) -> None:
    """Nobody is called about it any more."""
    _end(connection, row.alert_id == alert_id, end=end, now=now)


def _end(connection: Connection, *which: ColumnElement[bool], end: End, now: datetime, taken_by: UUID | None = None) -> bool:
    ended = update(alert_handing).where(*which, OPEN).values(ending=end.value, ended_at=now, taken_by=taken_by)
    return bool(connection.execute(ended).rowcount)


def handings_due(database: Database, now: datetime) -> tuple[HandingDue, ...]:
    """``bot.hand_over.HandStore.handings_due``."""
    with database.reading() as connection:
        return tuple(
            HandingDue(
                id=due.id,
                alert_id=due.alert_id,
                rung_id=due.rung_id,
                by=due.handed_by,
                at=due.handed_at,
                chases=due.chases,
                reference=due.reference,
            )
            for due in connection.execute(DUE.where(row.next_at <= now))
        )


def handings(database: Database, alert_id: UUID) -> tuple[Handing, ...]:
    """``bot.alert_desk.AlertRecords.handings``."""
    with database.reading() as connection:
        return tuple(
            Handing(
                name=each.name,
                by=each.hander,
                at=each.handed_at,
                end=End(each.ending) if each.ending else None,
                ended_at=each.ended_at,
                taken_by=each.taker,
            )
            for each in connection.execute(TOLD.where(row.alert_id == alert_id))
        )


def handed_to(connection: Connection, alert_ids: Sequence[UUID]) -> dict[UUID, HandedTo]:
    """Of alerts that somebody has, whom they are handed to just now."""
    if not alert_ids:
        return {}
    query = select(row.alert_id, row.name, row.handed_at).where(row.alert_id.in_(alert_ids), OPEN)
    return {each.alert_id: HandedTo(each.name, each.handed_at) for each in connection.execute(query)}


def call_off(connection: Connection, alert_id: UUID, done: AnyRow, now: datetime) -> bool:
    """Undo a handing, as long as nobody has taken the alert. ``done``: the row of ``deed``."""
    which = (row.alert_id == alert_id, row.handed_by == done.staff_id, row.handed_at == done.at)
    return _end(connection, *which, end=End.CALLED_OFF, now=now)


def hand_back(connection: Connection, alert_id: UUID, done: AnyRow, now: datetime) -> bool:
    """Undo a taking over: it is again of whoever handed it on, and still handed; where they handle alerts no more, it is
    nobody's. False: it was not taken over by this act. Whoever handed it on is held before the alert, as where they are removed.
    """
    mine = (alert.c.id == alert_id, alert.c.taken_by == done.staff_id, alert.c.taken_over_at == done.at, STILL_OPEN)
    here = select(alert_handing).where(row.alert_id == alert_id)
    taken = connection.execute(here.where(row.ended_at == done.at, row.ending == End.TAKEN.value)).one_or_none()
    if taken is None:
        return False
    goes_back = handles_alerts(connection, taken.handed_by)
    if not connection.execute(update(alert).where(*mine).values(taken_over_at=done.at)).rowcount:
        return False
    if connection.execute(here.where(OPEN)).first() is not None:
        return False
    if not goes_back:
        connection.execute(update(alert).where(*mine).values(nobodys(now)))
        return True
    earlier = select(func.max(row.ended_at)).where(row.alert_id == alert_id, row.ending == End.TAKEN.value, row.id != taken.id)
    since = connection.execute(earlier).scalar_one()
    connection.execute(update(alert).where(*mine).values(taken_by=taken.handed_by, taken_over_at=since))
    again = {"ending": null(), "ended_at": null(), "taken_by": null(), "next_at": done.at}
    connection.execute(update(alert_handing).where(row.id == taken.id).values(again))
    return True
