"""Who has a talk: take it over from the bot, write to the family, take words back, hand it back."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.holding import Held, Holding
from bot.writing import NotWritableError
from staff.desk import desk, go, member, tell
from staff.letter_forms import LetterForm
from staff.views.experience import look_up


def add_hold(blueprint: Blueprint) -> None:
    at = "/experiences/<reference>"
    blueprint.add_url_rule(f"{at}/write", "write", write, methods=["GET"])
    blueprint.add_url_rule(f"{at}/write", "preview", preview, methods=["POST"])
    blueprint.add_url_rule(f"{at}/send", "send", send, methods=["POST"])
    blueprint.add_url_rule(f"{at}/letters/<uuid:letter_id>/take-back", "take_back_letter", take_back_letter, methods=["POST"])
    blueprint.add_url_rule(f"{at}/take", "take_talk", take_talk, methods=["POST"])
    blueprint.add_url_rule(f"{at}/give-back", "give_talk_back", give_talk_back, methods=["POST"])
    blueprint.add_url_rule(f"{at}/keep", "keep_talk", keep_talk, methods=["POST"])


def write(reference: str) -> ResponseReturnValue:
    return _page(reference, LetterForm.empty(uuid4()))


def preview(reference: str) -> ResponseReturnValue:
    """What would leave, before it does. ``change``: back to the words, to put them right."""
    form, held = LetterForm.read(request.form), _look(reference)
    if form.errors:
        return _page(reference, form), 400
    if "change" in request.form:
        return _page(reference, form)
    sheet = _holding().writing.sheet(held.talk, form.words)
    return render_template("staff/write_preview.html", held=held, sheet=sheet, form=form, here=reference)


def send(reference: str) -> ResponseReturnValue:
    form, held = LetterForm.read(request.form), _look(reference)
    if form.errors:
        return _page(reference, form), 400
    try:
        _holding().writing.write(held.talk, member(), form.id, form.words)
    except NotWritableError as refused:
        tell("not_written", why=refused.barrier.value if refused.barrier else "not_yours")
    else:
        tell("written")
    return go(_address(reference))


def take_back_letter(reference: str, letter_id: UUID) -> ResponseReturnValue:
    """The words come back with this answer, to be put right: they stand in no address and no cookie."""
    words = _holding().writing.take_back(_look(reference).talk, member(), letter_id)
    if words is None:
        tell("letter_gone")
        return go(_address(reference))
    return _page(reference, LetterForm(uuid4(), words), taken_back=True)


def take_talk(reference: str) -> ResponseReturnValue:
    told = _holding().take(_look(reference).talk.reference or "", member())
    tell("talk_taken", told=told.value)
    return go(_address(reference))


def give_talk_back(reference: str) -> ResponseReturnValue:
    told = _holding().give_back(_look(reference).talk.reference or "", member())
    tell("talk_given_back", told=told.value)
    return go(url_for("staff.experience", reference=reference))


def keep_talk(reference: str) -> ResponseReturnValue:
    _holding().keep(_look(reference).talk.reference or "", member())
    tell("talk_kept")
    return go(url_for("staff.inbox"))


def _holding() -> Holding:
    found = desk().rooms.holding
    if found is None:
        abort(404)
    return found


def _look(reference: str) -> Held:
    """Raises ``NotFound``, behind the wall too."""
    view = look_up(reference)
    return _holding().look(view.card.reference, member())


def _address(reference: str) -> str:
    return url_for("staff.write", reference=reference)


def _page(reference: str, form: LetterForm, *, taken_back: bool = False) -> str:
    view, held = look_up(reference), _look(reference)
    return render_template(
        "staff/write.html",
        view=view,
        held=held,
        form=form,
        here=reference,
        barrier=_holding().barrier(held.talk),
        letters=_holding().writing.waiting(held.talk),
        is_mine=held.talk.held_by == member().id,
        taken_back=taken_back,
    )
