"""Who has looked: what people did with one experience, or one alert, from the audit trail."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.errors import NotFound
from bot.trail import Trail
from staff.desk import desk, go, member
from staff.forms import read_reference
from staff.marks import readable
from staff.views.experience import LONGEST_REFERENCE


def add_looked(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/experiences/<reference>/looked", "looked", looked, methods=["GET"])
    blueprint.add_url_rule("/looked", "look_for", look_for, methods=["GET"])
    blueprint.add_url_rule("/looked", "find_looked", find_looked, methods=["POST"])
    blueprint.add_url_rule("/alerts/<uuid:alert_id>/looked", "looked_alert", looked_alert, methods=["GET"])


def looked(reference: str) -> ResponseReturnValue:
    if len(reference) > LONGEST_REFERENCE or readable(reference) != reference:
        raise NotFound
    return render_template("staff/looked.html", looked=_trail().of(reference.replace("-", " "), member()))


def look_for() -> ResponseReturnValue:
    return render_template("staff/look_for.html", asked=None)


def find_looked() -> ResponseReturnValue:
    """From a reference, typed as it comes to mind, to its page. What is not there, or behind the wall, is not there alike."""
    asked = read_reference(request.form, longest=LONGEST_REFERENCE)
    try:
        found = _trail().of(asked, member())
    except NotFound:
        return render_template("staff/look_for.html", asked=asked), 404
    return go(url_for("staff.looked", reference=found.reference.replace(" ", "-")))


def looked_alert(alert_id: UUID) -> ResponseReturnValue:
    return render_template("staff/looked_alert.html", lines=_trail().of_alert(alert_id, member()), alert_id=alert_id)


def _trail() -> Trail:
    found = desk().rooms.trail
    if found is None:
        abort(404)
    return found
