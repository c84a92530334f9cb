"""A small strict stand-in for Meta's Graph API on the loopback: it refuses what Meta refuses, and keeps every call.

https://developers.facebook.com/docs/messenger-platform/reference/send-api and .../discovery/private-replies, v25.0, as of
November 2026. What Meta would put right itself in silence (a title that is too long) is a mistake here.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from socket import SHUT_RDWR, SO_LINGER, SOL_SOCKET
from struct import pack
from threading import Thread
from typing import Any

from flask import Flask, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.channels.messenger_payloads import APP_ID, APP_SECRET, COMMENT, NOW, PAGE_ID, PAGE_TOKEN, PARENT

VERSION = "v25.0"
WINDOW, WINDOW_FOR_PEOPLE, INVITED_WITHIN = timedelta(hours=24), timedelta(days=7), timedelta(days=7)
TOP = {"recipient", "messaging_type", "tag", "message"}
MESSAGE = {"text", "metadata", "quick_replies"}
KNOWN_FIELDS = {
    *("messages", "messaging_postbacks", "messaging_optins", "messaging_referrals", "messaging_handovers", "standby"),
    *("message_deliveries", "message_reads", "message_echoes", "message_edits", "message_reactions", "feed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An error of Meta's."""

    code: int
    subcode: int | None = None
    status: int = 400
    said: str = "Invalid parameter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What goes wrong with one call: an error, a bare answer, or the connection is reset (after ``accepted``, it is done)."""

    refusal: Refusal | None = None
    status: int = 200
    body: str | None = None
    drop: bool = False
    accepted: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


