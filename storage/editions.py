"""The words of an action as they were published, read."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, select

from bot.actions import Edition, State, Words
from bot.model import Locale
from storage.tables import action_edition, staff
from storage.unit import AnyRow

IS_PUBLIC = action_edition.c.taken_back_at.is_(None)


def words_of(row: AnyRow) -> Words:
    """Of a row of ``action`` or of ``action_edition``."""
    return Words(title=row.title, said=row.said, did=row.did, because=row.because, locale=Locale(row.locale))


def editions_of(connection: Connection, action_ids: Sequence[UUID]) -> dict[UUID, Edition]:
    """What families read now of each."""
    query = (
        select(action_edition, staff.c.name)
        .join_from(action_edition, staff, staff.c.id == action_edition.c.published_by)
        .where(action_edition.c.action_id.in_(action_ids), IS_PUBLIC)
    )
    return {row.action_id: _edition(row) for row in connection.execute(query)}


def edition_of(connection: Connection, action_id: UUID) -> Edition | None:
    return editions_of(connection, [action_id]).get(action_id)


def _edition(row: AnyRow) -> Edition:
    return Edition(
        id=row.id,
        words=words_of(row),
        state=State(row.state),
        people=row.people,
        published_at=row.published_at,
        by=row.name,
    )
