"""``bot.council.IdentityRecords``: by a keyed digest of issuer and subject."""

from __future__ import annotations

import json
from uuid import UUID

from sqlalchemy import insert, or_, select, update

from bot.model import Address
from bot.wall import Role
from storage.database import Database
from storage.sealing import Sealer
from storage.tables import staff, staff_identity
from storage.unit import Unit


class SqlIdentities:
    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def member_of(self, issuer: str, subject: str) -> UUID | None:
        query = select(staff_identity.c.staff_id).where(staff_identity.c.digest == _digest(self._sealer, issuer, subject))
        with self._database.reading() as connection:
            found: UUID | None = connection.execute(query).scalar_one_or_none()
        return found

    def kept_roles(self) -> dict[UUID, str]:
        its = staff_identity.c
        query = select(its.staff_id, its.other_role).join_from(staff_identity, staff, staff.c.id == its.staff_id)
        differs = (its.other_role.is_not(None), its.other_role != staff.c.role, staff.c.disabled_at.is_(None))
        may_keep = staff.c.role.in_((Role.ADMIN.value, Role.SAFEGUARDING.value))
        with self._database.reading() as connection:
            return {row.staff_id: row.other_role for row in connection.execute(query.where(*differs, may_keep))}


class IdentityActs(Unit):
    """The methods of ``bot.council.CouncilWork`` that are neither of ``bot.ports.Transaction`` nor of the team's."""

    def keep_identity(self, issuer: str, subject: str, staff_id: UUID) -> None:
        row = {"digest": _digest(self.sealer, issuer, subject), "staff_id": staff_id}
        self.connection.execute(insert(staff_identity), row)

    def note_other_role(self, staff_id: UUID, role: str | None) -> bool:
        stands = staff_identity.c.other_role
        differs = stands.is_not(None) if role is None else or_(stands.is_(None), stands != role)
        its = update(staff_identity).where(staff_identity.c.staff_id == staff_id, differs)
        return bool(self.connection.execute(its.values(other_role=role)).rowcount)


def _digest(sealer: Sealer, issuer: str, subject: str) -> bytes:
    return sealer.blind_index(Address("staff-identity", json.dumps([issuer, subject])))
