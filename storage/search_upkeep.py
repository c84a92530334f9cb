"""The worker's part in the search: which words there are is learnt anew, and words that are gone are wiped from the index."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from bot.ports import Clock
from storage.database import Database
from storage.search import learn_vocabulary, wipe

SELDOM = timedelta(minutes=1)
SHARE = 200
"""Learning takes one part in so many of the worker's time at the most."""


class SearchUpkeep:
    """``bot.worker.Sweep``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._next: datetime | None = None

    def sweep(self) -> bool:
        if wipe(self._database):
            return True
        now = self._clock.now()
        if self._next is None or now >= self._next:
            begun = time.monotonic()
            learn_vocabulary(self._database)
            self._next = now + max(SELDOM, timedelta(seconds=SHARE * (time.monotonic() - begun)))
        return False
