"""Twilio's REST API through the official client: where it is, how long to wait, and what each refusal means to us.

https://www.twilio.com/docs/messaging/api/message-resource and https://www.twilio.com/docs/api/errors
"""

from __future__ import annotations

import json
import logging
import re
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TypeVar

import requests
from requests import exceptions
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from bot.errors import (
    ChannelMisconfigured,
    ContactOptedOut,
    ContactUnreachable,
    ProviderUnavailable,
    ProviderUncertain,
    Rejected,
    SendError,
    Throttled,
    WindowShut,
)
from channels.calls import host_of, is_loopback, retry_after

TWILIO = "https://api.twilio.com"
CONTENT = "https://content.twilio.com"
TIMEOUTS = (5.0, 15.0)
"""Seconds to connect and to read. The outbox holds its lease longer than both together."""
CONTENT_TIMEOUTS = (2.0, 3.0)
"""Buttons are not worth waiting for: the message goes without."""

REFUSALS: Mapping[int, type[SendError]] = {
    14107: Throttled,
    20003: ChannelMisconfigured,  # the credentials are wrong
    20404: ChannelMisconfigured,  # there is no such account
    20429: Throttled,
    21211: ContactUnreachable,  # not a number
    21408: Rejected,  # one country is not enabled; everybody else can still be reached
    21602: Rejected,
    21603: ChannelMisconfigured,  # no sender
    21604: Rejected,
    21606: ChannelMisconfigured,  # the sender is not ours, or cannot send this
    21610: ContactOptedOut,
    21611: Throttled,  # the sender's queue is full
    21612: ContactUnreachable,
    21614: ContactUnreachable,  # not a mobile number
    21617: Rejected,  # too long
    21619: Rejected,
    21656: Rejected,
    21910: ChannelMisconfigured,  # the sender is of another channel
    30022: Throttled,
    63003: ContactUnreachable,
    63007: ChannelMisconfigured,  # the WhatsApp sender is not ours
    63016: WindowShut,
    63018: Throttled,
    63021: Rejected,
    63024: ContactUnreachable,
    63033: Rejected,  # the person has blocked us
    63038: Throttled,  # the day's cap
}
"""What a refused message means to us. A code that is not here goes by its HTTP status."""

_BY_STATUS: Mapping[int, type[SendError]] = {
    HTTPStatus.UNAUTHORIZED: ChannelMisconfigured,
    HTTPStatus.FORBIDDEN: ChannelMisconfigured,
    HTTPStatus.NOT_FOUND: ChannelMisconfigured,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: ChannelMisconfigured,
    HTTPStatus.REQUEST_TIMEOUT: ProviderUncertain,
    HTTPStatus.TOO_MANY_REQUESTS: Throttled,
}

_DAYS_CAP = 63038
_CAP_PAUSE = timedelta(hours=1)
_LISTED = 100
_MOST_CONTENT = 500
_PERSONAL = re.compile(r"\S*:\S+|\+?\d[\d ()-]{4,}\d")
"""Addresses and numbers that Twilio repeats in its sentences; ours go to logs and to the office."""

