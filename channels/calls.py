"""One HTTP call to a provider: time-outs, no redirects, and for one that was lost, whether it may have left.

Every ``raise`` drops the library's exception (``from None``): it holds the address, and often the person, written to.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import requests
from requests import exceptions
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from bot.errors import BadSettings, ChannelMisconfigured, ProviderUnavailable, ProviderUncertain, SendError

TIMEOUTS = (5.0, 15.0)
"""Seconds to connect and to read. The outbox holds its lease longer than both together."""

LONGEST_PAUSE = timedelta(days=1)

_NEVER_LEFT = (
    exceptions.ConnectTimeout,
    exceptions.ProxyError,
    NewConnectionError,
    ConnectTimeoutError,
    ssl.SSLCertVerificationError,
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls one provider. ``setting`` is the name of the setting that holds its address. Safe between threads."""

    provider: str
    setting: str
    session: requests.Session = field(default_factory=requests.Session, repr=False)

    @classmethod
    def at(cls, url: str, *, provider: str, setting: str) -> Caller:
        """For calls below this address. Raises ``BadSettings`` where it is none."""
        caller = cls(provider, setting)
        # A stand-in on this machine is never behind the proxy that the environment names for the rest of the world.
        caller.session.trust_env = not is_loopback(host_of(url, setting=setting))
        # At DEBUG urllib3 writes every request target, and some of ours have a person in them.
        logging.getLogger("urllib3").setLevel(logging.INFO)
        return caller

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        content: object = None,
    ) -> requests.Response:
        """The provider's answer, whatever it says. ``content`` goes as JSON. Raises ``SendError`` where none came."""
        try:
            return self.session.request(
                method, url, params=params, json=content, headers=dict(headers), timeout=TIMEOUTS, allow_redirects=False
            )
        except requests.RequestException as error:
            raise self._lost(error) from None

    def _lost(self, error: requests.RequestException) -> SendError:
        """Only where the request surely did not leave may it be sent again without asking."""
        if isinstance(error, exceptions.InvalidURL):
            return ChannelMisconfigured(f"{self.setting}, or the proxy's address, cannot be used.")
        if any(isinstance(cause, _NEVER_LEFT) for cause in _causes(error)):
            return ProviderUnavailable(f"{self.provider} could not be reached.")
        return ProviderUncertain(f"The connection to {self.provider} broke before it answered.")


def retry_after(response: requests.Response) -> timedelta | None:
    """Seconds, or a date to be set against the answer's own; within a day, whatever it says."""
    given = response.headers.get("Retry-After", "").strip()
    if given.isascii() and given.isdigit():
        return timedelta(seconds=min(int(given[:9]), LONGEST_PAUSE.total_seconds()))
    try:
        pause = parsedate_to_datetime(given) - parsedate_to_datetime(response.headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
    return min(max(pause, timedelta(0)), LONGEST_PAUSE)


def host_of(url: str, *, setting: str) -> str:
    """Raises ``BadSettings`` where this is no address of the web."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadSettings(f"{setting} is not an address.") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadSettings(f"{setting} is not an address.")
    return parts.hostname


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it wraps, as requests and urllib3 nest them: in ``args`` and in ``reason``."""
    yield error
    for inner in (*error.args, getattr(error, "reason", None)):
        if isinstance(inner, BaseException):
            yield from _causes(inner)
