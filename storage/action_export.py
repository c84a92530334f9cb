"""Actions as rows for programs and spreadsheets: the team's words, where each stands, what hangs on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, not_, select

from bot.telling_records import ToldState
from storage.database import Database
from storage.editions import editions_of
from storage.inbox import LISTED
from storage.tables import action, action_link, action_told, experience, staff
from storage.unit import AnyRow
from storage.wall import WALLED

ACTIONS = (
    select(action, staff.c.name.label("owner"))
    .join(staff, staff.c.id == action.c.owner_id, isouter=True)
    .order_by(action.c.made_at, action.c.id)
)


class Linked(NamedTuple):
    """An experience that hangs on an action."""

    id: UUID
    reference: str


def export_actions(database: Database) -> Iterator[Mapping[str, object]]:
    """What is with safeguarding is not named among the experiences."""
    with database.reading() as connection:
        found, _ = actions_with_links(connection)
    yield from found


def actions_with_links(connection: Connection, *, lock: bool = False) -> tuple[list[Mapping[str, object]], list[UUID]]:
    """The rows, and the experiences that are named in them; ``lock`` holds these until the transaction ends."""
    linked = _linked(connection, lock=lock)
    rows = connection.execute(ACTIONS).all()
    named = dict.fromkeys(each.id for row in rows for each in linked.get(row.id, []))
    return [_action(connection, row, linked.get(row.id, [])) for row in rows], list(named)


def _action(connection: Connection, row: AnyRow, linked: Sequence[Linked]) -> Mapping[str, object]:
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
        "experiences": [each.reference for each in linked],
        "told": _told(connection, row.id),
    }


def _linked(connection: Connection, *, lock: bool) -> dict[UUID, list[Linked]]:
    """By action; read in one go, so that what is locked is what is named."""
    query = (
        select(action_link.c.action_id, experience.c.id, experience.c.reference)
        .join_from(action_link, experience, experience.c.id == action_link.c.experience_id)
        .where(action_link.c.unlinked_at.is_(None), LISTED, not_(WALLED))
        .order_by(experience.c.opened_at, experience.c.id)
    )
    linked: dict[UUID, list[Linked]] = {}
    for row in connection.execute(query.with_for_update(read=True, of=experience) if lock else query):
        linked.setdefault(row.action_id, []).append(Linked(row.id, row.reference))
    return linked


def _told(connection: Connection, action_id: UUID) -> int:
    sent = action_told.c.action_id == action_id, action_told.c.state == ToldState.SENT.value
    return connection.execute(select(func.count()).select_from(action_told).where(*sent)).scalar_one()
