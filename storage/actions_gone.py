"""What of actions goes with somebody: the hold of their words on an action, and a word to them that has not left yet."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, select, update

from bot.telling_records import ToldState
from storage.promises import call_off
from storage.tables import action_link, action_told, experience
from storage.unit import Unit

told, link = action_told.c, action_link.c


def call_off_told(unit: Unit, which: ColumnElement[bool]) -> None:
    """What is in the outbox for these people and has not left, leaves no more."""
    sent = select(told.id, told.outbound_ids).where(which, told.state == ToldState.SENT.value)
    for row in unit.connection.execute(sent).all():
        called_off = [call_off(unit.connection, UUID(each)) for each in (row.outbound_ids or ())]
        if called_off and all(called_off[:1]):
            stopped = {"state": ToldState.STOPPED.value, "outbound_ids": None}
            unit.connection.execute(update(action_told).where(told.id == row.id).values(stopped))


def stop_told(unit: Unit, which: ColumnElement[bool], now: datetime | None = None) -> int:
    """Whoever of these has not been told is not. Returns how many."""
    waits = update(action_told).where(which, told.state == ToldState.PLANNED.value)
    return unit.connection.execute(waits.values(state=ToldState.STOPPED.value, settled_at=now)).rowcount


def let_go_of(unit: Unit, of_experiences: ColumnElement[bool]) -> None:
    """These experiences came out of the record: no action came of them, and who told of nothing else in it is not told."""
    hung = (
        select(link.action_id, experience.c.contact_id)
        .join_from(action_link, experience, experience.c.id == link.experience_id)
        .where(of_experiences)
    )
    pairs = unit.connection.execute(hung).all()
    if not pairs:
        return
    gone = select(experience.c.id).where(of_experiences)
    unit.connection.execute(delete(action_link).where(link.experience_id.in_(gone)))
    for pair in pairs:
        still = exists().where(
            link.action_id == pair.action_id,
            link.unlinked_at.is_(None),
            experience.c.id == link.experience_id,
            experience.c.contact_id == pair.contact_id,
        )
        if pair.contact_id is None or unit.connection.execute(select(still)).scalar_one():
            continue
        theirs = (told.action_id == pair.action_id) & (told.contact_id == pair.contact_id)
        stop_told(unit, theirs)
        call_off_told(unit, theirs)
