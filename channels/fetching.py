"""A file from a provider's own host, and from nowhere else.

Where a file lies is said by a message, so an address is nothing to be trusted: the host must be one of the provider's,
its name is looked up once and the very address that was looked at is connected to (TLS is still checked against the
name), private ranges are refused, what we prove ourselves with stays with the first host, and size and time have an end.

Where the environment names a proxy (the standard variables), the proxy looks the name up. What is left then is the list
of hosts; which addresses can be reached is for the proxy to say.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.auth import AuthBase, HTTPBasicAuth
from requests.utils import select_proxy
from urllib3.exceptions import HTTPError
from urllib3.util import parse_url

from bot.errors import MediaGone, MediaRefused, ProviderUnavailable
from channels.calls import is_loopback
from channels.pinning import Deadline, PinnedAdapter

MAX_MEDIA = 16 * 1024 * 1024
TOTAL = timedelta(seconds=30)
_CONNECT = 5.0
_MOST_REDIRECTS = 3
_MOST_ADDRESSES = 4
_CHUNK = 64 * 1024
_PORTS = {"https": 443, "http": 80}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_FOR_NOW = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
"""Refusals that may end: credentials are mended, links are signed anew, a rush is over."""

_NAT64 = ip_network("64:ff9b::/96")

Resolve = Callable[..., Collection[tuple[Any, ...]]]
"""As ``socket.getaddrinfo``."""


@dataclass(frozen=True, slots=True)
class _Place:
    """One address to ask: ``origin`` is scheme, host and port."""

    url: str
    origin: tuple[str, str, int]


class Download:
    """One provider's files. ``hosts`` are exact names, or ``.example.net`` for every host below that. Safe between threads.

    ``allow_loopback`` is for a stand-in on this machine: plain http is understood there, and only there.
    """

    def __init__(
        self,
        *,
        hosts: Collection[str],
        cap: int = MAX_MEDIA,
        resolve: Resolve | None = None,
        allow_loopback: bool = False,
        total: timedelta = TOTAL,
    ) -> None:
        """``cap`` in bytes. ``resolve`` looks a name up as ``socket.getaddrinfo`` does, and is that unless given."""
        self._hosts = frozenset(host.lower() for host in hosts)
        self._cap = cap
        self._resolve = resolve or socket.getaddrinfo
        self._allow_loopback = allow_loopback
        self._total = total.total_seconds()
        # At DEBUG urllib3 writes every request target, and Telegram's holds the bot's token.
        logging.getLogger("urllib3").setLevel(logging.INFO)

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        then: Collection[str] = (),
    ) -> bytes:
        """The file at ``url``. ``then``: further hosts to which a redirect may lead; they are told no secret.

        Raises ``MediaRefused`` (not ours to fetch, or too large), ``MediaGone`` (404, 410) or ``ProviderUnavailable``.
        """
        place = self._place(url, self._hosts)
        first = place.origin
        after = self._hosts | {host.lower() for host in then}
        with Deadline(self._total) as deadline:
            for _ in range(_MOST_REDIRECTS + 1):
                own = place.origin == first
                with self._asked(place, deadline, headers if own else None, auth if own else None) as response:
                    if response.status_code not in _REDIRECTS:
                        return self._body(response, deadline)
                    place = self._place(_target(place.url, response), after)
        raise MediaRefused("The file's host sends us from one address to the next.")

    def _place(self, url: str, hosts: Collection[str]) -> _Place:
        """The address taken apart, when it is one we may ask. Raises ``MediaRefused``."""
        try:
            parts = urlsplit(url)
            scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
        except ValueError:
            raise MediaRefused("The file's address is none.") from None
        if scheme not in _PORTS or (scheme == "http" and not self._allow_loopback):
            raise MediaRefused("The file's address is not an https one.")
        if parts.username is not None or parts.password is not None:
            raise MediaRefused("The file's address has a name or a password in it.")
        if not any(host == known or (known.startswith(".") and host.endswith(known)) for known in hosts):
            raise MediaRefused("The file is not at the provider's own host.")
        return _Place(url, (scheme, host, port or _PORTS[scheme]))

    @contextmanager
    def _asked(
        self, place: _Place, deadline: Deadline, headers: Mapping[str, str] | None, auth: tuple[str, str] | None
    ) -> Iterator[requests.Response]:
        """The answer, its body not yet read. What fails on the way, here or while it is read, is ``ProviderUnavailable``."""
        with requests.Session() as session:
            try:
                with closing(self._answer(session, place, deadline, headers, auth)) as response:
                    yield response
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                # Dropped, not chained: the library's error holds the whole address.
                late = "took too long" if deadline.over else f"failed ({type(error).__name__})"
                raise ProviderUnavailable(f"Fetching a file {late}.") from None

    def _answer(
        self,
        session: requests.Session,
        place: _Place,
        deadline: Deadline,
        headers: Mapping[str, str] | None,
        auth: tuple[str, str] | None,
    ) -> requests.Response:
        host = place.origin[1]
        # A stand-in on this machine is never behind the proxy that the environment names for the rest of the world.
        session.trust_env = not is_loopback(host)
        settings = session.merge_environment_settings(place.url, {}, None, None, None)
        proxied = select_proxy(place.url, settings["proxies"]) is not None
        request = requests.Request(
            "GET",
            place.url,
            headers={"Accept-Encoding": "identity", **(headers or {})},
            auth=HTTPBasicAuth(*auth) if auth else _Nobody(),
        )
        prepared = session.prepare_request(request)
        if (parse_url(prepared.url or "").host or "").strip("[]").lower() != host:
            # Two readers of addresses disagree about this one, and whoever wrote it may have meant them to.
            raise MediaRefused("The file's address can be read in two ways.")
        addresses: list[str | None] = [None] if proxied else [*self._addresses(place)]
        while True:
            adapter = PinnedAdapter(host=host, address=addresses.pop(0), deadline=deadline)
            session.mount(f"{place.origin[0]}://", adapter)  # so that it is closed with the session
            try:
                # Not the session's own ``send``: that reads the body of a redirect, however long, and looks where it leads.
                return adapter.send(
                    prepared,
                    stream=True,
                    timeout=(_CONNECT, max(deadline.left, 0.1)),
                    verify=settings["verify"] or True,
                    proxies=settings["proxies"] if proxied else {},
                )
            except requests.ConnectionError:
                if not addresses or deadline.over:
                    raise

    def _addresses(self, place: _Place) -> list[str]:
        """Where the name leads, looked up once. Raises ``MediaRefused`` if any of it is not in the public internet."""
        scheme, host, port = place.origin
        found = dict.fromkeys(str(row[4][0]).partition("%")[0] for row in self._resolve(host, port, type=socket.SOCK_STREAM))
        if not found:
            raise OSError("The name leads nowhere.")
        for address in found:
            loopback = is_loopback(address)
            if not (loopback and self._allow_loopback) and (scheme == "http" or not is_public(address)):
                raise MediaRefused("The file's host is at an address that is not public.")
        return [*found][:_MOST_ADDRESSES]

    def _body(self, response: requests.Response, deadline: Deadline) -> bytes:
        status = response.status_code
        if status in _GONE:
            raise MediaGone("The provider no longer has this file.")
        if status in _FOR_NOW or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ProviderUnavailable(f"The file's host answered with status {status}.", code=str(status))
        if status != HTTPStatus.OK:
            raise MediaRefused(f"The file's host answered with status {status}.")
        announced = response.headers.get("Content-Length", "")
        if announced.isascii() and announced.isdigit() and int(announced[:20]) > self._cap:
            raise MediaRefused("The file is too large.")
        body = bytearray()
        for chunk in response.raw.stream(_CHUNK, decode_content=False):
            body += chunk
            if len(body) > self._cap:
                raise MediaRefused("The file is too large.")
        if deadline.over:
            # What was cut off looks like an end, unless the length was announced.
            raise TimeoutError
        return bytes(body)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet; what an IPv6 address wraps is what counts."""
    try:
        ip = _unwrapped(ip_address(address))
    except ValueError:
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or getattr(ip, "is_site_local", False))


def _unwrapped(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that is meant: mapped, 6to4, Teredo or NAT64; else the address itself."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)


def _target(url: str, response: requests.Response) -> str:
    """Where a redirect leads. Raises ``MediaRefused`` where it does not say so."""
    location = response.headers.get("Location", "")
    if not location.isascii() or not location:
        raise MediaRefused("The file's host redirects to nowhere.")
    try:
        return urljoin(url, location)
    except ValueError:
        raise MediaRefused("The file's host redirects to nowhere.") from None


class _Nobody(AuthBase):
    """Proves nothing. With no ``auth`` at all requests would look into a ``.netrc`` for one."""

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        return r
