"""The way in by an invitation: a link that works once, behind which somebody sets their own password and second step."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.errors import NotFound
from bot.records import StaffMember
from bot.team import Team
from staff.desk import desk
from staff.forms import NewPassword
from staff.views.door import let_in


def add_invitation(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/invitation/<token>", "invitation", invitation, methods=["GET"])
    blueprint.add_url_rule("/invitation/<token>", "accept_invitation", accept_invitation, methods=["POST"])


def invitation(token: str) -> ResponseReturnValue:
    """Looking uses nothing up: mail programs open links before people do."""
    _, other = _whose(token)
    return _show(other, token, {}, 200 if other else 404)


def accept_invitation(token: str) -> ResponseReturnValue:
    use, other = _whose(token)
    if other is None or g.member is not None:
        return _show(other, token, {}, 404 if other is None else 409)
    form = NewPassword.read(request.form, about=(other.username, other.name))
    if form.errors:
        return _show(other, token, form.errors, 400)
    try:
        member = use.accept(token, desk().passwords.hash(form.password))
    except NotFound:  # it was used in this very moment
        return _show(None, token, {}, 404)
    step = desk().rooms.second_step
    return let_in(desk(), member, url_for("staff.two_step") if step is not None else "")


def _whose(token: str) -> tuple[Team, StaffMember | None]:
    at = desk()
    if at.rooms.team is None:
        raise NotFound
    other = at.rooms.team.invited(token)
    if other is not None and at.rooms.council is not None and at.rooms.council.only_local not in ("", other.username):
        other = None
    return at.rooms.team, other


def _show(other: StaffMember | None, token: str, errors: dict[str, str] | object, status: int) -> ResponseReturnValue:
    return render_template("staff/invitation.html", other=other, token=token, errors=errors), status
