"""The inbox: what came in on every channel, in the order in which it should be read; what it is narrowed to, and views saved."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from bot.saved_views import LONGEST_NAME, SavedView, SavedViews, TooManyViewsError
from bot.wall import as_seen_by, at_work
from staff.desk import desk, go, handles_alerts, member, tell
from staff.forms import drawn_with
from staff.inbox_forms import Offer, Wanted, read_day, remember_words
from staff.marks import cleaned
from staff.pages import Behind, InboxCard

LANGUAGES = ("en", "en-x-easyread", "pl", "ro", "pt", "uk", "lt", "bg", "ar")


def add_inbox(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/", "home", home, methods=["GET"])
    blueprint.add_url_rule("/inbox", "inbox", inbox, methods=["GET"])
    blueprint.add_url_rule("/inbox", "find", find, methods=["POST"])
    blueprint.add_url_rule("/inbox/views", "save_view", save_view, methods=["POST"])
    blueprint.add_url_rule("/inbox/views/<uuid:view_id>/first", "view_first", view_first, methods=["POST"])
    blueprint.add_url_rule("/inbox/views/<uuid:view_id>/delete", "drop_view", drop_view, methods=["POST"])


def home() -> ResponseReturnValue:
    return redirect(url_for("staff.inbox"))


def inbox() -> ResponseReturnValue:
    at, offer = desk(), what_is_offered()
    saved = at.rooms.views.seen_by(member()) if at.rooms.views else ()
    if not request.args and (first := at.rooms.views.first_of(member()) if at.rooms.views else None):
        wanted = _wanted_by(first, offer)
    else:
        wanted = Wanted.read(request.args, offer=offer, finds=session.get("finds", {}))
    page = at.store.inbox(_filter(wanted, offer), at=wanted.at, back=wanted.back)
    if not page.cards and wanted.at is not None:
        return redirect(url_for("staff.inbox", **{**wanted.query(), "before": None, "after": None}))
    return render_template(
        "staff/inbox.html",
        wanted=wanted,
        page=page,
        offer=offer,
        saved=saved,
        current=next((view for view in saved if _is_shown(view, wanted, offer)), None),
        behind=Behind.of(page, at.loose.waiting(member())),
        unkept=at.rooms.unkept.unkept(with_safeguarding=handles_alerts()) if at.rooms.unkept else (),
        held=at.rooms.holding.held(member()) if at.rooms.holding else (),
        cards=[
            InboxCard.of(card, today=at.today(), zone=at.zone, marked=page.marked)
            for card in as_seen_by(page.cards, handles_alerts=handles_alerts())
        ],
        address=_address,
        once=uuid4(),
        others=at.rooms.desk_work.others(page.cards, member()) if at.rooms.desk_work else {},
        languages=LANGUAGES,
        actions_offered=at.rooms.actions.offered() if at.rooms.actions else (),
    )


def find() -> ResponseReturnValue:
    """A POST, for what is searched for may be somebody's name or number, and addresses are logged."""
    wanted = Wanted.read(request.form, offer=what_is_offered(), finds={})
    key = remember_words(session, request.form.get("words", ""))
    for name in ("since", "until"):
        if request.form.get(name, "").strip() and read_day(request.form[name]) is None:
            tell("day_not_understood")
            return go(_address(wanted, find=key))
    return redirect(f"{_address(wanted, find=key)}#found", code=303)


def save_view() -> ResponseReturnValue:
    views, offer = _views(), what_is_offered()
    wanted = Wanted.read(request.form, offer=offer, finds={})
    name = " ".join(cleaned(request.form.get("name", "")).split())
    if not 0 < len(name) <= LONGEST_NAME:
        tell("view_unnamed")
        return go(_address(wanted))
    try:
        views.save(
            member(),
            name,
            wanted.codes() or {"show": ["open"]},
            shared=request.form.get("shared") == "yes",
            once=drawn_with(request.form),
        )
    except TooManyViewsError:
        tell("views_full")
    else:
        tell("view_saved", name=name)
    return go(_address(wanted))


def view_first(view_id: UUID) -> ResponseReturnValue:
    view = _views().put_first(member(), view_id)
    tell("view_first", name=view.name)
    return go(url_for("staff.inbox"))


def drop_view(view_id: UUID) -> ResponseReturnValue:
    view = _views().drop(member(), view_id)
    tell("view_dropped", name=view.name)
    return go(url_for("staff.inbox", show="open"))


def _filter(wanted: Wanted, offer: Offer) -> Any:
    at = desk()
    return wanted.filter(offer=offer, member=member(), with_safeguarding=handles_alerts(), today=at.today(), zone=at.zone)


def what_is_offered() -> Offer:
    at = desk()
    return Offer(taxonomy=at.taxonomy, team=at_work(at.store.all_staff()), languages=LANGUAGES)


def _wanted_by(view: SavedView, offer: Offer) -> Wanted:
    query: MultiDict[str, str] = MultiDict([(kind, code) for kind, codes in view.query.items() for code in codes])
    return Wanted.read(query, offer=offer, finds={})


def _is_shown(view: SavedView, wanted: Wanted, offer: Offer) -> bool:
    return not wanted.words and _wanted_by(view, offer).codes() == wanted.codes()


def _address(wanted: Wanted, *, find: str = "", **place: Any) -> str:
    query = wanted.query(**place)
    if find:
        query["find"] = find
    return url_for("staff.inbox", **query)


def _views() -> SavedViews:
    found = desk().rooms.views
    if found is None:
        abort(404)
    return found
