"""What is kept of the review queue, as values: what waits, a look at a passage, and where such looks are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.errors import BotError
from bot.heard import Polarity
from bot.records import NewDecision, StaffMember

MOST_COUNTED = 1000
"""What waits is counted up to here; more is "1,000 or more"."""
NOT_SURE = timedelta(hours=20)
"""What somebody was not sure of is left to the others for so long. Where nobody was sure it comes again, the next morning."""


class Outcome(StrEnum):
    """What somebody said of a passage. ``UNSURE``: the others are asked."""

    DECIDED = "decided"
    UNSURE = "unsure"


class Overtaken(BotError):  # noqa: N818 - a refusal is named for what was refused
    """Somebody else decided about this passage just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A passage that waits, and where it stands. ``is_second``: somebody has read it before, and it is in the sample."""

    passage_id: UUID
    reference: str
    is_second: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReading:
    """A look at a passage, to be kept with the decisions that come of it."""

    id: UUID
    passage_id: UUID
    experience_id: UUID
    member: StaffMember
    at: datetime
    outcome: Outcome
    is_second: bool
    sampled: bool
    themes: tuple[str, ...]
    decisions: tuple[NewDecision, ...]
    batch: UUID | None = None
    feeling: Polarity | None = None
    """What they say of the feeling, where that is not what stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A look as it is listed afterwards."""

    id: UUID
    passage_id: UUID
    reference: str
    at: datetime
    outcome: Outcome
    themes: tuple[str, ...]
    batch: UUID | None = None
    others: int = 0
    """How many more were accepted with it at once."""


class ReviewRecords(Protocol):
    """Where readings are kept. Each act is a transaction of its own, with its line of the audit trail."""

    def waiting(
        self, staff_id: UUID, now: datetime, *, within: Sequence[UUID] = (), since: datetime | None = None
    ) -> tuple[Waiting | None, int]:
        """What comes first for this member, and how much waits for them, up to ``MOST_COUNTED``. ``within``: of these passages
        only. ``since``: without what somebody else has had before them since then. In it is not what they were not sure of
        within ``NOT_SURE``.
        """
        ...

    def claim(self, passage_id: UUID, staff_id: UUID, now: datetime, *, since: datetime) -> bool:
        """It lies before this member now. False: somebody else has had it before them since then, and keeps it."""
        ...

    def find(self, passage_id: UUID, staff_id: UUID, now: datetime) -> Waiting | None:
        """The same for one passage. None: it does not wait for this member, or is gone."""
        ...

    def unsure(self, passage_id: UUID) -> tuple[str, ...]:
        """The names of who was not sure about it."""
        ...

    def keep(self, reading: NewReading, *, seen: int) -> bool:
        """Keep it whole, or raise ``Overtaken``; where nothing of the experience is left to decide, mark it as read.
        ``seen`` as in ``Transaction.mark_read``. False: newer words came in, so it is not read.
        """
        ...

    def done(self, staff_id: UUID, *, limit: int) -> tuple[Done, ...]:
        """What this member decided last and has not undone, the newest first; what is with safeguarding is not in it."""
        ...

    def undo(self, reading_id: UUID, member: StaffMember, now: datetime) -> Done | None:
        """Take a reading of this member back, and all that were accepted with it. None: there is none that counts."""
        ...

    def pace(self, staff_id: UUID, *, since: datetime, limit: int) -> tuple[int, tuple[datetime, ...]]:
        """How many they have read since then, and when they read the last ones, the newest first."""
        ...

    def used(self) -> tuple[str, ...]:
        """The themes the team ticked last, each as often as it was."""
        ...

    def preference(self, staff_id: UUID, name: str) -> str | None: ...

    def prefer(self, staff_id: UUID, name: str, value: str) -> None: ...

    def setting(self, name: str) -> str | None: ...

    def set(self, name: str, value: str, member: StaffMember, now: datetime) -> None: ...
