"""The channel log: each call in and out, and what became of it, for staff to look up for fourteen days.

It holds no words and of an address only the end. Nobody waits for it: a line goes into a queue in memory, and a thread of
its own writes what has gathered each second. A second of the log may be lost with the process; a message never is.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Event as Bell
from threading import Lock, Thread
from typing import Protocol, assert_never

from bot.errors import StoreUnavailable
from bot.events import (
    Amended,
    Arrival,
    Blocked,
    DeletionAsked,
    Event,
    Handover,
    MissedCall,
    ReadUpTo,
    Withdrawn,
)
from bot.faults import place
from bot.model import Address, InboundMessage
from bot.outgoing import DeliveryReceipt
from bot.ports import Clock

KEPT_FOR = timedelta(days=14)
EVERY = timedelta(seconds=1)
MOST_WAITING = 10_000
"""Lines in memory. While the store is away longer than that lasts, the oldest go."""
_PRUNE_EVERY = timedelta(hours=1)
_LONGEST = 64

log = logging.getLogger(__name__)


class Way(StrEnum):
    IN = "in"
    OUT = "out"


class What(StrEnum):
    MESSAGE = "message"
    RECEIPT = "receipt"
    CHANGED = "changed"
    UNSENT = "unsent"
    READ = "read"
    BLOCKED = "blocked"
    HANDOVER = "handover"
    ARRIVAL = "arrival"
    CALL = "call"
    DELETION = "deletion"
    REQUEST = "request"  # what was not let in, or held nothing for us
    SEND = "send"
    POLL = "poll"


class Outcome(StrEnum):
    """What it led to. ``detail`` of a line says more: a message's number, a provider's code, a status."""

    KEPT = "kept"
    REPEAT = "repeat"
    NOTED = "noted"
    NOTHING = "nothing"
    BAD_SIGNATURE = "bad_signature"
    UNREADABLE = "unreadable"
    TOO_LONG = "too_long"
    NOT_KEPT = "not_kept"
    SENT = "sent"
    WAITS = "waits"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    CANCELLED = "cancelled"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Became:
    """What an event led to. ``detail`` of a message that is kept, or was before, is its ``seq``."""

    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One call. ``channel`` is the channel, or the last word of the address where none could be told (``twilio``)."""

    at: datetime
    channel: str
    way: Way
    what: What
    outcome: Outcome
    detail: str = ""
    ends: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """``since`` and ``until`` bound the time, the end not included; ``before`` is the id of the last line shown."""

    channel: str = ""
    outcome: Outcome | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


class LogStore(Protocol):
    """Where the lines are kept. Raises ``StoreUnavailable``."""

    def add(self, lines: Sequence[LogLine]) -> None: ...

    def prune(self, before: datetime) -> bool:
        """Some of what is older goes, in one short transaction. True: there is more."""
        ...

    def newest(self, wanted: LogFilter, *, limit: int) -> tuple[LogLine, ...]: ...

    def channels(self) -> tuple[str, ...]:
        """Those there are lines of."""
        ...


class ChannelLog:
    """Takes lines from any thread and never waits; until ``start`` they only gather."""

    def __init__(self, store: LogStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._waiting: deque[LogLine] = deque(maxlen=MOST_WAITING)
        self._writing = Lock()
        self._stop = Bell()
        self._thread: Thread | None = None
        self._pruned_at: datetime | None = None

    def note(
        self, channel: str, way: Way, what: What, outcome: Outcome, *, detail: str = "", address: Address | None = None
    ) -> None:
        ends = "" if address is None else address.path[-2:]
        self._waiting.append(
            LogLine(
                at=self._clock.now(),
                channel=channel[:_LONGEST],
                way=way,
                what=what,
                outcome=outcome,
                detail=detail[:_LONGEST],
                ends=ends,
            )
        )
        if self._thread is not None and not self._thread.is_alive() and not self._stop.is_set():
            self._begin()  # the process was forked: its threads are the parent's

    def start(self) -> None:
        """Write from now on. A second start changes nothing."""
        if self._thread is None:
            self._begin()

    def stop(self) -> None:
        """Write what is left, and end."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
        self._try(self.flush)

    def flush(self) -> None:
        """Write what has gathered. Where it cannot be, it waits in its place, and what is more than there is room for goes."""
        with self._writing:
            lines = _counted([self._waiting.popleft() for _ in range(len(self._waiting))])
            if not lines:
                return
            try:
                self._store.add(lines)
            except StoreUnavailable:
                room = MOST_WAITING - len(self._waiting)
                self._waiting.extendleft(reversed(lines[max(0, len(lines) - room) :]))
                raise

    def prune(self) -> None:
        """What is older than fourteen days goes, a little at a time."""
        now = self._clock.now()
        if self._pruned_at is not None and now - self._pruned_at < _PRUNE_EVERY:
            return
        while self._store.prune(now - KEPT_FOR) and not self._stop.is_set():
            pass
        self._pruned_at = now

    def _begin(self) -> None:
        self._thread = Thread(target=self._run, name="channel log", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(EVERY.total_seconds()):
            self._try(self.flush)
            self._try(self.prune)

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except StoreUnavailable:
            log.debug("the channel log waits for the store")
        except Exception as error:  # noqa: BLE001 - a log must not be what stops a service
            log.error("lines of the channel log were lost: %s", place(error))  # noqa: TRY400 - a traceback may hold words


def _counted(lines: Sequence[LogLine]) -> list[LogLine]:
    """Requests that were not let in stand once a second, with how many there were: anybody may send them, at any rate."""
    kept: dict[object, LogLine] = {}
    for number, line in enumerate(lines):
        same = (line.channel, line.outcome) if line.what is What.REQUEST else number
        before = kept.get(same)
        count = 1 if before is None else int(before.detail or 1) + 1
        kept[same] = line if before is None else replace(before, detail=str(count))
    return list(kept.values())


@dataclass(frozen=True, slots=True)
class LogReading:
    """What staff look up."""

    store: LogStore
    page: int = 100

    def lines(self, wanted: LogFilter) -> tuple[tuple[LogLine, ...], int | None]:
        """The newest of what is wanted, and where the next page begins, if there is one."""
        found = self.store.newest(wanted, limit=self.page + 1)
        shown = found[: self.page]
        return shown, shown[-1].id if len(found) > self.page else None

    def channels(self) -> tuple[str, ...]:
        return self.store.channels()


@dataclass(frozen=True, slots=True)
class Told:
    """What the log says of an event: its channel, what it is, whose."""

    channel: str
    what: What
    address: Address | None = None


def told_of(event: Event) -> Told:
    address: Address | None = None
    match event:
        case InboundMessage(sender=address):
            what = What.MESSAGE
        case DeliveryReceipt():
            what = What.RECEIPT
        case Amended():
            what = What.CHANGED
        case Withdrawn():
            what = What.UNSENT
        case ReadUpTo(reader=address):
            what = What.READ
        case Blocked(sender=address):
            what = What.BLOCKED
        case Handover(person=address):
            what = What.HANDOVER
        case Arrival(sender=address):
            what = What.ARRIVAL
        case MissedCall(caller=address):
            what = What.CALL
        case DeletionAsked(person=address):
            what = What.DELETION
        case _ as never:
            assert_never(never)
    return Told(event.channel, what, address)
