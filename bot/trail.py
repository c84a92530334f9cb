"""Who has looked: what people did with one experience, or one alert, read back from the audit trail.

The trail holds ids, so this page holds no words of a family. Whoever may see it learns nothing else by it: what is with
safeguarding is only there for those who handle alerts, as are the lines about alerts; and to an admin no reason is shown, for
somebody wrote it who had the words before them.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from bot.errors import NotFound, StoreUnavailable
from bot.ports import Clock, Store
from bot.records import StaffMember
from bot.wall import NotYours, Role, may_handle_alerts

READ = "read_experience"
"""The line that a reading leaves: one for each person and sitting, however often the page is loaded."""
MOST = 300
"""Lines on one page, the newest."""
FOR_A_REASON = frozenset({"open_original", "open_words", "reveal_address", "show_comment_author", "remove_passage"})
"""What is opened for a reason; beside other acts stand ids and days that say nothing to a reader."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailLine:
    """One line. ``who`` is a name, or what stands in the trail for who has none; ``of_team``: a member of staff, by id."""

    at: datetime
    who: str
    action: str
    why: str = ""
    of_team: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """One export of all there was since it began, or of a file that holds it. ``what``: what was exported, as it was asked
    for, or "export file" and "fetch_export file" for such a file.
    """

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """``lines`` and ``exports`` the newest first. ``cut``: there are older lines. ``reasons``: those of what was opened
    are shown.
    """

    reference: str
    opened_at: datetime
    lines: tuple[TrailLine, ...]
    exports: tuple[Exported, ...]
    cut: bool = False
    reasons: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The record whose trail is asked for."""

    id: UUID
    reference: str
    opened_at: datetime
    is_with_safeguarding: bool


class TrailRecords(Protocol):
    def note(self, experience_id: UUID, member: StaffMember, sitting: UUID, now: datetime) -> None:
        """This member reads it in this sitting: a line, unless there is one."""
        ...

    def find(self, reference: str) -> Found | None:
        """Also what has been taken back or erased since: who looked stays on record."""
        ...

    def lines(self, experience_id: UUID, *, alerts: bool, limit: int) -> tuple[TrailLine, ...]:
        """All that was done with it and with what hangs on it, the newest first. ``alerts``: with what was done about its
        alerts.
        """
        ...

    def lines_of_alert(self, alert_id: UUID, *, limit: int) -> tuple[TrailLine, ...]: ...

    def exports(self, experience_id: UUID, since: datetime, *, limit: int) -> tuple[Exported, ...]: ...


@dataclass(frozen=True, slots=True)
class Trail:
    records: TrailRecords
    store: Store
    clock: Clock

    def note_reading(self, experience_id: UUID, member: StaffMember, sitting: UUID) -> None:
        """A store that is too busy to keep the line keeps nobody from reading: it is tried again with the next page."""
        try:
            self.records.note(experience_id, member, sitting, self.clock.now())
        except StoreUnavailable:
            log.warning("that experience %s was read could not be kept just now", experience_id)

    def of(self, reference: str, member: StaffMember) -> Looked:
        """Raises ``NotFound``, behind the wall too."""
        handles = self._handles(member)
        found = self.records.find(reference)
        if found is None or (found.is_with_safeguarding and not handles):
            raise NotFound
        lines = self.records.lines(found.id, alerts=handles, limit=MOST + 1)
        reasons = member.role != Role.ADMIN
        return Looked(
            reference=found.reference,
            opened_at=found.opened_at,
            lines=tuple(line if reasons else replace(line, why="") for line in lines[:MOST]),
            exports=self.records.exports(found.id, found.opened_at, limit=MOST),
            cut=len(lines) > MOST,
            reasons=reasons,
        )

    def of_alert(self, alert_id: UUID, member: StaffMember) -> tuple[TrailLine, ...]:
        """Raises ``NotYours`` for those who may not handle alerts, ``NotFound`` where there is no such alert."""
        if not self._handles(member):
            raise NotYours
        if self.store.loose_alert(alert_id) is None:
            raise NotFound
        return self.records.lines_of_alert(alert_id, limit=MOST)

    def _handles(self, member: StaffMember) -> bool:
        return may_handle_alerts(member, self.store.all_staff())
