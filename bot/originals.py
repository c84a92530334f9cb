"""The words as they came: opened for a reason, by who may, and each time kept.

Whoever may read an experience and works with it may ask, and what is with safeguarding only those who handle alerts. What
was taken back is shown to nobody but them, where safeguarding had to keep it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from bot.alerted import audit
from bot.cards import ExperienceView
from bot.ports import Clock, Store
from bot.records import StaffMember
from bot.wall import Role, is_with_safeguarding, may_handle_alerts

ACTION = "open_original"
_OPENERS = (Role.REVIEWER, Role.PUBLISHER, Role.SAFEGUARDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """One message as it came. ``text`` is None where it does not open with our keys; ``before``: what it said before the
    person changed it. Kept for safeguarding alone: what they took back (``taken_back``), or what the team removed, in whole or
    in part (``removed``).
    """

    at: datetime
    text: str | None = field(repr=False)
    before: str = field(default="", repr=False)
    taken_back: bool = False
    removed: bool = False


class OriginalRecords(Protocol):
    def originals(self, experience_id: UUID, *, taken_back: bool) -> tuple[Original, ...]:
        """Unsealed, oldest first. ``taken_back``: also what was taken back and is kept."""
        ...


@dataclass(frozen=True, slots=True)
class Originals:
    """Asking and opening are two steps, so that the page with the words is an answer to no form and is gone on reload."""

    records: OriginalRecords
    store: Store
    clock: Clock

    def may_open(self, view: ExperienceView, member: StaffMember) -> bool:
        return member.role in _OPENERS and (not is_with_safeguarding(view.card) or self._handles(member))

    def ask(self, view: ExperienceView, member: StaffMember, why: str) -> bool:
        """Keep who is to be shown the words, and why (one line, 1 to 200 characters). False: not this member."""
        if not self.may_open(view, member):
            return False
        with self.store.transaction() as tx:
            audit(tx, member, ACTION, f"experience:{view.card.id}", self.clock.now(), why)
        return True

    def open(self, view: ExperienceView, member: StaffMember) -> tuple[Original, ...]:
        """For somebody of whom it was kept (``ask``). Nothing for anybody else."""
        if not self.may_open(view, member):
            return ()
        return self.records.originals(view.card.id, taken_back=bool(view.alerts) and self._handles(member))

    def _handles(self, member: StaffMember) -> bool:
        return may_handle_alerts(member, self.store.all_staff())
