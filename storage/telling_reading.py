"""``bot.telling_records.TellingRecords``: who told of an action, and how the telling stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from bot.outgoing import DeliveryStatus, OutboundState
from bot.telling_plan import Contributor
from bot.telling_records import Fate, Progress, ToldState, ToTell
from storage.database import Database
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import action_round, action_told, outbound_message
from storage.telling import as_they_stand, contributors_among, due_to_tell
from storage.unit import AnyRow

_AT_ONCE = 500
_STANDS_THERE = ("webchat", "pages")
"""Channels on which what is sent is seen when somebody comes back."""
_ARRIVED = (int(DeliveryStatus.DELIVERED), int(DeliveryStatus.READ))
_WENT_WRONG = (int(DeliveryStatus.CANCELLED), int(DeliveryStatus.UNDELIVERED), int(DeliveryStatus.FAILED))
_WORST_FIRST = (Fate.FAILED, Fate.ON_ITS_WAY, Fate.WAITS_FOR_THEM, Fate.DELIVERED)
_NOT_SENT = {
    ToldState.PLANNED.value: Fate.LEAVES,
    ToldState.HELD_BACK.value: Fate.HELD_BACK,
    ToldState.STOPPED.value: Fate.STOPPED,
}


class SqlTelling:
    def __init__(self, database: Database, sealer: Sealer, store: SqlStore) -> None:
        self._database = database
        self._sealer = sealer
        self._store = store

    def transaction(self) -> Any:
        """A whole transaction of the store: what is said is enqueued in it."""
        return self._store.transaction()

    def contributors(self, action_id: UUID) -> Sequence[Contributor]:
        with self._database.reading() as connection:
            return contributors_among(connection, self._sealer, action_id)

    def any_to_tell(self, now: datetime) -> bool:
        with self._database.reading() as connection:
            return connection.execute(due_to_tell(now)).first() is not None

    def about_to_leave(self, outbound_id: UUID) -> ToTell | None:
        theirs = (
            select(action_told)
            .join_from(action_told, outbound_message, outbound_message.c.contact_id == action_told.c.contact_id)
            .where(outbound_message.c.id == outbound_id, action_told.c.state == ToldState.SENT.value)
        )
        with self._database.reading() as connection:
            for row in connection.execute(theirs).all():
                parts: list[str] = row.outbound_ids or []
                if str(outbound_id) in parts:
                    return as_they_stand(connection, self._sealer, row, has_begun=parts[0] != str(outbound_id))
        return None

    def progress(self, action_id: UUID) -> Progress:
        of = action_told.c.action_id == action_id
        goes = (
            select(func.max(action_round.c.goes_at, type_=action_round.c.goes_at.type))
            .join_from(action_told, action_round, action_round.c.id == action_told.c.round_id)
            .where(of, action_told.c.state == ToldState.PLANNED.value)
        )
        with self._database.reading() as connection:
            rows = connection.execute(select(action_told.c.state, action_told.c.outbound_ids).where(of)).all()
            parts = dict(_parts(connection, [UUID(each) for row in rows for each in row.outbound_ids or ()]))
            goes_at = connection.execute(goes).scalar_one()
        fates = Counter(
            _NOT_SENT.get(row.state) or _worst(parts[UUID(each)] for each in row.outbound_ids or () if UUID(each) in parts)
            for row in rows
        )
        return Progress(fates=fates, goes_at=goes_at)


def _parts(connection: Connection, ids: Sequence[UUID]) -> Iterator[tuple[UUID, Fate]]:
    row_ = outbound_message.c
    for some in range(0, len(ids), _AT_ONCE):
        query = select(row_.id, row_.state, row_.status, row_.channel, row_.window_shut)
        for row in connection.execute(query.where(row_.id.in_(ids[some : some + _AT_ONCE]))):
            yield row.id, _fate(row)


def _fate(row: AnyRow) -> Fate:
    if row.status in _ARRIVED:
        return Fate.DELIVERED
    if row.status in _WENT_WRONG or row.state in (OutboundState.FAILED.value, OutboundState.CANCELLED.value):
        return Fate.FAILED
    if row.state == OutboundState.WITHHELD.value:
        return Fate.WAITS_FOR_THEM if row.window_shut else Fate.FAILED
    stands_there = row.channel in _STANDS_THERE and row.state == OutboundState.SENT.value
    return Fate.WAITS_FOR_THEM if stands_there else Fate.ON_ITS_WAY


def _worst(fates: Iterable[Fate]) -> Fate:
    """A word of several parts has arrived when all of it has."""
    found = set(fates)
    return next((fate for fate in _WORST_FIRST if fate in found), Fate.ON_ITS_WAY)
