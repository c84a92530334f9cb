"""What the site asks of the audit trail and of sealed words, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from bot.originals import Original
from bot.records import StaffMember
from bot.trail import READ, Exported, Found, TrailLine
from bot.wall import is_with_safeguarding
from tests.staff.fakes import NOW, FakeStore


@dataclass
class FakeTrail:
    """Of every experience the same lines, and what was read since."""

    store: FakeStore
    read: list[tuple[UUID, UUID, UUID]] = field(default_factory=list)

    def note(self, experience_id: UUID, member: StaffMember, sitting: UUID, now: datetime) -> None:
        line = (experience_id, member.id, sitting)
        if line not in self.read:
            self.read.append(line)

    def find(self, reference: str) -> Found | None:
        view = self.store.experience(reference)
        if view is None:
            return None
        card = view.card
        return Found(
            id=card.id, reference=card.reference, opened_at=card.opened_at, is_with_safeguarding=is_with_safeguarding(card)
        )

    def lines(self, experience_id: UUID, *, alerts: bool, limit: int) -> tuple[TrailLine, ...]:
        return self.lines_of_alert(experience_id, limit=limit)

    def lines_of_alert(self, alert_id: UUID, *, limit: int) -> tuple[TrailLine, ...]:
        return (
            TrailLine(at=NOW, who="person", action="show_my_data", of_team=False),
            TrailLine(at=NOW, who="Jo Pascoe", action="open_original", why="<b>To put a name right</b>"),
            TrailLine(at=NOW - timedelta(hours=1), who="Jo Pascoe", action=READ),
            TrailLine(at=NOW - timedelta(days=1), who="operator:" + "sam" * 30, action="something_new", of_team=False),
        )

    def exports(self, experience_id: UUID, since: datetime, *, limit: int) -> tuple[Exported, ...]:
        return tuple(Exported(at=NOW, who="operator:sam", what=what) for what in ("messages", "campaign:strategy", "newly"))


@dataclass
class FakeOriginals:
    words: tuple[Original, ...] = (
        Original(at=NOW, text="<i>Ring me</i> 07700 900123", before="Ring me"),
        Original(at=NOW, text=None),
        Original(at=NOW, text=" ", taken_back=True),
    )

    def originals(self, experience_id: UUID, *, taken_back: bool) -> tuple[Original, ...]:
        return self.words
