"""What hangs on a person beside their messages and goes with them: what the team writes to them and has not gone yet.

Every column that leads to a person is seen to here or in ``storage.erasing``; a test holds that.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, delete, select

from storage.actions_gone import let_go_of
from storage.tables import action_told, draft, experience, letter, name_word, staff_note
from storage.unit import Unit

GOES = (letter, draft, action_told)
"""Their rows are deleted with the person they belong to."""


def forget_the_rest(unit: Unit, contact_id: UUID) -> None:
    for table in GOES:
        unit.connection.execute(delete(table).where(table.c.contact_id == contact_id))


def forget_name_words(unit: Unit, of_experiences: ColumnElement[bool]) -> None:
    """Words that staff took for names, or looked at and left; what they noted for each other; that an action came of it."""
    let_go_of(unit, of_experiences)
    ids = select(experience.c.id).where(of_experiences)
    unit.connection.execute(delete(name_word).where(name_word.c.experience_id.in_(ids)))
    unit.connection.execute(delete(staff_note).where(staff_note.c.experience_id.in_(ids)))
