"""Milestones: the day the team talked about something, the day an answer is due. Staff give them, STATUS tells them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.alerted import audit
from bot.days import ZONE
from bot.errors import NotFound
from bot.ports import Clock, Store
from bot.records import StaffMember


class MilestoneKind(StrEnum):
    """``TALKED_ABOUT``: the team talked about it that day. ``ANSWER_DUE``: an answer comes by that day."""

    TALKED_ABOUT = "talked_about"
    ANSWER_DUE = "answer_due"


class Fault(StrEnum):
    """Why a milestone cannot be kept as it was given."""

    DAY_TO_COME = "day_to_come"  # nobody has talked on a day that is still to come
    DAY_GONE = "day_gone"  # an answer cannot be due on a day that has passed
    NO_THEME = "no_theme"
    NO_SINCE = "no_since"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMilestone:
    """For one experience, or for every one of ``theme`` that came on ``since`` or later and before it was given."""

    id: UUID
    kind: MilestoneKind
    day: date
    experience_id: UUID | None = None
    theme: str | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """One as staff see it; ``by`` and ``taken_back_by`` are names."""

    id: UUID
    kind: MilestoneKind
    day: date
    theme: str | None
    since: date | None
    made_at: datetime
    by: str
    taken_back_at: datetime | None = None
    taken_back_by: str | None = None


class MilestoneRecords(Protocol):
    """What is kept of them. Raises ``StoreUnavailable``."""

    def of_experience(self, experience_id: UUID) -> tuple[Milestone, ...]:
        """Those given for this experience alone, newest first; what was taken back is left out."""
        ...

    def of_themes(self) -> tuple[Milestone, ...]:
        """All that were given for a theme, newest first, what was taken back too."""
        ...

    def add(self, new: NewMilestone, staff_id: UUID, now: datetime) -> bool:
        """False: it is there already (the form was sent twice)."""
        ...

    def take_back(self, milestone_id: UUID, staff_id: UUID, now: datetime) -> bool:
        """False: there is none that still stands."""
        ...


@dataclass(frozen=True, slots=True)
class Milestones:
    """What staff do with them. ``themes`` are the codes of the themes in force."""

    records: MilestoneRecords
    store: Store
    clock: Clock
    themes: Collection[str]

    def fault(self, milestone: NewMilestone) -> Fault | None:
        """Why it cannot be kept; None: it can."""
        today = self.clock.now().astimezone(ZONE).date()
        if milestone.kind is MilestoneKind.TALKED_ABOUT and milestone.day > today:
            return Fault.DAY_TO_COME
        if milestone.kind is MilestoneKind.ANSWER_DUE and milestone.day < today:
            return Fault.DAY_GONE
        if milestone.experience_id is None and milestone.theme not in self.themes:
            return Fault.NO_THEME
        if milestone.experience_id is None and (milestone.since is None or milestone.since > today):
            return Fault.NO_SINCE
        return None

    def give(self, milestone: NewMilestone, member: StaffMember) -> Fault | None:
        """Keep it. The fault, where there is one: then nothing is kept."""
        fault = self.fault(milestone)
        if fault is not None:
            return fault
        now = self.clock.now()
        if self.records.add(milestone, member.id, now):
            about = "theme" if milestone.experience_id is None else f"experience:{milestone.experience_id}"
            with self.store.transaction() as tx:
                audit(tx, member, "give_milestone", f"milestone:{milestone.id}", now, about)
        return None

    def take_back(self, milestone_id: UUID, member: StaffMember) -> None:
        """It was given by mistake, or holds no more. Raises ``NotFound``."""
        now = self.clock.now()
        if not self.records.take_back(milestone_id, member.id, now):
            raise NotFound
        with self.store.transaction() as tx:
            audit(tx, member, "take_back_milestone", f"milestone:{milestone_id}", now)
