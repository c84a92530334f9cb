"""Who is to be left in peace: to whom no machine writes of its own accord, and why.

One place for all who would: the word on a missed day, the reminder, the invitation, the word in a held talk that nobody
writes in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, select

from bot.alerted import clears
from bot.draft import MOURNING, WRITE_BY_HAND
from bot.model import Speaker
from storage.tables import alert, conversation, experience, task


@dataclass(frozen=True, slots=True)
class Peace:
    """People, by what stands in the way. ``in_danger``: there is an alert about them that nobody has said was none, were it
    closed as real and let the team see it since, or whoever said so took it back; ``held``: somebody of the team has a talk
    of theirs.
    """

    in_danger: frozenset[UUID]
    mourning: frozenset[UUID]
    young: frozenset[UUID]
    held: frozenset[UUID]

    def is_for(self, contact_id: UUID) -> bool:
        """After danger or a death, on whichever door it was told, a person writes or nobody."""
        return contact_id in self.in_danger or contact_id in self.mourning


def peace_of(connection: Connection, contact_id: UUID) -> Peace:
    return peace_among(connection, lambda column: column == contact_id)


def peace_among(connection: Connection, are_theirs: Callable[[Any], ColumnElement[bool]]) -> Peace:
    """``are_theirs`` says of a column of contacts which are asked about."""

    def ids(column: Any, *which: ColumnElement[bool]) -> set[UUID]:
        return set(connection.execute(select(column).where(are_theirs(column), *which)).scalars())

    said = (alert.c.contact_id, alert.c.outcome, alert.c.cleared_at)
    raised = connection.execute(select(*said).where(are_theirs(alert.c.contact_id)))
    in_danger = {row.contact_id for row in raised if row.cleared_at is None or not clears(row.outcome or "")}
    mourning = ids(task.c.contact_id, task.c.kind == WRITE_BY_HAND)
    young = ids(experience.c.contact_id, experience.c.speaker == Speaker.YOUNG_PERSON.value)
    held = ids(conversation.c.contact_id, conversation.c.closed_at.is_(None), conversation.c.held_at.is_not(None))
    states = select(conversation.c.contact_id, conversation.c.state).where(
        conversation.c.closed_at.is_(None), are_theirs(conversation.c.contact_id)
    )
    for talk in connection.execute(states):
        if talk.state.get("danger"):
            in_danger.add(talk.contact_id)
        if talk.state.get("asked", {}).get(MOURNING):
            mourning.add(talk.contact_id)
        if talk.state.get("speaker") == Speaker.YOUNG_PERSON.value:
            young.add(talk.contact_id)
    return Peace(frozenset(in_danger), frozenset(mourning), frozenset(young), frozenset(held))
