"""The inbox: what came in on every channel, in the order in which it should be read."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.wall import as_seen_by
from staff.desk import desk, handles_alerts, member
from staff.forms import Wanted, remember_words
from staff.pages import Behind, InboxCard


def add_inbox(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/", "home", home, methods=["GET"])
    blueprint.add_url_rule("/inbox", "inbox", inbox, methods=["GET"])
    blueprint.add_url_rule("/inbox", "find", find, methods=["POST"])


def home() -> ResponseReturnValue:
    return redirect(url_for("staff.inbox"))


def inbox() -> ResponseReturnValue:
    at = desk()
    wanted = Wanted.read(request.args, themes=frozenset(at.taxonomy.themes), finds=session.get("finds", {}))
    page = at.store.inbox(wanted.filter(with_safeguarding=handles_alerts()), page=wanted.page)
    if not page.cards and wanted.page > 1:
        return redirect(url_for("staff.inbox", **wanted.query()))
    return render_template(
        "staff/inbox.html",
        wanted=wanted,
        page=page,
        behind=Behind.of(page, at.loose.waiting(member())),
        unkept=at.rooms.unkept.unkept(with_safeguarding=handles_alerts()) if at.rooms.unkept else (),
        held=at.rooms.holding.held(member()) if at.rooms.holding else (),
        cards=[
            InboxCard.of(card, today=at.today(), zone=at.zone) for card in as_seen_by(page.cards, handles_alerts=handles_alerts())
        ],
        address=lambda number: url_for("staff.inbox", **wanted.query(page=number)),
    )


def find() -> ResponseReturnValue:
    """A POST, for what is searched for may be somebody's name or number, and addresses are logged."""
    at = desk()
    wanted = Wanted.read(request.form, themes=frozenset(at.taxonomy.themes), finds={})
    key = remember_words(session, request.form.get("words", ""))
    address = url_for("staff.inbox", **{**wanted.query(), **({"find": key} if key else {})})
    return redirect(f"{address}#found", code=303)
