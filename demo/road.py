"""How what a phone or a browser sends reaches the service: over the loopback, or straight into the application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import requests
from flask import Flask

_TIMEOUTS = (5.0, 30.0)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes


class Road(Protocol):
    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Reply: ...


class Loopback:
    """To the running server, as a provider's servers would reach it."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy has no business between this machine and itself

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        answer = self._session.post(f"{self._origin}{path}", data=body, headers=dict(headers), timeout=_TIMEOUTS)
        return Reply(answer.status_code, answer.content)


class Inside:
    """Through the same views without a socket: for a month of messages at once."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client(use_cookies=False)

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        answer = self._client.post(path, data=body, headers=dict(headers))
        return Reply(answer.status_code, answer.get_data())
