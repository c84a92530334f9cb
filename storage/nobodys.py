"""An alert that is nobody's again, and who may be given one back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, case, exists, null, or_, select

from bot.records import NO_PASSWORD
from bot.wall import STAND_IN, Role
from storage.tables import alert, staff, staff_identity

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When somebody is next called about an alert that calls nobody."""
OF_COUNCIL = exists().where(staff_identity.c.staff_id == staff.c.id)
HAS_COME = or_(staff.c.password_hash != NO_PASSWORD, OF_COUNCIL)


def nobodys(now: datetime) -> dict[str, Any]:
    """What an alert is changed to: it is called out at once, unless it calls nobody."""
    calls = case((alert.c.next_at < NEVER, now), else_=alert.c.next_at)
    return {"taken_by": null(), "taken_at": null(), "taken_over_at": null(), "next_at": calls}


def handles_alerts(connection: Connection, staff_id: UUID) -> bool:
    """``bot.wall.may_handle_alerts``, of somebody who was not locked out. They are held as they are until the end."""
    there = select(staff.c.role).where(staff.c.id == staff_id, staff.c.disabled_at.is_(None))
    role = connection.execute(there.with_for_update(read=True)).scalar_one_or_none()
    if role not in STAND_IN:
        return role == Role.SAFEGUARDING
    leads = select(staff.c.id).where(staff.c.role == Role.SAFEGUARDING.value, staff.c.disabled_at.is_(None), HAS_COME)
    return connection.execute(leads.limit(1)).first() is None
