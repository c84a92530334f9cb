"""You said, we did: the actions, what hangs on them, what families read of them, and the telling of whoever told."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from bot.action_requests import Wish
from bot.actions import MOST_SHOWN, Action, ActionFilter, Actions
from bot.actions_told import Telling
from bot.cards import ExperienceCard
from bot.errors import NotFound
from bot.spending import BeyondCeilingError
from bot.wall import Role
from staff.action_forms import LOCALES, ActionForm, read_filter
from staff.desk import desk, go, handles_alerts, member, tell
from staff.forms import read_beyond
from staff.inbox_forms import read_day
from staff.views.experience import address_of, look_up

NEW = "new"
"""In place of an action's id: one is to be made."""
_OWNERS = (Role.REVIEWER, Role.PUBLISHER, Role.SAFEGUARDING)


def add_actions(blueprint: Blueprint) -> None:
    one = "/actions/<uuid:action_id>"
    rules = (
        ("/actions", "actions", actions, "GET"),
        ("/actions", "make_action", make_action, "POST"),
        ("/actions/new", "new_action", new_action, "GET"),
        (one, "action", action, "GET"),
        (f"{one}/edit", "edit_action", edit_action, "GET"),
        (f"{one}/edit", "change_action", change_action, "POST"),
        (f"{one}/preview", "preview_action", preview_action, "GET"),
        (f"{one}/theme", "link_theme", link_theme, "POST"),
        (f"{one}/unlink/<reference>", "unlink_action", unlink_action, "POST"),
        (f"{one}/quote/<reference>", "quote_in_action", quote_in_action, "POST"),
        (f"{one}/publish", "publish_action", publish_action, "POST"),
        (f"{one}/take-back", "take_action_back", take_action_back, "POST"),
        (f"{one}/tell", "tell_people", tell_people, "POST"),
        (f"{one}/stop", "stop_telling", stop_telling, "POST"),
        ("/experiences/<reference>/actions", "link_action", link_action, "POST"),
        ("/inbox/actions", "link_ticked", link_ticked, "POST"),
    )
    for rule, endpoint, view, method in rules:
        blueprint.add_url_rule(rule, endpoint, view, methods=[method])


def _use() -> Actions:
    found = desk().rooms.actions
    if found is None:
        abort(404)
    return found


def _telling() -> Telling:
    found = desk().rooms.telling
    if found is None:
        abort(404)
    return found


def _find(action_id: UUID) -> Action:
    return _use().find(action_id, with_safeguarding=handles_alerts())


def actions() -> ResponseReturnValue:
    wanted = read_filter(request.args, member().id)
    found = _use().records.actions(wanted, with_safeguarding=handles_alerts())
    return render_template("staff/actions.html", actions=found, wanted=wanted, is_narrowed=wanted != ActionFilter())


def new_action() -> ResponseReturnValue:
    _use()
    reference = look_up(request.args["from"]).card.reference if request.args.get("from") else ""
    theme = request.args.get("theme", "")
    return _form(ActionForm.fresh(reference=reference, theme=theme if theme in desk().taxonomy.themes else ""))


def make_action() -> ResponseReturnValue:
    form = _read()
    if form.draft is None:
        return _form(form), 400
    cards: list[ExperienceCard] = [look_up(reference).card for reference in request.form.getlist("reference") if reference]
    if form.given["theme"] and (since := read_day(form.given["since"])) is not None:
        cards += _use().of_theme(form.given["theme"], since)
    _use().make(form.id, form.draft, member())
    linked = _use().link(form.id, cards, member())
    tell("action_made", count=linked)
    return go(url_for("staff.action", action_id=form.id))


def edit_action(action_id: UUID) -> ResponseReturnValue:
    return _form(ActionForm.of(_find(action_id)), action_id)


def change_action(action_id: UUID) -> ResponseReturnValue:
    found, form = _find(action_id), _read()
    if form.draft is None:
        return _form(form, action_id), 400
    changed = _use().change(action_id, form.draft, member())
    tell("action_changed" if changed else "action_as_it_was", public="yes" if changed and found.edition else "")
    return go(url_for("staff.action", action_id=action_id))


def action(action_id: UUID) -> ResponseReturnValue:
    return _page(_find(action_id))


def preview_action(action_id: UUID) -> ResponseReturnValue:
    """The page as families would see it, in a language they choose."""
    return _use().as_families_would_see(_find(action_id), request.args.get("locale", ""))


def link_theme(action_id: UUID) -> ResponseReturnValue:
    found = _find(action_id)
    theme, since = request.form.get("theme", ""), read_day(request.form.get("since", ""))
    if theme not in desk().taxonomy.themes or since is None:
        tell("action_theme_wrong")
        return _back(found)
    cards = _use().of_theme(theme, since)
    tell("action_linked", count=_use().link(action_id, cards, member()))
    return _back(found)


