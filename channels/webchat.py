"""The web chat: a small JSON API that a page polls (CONTRACT.md, "Web addresses"), and the door of its channel."""

from __future__ import annotations

import json
import logging
import math
import traceback
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from bot.errors import StoreUnavailable
from bot.model import EASY_READ, ENGLISH, Address, ChannelName, ChannelTraits, InboundMessage, Locale, Speaker
from bot.outbox import ERASURE_RECEIPTS
from bot.outgoing import DeliveryStatus, Outgoing, Part, Sent, Spoken
from bot.ports import Clock, Store
from bot.records import ChatLine
from bot.resuming import LASTS, Resuming, TooManyTriesError
from channels.base import Door
from channels.forms import ref_of
from channels.newcomers import Newcomers, place_of
from channels.reception import RATE_WINDOW, Receives, Reception, TooFastError, body_of
from channels.screens import is_danger, is_question, key_of
from channels.sentences import showable
from channels.sessions import SCHEME, Sessions

WEBCHAT = ChannelName("webchat")

_LONGEST_ID = 128
_LARGEST_SEQ = 2**63 - 1

log = logging.getLogger(__name__)


class WebChat(Door):
    """Nothing to call: the row of the outbox is itself what the browser polls."""

    name = WEBCHAT

    def __init__(self, settle: timedelta = timedelta(seconds=5)) -> None:
        self.traits = ChannelTraits(settle=settle)

    def render(self, spoken: Spoken) -> tuple[Part, ...]:
        return (Part(spoken.text, spoken.choices),)

    def send(self, outgoing: Outgoing) -> Sent:
        del outgoing
        return Sent(None, DeliveryStatus.DELIVERED)


