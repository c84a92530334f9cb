"""Today: what was promised for now or before, what we hold, what we owe, which windows are about to shut, alerts; one page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bot.holding import Held, Holding
from bot.hours import Hours
from bot.inbox import InboxFilter, InboxPage
from bot.loose import BehindTheWall
from bot.part_wishes import said_in
from bot.tasks import Task
from bot.wall import is_with_safeguarding
from staff.desk import desk, entered, handles_alerts, member
from staff.pages import Behind, InboxCard, Promise

SOON = timedelta(hours=8)
"""A window that shuts so soon is on the page."""
SHOWN = 10
"""Of each kind; the rest is a link away."""


@dataclass(frozen=True, slots=True)
class Window:
    held: Held
    shuts_at: datetime


@dataclass(frozen=True, slots=True)
class Point:
    """On the line of the day: ``share`` of its hours in per cent, with what happens then, and how often."""

    share: float
    at: time
    what: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class DayLine:
    """The team's day from opening to closing; nothing outside it. Decoration: the list below says the same."""

    opens: time
    closes: time
    now: Point
    points: tuple[Point, ...]


def add_today(blueprint: Blueprint) -> None:
    blueprint.context_processor(lambda: {"asked_to_remove": asked_to_remove})
    blueprint.add_url_rule("/today", "today", today, methods=["GET"])


def today() -> ResponseReturnValue:
    at = desk()
    promised = _listed(InboxFilter(promised_by=at.today(), today=at.today(), with_safeguarding=handles_alerts()))
    due = _listed(InboxFilter(open_only=False, due_by=at.today(), today=at.today(), with_safeguarding=handles_alerts()))
    loose = at.loose.waiting(member())
    everything = at.store.inbox(InboxFilter(today=at.today(), with_safeguarding=handles_alerts()), size=SHOWN)
    held = at.rooms.holding.held(member()) if at.rooms.holding else ()
    windows = _windows(at.rooms.holding, held) if at.rooms.holding else []
    cards = [card for card in _cards(promised) if not card.needs_outcome]  # those stand among the alerts
    asks = at.rooms.action_requests
    on_the_day = sum(card.leaf.state == Promise.TODAY for card in cards)
    return render_template(
        "staff/today.html",
        promised=promised,
        promised_cards=cards,
        due=due,
        due_cards=_cards(due),
        alerts=[card for card in _cards(everything) if card.needs_outcome] if handles_alerts() else [],
        behind=Behind.of(everything, loose),
        loose=() if isinstance(loose, BehindTheWall) else loose,
        held=held,
        windows=windows,
        line=_line(at.rooms.holding.hours, windows, on_the_day) if at.rooms.holding else None,
        reading=_reading(),
        tasks=_owed(),
        asked=asks.waiting_for(member()) if asks else (),
        answers=asks.answered_for(member()) if asks else (),
        shown=SHOWN,
    )


def _listed(wanted: InboxFilter) -> InboxPage:
    return desk().store.inbox(wanted, size=SHOWN)


def _cards(page: InboxPage) -> list[InboxCard]:
    at = desk()
    return [InboxCard.of(card, today=at.today(), zone=at.zone) for card in page.cards]


def _owed() -> list[Task]:
    """What is due today or late, hand-offs among it; and at once what a family wants taken out of their words."""
    at = desk()
    if at.rooms.tasks is None:
        return []
    return list(at.rooms.tasks.open_until(at.today(), member()))


def asked_to_remove(reference: str | None) -> tuple[str, ...]:
    """In which words the family of an experience asks that a part of them is taken out; none from behind the wall."""
    view = None if reference is None else desk().store.experience(reference)
    if view is None or (is_with_safeguarding(view.card) and not handles_alerts()):
        return ()
    return said_in(view.card)


def _windows(holding: Holding, held: tuple[Held, ...]) -> list[Window]:
    """Of the talks that we have and in which somebody waits: those in which we may soon not write freely any more."""
    now = desk().clock.now()
    found = []
    for each in held:
        channel = holding.channels.get(each.talk.channel)
        length = channel.traits.window_of_team if channel is not None else None
        if length is not None and each.talk.waits_for_us and now < each.talk.heard_at + length <= now + SOON:
            found.append(Window(each, each.talk.heard_at + length))
    return sorted(found, key=lambda window: window.shuts_at)


def _line(hours: Hours, windows: list[Window], promises: int) -> DayLine | None:
    """None when the team is not there, or when nothing but the hours would stand on it."""
    at = desk()
    now = at.clock.now().astimezone(at.zone)
    if not hours.is_open(now) or not (windows or promises):
        return None
    begins, lasts = _minutes(hours.opens), _minutes(hours.closes) - _minutes(hours.opens)

    def point(here: time, what: str, count: int = 1) -> Point:
        return Point(round(100 * (_minutes(here) - begins) / lasts, 2), here, what, count)

    shut: dict[time, int] = {}
    for window in windows:
        here = window.shuts_at.astimezone(at.zone)
        if here.date() == now.date() and hours.opens < here.time() < hours.closes:
            minute = here.time().replace(second=0, microsecond=0)
            shut[minute] = shut.get(minute, 0) + 1
    points = [point(here, "reply", count) for here, count in sorted(shut.items())]
    if promises:
        points.append(point(hours.closes, "promises", promises))
    return DayLine(hours.opens, hours.closes, point(now.time(), "now"), tuple(points))


def _minutes(at: time) -> int:
    return 60 * at.hour + at.minute


def _reading() -> tuple[int, timedelta | None] | None:
    """How many passages wait for this member's first reading, and how long they will take; None where nobody reviews."""
    use = desk().rooms.reviewing
    if use is None or not entered("staff.review"):
        return None
    left = use.left(member())
    return left, use.pace(member()).time_for(left)
