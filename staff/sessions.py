"""Ties a browser to its session in the store: the signed cookie holds the token, and nothing of the member."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from bot.door import Door, Inside, Way
from bot.records import StaffMember

Session = MutableMapping[str, Any]


def begin(
    session: Session,
    door: Door,
    member: StaffMember,
    *,
    browser: str = "",
    way: Way = Way.PASSWORD,
    whole: bool = True,
    stepped: bool = False,
) -> None:
    """A new session: nothing of the one before it stays, so that nobody can prepare one for somebody else."""
    token = door.begin(member, browser=browser, way=way, whole=whole, stepped=stepped)
    session.clear()
    session["token"] = token


def is_begun(session: Session) -> bool:
    return "token" in session


def inside(session: Session, door: Door, *, by_person: bool = True) -> Inside | None:
    """Whose session this is; None when it is over, was ended from elsewhere, or never was."""
    token = session.get("token")
    return door.inside(token, by_person=by_person) if isinstance(token, str) else None
