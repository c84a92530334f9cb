"""The team, for administrators: who is in it, in which role, and help for who lost a phone. No words of families."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from bot.errors import NotFound
from bot.records import StaffMember
from bot.team import Team
from bot.wall import Role
from staff.desk import desk, go, member, tell


def add_team(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/team", "team", team, methods=["GET"])
    blueprint.add_url_rule("/team/<uuid:staff_id>/role", "change_role", change_role, methods=["POST"])
    blueprint.add_url_rule("/team/<uuid:staff_id>/two-step", "reset_two_step", reset_two_step, methods=["POST"])
    blueprint.add_url_rule("/team/<uuid:staff_id>/remove", "remove_member", remove_member, methods=["POST"])


def team() -> ResponseReturnValue:
    at = desk()
    step = at.rooms.second_step
    people = [each for each in at.store.all_staff() if each.disabled_at is None]
    return render_template(
        "staff/team.html",
        people=sorted(people, key=lambda each: each.name.casefold()),
        seen={each.id: max((session.seen_at for session in at.sessions.of(each.id)), default=None) for each in people},
        stepped=step.records.having() if step is not None else frozenset(),
        has_steps=step is not None,
        roles=[role.value for role in Role],
        nobody_leads=all(each.role != Role.SAFEGUARDING for each in people),
    )


def change_role(staff_id: UUID) -> ResponseReturnValue:
    try:
        role = Role(request.form.get("role", ""))
    except ValueError as error:
        raise BadRequest from error
    other = _team().change_role(_other(staff_id), role, by=member())
    tell("role_changed", name=other.name)
    return go(url_for("staff.team"))


def reset_two_step(staff_id: UUID) -> ResponseReturnValue:
    step, other = desk().rooms.second_step, _other(staff_id)
    if step is None:
        raise NotFound
    step.reset(other, by=member())
    tell("step_reset", name=other.name)
    return go(url_for("staff.team"))


def remove_member(staff_id: UUID) -> ResponseReturnValue:
    other = _team().remove(_other(staff_id), by=member())
    tell("member_removed", name=other.name)
    return go(url_for("staff.team"))


def _team() -> Team:
    return Team(store=desk().store, clock=desk().clock)


def _other(staff_id: UUID) -> StaffMember:
    """Not oneself: an admin who takes the role away from themselves leaves nobody to give it back."""
    other = desk().store.staff(staff_id)
    if other is None or other.disabled_at is not None or other.id == member().id:
        raise NotFound
    return other
