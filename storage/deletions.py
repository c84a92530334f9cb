"""``bot.deletions.DeletionRecords``: the wishes to be deleted that providers handed on."""

from __future__ import annotations

from sqlalchemy import select

from bot.deletions import Deletion
from bot.model import ChannelName
from storage.database import Database
from storage.tables import deletion_request, staff
from storage.unit import AnyRow

asked = deletion_request.c

DELETIONS = select(deletion_request, staff.c.name).join_from(deletion_request, staff, staff.c.id == asked.done_by, isouter=True)


class SqlDeletions:
    """Reads only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def deletions(self) -> tuple[Deletion, ...]:
        waiting = DELETIONS.where(asked.done_at.is_(None)).order_by(asked.asked_at, asked.code)
        done = DELETIONS.where(asked.done_at.is_not(None)).order_by(asked.done_at.desc(), asked.code)
        with self._database.reading() as connection:
            return tuple(_view(row) for query in (waiting, done) for row in connection.execute(query))

    def deletion(self, code: str) -> Deletion | None:
        with self._database.reading() as connection:
            row = connection.execute(DELETIONS.where(asked.code == code)).one_or_none()
        return None if row is None else _view(row)


def _view(row: AnyRow) -> Deletion:
    return Deletion(
        code=row.code,
        channel=ChannelName(row.channel),
        asked_at=row.asked_at,
        is_known=row.contact_id is not None,
        done_at=row.done_at,
        done_by=row.name,
    )
