"""Typing in what was said out loud or written on paper, and the reference to say to the person."""

from __future__ import annotations

import time
from uuid import UUID

from flask import Blueprint, abort, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.byhand import ByHand, Kept, Kind
from bot.errors import NotFound
from staff.desk import desk, go, member, tell
from staff.entry_forms import EntryForm

LOOKS = 10
PAUSE = 0.2
"""Seconds; with the number of looks, the two seconds a page waits for the worker to draw the reference."""


def add_enter(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/enter", "enter", enter, methods=["GET"])
    blueprint.add_url_rule("/enter", "keep_entry", keep_entry, methods=["POST"])
    blueprint.add_url_rule("/entered/<kind>/<uuid:entry_id>", "entered", entered, methods=["GET"])


def _by_hand() -> ByHand:
    found = desk().rooms.by_hand
    if found is None:
        abort(404)
    return found


def enter() -> ResponseReturnValue:
    """``again``: the next of several from one event, which begins with the date and the place of the one before."""
    by_hand = _by_hand()
    kept = session.get("entry", {}) if "again" in request.args else {}
    last = _last(by_hand) if kept else None
    return _form(EntryForm.fresh(desk().today(), kept=kept), last=last)


def keep_entry() -> ResponseReturnValue:
    by_hand = _by_hand()
    form = EntryForm.read(request.form, today=desk().today(), locales=by_hand.locales)
    if form.entry is None:
        return _form(form), 400
    by_hand.enter(form.entry, member().id)
    kept = by_hand.kept(form.entry.kind, form.entry.id)
    # Only what is no person's: where and when, and under which number it was kept.
    session["entry"] = form.stays
    session["entered"] = [form.entry.kind.value, str(form.entry.id)]
    if "another" in request.form and not kept.risk.needs_alert:
        tell("entered")
        return go(url_for("staff.enter", again=1))
    return go(url_for("staff.entered", kind=form.entry.kind, entry_id=form.entry.id))


def entered(kind: str, entry_id: UUID) -> ResponseReturnValue:
    """Danger is shown at once; otherwise the page waits a moment, for the reference is to be said to the person."""
    by_hand = _by_hand()
    if kind not in tuple(Kind):
        raise NotFound
    return render_template("staff/entered.html", kept=_awaited(by_hand, Kind(kind), entry_id), address=request.path)


def _last(by_hand: ByHand) -> Kept | None:
    try:
        kind, entry_id = session["entered"]
        return _awaited(by_hand, Kind(kind), UUID(entry_id))
    except (KeyError, ValueError, NotFound):
        return None


def _awaited(by_hand: ByHand, kind: Kind, entry_id: UUID) -> Kept:
    for _ in range(LOOKS):
        kept = by_hand.kept(kind, entry_id)
        if kept.reference is not None or kept.risk.needs_alert:
            break
        time.sleep(PAUSE)
    return kept


def _form(form: EntryForm, *, last: Kept | None = None) -> str:
    return render_template("staff/enter.html", form=form, kinds=list(Kind), locales=_by_hand().locales, last=last)
