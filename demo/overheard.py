"""What a visitor's browser asks of the web chat and the plain pages, listened to on its way in: for the exact requests,
and for whose talk it is. Only browsers that the demo has given a name are heard, so the month that is played is not.

The plain pages bring the name in a cookie, for the talk there is the whole browser's. The web chat sends no cookie, and each
tab has a talk of its own: there the name stands in the address of the page around it.
"""

from __future__ import annotations

import json
import secrets
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from io import BytesIO
from itertools import count
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from bot.model import Address, ChannelName
from channels.pages import PAGES
from channels.sessions import Sessions
from channels.visits import COOKIE as TALK
from channels.webchat import WEBCHAT
from demo.handset import UNTOLD
from demo.wire import Exchange

COOKIE = "earshot_demo"
HOST_PAGE, FRAMED = "/demo/widget", "framed"
_CHAT = "/api/chat/"
_MOST_VISITORS, _MOST_EXCHANGES = 50, 40
_LARGEST = 300_000
_NOTHING_NEW = b"[]"


@dataclass(slots=True)
class Visitor:
    """A browser, or one tab of it: whom it is in the plain pages or the web chat, and what it asked, oldest first."""

    addresses: dict[ChannelName, Address] = field(default_factory=dict)
    exchanges: deque[Exchange] = field(default_factory=lambda: deque(maxlen=_MOST_EXCHANGES))


@dataclass(slots=True)
class _Heard:
    """One request and what was answered, as raw as they came."""

    method: str
    path: str
    query: str
    body: bytes
    visitor: str
    token: str
    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    answer: bytes = b""


class Overheard:
    """Put around the application with ``around``. Safe between threads."""

    def __init__(self, sessions: Sessions, now: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._now = now
        self._visitors: OrderedDict[str, Visitor] = OrderedDict()
        self._numbers = count(1)
        self._lock = Lock()

    def visitor(self, name: str) -> Visitor:
        """Whoever carries this name; a new one where nobody did, and for an empty name nobody."""
        if not name:
            return Visitor()
        with self._lock:
            visitor = self._visitors.setdefault(name, Visitor())
            self._visitors.move_to_end(name)
            while len(self._visitors) > _MOST_VISITORS:
                self._visitors.popitem(last=False)
            return visitor

    def seen(self, *names: str) -> Visitor:
        """What is known of a browser and of one of its tabs, together."""
        together = Visitor()
        for visitor in map(self.visitor, names):
            together.addresses |= visitor.addresses
            together.exchanges.extend(visitor.exchanges)
        return together

    def forget(self, *names: str) -> None:
        with self._lock:
            for name in names:
                self._visitors.pop(name, None)

    def around(self, app: WSGIApplication) -> WSGIApplication:
        def listening(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            heard = _begun(environ)
            if heard is None:
                return app(environ, start_response)

            def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:
                heard.status, heard.headers = status, headers
                return start_response(status, headers, *error)

            answer = app(environ, start)
            try:
                heard.answer = b"".join(answer)
            finally:
                if hasattr(answer, "close"):
                    answer.close()
            self._note(heard)
            return [heard.answer]

        return listening

    def _note(self, heard: _Heard) -> None:
        visitor = self.visitor(heard.visitor)
        in_chat = heard.path.startswith(_CHAT)
        channel = WEBCHAT if in_chat else PAGES
        address = self._sessions.address_of(heard.token or (_opened(heard) if in_chat else _cookie_of(heard)))
        if address is not None:
            visitor.addresses[channel] = address
        if heard.method == "POST" or (in_chat and heard.answer.strip() != _NOTHING_NEW):
            visitor.exchanges.append(self._exchange(heard, channel))

    def _exchange(self, heard: _Heard, channel: ChannelName) -> Exchange:
        asked = f"{heard.method} {heard.path}{'?' if heard.query else ''}{heard.query}"
        who = f"Authorization: Bearer {UNTOLD}" if heard.token and channel == WEBCHAT else ""
        told = heard.status
        if channel == WEBCHAT:
            told += f"\n{_without_token(heard.answer)}"
        else:
            told += "".join(f"\n{name}: {value}" for name, value in heard.headers if name.lower() == "location")
        return Exchange(
            name=f"web-{next(self._numbers)}",
            at=self._now(),
            inbound=True,
            channel=channel,
            phone="this browser",
            request="\n".join(filter(None, [asked, who])) + f"\n\n{_readable(heard)}".rstrip(),
            answer=told,
        )


def new_name() -> str:
    return secrets.token_hex(16)


def _begun(environ: WSGIEnvironment) -> _Heard | None:
    """The request, with its body put back for whom it is meant; None for one that is not listened to."""
    path = environ.get("PATH_INFO", "")
    if path != "/chat" and not path.startswith(_CHAT):
        return None
    cookies = _cookies(environ.get("HTTP_COOKIE", ""))
    given = environ.get("CONTENT_LENGTH") or "0"
    length = int(given) if given.isascii() and given.isdigit() else _LARGEST
    visitor = cookies.get(COOKIE, "") if path == "/chat" else _framed_for(environ.get("HTTP_REFERER", ""))
    if not visitor or length >= _LARGEST:
        return None
    body = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = BytesIO(body)
    scheme, _, bearer = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    token = bearer.strip() if scheme.lower() == "bearer" else cookies.get(TALK, "").split("~")[0] if path == "/chat" else ""
    return _Heard(environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""), body, visitor, token)


def _framed_for(referrer: str) -> str:
    """The name in the address of our frame around the web chat."""
    parts = urlsplit(referrer)
    return dict(parse_qsl(parts.query)).get(FRAMED, "") if parts.path == HOST_PAGE else ""


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}


def _opened(heard: _Heard) -> str:
    """The token that a new session of the web chat was given."""
    try:
        answer = json.loads(heard.answer)
    except ValueError:
        return ""
    return str(answer.get("token", "")) if isinstance(answer, dict) else ""


def _cookie_of(heard: _Heard) -> str:
    """The token that a first page was given to keep."""
    given = [value for name, value in heard.headers if name.lower() == "set-cookie" and value.startswith(f"{TALK}=")]
    return _cookies(given[-1]).get(TALK, "").split("~")[0] if given else ""


def _without_token(answer: bytes) -> str:
    text = answer.decode(errors="replace")
    return json.dumps({"token": UNTOLD}, ensure_ascii=False) if text.startswith('{"token"') else text


def _readable(heard: _Heard) -> str:
    """The body: JSON as it came, a form one field to a line, its nonces left out."""
    text = heard.body.decode(errors="replace")
    if heard.path.startswith(_CHAT):
        return text
    pairs = parse_qsl(text, keep_blank_values=True)
    return "\n".join(f"{name}={UNTOLD if name in {'form', 'session'} and value else value}" for name, value in pairs)
