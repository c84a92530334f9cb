"""Where the person behind an experience is reached: the one thing staff may ask to see unsealed."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from bot.model import ChannelName
from bot.records import Reach
from storage.database import Database
from storage.envelopes import open_address
from storage.sealing import Sealer
from storage.tables import address, experience, inbound_message

# Of the addresses that are still theirs, the one they wrote from last.
LAST_WRITTEN_FROM = (
    select(address.c.id, address.c.sealed, inbound_message.c.channel)
    .join_from(experience, inbound_message, inbound_message.c.contact_id == experience.c.contact_id)
    .join(address, address.c.blind_index == inbound_message.c.address_index)
    .where(experience.c.reference == bindparam("wanted"), experience.c.withdrawn.is_(False))
    .where(address.c.contact_id == experience.c.contact_id)
    .order_by(inbound_message.c.seq.desc())
    .limit(1)
)


def reach(database: Database, sealer: Sealer, reference: str) -> Reach | None:
    """``bot.ports.Store.reach``."""
    with database.reading() as connection:
        row = connection.execute(LAST_WRITTEN_FROM, {"wanted": reference}).one_or_none()
    return None if row is None else Reach(channel=ChannelName(row.channel), address=open_address(sealer, row.sealed, row.id))
