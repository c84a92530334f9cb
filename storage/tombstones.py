"""What stays of a message that must be forgotten: its number, how it ended, and a keyed digest in place of the provider's id.

The ids of some providers name the person, and a mail's id leads back to the mail. The digest tells nothing, but when the
same message is handed to us once more, it is known for a repeat.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, null, select, text, update

from bot.model import Address
from bot.outgoing import OutboundState
from storage.sealing import Sealer
from storage.tables import inbound_message, outbound_message
from storage.tables.messages import LIVE
from storage.unit import Unit, kept_id

FORGOTTEN = "forgotten"
"""What the columns of a forgotten message hold in place of an account of the provider's, and its ids begin with."""

NO_WORDS: dict[str, Any] = {"sealed": None, "redacted": ""}

OUTBOUND_TOMBSTONE: dict[str, Any] = NO_WORDS | {
    "state": case((text(LIVE), OutboundState.CANCELLED.value), else_=outbound_message.c.state),
    "error": case((text(LIVE), "erased"), else_=outbound_message.c.error),
    "contact_id": None,
    "conversation_id": None,
    "address_index": None,
    "question": None,
    "retired_ids": null(),
    "lease_owner": None,
    "lease_until": None,
}

READ_LATER = frozenset({"web"})
"""Schemes of addresses that are a random session number and whose page fetches a line after it counts as sent."""

RENAME_INBOUND = (
    update(inbound_message)
    .where(inbound_message.c.seq == bindparam("of_seq"))
    .values(account=FORGOTTEN, external_id=bindparam("digest"))
)
RENAME_OUTBOUND = (
    update(outbound_message).where(outbound_message.c.seq == bindparam("of_seq")).values(provider_id=bindparam("digest"))
)


def stand_in(sealer: Sealer, *ids: str) -> str:
    """What stands in the place of these ids of a provider's: the same each time, and nobody can tell them from it."""
    return f"{FORGOTTEN}:{sealer.blind_index(Address(FORGOTTEN, chr(0).join(ids))).hex()}"


def forgotten(sealer: Sealer, channel: str, account: str, external_id: str) -> dict[str, str]:
    """The identity a message has once it is forgotten."""
    return {
        "channel": channel,
        "account": FORGOTTEN,
        "external_id": stand_in(sealer, channel, kept_id(account), kept_id(external_id)),
    }


def forget_names(unit: Unit, which: ColumnElement[bool]) -> None:
    """The provider's ids of these inbound messages go; digests take their place."""
    rows = unit.connection.execute(
        select(inbound_message.c.seq, inbound_message.c.channel, inbound_message.c.account, inbound_message.c.external_id).where(
            which, inbound_message.c.account != FORGOTTEN
        )
    ).all()
    if rows:
        unit.connection.execute(
            RENAME_INBOUND,
            [{"of_seq": row.seq, "digest": stand_in(unit.sealer, row.channel, row.account, row.external_id)} for row in rows],
        )


def forget_outbound(unit: Unit, which: ColumnElement[bool]) -> None:
    """These messages of ours are forgotten: words, address, and what the provider called them."""
    of_those = select(outbound_message.c.seq, outbound_message.c.channel, outbound_message.c.provider_id).where(which)
    rows = unit.connection.execute(of_those).all()
    unit.connection.execute(update(outbound_message).where(which).values(OUTBOUND_TOMBSTONE))
    named = [
        {"of_seq": row.seq, "digest": stand_in(unit.sealer, row.channel, row.provider_id)}
        for row in rows
        if row.provider_id and not row.provider_id.startswith(f"{FORGOTTEN}:")
    ]
    if named:
        unit.connection.execute(RENAME_OUTBOUND, named)
