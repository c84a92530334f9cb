"""Who has a talk: take it over from the bot, write to the family, take words back, hand it back."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.holding import Held, Holding
from bot.replying import LookAgainError, Mark
from bot.writing import NotWritableError
from staff.desk import desk, go, member, tell
from staff.letter_forms import LetterForm, written_in
from staff.reply_pages import reply_page, replying
from staff.views.experience import address_of, look_up, page_of


def add_hold(blueprint: Blueprint) -> None:
    at = "/experiences/<reference>"
    blueprint.add_url_rule(f"{at}/write", "write", write, methods=["GET"])
    blueprint.add_url_rule(f"{at}/write", "preview", preview, methods=["POST"])
    blueprint.add_url_rule(f"{at}/write/typed", "typed", typed, methods=["POST"])
    blueprint.add_url_rule(f"{at}/send", "send", send, methods=["POST"])
    blueprint.add_url_rule(f"{at}/ask", "ask_to_write", ask_to_write, methods=["POST"])
    blueprint.add_url_rule(f"{at}/letters/<uuid:letter_id>/take-back", "take_back_letter", take_back_letter, methods=["POST"])
    blueprint.add_url_rule(f"{at}/take", "take_talk", take_talk, methods=["POST"])
    blueprint.add_url_rule(f"{at}/give-back", "give_talk_back", give_talk_back, methods=["POST"])
    blueprint.add_url_rule(f"{at}/keep", "keep_talk", keep_talk, methods=["POST"])


def write(reference: str) -> ResponseReturnValue:
    """The box stands on the page of the experience; this is where links to it led, and lead."""
    return go(f"{address_of(_look(reference).talk.reference or reference)}#reply")


def preview(reference: str) -> ResponseReturnValue:
    """What would leave, before it does. ``change``: back to the words, to put them right. Where the window is shut, the words
    are kept, and no more.
    """
    form, held, use = LetterForm.read(request.form), _look(reference), replying()
    use.draft(held, member(), form.words)
    if use.holding.barrier(held.talk) is not None:
        tell("draft_kept")
        return go(address_of(reference))
    if form.errors:
        return _page(reference, held, form), 400
    if "change" in request.form:
        return _page(reference, held, form)
    return render_template("staff/write_preview.html", reply=reply_page(held, form), form=form, here=reference)


def typed(reference: str) -> ResponseReturnValue:
    """While somebody writes, the parts of the box that change, as they stand on the server. New words are kept as a draft."""
    held, words = _look(reference), written_in(request.form)
    if request.form.get("new") == "yes":
        replying().draft(held, member(), words)
    form = LetterForm(UUID(int=0), words, Mark.read(request.form.get("seen", "")))
    return render_template("staff/reply_typed.html", reply=reply_page(held, form))


def send(reference: str) -> ResponseReturnValue:
    form, held = LetterForm.read(request.form), _look(reference)
    if form.errors:
        return _page(reference, held, form), 400
    use = replying()
    try:
        use.answer(held.talk.reference or "", member(), form.id, form.words, form.seen)
    except LookAgainError as refused:
        use.draft(held, member(), form.words)
        look = reply_page(_look(reference), form, changes=refused.changes)
        return page_of(look_up(reference), reply=look), 409
    except NotWritableError as refused:
        use.draft(held, member(), form.words)
        tell("not_written", why=refused.barrier.value if refused.barrier else "not_yours")
    else:
        tell("written")
    return go(address_of(reference))


def ask_to_write(reference: str) -> ResponseReturnValue:
    try:
        is_new = replying().ask(_look(reference).talk.reference or "", member())
    except NotWritableError:
        tell("not_asked")
    else:
        tell("asked_to_write" if is_new else "asked_before")
    return go(address_of(reference))


def take_back_letter(reference: str, letter_id: UUID) -> ResponseReturnValue:
    """The words are a draft again, and stand in the box."""
    words = _holding().writing.take_back(_look(reference).talk, member(), letter_id)
    tell("letter_gone" if words is None else "letter_back")
    return go(address_of(reference))


def take_talk(reference: str) -> ResponseReturnValue:
    told = _holding().take(_look(reference).talk.reference or "", member())
    tell("talk_taken", told=told.value)
    return go(address_of(reference))


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


def _page(reference: str, held: Held, form: LetterForm) -> str:
    return page_of(look_up(reference), reply=reply_page(held, form))
