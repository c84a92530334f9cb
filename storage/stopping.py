"""STOP, however it reached us: by a word, by a block, or by a provider that will send nothing more to that person."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, literal, update

from bot.outgoing import OutboundState, Priority
from storage.campaigns import withdraw_invitations
from storage.tables import contact, outbound_message
from storage.unit import Unit

row_ = outbound_message.c


def stop(unit: Unit, contact_id: UUID, at: datetime) -> None:
    """The person is left in peace since ``at``, or since they first said so.

    What waited for them to write again is called off: STOP itself is something they write, and so is the START of days
    later, and neither asks for old words. A signpost is not called off.
    """
    opted_out_at = contact.c.opted_out_at
    unit.connection.execute(
        update(contact)
        .where(contact.c.id == contact_id)
        .values(opted_out_at=func.coalesce(opted_out_at, literal(at, opted_out_at.type)))
    )
    withdraw_invitations(unit, contact_id, at)
    unit.connection.execute(
        update(outbound_message)
        .where(
            row_.contact_id == contact_id,
            row_.state == OutboundState.WITHHELD.value,
            row_.window_shut,
            row_.priority > int(Priority.ALERT),
        )
        .values(state=OutboundState.CANCELLED.value, window_shut=False, error="The person said STOP.")
    )
