"""A strict stand-in for Meta's Graph API: it takes messages for one page, refuses what Meta refuses, and reports back.

https://developers.facebook.com/docs/messenger-platform/reference/send-api. What Meta would put right itself in silence (a
title that is too long) is a fault here, so that the demo never shows what no phone would.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import Lock
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, request

from demo.posted import Arrived, Button
from demo.road import Reply, Road

WEBHOOK = "/webhooks/messenger"
_WINDOW, _WINDOW_FOR_PEOPLE = timedelta(hours=24), timedelta(days=7)
_TOP = {"recipient", "messaging_type", "tag", "message"}
_MESSAGE = {"text", "metadata", "quick_replies"}
_BUTTON = {"content_type", "title", "payload"}
_LONGEST, _LONGEST_TITLE, _MOST_BUTTONS = 2000, 20, 13
_LISTED = 20
_A_MOMENT = 0.05
"""Seconds between taking a message and telling of it, so that our own answer is written down first."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaApp:
    """The page and the app in the demo. All of it is made for one run and worth nothing after it."""

    page_id: str = "100200300400500"
    app_id: str = "700800900100200"
    token: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An error as Meta words it. https://developers.facebook.com/docs/messenger-platform/error-codes"""

    code: int
    subcode: int | None = None
    status: int = HTTPStatus.BAD_REQUEST
    said: str = "Invalid parameter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A message the stand-in has taken. ``body`` is the exact body it came in."""

    mid: str
    to: str
    at: datetime
    text: str
    body: str
    metadata: str = ""
    buttons: tuple[Button, ...] = ()
    status: str = "sent"


