"""Which talk goes on when two people turn out to be one and both have one open on the same channel."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select, update

from storage.tables import conversation, experience
from storage.unit import AnyRow, Unit

OPEN = (
    select(
        conversation.c.id,
        conversation.c.contact_id,
        conversation.c.channel,
        conversation.c.held_at,
        exists().where(experience.c.conversation_id == conversation.c.id).label("has_told"),
    )
    .where(conversation.c.closed_at.is_(None))
    .order_by(conversation.c.opened_at)
)


def leave_one_a_channel(unit: Unit, mine: UUID, other: UUID, now: datetime) -> None:
    """The one that has told us something, or else mine. Where staff held either, they hold the one that goes on."""
    talks: dict[str, dict[UUID, AnyRow]] = {}
    for row in unit.connection.execute(OPEN.where(conversation.c.contact_id.in_((mine, other)))).all():
        talks.setdefault(row.channel, {})[row.contact_id] = row
    for pair in talks.values():
        if len(pair) == 1:
            continue
        goes_on, ends = pair[mine], pair[other]
        if ends.has_told and not goes_on.has_told:
            goes_on, ends = ends, goes_on
        unit.connection.execute(update(conversation).where(conversation.c.id == ends.id).values(closed_at=now))
        if ends.held_at is not None and goes_on.held_at is None:
            unit.connection.execute(update(conversation).where(conversation.c.id == goes_on.id).values(held_at=ends.held_at))
