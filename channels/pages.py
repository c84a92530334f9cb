"""The talk as plain pages at `/chat`, one question a page, no script needed; and the privacy notice."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

from flask import Blueprint, redirect, request, send_from_directory, url_for
from flask.wrappers import Response as FlaskResponse
from jinja2 import FileSystemLoader
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Response

from bot import look
from bot.deletions import Deletion
from bot.errors import BadWebhook, StoreUnavailable
from bot.model import ENGLISH, Address, ChannelName, InboundMessage, Locale
from bot.pages import Notice, PageWords, load_notices, load_page_words
from bot.ports import Clock, Store
from bot.records import ChatLine
from bot.redaction import redact
from bot.signposts import Signposts
from channels.answers import UnsentError, said_in
from channels.changes import PATH, Changes
from channels.forms import TalkForm, number_of, read_form
from channels.paper import Mistake, Paper
from channels.preview import Redact
from channels.reception import Receives, Reception, TooFastError, body_of
from channels.screens import Screen, screen_of
from channels.sessions import Sessions
from channels.visits import Visit, Visits
from channels.webchat import WebChat, speaker_of

PAGES = ChannelName("pages")

_LASTING = {"changes_yes": True, "changes_no": False}
"""Answers, by their key in the script, that lengthen the cookie's life or end it: what changes is told on this page."""
_LOOKS = 20
_BETWEEN_LOOKS = 0.1
"""Seconds; with the number of looks, the two seconds a page waits for the worker."""
_NOT_PUBLIC = ("/api/", "/webhooks/", "/staff/", "/demo/", "/healthz/", "/readyz/", "/metrics/")
"""Where a parent has no business: these paths, with or without the last stroke, and what lies below them."""
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)

log = logging.getLogger(__name__)


class Pages(WebChat):
    """The same door as the web chat's: the row of the outbox is what the page shows."""

    name = PAGES

    def __init__(self, settle: timedelta = timedelta(0)) -> None:
        super().__init__(settle)


class _Pages(Blueprint):
    """Their files are their own and those that all pages share."""

    def send_static_file(self, filename: str) -> FlaskResponse:
        return send_from_directory(look.folder_of(filename, self.static_folder), filename)


def pages_blueprint(
    *,
    store: Store,
    intake: Receives,
    clock: Clock,
    secret_key: str,
    public_url: str,
    pause: Callable[[float], None] = time.sleep,
    wishes: Wishes | None = None,
    locales: Collection[Locale] | None = None,
    asks: Callable[[str], bool] | None = None,
    redact: Redact = redact,
    changes: Changes | None = None,
) -> Blueprint:
    """`/chat` and what lies below it, and `/privacy`; with ``wishes``, `/privacy/deletion/CODE` too, and with ``changes`` the
    page of what came of what families told.
    ``locales``: those a person may choose; None: all that have words. ``asks``: whether a link's code leads to questions.
    ``redact`` masks what a person is shown as it would look to others.

    Reads ``bot/content``; raises ``BadContent`` when that is wrong.
    """
    blueprint = _Pages("pages", __name__, static_folder="static", static_url_path="/chat/assets")
    blueprint.jinja_loader = FileSystemLoader([Path(__file__).parent / "templates", look.FOLDER])
    pages = _PlainPages(
        store=store,
        reception=Reception(store=store, intake=intake, clock=clock),
        sessions=Sessions(secret_key),
        public_url=public_url,
        words=load_page_words(locales=locales),
        notices=load_notices(),
        signposts=Signposts.load().values(),
        pause=pause,
        asks=asks,
        redact=redact,
    )
    blueprint.add_url_rule("/chat", "chat", pages.show)
    blueprint.add_url_rule("/chat", "take", pages.take, methods=["POST"])
    blueprint.add_url_rule("/chat/options", "options", pages.options)
    blueprint.add_url_rule("/chat/leave", "leave", pages.leave, methods=["GET", "POST"])
    blueprint.add_url_rule("/privacy", "privacy", pages.privacy)
    if wishes is not None:
        blueprint.add_url_rule("/privacy/deletion/<code>", "deletion", partial(pages.deletion, wishes))
    if changes is not None:
        blueprint.add_url_rule(PATH, "changes", partial(pages.changes, changes))
    blueprint.register_error_handler(Exception, pages.fail)
    blueprint.app_errorhandler(NotFound)(pages.miss)
    blueprint.app_errorhandler(MethodNotAllowed)(pages.miss)
    blueprint.after_request(_guard)
    return blueprint


