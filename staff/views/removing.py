"""Removing one passage: what goes, what stays, why; and putting it back within the day."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.cards import ExperienceView
from bot.passages import digest_of
from bot.removing import PUT_BACK_WITHIN, Removing, RepeatsError, passage_of
from staff.desk import desk, go, member, tell
from staff.removing_forms import RemovalForm
from staff.views.experience import address_of, look_up


def add_removing(blueprint: Blueprint) -> None:
    at = "/experiences/<reference>"
    blueprint.add_url_rule(f"{at}/passages/<uuid:passage_id>/remove", "ask_to_remove", ask_to_remove, methods=["GET"])
    blueprint.add_url_rule(f"{at}/passages/<uuid:passage_id>/remove", "remove_passage", remove_passage, methods=["POST"])
    blueprint.add_url_rule(f"{at}/removed/<uuid:removal_id>/put-back", "put_back_passage", put_back_passage, methods=["POST"])


def ask_to_remove(reference: str, passage_id: UUID) -> ResponseReturnValue:
    return _page(look_up(reference), passage_id, RemovalForm())


def remove_passage(reference: str, passage_id: UUID) -> ResponseReturnValue:
    view, use = look_up(reference), _use()
    form = RemovalForm.read(request.form)
    if form.why is None or form.errors:
        return _page(view, passage_id, form), 400
    try:
        done = use.remove(view, member(), passage_id, why=form.why, reason=form.reason, digest=request.form.get("digest", ""))
    except RepeatsError:
        return _page(view, passage_id, form.repeating()), 400
    if done is None:
        tell("passage_changed")
        return go(address_of(view.card.reference))
    said = {"letters": done.letters, "called_back": done.called_back, "told": int(done.told), "why": form.why.value}
    tell("passage_removed", reference=view.card.reference, **said)
    still_there = desk().store.experience(view.card.reference) is not None
    return go(address_of(view.card.reference) if still_there else url_for("staff.inbox"))


def put_back_passage(reference: str, removal_id: UUID) -> ResponseReturnValue:
    view = look_up(reference)
    tell("passage_put_back" if _use().put_back(view, member(), removal_id) else "passage_stays_out")
    return go(address_of(view.card.reference))


def _use() -> Removing:
    found = desk().rooms.removing
    if found is None:
        abort(404)
    return found


def _page(view: ExperienceView, passage_id: UUID, form: RemovalForm) -> str:
    use, passage = _use(), passage_of(view, passage_id)
    return render_template(
        "staff/remove_passage.html",
        card=view.card,
        passage=passage,
        digest=digest_of(passage.text),
        going=use.going(view, passage_id),
        own=use.own_words(view, passage_id) if passage.translated else (),
        may_tell=use.may_tell(view),
        until=desk().clock.now() + PUT_BACK_WITHIN,
        form=form,
    )
