"""What is kept of telling people what came of an action: who is still to be told, and what became of each word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.actions import Edition
from bot.records import NewOutbound
from bot.telling_plan import Contributor


class ToldState(StrEnum):
    PLANNED = "planned"
    SENT = "sent"
    HELD_BACK = "held_back"
    STOPPED = "stopped"


class Fate(StrEnum):
    """What became of the word to one person."""

    LEAVES = "leaves"
    ON_ITS_WAY = "on_its_way"
    WAITS_FOR_THEM = "waits_for_them"
    DELIVERED = "delivered"
    FAILED = "failed"
    HELD_BACK = "held_back"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How the telling stands. ``goes_at``: until then all of it can be stopped. ``waits``: how many are still to be told."""

    fates: Mapping[Fate, int]
    goes_at: datetime | None = None

    @property
    def waits(self) -> int:
        return self.fates.get(Fate.LEAVES, 0)

    @property
    def total(self) -> int:
        return sum(self.fates.values())


@dataclass(frozen=True, slots=True)
class ToTell:
    """The next to be told, or one whose word is about to leave. ``who`` None: they may not be told any more. ``edition`` None:
    nothing of it is public now. ``has_begun``: a part of the word has left.
    """

    id: UUID
    action_id: UUID
    contact_id: UUID
    round_id: UUID
    who: Contributor | None
    edition: Edition | None
    has_begun: bool = False


class TellingTransaction(Protocol):
    """A unit of work about telling."""

    def plan_telling(self, action_id: UUID, people: Sequence[UUID], staff_id: UUID, goes_at: datetime, now: datetime) -> int:
        """Whoever has been told or is planned already is left out. Returns how many are new."""
        ...

    def stop_telling(self, action_id: UUID, now: datetime) -> int:
        """Whoever has not been told yet is not told."""
        ...

    def next_to_tell(self, now: datetime) -> ToTell | None:
        """The next whose seconds are over, their row locked against other workers."""
        ...

    def settle_telling(
        self, told_id: UUID, state: ToldState, now: datetime, *, rows: Sequence[NewOutbound] = (), why: str | None = None
    ) -> None: ...

    def enqueue(self, outbound: NewOutbound, now: datetime) -> int | None: ...

    def audit(self, *, who: str, action: str, record: str, why: str = "", now: datetime) -> None: ...


class TellingRecords(Protocol):
    """Raises ``StoreUnavailable``."""

    def transaction(self) -> AbstractContextManager[TellingTransaction]: ...

    def contributors(self, action_id: UUID) -> Sequence[Contributor]:
        """Everybody who told of it, but for those with safeguarding."""
        ...

    def progress(self, action_id: UUID) -> Progress: ...

    def any_to_tell(self, now: datetime) -> bool: ...

    def about_to_leave(self, outbound_id: UUID) -> ToTell | None:
        """Whom this part of a word tells, as they stand now. None: it was called off, or they are forgotten."""
        ...
