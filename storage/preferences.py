"""How one member of staff wants a page to be, and what the team has set for everybody."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select, update

from bot.records import StaffMember
from storage.audit import add_line
from storage.database import Database
from storage.sealing import Sealer
from storage.tables import preference, team_setting
from storage.unit import Unit


class SqlPreferences:
    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def preference(self, staff_id: UUID, name: str) -> str | None:
        query = select(preference.c.value).where(preference.c.staff_id == staff_id, preference.c.name == name)
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one_or_none()

    def prefer(self, staff_id: UUID, name: str, value: str) -> None:
        mine = (preference.c.staff_id == staff_id, preference.c.name == name)
        with self._database.writing() as connection:
            row = {"staff_id": staff_id, "name": name, "value": value}
            self._database.insert_once(preference, "staff_id", "name").run(connection, row)
            connection.execute(update(preference).where(*mine).values(value=value))

    def setting(self, name: str) -> str | None:
        with self._database.reading() as connection:
            return connection.execute(select(team_setting.c.value).where(team_setting.c.name == name)).scalar_one_or_none()

    def set(self, name: str, value: str, member: StaffMember, now: datetime) -> None:
        with self._database.writing() as connection:
            self._database.insert_once(team_setting, "name").run(connection, {"name": name, "value": value})
            connection.execute(update(team_setting).where(team_setting.c.name == name).values(value=value))
            self.audit(connection, member, "set", f"setting:{name}", now)

    def audit(self, connection: Connection, member: StaffMember, action: str, record: str, now: datetime) -> None:
        unit = Unit(self._database, connection, self._sealer, redactor=str)
        add_line(unit, who=f"staff:{member.id}", action=action, record=record, why="", now=now)
