"""``bot.passkeys.PasskeyRecords``: keys at the door. What is kept of one is public: its own half never leaves it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update

from bot.passkeys import Passkey
from storage.database import Database
from storage.tables import staff_passkey

row_ = staff_passkey.c


class SqlPasskeys:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, staff_id: UUID) -> tuple[Passkey, ...]:
        query = select(staff_passkey).where(row_.staff_id == staff_id).order_by(row_.added_at, row_.id)
        with self._database.reading() as connection:
            return tuple(
                Passkey(
                    id=row.id,
                    staff_id=row.staff_id,
                    credential=row.credential,
                    public=row.public,
                    count=row.signs,
                    name=row.name,
                    added_at=row.added_at,
                    used_at=row.used_at,
                )
                for row in connection.execute(query)
            )

    def add(self, key: Passkey) -> bool:
        values = {"id": key.id, "staff_id": key.staff_id, "credential": key.credential, "public": key.public}
        more = {"signs": key.count, "name": key.name, "added_at": key.added_at, "used_at": None}
        with self._database.writing() as connection:
            return bool(self._database.insert_once(staff_passkey, "credential").run(connection, values | more).rowcount)

    def rename(self, key_id: UUID, staff_id: UUID, name: str) -> bool:
        with self._database.writing() as connection:
            theirs = update(staff_passkey).where(row_.id == key_id, row_.staff_id == staff_id)
            return bool(connection.execute(theirs.values(name=name)).rowcount)

    def remove(self, key_id: UUID, staff_id: UUID) -> bool:
        with self._database.writing() as connection:
            return bool(connection.execute(delete(staff_passkey).where(row_.id == key_id, row_.staff_id == staff_id)).rowcount)

    def use(self, key_id: UUID, count: int, now: datetime) -> bool:
        """A key that does not count says 0 each time."""
        newer = row_.signs == 0 if count == 0 else row_.signs < count
        used = update(staff_passkey).where(row_.id == key_id, newer).values(signs=count, used_at=now)
        with self._database.writing() as connection:
            return bool(connection.execute(used).rowcount)
