"""``bot.resuming.ResumeCodes``: codes known by their keyed digest, each leading to a sealed address once."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import bindparam, delete, func, insert, or_, select

from bot.model import Address
from storage.database import Database
from storage.sealing import Sealer
from storage.tables import resume_code, resume_try

PLACE = "resume_code|sealed"

FORGET = delete(resume_code).where(
    or_(resume_code.c.address_index == bindparam("index"), resume_code.c.expires_at <= bindparam("by"))
)
TAKE = (
    delete(resume_code)
    .where(resume_code.c.digest == bindparam("wanted"))
    .returning(resume_code.c.id, resume_code.c.sealed, resume_code.c.expires_at)
)
FORGET_TRIES = delete(resume_try).where(resume_try.c.at < bindparam("since"))
TRIES = select(func.count()).select_from(resume_try).where(resume_try.c.who == bindparam("whose"))


class SqlResumeCodes:
    """Short transactions of its own: none of this belongs to a turn."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def keep(self, code: str, address: Address, *, until: datetime, now: datetime) -> None:
        row_id = uuid4()
        index = self._sealer.blind_index(address)
        row = {
            "digest": self._digest("resume-code", code),
            "id": row_id,
            "address_index": index,
            "sealed": self._seal(address, row_id),
            "expires_at": until,
        }
        with self._database.writing() as connection:
            connection.execute(FORGET, {"index": index, "by": now})
            connection.execute(insert(resume_code), row)

    def use(self, code: str, *, now: datetime) -> Address | None:
        with self._database.writing() as connection:
            row = connection.execute(TAKE, {"wanted": self._digest("resume-code", code)}).first()
        if row is None or row.expires_at <= now:
            return None
        scheme, path = json.loads(self._sealer.unseal(row.sealed, PLACE, row.id))
        return Address(scheme, path)

    def count_try(self, who: str, *, now: datetime, since: datetime) -> int:
        """Noted and committed before it is counted: of tries at the same moment none goes uncounted."""
        whose = self._digest("resume-try", who)
        with self._database.writing() as connection:
            connection.execute(FORGET_TRIES, {"since": since})
            connection.execute(insert(resume_try), {"who": whose, "at": now})
        with self._database.reading() as connection:
            count: int = connection.execute(TRIES, {"whose": whose}).scalar_one()
        return count

    def _digest(self, purpose: str, said: str) -> bytes:
        return self._sealer.blind_index(Address(purpose, said))

    def _seal(self, address: Address, row_id: UUID) -> bytes:
        return self._sealer.seal(json.dumps([address.scheme, address.path]).encode(), PLACE, row_id)
