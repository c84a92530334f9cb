"""The outbox: what is to be said, committed before it is sent, claimed by one worker at a time, settled afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, bindparam, case, exists, func, null, or_, select, text, update

from bot.errors import LeaseLost, NotFound, WrongKeys
from bot.model import ChannelName, Locale
from bot.nudges import NUDGE
from bot.outgoing import OutboundState, Outgoing, Priority, Sent
from bot.records import NewOutbound, OutboundClaim
from storage.database import Database
from storage.envelopes import open_outbound, seal_outbound
from storage.prepared import Prepared
from storage.sealing import Sealer
from storage.tables import contact, conversation, inbound_message, outbound_message
from storage.tables.messages import LIVE
from storage.tombstones import READ_LATER, forget_outbound, stand_in
from storage.unit import AnyRow, Unit

row_ = outbound_message.c
earlier = outbound_message.alias("earlier")

# LIVE is written out, not bound: only so do both databases see that the partial indexes answer it. Inside the inner
# SELECT its bare column names mean the inner table.
# What nobody waits for (a notice that is held until the morning) does not stand before what somebody does.
EARLIER_STILL_HERE = (
    exists()
    .where(earlier.c.address_index == row_.address_index, earlier.c.seq < row_.seq, earlier.c.priority <= row_.priority)
    .where(text(LIVE))
)

LAST_INBOUND = (
    select(inbound_message.c.received_at)
    .where(inbound_message.c.contact_id == row_.contact_id, inbound_message.c.address_index == row_.address_index)
    .order_by(inbound_message.c.seq.desc())
    .limit(1)
    .scalar_subquery()
)

NEXT = (
    select(outbound_message, contact.c.opted_out_at, LAST_INBOUND.label("last_inbound_at"))
    .join_from(outbound_message, contact, contact.c.id == row_.contact_id, isouter=True)
    .where(text(LIVE))
    .where(
        or_(
            and_(row_.state != OutboundState.SENDING.value, row_.not_before <= bindparam("now")),
            and_(row_.state == OutboundState.SENDING.value, row_.lease_until <= bindparam("now")),
        ),
        or_(row_.channel.not_in(bindparam("without", expanding=True)), row_.priority <= int(Priority.ALERT)),
        # A signpost or an alert does not stand in line behind what has not left yet.
        or_(row_.priority <= int(Priority.ALERT), ~EARLIER_STILL_HERE),
    )
    .order_by(row_.priority, row_.seq)
    .limit(1)
    .with_for_update(of=outbound_message, skip_locked=True)
)

TAKE = Prepared(
    update(outbound_message)
    .where(row_.seq == bindparam("of_seq"))
    .values(
        state=OutboundState.SENDING.value,
        lease_owner=bindparam("owner"),
        lease_until=bindparam("until"),
        attempts=row_.attempts + 1,
        attempted_at=func.coalesce(row_.attempted_at, bindparam("now", type_=row_.attempted_at.type)),
    )
)

ERASED = exists().where(contact.c.id == row_.contact_id, contact.c.erased_at.is_not(None))

REFUSE = (
    update(outbound_message)
    .where(row_.seq == bindparam("of_seq"))
    .values(state=OutboundState.FAILED.value, lease_owner=null(), lease_until=null())
)


class Outbox(Unit):
    """The methods of ``bot.ports.Transaction`` about what leaves."""

    def enqueue(self, outbound: NewOutbound, now: datetime) -> int | None:
        values = {
            "id": outbound.id,
            "dedupe_key": outbound.dedupe_key,
            "contact_id": outbound.contact_id,
            "conversation_id": outbound.conversation_id,
            "alert_id": outbound.alert_id,
            "staff_id": outbound.staff_id,
            "address_index": self.sealer.blind_index(outbound.address),
            "channel": outbound.channel,
            "sealed": seal_outbound(self.sealer, outbound),
            "redacted": (self.people if outbound.by_person else self.redactor)(outbound.part.text) if outbound.in_clear else "",
            "key": outbound.key,
            "question": outbound.question,
            "locale": outbound.locale,
            "priority": int(outbound.priority),
            "position": outbound.position,
            "state": OutboundState.PENDING.value,
            "not_before": outbound.not_before,
            "created_at": now,
        }
        statement = self.database.insert_once(outbound_message, "dedupe_key", numbered=True)
        seq: int | None = statement.run(self.connection, values).scalar_one_or_none()
        return seq

    def settle_outbound(
        self,
        outbound_id: UUID,
        worker: str,
        *,
        state: OutboundState,
        sent: Sent | None = None,
        error: str | None = None,
        not_before: datetime | None = None,
        asked: int | None = None,
        window_shut: bool = False,
        now: datetime,
    ) -> None:
        """For ``PENDING``, ``not_before`` left out means at once; for ``UNKNOWN``, that nobody asks again."""
        if state is OutboundState.PENDING and not_before is None:
            not_before = now
        values: dict[str, Any] = {"state": state.value, "lease_owner": None, "lease_until": None, "error": error}
        values["window_shut"] = window_shut
        values["not_before"] = not_before
        if asked is not None:
            values["asked"] = asked
        if state is OutboundState.SENT:
            values["sent_at"] = now
        if sent is not None:
            values["provider_id"] = sent.provider_id
            values["status"] = case((row_.status < int(sent.status), int(sent.status)), else_=row_.status)
        settled = self.connection.execute(
            update(outbound_message)
            .where(row_.id == outbound_id, row_.state == OutboundState.SENDING.value, row_.lease_owner == worker)
            .values(**values)
            .returning(row_.seq, row_.sealed, row_.channel, row_.alert_id, ERASED.label("erased"), text(f"({LIVE}) AS live"))
        ).one_or_none()
        if settled is None:
            self._settle_late(outbound_id, sent)
        elif settled.erased and not settled.live and settled.alert_id is None:
            self._forget(outbound_id, settled)

    def free_key(self, outbound_id: UUID) -> None:
        anew = row_.dedupe_key + f":called_off:{outbound_id}"
        self.connection.execute(update(outbound_message).where(row_.id == outbound_id).values(dedupe_key=anew))

    def _forget(self, outbound_id: UUID, row: AnyRow) -> None:
        """What we said after an erasure (that it is done) is forgotten in its turn, once it has gone."""
        address = open_outbound(self.sealer, row.sealed, outbound_id, row.channel).address
        if address.scheme not in READ_LATER:
            forget_outbound(self, row_.seq == row.seq)

    def _settle_late(self, outbound_id: UUID, sent: Sent | None) -> None:
        """Somebody was quicker: a receipt (what it said stands, and only the provider's id is added) or a worker."""
        row = self.connection.execute(
            select(row_.state, row_.provider_id, row_.retired_ids, row_.sealed, row_.channel)
            .where(row_.id == outbound_id)
            .with_for_update()
        ).one_or_none()
        if row is None:
            raise NotFound
        if row.state == OutboundState.SENDING:
            raise LeaseLost
        if sent is None or sent.provider_id is None or row.provider_id is not None:
            return
        if row.state == OutboundState.PENDING:
            # The receipt has already put it back for another try; this id belongs to the try that failed.
            learnt: dict[str, Any] = {"retired_ids": [*(row.retired_ids or ()), sent.provider_id]}
        elif row.sealed is None:  # forgotten while it was on its way
            learnt = {"provider_id": stand_in(self.sealer, row.channel, sent.provider_id)}
        else:
            learnt = {"provider_id": sent.provider_id}
        self.connection.execute(update(outbound_message).where(row_.id == outbound_id).values(**learnt))


def claim_outbound(
    database: Database,
    sealer: Sealer,
    *,
    worker: str,
    now: datetime,
    lease: timedelta,
    without: Sequence[ChannelName],
    look_first: bool,
) -> OutboundClaim | None:
    """``bot.ports.Store.claim_outbound``. ``look_first``: see without the write lock whether anything is to go at all."""
    wanted = {"now": now, "without": list(without)}
    if look_first and not _anything_to_send(database, wanted):
        return None
    with database.writing() as connection:
        while True:
            row = connection.execute(NEXT, wanted).one_or_none()
            if row is None:
                return None
            outgoing = _opened(connection, sealer, row)
            if outgoing is not None:
                break
        TAKE.run(connection, {"of_seq": row.seq, "owner": worker, "until": now + lease, "now": now})
    return OutboundClaim(
        outgoing=outgoing,
        contact_id=row.contact_id,
        priority=Priority(row.priority),
        key=row.key,
        attempts=row.attempts + 1,
        created_at=row.created_at,
        was_sending=row.state != OutboundState.PENDING,
        attempted_at=row.attempted_at or now,
        asked=row.asked,
        opted_out=row.opted_out_at is not None,
        last_inbound_at=row.last_inbound_at,
        alert_id=row.alert_id,
    )


def _anything_to_send(database: Database, wanted: dict[str, Any]) -> bool:
    with database.reading() as connection:
        return connection.execute(NEXT, wanted).first() is not None


def _opened(connection: Connection, sealer: Sealer, row: AnyRow) -> Outgoing | None:
    """The row's words, or None: a row that does not open is refused by name, and the line behind it moves on."""
    try:
        outgoing = open_outbound(sealer, row.sealed, row.id, row.channel)
    except WrongKeys as error:
        connection.execute(
            REFUSE,
            {
                "of_seq": row.seq,
                "state": OutboundState.FAILED.value,
                "error": str(error),
                "lease_owner": None,
                "lease_until": None,
            },
        )
        return None
    return replace(outgoing, key=row.key, locale=Locale(row.locale))


def is_provider_id_of_another(
    database: Database, sealer: Sealer, channel: ChannelName, provider_id: str, *, apart_from: UUID
) -> bool:
    """``bot.ports.Store.is_provider_id_of_another``. A message that was forgotten is known by its digest."""
    names = (provider_id, stand_in(sealer, channel, provider_id))
    with database.reading() as connection:
        return (
            connection.execute(
                select(row_.seq).where(row_.channel == channel, row_.provider_id.in_(names), row_.id != apart_from).limit(1)
            ).first()
            is not None
        )


def waits_behind(database: Database, outbound_id: UUID) -> bool:
    """``bot.ports.Store.waits_behind``."""
    words = outbound_message.alias("words")
    for_them_to_write = exists().where(
        words.c.address_index == row_.address_index,
        words.c.channel == row_.channel,
        words.c.state == OutboundState.WITHHELD.value,
        words.c.window_shut,
        words.c.key != NUDGE,
    )
    asked_by_staff = exists().where(conversation.c.id == row_.conversation_id, conversation.c.held_at.is_not(None))
    with database.reading() as connection:
        query = select(or_(for_them_to_write, asked_by_staff)).select_from(outbound_message).where(row_.id == outbound_id)
        return bool(connection.execute(query).scalar_one_or_none())


def sent_since(database: Database, channel: ChannelName, since: datetime, *, index: bytes | None) -> int:
    """``bot.ports.Store.sent_since``; ``index`` is the blind one of an address."""
    query = select(func.count()).select_from(outbound_message).where(row_.channel == channel, row_.sent_at >= since)
    if index is not None:
        query = query.where(row_.address_index == index)
    with database.reading() as connection:
        return connection.execute(query).scalar_one()
