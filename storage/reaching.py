"""Where the person behind an experience is reached: the one thing staff may ask to see unsealed."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from bot.byhand import BY_HAND, EMAIL, IMPORTED, PHONE
from bot.model import Address, ChannelName
from bot.records import Reach
from storage.database import Database
from storage.envelopes import open_address, open_inbound
from storage.sealing import Sealer
from storage.tables import address, experience, inbound_message
from storage.unit import AnyRow

# Of the addresses that are still theirs, the one they wrote from last.
LAST_WRITTEN_FROM = (
    select(
        address.c.id,
        address.c.sealed,
        inbound_message.c.channel,
        inbound_message.c.id.label("message_id"),
        inbound_message.c.sealed.label("message"),
    )
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
    if row is None:
        return None
    return Reach(channel=ChannelName(row.channel), address=_given(sealer, row) or open_address(sealer, row.sealed, row.id))


def _given(sealer: Sealer, row: AnyRow) -> Address | None:
    """What the person gave to whoever typed their words in; no provider vouches for it, so it is no address of theirs."""
    if row.channel not in (BY_HAND, IMPORTED) or row.message is None:
        return None
    details = open_inbound(sealer, row.message, row.message_id, row.channel).details
    given = ((scheme, details.get(name)) for scheme, name in (("tel", PHONE), ("email", EMAIL)))
    return next((Address(scheme, path) for scheme, path in given if path), None)
