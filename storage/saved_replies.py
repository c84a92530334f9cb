"""Replies that the team keeps to begin with: ``bot.saved_replies.SavedReplyRecords``."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, func, select

from bot.records import StaffMember
from bot.saved_replies import Made, Version
from storage.audit import add_line
from storage.database import Database
from storage.sealing import Sealer
from storage.tables import saved_reply, staff
from storage.unit import AnyRow, Unit

VERSIONS = select(saved_reply, staff.c.name).join_from(saved_reply, staff, staff.c.id == saved_reply.c.staff_id)
NEWEST = (
    select(saved_reply.c.reply_id, func.max(saved_reply.c.number).label("number")).group_by(saved_reply.c.reply_id).subquery()
)


class SqlSavedReplies:
    """Short transactions of its own."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def standing(self) -> tuple[Version, ...]:
        newest = (NEWEST.c.reply_id == saved_reply.c.reply_id) & (NEWEST.c.number == saved_reply.c.number)
        found = self._all(VERSIONS.join(NEWEST, newest))
        return tuple(sorted(found, key=lambda each: (each.title.casefold(), each.reply_id)))

    def history(self, reply_id: UUID) -> tuple[Version, ...]:
        return self._all(VERSIONS.where(saved_reply.c.reply_id == reply_id).order_by(saved_reply.c.number.desc()))

    def add(self, version: Version, member: StaffMember) -> bool:
        values = {
            "id": version.id,
            "reply_id": version.reply_id,
            "number": version.number,
            "made": version.made.value,
            "title": version.title,
            "text": version.text,
            "staff_id": member.id,
            "at": version.at,
        }
        with self._database.writing() as connection:
            if not self._database.insert_once(saved_reply, "reply_id", "number").run(connection, values).rowcount:
                return False
            unit = Unit(self._database, connection, self._sealer, redactor=str)
            action, record = f"saved_reply_{version.made.value}", f"saved_reply:{version.reply_id}"
            add_line(unit, who=f"staff:{member.id}", action=action, record=record, why="", now=version.at)
        return True

    def _all(self, query: Select[tuple[object, ...]]) -> tuple[Version, ...]:
        with self._database.reading() as connection:
            return tuple(_version(row) for row in connection.execute(query))


def _version(row: AnyRow) -> Version:
    return Version(
        id=row.id,
        reply_id=row.reply_id,
        number=row.number,
        made=Made(row.made),
        title=row.title,
        text=row.text,
        by=row.name,
        at=row.at,
    )
