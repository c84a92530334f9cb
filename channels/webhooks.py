"""The addresses providers call: every request is measured, verified, parsed, committed and answered, in that order.

The answers are those of the contract: 403 for a bad signature, 413 for too much, 400 for what cannot be read, 2xx once
it is committed, 503 where it was not. Never 500, and never a word or a number of a person in a log.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol
from urllib.parse import quote

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from bot.channel_log import ChannelLog, Outcome, Way, What
from bot.errors import BadSignature, BadWebhook, StoreUnavailable
from bot.events import Event
from bot.faults import place
from channels.base import Answer, Gate, Webhook

log = logging.getLogger(__name__)


class Intake(Protocol):
    """Commits events; returns only once they are kept. Raises ``StoreUnavailable``."""

    def receive(self, events: Sequence[Event], /) -> object: ...


def webhook_blueprint(
    gates: Mapping[str, Gate], intake: Intake, public_url: str, *, channel_log: ChannelLog | None = None
) -> Blueprint:
    """One route for each path. ``public_url``: the origin providers know and sign, whatever the client's headers say.

    ``channel_log`` is told of what is not let in or holds nothing for us; of the events the intake tells it itself.
    """
    blueprint = Blueprint("webhooks", __name__)
    for path, gate in gates.items():
        blueprint.add_url_rule(
            path,
            endpoint=path.strip("/").replace("/", "_"),
            view_func=_view(gate, intake, public_url.rstrip("/"), _Notes(channel_log, path.rpartition("/webhooks/")[2])),
            methods=["GET", "POST"],
            strict_slashes=False,  # a slash too many in a provider's console is no reason to lose a message
        )
    return blueprint


class _Notes:
    """The lines of one address, under the name of its provider."""

    def __init__(self, channel_log: ChannelLog | None, name: str) -> None:
        self._log = channel_log
        self._name = name

    def tell(self, outcome: Outcome) -> None:
        if self._log is not None:
            self._log.note(self._name, Way.IN, What.REQUEST, outcome)


def _view(gate: Gate, intake: Intake, public_url: str, notes: _Notes) -> Callable[[], Response]:
    def receive() -> Response:
        answer = _received(gate, intake, public_url, notes)
        return Response(answer.body, status=answer.status, content_type=answer.content_type)

    return receive


def _received(gate: Gate, intake: Intake, public_url: str, notes: _Notes) -> Answer:
    try:
        bare = _bare(public_url)
        gate.glance(bare)
        return _taken(gate, intake, replace(bare, body=_body(gate.max_body)), notes)
    except BadSignature:
        notes.tell(Outcome.BAD_SIGNATURE)
        return _refusal("a request with a bad signature was refused", 403)
    except BadWebhook as error:
        notes.tell(Outcome.UNREADABLE)
        return _refusal(f"a request could not be read: {error}", 400)
    except StoreUnavailable:
        return _refusal("the store is not available; the provider is asked to come again", 503)
    except HTTPException as error:  # too long, or broken off half-way
        notes.tell(Outcome.TOO_LONG if isinstance(error, RequestEntityTooLarge) else Outcome.UNREADABLE)
        return _refusal("a request was not taken in", error.code or 400)
    except Exception as error:  # noqa: BLE001 - a fault of ours loses nothing: it was not committed, so the provider is to come again
        notes.tell(Outcome.NOT_KEPT)
        return _refusal(f"a fault of ours: {place(error)}", 503)


def _taken(gate: Gate, intake: Intake, webhook: Webhook, notes: _Notes) -> Answer:
    if (greeting := gate.handshake(webhook)) is not None:
        return greeting
    gate.verify(webhook)
    events = gate.parse(webhook)
    if events:
        intake.receive(events)
    else:
        notes.tell(Outcome.NOTHING)
    return gate.answer(events)


def _bare(public_url: str) -> Webhook:
    return Webhook(
        method=request.method,
        url=public_url + _target(request.environ),
        body=b"",
        headers={name.lower(): value for name, value in request.headers},
    )


def _body(max_body: int) -> bytes:
    # One byte more than may be: of a body that does not say how long it is Werkzeug hands over as much as was allowed,
    # cut off without a word, so that only a body longer than what is good shows that it was too long.
    request.max_content_length = max_body + 1
    body = _read()
    if len(body) > max_body:
        raise RequestEntityTooLarge
    return body


def _read() -> bytes:
    """The body. What breaks while it is read is the request, however the server in front of us says so: gunicorn's own
    exceptions for an ill-formed chunked body are of no common kind and know nothing of HTTP answers, and a body that
    is shorter than it said it would be it hands over without a word.
    """
    try:
        body = request.get_data(cache=False)
    except HTTPException:
        raise
    except Exception as error:
        raise BadWebhook(f"its body could not be read to the end ({type(error).__name__})") from error
    if len(body) < (request.content_length or 0):
        raise BadWebhook("its body is shorter than it said")
    return body


def _target(environ: Mapping[str, str]) -> str:
    """The request target as it stood on the wire. Flask's own URL is decoded and put together again, and fails to verify."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    if "://" in raw.partition("?")[0]:  # the absolute form names a host, and the client is not asked about that
        raw = "/" + raw.partition("://")[2].partition("/")[2]
    if raw.startswith("/"):
        return raw
    path = quote((environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1"), safe="/:@!$&'()*+,;=~")
    query = environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def _refusal(why: str, status: int) -> Answer:
    log.warning("%s: %s (%d)", request.path, why, status)
    return Answer(status=status)
