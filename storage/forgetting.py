"""What hangs on a person beside their messages and goes with them: letters not sent, campaigns they were asked in.

Every column that leads to a person is named here or in ``storage.erasing``; a test sees to it.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select

from storage.tables import campaign_answer, campaign_invitation, campaign_response, letter
from storage.unit import Unit

GOES = (letter, campaign_response, campaign_invitation)
"""Their rows are deleted with the person they belong to."""


def forget_the_rest(unit: Unit, contact_id: UUID) -> None:
    asked = select(campaign_response.c.id).where(campaign_response.c.contact_id == contact_id)
    unit.connection.execute(delete(campaign_answer).where(campaign_answer.c.response_id.in_(asked)))
    for table in GOES:
        unit.connection.execute(delete(table).where(table.c.contact_id == contact_id))
