"""What a family's words mean, in English: entered beside each message by whoever reads their language."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.translations import Entered, Translations
from staff.desk import desk, go, member, tell
from staff.translation_forms import Meaning
from staff.views.experience import look_up


def add_translate(blueprint: Blueprint) -> None:
    at = "/experiences/<reference>/translate"
    blueprint.add_url_rule(at, "translate", translate, methods=["GET"])
    blueprint.add_url_rule(at, "enter_translation", enter_translation, methods=["POST"])


def translate(reference: str) -> ResponseReturnValue:
    return _page(reference)


def enter_translation(reference: str) -> ResponseReturnValue:
    view, form = look_up(reference), Meaning.read(request.form)
    if form.errors:
        return _page(reference, form), 400
    entered = _translations().enter(view.card.reference, form.seq, member(), form.text, after=form.after, of=form.of)
    if entered is not Entered.KEPT:
        tell("translation_overtaken" if entered is Entered.OVERTAKEN else "translation_of_other_words")
        return _page(reference, form), 409
    tell("translated")
    return go(url_for("staff.translate", reference=reference))


def _translations() -> Translations:
    found = desk().rooms.translations
    if found is None:
        abort(404)
    return found


def _page(reference: str, form: Meaning | None = None) -> str:
    view, use = look_up(reference), _translations()
    originals = use.originals(view.card.reference, member())
    return render_template(
        "staff/translate.html",
        card=view.card,
        here=reference,
        originals=originals,
        typed={original.seq: use.typed(original) for original in originals},
        form=form,
    )
