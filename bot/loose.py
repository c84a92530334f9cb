"""What staff do about an alert whose words stand in no experience: nobody waits until a turn has succeeded to be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.alert_records import LooseAlert, OpenedWords
from bot.alerted import audit, clear, close, take
from bot.errors import NotFound
from bot.ports import Clock, Store
from bot.records import StaffMember
from bot.wall import NotYours, may_handle_alerts


@dataclass(frozen=True, slots=True)
class BehindTheWall:
    """All that other staff are told of loose alerts: how many, and since when. ``since`` is None when there are none."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class LooseReview:
    """The acts of staff on loose alerts. Each raises ``NotYours`` for those who may not handle alerts, ``NotFound`` for an
    alert that is not there.
    """

    store: Store
    clock: Clock

    def waiting(self, member: StaffMember) -> tuple[LooseAlert, ...] | BehindTheWall:
        """The open ones, the most urgent first; for others only how many there are."""
        found = self.store.loose_alerts()
        if self._may(member):
            return found
        return BehindTheWall(len(found), min((loose.alert.raised_at for loose in found), default=None))

    def look(self, alert_id: UUID, member: StaffMember) -> LooseAlert:
        if not self._may(member):
            raise NotYours
        loose = self.store.loose_alert(alert_id)
        if loose is None:
            raise NotFound
        return loose

    def take(self, alert_id: UUID, member: StaffMember) -> bool:
        """False: somebody already has it, or it is closed."""
        return take(self.store, self.look(alert_id, member).alert, member, self.clock.now())

    def close(self, alert_id: UUID, member: StaffMember, outcome: str) -> bool:
        """False: another outcome stands."""
        return close(self.store, self.look(alert_id, member).alert, member, outcome, self.clock.now())

    def clear(self, alert_id: UUID, member: StaffMember, why: str) -> bool:
        """Let the team see what else this person told. False: the alert is open, or is cleared already."""
        return clear(self.store, [self.look(alert_id, member).alert], member, why, self.clock.now())

    def ask_for_words(self, alert_id: UUID, member: StaffMember, why: str) -> None:
        """Keep who is to be shown the words as they came, and why (one line, 1 to 200 characters)."""
        loose = self.look(alert_id, member)
        with self.store.transaction() as tx:
            audit(tx, member, "open_words", f"alert:{loose.alert.id}", self.clock.now(), why)

    def open_words(self, alert_id: UUID, member: StaffMember) -> OpenedWords:
        """The words, for somebody who has said why (``ask_for_words``)."""
        return self.store.open_words(self.look(alert_id, member).alert.id)

    def _may(self, member: StaffMember) -> bool:
        return may_handle_alerts(member, self.store.all_staff())
