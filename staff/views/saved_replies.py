"""Replies that the team keeps: listed, written, changed, retired; and begun with, a field for each blank."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.saved_replies import ChangedMeanwhileError, NotKeptError, SavedReplies, filled
from staff.desk import desk, go, member, tell
from staff.letter_forms import written_in
from staff.reply_pages import replying
from staff.saved_forms import FillForm, SavedForm
from staff.views.experience import address_of, look_up


def add_saved_replies(blueprint: Blueprint) -> None:
    at = "/saved-replies"
    blueprint.add_url_rule(at, "saved_replies", saved_replies, methods=["GET"])
    blueprint.add_url_rule(f"{at}/new", "new_saved_reply", new_saved_reply, methods=["GET"])
    blueprint.add_url_rule(f"{at}/new", "add_saved_reply", add_saved_reply, methods=["POST"])
    blueprint.add_url_rule(f"{at}/<uuid:saved_id>", "saved_reply", saved_reply, methods=["GET"])
    blueprint.add_url_rule(f"{at}/<uuid:saved_id>", "change_saved_reply", change_saved_reply, methods=["POST"])
    blueprint.add_url_rule(f"{at}/<uuid:saved_id>/retire", "retire_saved_reply", retire, methods=["POST"])
    blueprint.add_url_rule(f"{at}/<uuid:saved_id>/put-back", "put_back_saved_reply", put_back, methods=["POST"])
    blueprint.add_url_rule("/experiences/<reference>/saved", "use_saved_reply", use_saved_reply, methods=["POST"])


def saved_replies() -> ResponseReturnValue:
    found = saved().records.standing()
    return render_template(
        "staff/saved_replies.html",
        usable=[each for each in found if not each.is_retired],
        retired=[each for each in found if each.is_retired],
    )


def new_saved_reply() -> ResponseReturnValue:
    return render_template("staff/saved_reply.html", form=SavedForm(), history=())


def add_saved_reply() -> ResponseReturnValue:
    form = SavedForm.read(request.form)
    try:
        saved().add(member(), form.title, form.text, is_ours=form.is_ours)
    except NotKeptError as refused:
        return _refused(form, refused)
    tell("saved_kept", title=form.title)
    return go(url_for("staff.saved_replies"))


def saved_reply(saved_id: UUID) -> ResponseReturnValue:
    history = saved().history(saved_id)
    return render_template("staff/saved_reply.html", form=SavedForm.of(history[0]), history=history)


def change_saved_reply(saved_id: UUID) -> ResponseReturnValue:
    form = SavedForm.read(request.form)
    try:
        saved().change(saved_id, member(), form.seen, form.title, form.text, is_ours=form.is_ours)
    except NotKeptError as refused:
        return _refused(form, refused, saved_id)
    except ChangedMeanwhileError:
        history = saved().history(saved_id)
        overtaken = replace(form, seen=history[0].number, errors={"text": "saved_overtaken"})
        return render_template("staff/saved_reply.html", form=overtaken, history=history), 409
    tell("saved_kept", title=form.title)
    return go(url_for("staff.saved_replies"))


def retire(saved_id: UUID) -> ResponseReturnValue:
    try:
        saved().retire(saved_id, member())
    except ChangedMeanwhileError:
        tell("saved_meanwhile")
    else:
        tell("saved_retired")
    return go(url_for("staff.saved_replies"))


def put_back(saved_id: UUID) -> ResponseReturnValue:
    try:
        saved().put_back(saved_id, member())
    except (ChangedMeanwhileError, NotKeptError):
        tell("saved_meanwhile")
    else:
        tell("saved_put_back")
    return go(url_for("staff.saved_replies"))


def use_saved_reply(reference: str) -> ResponseReturnValue:
    """What stands in the box is kept; the reply that is chosen is put under it, once each of its blanks is filled in."""
    use = replying()
    held = use.holding.look(look_up(reference).card.reference, member())
    try:
        version = saved().get(UUID(request.form.get("saved", "")))
    except ValueError:
        tell("saved_choose")
        use.draft(held, member(), written_in(request.form))
        return go(f"{address_of(reference)}#reply")
    if "filled" not in request.form:
        use.draft(held, member(), written_in(request.form))
    form = FillForm.read(version, request.form) if "filled" in request.form else FillForm.empty(version)
    if form.blanks and (form.errors or "filled" not in request.form):
        page = render_template("staff/saved_fill.html", version=version, form=form, here=reference)
        return (page, 400) if form.errors else page
    words = use.drafts.draft(held.talk.id, member().id)
    text = filled(version.text, form.values)
    use.draft(held, member(), f"{words}\n\n{text}" if words and text not in words else words or text)
    return go(f"{address_of(reference)}#reply")


def saved() -> SavedReplies:
    found = desk().rooms.saved_replies
    if found is None:
        abort(404)
    return found


def _refused(form: SavedForm, refused: NotKeptError, saved_id: UUID | None = None) -> ResponseReturnValue:
    history = saved().history(saved_id) if saved_id else ()
    told = replace(form, errors=dict(refused.faults), personal=refused.personal)
    return render_template("staff/saved_reply.html", form=told, history=history), 400
