"""``bot.council.IdentityRecords``: by a keyed digest of issuer and subject."""

from __future__ import annotations

import json
from uuid import UUID

from sqlalchemy import insert, select

from bot.model import Address
from storage.database import Database
from storage.sealing import Sealer
from storage.tables import staff_identity


class SqlIdentities:
    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def member_of(self, issuer: str, subject: str) -> UUID | None:
        query = select(staff_identity.c.staff_id).where(staff_identity.c.digest == self._digest(issuer, subject))
        with self._database.reading() as connection:
            found: UUID | None = connection.execute(query).scalar_one_or_none()
        return found

    def keep(self, issuer: str, subject: str, staff_id: UUID) -> None:
        with self._database.writing() as connection:
            connection.execute(insert(staff_identity), {"digest": self._digest(issuer, subject), "staff_id": staff_id})

    def _digest(self, issuer: str, subject: str) -> bytes:
        return self._sealer.blind_index(Address("staff-identity", json.dumps([issuer, subject])))
