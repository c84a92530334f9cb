"""Days for STATUS: when the team talked about something and when an answer is due, for one experience or a whole theme."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.cards import ExperienceView
from bot.errors import NotFound
from bot.milestones import Milestones
from staff.desk import desk, go, member, tell
from staff.milestone_forms import MilestoneForm
from staff.views.experience import look_up


def add_milestones(blueprint: Blueprint) -> None:
    at = "/experiences/<reference>/milestones"
    blueprint.add_url_rule(at, "give_milestone", give, methods=["POST"])
    blueprint.add_url_rule(f"{at}/<uuid:milestone_id>/take-back", "take_milestone_back", take_back, methods=["POST"])
    blueprint.add_url_rule("/milestones", "milestones", milestones, methods=["GET"])
    blueprint.add_url_rule("/milestones", "give_milestone_to_theme", give_to_theme, methods=["POST"])
    blueprint.add_url_rule(
        "/milestones/<uuid:milestone_id>/take-back", "take_theme_milestone_back", take_back_of_theme, methods=["POST"]
    )


def give(reference: str) -> ResponseReturnValue:
    view = look_up(reference)
    form = _given(MilestoneForm.read(request.form, experience_id=view.card.id))
    if form.errors:
        return _page(form, view), 400
    tell("milestone_given")
    return go(_address(view.card.reference))


def take_back(reference: str, milestone_id: UUID) -> ResponseReturnValue:
    view = look_up(reference)
    if all(each.id != milestone_id for each in _milestones().records.of_experience(view.card.id)):
        raise NotFound
    _milestones().take_back(milestone_id, member())
    tell("milestone_taken_back")
    return go(_address(view.card.reference))


def milestones() -> ResponseReturnValue:
    return _page(MilestoneForm.fresh(desk().today()))


def give_to_theme() -> ResponseReturnValue:
    form = _given(MilestoneForm.read(request.form))
    if form.errors:
        return _page(form), 400
    tell("milestone_given")
    return go(url_for("staff.milestones"))


def take_back_of_theme(milestone_id: UUID) -> ResponseReturnValue:
    if all(each.id != milestone_id for each in _milestones().records.of_themes()):
        raise NotFound
    _milestones().take_back(milestone_id, member())
    tell("milestone_taken_back")
    return go(url_for("staff.milestones"))


def _milestones() -> Milestones:
    found = desk().rooms.milestones
    if found is None:
        abort(404)
    return found


def _given(form: MilestoneForm) -> MilestoneForm:
    """Kept, if nothing is wrong with it."""
    if form.milestone is None:
        return form
    fault = _milestones().give(form.milestone, member())
    return form if fault is None else form.refused(fault)


def _page(form: MilestoneForm, view: ExperienceView | None = None) -> str:
    """The themes' page, or, where the form of one experience was not in order, that form by itself."""
    return render_template(
        "staff/milestones.html",
        form=form,
        reference=view.card.reference if view else None,
        listed=() if view else _milestones().records.of_themes(),
    )


def _address(reference: str) -> str:
    return url_for("staff.experience", reference=reference.replace(" ", "-"))
