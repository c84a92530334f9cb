"""Alerts whose words stand in no experience: their turn has not succeeded yet, or they are of a kind that never makes one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, and_, bindparam, or_, select

from bot.alert_records import LooseAlert, OpenedWords
from bot.errors import NotFound
from bot.model import ChannelName
from bot.records import Reach
from storage.cards import CLEARER, alert_views
from storage.database import Database
from storage.envelopes import open_address, open_inbound
from storage.sealing import Sealer
from storage.tables import address, alert, experience, inbound_message, staff
from storage.tables.messages import InboundState
from storage.unit import AnyRow

ALERTS = (
    select(
        alert,
        staff.c.name,
        CLEARER.c.name.label("clearer"),
        inbound_message.c.channel,
        inbound_message.c.state,
        experience.c.reference,
    )
    .join_from(alert, inbound_message, inbound_message.c.seq == alert.c.inbound_seq)
    .join(staff, staff.c.id == alert.c.taken_by, isouter=True)
    .join(CLEARER, CLEARER.c.id == alert.c.cleared_by, isouter=True)
    .join(experience, experience.c.id == alert.c.experience_id, isouter=True)
)

LOOSE = ALERTS.where(alert.c.experience_id.is_(None), alert.c.closed_at.is_(None)).order_by(
    alert.c.taken_at.is_not(None), alert.c.level.desc(), alert.c.raised_at, alert.c.inbound_seq
)

THIS = ALERTS.where(alert.c.id == bindparam("of_alert"))

# The message itself, and what the same person has written that waits for its turn beside it.
WORDS = (
    select(inbound_message)
    .join_from(alert, inbound_message, inbound_message.c.contact_id == alert.c.contact_id)
    .where(alert.c.id == bindparam("of_alert"), inbound_message.c.sealed.is_not(None))
    .where(
        or_(
            inbound_message.c.seq == alert.c.inbound_seq,
            and_(inbound_message.c.state == InboundState.WAITING.value, inbound_message.c.experience_id.is_(None)),
        )
    )
    .order_by(inbound_message.c.seq)
)

# Of the addresses that are still theirs, the one that wrote it.
WRITTEN_FROM = (
    select(address.c.id, address.c.sealed, inbound_message.c.channel)
    .join_from(alert, inbound_message, inbound_message.c.seq == alert.c.inbound_seq)
    .join(address, address.c.blind_index == inbound_message.c.address_index)
    .where(alert.c.id == bindparam("of_alert"), address.c.contact_id == alert.c.contact_id)
)


def loose_alerts(database: Database) -> tuple[LooseAlert, ...]:
    """``bot.ports.Store.loose_alerts``."""
    with database.reading() as connection:
        return alerts_of(connection, connection.execute(LOOSE).all())


def loose_alert(database: Database, alert_id: UUID) -> LooseAlert | None:
    """``bot.ports.Store.loose_alert``."""
    with database.reading() as connection:
        return next(iter(alerts_of(connection, connection.execute(THIS, {"of_alert": alert_id}).all())), None)


def open_words(database: Database, sealer: Sealer, alert_id: UUID) -> OpenedWords:
    """``bot.ports.Store.open_words``."""
    wanted = {"of_alert": alert_id}
    with database.reading() as connection:
        if connection.execute(THIS, wanted).first() is None:
            raise NotFound
        rows = connection.execute(WORDS, wanted).all()
        place = connection.execute(WRITTEN_FROM, wanted).one_or_none()
    words = tuple((row.received_at, open_inbound(sealer, row.sealed, row.id, row.channel).text) for row in rows)
    reach = place and Reach(channel=ChannelName(place.channel), address=open_address(sealer, place.sealed, place.id))
    return OpenedWords(words=words, reach=reach)


def alerts_of(connection: Connection, rows: Sequence[AnyRow]) -> tuple[LooseAlert, ...]:
    """Rows of ``ALERTS`` as staff read them."""
    views = alert_views(connection, rows)
    return tuple(
        LooseAlert(alert=view, channel=ChannelName(row.channel), state=row.state, reference=row.reference)
        for row, view in zip(rows, views, strict=True)
    )
