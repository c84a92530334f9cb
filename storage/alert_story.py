"""What has happened about one alert, and what came of the fire drills: each call, and how it went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, func, select

from bot.alert_desk import CallView, Drill
from storage.cards import word_of
from storage.database import Database
from storage.tables import alert, alert_call, alert_drill, outbound_message, staff

CALLS = (
    select(alert_call, outbound_message.c.state, outbound_message.c.status, outbound_message.c.sent_at)
    .join_from(alert_call, outbound_message, outbound_message.c.dedupe_key == alert_call.c.outbound)
    .order_by(alert_call.c.at, alert_call.c.rung, alert_call.c.route)
)
DRILLS = select(alert_drill, staff.c.name).join_from(alert_drill, staff, staff.c.id == alert_drill.c.taken_by, isouter=True)


def story(database: Database, alert_id: UUID) -> tuple[CallView, ...]:
    """The calls about one alert, oldest first."""
    with database.reading() as connection:
        return _calls(connection, [alert_id])[alert_id]


def drills(database: Database, *, limit: int) -> tuple[Drill, ...]:
    """The newest first."""
    with database.reading() as connection:
        rows = connection.execute(DRILLS.order_by(alert_drill.c.started_at.desc(), alert_drill.c.id).limit(limit)).all()
        calls = _calls(connection, [row.id for row in rows])
    return tuple(
        Drill(
            id=row.id,
            started_at=row.started_at,
            started_by=row.started_by,
            taken_by=row.name,
            taken_at=row.taken_at,
            is_running=row.next_at is not None,
            calls=calls[row.id],
        )
        for row in rows
    )


def drill(database: Database, drill_id: UUID) -> Drill | None:
    with database.reading() as connection:
        started_at = connection.execute(select(alert_drill.c.started_at).where(alert_drill.c.id == drill_id)).scalar_one_or_none()
    if started_at is None:
        return None
    return next((one for one in drills(database, limit=1000) if one.id == drill_id), None)


def count_open(database: Database) -> int:
    """How many real alerts have no outcome."""
    with database.reading() as connection:
        return int(connection.execute(select(func.count()).where(alert.c.closed_at.is_(None))).scalar_one())


def _calls(connection: Connection, subjects: Sequence[UUID]) -> dict[UUID, tuple[CallView, ...]]:
    found: dict[UUID, tuple[CallView, ...]] = defaultdict(tuple)
    if subjects:
        for row in connection.execute(CALLS.where(alert_call.c.subject.in_(subjects))):
            view = CallView(name=row.name, route=row.route, rung=row.rung, at=row.at, sent_at=row.sent_at, state=word_of(row))
            found[row.subject] = (*found[row.subject], view)
    return found
