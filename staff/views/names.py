"""Names that were missed in an experience: a word is hidden, or words that might be names are left as they are."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from bot.hiding import Hiding
from staff.desk import desk, go, member, tell
from staff.forms import HiddenWord, read_left_words
from staff.views.experience import address_of, look_up, page_of


def add_names(blueprint: Blueprint) -> None:
    at = "/experiences/<reference>"
    blueprint.add_url_rule(f"{at}/hide", "hide_word", hide_word, methods=["POST"])
    blueprint.add_url_rule(f"{at}/leave", "leave_words", leave_words, methods=["POST"])


def hide_word(reference: str) -> ResponseReturnValue:
    view, use = look_up(reference), _hiding()
    form = HiddenWord.read(request.form)
    if form.errors:
        return page_of(view, hidden=form), 400
    files = desk().files
    transcripts = [file.transcript for file in files.of(view.card.reference)] if files else []
    places = use.hide(view, member(), form.word, beside=transcripts)
    tell("word_hidden" if places else "word_not_there", count=places)
    return go(address_of(view.card.reference))


def leave_words(reference: str) -> ResponseReturnValue:
    view = look_up(reference)
    _hiding().leave(view, member(), read_left_words(request.form))
    tell("words_left")
    return go(address_of(view.card.reference))


def _hiding() -> Hiding:
    found = desk().rooms.hiding
    if found is None:
        abort(404)
    return found
