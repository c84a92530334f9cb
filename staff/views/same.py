"""Two references of one person: looked at side by side, linked for a reason, and parted again."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.errors import NotFound
from bot.same_person import NotLinkableError, SamePerson
from staff.desk import desk, go, member, tell
from staff.forms import Reason, read_reference
from staff.views.experience import LONGEST_REFERENCE, look_up


def add_same(blueprint: Blueprint) -> None:
    at = "/experiences/<reference>"
    blueprint.add_url_rule(f"{at}/same", "same", same, methods=["POST"])
    blueprint.add_url_rule(f"{at}/same/<other>", "compare", compare, methods=["GET"])
    blueprint.add_url_rule(f"{at}/same/<other>", "link", link, methods=["POST"])
    blueprint.add_url_rule(f"{at}/links/<uuid:link_id>/part", "part", part, methods=["POST"])


def _same_person() -> SamePerson:
    found = desk().rooms.same_person
    if found is None:
        abort(404)
    return found


def same(reference: str) -> ResponseReturnValue:
    """The other reference was typed: on to the page that shows both."""
    view = look_up(reference)
    other = read_reference(request.form, longest=LONGEST_REFERENCE)
    try:
        _same_person().both(view.card.reference, other, member())
    except NotFound:
        tell("no_such_reference")
    except NotLinkableError as error:
        tell(error.refusal.value)
    else:
        here, there = _in_address(view.card.reference), _in_address(other)
        return go(url_for("staff.compare", reference=here, other=there) + "#main-content")
    return go(_address(view.card.reference))


def compare(reference: str, other: str) -> ResponseReturnValue:
    return _page(reference, other)


def link(reference: str, other: str) -> ResponseReturnValue:
    reason = Reason.read(request.form)
    if reason.errors:
        return _page(reference, other, reason)
    here, there = look_up(reference).card.reference, look_up(other).card.reference
    try:
        _same_person().join(here, there, member(), reason.why)
    except NotLinkableError as error:
        tell(error.refusal.value)
    else:
        tell("linked", other=there)
    return go(_address(here))


def part(reference: str, link_id: UUID) -> ResponseReturnValue:
    here = look_up(reference).card.reference
    try:
        _same_person().part(here, link_id, member())
    except NotLinkableError as error:
        tell(error.refusal.value)
    else:
        tell("parted")
    return go(_address(here))


def _page(reference: str, other: str, reason: Reason | None = None) -> ResponseReturnValue:
    here, there = look_up(reference).card.reference, look_up(other).card.reference
    try:
        sides = _same_person().both(here, there, member())
    except NotLinkableError as error:
        tell(error.refusal.value)
        return go(_address(here))
    return render_template("staff/same.html", sides=sides, here=here, there=there, reason=reason), 400 if reason else 200


def _in_address(reference: str) -> str:
    return reference.replace(" ", "-")


def _address(reference: str) -> str:
    return url_for("staff.experience", reference=_in_address(reference))