class _RefusedError(Exception):
    """The request is answered with this status and this word for the program that sent it."""

    def __init__(self, status: int, word: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(word)
        self.status = status
        self.word = word
        self.retry_after = None if retry_after is None else math.ceil(retry_after.total_seconds())


def webchat_blueprint(
    *,
    store: Store,
    intake: Receives,
    clock: Clock,
    secret_key: str,
    allowed_origins: Collection[str] = (),
    locales: Collection[Locale] = (ENGLISH, EASY_READ),
    resuming: Resuming | None = None,
) -> Blueprint:
    """The routes below ``/api/chat``. ``allowed_origins``: pages of other sites that may call them, compared exactly.

    ``locales``: those a person may choose; another word is passed over, for it is no reason to lose what they wrote.
    ``resuming``: carries a talk to another phone; without it there are no codes.
    """
    blueprint = Blueprint("webchat", __name__, url_prefix="/api/chat")
    sessions = Sessions(secret_key)
    reception = Reception(store=store, intake=intake, clock=clock)
    newcomers = Newcomers()
    origins = frozenset(allowed_origins) - {"*", "null"}

    @blueprint.post("/session")
    def open_session() -> Response:
        code = _code()
        if code is not None:
            return _json({"token": _resumed(resuming, code, sessions=sessions, store=store, now=clock.now())})
        wait = newcomers.admit(request, clock.now())
        if wait is not None:
            raise _RefusedError(429, "too_many_sessions", retry_after=wait)
        return _json({"token": sessions.open()})

    @blueprint.post("/code")
    def offer_code() -> Response:
        address = _who(sessions)
        if resuming is None:
            raise _RefusedError(404, "no_codes")
        return _json({"code": resuming.offer(address), "minutes": int(LASTS.total_seconds()) // 60})

    @blueprint.post("/message")
    def take_message() -> Response:
        address = _who(sessions)
        seq = reception.keep(_message(address, sessions.account_of(address), _body(), locales))
        return _json({"seq": seq}, status=202)

    @blueprint.get("/events")
    def events() -> Response:
        lines = store.chat_lines(_who(sessions), after=_after(), channels=(WEBCHAT,))
        return _json([_event(line) for line in lines])

    blueprint.after_request(partial(_share, origins))
    blueprint.register_error_handler(Exception, _refuse)
    return blueprint


def _share(origins: Collection[str], response: Response) -> Response:
    response.vary.add("Origin")
    response.headers["Cache-Control"] = "no-store"
    origin = request.headers.get("Origin", "")
    if origin in origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, POST"
            response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            response.headers["Access-Control-Max-Age"] = "7200"
    return response


def _refuse(error: Exception) -> Response:
    """Every error as JSON. What we did not foresee is 503, for nothing was committed as far as anybody can tell."""
    match error:
        case _RefusedError(status=status, word=word, retry_after=retry_after):
            return _json({"error": word}, status=status, retry_after=retry_after)
        case TooFastError():
            return _json({"error": "too_fast"}, status=429, retry_after=int(RATE_WINDOW.total_seconds()))
        case TooManyTriesError():
            return _json({"error": "too_many_codes"}, status=429, retry_after=int(LASTS.total_seconds()))
        case HTTPException(code=code, name=name):
            return _json({"error": (name or "refused").lower().replace(" ", "_")}, status=code or 400)
        case StoreUnavailable():
            pass
        case _:
            # Where, but not what was said: an exception's own text may hold a parent's words.
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("The web chat failed with %s at\n%s", type(error).__name__, where)
    return _json({"error": "not_kept"}, status=503, retry_after=2)


def _who(sessions: Sessions) -> Address:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    address = sessions.address_of(token.strip()) if scheme.lower() == "bearer" else None
    if address is None:
        raise _RefusedError(401, "bad_token")
    return address


def _code() -> str | None:
    """The code of another phone, where the body has one. A new session needs no body, and whatever else it has is passed over."""
    try:
        fields = json.loads(body_of(request))
    except (ValueError, RecursionError):
        return None
    code = fields.get("code") if isinstance(fields, dict) else None
    return code if isinstance(code, str) else None


def _resumed(resuming: Resuming | None, code: str, *, sessions: Sessions, store: Store, now: datetime) -> str:
    """A token for whoever this code was given to: their own, or, where they asked by text and the like, a new one."""
    address = None if resuming is None else resuming.resume(code, who=str(place_of(request) or request.remote_addr))
    if resuming is None or address is None:
        raise _RefusedError(403, "bad_code")
    if address.scheme == SCHEME:
        return sessions.token_of(address)
    here = sessions.newcomer()
    try:
        with store.transaction() as tx:
            tx.join_contact(tx.hold_contact(address, (), locale=ENGLISH, now=now).id, here, now)
    except StoreUnavailable:
        resuming.give_back(code, address)
        raise
    return sessions.token_of(here)


def _body() -> dict[str, Any]:
    body = body_of(request)
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _RefusedError(400, "not_json") from error
    if not isinstance(fields, dict):
        raise _RefusedError(400, "not_an_object")
    return fields


def _message(address: Address, account: str, fields: dict[str, Any], locales: Collection[Locale]) -> InboundMessage:
    external_id = _string(fields, "id", required=True)
    text = _string(fields, "text", required=True)
    choice = _string(fields, "choice")
    locale = _string(fields, "locale")
    if not 1 <= len(external_id) <= _LONGEST_ID or not external_id.isprintable():
        raise _RefusedError(400, "bad_id")
    if not text and not choice:
        raise _RefusedError(400, "empty")
    return InboundMessage(
        channel=WEBCHAT,
        account=account,
        external_id=external_id,
        sender=address,
        text=text,
        choice=choice or None,
        locale=Locale(locale) if locale in locales else None,
        speaker=speaker_of(_string(fields, "speaker")),
        ref=ref_of(_string(fields, "ref")),
    )


def _string(fields: dict[str, Any], name: str, *, required: bool = False) -> str:
    value = fields.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        raise _RefusedError(400, f"bad_{name}")
    return value


def speaker_of(word: str) -> Speaker | None:
    """Who says they are speaking. A word we do not know is no reason to refuse what they wrote."""
    return Speaker(word) if word in set(Speaker) else None


def _after() -> int:
    after = request.args.get("after", "0")
    if not after.isascii() or not after.isdigit() or len(after) > len(str(_LARGEST_SEQ)) or int(after) > _LARGEST_SEQ:
        raise _RefusedError(400, "bad_after")
    return int(after)


def _kind(line: ChatLine) -> str:
    """What a page must know of a line: it asks, it answers danger, or it says that what came before it is deleted."""
    if key_of(line) in ERASURE_RECEIPTS:
        return "deleted"
    return "danger" if is_danger(line) else "question" if is_question(line) else ""


def _event(line: ChatLine) -> dict[str, Any]:
    return {
        "seq": line.seq,
        "from": line.sender,
        "text": showable(line.text),
        "choices": [{"key": choice.key, "label": choice.label} for choice in line.choices],
        "kind": _kind(line),
        "at": line.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def _json(value: object, *, status: int = 200, retry_after: int | None = None) -> Response:
    response = Response(json.dumps(value, ensure_ascii=False), status=status, content_type="application/json")
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response
