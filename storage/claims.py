"""Claims of turns: the person whose turn has been due the longest, leased to one worker, the try counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, case, exists, func, null, or_, select, update

from bot.conversation import Command, Conversation, Purpose
from bot.days import ZONE
from bot.draft import WRITE_BY_HAND
from bot.errors import WrongKeys
from bot.heard import Risk, RiskKind, RiskLevel
from bot.model import ChannelName, Contact, Locale
from bot.records import LastExperience, StoredInbound, TurnClaim
from storage import conversations
from storage.database import Database
from storage.envelopes import open_inbound, spans
from storage.parking import Stuck, put_aside
from storage.prepared import Prepared
from storage.sealing import Sealer
from storage.tables import consent, contact, conversation, experience, inbound_message, task
from storage.tables.messages import InboundState
from storage.unit import AnyRow

MOST_AT_ONCE = 200
"""How many waiting messages one claim takes at most; the rest are the next turn."""

WAITS = inbound_message.c.state == InboundState.WAITING.value

# Only what a claim needs: each column of each row costs its conversion.
DUE = Prepared(
    select(
        *(contact.c[name] for name in ("id", "locale", "opted_out_at", "greeted_at", "first_waiting_at", "turn_due_at", "ref"))
    )
    .where(
        contact.c.turn_due_at <= bindparam("now"), or_(contact.c.lease_until.is_(None), contact.c.lease_until <= bindparam("now"))
    )
    .order_by(contact.c.gives_way, contact.c.turn_due_at, contact.c.id)
    .limit(1)
    .with_for_update(skip_locked=True, key_share=True)
)

_OF_MESSAGE = (
    *("seq", "id", "channel", "sealed", "command", "risk", "risk_kinds", "risk_evidence", "received_at"),
    *("amended_at", "attempts"),
)

WAITING = Prepared(
    select(*(inbound_message.c[name] for name in _OF_MESSAGE))
    .where(inbound_message.c.contact_id == bindparam("of_contact"), WAITS)
    .order_by(inbound_message.c.seq)
    .limit(MOST_AT_ONCE)
)

COUNT_TRY = Prepared(
    update(inbound_message).where(inbound_message.c.seq == bindparam("of_seq")).values(attempts=inbound_message.c.attempts + 1)
)

TAKE_LEASE = Prepared(
    update(contact)
    .where(contact.c.id == bindparam("of_contact"))
    .values(lease_owner=bindparam("owner"), lease_until=bindparam("until"))
)

NOTHING_WAITS = Prepared(
    update(contact)
    .where(contact.c.id == bindparam("of_contact"))
    .values(first_waiting_at=null(), turn_due_at=null(), lease_owner=null(), lease_until=null())
)

OPEN_CONVERSATION = Prepared(
    select(conversation.c.id, conversation.c.state, conversation.c.held_at).where(
        conversation.c.contact_id == bindparam("of_contact"),
        conversation.c.channel == bindparam("on"),
        conversation.c.closed_at.is_(None),
    )
)

NEWEST_EXPERIENCE = Prepared(
    select(experience.c.id, experience.c.reference, experience.c.promised_on, experience.c.read_at)
    .where(experience.c.conversation_id == bindparam("of_conversation"))
    .order_by(experience.c.opened_at.desc(), experience.c.id)
    .limit(1)
)

NEWEST_ANYWHERE = Prepared(
    select(experience.c.reference, experience.c.promised_on, experience.c.read_at)
    .where(experience.c.contact_id == bindparam("of_contact"), ~experience.c.withdrawn)
    .order_by(experience.c.opened_at.desc(), experience.c.id)
    .limit(1)
)

MOURNS = Prepared(select(exists().where(task.c.contact_id == bindparam("of_contact"), task.c.kind == WRITE_BY_HAND)))
"""Whether a person of the team was asked to write to them, because somebody has died."""

CONSENTS = Prepared(
    select(consent.c.purpose, consent.c.given).where(consent.c.experience_id == bindparam("of_experience")).order_by(consent.c.id)
)


def claim_turn(
    database: Database,
    sealer: Sealer,
    *,
    worker: str,
    now: datetime,
    lease: timedelta,
    one_at_a_time: Sequence[ChannelName],
    look_first: bool,
) -> TurnClaim | None:
    """``bot.ports.Store.claim_turn``. ``look_first``: see without the write lock whether anybody is due at all."""
    if look_first and not _anything_due(database, now):
        return None
    # A claim lost with the power is no loss: the words wait still, and are claimed again.
    with database.writing(lasting=False) as connection:
        while True:
            due = DUE.run(connection, {"now": now}).one_or_none()
            if due is None:
                return None
            taken = _waiting(connection, sealer, due, now, one_at_a_time=one_at_a_time)
            if taken:
                break
            NOTHING_WAITS.run(connection, {"of_contact": due.id})
        TAKE_LEASE.run(connection, {"of_contact": due.id, "owner": worker, "until": now + lease})
        COUNT_TRY.run_all(connection, [{"of_seq": each.seq} for each in taken])
        return _claim(connection, due, taken, worker)


def _anything_due(database: Database, now: datetime) -> bool:
    with database.reading() as connection:
        return bool(DUE.run(connection, {"now": now}).all())


def _waiting(
    connection: Connection, sealer: Sealer, due: AnyRow, now: datetime, *, one_at_a_time: Sequence[ChannelName]
) -> list[StoredInbound]:
    """What waits on the channel of the first, opened; of a channel whose messages are turns of their own, the first alone.

    What does not open is parked here, or it would stand at the head of the queue for ever.
    """
    messages: list[StoredInbound] = []
    for row in WAITING.run(connection, {"of_contact": due.id}).all():
        if messages and row.channel != messages[0].message.channel:
            continue
        if messages and row.channel in one_at_a_time:
            break
        try:
            messages.append(_stored(sealer, row))
        except WrongKeys as error:
            stuck = [Stuck(seq=row.seq, id=row.id, risk=row.risk)]
            put_aside(
                connection,
                stuck,
                contact_id=due.id,
                channel=row.channel,
                locale=due.locale,
                experience_id=None,
                error=str(error),
                now=now,
            )
    return messages


def _claim(connection: Connection, due: AnyRow, taken: Sequence[StoredInbound], worker: str) -> TurnClaim:
    channel = taken[0].message.channel
    talk, experience_id = _talk(connection, due, channel)
    return TurnClaim(
        contact=Contact(
            id=due.id,
            locale=Locale(due.locale),
            opted_out_at=due.opted_out_at,
            greeted_at=due.greeted_at,
            first_waiting_at=due.first_waiting_at,
            turn_due_at=due.turn_due_at,
            ref=due.ref,
        ),
        channel=channel,
        address=taken[-1].message.sender,
        messages=tuple(taken),
        conversation=talk,
        experience_id=experience_id,
        worker=worker,
        last=_last(connection, due) if experience_id is None else None,
        mourns=due.greeted_at is not None and bool(MOURNS.run(connection, {"of_contact": due.id}).scalar_one_or_none()),
    )


def _last(connection: Connection, due: AnyRow) -> LastExperience | None:
    """Somebody who is new here, and on every other door too, has told us nothing yet."""
    if due.greeted_at is None:
        return None
    newest = NEWEST_ANYWHERE.run(connection, {"of_contact": due.id}).one_or_none()
    return None if newest is None else LastExperience(**_told(newest))


def _told(newest: AnyRow) -> dict[str, Any]:
    return {
        "reference": newest.reference,
        "promised_on": newest.promised_on,
        "read_on": None if newest.read_at is None else newest.read_at.astimezone(ZONE).date(),
    }


def _stored(sealer: Sealer, row: AnyRow) -> StoredInbound:
    return StoredInbound(
        seq=row.seq,
        id=row.id,
        message=open_inbound(sealer, row.sealed, row.id, row.channel),
        command=None if row.command is None else Command(row.command),
        risk=Risk(RiskLevel(row.risk), tuple(RiskKind(kind) for kind in row.risk_kinds or ()), spans(row.risk_evidence)),
        received_at=row.received_at,
        amended=row.amended_at is not None,
        attempts=row.attempts + 1,  # this try, counted in the same transaction
    )


def _talk(connection: Connection, due: AnyRow, channel: str) -> tuple[Conversation | None, UUID | None]:
    """The open conversation with what lives in other rows filled in, and its newest experience."""
    row = OPEN_CONVERSATION.run(connection, {"of_contact": due.id, "on": channel}).one_or_none()
    if row is None:
        return None, None
    talk = replace(
        conversations.from_json(row.state),
        held=row.held_at is not None,
        opted_out=due.opted_out_at is not None,
        greeted=due.greeted_at is not None,
    )
    newest = NEWEST_EXPERIENCE.run(connection, {"of_conversation": row.id}).one_or_none()
    if newest is None:
        return talk, None
    return replace(talk, **_of_experience(connection, newest)), newest.id


def _of_experience(connection: Connection, newest: AnyRow) -> dict[str, Any]:
    given = CONSENTS.run(connection, {"of_experience": newest.id}).all()
    return {**_told(newest), "consents": {Purpose(purpose): answer for purpose, answer in given}}


def next_turn_at(database: Database) -> datetime | None:
    """When the next turn falls due: at its own time, or when the lease on it runs out."""
    later = case((contact.c.lease_until > contact.c.turn_due_at, contact.c.lease_until), else_=contact.c.turn_due_at)
    with database.reading() as connection:
        moment: datetime | None = connection.execute(
            select(func.min(later)).where(contact.c.turn_due_at.is_not(None))
        ).scalar_one()
    return moment
