"""``bot.milestones.MilestoneRecords``: the days staff gave. Never changed; what was taken back stays on record as such."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, insert, select, update

from bot.milestones import Milestone, MilestoneKind, NewMilestone
from storage.database import Database
from storage.tables import milestone, staff
from storage.unit import AnyRow

MOST_LISTED = 200

_maker = staff.alias("maker")
_taker = staff.alias("taker")
MILESTONES = (
    select(milestone, _maker.c.name.label("by"), _taker.c.name.label("taker"))
    .join_from(milestone, _maker, _maker.c.id == milestone.c.made_by)
    .join(_taker, _taker.c.id == milestone.c.taken_back_by, isouter=True)
    .order_by(milestone.c.made_at.desc(), milestone.c.id)
    .limit(MOST_LISTED)
)


class SqlMilestones:
    """Short transactions of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_experience(self, experience_id: UUID) -> tuple[Milestone, ...]:
        wanted = MILESTONES.where(milestone.c.experience_id == experience_id, milestone.c.taken_back_at.is_(None))
        with self._database.reading() as connection:
            return tuple(_view(row) for row in connection.execute(wanted))

    def of_themes(self) -> tuple[Milestone, ...]:
        with self._database.reading() as connection:
            return tuple(_view(row) for row in connection.execute(MILESTONES.where(milestone.c.theme.is_not(None))))

    def add(self, new: NewMilestone, staff_id: UUID, now: datetime) -> bool:
        values = {
            "id": new.id,
            "kind": new.kind.value,
            "day": new.day,
            "experience_id": new.experience_id,
            "theme": new.theme,
            "since": new.since,
            "made_at": now,
            "made_by": staff_id,
        }
        with self._database.writing() as connection:
            if connection.execute(select(exists().where(milestone.c.id == new.id))).scalar_one():
                return False
            connection.execute(insert(milestone), values)
            return True

    def take_back(self, milestone_id: UUID, staff_id: UUID, now: datetime) -> bool:
        stands = update(milestone).where(milestone.c.id == milestone_id, milestone.c.taken_back_at.is_(None))
        with self._database.writing() as connection:
            return bool(connection.execute(stands.values(taken_back_at=now, taken_back_by=staff_id)).rowcount)


def _view(row: AnyRow) -> Milestone:
    return Milestone(
        id=row.id,
        kind=MilestoneKind(row.kind),
        day=row.day,
        theme=row.theme,
        since=row.since,
        made_at=row.made_at,
        by=row.by,
        taken_back_at=row.taken_back_at,
        taken_back_by=row.taker,
    )
