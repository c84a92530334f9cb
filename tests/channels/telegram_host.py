"""A stand-in for the Bot API on this machine: it refuses what Telegram refuses, and remembers what it was asked.

https://core.telegram.org/bots/api. Only what we use is there; anything else is Telegram's 404.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import SHUT_RDWR, SO_LINGER, SOL_SOCKET
from struct import pack
from threading import Condition, Thread
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

TOKEN = "1234567890:AAExampleExampleExampleExampleExample"  # of nobody
SECRET = "our-secret_1"
BOT = {"id": 1234567890, "is_bot": True, "first_name": "Earshot", "username": "earshot_example_bot"}
PARENT = 5000111222
FOLDER = Path(__file__).parent / "payloads" / "telegram"
Fields = Mapping[str, str]
_KINDS = {
    "message",
    "edited_message",
    "channel_post",
    "callback_query",
    "my_chat_member",
    "message_reaction",
    "inline_query",
}


def update(name: str) -> dict[str, Any]:
    """What a payload file holds."""
    found = json.loads((FOLDER / f"{name}.json").read_text("ascii"))
    assert isinstance(found, dict)
    return found


class RefusedError(Exception):
    def __init__(self, status: int, said: str, **parameters: int) -> None:
        super().__init__(said)
        self.status = status
        self.said = said
        self.parameters = parameters


@dataclass
class BotApi:
    """``trouble`` is what the next call ends in, whatever it is; ``calls`` are method and fields of each call."""

    url: str = ""
    token: str = TOKEN
    calls: list[tuple[str, Fields]] = field(default_factory=list)
    trouble: Callable[[], Response] | None = None
    chats: set[str] = field(default_factory=lambda: {str(PARENT)})
    blocked: set[str] = field(default_factory=set)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    updates: list[dict[str, Any]] = field(default_factory=list)
    webhook: dict[str, Any] = field(default_factory=lambda: {"url": ""})
    last_error: dict[str, Any] = field(default_factory=dict)
    answered: list[str] = field(default_factory=list)
    sent: int = 100
    news: Condition = field(default_factory=Condition)

    def arrives(self, *names: str) -> None:
        with self.news:
            self.updates += [update(name) for name in names]
            self.news.notify_all()

    def asked(self, method: str) -> list[Fields]:
        return [fields for name, fields in self.calls if name == method]

    def fail_next(self, status: int, body: str | bytes, **headers: str) -> None:
        self.trouble = lambda: Response(body, status=status, headers=headers, mimetype="application/json")

    def refuse_next(self, status: int, said: str, **parameters: int) -> None:
        self.trouble = lambda: _refusal(RefusedError(status, said, **parameters))

    # the methods, by their names in small letters

    def getme(self, fields: Fields) -> object:
        return {**BOT, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}

    def sendmessage(self, fields: Fields) -> object:
        chat, text = fields.get("chat_id", ""), fields.get("text", "")
        if not chat:
            raise RefusedError(400, "Bad Request: chat_id is empty")
        if not text.strip():
            raise RefusedError(400, "Bad Request: message text is empty")
        if len(text) > 4096:
            raise RefusedError(400, "Bad Request: message is too long")
        if "parse_mode" in fields:
            _check_entities(text)
        if chat not in self.chats:
            raise RefusedError(400, "Bad Request: chat not found")
        if chat in self.blocked:
            raise RefusedError(403, "Forbidden: bot was blocked by the user")
        if "reply_markup" in fields:
            _check_markup(fields["reply_markup"])
        self.sent += 1
        return {
            "message_id": self.sent,
            "from": BOT,
            "chat": {"id": int(chat), "type": "private"},
            "date": 1795255200,
            "text": text,
        }

    def getupdates(self, fields: Fields) -> object:
        if self.webhook["url"]:
            said = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            raise RefusedError(409, said)
        wanted = json.loads(fields.get("allowed_updates", "[]"))
        assert set(wanted) <= _KINDS
        offset, limit, seconds = (int(fields.get(name, ours)) for name, ours in (("offset", 0), ("limit", 100), ("timeout", 0)))
        with self.news:
            self.updates = [row for row in self.updates if row["update_id"] >= offset]
            self.news.wait_for(lambda: bool(self.updates), timeout=seconds)
            return [row for row in self.updates if not wanted or len(set(row) & set(wanted))][:limit]

    def setwebhook(self, fields: Fields) -> object:
        parts = urlsplit(fields.get("url", ""))
        if parts.scheme != "https":
            raise RefusedError(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if (parts.port or 443) not in (443, 80, 88, 8443):
            raise RefusedError(400, "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        if "secret_token" in fields and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", fields["secret_token"]):
            raise RefusedError(400, "Bad Request: secret token contains unallowed characters")
        wanted = json.loads(fields["allowed_updates"]) if "allowed_updates" in fields else []
        assert set(wanted) <= _KINDS
        if fields.get("drop_pending_updates") == "true":
            self.updates.clear()
        self.webhook = {"url": fields["url"], "secret": fields.get("secret_token"), "allowed_updates": wanted}
        return True

    def deletewebhook(self, fields: Fields) -> object:
        if fields.get("drop_pending_updates") == "true":
            self.updates.clear()
        self.webhook = {"url": ""}
        return True

    def getwebhookinfo(self, fields: Fields) -> object:
        shown = {name: value for name, value in self.webhook.items() if name != "secret" and value != []}
        return {**shown, "has_custom_certificate": False, "pending_update_count": len(self.updates), **self.last_error}

    def getfile(self, fields: Fields) -> object:
        if fields.get("file_id") not in self.files:
            raise RefusedError(400, "Bad Request: invalid file_id")
        path, content = self.files[fields["file_id"]]
        if len(content) > 20 * 1024 * 1024:
            raise RefusedError(400, "Bad Request: file is too big")
        return {"file_id": fields["file_id"], "file_unique_id": "u", "file_size": len(content), "file_path": path}

    def answercallbackquery(self, fields: Fields) -> object:
        if fields.get("callback_query_id") == "old":
            raise RefusedError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.answered.append(fields["callback_query_id"])
        return True


METHODS = frozenset(name for name in vars(BotApi) if name.startswith(("get", "send", "set", "delete", "answer")))


@contextmanager
def bot_api() -> Iterator[BotApi]:
    """The stand-in, for as long as the block runs; its address is in ``url``."""
    api = BotApi()
    app = Flask("telegram")

    @app.route("/bot<token>/<method>", methods=["GET", "POST"])
    def call(token: str, method: str) -> Response:
        return _called(api, token, method.lower())

    @app.route("/file/bot<token>/<path:path>")
    def file(token: str, path: str) -> Response:
        held = dict(api.files.values())
        if token != api.token or path not in held:
            return _refusal(RefusedError(404, "Not Found"))
        return Response(held[path], mimetype="application/octet-stream")

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    api.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - Werkzeug's name
        """Nothing is printed."""


def cut() -> Response:
    """No answer at all: the connection is reset."""
    connection = request.environ["werkzeug.socket"]
    connection.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
    connection.shutdown(SHUT_RDWR)
    return Response(status=500)


def _called(api: BotApi, token: str, method: str) -> Response:
    fields = _fields()
    api.calls.append((method, fields))
    trouble, api.trouble = api.trouble, None
    if trouble is not None:
        return trouble()
    try:
        return _json(200, {"ok": True, "result": _method(api, token, method)(fields)})
    except RefusedError as refused:
        return _refusal(refused)


def _method(api: BotApi, token: str, method: str) -> Callable[[Fields], object]:
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", token):
        raise RefusedError(404, "Not Found")
    if token != api.token:
        raise RefusedError(401, "Unauthorized")
    if method not in METHODS:
        raise RefusedError(404, "Not Found: method not found")
    found: Callable[[Fields], object] = getattr(api, method)
    return found


def _fields() -> Fields:
    if request.mimetype == "application/json":
        return {name: value if isinstance(value, str) else json.dumps(value) for name, value in request.get_json().items()}
    return {**request.args.to_dict(), **request.form.to_dict()}


def _refusal(refused: RefusedError) -> Response:
    body: dict[str, object] = {"ok": False, "error_code": refused.status, "description": refused.said}
    return _json(refused.status, {**body, "parameters": refused.parameters} if refused.parameters else body)


def _json(status: int, body: object) -> Response:
    return Response(json.dumps(body), status=status, mimetype="application/json")


def _check_markup(given: str) -> None:
    markup = json.loads(given)
    if markup == {"remove_keyboard": True}:
        return
    rows = markup.get("keyboard") if isinstance(markup, dict) else None
    if not isinstance(rows, list) or not rows:
        raise RefusedError(400, "Bad Request: object expected as reply markup")
    for row in rows:
        if not isinstance(row, list) or not row or len(row) > 12:
            raise RefusedError(400, 'Bad Request: field "keyboard" must be of type Array of Arrays')
        if not all(isinstance(button, dict) and button.get("text") for button in row):
            raise RefusedError(400, "Bad Request: can't parse keyboard button: Text must be non-empty")


def _check_entities(text: str) -> None:
    if text.count("_") % 2 or text.count("*") % 2:
        raise RefusedError(400, "Bad Request: can't parse entities: Can't find end of the entity")
