"""Connections to an address that was looked at before, and that end when their time is over.

Between looking a name up and connecting to it a name server could change its answer; and a time-out that starts again
with every byte never ends for whoever sends one byte at a time.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from threading import Lock, Timer
from types import TracebackType
from typing import Any, Self, cast

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool


class Deadline:
    """So many seconds for everything inside its ``with``; then each connection made under it is cut off."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._guarded: list[socket.socket] = []
        self._lock = Lock()
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._timer.cancel()
        with self._lock:
            while self._guarded:
                self._guarded.pop().close()

    @property
    def left(self) -> float:
        """Seconds; below nought when it is over."""
        return self._ends - time.monotonic()

    @property
    def over(self) -> bool:
        return self.left <= 0

    def guard(self, connection: socket.socket) -> None:
        """A second handle on the connection, for TLS takes the first one away."""
        with self._lock:
            self._guarded.append(connection.dup())
        if self.over:
            self._cut()

    def _cut(self) -> None:
        with self._lock:
            for connection in self._guarded:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class PinnedAdapter(HTTPAdapter):
    """Connects to ``address`` for ``host``; TLS is checked against the host's name. ``address`` None: through a proxy."""

    def __init__(self, *, host: str, address: str | None, deadline: Deadline) -> None:
        super().__init__()
        self._host = host
        self._address = address
        self._deadline = deadline

    def get_connection_with_tls_context(
        self,
        request: PreparedRequest,
        verify: Any,
        proxies: Mapping[str, str] | None = None,
        cert: Any = None,
    ) -> HTTPConnectionPool:
        pool: Any
        if self._address is None:
            pool = super().get_connection_with_tls_context(request, verify, proxies and dict(proxies), cert)
        else:
            where, given = self.build_connection_pool_key_attributes(request, verify, cert)
            tls: dict[str, Any] = {**given}
            if where["scheme"] == "https":
                tls |= {"server_hostname": self._host, "assert_hostname": self._host}
            pool = self.poolmanager.connection_from_host(**{**where, "host": self._address}, pool_kwargs=tls)
        kind = _Https if pool.scheme == "https" else _Http
        pool.ConnectionCls = partial(kind, deadline=self._deadline)
        return cast(HTTPConnectionPool, pool)

    def add_headers(self, request: PreparedRequest, **how: Any) -> None:
        """The host by its name: the connection knows only the address."""
        super().add_headers(request, **how)
        if self._address is not None and request.url is not None:
            request.headers["Host"] = request.url.partition("://")[2].partition("/")[0].partition("?")[0]


class _Http(HTTPConnection):
    def __init__(self, *how: Any, deadline: Deadline, **more: Any) -> None:
        super().__init__(*how, **more)
        self._deadline = deadline

    def _new_conn(self) -> socket.socket:
        connection = super()._new_conn()
        self._deadline.guard(connection)
        return connection


class _Https(HTTPSConnection):
    def __init__(self, *how: Any, deadline: Deadline, **more: Any) -> None:
        super().__init__(*how, **more)
        self._deadline = deadline

    def _new_conn(self) -> socket.socket:
        connection = super()._new_conn()
        self._deadline.guard(connection)
        return connection
