"""``bot.polling.Shifts``: a row for each poller says who asks, and until when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, update

from storage.database import Database
from storage.tables import shift


class SqlShifts:
    """Short transactions of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, name: str, worker: str, *, until: datetime, now: datetime) -> bool:
        with self._database.writing() as connection:
            new = self._database.insert_once(shift, "name")
            if new.run(connection, {"name": name, "worker": worker, "until": until}).rowcount:
                return True
            mine = or_(shift.c.worker == worker, shift.c.until <= now)
            return bool(
                connection.execute(update(shift).where(shift.c.name == name, mine).values(worker=worker, until=until)).rowcount
            )

    def end(self, name: str, worker: str) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(shift).where(shift.c.name == name, shift.c.worker == worker))
