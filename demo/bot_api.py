"""A strict stand-in for Telegram's Bot API: it takes messages for chats that have begun, and refuses what Telegram refuses.

https://core.telegram.org/bots/api. Only what we use is there; anything else is Telegram's 404.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from itertools import count
from threading import Lock

from flask import Blueprint, Response, request

from demo.posted import Arrived, Button
from demo.road import Reply, Road

WEBHOOK = "/webhooks/telegram"
_BOT = {"is_bot": True, "first_name": "Earshot", "username": "earshot_demo_bot"}
_LONGEST, _LONGEST_ROW = 4096, 12


class RefusedError(Exception):
    """Telegram's sentence for what is wrong with a call, and the status that goes with it."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status
        self.said = said


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A message the stand-in has taken. ``body`` is the exact body it came in."""

    number: int
    chat: str
    at: datetime
    text: str
    body: str
    buttons: tuple[Button, ...] = ()


class BotApi:
    """The bot as Telegram has it: which chats there are, and what was sent to each. Safe between threads."""

    def __init__(self, *, token: str, secret: str, road: Road, now: Callable[[], datetime]) -> None:
        self.token = token
        self._secret = secret
        self._road = road
        self._now = now
        self._chats: set[str] = set()
        self._brought: list[Brought] = []
        self._numbers = count(1)
        self._lock = Lock()

    def post(self, chat: str, message: Mapping[str, object]) -> tuple[bytes, dict[str, str], Reply]:
        """Tell our webhook that somebody has written: the body, the headers, the answer."""
        self._chats.add(chat)
        person = {"id": int(chat), "is_bot": False, "first_name": "Sam"}
        said = {
            "message_id": next(self._numbers),
            "from": person,
            "chat": {"id": int(chat), "type": "private"},
            "date": int(self._now().timestamp()),
            **message,
        }
        body = json.dumps({"update_id": next(self._numbers), "message": said}, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": self._secret}
        return body, headers, self._road.post(WEBHOOK, body, headers)

    def to(self, chat: str) -> tuple[Arrived, ...]:
        """What was brought to this chat, oldest first."""
        with self._lock:
            return tuple(_arrived(message) for message in self._brought if message.chat == chat)

    def send(self, fields: Mapping[str, str], body: str) -> Mapping[str, object]:
        """``sendMessage``. Raises ``RefusedError``."""
        chat, text = fields.get("chat_id", ""), fields.get("text", "")
        wrong = {
            "Bad Request: message text is empty": not text.strip(),
            "Bad Request: message is too long": len(text) > _LONGEST,
            "Bad Request: chat not found": chat not in self._chats,
            "Bad Request: can't parse entities": "parse_mode" in fields,
        }
        if said := next((said for said, is_so in wrong.items() if is_so), ""):
            raise RefusedError(HTTPStatus.BAD_REQUEST, said)
        brought = Brought(
            number=next(self._numbers),
            chat=chat,
            at=self._now(),
            text=text,
            body=body,
            buttons=tuple(_keyboard(fields["reply_markup"])) if "reply_markup" in fields else (),
        )
        with self._lock:
            self._brought.append(brought)
        return {
            "message_id": brought.number,
            "from": self.me,
            "chat": {"id": int(chat), "type": "private"},
            "date": int(brought.at.timestamp()),
            "text": text,
        }

    @property
    def me(self) -> Mapping[str, object]:
        return {"id": int(self.token.partition(":")[0]), **_BOT}


def bot_api_blueprint(api: BotApi, *, url_prefix: str) -> Blueprint:
    """The methods a bot that talks needs. The prefix belongs to TELEGRAM_API_URL."""
    blueprint = Blueprint("bot_api", __name__, url_prefix=url_prefix)

    @blueprint.route("/bot<token>/<method>", methods=["GET", "POST"])
    def call(token: str, method: str) -> Response:
        body = request.get_data().decode("utf-8", "replace")
        try:
            return _json(HTTPStatus.OK, {"ok": True, "result": _result(api, token, method.lower(), body)})
        except RefusedError as refused:
            return _json(refused.status, {"ok": False, "error_code": int(refused.status), "description": refused.said})

    return blueprint


def _result(api: BotApi, token: str, method: str, body: str) -> object:
    if token != api.token:
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "Unauthorized")
    match method:
        case "getme":
            return api.me
        case "sendmessage":
            return api.send(_fields(), body)
        case "answercallbackquery":
            return True
        case _:
            raise RefusedError(HTTPStatus.NOT_FOUND, "Not Found: method not found")


def _fields() -> Mapping[str, str]:
    if request.mimetype == "application/json":
        sent = request.get_json(silent=True)
        pairs = sent.items() if isinstance(sent, dict) else ()
        return {name: value if isinstance(value, str) else json.dumps(value) for name, value in pairs}
    return {**request.args.to_dict(), **request.form.to_dict()}


def _keyboard(given: str) -> Iterator[Button]:
    """The buttons, in their order. Raises ``RefusedError`` for what is neither a keyboard nor the end of one."""
    try:
        markup = json.loads(given)
    except ValueError:
        markup = None
    if markup == {"remove_keyboard": True}:
        return
    rows = markup.get("keyboard") if isinstance(markup, dict) else None
    if not isinstance(rows, list) or not rows:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "Bad Request: object expected as reply markup")
    for row in rows:
        if not isinstance(row, list) or not 1 <= len(row) <= _LONGEST_ROW:
            raise RefusedError(HTTPStatus.BAD_REQUEST, 'Bad Request: field "keyboard" must be of type Array of Arrays')
        for button in row:
            if not (isinstance(button, dict) and button.get("text")):
                raise RefusedError(HTTPStatus.BAD_REQUEST, "Bad Request: can't parse keyboard button: Text must be non-empty")
            yield Button(button["text"])


def _arrived(message: Brought) -> Arrived:
    return Arrived(
        name=f"out-telegram-{message.number}",
        at=message.at,
        text=message.text,
        status="sent",
        request=f"POST /bot…/sendMessage\n\n{message.body}",
        answer=f"200 OK\n{json.dumps({'ok': True, 'result': {'message_id': message.number}})}",
        buttons=message.buttons,
    )


def _json(status: int, content: object) -> Response:
    return Response(json.dumps(content), status=status, mimetype="application/json")
