"""Actions as rows for programs and spreadsheets: the team's words, where each stands, what hangs on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from sqlalchemy import Connection, func, not_, select

from bot.actions_told import ToldState
from storage.database import Database
from storage.editions import editions_of
from storage.inbox import ALERT_OPEN, LISTED
from storage.tables import action, action_link, action_told, experience, staff
from storage.unit import AnyRow

ACTIONS = (
    select(action, staff.c.name.label("owner"))
    .join(staff, staff.c.id == action.c.owner_id, isouter=True)
    .order_by(action.c.made_at, action.c.id)
)


def export_actions(database: Database) -> Iterator[Mapping[str, object]]:
    """What is with safeguarding is not named among the experiences."""
    with database.reading() as connection:
        rows = connection.execute(ACTIONS).all()
        found = [_action(connection, row) for row in rows]
    yield from found


def _action(connection: Connection, row: AnyRow) -> Mapping[str, object]:
    edition = editions_of(connection, [row.id]).get(row.id)
    return {
        "id": row.id,
        "title": row.title,
        "said": row.said,
        "did": row.did,
        "could_not_because": row.because,
        "locale": row.locale,
        "state": row.state,
        "owner": row.owner,
        "due_on": row.due_on,
        "made_at": row.made_at,
        "changed_at": row.changed_at,
        "published_at": None if edition is None else edition.published_at,
        "published_by": None if edition is None else edition.by,
        "experiences": _references(connection, row.id),
        "told": _told(connection, row.id),
    }


def _references(connection: Connection, action_id: UUID) -> list[str]:
    query = (
        select(experience.c.reference)
        .join_from(action_link, experience, experience.c.id == action_link.c.experience_id)
        .where(action_link.c.action_id == action_id, action_link.c.unlinked_at.is_(None), LISTED, not_(ALERT_OPEN))
        .order_by(experience.c.opened_at, experience.c.id)
    )
    return list(connection.execute(query).scalars())


def _told(connection: Connection, action_id: UUID) -> int:
    sent = action_told.c.action_id == action_id, action_told.c.state == ToldState.SENT.value
    return connection.execute(select(func.count()).select_from(action_told).where(*sent)).scalar_one()
