"""Meta's Graph API: where it is, how we prove who asks, and what each refusal means to us.

https://developers.facebook.com/docs/messenger-platform/error-codes and
https://developers.facebook.com/docs/graph-api/guides/secure-requests
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import requests

from bot.errors import (
    BadSettings,
    ChannelMisconfigured,
    ContactUnreachable,
    ProviderUnavailable,
    ProviderUncertain,
    Rejected,
    SendError,
    Throttled,
    WindowShut,
)
from channels.calls import LONGEST_PAUSE, Caller, retry_after
from channels.loose_json import Json, as_plain, inner, number, plain

META = "https://graph.facebook.com"
VERSION = "v25.0"

REFUSALS: Mapping[tuple[int, int | None], type[SendError]] = {
    (1, None): ProviderUncertain,  # "an unknown error occurred": it may have left
    (2, None): ProviderUnavailable,
    (4, None): Throttled,
    (10, None): ChannelMisconfigured,  # a permission is missing
    (10, 1893063): ChannelMisconfigured,  # the page is restricted for a while
    (10, 2018065): WindowShut,
    (10, 2018108): ContactUnreachable,
    (10, 2018278): WindowShut,
    (10, 2018300): Rejected,  # another app has the talk
    (17, None): Throttled,
    (32, None): Throttled,
    (80006, None): Throttled,
    (100, None): Rejected,  # our mistake, or a tag that is no more
    (100, 2018001): ContactUnreachable,  # no such person for this page
    (102, None): ChannelMisconfigured,
    (190, None): ChannelMisconfigured,  # the token is dead
    (200, None): ChannelMisconfigured,
    (200, 1545041): ContactUnreachable,
    (200, 2018108): ContactUnreachable,
    (230, None): ContactUnreachable,
    (341, None): Throttled,
    (368, None): ChannelMisconfigured,  # the page is blocked for breaking a rule
    (551, None): ContactUnreachable,  # gone, or has blocked the page
    (613, None): Throttled,
    (1200, None): ProviderUnavailable,
    (10900, None): Rejected,  # this comment has had its one private answer
    (10901, None): Rejected,  # this comment is older than seven days
    (10903, None): Rejected,  # this writer cannot be answered privately
}
"""What a refusal means to us, by code and subcode. A pair that is not here goes by its code, a code by its HTTP status."""

_BY_STATUS: Mapping[int, type[SendError]] = {
    HTTPStatus.UNAUTHORIZED: ChannelMisconfigured,
    HTTPStatus.FORBIDDEN: ChannelMisconfigured,
    HTTPStatus.NOT_FOUND: ChannelMisconfigured,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: ChannelMisconfigured,
    HTTPStatus.REQUEST_TIMEOUT: ProviderUncertain,
    HTTPStatus.TOO_MANY_REQUESTS: Throttled,
}

_BAD_PARAMETER = 100
_RESTRICTED = (10, 1893063)
_RESTRICTED_PAUSE = timedelta(hours=1)
_VERSIONED = re.compile(r"/v\d+\.\d+$")
_PERSONAL = re.compile(r"\S*:\S+|\+?\d[\d ()_-]{4,}\d")
"""Ids and addresses that Meta repeats in its sentences; ours go to logs and to the office."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaPage:
    """The Facebook page and where both sides are. ``app_secrets``: several while they are being changed, newest first.

    ``public_url`` is our own origin; ``app_id`` lets us tell our own messages and set the webhook, and may be missing;
    ``api_url`` is Meta's (or a stand-in's), with a version at its end or without.
    """

    page_id: str
    token: str = field(repr=False)
    app_secrets: tuple[str, ...] = field(repr=False)
    verify_token: str = field(repr=False)
    public_url: str
    app_id: str = ""
    api_url: str = META

    def __post_init__(self) -> None:
        if not all((self.page_id, self.token, self.app_secrets, *self.app_secrets, self.verify_token)):
            # With an empty secret anybody could sign.
            raise BadSettings("Messenger needs META_PAGE_ID, META_PAGE_TOKEN, META_APP_SECRET and META_VERIFY_TOKEN.")
        if not (self.page_id.isascii() and self.page_id.isdigit()):
            raise BadSettings("META_PAGE_ID is the page's number, not its name.")
        if self.app_id and not (self.app_id.isascii() and self.app_id.isdigit()):
            raise BadSettings("META_APP_ID is the app's number, not its name.")
        if any(not "!" <= sign <= "~" for sign in "".join((self.token, *self.app_secrets))):
            # They go into a header, where a line break that was copied along would end it.
            raise BadSettings("META_PAGE_TOKEN or META_APP_SECRET holds a space, a line break or a letter that is in no token.")


