"""What waits to be told unasked, called off: nobody who cries for help, or says no, is then told what came of their words."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, update

from bot.passing_on import Telling
from storage.actions_gone import call_off_told, stop_told
from storage.promises import WAITS, call_off
from storage.tables import action_link, action_told, experience, outbound_message, passed_on, removed_passage
from storage.telling import WISHES
from storage.unit import Unit

row_, told, link = outbound_message.c, action_told.c, action_link.c

STILL_AGREED = (
    exists()
    .where(link.action_id == told.action_id, link.unlinked_at.is_(None), experience.c.id == link.experience_id)
    .where(experience.c.contact_id == told.contact_id, WISHES.is_(True))
    .correlate(action_told)
)
"""Something else they told of the same action, of which they do want to hear."""


def quieten(unit: Unit, contact_id: UUID) -> None:
    """They may be in danger, or told of a death: nothing of the kind leaves to them, also what this very message let go."""
    _call_off_actions(unit, told.contact_id == contact_id)
    theirs = select(experience.c.id).where(experience.c.contact_id == contact_id)
    _call_off_thanks(unit, passed_on.c.experience_id.in_(theirs))
    out = select(removed_passage.c.told).where(removed_passage.c.experience_id.in_(theirs), removed_passage.c.told.is_not(None))
    for outbound_id in unit.connection.execute(out).scalars().all():
        call_off(unit.connection, outbound_id)


def heed_no(unit: Unit, contact_id: UUID, experience_ids: set[UUID | None]) -> None:
    """They do not want to hear what changes because of these experiences."""
    _call_off_actions(unit, (told.contact_id == contact_id) & ~STILL_AGREED)
    _call_off_thanks(unit, passed_on.c.experience_id.in_([each for each in experience_ids if each is not None]))


def _call_off_actions(unit: Unit, which: ColumnElement[bool]) -> None:
    ids = list(unit.connection.execute(select(told.id).where(which)).scalars())
    if ids:
        stop_told(unit, told.id.in_(ids))
        call_off_told(unit, told.id.in_(ids))


def _call_off_thanks(unit: Unit, which: ColumnElement[bool]) -> None:
    thanked = select(passed_on.c.id).where(which, passed_on.c.telling == Telling.TOLD.value)
    for passing_id in unit.connection.execute(thanked).scalars().all():
        word = select(row_.id).where(row_.dedupe_key == f"passed:{passing_id}:told:0", WAITS)
        outbound_id = unit.connection.execute(word).scalar_one_or_none()
        if outbound_id is not None and call_off(unit.connection, outbound_id):
            not_told = update(passed_on).where(passed_on.c.id == passing_id).values(telling=Telling.COULD_NOT.value)
            unit.connection.execute(not_told)