class Graph:
    """The page as Meta has it: who wrote when, and what was sent to whom. Safe between threads."""

    def __init__(self, app: MetaApp, *, road: Road, now: Callable[[], datetime]) -> None:
        self.app = app
        self._road = road
        self._now = now
        self._heard_at: dict[str, datetime] = {}
        self._brought: list[Brought] = []
        self._lock = Lock()
        self._reports = ThreadPoolExecutor(max_workers=1, thread_name_prefix="meta")

    def post(self, person: str, event: Mapping[str, object], *, heard: bool = True) -> tuple[bytes, dict[str, str], Reply]:
        """Tell our webhook of an event, signed: the body, the headers, the answer. ``heard``: the person has spoken."""
        if heard:
            self._heard_at[person] = self._now()
        sides = {"sender": {"id": person}, "recipient": {"id": self.app.page_id}}
        body = self._entry({**sides, **event})
        headers = self._signed(body)
        return body, headers, self._road.post(WEBHOOK, body, headers)

    def to(self, person: str) -> tuple[Arrived, ...]:
        """What was brought to this person, oldest first."""
        with self._lock:
            brought = [message for message in self._brought if message.to == person]
        return tuple(map(self._arrived, brought))

    def send(self, content: Any, body: str) -> Refusal | Mapping[str, object]:
        """``POST /PAGE/messages``."""
        if not isinstance(content, dict) or not set(content) <= _TOP:
            return Refusal(code=100, said="Unexpected key on parameter")
        recipient, message = content.get("recipient"), content.get("message")
        if not isinstance(recipient, dict) or set(recipient) != {"id"} or not isinstance(message, dict):
            return Refusal(code=100, said="Param recipient must be an object with an id")
        to = str(recipient["id"])
        wrong = _wrong_message(message) or self._wrong_moment(to, content)
        if wrong is not None:
            return wrong
        brought = Brought(
            mid=f"m_{uuid4().hex}",
            to=to,
            at=self._now(),
            text=message["text"],
            body=body,
            metadata=message.get("metadata", ""),
            buttons=tuple(Button(button["title"], button["payload"]) for button in message.get("quick_replies", ())),
        )
        with self._lock:
            self._brought.append(brought)
        self._reports.submit(self._report, brought)
        return {"recipient_id": to, "message_id": brought.mid}

    def conversations(self, person: str) -> Mapping[str, object]:
        """``GET /PAGE/conversations``: the newest messages of ours to one person."""
        with self._lock:
            found = [message for message in reversed(self._brought) if message.to == person][:_LISTED]
        listed = [
            {
                "id": message.mid,
                "created_time": message.at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
                "from": {"id": self.app.page_id},
                "message": message.text,
            }
            for message in found
        ]
        return {"data": [{"id": "t_1", "messages": {"data": listed}}]} if listed else {"data": []}

    def proves(self, token: str, proof: str) -> bool:
        """Whether a call is the page's own: its token, and the proof that it comes from the app."""
        right = hmac.new(self.app.secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        return token == self.app.token and hmac.compare_digest(proof, right)

    def reported(self) -> None:
        """Until everything taken so far has been reported."""
        self._reports.submit(lambda: None).result()

    def stop(self) -> None:
        self._reports.shutdown(cancel_futures=True)

    def _wrong_moment(self, to: str, content: Mapping[str, Any]) -> Refusal | None:
        manner, tag = content.get("messaging_type"), content.get("tag")
        if to not in self._heard_at:
            return Refusal(code=100, subcode=2018001, said=f"No matching user found: {to}")
        if manner not in {"RESPONSE", "UPDATE", "MESSAGE_TAG"} or (manner == "MESSAGE_TAG") != (tag is not None):
            return Refusal(code=100, said="Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG}")
        if tag not in {None, "HUMAN_AGENT"}:
            return Refusal(code=100, said="Message tag is not supported")
        if self._now() - self._heard_at[to] > (_WINDOW if tag is None else _WINDOW_FOR_PEOPLE):
            said = "(#10) This message is sent outside of allowed window."
            return Refusal(code=10, subcode=2018278, status=HTTPStatus.FORBIDDEN, said=said)
        return None

    def _report(self, brought: Brought) -> None:
        """The echo of what the page said, then that it has arrived: as Meta would tell our webhook, one after the other."""
        time.sleep(_A_MOMENT)
        page, person = {"id": self.app.page_id}, {"id": brought.to}
        echo = {
            "mid": brought.mid,
            "is_echo": True,
            "app_id": self.app.app_id,
            "metadata": brought.metadata,
            "text": brought.text,
        }
        told = (
            {"sender": page, "recipient": person, "timestamp": self.moment(), "message": echo},
            {"sender": person, "recipient": page, "delivery": {"mids": [brought.mid], "watermark": self.moment()}},
        )
        try:
            answers = [self._road.post(WEBHOOK, body, self._signed(body)).status for body in map(self._entry, told)]
        except OSError:  # requests' own errors are among them
            log.warning("a report of the stand-in for Meta was not answered")
            return
        if answers[-1] == HTTPStatus.OK:
            with self._lock:
                self._brought[self._brought.index(brought)] = replace(brought, status="delivered")

    def moment(self) -> int:
        """Now, in thousandths of a second, as Meta writes a time."""
        return int(self._now().timestamp() * 1000)

    def _entry(self, event: Mapping[str, object]) -> bytes:
        """A webhook's body as Meta writes JSON: everything beyond ASCII, and the slash, escaped."""
        content = {"object": "page", "entry": [{"id": self.app.page_id, "time": self.moment(), "messaging": [event]}]}
        return json.dumps(content, separators=(",", ":")).replace("/", "\\/").encode()

    def _signed(self, body: bytes) -> dict[str, str]:
        signature = hmac.new(self.app.secret.encode(), body, hashlib.sha256).hexdigest()
        return {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}

    def _arrived(self, message: Brought) -> Arrived:
        return Arrived(
            name=f"out-{message.mid}",
            at=message.at,
            text=message.text,
            status=message.status,
            request=f"POST /{self.app.page_id}/messages\nAuthorization: Bearer …\n\n{message.body}",
            answer=f"200 OK\n{json.dumps({'recipient_id': message.to, 'message_id': message.mid})}",
            buttons=message.buttons,
        )


def graph_blueprint(graph: Graph, *, url_prefix: str) -> Blueprint:
    """The part of the Graph API that a page's messages need. The prefix belongs to META_API_URL."""
    blueprint = Blueprint("graph", __name__, url_prefix=url_prefix)

    @blueprint.route("/<version>/<path:path>", methods=["GET", "POST"])
    def call(version: str, path: str) -> Response:
        del version
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not graph.proves(token, request.args.get("appsecret_proof", "")):
            return _json(Refusal(code=190, status=HTTPStatus.UNAUTHORIZED, said="Invalid OAuth access token."))
        match f"{request.method} {path.replace(graph.app.page_id, 'page')}":
            case "POST page/messages":
                body = request.get_data()
                return _json(graph.send(request.get_json(silent=True), body.decode("utf-8", "replace")))
            case "GET page/conversations":
                return _json(graph.conversations(request.args.get("user_id", "")))
            case _:
                return _json(Refusal(code=2500, said="Unknown path components"))

    return blueprint


def _wrong_message(message: Mapping[str, Any]) -> Refusal | None:
    return Refusal(code=100, said="(#100) Invalid parameter in message") if any(_faults(message)) else None


def _faults(message: Mapping[str, Any]) -> Iterator[bool]:
    text, buttons = message.get("text"), message.get("quick_replies", [])
    yield not set(message) <= _MESSAGE
    yield not isinstance(text, str) or not text or len(text.encode("utf-16-le", "surrogatepass")) // 2 > _LONGEST
    yield "quick_replies" in message and not 1 <= len(buttons) <= _MOST_BUTTONS
    yield any(set(button) != _BUTTON or not 1 <= len(button["title"]) <= _LONGEST_TITLE for button in buttons)


def _json(answer: Refusal | Mapping[str, object]) -> Response:
    if not isinstance(answer, Refusal):
        return Response(json.dumps(answer), mimetype="application/json")
    error: dict[str, object] = {"message": answer.said, "type": "OAuthException", "code": answer.code, "fbtrace_id": "demo"}
    if answer.subcode is not None:
        error["error_subcode"] = answer.subcode
    return Response(json.dumps({"error": error}), status=answer.status, mimetype="application/json")