_T = TypeVar("_T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as Twilio tells of it."""

    sid: str | None
    status: str
    body: str = field(default="", repr=False)
    outbound: bool = True
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number of the account: what it can do, and where Twilio sends what comes to it."""

    sid: str
    sms: bool
    voice: bool
    sms_url: str
    sms_method: str
    voice_url: str
    voice_method: str


class TwilioApi:
    """The calls we make. Made of an address that is none, it raises ``BadSettings``; later only ``SendError``.

    No exception of a library gets out. Safe to share between threads.
    """

    def __init__(self, *, sid: str, tokens: tuple[str, ...], url: str = TWILIO, content_url: str = CONTENT) -> None:
        transport = _Transport(url, content_url)
        # The client looks into the environment for whatever it is not given, and an empty mapping counts as not given.
        environment = {"TWILIO_ACCOUNT_SID": sid}
        self._clients = [Client(sid, token, http_client=transport, environment=environment) for token in tokens]

    def create(self, **fields: str) -> Message:
        """Ask Twilio to send a message. ``fields`` are named as the official client names them."""
        return self._call(lambda client: _message(client.messages.create(**fields)))

    def newest_to(self, to: str) -> tuple[Message, ...]:
        """The last hundred messages to a number, newest first.

        Without Twilio's own date filter: that one looks at when a message was sent, and a queued one was not sent yet.
        """
        return self._call(lambda client: tuple(_message(record) for record in client.messages.list(to=to, limit=_LISTED)))

    def contents(self) -> dict[str, str]:
        """The ids of our Content, by the names we gave."""
        return self._call(
            lambda client: {record.friendly_name: record.sid for record in client.content.v1.contents.list(limit=_MOST_CONTENT)}
        )

    def create_content(self, *, name: str, language: str, body: str, buttons: Sequence[tuple[str, str]]) -> str:
        """Keep a question with its buttons (key and title) at Twilio; its id."""
        types = {
            "twilio/quick-reply": {"body": body, "actions": [{"title": title, "id": key} for key, title in buttons]},
            "twilio/text": {"body": body},
        }
        return self._call(lambda client: _content(client, {"friendly_name": name, "language": language, "types": types}))

    def account_status(self) -> str:
        """``active``, ``suspended`` or ``closed``."""
        return self._call(lambda client: str(client.api.v2010.accounts(client.account_sid).fetch().status or ""))

    def number(self, phone: str) -> Number | None:
        """A number of this account; None where it is another's."""
        return self._call(
            lambda client: next(map(_number, client.incoming_phone_numbers.list(phone_number=phone, limit=1)), None)
        )

    def set_number(self, sid: str, **fields: str) -> None:
        self._call(lambda client: client.incoming_phone_numbers(sid).update(**fields))

    def delete_media(self, *, message: str, media: str) -> None:
        """Delete a file of a message, for good."""
        self._call(lambda client: client.messages(message).media(media).delete())

    def _call(self, ask: Callable[[Client], _T]) -> _T:
        """With each token in turn: while they are being changed, either may be the one that is valid."""
        refused: SendError | None = None
        for client in self._clients:
            try:
                return ask(client)
            except _TokenRefusedError as error:
                refused = ChannelMisconfigured("Twilio did not accept the account SID and auth token.", code=error.code)
            except SendError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever a strange answer does to the client, the message may have left
                log.warning("Twilio's answer could not be read (%s)", type(error).__name__)
                raise ProviderUncertain("Twilio's answer could not be read.") from None
        raise refused or ChannelMisconfigured("No Twilio auth token is set.")


class _TokenRefusedError(ChannelMisconfigured):
    """This token is not (or no longer) valid."""


class _Transport:
    """What the official client sends its requests through: another host, time-outs, and our errors for its own.

    Every ``raise`` here drops the library's exception (``from None``): it holds the address of the person written to.
    """

    def __init__(self, url: str, content_url: str) -> None:
        self._main = _Host(TWILIO, url, setting="TWILIO_API_URL")
        self._content = _Host(CONTENT, content_url, setting="TWILIO_CONTENT_URL")
        # At DEBUG urllib3 writes every request target, and a list of messages has the person's number in it.
        logging.getLogger("urllib3").setLevel(logging.INFO)

    def request(self, method: str, uri: str, **call: object) -> Response:
        """One request, as ``twilio.http.HttpClient`` has it."""
        kept = {name: call.get(name) for name in ("params", "data", "headers", "auth")}
        if dict(call.get("headers") or {}).get("Content-Type") == "application/json":  # type: ignore[call-overload] # a mapping
            kept["json"] = kept.pop("data")
        host, timeouts = (self._content, CONTENT_TIMEOUTS) if uri.startswith(CONTENT) else (self._main, TIMEOUTS)
        try:
            response = host.session.request(
                method,
                host.target(uri),
                timeout=timeouts,
                allow_redirects=False,
                **kept,  # type: ignore[arg-type] # the official client gives what requests takes
            )
        except UnicodeEncodeError:
            raise Rejected("The message holds a sign that cannot be sent.") from None
        except requests.RequestException as error:
            raise _lost(error) from None
        if response.status_code >= HTTPStatus.MULTIPLE_CHOICES:
            raise _refused(response)
        return Response(response.status_code, response.content.decode("utf-8", "replace"), response.headers)


class _Host:
    """One of Twilio's hosts, or what stands in for it."""

    def __init__(self, theirs: str, url: str, *, setting: str) -> None:
        self._theirs = theirs
        self._url = url.rstrip("/")
        self.session = requests.Session()
        # A stand-in on this machine is never behind the proxy that the environment names for the rest of the world.
        self.session.trust_env = not is_loopback(host_of(url, setting=setting))

    def target(self, uri: str) -> str:
        return self._url + uri.removeprefix(self._theirs)


def _content(client: Client, request: Mapping[str, object]) -> str:
    sid: object = client.content.v1.contents.create(_Json(request)).sid
    if not isinstance(sid, str):
        raise Rejected("Twilio gave no id for a Content.")
    return sid


class _Json:
    """What the official client turns into a JSON body: anything that says what its dictionary is."""

    def __init__(self, content: Mapping[str, object]) -> None:
        self._content = content

    def to_dict(self) -> Mapping[str, object]:
        return self._content


def _number(record: object) -> Number:
    can = getattr(record, "capabilities", None)
    can = can if isinstance(can, dict) else {}
    told = {name: getattr(record, name, None) or "" for name in ("sid", "sms_url", "sms_method", "voice_url", "voice_method")}
    return Number(sms=bool(can.get("sms", can.get("SMS", True))), voice=bool(can.get("voice", True)), **told)


def _message(record: object) -> Message:
    return Message(
        sid=getattr(record, "sid", None),
        status=getattr(record, "status", None) or "",
        body=getattr(record, "body", None) or "",
        outbound=str(getattr(record, "direction", None) or "outbound").startswith("outbound"),
        created_at=getattr(record, "date_created", None),
    )


def _lost(error: requests.RequestException) -> SendError:
    """No answer came. Did the request leave? Only where it surely did not may it be sent again without asking."""
    if isinstance(error, exceptions.InvalidURL):
        return ChannelMisconfigured("TWILIO_API_URL, or the proxy's address, cannot be used.")
    never_left = (
        exceptions.ConnectTimeout,
        exceptions.ProxyError,
        NewConnectionError,
        ConnectTimeoutError,
        ssl.SSLCertVerificationError,
    )
    if any(isinstance(cause, never_left) for cause in _causes(error)):
        return ProviderUnavailable("Twilio could not be reached.")
    return ProviderUncertain("The connection to Twilio broke before it answered.")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it wraps, as requests and urllib3 nest them: in ``args`` and in ``reason``."""
    yield error
    for inner in (*error.args, getattr(error, "reason", None)):
        if isinstance(inner, BaseException):
            yield from _causes(inner)


def _refused(response: requests.Response) -> SendError:
    """Twilio's refusal in our words. Its own text is kept for what we have no words for, without any number."""
    status, (code, said) = response.status_code, _said(response)
    pause = retry_after(response)
    name = str(code) if code is not None else str(status)
    if status == HTTPStatus.UNAUTHORIZED:
        return _TokenRefusedError(code=name)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # Only a 503 in Twilio's own form says that nothing was done.
        unwell = ProviderUnavailable if status == HTTPStatus.SERVICE_UNAVAILABLE and code is not None else ProviderUncertain
        return unwell(f"Twilio answered with status {status}.", code=name, retry_after=pause)
    if status < HTTPStatus.BAD_REQUEST:
        return ChannelMisconfigured("TWILIO_API_URL points to something that answers with a redirect.", code=name)
    kind = REFUSALS.get(code or 0) or _BY_STATUS.get(status, Rejected)
    if kind is Throttled:
        return Throttled(code=name, retry_after=pause or (_CAP_PAUSE if code == _DAYS_CAP else None))
    return kind(f"Twilio refused it: {said or f'status {status}'}", code=name)


def _said(response: requests.Response) -> tuple[int | None, str]:
    """The code and the sentence of an error, in Twilio's form or that of RFC 9457; neither where the body is not Twilio's."""
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        return None, ""
    if not isinstance(body, dict):
        return None, ""
    code = body.get("code")
    said = body.get("message") or body.get("detail") or body.get("title") or ""
    return code if isinstance(code, int) else None, _PERSONAL.sub("…", str(said))
