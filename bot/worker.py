"""The worker: loops over the tables. It holds nothing of its own, so it may be killed at any moment."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from threading import Event, Thread
from typing import Protocol

from bot.alerts import Alerts
from bot.channel_log import ChannelLog
from bot.errors import StoreUnavailable
from bot.faults import place
from bot.fetching import Fetching
from bot.outbox import Outbox
from bot.polling import REST, Polling
from bot.ports import Clock, Store, Wake
from bot.turns import Turns

_LONGEST_SLEEP = timedelta(seconds=1)
_CHASE_EVERY = timedelta(seconds=5)
_SWEEP_EVERY = timedelta(seconds=5)
_REST_AFTER_TROUBLE = timedelta(seconds=1)
_LONGEST_GOODBYE = 2.0

log = logging.getLogger(__name__)


class Sweep(Protocol):
    """Something that falls due by the clock alone: a promised day that passed, a talk that nobody handed back."""

    def sweep(self) -> bool:
        """Do a small part of what is due, so that two workers never do it twice. True: there may be more."""
        ...


class Worker:
    """Takes turns, delivers the outbox, chases alerts, fetches files and sweeps, each in threads of its own, until told
    to stop.

    ``senders`` threads call the providers, so that one slow provider holds up neither the others nor the turns.
    """

    def __init__(
        self,
        *,
        name: str,
        store: Store,
        clock: Clock,
        wake: Wake,
        turns: Turns,
        outbox: Outbox,
        alerts: Alerts,
        fetching: Fetching | None = None,
        pollings: Sequence[Polling] = (),
        sweeps: Sequence[Sweep] = (),
        senders: int = 4,
        log: ChannelLog | None = None,
    ) -> None:
        self._name = name
        self._store = store
        self._clock = clock
        self._wake = wake
        self._turns = turns
        self._outbox = outbox
        self._alerts = alerts
        self._fetching = fetching
        self._pollings = pollings
        self._sweeps = sweeps
        self._senders = senders
        self._log = log
        self._stop = Event()
        self._bells: list[Event] = []

    def stop(self) -> None:
        """Finish what is in hand and return from ``run``."""
        self._stop.set()
        self._wake.ring()
        for bell in self._bells:
            bell.set()

    def run(self) -> None:
        """Work until ``stop``. Errors of the store are waited out; nothing else ends a loop."""
        self._store.release_dead(self._name)
        if self._log is not None:
            self._log.start()
        loops = [self._loop(self._take_turn, self._turn_sleep)]
        loops += [
            self._loop(partial(self._outbox.deliver_due, f"{self._name}/{number}"), lambda: _LONGEST_SLEEP)
            for number in range(self._senders)
        ]
        loops.append(self._loop(self._chase, lambda: _CHASE_EVERY))
        # Nothing that happens makes a sweep due, only time: no bell calls it.
        loops += [self._loop(partial(self._sweep, sweep), lambda: _SWEEP_EVERY, bell=self._stop) for sweep in self._sweeps]
        # A round of polling may wait for long and may be broken off at any moment: it is not waited for at the end.
        rounds = [self._loop(polling.poll, lambda: REST) for polling in self._pollings]
        # Nor is a step of a file (a slow host, a long recording): its lease brings it back.
        fetches = self._loop(self._fetch, lambda: _LONGEST_SLEEP)
        for thread in [*loops, *rounds, fetches]:
            thread.start()
        while not self._stop.is_set():
            try:
                self._wake.wait(_LONGEST_SLEEP)
            except StoreUnavailable:
                self._stop.wait(_REST_AFTER_TROUBLE.total_seconds())
            for bell in self._bells:
                bell.set()
        for thread in loops:
            thread.join()
        fetches.join(timeout=_LONGEST_GOODBYE)
        for polling, thread in zip(self._pollings, rounds, strict=True):
            thread.join(timeout=1)
            polling.end()
        if self._log is not None:
            self._log.stop()

    def work_off(self) -> None:
        """Do everything that is due now, in this thread, and return: for the demo's seeding, tests and journeys."""
        while (
            self._take_turn()
            or self._outbox.deliver_due(self._name)
            or self._chase()
            or self._fetch()
            or any(self._sweep(sweep) for sweep in self._sweeps)
        ):
            pass

    def _take_turn(self) -> bool:
        done = self._turns.take_due(self._name)
        if done:
            self._wake.ring()
        return done

    def _chase(self) -> bool:
        chased = self._alerts.chase() > 0
        if chased:
            self._wake.ring()
        return chased

    def _sweep(self, sweep: Sweep) -> bool:
        done = sweep.sweep()
        if done:
            self._wake.ring()
        return done

    def _fetch(self) -> bool:
        """One file at a time, for nobody waits for it as they do for an answer."""
        if self._fetching is None:
            return False
        done = self._fetching.fetch_due(f"{self._name}/files")
        if done:
            self._wake.ring()
        else:
            self._fetching.sweep()
        return done

    def _turn_sleep(self) -> timedelta:
        due = self._store.next_turn_at()
        if due is None:
            return _LONGEST_SLEEP
        return min(max(due - self._clock.now(), timedelta(milliseconds=5)), _LONGEST_SLEEP)

    def _loop(self, step: Callable[[], bool], sleep: Callable[[], timedelta], *, bell: Event | None = None) -> Thread:
        """``bell`` ends a sleep early; where none is given, one that rings whenever something may have become due."""
        rest = Event() if bell is None else bell
        if bell is None:
            self._bells.append(rest)

        def run() -> None:
            while not self._stop.is_set():
                try:
                    if bell is None:
                        rest.clear()
                    if not step():
                        rest.wait(sleep().total_seconds())
                except StoreUnavailable:
                    log.warning("the store is not to be had just now; trying again")
                    self._stop.wait(_REST_AFTER_TROUBLE.total_seconds())
                except Exception as error:  # noqa: BLE001 - whatever it is, the next message must not wait for ever
                    log.error("a loop of the worker stumbled and goes on: %s", place(error))  # noqa: TRY400 - a traceback may hold words
                    self._stop.wait(_REST_AFTER_TROUBLE.total_seconds())

        return Thread(target=run, daemon=True)
