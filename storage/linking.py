"""Linking two contacts so that they can be parted again: what goes over is written down, row by row.

Unlike a join by a code or by a provider (``storage.people``), the contact that gives its rows away stays, empty, for them to
come back to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Table, and_, exists, func, insert, not_, select, update

from storage.audit import add_line
from storage.people import OWNED, earlier
from storage.tables import (
    address,
    alert,
    consent,
    contact,
    contact_link,
    conversation,
    experience,
    inbound_message,
    outbound_message,
    task,
)
from storage.tables.messages import InboundState
from storage.talks import leave_one_a_channel
from storage.unit import AnyRow, Unit

GOES_OVER = [column for column in OWNED if column is not contact_link.c.other_id]
STATE = ("opted_out_at", "greeted_at", "first_waiting_at", "turn_due_at")

WAITS = and_(inbound_message.c.contact_id == contact.c.id, inbound_message.c.state == InboundState.WAITING.value)

Moments = Mapping[str, datetime | None]


def join(unit: Unit, contact_id: UUID, other_id: UUID, *, by: str, why: str, now: datetime) -> UUID | None:
    """Everything of the other goes over. None: one of them is erased, or not there."""
    held = _held(unit, contact_id, other_id)
    if held.keys() != {contact_id, other_id} or any(row.erased_at is not None for row in held.values()):
        return None
    here, there = held[contact_id], held[other_id]
    open_before = _open_talks(unit, contact_id, other_id)
    leave_one_a_channel(unit, contact_id, other_id, now)
    closed = sorted(open_before - _open_talks(unit, contact_id, other_id))
    moved = {_name(column): _move(unit, column, other_id, contact_id) for column in GOES_OVER}
    link_id = uuid4()
    before = {"here": _moments(here), "there": _moments(there), "closed": closed}
    values = {"contact_id": contact_id, "other_id": other_id, "moved": moved, "before": before, "why": why}
    unit.connection.execute(insert(contact_link), {"id": link_id, **values, "linked_at": now, "linked_by": by})
    _set(unit, contact_id, {name: earlier(getattr(here, name), getattr(there, name)) for name in STATE})
    # A worker that holds a turn of the other finds its lease gone; the messages wait here, and nothing is done twice.
    _set(unit, other_id, {"first_waiting_at": None, "turn_due_at": None, "lease_owner": None, "lease_until": None})
    add_line(unit, who=by, action="link_contacts", record=f"contact:{contact_id}", why=f"contact:{other_id}", now=now)
    return link_id


def can_part(unit: Unit, link: AnyRow) -> bool:
    """Whether nothing of theirs was erased since, and the side that gave its rows away is still there to take them."""
    ids = {link.contact_id, link.other_id}
    gone = select(func.count()).where(contact.c.id.in_(ids), contact.c.erased_at.is_(None))
    return len(ids) > 1 and unit.connection.execute(gone).scalar_one() == len(ids)


def part(unit: Unit, link_id: UUID, contact_id: UUID, *, by: str, now: datetime) -> bool:
    """What went over goes back, and with it what has been said since at the doors that went over."""
    link = unit.connection.execute(
        select(contact_link)
        .where(contact_link.c.id == link_id, contact_link.c.contact_id == contact_id, contact_link.c.undone_at.is_(None))
        .with_for_update()
    ).one_or_none()
    if link is None:
        return False
    here = _held(unit, contact_id, link.other_id)[contact_id]
    if not can_part(unit, link):
        return False
    for column in GOES_OVER:
        key = _key(column.table)
        given = [_value(column.table, value) for value in link.moved.get(_name(column), ())]
        for some in range(0, len(given), _AT_ONCE):
            those = and_(key.in_(given[some : some + _AT_ONCE]), column == contact_id)
            unit.connection.execute(update(column.table).where(those).values({column.key: link.other_id}))
    _follow_the_doors(unit, contact_id, link)
    _open_again(unit, link)
    _give_back_states(unit, here, link, now)
    unit.connection.execute(update(contact_link).where(contact_link.c.id == link_id).values(undone_at=now, undone_by=by))
    add_line(unit, who=by, action="part_contacts", record=f"contact:{contact_id}", why=f"contact:{link.other_id}", now=now)
    return True


_AT_ONCE = 500
"""Ids in one statement."""


def _follow_the_doors(unit: Unit, contact_id: UUID, link: AnyRow) -> None:
    """Messages that came or went since by an address that goes back go back with it, and what was made of them alone."""
    doors = select(address.c.blind_index).where(address.c.contact_id == link.other_id)
    for messages in (inbound_message, outbound_message):
        since = and_(messages.c.contact_id == contact_id, messages.c.address_index.in_(doors))
        unit.connection.execute(update(messages).where(since).values(contact_id=link.other_id))
    theirs = select(inbound_message.c.seq).where(inbound_message.c.contact_id == link.other_id)
    unit.connection.execute(
        update(alert).where(alert.c.contact_id == contact_id, alert.c.inbound_seq.in_(theirs)).values(contact_id=link.other_id)
    )
    told = inbound_message.c.experience_id == experience.c.id
    by_them_alone = and_(
        exists().where(told, inbound_message.c.contact_id == link.other_id),
        not_(exists().where(told, inbound_message.c.contact_id == contact_id)),
    )
    unit.connection.execute(
        update(experience).where(experience.c.contact_id == contact_id, by_them_alone).values(contact_id=link.other_id)
    )
    back = select(experience.c.id).where(experience.c.contact_id == link.other_id)
    for table in (consent, task):
        of_it = and_(table.c.contact_id == contact_id, table.c.experience_id.in_(back))
        unit.connection.execute(update(table).where(of_it).values(contact_id=link.other_id))
    of_talk = experience.c.conversation_id == conversation.c.id
    theirs_alone = and_(
        exists().where(of_talk, experience.c.contact_id == link.other_id),
        not_(exists().where(of_talk, experience.c.contact_id == contact_id)),
    )
    unit.connection.execute(
        update(conversation).where(conversation.c.contact_id == contact_id, theirs_alone).values(contact_id=link.other_id)
    )


def _open_again(unit: Unit, link: AnyRow) -> None:
    """The talks that were closed for the link go on, where no newer one is open in their place."""
    for talk_id in link.before["closed"]:
        this = select(conversation.c.contact_id, conversation.c.channel).where(conversation.c.id == UUID(talk_id))
        row = unit.connection.execute(this.where(conversation.c.closed_at == link.linked_at)).one_or_none()
        if row is None:
            continue
        newer = select(conversation.c.id).where(
            conversation.c.contact_id == row.contact_id, conversation.c.channel == row.channel, conversation.c.closed_at.is_(None)
        )
        if unit.connection.execute(newer).first() is None:
            unit.connection.execute(update(conversation).where(conversation.c.id == UUID(talk_id)).values(closed_at=None))


def _give_back_states(unit: Unit, here: AnyRow, link: AnyRow, now: datetime) -> None:
    """A STOP said since holds for both sides for good; one from before goes back to whose it was. START never undoes the
    STOP of the side that went over: it is not known that it was theirs.
    """
    mine, theirs = _read(link.before["here"]), _read(link.before["there"])
    stop: datetime | None = here.opted_out_at
    is_new = stop is not None and stop >= link.linked_at
    stops = {
        here.id: stop if is_new or stop is None else mine["opted_out_at"],
        link.other_id: stop if is_new else theirs["opted_out_at"],
    }
    greeted = {here.id: mine["greeted_at"] or here.greeted_at, link.other_id: theirs["greeted_at"] or here.greeted_at}
    for contact_id in (here.id, link.other_id):
        waiting = select(func.min(inbound_message.c.received_at)).where(WAITS, contact.c.id == contact_id)
        since = unit.connection.execute(waiting).scalar_one()
        due = {"first_waiting_at": since, "turn_due_at": None if since is None else now}
        state = {"opted_out_at": stops[contact_id], "greeted_at": greeted[contact_id]}
        _set(unit, contact_id, {**state, **due, "lease_owner": None, "lease_until": None})


def _held(unit: Unit, *contact_ids: UUID) -> dict[UUID, AnyRow]:
    """Locked in the order of their ids, as everybody does, so that two who link at once do not wait for each other."""
    query = select(contact).where(contact.c.id.in_(contact_ids)).order_by(contact.c.id).with_for_update(key_share=True)
    return {row.id: row for row in unit.connection.execute(query)}


def _set(unit: Unit, contact_id: UUID, values: Mapping[str, Any]) -> None:
    unit.connection.execute(update(contact).where(contact.c.id == contact_id).values(dict(values)))


def _open_talks(unit: Unit, *contact_ids: UUID) -> set[str]:
    query = select(conversation.c.id).where(conversation.c.contact_id.in_(contact_ids), conversation.c.closed_at.is_(None))
    return {str(talk_id) for talk_id in unit.connection.execute(query).scalars()}


def _move(unit: Unit, column: Any, giver: UUID, taker: UUID) -> list[str]:
    """Returns the keys of what went over."""
    keys = unit.connection.execute(select(_key(column.table)).where(column == giver)).scalars().all()
    unit.connection.execute(update(column.table).where(column == giver).values({column.key: taker}))
    return [str(key) for key in keys]


def _name(column: Any) -> str:
    return f"{column.table.name}.{column.key}"


def _key(table: Table) -> Any:
    (key,) = table.primary_key.columns
    return key


def _value(table: Table, written: str) -> Any:
    kind = _key(table).type.python_type
    return kind(written)


def _moments(row: AnyRow) -> dict[str, str | None]:
    return {name: None if (at := getattr(row, name)) is None else at.isoformat() for name in STATE}


def _read(written: Mapping[str, str | None]) -> Moments:
    return {name: None if at is None else datetime.fromisoformat(at) for name, at in written.items()}
