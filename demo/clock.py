"""A clock one can move, forward only: the web and the worker of the demo both read it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock


class DemoClock:
    """Fits ``bot.ports.Clock``. It stands still until ``run`` is called; from then on it goes at the usual pace.

    Never backwards: what has been promised, sent or decided at a time must not come to lie in the future.
    """

    def __init__(self, start: datetime, *, seconds: Callable[[], float] = time.monotonic) -> None:
        """``seconds`` tells how much real time passes, from any beginning."""
        self._at = start
        self._seconds = seconds
        self._running_since: float | None = None
        self._lock = Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._now()

    def run(self) -> None:
        with self._lock:
            self._at = self._now()
            self._running_since = self._seconds()

    def move_to(self, at: datetime) -> None:
        """Be at this time, or stay where it is when that has passed."""
        with self._lock:
            self._at = max(at, self._now())
            if self._running_since is not None:
                self._running_since = self._seconds()

    def move_on(self, by: timedelta) -> None:
        self.move_to(self.now() + by)

    def _now(self) -> datetime:
        if self._running_since is None:
            return self._at
        return self._at + timedelta(seconds=self._seconds() - self._running_since)
