"""New matters: what several people told of lately and no theme fits, for those who publish; and setting one aside."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from bot.matters import Matters
from staff.desk import desk, go, member, tell


def add_matters(blueprint: Blueprint) -> None:
    at = "/new-matters"
    blueprint.add_url_rule(at, "matters", matters, methods=["GET"])
    blueprint.add_url_rule(f"{at}/<uuid:matter_id>/set-aside", "set_matter_aside", set_aside, methods=["POST"])
    blueprint.add_url_rule(f"{at}/<uuid:matter_id>/put-back", "put_matter_back", put_back, methods=["POST"])


def matters() -> ResponseReturnValue:
    found = _matters().listed(member())
    return render_template(
        "staff/matters.html",
        looked_at=_matters().looked_at(),
        new=[matter for matter in found if matter.set_aside_at is None],
        aside=[matter for matter in found if matter.set_aside_at is not None],
    )


def set_aside(matter_id: UUID) -> ResponseReturnValue:
    _matters().set_aside(matter_id, member())
    tell("matter_set_aside")
    return go(url_for("staff.matters"))


def put_back(matter_id: UUID) -> ResponseReturnValue:
    _matters().put_back(matter_id, member())
    tell("matter_put_back")
    return go(url_for("staff.matters"))


def _matters() -> Matters:
    found = desk().rooms.matters
    if found is None:
        abort(404)
    return found
