"""What a person said just before: for words that are dangerous only together with what comes now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from bot.errors import WrongKeys
from storage.database import Database
from storage.envelopes import open_inbound
from storage.prepared import Prepared
from storage.sealing import Sealer
from storage.tables import inbound_message
from storage.tables.messages import InboundState

JUST_BEFORE = Prepared(
    select(inbound_message.c.seq, inbound_message.c.id, inbound_message.c.channel, inbound_message.c.sealed)
    .where(inbound_message.c.contact_id == bindparam("of_contact"), inbound_message.c.seq < bindparam("before"))
    .where(inbound_message.c.received_at >= bindparam("since"), inbound_message.c.sealed.is_not(None))
    .where(or_(inbound_message.c.state == InboundState.HEARD.value, inbound_message.c.state == InboundState.PARKED.value))
    .order_by(inbound_message.c.seq.desc())
    .limit(bindparam("most"))
)


def recent_texts(
    database: Database, sealer: Sealer, contact_id: UUID, *, since: datetime, before: int, limit: int
) -> tuple[tuple[int, str], ...]:
    """``bot.ports.Store.recent_texts``. What does not open is left out: it stands before a person already."""
    wanted = {"of_contact": contact_id, "since": since, "before": before, "most": limit}
    with database.reading() as connection:
        rows = JUST_BEFORE.run(connection, wanted).all()
    texts = []
    for row in reversed(rows):
        try:
            texts.append((row.seq, open_inbound(sealer, row.sealed, row.id, row.channel).text))
        except WrongKeys:
            continue
    return tuple(texts)
