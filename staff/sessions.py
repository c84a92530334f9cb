"""Who is signed in: a signed cookie that names the member and ends by itself, checked against the store each time."""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bot.ports import Store
from bot.records import StaffMember

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
_REFRESH = timedelta(minutes=1)  # the cookie is written again at most this often

Session = MutableMapping[str, Any]


def begin(session: Session, member: StaffMember, now: datetime) -> None:
    """A new session: nothing of the one before it stays, so that nobody can prepare one for somebody else."""
    session.clear()
    session["member"] = str(member.id)
    session["version"] = member.session_version
    session["since"] = session["seen"] = now.timestamp()


def is_begun(session: Session) -> bool:
    return "member" in session


def member_of(session: Session, store: Store, now: datetime) -> StaffMember | None:
    """Who this session belongs to; None when it has ended, was ended from elsewhere, or never was."""
    if not is_begun(session):
        return None
    since, seen = (datetime.fromtimestamp(session[name], UTC) for name in ("since", "seen"))
    if now - seen >= IDLE or now - since >= LONGEST:
        return None
    member = store.staff(UUID(session["member"]))
    if member is None or member.disabled_at is not None or member.session_version != session["version"]:
        return None
    if now - seen >= _REFRESH:
        session["seen"] = now.timestamp()
    return member
