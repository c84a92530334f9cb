"""Who asks for a page, looked at before anything else: a stranger goes to the door, and a role where it may."""

from __future__ import annotations

from flask import g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.door import Inside, Way
from bot.imports import LARGEST_FILE
from bot.wall import NotYourRole
from staff import sessions
from staff.desk import Desk, desk, tell
from staff.gates import first_page, may_enter

_DOOR = ("sign_in", "try_to_sign_in", "council", "council_back", "invitation", "accept_invitation", "static")
PUBLIC = frozenset(f"staff.{name}" for name in _DOOR)
"""What answers without a login."""
HALFWAY = frozenset({"staff.second_step", "staff.try_second_step", "staff.sign_out"})
"""What answers between the password and the second step; but for the last, only there."""
SETTING_UP = frozenset({"staff.two_step", "staff.begin_two_step", "staff.confirm_two_step", "staff.sign_out"})
"""What answers who needs the second step and has not set it up."""
BY_THE_CLOCK = "X-By-The-Clock"
"""Stands over what a page asks by itself while it is open: a page on a screen keeps nobody signed in."""
UPLOAD = "staff.upload_import"
LARGEST_FORM = 256 * 1024
"""Bytes. Our largest holds an outcome and the themes of a long experience, well under this."""


def know_who() -> ResponseReturnValue | None:
    """Nothing here is shown to a stranger: whoever is not signed in is sent to the door, and on afterwards."""
    request.max_content_length = LARGEST_FORM if request.endpoint != UPLOAD else LARGEST_FORM + LARGEST_FILE
    if request.endpoint == "staff.static":
        return None
    at = desk()
    g.inside = sessions.inside(session, at.door, by_person=BY_THE_CLOCK not in request.headers)
    g.member = None if g.inside is None or not g.inside.session.whole else g.inside.member
    if request.endpoint in PUBLIC:
        return None
    if g.inside is not None:
        return _on_the_way(at, g.inside)
    if sessions.is_begun(session):
        session.clear()
        tell("session_over")
    return redirect(url_for("staff.sign_in", onward=_onward()), code=303)


def _on_the_way(at: Desk, inside: Inside) -> ResponseReturnValue | None:
    """Whoever still owes the second step, or must set it up, gets no further before."""
    if not inside.session.whole:
        return None if request.endpoint in HALFWAY else redirect(url_for("staff.second_step"), code=303)
    role, endpoint = inside.member.role, request.endpoint or ""
    if endpoint == "staff.second_step":
        return redirect(url_for("staff.home"), code=303)
    step = at.rooms.second_step
    owes = step is not None and step.is_needed(inside.member) and not inside.session.stepped
    g.owes_step = owes and inside.session.way is Way.PASSWORD
    if g.owes_step and endpoint not in SETTING_UP:
        return redirect(url_for("staff.two_step"), code=303)
    if endpoint == "staff.home":
        return redirect(url_for(first_page(role)))
    if not may_enter(endpoint, role):
        raise NotYourRole
    return None


def _onward() -> str | None:
    """Where to go after the door. A POST cannot be taken up again: its experience, or its alert, is as near as it gets."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    args = request.view_args or {}
    if "reference" in args:
        return url_for("staff.experience", reference=args["reference"])
    if "task_id" in args:
        return url_for("staff.task", task_id=args["task_id"])
    return url_for("staff.loose_alert", alert_id=args["alert_id"]) if "alert_id" in args else None
