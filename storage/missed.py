"""Promised days that passed, as staff see them on a card: what the family was told, or why it was not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, or_, select

from bot.missed import About, MissedView, Told
from bot.outgoing import DeliveryStatus, OutboundState
from storage.tables import missed_promise, outbound_message, task

_ARRIVED = (DeliveryStatus.DELIVERED, DeliveryStatus.READ)


def missed_of(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, list[MissedView]]:
    """Of these experiences and of the tasks that came of them, in the order they were noted."""
    of_them = select(task.c.id).where(task.c.experience_id.in_(ids))
    query = (
        select(
            missed_promise,
            task.c.experience_id.label("of_task"),
            outbound_message.c.state,
            outbound_message.c.status,
        )
        .join_from(missed_promise, task, task.c.id == missed_promise.c.subject, isouter=True)
        .join(outbound_message, outbound_message.c.id == missed_promise.c.outbound_id, isouter=True)
        .where(or_(missed_promise.c.subject.in_(ids), missed_promise.c.subject.in_(of_them)))
        .order_by(missed_promise.c.id)
    )
    found: dict[UUID, list[MissedView]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.of_task or row.subject].append(
            MissedView(
                about=About(row.about),
                subject=row.subject,
                missed_on=row.missed_on,
                told=Told(row.told),
                at=row.at,
                new_day=row.new_day,
                state=_state(row.state, row.status),
            )
        )
    return found


def _state(state: str | None, status: int | None) -> str:
    if state is None:
        return ""
    if state == OutboundState.SENT and status in _ARRIVED:
        return DeliveryStatus(status).name.lower()
    if state == OutboundState.FAILED and status == DeliveryStatus.UNDELIVERED:
        return "undelivered"
    return state
