"""``bot.door.DoorRecords``: sessions and tries, known by keyed digests. Short transactions of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, case, delete, insert, null, select, update

from bot.door import QUIET, KeptSession, Tries, Way, one_more
from bot.model import Address
from storage.database import Database
from storage.sealing import Sealer
from storage.tables import sign_in_try, staff_session
from storage.unit import AnyRow

TOKEN, TRY = "staff-session", "sign-in-try"
"""What is digested, so that the digest of one thing is never that of another."""

FOUND = select(staff_session).where(staff_session.c.digest == bindparam("digest"))
OF = (
    select(staff_session)
    .where(staff_session.c.staff_id == bindparam("staff_id"), staff_session.c.ended_at.is_(None))
    .order_by(staff_session.c.begun_at.desc(), staff_session.c.id)
)
TRIED = select(sign_in_try).where(sign_in_try.c.digest == bindparam("digest")).with_for_update()


class SqlDoor:
    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    # --- sessions

    def keep(self, token: str, session: KeptSession) -> None:
        row = {
            "id": session.id,
            "digest": self._digest(TOKEN, token),
            "staff_id": session.staff_id,
            "version": session.version,
            "begun_at": session.begun_at,
            "seen_at": session.seen_at,
            "browser": session.browser,
            "way": session.way.value,
            "whole": session.whole,
            "stepped": session.stepped,
        }
        with self._database.writing() as connection:
            connection.execute(insert(staff_session), row)

    def found(self, token: str) -> KeptSession | None:
        with self._database.reading() as connection:
            row = connection.execute(FOUND, {"digest": self._digest(TOKEN, token)}).one_or_none()
        return None if row is None else _session(row)

    def seen(self, session_id: UUID, now: datetime) -> None:
        with self._database.writing() as connection:
            connection.execute(update(staff_session).where(staff_session.c.id == session_id).values(seen_at=now))

    def end(self, session_id: UUID, now: datetime) -> None:
        still = (staff_session.c.id == session_id, staff_session.c.ended_at.is_(None))
        with self._database.writing() as connection:
            connection.execute(update(staff_session).where(*still).values(ended_at=now))

    def of(self, staff_id: UUID) -> tuple[KeptSession, ...]:
        with self._database.reading() as connection:
            return tuple(_session(row) for row in connection.execute(OF, {"staff_id": staff_id}))

    def forget_before(self, moment: datetime) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(staff_session).where(staff_session.c.seen_at < moment))
            connection.execute(delete(sign_in_try).where(sign_in_try.c.last_at < moment - QUIET))

    # --- tries

    def count_try(self, free: Mapping[str, int], now: datetime) -> datetime | None:
        """The rows are there before they are locked, and are locked in one order: two at one moment count as two."""
        digests = dict(sorted((self._digest(TRY, key), count) for key, count in free.items()))
        with self._database.writing() as connection:
            once = self._database.insert_once(sign_in_try, "digest")
            before: dict[bytes, Tries] = {}
            for digest in digests:
                once.run(connection, {"digest": digest, "tries": 0, "last_at": now, "until": None})
                before[digest] = _tries(connection.execute(TRIED, {"digest": digest}).one())
            shut = [tries.until for tries in before.values() if tries.is_shut(now) and tries.until is not None]
            if shut:
                return max(shut)
            for digest, count in digests.items():
                after = one_more(before[digest], now, free=count)
                values = {"tries": after.count, "last_at": after.last_at, "until": after.until}
                connection.execute(update(sign_in_try).where(sign_in_try.c.digest == digest).values(**values))
        return None

    def give_back(self, *, forget: tuple[str, ...], one_less: tuple[str, ...]) -> None:
        column = sign_in_try.c
        with self._database.writing() as connection:
            own = [self._digest(TRY, key) for key in forget]
            connection.execute(delete(sign_in_try).where(column.digest.in_(own)))
            others = sorted(self._digest(TRY, key) for key in one_less)
            less = case((column.tries > 0, column.tries - 1), else_=0)
            connection.execute(update(sign_in_try).where(column.digest.in_(others)).values(tries=less, until=null()))

    def _digest(self, purpose: str, said: str) -> bytes:
        return self._sealer.blind_index(Address(purpose, said))


def _session(row: AnyRow) -> KeptSession:
    return KeptSession(
        id=row.id,
        staff_id=row.staff_id,
        version=row.version,
        begun_at=row.begun_at,
        seen_at=row.seen_at,
        browser=row.browser,
        way=Way(row.way),
        whole=row.whole,
        stepped=row.stepped,
        ended_at=row.ended_at,
    )


def _tries(row: AnyRow) -> Tries:
    return Tries(count=row.tries, last_at=row.last_at, until=row.until)
