"""Views of the inbox that staff save: ``bot.saved_views.ViewRecords``."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import case, delete, func, or_, select, update

from bot.saved_views import SavedView
from storage.database import Database
from storage.tables import saved_view, staff


class SqlViews:
    """Short transactions of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def views(self, staff_id: UUID) -> tuple[SavedView, ...]:
        query = (
            select(saved_view, staff.c.name.label("owner"))
            .join_from(saved_view, staff, staff.c.id == saved_view.c.owner_id)
            .where(or_(saved_view.c.owner_id == staff_id, saved_view.c.shared))
            .order_by(
                case((saved_view.c.owner_id == staff_id, 0), else_=1),
                case((saved_view.c.owner_id == staff_id, saved_view.c.position), else_=0),
                saved_view.c.name,
                saved_view.c.id,
            )
        )
        with self._database.reading() as connection:
            return tuple(
                SavedView(id=row.id, name=row.name, owner_id=row.owner_id, owner=row.owner, shared=row.shared, query=row.query)
                for row in connection.execute(query)
            )

    def add(self, view: SavedView, now: datetime) -> bool:
        last = select(func.coalesce(func.max(saved_view.c.position), 0) + 1).where(saved_view.c.owner_id == view.owner_id)
        with self._database.writing() as connection:
            values = {
                "id": view.id,
                "name": view.name,
                "owner_id": view.owner_id,
                "shared": view.shared,
                "query": {kind: list(codes) for kind, codes in view.query.items()},
                "position": connection.execute(last).scalar_one(),
                "made_at": now,
            }
            return bool(self._database.insert_once(saved_view, "id").run(connection, values).rowcount)

    def put_first(self, view_id: UUID, staff_id: UUID) -> None:
        first = select(func.min(saved_view.c.position) - 1).where(saved_view.c.owner_id == staff_id)
        own = (saved_view.c.id == view_id, saved_view.c.owner_id == staff_id)
        with self._database.writing() as connection:
            position = connection.execute(first).scalar_one()
            connection.execute(update(saved_view).where(*own).values(position=position))

    def drop(self, view_id: UUID, staff_id: UUID) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(saved_view).where(saved_view.c.id == view_id, saved_view.c.owner_id == staff_id))
