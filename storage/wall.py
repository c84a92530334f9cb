"""The wall as the store asks for it: one rule for lists, searches, counts, exports and every page, as ``bot.wall`` has it for
a card.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_

from bot.heard import RiskLevel
from storage.tables import alert, experience

UNCLEARED = alert.c.cleared_at.is_(None)
"""Of an alert: what raised it is with safeguarding. So it is while it has no outcome, and after one that says it was real until
somebody lets the team see it.
"""

LINKED = exists().where(alert.c.experience_id == experience.c.id)

UNLINKED = and_(experience.c.risk >= int(RiskLevel.CONCERN), not_(LINKED))
"""A worry whose alert has not been linked to it yet counts as an open one: it must not slip below the fold."""

WALLED = or_(exists().where(alert.c.experience_id == experience.c.id, UNCLEARED), UNLINKED)
"""Of an experience."""


def is_walled(contact_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Of a person: whether anything they told is with safeguarding, in an experience or not."""
    return exists().where(alert.c.contact_id == contact_id, UNCLEARED)
