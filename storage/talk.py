"""The talk: as staff read it, redacted; and as the person it belongs to sees it on the web, in their own words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, false, func, or_, select

from bot.cards import BY_PARENT, BY_STAFF, ExperienceView, TalkLine
from bot.model import Address, ChannelName
from bot.outgoing import OutboundState
from bot.records import ChatLine
from storage.cards import CARDS, cards, word_of
from storage.database import Database
from storage.envelopes import open_inbound, open_outbound, spans
from storage.hearing import SEQ_OF
from storage.sealing import Sealer
from storage.tables import address as address_table
from storage.tables import alert, experience, inbound_message, outbound_message, removed_passage, staff, translation
from storage.tables.messages import InboundState
from storage.tombstones import forgotten
from storage.unit import AnyRow, kept_id

BY_EARSHOT = "earshot"

OF_TALK = select(experience.c.id, experience.c.contact_id, experience.c.conversation_id, experience.c.channel)
"""What is to be known of an experience to find what we said in its talk."""

SHOWN_IN_CHAT = (OutboundState.PENDING, OutboundState.SENDING, OutboundState.SENT, OutboundState.UNKNOWN)
"""A line is shown as soon as it is committed: one that came up late would stand behind what has been polled already."""

CONTACT_OF = select(address_table.c.contact_id).where(address_table.c.blind_index == bindparam("index")).scalar_subquery()

NEWEST_MEANING = (
    select(translation.c.redacted)
    .where(translation.c.inbound_seq == inbound_message.c.seq, translation.c.heard_at.is_not(None))
    .order_by(translation.c.version.desc())
    .limit(1)
    .scalar_subquery()
)

REMOVED = exists().where(
    removed_passage.c.inbound_seq == inbound_message.c.seq, removed_passage.c.whole, removed_passage.c.put_back_at.is_(None)
)
"""The team removed its last passage."""

INBOUND_LINES = (
    select(
        inbound_message.c.seq,
        inbound_message.c.id,
        inbound_message.c.channel,
        inbound_message.c.sealed,
        inbound_message.c.received_at,
    )
    .where(inbound_message.c.contact_id == CONTACT_OF, inbound_message.c.address_index == bindparam("index"))
    .where(inbound_message.c.seq > bindparam("after"), inbound_message.c.channel.in_(bindparam("channels", expanding=True)))
    .where(inbound_message.c.sealed.is_not(None), inbound_message.c.state != InboundState.TAKEN_BACK.value)
    .order_by(inbound_message.c.seq)
)

OUTBOUND_LINES = (
    select(
        outbound_message.c.seq,
        outbound_message.c.id,
        outbound_message.c.channel,
        outbound_message.c.sealed,
        outbound_message.c.key,
        outbound_message.c.created_at,
    )
    .where(outbound_message.c.address_index == bindparam("index"), outbound_message.c.seq > bindparam("after"))
    .where(outbound_message.c.channel.in_(bindparam("channels", expanding=True)))
    .where(outbound_message.c.sealed.is_not(None), outbound_message.c.state.in_(SHOWN_IN_CHAT))
    .order_by(outbound_message.c.seq)
)


def chat_lines(
    database: Database, sealer: Sealer, address: Address, *, after: int, channels: Sequence[ChannelName]
) -> tuple[ChatLine, ...]:
    """``bot.ports.Store.chat_lines``, in the order of ``seq``."""
    wanted = {"index": sealer.blind_index(address), "after": after, "channels": list(channels)}
    with database.reading() as connection:
        theirs = connection.execute(INBOUND_LINES, wanted).all()
        ours = connection.execute(OUTBOUND_LINES, wanted).all()
    lines = [_their_line(sealer, row) for row in theirs] + [_our_line(sealer, row) for row in ours]
    return tuple(sorted(lines, key=lambda line: line.seq))


def _their_line(sealer: Sealer, row: AnyRow) -> ChatLine:
    message = open_inbound(sealer, row.sealed, row.id, row.channel)
    return ChatLine(seq=row.seq, sender=BY_PARENT, text=message.text, choices=(), at=row.received_at)


def _our_line(sealer: Sealer, row: AnyRow) -> ChatLine:
    said = open_outbound(sealer, row.sealed, row.id, row.channel)
    return ChatLine(seq=row.seq, sender=BY_EARSHOT, text=said.text, choices=said.choices, at=row.created_at, key=row.key)


def turn_pending(database: Database, sealer: Sealer, address: Address) -> bool:
    """``bot.ports.Store.turn_pending``."""
    waiting = exists().where(inbound_message.c.contact_id == CONTACT_OF, inbound_message.c.state == InboundState.WAITING.value)
    with database.reading() as connection:
        return bool(connection.execute(select(waiting), {"index": sealer.blind_index(address)}).scalar_one())


def inbound_since(database: Database, sealer: Sealer, address: Address, since: datetime) -> int:
    """``bot.ports.Store.inbound_since``."""
    query = (
        select(func.count())
        .select_from(inbound_message)
        .where(inbound_message.c.contact_id == CONTACT_OF, inbound_message.c.address_index == bindparam("index"))
        .where(inbound_message.c.received_at >= since)
    )
    with database.reading() as connection:
        return connection.execute(query, {"index": sealer.blind_index(address)}).scalar_one()


def seq_of(database: Database, sealer: Sealer, channel: ChannelName, account: str, external_id: str) -> int | None:
    """``bot.ports.Store.seq_of``."""
    values = {"channel": channel, "account": kept_id(account), "external_id": kept_id(external_id)}
    with database.reading() as connection:
        seq: int | None = SEQ_OF.run(connection, values).scalar_one_or_none()
        if seq is None:
            seq = SEQ_OF.run(connection, forgotten(sealer, channel, account, external_id)).scalar_one_or_none()
    return seq


def experience_view(database: Database, reference: str) -> ExperienceView | None:
    """``bot.ports.Store.experience``: the card, the talk from its first words to the next experience's, its alerts."""
    with database.reading() as connection:
        row = connection.execute(
            CARDS.where(experience.c.reference == reference, experience.c.withdrawn.is_(False))
        ).one_or_none()
        if row is None:
            return None
        (card,) = cards(connection, [row])
        talk = [*_their_talk(connection, row.id), *_our_talk(connection, row)]
    return ExperienceView(
        card=card,
        talk=tuple(sorted(talk, key=lambda line: line.seq)),
        alerts=card.alerts,
        age_band=row.age_band,
        service=row.service,
    )


