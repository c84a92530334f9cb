"""``bot.second_step.FactorRecords``: secrets sealed under their owner, codes on paper known by keyed digests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, delete, func, insert, null, select, update

from bot.model import Address
from bot.second_step import Factor
from storage.database import Database
from storage.sealing import Sealer
from storage.tables import recovery_code, second_step, staff_passkey

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
        return Factor(secret=self._open(row.sealed, staff_id), pending=self._open(row.sealed_pending, staff_id), since=row.since)

    def offer(self, staff_id: UUID, secret: str) -> None:
        sealed = self._sealer.seal(secret.encode(), SECRET, staff_id)
        with self._database.writing() as connection:
            new = {"staff_id": staff_id, "sealed": None, "sealed_pending": None, "since": None, "last_step": 0}
            self._database.insert_once(second_step, "staff_id").run(connection, new)
            connection.execute(update(second_step).where(row_.staff_id == staff_id).values(sealed_pending=sealed))

    def take(self, staff_id: UUID, *, step: int, codes: Sequence[str], now: datetime) -> bool:
        pending = (row_.staff_id == staff_id, row_.sealed_pending.is_not(None))
        taken = (
            update(second_step)
            .where(*pending)
            .values(sealed=row_.sealed_pending, sealed_pending=null(), since=now, last_step=step)
        )
        with self._database.writing() as connection:
            if connection.execute(taken).rowcount == 0:
                return False
            self._put_codes(connection, staff_id, codes)
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