class Wishes(Protocol):
    """``bot.deletions.Deletions``, as far as the public may ask it."""

    def of(self, code: str) -> Deletion | None: ...


class _PlainPages:
    """The views. Each reads the request, calls one part, and answers."""

    def __init__(
        self,
        *,
        store: Store,
        reception: Reception,
        sessions: Sessions,
        public_url: str,
        words: Mapping[Locale, PageWords],
        notices: Mapping[Locale, Notice],
        signposts: Mapping[str, str],
        pause: Callable[[float], None],
        asks: Callable[[str], bool] | None,
        redact: Redact,
    ) -> None:
        self._store = store
        self._reception = reception
        self._sessions = sessions
        self._visits = Visits(sessions, words, public_url)
        self._notices = notices
        self._pause = pause
        self._paper = Paper(words, sessions, redact, signposts, asks=asks)

    def show(self) -> Response:
        """Where the talk stands. Nothing is stored by looking."""
        visit = self._visits.current(request.args.get("locale", ""))
        if visit.address is None:
            return self._paper.no_cookies(visit) if "kept" in request.args else self._paper.screen(visit, screen_of(()))
        if "kept" in request.args:
            # The address that says so must not stand in the browser's history, for whoever goes back after leaving.
            return redirect(url_for(".chat", locale=visit.chosen), 303)
        screen, lines = self._once_answered(visit.address, again=number_of(request.args.get("again", "")))
        return self._paper.screen(visit, screen, lines)

    def take(self) -> Response:
        """Keep what was sent, then send the browser to look: Back and Reload send nothing twice."""
        try:
            form = read_form(body_of(request))
        except RequestEntityTooLarge:
            return self._paper.refusal(self._visits.current(), "too_long", status=413)
        except BadWebhook:
            return self._paper.refusal(self._visits.current(), "unreadable", status=400)
        visit = self._visits.current(form.locale)
        if self._visits.is_from_elsewhere():
            # Its session and its name of the form are not to be trusted either: whoever made them may know them.
            form = TalkForm(text=form.text)
            return self._paper.screen(visit, screen_of(()), mistake=Mistake(code="elsewhere", form=form, status=403))
        token = visit.token or self._token(form.session)
        try:
            self._keep(form, token, visit)
        except (UnsentError, TooFastError) as error:
            return self._again(visit, form, token, error)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, a person must not lose what they wrote
            _note(error)
            return self._paper.again(visit, replace(form, session="" if visit.token else token))
        response = redirect(url_for(".chat", locale=visit.chosen, kept=1), 303)
        self._visits.remember(response, token, visit, stays=_LASTING.get(form.choice, visit.stays))
        return response

    def options(self) -> Response:
        visit = self._visits.current(request.args.get("locale", ""))
        if visit.address is None:
            return redirect(url_for(".chat", locale=visit.chosen), 303)
        return self._paper.options(visit)

    def leave(self) -> Response:
        """Away, and the way back is shut on this device: its cookie goes. POST is what the page's script sends."""
        if request.method == "POST":
            response = Response(status=204)
        else:
            response = redirect(self._visits.current().words.text("leave.url"), 303)
            response.headers["Referrer-Policy"] = "no-referrer"
        self._visits.forget(response)
        return response

    def privacy(self) -> Response:
        visit = self._visits.current(request.args.get("locale", ""))
        return self._paper.notice(visit, self._notices.get(visit.words.locale, self._notices[ENGLISH]))

    def deletion(self, wishes: Wishes, code: str) -> Response:
        """Where a wish to be deleted stands that a provider handed on, for whoever has its code. No login, nothing personal."""
        visit = self._visits.current(request.args.get("locale", ""))
        return self._paper.deletion(visit, wishes.of(code))

    def changes(self, changes: Changes) -> Response:
        visit = self._visits.current(request.args.get("locale", ""))
        return self._paper.changes(visit, changes.day, changes.records.published())

    def fail(self, error: Exception) -> Response | HTTPException:
        """A plain page, whatever happened: a person must not meet a bare error."""
        if isinstance(error, HTTPException):
            return error
        _note(error)
        return self._paper.trouble(self._visits.current(request.args.get("locale", "")))

    def miss(self, error: NotFound | MethodNotAllowed) -> Response | HTTPException:
        """Of the whole application: somebody followed an old link, or typed an address with a slip in it.

        What other programs call, and the team's own pages, answer in their own way.
        """
        if request.blueprint or f"{request.path}/".startswith(_NOT_PUBLIC):
            return error
        response = self._paper.missing(self._visits.current(request.args.get("locale", "")), status=error.code or NotFound.code)
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return _guard(response)

    def _token(self, offered: str) -> str:
        return offered if self._sessions.address_of(offered) is not None else self._sessions.open()

    def _once_answered(self, address: Address, *, again: int = 0) -> tuple[Screen, Sequence[ChatLine]]:
        """The screen, waiting a moment for the worker. Whether a turn waits is asked first: what was said by then is in
        the lines.
        """
        for _ in range(_LOOKS):
            screen, lines = self._now(address, again)
            if not screen.awaits:
                return screen, lines
            self._pause(_BETWEEN_LOOKS)
        return self._now(address, again)

    def _now(self, address: Address, again: int) -> tuple[Screen, Sequence[ChatLine]]:
        pending = self._store.turn_pending(address)
        lines = self._store.chat_lines(address, after=0, channels=(PAGES,))
        return screen_of(lines, pending=pending, again=again), lines

    def _keep(self, form: TalkForm, token: str, visit: Visit) -> None:
        address = self._sessions.address_of(token)
        if address is None:
            raise ValueError("a token of ours is not ours")
        lines = self._store.chat_lines(address, after=0, channels=(PAGES,)) if form.asked else ()
        for position, said in enumerate(said_in(form, lines, visit.words)):
            self._reception.keep(
                InboundMessage(
                    channel=PAGES,
                    account=self._sessions.account_of(address),
                    external_id=self._name(form, position),
                    sender=address,
                    text=said.text,
                    choice=said.choice,
                    locale=visit.chosen,
                    speaker=speaker_of(form.speaker),
                    details={"question": said.question} if said.question else {},
                    ref=form.ref,
                )
            )

    def _name(self, form: TalkForm, position: int) -> str:
        """The same for the same press of the same page; another when a person went back and sent other words."""
        return self._sessions.digest(form.form or self._sessions.nonce(), form.text, form.choice, form.act, str(position))

    def _again(self, visit: Visit, form: TalkForm, token: str, error: UnsentError | TooFastError) -> Response:
        """The page as it was, with what was in it. Its name stays: had half of it been kept, it is not kept twice."""
        screen, lines = (screen_of(()), ()) if visit.address is None else self._now(visit.address, form.asked)
        code, status = (error.code, 400) if isinstance(error, UnsentError) else ("too_fast", 429)
        mistake = Mistake(code=code, form=replace(form, session="" if visit.token else token), status=status)
        return self._paper.screen(visit, screen, lines, mistake=mistake)


def _note(error: Exception) -> None:
    """A fault of ours, to the log: where, but not what was said, for an exception's own text may hold a parent's words."""
    if not isinstance(error, StoreUnavailable):
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("The plain pages failed with %s at\n%s", type(error).__name__, where)


def _guard(response: FlaskResponse) -> FlaskResponse:
    if request.endpoint == f"{request.blueprint}.static":
        return response
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    # The origin must be told to ourselves alone: it is how a form of ours is known from one of another site.
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Cookie")
    return response
