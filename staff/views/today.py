"""Today: what was promised for now or before, what we hold, what we owe, which windows are about to shut, alerts; one page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bot.holding import Held, Holding
from bot.loose import BehindTheWall
from bot.records import InboxFilter, InboxPage
from bot.tasks import Task
from bot.wall import is_with_safeguarding
from staff.desk import desk, handles_alerts, member
from staff.pages import Behind, InboxCard

SOON = timedelta(hours=8)
"""A window that shuts so soon is on the page."""
SHOWN = 10
"""Of each kind; the rest is a link away."""


@dataclass(frozen=True, slots=True)
class Window:
    held: Held
    shuts_at: datetime


def add_today(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/today", "today", today, methods=["GET"])


def today() -> ResponseReturnValue:
    at = desk()
    promised = _listed(InboxFilter(promised_by=at.today(), today=at.today(), with_safeguarding=False))
    due = _listed(InboxFilter(open_only=False, due_by=at.today(), today=at.today(), with_safeguarding=handles_alerts()))
    loose = at.loose.waiting(member())
    everything = at.store.inbox(InboxFilter(today=at.today(), with_safeguarding=handles_alerts()), size=SHOWN)
    held = at.rooms.holding.held(member()) if at.rooms.holding else ()
    return render_template(
        "staff/today.html",
        promised=promised,
        promised_cards=_cards(promised),
        due=due,
        due_cards=_cards(due),
        alerts=[card for card in everything.cards if is_with_safeguarding(card)] if handles_alerts() else [],
        behind=Behind.of(everything, loose),
        loose=() if isinstance(loose, BehindTheWall) else loose,
        held=held,
        windows=_windows(at.rooms.holding, held) if at.rooms.holding else [],
        tasks=_owed(),
        shown=SHOWN,
    )


def _listed(wanted: InboxFilter) -> InboxPage:
    return desk().store.inbox(wanted, size=SHOWN)


def _cards(page: InboxPage) -> list[InboxCard]:
    at = desk()
    return [InboxCard.of(card, today=at.today(), zone=at.zone) for card in page.cards]


def _owed() -> list[Task]:
    """What is due today or late, hand-offs among it."""
    at = desk()
    if at.rooms.tasks is None:
        return []
    return list(at.rooms.tasks.open_until(at.today(), member()))


def _windows(holding: Holding, held: tuple[Held, ...]) -> list[Window]:
    """Of the talks that we have and in which somebody waits: those in which we may soon not write freely any more."""
    now = desk().clock.now()
    found = []
    for each in held:
        channel = holding.channels.get(each.talk.channel)
        length = channel.traits.service_window if channel is not None else None
        if length is not None and each.talk.waiting_since is not None and now < each.talk.heard_at + length <= now + SOON:
            found.append(Window(each, each.talk.heard_at + length))
    return sorted(found, key=lambda window: window.shuts_at)
