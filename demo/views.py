"""The demo's own pages: the start page, the six screens, the clock. Each view reads, shows, or passes on what was asked."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.inbox import InboxFilter
from channels.visits import COOKIE as TALK
from channels.visits import PATH as TALK_PATH
from demo.corpus import Attachment
from demo.overheard import COOKIE, FRAMED, HOST_PAGE, new_name
from demo.page import Page
from demo.reviewing import members
from demo.steps import moved_to

_FRAMED = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
_FRAMING = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def demo_blueprint(page: Page) -> Blueprint:
    blueprint = Blueprint("demo", __name__, template_folder="templates", static_folder="static", static_url_path="/demo/static")
    _add_pages(blueprint, page)
    _add_acts(blueprint, page)
    return blueprint


def _add_pages(blueprint: Blueprint, page: Page) -> None:
    @blueprint.get("/")
    def start() -> ResponseReturnValue:
        everything = page.store.inbox(InboxFilter(open_only=False), size=1)
        others = members(password_hash="")[1:]
        return render_template("demo/start.html", login=page.login, others=others, stories=everything.total)

    @blueprint.get("/demo/")
    def phones() -> ResponseReturnValue:
        browser, tab = request.cookies.get(COOKIE) or new_name(), new_name()
        drawn = render_template(
            "demo/phones.html", groups=page.ready_made, languages=page.languages, tab=tab, **_shown(page, browser)
        )
        response = Response(drawn, mimetype="text/html")
        response.headers["Content-Security-Policy"] = _FRAMING
        response.set_cookie(COOKIE, browser, httponly=True, samesite="Lax")
        return response

    @blueprint.get(HOST_PAGE)
    def widget_host() -> ResponseReturnValue:
        """A council's page with the widget. In a frame of ours the chat is open at once."""
        framed = FRAMED in request.args
        known = {language.locale: language.lang for language in page.languages}
        locale = request.args.get("locale", "")
        response = Response(
            render_template("demo/widget_host.html", framed=framed, locale=locale if locale in known else ""),
            mimetype="text/html",
        )
        if framed:
            response.headers["Content-Security-Policy"] = _FRAMED
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response

    @blueprint.get("/demo/state")
    def state() -> ResponseReturnValue:
        return jsonify(_state(page, *_names()))


def _add_acts(blueprint: Blueprint, page: Page) -> None:
    @blueprint.before_request
    def only_from_here() -> None:
        """Another site's page must not post into the demo behind its visitor's back."""
        origin = request.headers.get("Origin")
        if request.method == "POST" and origin is not None and urlsplit(origin).netloc != request.host:
            abort(403)

    @blueprint.post("/demo/phones/<channel>")
    def say(channel: str) -> ResponseReturnValue:
        """On one phone, or with ``all`` on each of them."""
        phones = page.cast.phones if channel == "all" else tuple(filter(None, [page.cast.named(channel)]))
        if not phones:
            abort(404)
        text, attachment = request.form.get("text", ""), request.form.get("attachment", "")
        if attachment and attachment not in set(Attachment):
            abort(400)
        label, value = _pressed(request.form.get("press", ""))
        if text or attachment or label:
            for phone in phones:
                # A form turns each line break into two characters; a phone sends one.
                words = label or text.replace("\r\n", "\n")
                phone.say(words, Attachment(attachment) if attachment else None, value)
        return _done()

    @blueprint.post("/demo/clock")
    def move_clock() -> ResponseReturnValue:
        moved = moved_to(request.form.get("step", ""), page.clock.now(), page.hours)
        if moved is None:
            abort(400)
        page.clock.move_to(moved)
        page.wake.ring()
        return _done()

    @blueprint.post("/demo/anew")
    def begin_anew() -> ResponseReturnValue:
        """A new parent takes all six: other numbers on the phones, and no talk in this browser."""
        page.cast.anew()
        page.overheard.forget(*_names())
        response = _done()
        response.delete_cookie(TALK, path=TALK_PATH)
        return response


def _pressed(given: str) -> tuple[str, str]:
    """The words of a pressed button and the value it carries; neither where none was pressed."""
    if not given:
        return "", ""
    try:
        label, value = json.loads(given)
    except (ValueError, TypeError):
        abort(400)
    return str(label), str(value)


def _names() -> tuple[str, str]:
    """Of the browser and of the tab that ask."""
    return request.cookies.get(COOKIE, ""), request.values.get("tab", "")


def _shown(page: Page, *names: str) -> dict[str, Any]:
    """What the templates of the phones page are given."""
    visitor = page.overheard.seen(*names)
    return {
        "screens": page.screens(visitor),
        "clock": page.here(page.clock.now()),
        "is_open": page.hours.is_open(page.clock.now()),
        "here": page.here,
        "inbox": page.tallies.inbox(),
        "exchanges": page.exchanges(visitor),
    }


def _state(page: Page, *names: str) -> dict[str, Any]:
    """The parts of the page that change, each drawn anew, by the id of the element they fill."""
    shown = _shown(page, *names)
    parts = {name: render_template(f"demo/_{name}.html", **shown) for name in ("clock", "inbox", "wire")}
    for screen in shown["screens"]:
        parts[f"side-{screen.channel}"] = render_template("demo/_side.html", screen=screen, **shown)
        if screen.is_phone:
            parts[f"who-{screen.channel}"] = screen.shown_as
            parts[f"talk-{screen.channel}"] = render_template("demo/_talk.html", screen=screen, **shown)
    ours = [bubble for screen in shown["screens"] for bubble in screen.bubbles if not bubble.mine]
    return {
        "parts": {f"part-{name}": html.strip() for name, html in parts.items()},
        "hour": f"{shown['clock']:%H:%M}",
        "waits": [screen.channel for screen in shown["screens"] if screen.waits],
        "sending": [screen.channel for screen in shown["screens"] if screen.on_its_way and not screen.held_back],
        "newest": max(ours, key=lambda bubble: bubble.at).text if ours else "",
    }


def _done() -> Response:
    if request.accept_mimetypes.best == "application/json":
        return Response(status=204)
    response: Any = redirect(url_for("demo.phones"), code=303)
    return response  # type: ignore[no-any-return] # Flask's own redirect, which names the wider class of Werkzeug's
