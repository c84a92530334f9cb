"""``bot.council.IdentityRecords``: by a keyed digest of issuer and subject."""

from __future__ import annotations

import json
from uuid import UUID

from sqlalchemy import insert, select

from bot.model import Address
from storage.database import Database
from storage.sealing import Sealer
from storage.tables import staff_identity
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


class IdentityActs(Unit):
    """The method of ``bot.council.CouncilWork`` that is not of ``bot.ports.Transaction``."""

    def keep_identity(self, issuer: str, subject: str, staff_id: UUID) -> None:
        row = {"digest": _digest(self.sealer, issuer, subject), "staff_id": staff_id}
        self.connection.execute(insert(staff_identity), row)


def _digest(sealer: Sealer, issuer: str, subject: str) -> bytes:
    return sealer.blind_index(Address("staff-identity", json.dumps([issuer, subject])))
