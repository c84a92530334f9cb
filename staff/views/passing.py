"""Passing on to teams and services: praise, and what a service is to answer; what became of each; who they are."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.cards import ExperienceView
from bot.errors import NotFound
from bot.passing_on import BarredError, Passing, Recipient, has_said_no, offered
from bot.sending_on import DayError, SendingOn
from staff.desk import desk, go, member, tell
from staff.passing_forms import AnswerForm, PassingForm, RecipientForm, read_kind
from staff.views.experience import address_of, look_up


def add_passing(blueprint: Blueprint) -> None:
    at = "/experiences/<reference>/pass-on"
    blueprint.add_url_rule(at, "pass_on", pass_on, methods=["GET"])
    blueprint.add_url_rule(at, "preview_passing", preview, methods=["POST"])
    blueprint.add_url_rule(f"{at}/send", "send_passing", send, methods=["POST"])
    one = "/passed-on/<uuid:passing_id>"
    blueprint.add_url_rule("/passed-on", "passed_on", passed_on, methods=["GET"])
    blueprint.add_url_rule(one, "passing", passing, methods=["GET"])
    blueprint.add_url_rule(f"{one}/again", "send_passing_again", again, methods=["POST"])
    blueprint.add_url_rule(f"{one}/answer", "answer_passing", answer, methods=["POST"])
    blueprint.add_url_rule(f"{one}/call-back", "call_passing_back", call_back, methods=["POST"])
    blueprint.add_url_rule("/recipients", "recipients", recipients, methods=["GET"])
    blueprint.add_url_rule("/recipients", "add_recipient", add_recipient, methods=["POST"])
    blueprint.add_url_rule("/recipients/<uuid:recipient_id>/retire", "retire_recipient", retire_recipient, methods=["POST"])


def pass_on(reference: str) -> ResponseReturnValue:
    view, kind = look_up(reference), read_kind(request.args)
    ticked = frozenset(passage.id for passage in offered(view.card, kind))
    answer_to = _use().records.answers_went_to(member().id)
    return _page(view, PassingForm(id=uuid4(), kind=kind, passages=ticked, answer_to=answer_to, tell=True))


def preview(reference: str) -> ResponseReturnValue:
    """Exactly what would leave, before it does. ``change``: back to the form."""
    view, form = look_up(reference), PassingForm.read(request.form)
    if form.errors:
        return _page(view, form), 400
    if "change" in request.form:
        return _page(view, form)
    try:
        recipient, letter = _use().preview(view, form.wanted())
    except BarredError:
        return _page(view, form), 400
    except DayError:
        return _page(view, form.refused()), 400
    return render_template(
        "staff/passing_preview.html",
        card=view.card,
        form=form,
        recipient=recipient,
        letter=letter,
        tells=form.tell and form.kind == "praise" and _use().may_tell(view.card),
    )


def send(reference: str) -> ResponseReturnValue:
    view, form = look_up(reference), PassingForm.read(request.form)
    if form.errors:
        return _page(view, form), 400
    try:
        tell("passed_on" if _use().send(view, member(), form.wanted()) else "passed_on_before")
    except BarredError:
        return _page(view, form), 400
    except DayError:
        return _page(view, form.refused()), 400
    return go(address_of(view.card.reference))


def passed_on() -> ResponseReturnValue:
    return render_template("staff/passed_on.html", passings=_use().newest(member()))


def passing(passing_id: UUID) -> ResponseReturnValue:
    return _one(_use().look(passing_id, member()))


def again(passing_id: UUID) -> ResponseReturnValue:
    found = _use().look(passing_id, member())
    went = _use().again(look_up(found.reference), found, member())
    tell("passing_again" if went else "passing_as_before")
    return go(url_for("staff.passing", passing_id=passing_id))


def answer(passing_id: UUID) -> ResponseReturnValue:
    found, form = _use().look(passing_id, member()), AnswerForm.read(request.form)
    if form.errors:
        return _one(found, form), 400
    tell("passing_answered" if _use().write_answer(found, member(), form.answer) else "passing_as_before")
    return go(url_for("staff.passing", passing_id=passing_id))


def call_back(passing_id: UUID) -> ResponseReturnValue:
    found = _use().look(passing_id, member())
    tell("passing_called_back" if _use().call_back(found, member()) else "passing_as_before")
    return go(url_for("staff.passing", passing_id=passing_id))


def recipients() -> ResponseReturnValue:
    return _recipients(RecipientForm(id=uuid4()))


def add_recipient() -> ResponseReturnValue:
    form = RecipientForm.read(request.form)
    if form.errors:
        return _recipients(form), 400
    new = Recipient(id=form.id, name=form.name, email=form.email, casework=form.casework)
    _use().records.add_recipient(new, member(), desk().clock.now())
    tell("recipient_added", name=form.name)
    return go(url_for("staff.recipients"))


def retire_recipient(recipient_id: UUID) -> ResponseReturnValue:
    if not _use().records.retire_recipient(recipient_id, member(), desk().clock.now()):
        raise NotFound
    tell("recipient_retired")
    return go(url_for("staff.recipients"))


def _use() -> SendingOn:
    found = desk().rooms.sending_on
    if found is None:
        abort(404)
    return found


def _page(view: ExperienceView, form: PassingForm) -> str:
    use, card = _use(), view.card
    return render_template(
        "staff/pass_on.html",
        card=card,
        form=form,
        bar=use.bar(card, form.kind),
        any_recipients=bool(use.records.recipients()),
        recipients=use.open_to(card),
        offered=offered(card, form.kind),
        may_tell=form.kind == "praise" and use.may_tell(card),
    )


def _one(found: Passing, form: AnswerForm | None = None) -> str:
    """The experience's page may be gone by now: its words were taken back, and what was passed on is still on record."""
    view = desk().store.experience(found.reference)
    return render_template(
        "staff/passing.html",
        passing=found,
        form=form,
        may_go_again=view is not None and _use().may_go_again(found, view.card),
        bar=_use().bar(view.card, found.kind) if view is not None else None,
        is_covered=view is not None and not has_said_no(view.card),
        is_there=view is not None,
    )


def _recipients(form: RecipientForm) -> str:
    return render_template("staff/recipients.html", recipients=_use().records.recipients(), form=form)
