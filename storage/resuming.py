"""``bot.resuming.ResumeCodes``: codes known by their keyed digest, each leading to a sealed address once.

A code that opens a talk does not open a record, nor the other way round: their digests differ.
"""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import and_, bindparam, delete, exists, func, insert, or_, select

from bot.model import Address
from bot.ports import Clock
from bot.resuming import LASTS
from storage.database import Database
from storage.sealing import Sealer
from storage.tables import resume_code, resume_try

PLACE = "resume_code|sealed"

TALK, RECORD = "talk", "record"
"""What a code opens. Their names for the digests, and those of the tries at them."""
DIGESTS = {TALK: ("resume-code", "resume-try"), RECORD: ("my-data-code", "my-data-try")}

EARLIER = and_(resume_code.c.address_index == bindparam("index"), resume_code.c.opens == bindparam("what"))
RAN_OUT = resume_code.c.expires_at <= bindparam("by")
FORGET = delete(resume_code).where(or_(EARLIER, RAN_OUT))
SWEEP = delete(resume_code).where(RAN_OUT)
TAKE = (
    delete(resume_code)
    .where(resume_code.c.digest == bindparam("wanted"))
    .returning(resume_code.c.id, resume_code.c.sealed, resume_code.c.expires_at)
)
FORGET_TRIES = delete(resume_try).where(resume_try.c.at < bindparam("since"))
ANYTHING_OLD = select(or_(exists().where(RAN_OUT), exists().where(resume_try.c.at < bindparam("since"))))
TRIES = select(func.count()).select_from(resume_try).where(resume_try.c.who == bindparam("whose"))


class SqlResumeCodes:
    """Short transactions of its own: none of this belongs to a turn."""

    def __init__(self, database: Database, sealer: Sealer, *, opens: str = TALK) -> None:
        self._database = database
        self._sealer = sealer
        self._opens = opens
        self._code, self._try = DIGESTS[opens]

    def keep(self, code: str, address: Address, *, until: datetime, now: datetime) -> None:
        row_id = uuid4()
        index = self._sealer.blind_index(address)
        row = {
            "digest": self._digest(self._code, code),
            "id": row_id,
            "address_index": index,
            "sealed": self._seal(address, row_id),
            "expires_at": until,
            "opens": self._opens,
        }
        with self._database.writing() as connection:
            connection.execute(FORGET, {"index": index, "what": self._opens, "by": now})
            connection.execute(insert(resume_code), row)

    def use(self, code: str, *, now: datetime) -> Address | None:
        with self._database.writing() as connection:
            row = connection.execute(TAKE, {"wanted": self._digest(self._code, code)}).first()
        if row is None or row.expires_at <= now:
            return None
        scheme, path = json.loads(self._sealer.unseal(row.sealed, PLACE, row.id))
        return Address(scheme, path)

    def count_try(self, who: str, *, now: datetime, since: datetime) -> int:
        """Noted and committed before it is counted: of tries at the same moment none goes uncounted."""
        whose = self._digest(self._try, who)
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


class SqlCodeSweep:
    """Forgets what ran out: nothing of a code, or of a try at one, outlives its quarter of an hour by more than a moment."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def sweep(self) -> bool:
        now = self._clock.now()
        since = now - LASTS
        with self._database.reading() as connection:
            if not connection.execute(ANYTHING_OLD, {"by": now, "since": since}).scalar_one():
                return False
        with self._database.writing() as connection:
            connection.execute(SWEEP, {"by": now})
            connection.execute(FORGET_TRIES, {"since": since})
        return False
