"""What hangs on a person beside their messages and goes with them: letters of the team's that have not gone yet.

Every column that leads to a person is seen to here or in ``storage.erasing``; a test holds that.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete

from storage.tables import letter
from storage.unit import Unit

GOES = (letter,)
"""Their rows are deleted with the person they belong to."""


def forget_the_rest(unit: Unit, contact_id: UUID) -> None:
    for table in GOES:
        unit.connection.execute(delete(table).where(table.c.contact_id == contact_id))