class GraphApi:
    """Calls on behalf of the page. Made of an address that is none, it raises ``BadSettings``; later only ``SendError``.

    No exception of a library gets out. Safe to share between threads.
    """

    def __init__(self, page: MetaPage) -> None:
        self._caller = Caller.at(page.api_url, provider="Meta", setting="META_API_URL")
        base = page.api_url.rstrip("/")
        self._base = base if _VERSIONED.search(urlsplit(base).path) else f"{base}/{VERSION}"
        self._page = page

    def get(self, path: str, **params: str) -> Json:
        return self._call("GET", path, params=params)

    def post(self, path: str, content: Mapping[str, object]) -> Json:
        return self._call("POST", path, content=content)

    def as_app(self, path: str, content: Mapping[str, object]) -> Json:
        """Post what the app says, and not the page: about the app's own webhook."""
        return self._call("POST", path, content=content, as_app=True)

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        content: Mapping[str, object] | None = None,
        as_app: bool = False,
    ) -> Json:
        """With each secret in turn: while they are being changed, either may be the one that Meta knows."""
        refused: SendError | None = None
        for secret in self._page.app_secrets:
            token = f"{self._page.app_id}|{secret}" if as_app else self._page.token
            # The token itself stands in a header, for addresses are logged on their way; the proof alone opens nothing.
            proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
            response = self._caller.call(
                method,
                f"{self._base}/{path}",
                headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
                params={**(params or {}), "appsecret_proof": proof},
                content=content,
            )
            try:
                return _answer(response)
            except _ProofRefusedError as error:
                refused = error
        raise refused or ChannelMisconfigured("META_APP_SECRET is not set.")


class _ProofRefusedError(ChannelMisconfigured):
    """META_APP_SECRET is not the secret of the app that made META_PAGE_TOKEN."""


def _answer(response: requests.Response) -> Json:
    """The object Meta answers with. It may say that all is well and hold an error all the same."""
    answer = _object(response)
    if response.status_code >= HTTPStatus.MULTIPLE_CHOICES or (answer is not None and "error" in answer):
        raise _refused(response, inner(answer or {}, "error"))
    if answer is None:
        raise ProviderUncertain("Meta's answer could not be read.")
    return answer


def _object(response: requests.Response) -> Json | None:
    try:
        answer = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _refused(response: requests.Response, error: Json) -> SendError:
    """Meta's refusal in our words. Its own text is kept for the office, without any number or address."""
    status = response.status_code
    code, subcode = (_count(error, name) for name in ("code", "error_subcode"))
    kind = _kind(status, code, subcode)
    name = f"{code if code is not None else status}" + (f"/{subcode}" if subcode else "")
    if kind is Throttled:
        return Throttled(code=name, retry_after=_pause(response))
    if (code, subcode) == _RESTRICTED:
        return ChannelMisconfigured("Meta has restricted the page for a while.", code=name, retry_after=_RESTRICTED_PAUSE)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return ChannelMisconfigured("META_API_URL points to something that answers with a redirect.", code=name)
    if issubclass(kind, ProviderUncertain | ProviderUnavailable):
        return kind(f"Meta answered with status {status}.", code=name, retry_after=retry_after(response))
    said = _PERSONAL.sub("…", plain(error, "message", longest=500))
    if code == _BAD_PARAMETER and "appsecret_proof" in said:
        return _ProofRefusedError(code=name)
    return kind(f"Meta refused it: {said or f'status {status}'}", code=name)


def _kind(status: int, code: int | None, subcode: int | None) -> type[SendError]:
    if code is not None and (known := REFUSALS.get((code, subcode)) or REFUSALS.get((code, None))):
        return known
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ProviderUncertain
    return _BY_STATUS.get(status, Rejected)


def _count(error: Json, name: str) -> int | None:
    value = as_plain(error.get(name))
    return int(value) if value.isascii() and value.isdigit() else None


def _pause(response: requests.Response) -> timedelta | None:
    """The longest pause the answer asks for: in ``Retry-After``, or in minutes where Meta counts what a page uses.

    https://developers.facebook.com/docs/graph-api/overview/rate-limiting
    """
    asked = [pause for pause in (retry_after(response), *_regained(response)) if pause]
    return min(max(asked), LONGEST_PAUSE) if asked else None


def _regained(response: requests.Response) -> Iterator[timedelta]:
    try:
        usage = json.loads(response.headers.get("X-Business-Use-Case-Usage") or "null")
    except (ValueError, RecursionError):
        return
    counted = [row for use in usage.values() if isinstance(use, list) for row in use] if isinstance(usage, dict) else []
    for row in counted:
        minutes = number(row, "estimated_time_to_regain_access") if isinstance(row, dict) else None
        if minutes and minutes > 0:
            yield timedelta(minutes=min(minutes, LONGEST_PAUSE.total_seconds() / 60))
