"""The page behind the link of MY DATA: a button, then all that is held about one person, to be read, printed and kept.

The link shows a button first, so that a program that looks ahead (a preview, a scanner of mail) does not use it up. What
is pressed uses it up; what can be had after that, for a quarter of an hour, is had with a signed token that the page
itself carries. No script, no cookie, nothing stays in a cache.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import traceback
from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from flask.wrappers import Response
from werkzeug.exceptions import HTTPException

from bot.days import ZONE
from bot.errors import BlobMissing, NotFound, StoreUnavailable
from bot.model import EASY_READ, ENGLISH, Locale
from bot.mydata import PATH, Copy, Held, MyData
from bot.pages import PageWords, load_page_words
from bot.ports import Clock
from bot.resuming import LASTS, TooManyTriesError
from channels.held import as_data, door, talk_of
from channels.newcomers import place_of
from channels.sentences import showable

_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_WEB = {"webchat": "web", "pages": "web", "console": "web", "import": "byhand"}
"""Ways that are one to who used them."""
_ENDINGS = {
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif", "image/heic": "heic", "image/avif": "avif",
    "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/amr": "amr", "audio/mp4": "m4a", "audio/wav": "wav", "video/mp4": "mp4",
    "video/3gpp": "3gp", "video/quicktime": "mov", "application/pdf": "pdf", "message/rfc822": "eml", "text/plain": "txt",
}  # fmt: skip

log = logging.getLogger(__name__)


class Sittings:
    """Tokens for who has pressed the button a moment ago: whose page it is, and until when, signed. Nothing is stored."""

    def __init__(self, secret_key: str, clock: Clock) -> None:
        self._key = hmac.digest(secret_key.encode(), b"earshot my data sitting", hashlib.sha256)
        self._clock = clock

    def begin(self, contact_id: UUID) -> str:
        until = int((self._clock.now() + LASTS).timestamp())
        return f"{contact_id.hex}.{until}.{self._sign(contact_id.hex, until)}"

    def whose(self, token: str) -> UUID | None:
        """None for a token that was not made here, or has run out."""
        name, _, rest = token.partition(".")
        until, _, signature = rest.partition(".")
        if not (name.isascii() and name.isalnum() and until.isascii() and until.isdecimal()):
            return None
        if not hmac.compare_digest(signature.encode(errors="replace"), self._sign(name, int(until)).encode()):
            return None
        return UUID(hex=name) if self._clock.now() <= datetime.fromtimestamp(int(until), UTC) else None

    def _sign(self, name: str, until: int) -> str:
        return urlsafe_b64encode(hmac.digest(self._key, f"{name}.{until}".encode(), hashlib.sha256)).rstrip(b"=").decode()


def my_data_blueprint(
    *,
    my_data: MyData,
    clock: Clock,
    secret_key: str,
    day: Callable[[date, Locale], str],
    theme: Callable[[str, Locale], str],
    locales: Collection[Locale] | None = None,
) -> Blueprint:
    """``day`` says a day, ``theme`` names a theme, each in a locale. Needs the templates and styles of ``channels.pages``."""
    blueprint = Blueprint("mydata", __name__, template_folder="templates")
    views = _Views(my_data, Sittings(secret_key, clock), load_page_words(locales=locales), clock, day, theme)
    blueprint.add_url_rule(f"{PATH}/<code>", "gate", views.gate)
    blueprint.add_url_rule(f"{PATH}/<code>", "open", views.open, methods=["POST"])
    blueprint.add_url_rule(f"{PATH}/sitting/computer", "computer", views.computer, methods=["POST"])
    blueprint.add_url_rule(f"{PATH}/sitting/file", "file", views.file, methods=["POST"])
    blueprint.register_error_handler(Exception, views.fail)
    blueprint.after_request(_guard)
    return blueprint


class _Views:
    """Each reads the request, calls one part, and answers."""

    def __init__(
        self,
        my_data: MyData,
        sittings: Sittings,
        words: Mapping[Locale, PageWords],
        clock: Clock,
        day: Callable[[date, Locale], str],
        theme: Callable[[str, Locale], str],
    ) -> None:
        self._my_data = my_data
        self._sittings = sittings
        self._words = words
        self._clock = clock
        self._day = day
        self._theme = theme

    def gate(self, code: str) -> Response:
        """A button, and nothing about anybody: whether the code is good is not looked at."""
        words = self._asked_for()
        return self._render(words, "public/my_data_gate.html", values={"languages": self._languages(), "within": {"code": code}})

    def open(self, code: str) -> Response:
        try:
            held = self._my_data.open(code, who=str(place_of(request) or request.remote_addr))
        except TooManyTriesError:
            return self._render(self._asked_for(), "public/my_data_used.html", status=429, values={"too_many": True})
        if held is None:
            return self._used()
        words = self._asked_for(held.locale)
        return self._render(words, "public/my_data.html", values=self._shown(held, words))

    def computer(self) -> Response:
        """The same in a form that programs read."""
        contact_id = self._sittings.whose(request.form.get("sitting", ""))
        held = None if contact_id is None else self._my_data.again(contact_id)
        if held is None:
            return self._used()
        body = json.dumps(as_data(held), ensure_ascii=False, indent=2).encode(errors="replace")
        return _attached(body, "application/json", "my-copy.json")

    def file(self) -> Response:
        contact_id = self._sittings.whose(request.form.get("sitting", ""))
        try:
            file_id = UUID(request.form.get("file", ""))
        except ValueError:
            return self._used()
        if contact_id is None:
            return self._used()
        try:
            copy, content = self._my_data.file(contact_id, file_id)
        except (NotFound, BlobMissing):
            return self._used(status=404)
        return _attached(content, copy.content_type or "application/octet-stream", _name(copy))

    def fail(self, error: Exception) -> Response | HTTPException:
        """A plain page, whatever happened. An exception's own text may hold words, so only its place goes to the log."""
        if isinstance(error, HTTPException):
            return error
        if not isinstance(error, StoreUnavailable):
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("The page of somebody's data failed with %s at\n%s", type(error).__name__, where)
        return self._render(self._asked_for(), "public/trouble.html", status=503)

    def _used(self, status: int = 410) -> Response:
        return self._render(self._asked_for(), "public/my_data_used.html", status=status)

    def _asked_for(self, locale: Locale = ENGLISH) -> PageWords:
        """In the language that was asked for; else the person's own."""
        wanted = Locale(request.values.get("locale", ""))
        return next((self._words[tag] for tag in (wanted, locale) if tag in self._words), self._words[ENGLISH])

    def _languages(self) -> Sequence[PageWords]:
        return sorted(self._words.values(), key=lambda other: (other.locale != ENGLISH, other.locale))

    def _shown(self, held: Held, words: PageWords) -> dict[str, object]:
        now = self._clock.now().astimezone(ZONE)

        def said(day: date) -> str:
            return f"{self._day(day, words.locale)} {day.year}"

        def moment(at: datetime) -> str:
            here = at.astimezone(ZONE)
            return f"{said(here.date())}, {here:%H:%M}"

        def named(group: str, name: str) -> str:
            key = f"mydata.{group}.{name}"
            return words.text(key if words.has(key) else f"mydata.{group}.other")

        return {
            "held": held,
            "sitting": self._sittings.begin(held.contact_id),
            "today": said(now.date()),
            "talk": tuple(talk_of(held)),
            "carriers": _carriers(held, words),
            "day": said,
            "day_of": lambda at: said(at.astimezone(ZONE).date()),
            "moment": moment,
            "named": named,
            "way": lambda channel: named("ways", _WEB.get(channel, str(channel))),
            "door": door,
            "names": lambda themes: ", ".join(self._theme(code, words.locale) for code in themes),
            "showable": showable,
        }

    def _render(
        self, words: PageWords, template: str, *, status: int = 200, values: Mapping[str, object] | None = None
    ) -> Response:
        shown: dict[str, object] = {
            "words": words,
            "chosen": words.locale,
            "easy": words.locale == EASY_READ,
            "languages": (),
            "in_talk": False,
            "place": "mydata.gate",
            "within": {},
        }
        return make_response(render_template(template, **shown | dict(values or {})), status)


def _carriers(held: Held, words: PageWords) -> tuple[str, ...]:
    keys = (f"mydata.carriers.{channel}" for channel in held.channels)
    return tuple(dict.fromkeys(words.text(key) for key in keys if words.has(key)))


def _name(copy: Copy) -> str:
    """Not the sender's own name for it, which may hold anything."""
    return f"{copy.id.hex[:8]}.{_ENDINGS.get(copy.content_type.partition(';')[0], 'bin')}"


def _attached(content: bytes, content_type: str, name: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = content_type
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _guard(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"  # the address holds the code
    response.headers["Cache-Control"] = "no-store"
    return response
