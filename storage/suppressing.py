"""STOP outlives an erasure: of somebody who said it and was erased stays that this address is not written to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select

from storage.tables import suppression
from storage.unit import Unit

AMONG = suppression.c.blind_index.in_(bindparam("blind_indexes", expanding=True))

STOPPED_AT = select(func.min(suppression.c.opted_out_at)).where(AMONG)


def suppress(unit: Unit, indexes: Collection[bytes], at: datetime) -> None:
    statement = unit.database.insert_once(suppression, "blind_index")
    for index in sorted(indexes):  # one order for everybody, so that nobody waits for each other
        statement.run(unit.connection, {"blind_index": index, "opted_out_at": at})


def release(unit: Unit, indexes: Collection[bytes]) -> None:
    """START was said from one of them."""
    unit.connection.execute(delete(suppression).where(AMONG), {"blind_indexes": sorted(indexes)})


def stopped_at(unit: Unit, indexes: Collection[bytes]) -> datetime | None:
    """When STOP was said, by somebody erased since then, from any of these addresses."""
    moment: datetime | None = unit.connection.execute(STOPPED_AT, {"blind_indexes": sorted(indexes)}).scalar_one()
    return moment
