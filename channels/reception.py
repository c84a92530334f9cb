"""Keeping what a person on the web sends: within a generous rate, and danger always."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from bot.errors import BotError, StoreUnavailable
from bot.events import Event
from bot.model import InboundMessage
from bot.ports import Clock, Store
from bot.safety import check

MAX_BODY = 256 * 1024
RATE_WINDOW = timedelta(minutes=1)
RATE_LIMIT = 30
"""Messages of one person in a window. Nobody types as fast; a script that runs away does."""


def body_of(request: Request) -> bytes:
    """The whole body. Raises ``RequestEntityTooLarge`` above ``MAX_BODY``.

    One byte more is read than may come: a stream without a length would otherwise be cut at the limit in silence, and
    the end of somebody's story with it.
    """
    request.max_content_length = MAX_BODY + 1
    body = request.get_data(cache=False)
    if len(body) > MAX_BODY:
        raise RequestEntityTooLarge
    return body


class Receives(Protocol):
    """The use case behind every channel: returns once all of it is committed, or raises ``StoreUnavailable``."""

    def receive(self, events: Sequence[Event]) -> None: ...


class TooFastError(BotError):
    """One person sends faster than anybody can write. Nothing was kept; ask again after ``RATE_WINDOW``."""


class Reception:
    """The two doors of the web (the JSON API and the plain pages) keep messages through this."""

    def __init__(self, *, store: Store, intake: Receives, clock: Clock) -> None:
        self._store = store
        self._intake = intake
        self._clock = clock

    def keep(self, message: InboundMessage) -> int:
        """Commit it and return its ``seq``; a repeat returns the first one's. Raises ``TooFastError``, ``StoreUnavailable``."""
        if self._is_too_fast(message):
            seq = self._seq_of(message)
            if seq is None:
                raise TooFastError
            return seq
        self._intake.receive([message])
        seq = self._seq_of(message)
        if seq is None:
            raise StoreUnavailable
        return seq

    def _is_too_fast(self, message: InboundMessage) -> bool:
        if check(message.text).level.needs_alert:
            return False
        return self._store.inbound_since(message.sender, self._clock.now() - RATE_WINDOW) >= RATE_LIMIT

    def _seq_of(self, message: InboundMessage) -> int | None:
        return self._store.seq_of(message.channel, message.account, message.external_id)