def _their_talk(connection: Connection, experience_id: UUID) -> list[TalkLine]:
    query = select(
        inbound_message.c.seq,
        inbound_message.c.state,
        inbound_message.c.redacted,
        inbound_message.c.received_at,
        inbound_message.c.media,
        inbound_message.c.doubtful,
        NEWEST_MEANING.label("meaning"),
        REMOVED.label("removed"),
    ).where(inbound_message.c.experience_id == experience_id)
    return [
        TalkLine(
            seq=row.seq,
            who=BY_PARENT,
            text=row.redacted,
            at=row.received_at,
            state="" if row.state == InboundState.HEARD else row.state,
            # Empty because it has no words, or because the redacted copy could not be made?
            redacted=row.state != InboundState.PARKED or bool(row.redacted),
            media=row.media,
            translation=row.meaning or "",
            doubtful=spans(row.doubtful),
            removed=row.removed,
        )
        for row in connection.execute(query)
    ]


def _our_talk(connection: Connection, found: AnyRow) -> list[TalkLine]:
    query = select(
        outbound_message.c.seq,
        outbound_message.c.state,
        outbound_message.c.status,
        outbound_message.c.error,
        outbound_message.c.redacted,
        outbound_message.c.created_at,
        outbound_message.c.staff_id,
        staff.c.name,
    ).join_from(outbound_message, staff, staff.c.id == outbound_message.c.staff_id, isouter=True)
    return [
        TalkLine(
            seq=row.seq,
            who=BY_EARSHOT if row.staff_id is None else BY_STAFF,
            text=row.redacted,
            at=row.created_at,
            state=word_of(row),
            by=row.name or "",
            why=row.error or "",
        )
        for row in connection.execute(query.where(said_in_talk(connection, found)))
    ]


def said_in_talk(connection: Connection, found: AnyRow) -> ColumnElement[bool]:
    """Which rows of ours the talk of an experience shows. ``found``: a row with the columns of ``OF_TALK``."""
    return or_(_signposts_of(found), _said_meanwhile(connection, found))


def _signposts_of(found: AnyRow) -> ColumnElement[bool]:
    alerts = select(alert.c.id).where(alert.c.experience_id == found.id)
    # Those with a contact: the calls to the rota are no part of the talk.
    return and_(outbound_message.c.alert_id.in_(alerts), outbound_message.c.contact_id.is_not(None))


def _said_meanwhile(connection: Connection, found: AnyRow) -> ColumnElement[bool]:
    """What we said to this person on this channel, from the experience's first words until those of the next one."""
    first = connection.execute(
        select(func.min(inbound_message.c.seq)).where(inbound_message.c.experience_id == found.id)
    ).scalar_one()
    if first is None or found.contact_id is None:
        return false()
    next_first = (
        select(func.min(inbound_message.c.seq))
        .where(inbound_message.c.contact_id == found.contact_id, inbound_message.c.channel == found.channel)
        .where(inbound_message.c.experience_id != found.id, inbound_message.c.seq > first)
        .scalar_subquery()
    )
    reached = select(address_table.c.blind_index).where(address_table.c.contact_id == found.contact_id)
    return and_(
        outbound_message.c.address_index.in_(reached),
        outbound_message.c.contact_id == found.contact_id,
        # What went with an alert stands where its alert does, and nowhere before that.
        outbound_message.c.alert_id.is_(None),
        outbound_message.c.channel == found.channel,
        outbound_message.c.seq > first,
        outbound_message.c.seq < func.coalesce(next_first, outbound_message.c.seq + 1),
    )
