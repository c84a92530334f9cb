"""What the store keeps of alerts, as values: what is raised, what is due, and what staff see of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from bot.heard import Risk, RiskLevel
from bot.model import ChannelName
from bot.records import Reach, StaffMember


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    """An alert, committed with the message that caused it. Holds ids only, never words.

    ``calls``: False for words that are old (a survey of last year): it stands first in the inbox until it has an outcome,
    and nobody is woken for it.
    """

    id: UUID
    contact_id: UUID
    inbound_seq: int
    risk: Risk
    raised_at: datetime
    calls: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDue:
    """An alert without an outcome whose next call is due. ``chases`` counts the rounds so far; ``taken_at``: somebody has it.

    ``called_at`` is when somebody was last called about this person, whichever of their alerts it was for. ``taker`` is who
    has it, as far as they can be called.
    """

    id: UUID
    contact_id: UUID
    level: RiskLevel
    raised_at: datetime
    chases: int
    reference: str | None
    taken_at: datetime | None = None
    called_at: datetime | None = None
    taker: StaffMember | None = None


@dataclass(frozen=True, slots=True)
class HandedTo:
    """Whom an alert was handed to that nobody has taken since."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """``by_scorer``: only the second listener heard it, so the family was sent nothing for it; ``weighed`` are the redacted words
    that spoke for it most, as far as they are known. Until ``cleared_at`` what raised it is with safeguarding, whatever its
    outcome; ``cleared_why`` is empty where the outcome itself cleared it.
    """

    id: UUID
    level: RiskLevel
    kinds: tuple[str, ...]
    raised_at: datetime
    taken_by: str | None = None
    taken_at: datetime | None = None
    outcome: str | None = None
    signpost_state: str = ""
    by_scorer: bool = False
    weighed: tuple[str, ...] = ()
    cleared_by: str | None = None
    cleared_at: datetime | None = None
    cleared_why: str = ""
    taker_id: UUID | None = None
    taken_over_at: datetime | None = None
    handed: HandedTo | None = None

    @property
    def had_since(self) -> datetime | None:
        """When whoever has it took it; ``taken_at`` is when the first who had it did, from which its outcome is due."""
        return self.taken_over_at or self.taken_at

    def is_open_to(self, staff_id: UUID) -> bool:
        """Whether they may take it: nobody has it, or another who has it has handed it on."""
        return self.outcome is None and (self.taken_by is None or (self.handed is not None and self.taker_id != staff_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class LooseAlert:
    """An alert whose words stand in no experience: their turn has not succeeded, or they are of a kind that never makes one.

    ``state`` is where the message stands (``waiting``, ``heard``); ``reference`` is set once an experience has come.
    """

    alert: AlertView
    channel: ChannelName
    state: str
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedWords:
    """What stands behind a loose alert, as it came, oldest first, and how to reach the person (None: not any more).

    Not redacted: whoever shows it audits it.
    """

    words: tuple[tuple[datetime, str], ...] = field(repr=False)
    reach: Reach | None
