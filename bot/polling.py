"""Ways in that nobody calls (a mailbox, Telegram's getUpdates): one process at a time asks, and hands on what it finds."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.channel_log import ChannelLog, Outcome, Way, What
from bot.errors import ProviderUnavailable
from bot.events import Event
from bot.ports import Clock, Poller

ROUND = timedelta(seconds=20)
"""How long one round may wait for something new."""
SHIFT = timedelta(seconds=90)
"""How long a process has a poller to itself: longer than a round and the taking in of what it found. Who dies in it is
missed for so long."""
REST = timedelta(seconds=15)
"""After trouble with the provider, and while another process has the poller."""

log = logging.getLogger(__name__)


class Shifts(Protocol):
    """Who asks now. Raises ``StoreUnavailable``."""

    def take(self, name: str, worker: str, *, until: datetime, now: datetime) -> bool:
        """This worker has it until then, if nobody else has."""
        ...

    def end(self, name: str, worker: str) -> None:
        """Somebody else may have it at once."""
        ...


class Polling:
    """One poller, asked by whichever worker has the shift."""

    def __init__(
        self,
        *,
        poller: Poller,
        shifts: Shifts,
        clock: Clock,
        receive: Callable[[Sequence[Event]], object],
        worker: str,
        log: ChannelLog | None = None,
    ) -> None:
        self._poller = poller
        self._shifts = shifts
        self._clock = clock
        self._receive = receive
        self._worker = worker
        self._log = log

    def poll(self) -> bool:
        """One round. False: there is nothing to do before ``REST`` is over."""
        now = self._clock.now()
        if not self._shifts.take(self._poller.name, self._worker, until=now + SHIFT, now=now):
            self._poller.close()
            return False
        try:
            self._poller.poll(self._receive, wait=ROUND)
        except ProviderUnavailable as error:
            if self._log is not None:
                self._log.note(self._poller.name, Way.OUT, What.POLL, Outcome.FAILED)
            log.warning("%s cannot be asked just now: %s", self._poller.name, error)
            self._poller.close()
            return False
        return True

    def end(self) -> None:
        self._poller.close()
        self._shifts.end(self._poller.name, self._worker)