def unlink_action(action_id: UUID, reference: str) -> ResponseReturnValue:
    card = look_up(reference).card
    _use().unlink(_find(action_id).id, card.id, member())
    tell("action_unlinked", reference=card.reference)
    return go(_back_to(action_id, card.reference))


def quote_in_action(action_id: UUID, reference: str) -> ResponseReturnValue:
    """Words of one family are put on the public page, or taken from it."""
    found, card = _find(action_id), look_up(reference).card
    try:
        passage_id = UUID(request.form.get("passage", ""))
    except ValueError as error:
        raise BadRequest from error
    if all(passage.id != passage_id for passage in card.passages):
        raise NotFound
    wanted = request.form.get("quoted") == "yes"
    done = _use().quote(found, passage_id, member(), quoted=wanted)
    tell(("action_quoted" if wanted else "action_unquoted") if done else "action_not_quoted", reference=card.reference)
    return _back(found)


def publish_action(action_id: UUID) -> ResponseReturnValue:
    found = _find(action_id)
    try:
        edition_id = UUID(request.form.get("id", ""))
    except ValueError as error:
        raise BadRequest from error
    unready = _use().publish(found, edition_id, member())
    if unready is None:
        _settle(found, Wish.PUBLISH)
        tell("action_published")
    else:
        tell("action_unready", why=unready.value)
    return _back(found)


def take_action_back(action_id: UUID) -> ResponseReturnValue:
    found = _find(action_id)
    tell("action_taken_back" if _use().take_back(found, member()) else "action_not_public")
    return _back(found)


def tell_people(action_id: UUID) -> ResponseReturnValue:
    found = _find(action_id)
    try:
        tell("action_telling", count=_telling().start(found, member(), beyond=read_beyond(request.form)))
        _settle(found, Wish.TELL)
    except BeyondCeilingError:
        tell("beyond_ceiling")
    return _back(found)


def _settle(found: Action, wish: Wish) -> None:
    """Whoever asked for it is answered by its being done."""
    asks = desk().rooms.action_requests
    if asks is not None:
        asks.grant(found, wish, member())


def stop_telling(action_id: UUID) -> ResponseReturnValue:
    found = _find(action_id)
    tell("action_stopped", count=_telling().stop(found, member()))
    return _back(found)


def link_action(reference: str) -> ResponseReturnValue:
    """From the page of an experience."""
    card = look_up(reference).card
    return _link([card], address_of(card.reference))


def link_ticked() -> ResponseReturnValue:
    """From the inbox: each that was ticked is looked up behind the wall."""
    cards = [look_up(reference).card for reference in request.form.getlist("reference")]
    return _link(cards, url_for("staff.inbox"))


def _link(cards: Sequence[ExperienceCard], back: str) -> ResponseReturnValue:
    chosen = request.form.get("action", "")
    if not cards or not chosen:
        tell("action_nothing_chosen")
        return go(back)
    if chosen == NEW:
        form = ActionForm.fresh()
        return _form(form, references=[card.reference for card in cards])
    try:
        found = _find(UUID(chosen))
    except ValueError as error:
        raise BadRequest from error
    tell("action_linked", count=_use().link(found.id, cards, member()))
    return _back(found)


def _read() -> ActionForm:
    at = desk()
    return ActionForm.read(request.form, team=[each.id for each in at.store.all_staff()], themes=at.taxonomy.themes)


def _form(form: ActionForm, action_id: UUID | None = None, *, references: Sequence[str] = ()) -> str:
    team = [each for each in desk().store.all_staff() if each.disabled_at is None and each.role in _OWNERS]
    named = [*references, *([form.given["reference"]] if form.given["reference"] else [])] or request.form.getlist("reference")
    return render_template(
        "staff/action_form.html",
        form=form,
        action_id=action_id,
        team=team,
        locales=LOCALES,
        references=list(dict.fromkeys(named)),
    )


def _page(found: Action) -> str:
    use, telling = _use(), desk().rooms.telling
    return render_template(
        "staff/action.html",
        action=found,
        linked=use.records.linked(found.id, with_safeguarding=handles_alerts(), limit=MOST_SHOWN),
        history=use.records.history(found.id),
        plan=telling.plan(found) if telling else None,
        progress=telling.records.progress(found.id) if telling else None,
        month=telling.spending.month() if telling and telling.spending else None,
        edition_id=uuid4(),
    )


def _back(found: Action) -> ResponseReturnValue:
    return go(url_for("staff.action", action_id=found.id))


def _back_to(action_id: UUID, reference: str) -> str:
    """To the page the form stood on."""
    is_there = request.form.get("at") == "experience"
    return address_of(reference) if is_there else url_for("staff.action", action_id=action_id)
