"""The demo's own pages: the start page, the phones, the clock. Each view reads, shows, or passes on what was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot import toml
from bot.days import ZONE
from bot.hours import Hours
from bot.model import Address, ChannelName
from bot.ports import Channel, Store, Wake
from bot.records import InboxFilter
from channels.sessions import Sessions
from channels.webchat import WEBCHAT
from demo.clock import DemoClock
from demo.corpus import Attachment
from demo.handset import Handset
from demo.provider import Provider
from demo.talks import Bubble, talk
from demo.tallies import Card, Meters, Tallies
from demo.wire import Exchange, exchanges

READY_MADE = Path(__file__).parent / "ready_made.toml"
_EVENING = time(20)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Made for this run and worth nothing after it."""

    username: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """One phone as the page shows it. ``look`` is its class in the stylesheet; ``settle`` is in seconds."""

    channel: ChannelName
    look: str
    number: str = ""
    bubbles: Sequence[Bubble] = ()
    waits: bool = False
    settle: int
    meters: Meters
    card: Card | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the views are given. ``rota``: numbers that alert calls go to."""

    clock: DemoClock
    hours: Hours
    store: Store
    wake: Wake
    channels: Mapping[ChannelName, Channel]
    provider: Provider
    handsets: Sequence[Handset]
    sessions: Sessions
    tallies: Tallies
    login: Login
    rota: Sequence[str]

    def phones(self, web: Address | None) -> list[Phone]:
        """The handsets, then the web chat of whoever asks."""
        return [*(self._handset(handset) for handset in self.handsets), self._web(web)]

    def exchanges(self) -> tuple[Exchange, ...]:
        return exchanges(self.provider, self.handsets, {number: f"{number} (on the rota)" for number in self.rota})

    def here(self, at: datetime) -> datetime:
        return at.astimezone(ZONE)

    def _handset(self, handset: Handset) -> Phone:
        lines = self.tallies.lines(handset.address, handset.channel) if handset.posted else ()
        card = self.tallies.card_of(handset.address, lines)
        traits = self.channels[handset.channel].traits
        return Phone(
            channel=handset.channel,
            look={"whatsapp": "wa"}.get(handset.channel, handset.channel),
            number=handset.number,
            bubbles=talk(handset, self.provider.to(handset.known_as), lines),
            waits=bool(handset.posted) and self.store.turn_pending(handset.address),
            settle=int(traits.settle.total_seconds()),
            meters=self.tallies.meters(lines, card, traits),
            card=self.tallies.card(card) if card else None,
        )

    def _web(self, address: Address | None) -> Phone:
        lines = self.tallies.lines(address, WEBCHAT) if address else ()
        card = self.tallies.card_of(address, lines) if address else None
        traits = self.channels[WEBCHAT].traits
        return Phone(
            channel=WEBCHAT,
            look="web",
            settle=int(traits.settle.total_seconds()),
            meters=self.tallies.meters(lines, card, traits),
            card=self.tallies.card(card) if card else None,
        )


def demo_blueprint(page: Page) -> Blueprint:
    blueprint = Blueprint("demo", __name__, template_folder="templates", static_folder="static", static_url_path="/demo/static")
    ready_made = toml.need(toml.read(READY_MADE), "messages", list, where=READY_MADE.name)

    @blueprint.before_request
    def only_from_here() -> None:
        """Another site's page must not post into the demo behind its visitor's back."""
        origin = request.headers.get("Origin")
        if request.method == "POST" and origin is not None and urlsplit(origin).netloc != request.host:
            abort(403)

    @blueprint.get("/")
    def start() -> ResponseReturnValue:
        everything = page.store.inbox(InboxFilter(open_only=False), size=1)
        return render_template("demo/start.html", login=page.login, stories=everything.total)

    @blueprint.get("/demo/")
    def phones() -> ResponseReturnValue:
        return render_template("demo/phones.html", ready_made=ready_made, **_shown(page, None))

    blueprint.add_url_rule("/demo/widget", "widget_host", _widget_host)

    @blueprint.get("/demo/state")
    def state() -> ResponseReturnValue:
        return jsonify(_state(page, _web_address(page)))

    @blueprint.post("/demo/phones/<channel>")
    def say(channel: str) -> ResponseReturnValue:
        handset = next((handset for handset in page.handsets if handset.channel == channel), None)
        if handset is None:
            abort(404)
        text, attachment = request.form.get("text", ""), request.form.get("attachment", "")
        if attachment and attachment not in set(Attachment):
            abort(400)
        if text or attachment:
            # A form turns each line break into two characters; a phone sends one.
            handset.say(text.replace("\r\n", "\n"), Attachment(attachment) if attachment else None)
        return _done()

    @blueprint.post("/demo/clock")
    def move_clock() -> ResponseReturnValue:
        moved = moved_to(request.form.get("step", ""), page.clock.now(), page.hours)
        if moved is None:
            abort(400)
        page.clock.move_to(moved)
        page.wake.ring()
        return _done()

    return blueprint


def _widget_host() -> ResponseReturnValue:
    return render_template("demo/widget_host.html")


def moved_to(step: str, now: datetime, hours: Hours) -> datetime | None:
    """Where a button of the clock bar leads; None for a word that is not one."""
    match step:
        case "minute":
            return now + timedelta(minutes=1)
        case "hour":
            return now + timedelta(hours=1)
        case "tonight":
            here = now.astimezone(ZONE)
            day = here.date() if here.time() < _EVENING else here.date() + _A_DAY
            return datetime.combine(day, _EVENING, ZONE).astimezone(now.tzinfo)
        case "workday":
            tomorrow = now.astimezone(ZONE).date() + _A_DAY
            return hours.next_open(datetime.combine(tomorrow, time(), ZONE))
        case "week":
            return now + timedelta(days=7)
        case _:
            return None


def _shown(page: Page, web: Address | None) -> dict[str, Any]:
    """What the templates of the phones page are given."""
    return {
        "phones": page.phones(web),
        "clock": page.here(page.clock.now()),
        "here": page.here,
        "inbox": page.tallies.inbox(),
        "exchanges": page.exchanges(),
    }


def _state(page: Page, web: Address | None) -> dict[str, Any]:
    """The parts of the page that change, each drawn anew, by the id of the element they fill."""
    shown = _shown(page, web)
    parts = {name: render_template(f"demo/_{name}.html", **shown) for name in ("clock", "inbox", "wire")}
    for phone in shown["phones"]:
        parts[f"side-{phone.channel}"] = render_template("demo/_side.html", phone=phone, **shown)
        if phone.channel != WEBCHAT:
            parts[f"talk-{phone.channel}"] = render_template("demo/_talk.html", phone=phone, **shown)
    ours = [bubble for phone in shown["phones"] for bubble in phone.bubbles if not bubble.mine]
    return {
        "parts": {f"part-{name}": html.strip() for name, html in parts.items()},
        "hour": f"{shown['clock']:%H:%M}",
        "newest": max(ours, key=lambda bubble: bubble.at).text if ours else "",
    }


def _web_address(page: Page) -> Address | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return page.sessions.address_of(token) if scheme == "Bearer" else None


def _done() -> Response | ResponseReturnValue:
    if request.accept_mimetypes.best == "application/json":
        return Response(status=204)
    return redirect(url_for("demo.phones"), code=303)
