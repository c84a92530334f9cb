"""The HTTP side of the stand-in: Twilio's two addresses for messages, as a blueprint and as a server on the loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from email.utils import format_datetime
from http import HTTPStatus
from socket import SHUT_RDWR, SO_LINGER, SOL_SOCKET
from struct import pack
from threading import Thread
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

from demo.provider.account import Call, Provider, Taken
from demo.provider.refusals import Refusal, refusal
from demo.provider.troubles import Trouble

_VERSION = "2010-04-01"
_MESSAGES = f"/{_VERSION}/Accounts/<account>/Messages.json"
_FORM = "application/x-www-form-urlencoded"
_PAGE = 50


def provider_blueprint(provider: Provider, *, url_prefix: str | None = None) -> Blueprint:
    """The part of Twilio's API that sends messages and tells of them. With a prefix, that belongs to TWILIO_API_URL."""
    blueprint = Blueprint("provider", __name__, url_prefix=url_prefix)

    @blueprint.route(_MESSAGES, methods=["GET", "POST"])
    def messages(account: str) -> Response:
        call = Call(method=request.method, path=request.path, form=_sent_form())
        trouble = provider.called(call)
        if wrong := _not_allowed(provider, account):
            return _refused(wrong)
        if trouble is not None:
            return _gone_wrong(provider, call, trouble)
        return _made(provider, call) if call.method == "POST" else _listed(provider, call)

    return blueprint


@contextmanager
def provider_server(provider: Provider | None = None, *, port: int = 0, **settings: Any) -> Iterator[Provider]:
    """A stand-in that listens on the loopback as long as the block runs; its address is in ``provider.url``.

    ``settings`` are those of ``Provider``, where none is given.
    """
    provider = provider or Provider(**settings)
    app = Flask("provider")
    app.register_blueprint(provider_blueprint(provider))
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="provider", daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()
        provider.callbacks.stop()


class _Quiet(WSGIRequestHandler):
    """Its lines would hold the numbers that are asked for."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - Werkzeug's name
        del type, message, args


def _sent_form() -> dict[str, list[str]]:
    return {name: list(values) for name, values in (request.form if request.method == "POST" else request.args).lists()}


def _not_allowed(provider: Provider, account: str) -> Refusal | None:
    given = request.authorization
    if given is None or given.username != provider.account_sid or given.password not in provider.tokens:
        return refusal(20003, status=HTTPStatus.UNAUTHORIZED)
    if account != provider.account_sid:
        return refusal(20404, status=HTTPStatus.NOT_FOUND)
    if request.method == "POST" and request.mimetype != _FORM:
        return refusal(20001, status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE, field=request.mimetype)
    return None


def _gone_wrong(provider: Provider, call: Call, trouble: Trouble) -> Response:
    made = _made(provider, call) if trouble.accepted and call.method == "POST" else None
    if trouble.hang:
        provider.stopping.wait(trouble.hang)
    if trouble.drop:
        _reset_connection()
        return Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)
    status = trouble.status or HTTPStatus.CREATED
    if trouble.body is not None:
        response = Response(trouble.body, status=status, mimetype="application/json")
    elif trouble.code is not None:
        response = _refused(refusal(trouble.code, status=status, to=call.one("To") or "", sender=call.one("From") or ""))
    elif made is not None and trouble.status is None:
        response = made
    else:
        response = Response(status=status)
    if trouble.retry_after is not None:
        response.headers["Retry-After"] = str(trouble.retry_after)
    return response


def _reset_connection() -> None:
    """Nothing more goes out on this connection. Where the server does not show its socket, an empty 500 has to do."""
    socket = request.environ.get("werkzeug.socket")
    if socket is not None:
        socket.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
        socket.shutdown(SHUT_RDWR)


def _made(provider: Provider, call: Call) -> Response:
    outcome = provider.take(call)
    return _refused(outcome) if isinstance(outcome, Refusal) else _json(_record(provider, outcome), HTTPStatus.CREATED)


def _listed(provider: Provider, call: Call) -> Response:
    size, page = int(call.one("PageSize") or _PAGE), int(call.one("Page") or 0)
    found = [
        message
        for message in provider.listed(to=call.one("To"), sender=call.one("From"))
        if _within(message.created_at, on=call.one("DateSent"), before=call.one("DateSent<"), after=call.one("DateSent>"))
    ]
    shown = found[page * size : (page + 1) * size]
    query = urlencode({**request.args.to_dict(), "PageSize": size, "Page": page + 1})
    more = f"{request.path}?{query}" if len(found) > (page + 1) * size else None
    meta = {"page": page, "page_size": size, "start": page * size, "end": page * size + len(shown) - 1, "next_page_uri": more}
    return _json({**meta, "uri": request.path, "messages": [_record(provider, message) for message in shown]}, HTTPStatus.OK)


def _within(at: datetime, *, on: str | None, before: str | None, after: str | None) -> bool:
    """Twilio's filters count in whole days, both ends included."""
    day = at.date()
    return all(
        (
            on is None or day == _day(on),
            before is None or day <= _day(before),
            after is None or day >= _day(after),
        )
    )


def _day(given: str) -> date:
    return date.fromisoformat(given[:10])


def _record(provider: Provider, message: Taken) -> dict[str, object]:
    """A message as the API shows it."""
    at = format_datetime(message.created_at)
    return {
        "account_sid": provider.account_sid,
        "api_version": _VERSION,
        "body": message.body,
        "date_created": at,
        "date_sent": None if message.status in {"accepted", "queued"} else at,
        "date_updated": at,
        "direction": "outbound-api",
        "error_code": message.error_code,
        "error_message": None,
        "from": message.sender or None,
        "messaging_service_sid": message.service or None,
        "num_media": str(len(message.media)),
        "num_segments": "0" if message.service else "1",
        "price": None,
        "price_unit": "GBP",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"/{_VERSION}/Accounts/{provider.account_sid}/Messages/{message.sid}/Media.json"},
        "to": message.to,
        "uri": f"/{_VERSION}/Accounts/{provider.account_sid}/Messages/{message.sid}.json",
    }


def _refused(wrong: Refusal) -> Response:
    return Response(wrong.as_json(), status=wrong.status, mimetype="application/json")


def _json(content: object, status: int) -> Response:
    return Response(json.dumps(content), status=status, mimetype="application/json")
