"""What "you said, we did" repeats of words that are removed: off the public page, told to nobody else, and out of what stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Table, insert, select, update

from bot.quoting import Quoting
from bot.removing import MARK
from storage.actions_gone import call_off_told, stop_told
from storage.audit import add_line
from storage.editions import IS_PUBLIC
from storage.tables import action, action_change, action_edition, action_link, action_request, action_told
from storage.unit import AnyRow, Unit

_WORDS = ("title", "said", "did", "because")
_HELD: Sequence[tuple[Table, Sequence[str]]] = ((action_edition, _WORDS), (action_request, ("word", "answer")))


def actions_repeating(connection: Connection, experience_id: UUID, quotes: Quoting) -> list[UUID]:
    """The actions that came of it, now or once, and that anywhere hold these words."""
    linked = select(action_link.c.action_id).where(action_link.c.experience_id == experience_id)
    found: set[UUID] = set()
    for row in connection.execute(select(action).where(action.c.id.in_(linked))).all():
        if _said(row, _WORDS, quotes):
            found.add(row.id)
    for table, names in _HELD:
        for row in connection.execute(select(table).where(table.c.action_id.in_(linked))).all():
            if _said(row, names, quotes):
                found.add(row.action_id)
    for row in connection.execute(select(action_change).where(action_change.c.action_id.in_(linked))).all():
        if any(quotes.places(text) for text in row.before.values()):
            found.add(row.action_id)
    return sorted(found)


def cut_from_actions(unit: Unit, experience_id: UUID, quotes: Quoting, staff_id: UUID, now: datetime) -> list[UUID]:
    """Returns the rows of the outbox by which families were told of them: the words are to go from those as well."""
    connection = unit.connection
    ids = actions_repeating(connection, experience_id, quotes)
    rows = connection.execute(select(action_told.c.outbound_ids).where(action_told.c.action_id.in_(ids))).all()
    told = [UUID(each) for row in rows for each in row.outbound_ids or ()]
    for action_id in ids:
        row = connection.execute(select(action).where(action.c.id == action_id).with_for_update()).one()
        _take_off(unit, action_id, quotes, staff_id, now)
        if said := _said(row, _WORDS, quotes):
            connection.execute(update(action).where(action.c.id == action_id).values(**said, changed_at=now))
            _note(unit, action_id, "changed", staff_id, now)
        for table, names in _HELD:
            for held in connection.execute(select(table).where(table.c.action_id == action_id)).all():
                if cut := _said(held, names, quotes):
                    connection.execute(update(table).where(table.c.id == held.id).values(cut))
        for line in connection.execute(select(action_change).where(action_change.c.action_id == action_id)).all():
            before = {name: quotes.without(text, MARK) for name, text in line.before.items()}
            if before != line.before:
                connection.execute(update(action_change).where(action_change.c.id == line.id).values(before=before))
    return told


def _take_off(unit: Unit, action_id: UUID, quotes: Quoting, staff_id: UUID, now: datetime) -> None:
    """What families read now, where it repeats them; and nobody else is told."""
    public = select(action_edition).where(action_edition.c.action_id == action_id, IS_PUBLIC)
    row = unit.connection.execute(public).one_or_none()
    if row is None or not _said(row, _WORDS, quotes):
        return
    gone = update(action_edition).where(action_edition.c.id == row.id)
    unit.connection.execute(gone.values(taken_back_at=now, taken_back_by=staff_id))
    stop_told(unit, action_told.c.action_id == action_id, now)
    call_off_told(unit, action_told.c.action_id == action_id)
    _note(unit, action_id, "taken_back", staff_id, now)


def _said(row: AnyRow, names: Sequence[str], quotes: Quoting) -> dict[str, str]:
    """The fields that repeat them, without them."""
    return {name: quotes.without(text, MARK) for name in names if quotes.places(text := getattr(row, name))}


def _note(unit: Unit, action_id: UUID, what: str, staff_id: UUID, now: datetime) -> None:
    """As ``storage.actions`` does it, but for the words before: they are those that go."""
    values = {"action_id": action_id, "staff_id": staff_id, "what": what, "before": {}, "at": now}
    unit.connection.execute(insert(action_change), values)
    add_line(unit, who=f"staff:{staff_id}", action=f"action_{what}", record=f"action:{action_id}", why="", now=now)
