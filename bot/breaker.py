"""A breaker for each channel: after a run of failures its rows rest for a while, so that one provider's trouble is not ours."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

from bot.model import ChannelName

FAILURES = 5
REST = timedelta(seconds=30)


class Breaker:
    """Opens after five failures in a row; half a minute later one row may try. Safe to share between threads."""

    def __init__(self) -> None:
        self._failures: dict[ChannelName, int] = {}
        self._open_until: dict[ChannelName, datetime] = {}
        self._lock = Lock()

    def open_channels(self, now: datetime) -> tuple[ChannelName, ...]:
        with self._lock:
            return tuple(channel for channel, until in self._open_until.items() if now < until)

    def failed(self, channel: ChannelName, now: datetime) -> None:
        with self._lock:
            self._failures[channel] = self._failures.get(channel, 0) + 1
            if self._failures[channel] >= FAILURES:
                self._open_until[channel] = now + REST

    def succeeded(self, channel: ChannelName) -> None:
        with self._lock:
            self._failures.pop(channel, None)
            self._open_until.pop(channel, None)
