"""``bot.second_step.FactorRecords``: secrets sealed under their owner, codes on paper known by keyed digests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, delete, func, insert, null, select, update

from bot.model import Address
from bot.second_step import Factor
from storage.database import Database
from storage.sealing import Sealer
from storage.tables import recovery_code, second_step, staff, staff_passkey

SECRET = "second_step|sealed"  # noqa: S105 - the name of a place
CODE = "recovery-code"
row_ = second_step.c


class SqlFactors:
    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def factor(self, staff_id: UUID) -> Factor | None:
        with self._database.reading() as connection:
            row = connection.execute(select(second_step).where(row_.staff_id == staff_id)).one_or_none()
        if row is None:
            return None
        pending, drawn_in, drawn_at = _drawn(self._open(row.sealed_pending, staff_id))
        secret = self._open(row.sealed, staff_id)
        return Factor(secret=secret, pending=pending, since=row.since, drawn_in=drawn_in, drawn_at=drawn_at)

    def offer(self, staff_id: UUID, secret: str, *, session_id: UUID, now: datetime) -> None:
        drawn = json.dumps([secret, str(session_id), now.isoformat()])
        sealed = self._sealer.seal(drawn.encode(), SECRET, staff_id)
        with self._database.writing() as connection:
            new = {"staff_id": staff_id, "sealed": None, "sealed_pending": None, "since": None, "last_step": 0}
            self._database.insert_once(second_step, "staff_id").run(connection, new)
            connection.execute(update(second_step).where(row_.staff_id == staff_id).values(sealed_pending=sealed))

    def take(self, staff_id: UUID, secret: str, *, step: int, codes: Sequence[str], now: datetime) -> bool:
        """The row is locked before it is read: of two that are drawn and taken at one moment, one counts and is told."""
        mine = row_.staff_id == staff_id
        with self._database.writing() as connection:
            row = connection.execute(select(second_step).where(mine).with_for_update()).one_or_none()
            if row is None or _drawn(self._open(row.sealed_pending, staff_id))[0] != secret:
                return False
            sealed = self._sealer.seal(secret.encode(), SECRET, staff_id)
            taken = {"sealed": sealed, "sealed_pending": null(), "since": now, "last_step": step}
            connection.execute(update(second_step).where(mine).values(**taken))
            self._put_codes(connection, staff_id, codes)
            over = {"session_version": staff.c.session_version + 1}
            connection.execute(update(staff).where(staff.c.id == staff_id).values(**over))
        return True

    def use_step(self, staff_id: UUID, step: int) -> bool:
        later = update(second_step).where(row_.staff_id == staff_id, row_.last_step < step).values(last_step=step)
        with self._database.writing() as connection:
            return bool(connection.execute(later).rowcount)

    def use_code(self, staff_id: UUID, code: str, now: datetime) -> bool:
        code_ = recovery_code.c
        unused = (code_.digest == self._digest(staff_id, code), code_.staff_id == staff_id, code_.used_at.is_(None))
        with self._database.writing() as connection:
            return bool(connection.execute(update(recovery_code).where(*unused).values(used_at=now)).rowcount)

    def renew_codes(self, staff_id: UUID, codes: Sequence[str]) -> None:
        with self._database.writing() as connection:
            self._put_codes(connection, staff_id, codes)

    def codes_left(self, staff_id: UUID) -> int:
        unused = (recovery_code.c.staff_id == staff_id, recovery_code.c.used_at.is_(None))
        with self._database.reading() as connection:
            left: int = connection.execute(select(func.count()).select_from(recovery_code).where(*unused)).scalar_one()
        return left

    def forget(self, staff_id: UUID) -> None:
        """With their keys: what opens the door beside the password."""
        with self._database.writing() as connection:
            connection.execute(delete(recovery_code).where(recovery_code.c.staff_id == staff_id))
            connection.execute(delete(second_step).where(row_.staff_id == staff_id))
            connection.execute(delete(staff_passkey).where(staff_passkey.c.staff_id == staff_id))

    def having(self) -> frozenset[UUID]:
        with self._database.reading() as connection:
            return frozenset(connection.execute(select(row_.staff_id).where(row_.sealed.is_not(None))).scalars())

    def _put_codes(self, connection: Connection, staff_id: UUID, codes: Sequence[str]) -> None:
        connection.execute(delete(recovery_code).where(recovery_code.c.staff_id == staff_id))
        rows: list[dict[str, Any]] = [
            {"id": uuid4(), "staff_id": staff_id, "digest": self._digest(staff_id, code), "used_at": None} for code in codes
        ]
        connection.execute(insert(recovery_code), rows)

    def _open(self, sealed: bytes | None, staff_id: UUID) -> str | None:
        return None if sealed is None else self._sealer.unseal(sealed, SECRET, staff_id).decode()

    def _digest(self, staff_id: UUID, code: str) -> bytes:
        return self._sealer.blind_index(Address(CODE, f"{staff_id}:{code}"))


def _drawn(opened: str | None) -> tuple[str | None, UUID | None, datetime | None]:
    """A pending secret, the session it was drawn in, and when. One that an earlier release kept says neither: it ran out."""
    if opened is None or not opened.startswith("["):
        return None, None, None
    secret, session_id, at = json.loads(opened)
    return secret, UUID(session_id), datetime.fromisoformat(at)