def refused(code: int, subcode: int | None = None, *, status: int = 400, said: str = "(#1) Something is wrong") -> Trouble:
    """This error of Meta's."""
    return Trouble(refusal=Refusal(code=code, subcode=subcode, status=status, said=said))


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    method: str
    path: str
    query: Mapping[str, str]
    content: Any
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A message that was taken. ``to`` is a person's id or a comment's."""

    mid: str
    to: str
    text: str
    at: datetime


class Graph:
    """The page as Meta has it: who wrote when, who commented when, what was sent."""

    def __init__(self, url: str, *, now: Callable[[], datetime] = lambda: NOW) -> None:
        self.now = now
        self.url = url
        self.heard_at = {PARENT: NOW}
        self.commented_at = {COMMENT: NOW}
        self.calls: list[Call] = []
        self.taken: list[Taken] = []
        self.invited: set[str] = set()
        self.subscribed: set[str] | None = set(KNOWN_FIELDS)
        self.first_button = "get_started"
        self.webhook: str | None = None
        self.denied: set[str] = set()
        self.page_of_token = PAGE_ID
        self.files: dict[str, bytes] = {}
        self.troubles: deque[Trouble] = deque()
        self._numbers = count(1)

    def fail_next(self, *troubles: Trouble) -> None:
        self.troubles.extend(troubles)

    def answer(self, call: Call) -> Response:
        self.calls.append(call)
        trouble = self.troubles.popleft() if self.troubles else None
        if trouble is not None:
            return self._gone_wrong(call, trouble)
        return _json(self._answered(call))

    def _gone_wrong(self, call: Call, trouble: Trouble) -> Response:
        if trouble.accepted:
            self._answered(call)
        if trouble.drop:
            _reset_connection()
            return Response(status=500)
        response = Response(trouble.body or "", status=trouble.status, mimetype="application/json")
        if trouble.refusal is not None:
            response = _json(trouble.refusal)
        response.headers.update(trouble.headers)
        return response

    def _answered(self, call: Call) -> Refusal | Mapping[str, object]:
        wrong = _not_allowed(call)
        if wrong is not None:
            return wrong
        name = f"{call.method} {call.path.removeprefix(f'/{VERSION}/').replace(PAGE_ID, 'page').replace(APP_ID, 'app')}"
        known: Mapping[str, Callable[[Call], Refusal | Mapping[str, object]]] = {
            "POST page/messages": self._send,
            "GET page/conversations": self._conversations,
            "GET me": lambda _: {"id": self.page_of_token, "name": "Example Council SEND"},
            "GET me/messenger_profile": lambda _: {"data": [{"get_started": {"payload": self.first_button}}]},
            "POST me/messenger_profile": self._profile,
            "GET page/subscribed_apps": lambda _: {"data": self._apps()},
            "POST page/subscribed_apps": self._subscribe,
            "GET page/feed": lambda _: {"data": []},
            "POST app/subscriptions": self._set_webhook,
        }
        if name in self.denied:
            return Refusal(code=200, status=403, said="(#200) Requires a permission")
        if name not in known:
            return Refusal(code=2500, status=400, said="Unknown path components")
        return known[name](call)

    def _send(self, call: Call) -> Refusal | Mapping[str, object]:
        content = call.content
        if not isinstance(content, dict) or not set(content) <= TOP:
            return Refusal(code=100, said="Unexpected key on parameter")
        recipient, message = content.get("recipient"), content.get("message")
        if not isinstance(recipient, dict) or len(recipient) != 1 or not isinstance(message, dict):
            return Refusal(code=100, said="Param recipient must be an object")
        wrong = _wrong_message(message) or self._wrong_recipient(recipient, content)
        if wrong is not None:
            return wrong
        ((kind, to),) = recipient.items()
        if kind == "comment_id":
            self.invited.add(to)
        mid = f"m_{next(self._numbers):08d}"
        self.taken.append(Taken(mid=mid, to=to, text=message["text"], at=self.now()))
        return {"recipient_id": PARENT, "message_id": mid}

    def _wrong_recipient(self, recipient: Mapping[str, str], content: Mapping[str, Any]) -> Refusal | None:
        ((kind, to),) = recipient.items()
        if kind == "comment_id":
            return self._wrong_comment(to, content)
        if kind != "id" or to not in self.heard_at:
            return Refusal(code=100, subcode=2018001, said=f"No matching user found: {to}")
        manner, tag = content.get("messaging_type"), content.get("tag")
        if manner not in {"RESPONSE", "UPDATE", "MESSAGE_TAG"} or (manner == "MESSAGE_TAG") != (tag is not None):
            return Refusal(code=100, said="Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG}")
        if tag not in {None, "HUMAN_AGENT"}:
            return Refusal(code=100, said="Message tag is not supported")
        if self.now() - self.heard_at[to] > (WINDOW if tag is None else WINDOW_FOR_PEOPLE):
            return Refusal(code=10, subcode=2018278, status=403, said="(#10) This message is sent outside of allowed window.")
        return None

    def _wrong_comment(self, comment_id: str, content: Mapping[str, Any]) -> Refusal | None:
        if comment_id not in self.commented_at or "tag" in content:
            return Refusal(code=100, said="Param recipient[comment_id] must be a comment")
        if comment_id in self.invited:
            return Refusal(code=10900, said="(#10900) Activity already replied to")
        if self.now() - self.commented_at[comment_id] > INVITED_WITHIN:
            return Refusal(code=10901, said="(#10901) The comment is too old")
        return None

    def _conversations(self, call: Call) -> Refusal | Mapping[str, object]:
        if call.query.get("platform") != "messenger" or not call.query.get("fields", "").startswith("messages"):
            return Refusal(code=100, said="Param platform must be one of {MESSENGER, INSTAGRAM}")
        listed = [
            {
                "id": taken.mid,
                "created_time": taken.at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
                "from": {"name": "Example Council SEND", "id": PAGE_ID},
                "message": taken.text,
            }
            for taken in reversed(self.taken)
            if taken.to == call.query.get("user_id")
        ]
        return {"data": [{"id": "t_1", "messages": {"data": listed[:20]}}]} if listed else {"data": []}

    def _apps(self) -> list[object]:
        return (
            [] if self.subscribed is None else [{"id": APP_ID, "name": "Earshot", "subscribed_fields": sorted(self.subscribed)}]
        )

    def _subscribe(self, call: Call) -> Refusal | Mapping[str, object]:
        fields = set(str(call.content.get("subscribed_fields", "")).split(","))
        if not fields <= KNOWN_FIELDS:
            return Refusal(code=100, said="Param subscribed_fields must be one of a list")
        self.subscribed = fields
        return {"success": True}

    def _profile(self, call: Call) -> Refusal | Mapping[str, object]:
        self.first_button = call.content["get_started"]["payload"]
        return {"result": "success"}

    def _set_webhook(self, call: Call) -> Refusal | Mapping[str, object]:
        if call.headers["Authorization"] != f"Bearer {APP_ID}|{APP_SECRET}":
            return Refusal(code=15, said="(#15) This method must be called with an app access token")
        if not str(call.content["callback_url"]).startswith("https://") or call.content["object"] != "page":
            return Refusal(code=2200, said="(#2200) Callback verification failed")
        self.webhook = call.content["callback_url"]
        return {"success": True}


def _wrong_message(message: Mapping[str, Any]) -> Refusal | None:
    text, buttons = message.get("text"), message.get("quick_replies", [])
    faults = (
        not set(message) <= MESSAGE,
        not isinstance(text, str) or not text or len(text.encode("utf-16-le", "surrogatepass")) // 2 > 2000,
        len(message.get("metadata", "")) > 1000,
        "quick_replies" in message and not 1 <= len(buttons) <= 13,
        any(set(button) != {"content_type", "title", "payload"} for button in buttons),
        any(not 1 <= len(button["title"]) <= 20 or not 1 <= len(button["payload"]) <= 1000 for button in buttons),
    )
    return Refusal(code=100, said="(#100) Invalid parameter in message") if any(faults) else None


def _not_allowed(call: Call) -> Refusal | None:
    token = call.headers.get("Authorization", "").removeprefix("Bearer ")
    proof = hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
    if not call.path.startswith(f"/{VERSION}/"):
        return Refusal(code=2635, said="You are calling a deprecated version of the API")
    if "access_token" in call.query or token not in {PAGE_TOKEN, f"{APP_ID}|{APP_SECRET}"}:
        return Refusal(code=190, status=401, said="Invalid OAuth access token.")
    if call.query.get("appsecret_proof") != proof:
        return Refusal(code=100, said="Invalid appsecret_proof provided in the API argument")
    return None


@dataclass(slots=True)
class GraphHome:
    """Where a stand-in listens. Each ``fresh`` one takes the place of the one before."""

    url: str = ""
    graph: Graph = field(default_factory=lambda: Graph(""))

    def fresh(self) -> Graph:
        self.graph = Graph(self.url)
        return self.graph


@contextmanager
def graph_home() -> Iterator[GraphHome]:
    """A server on the loopback as long as the block runs."""
    home, app = GraphHome(), Flask("graph")

    @app.get("/files/<name>")
    def file(name: str) -> Response:
        files = home.graph.files
        return Response(files[name]) if name in files else Response(status=404)

    @app.route("/<path:path>", methods=["GET", "POST"])
    def call(path: str) -> Response:
        content = request.get_json(silent=True) if request.mimetype == "application/json" else None
        return home.graph.answer(
            Call(
                method=request.method,
                path=f"/{path}",
                query=request.args.to_dict(),
                content=content,
                headers=dict(request.headers),
            )
        )

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    home.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield home
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - Werkzeug's name
        del type, message, args


def _json(answer: Refusal | Mapping[str, object]) -> Response:
    if not isinstance(answer, Refusal):
        return Response(json.dumps(answer), mimetype="application/json")
    error = {"message": answer.said, "type": "OAuthException", "code": answer.code, "fbtrace_id": "AbC"}
    if answer.subcode is not None:
        error["error_subcode"] = answer.subcode
    return Response(json.dumps({"error": error}), status=answer.status, mimetype="application/json")


def _reset_connection() -> None:
    socket = request.environ.get("werkzeug.socket")
    if socket is not None:
        socket.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
        socket.shutdown(SHUT_RDWR)
