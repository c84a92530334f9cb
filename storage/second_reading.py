"""``bot.second_reading.PairRecords`` and ``bot.sure_ones.SureRecords``, over the readings of the review."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import and_, exists, func, insert, not_, select, update

from bot.heard import RiskLevel
from bot.records import NewDecision, StaffMember
from bot.review_records import NewReading, Outcome
from bot.second_reading import Pair
from bot.sure_ones import Check, SureOne
from storage.database import Database
from storage.experiences import HOLD
from storage.inbox import LISTED
from storage.review_queue import COUNTS, FOR_ALL, IN_SAMPLE, OPEN_FIRST, READ_TWICE, waits_for
from storage.reviewing import SqlReviews
from storage.sealing import Sealer
from storage.tables import bulk_check, decision, experience, passage, reading, staff, suggestion
from storage.tables.experiences import STANDS
from storage.wall import WALLED

second = reading.alias("second")
first_by = staff.alias("first_by")
second_by = staff.alias("second_by")
PAIRS = (
    select(
        experience.c.reference,
        second.c.at,
        reading.c.themes.label("first"),
        second.c.themes.label("second"),
        first_by.c.name.label("first_by"),
        second_by.c.name.label("second_by"),
    )
    .join_from(reading, second, and_(second.c.passage_id == reading.c.passage_id, second.c.is_second))
    .join(experience, experience.c.id == reading.c.experience_id)
    .join(first_by, first_by.c.id == reading.c.staff_id)
    .join(second_by, second_by.c.id == second.c.staff_id)
    .where(COUNTS, second.c.undone_at.is_(None), reading.c.is_second.is_(False))
    .where(reading.c.outcome == Outcome.DECIDED.value, second.c.outcome == Outcome.DECIDED.value)
    .where(LISTED, not_(WALLED), exists().where(passage.c.id == reading.c.passage_id))
    .order_by(second.c.at.desc(), second.c.id)
)

lowest = select(func.min(suggestion.c.score)).where(suggestion.c.passage_id == passage.c.id).scalar_subquery()
UNTOUCHED = and_(
    FOR_ALL,
    OPEN_FIRST,
    experience.c.risk == int(RiskLevel.NONE),
    ~exists().where(decision.c.passage_id == passage.c.id, STANDS),
    ~exists().where(reading.c.passage_id == passage.c.id, COUNTS),
)
SURE = (
    select(passage.c.id, lowest.label("score"), passage.c.experience_id)
    .join_from(passage, experience, experience.c.id == passage.c.experience_id)
    .where(UNTOUCHED)
)


class SqlPairs:
    def __init__(self, database: Database) -> None:
        self._database = database

    def pairs(self, *, limit: int) -> tuple[Pair, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(PAIRS.limit(limit)).all()
        return tuple(
            Pair(
                reference=row.reference,
                at=row.at,
                first_by=row.first_by,
                second_by=row.second_by,
                first=frozenset(row.first),
                second=frozenset(row.second),
            )
            for row in rows
        )

    def waiting_for_second(self) -> int:
        query = (
            select(func.count())
            .select_from(passage)
            .join(experience, experience.c.id == passage.c.experience_id)
            .where(FOR_ALL, IN_SAMPLE, not_(READ_TWICE))
        )
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()


class SqlSureOnes:
    """Short transactions of its own; what it accepts is kept as the review keeps it."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._reviews = SqlReviews(database, sealer)

    def sure(self, *, least: float, limit: int) -> tuple[SureOne, ...]:
        query = SURE.where(lowest >= least).order_by(lowest.desc(), passage.c.id).limit(limit)
        with self._database.reading() as connection:
            return tuple(SureOne(passage_id=row.id, score=row.score) for row in connection.execute(query))

    def add_check(self, check: Check) -> None:
        values = {
            "id": check.id,
            "staff_id": check.staff_id,
            "threshold": check.threshold,
            "at": check.at,
            "passages": [str(each) for each in check.passages],
            "sample": [str(each) for each in check.sample],
        }
        with self._database.writing() as connection:
            connection.execute(insert(bulk_check), values)

    def check(self, check_id: UUID, staff_id: UUID) -> Check | None:
        query = select(bulk_check).where(bulk_check.c.id == check_id, bulk_check.c.staff_id == staff_id)
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return Check(
            id=row.id,
            staff_id=row.staff_id,
            threshold=row.threshold,
            at=row.at,
            passages=tuple(UUID(each) for each in row.passages),
            sample=tuple(UUID(each) for each in row.sample),
            accepted_at=row.accepted_at,
        )

    def read_as_suggested(self, passages: Sequence[UUID], staff_id: UUID) -> dict[UUID, bool]:
        mine = select(reading).where(
            reading.c.passage_id.in_(passages), reading.c.staff_id == staff_id, COUNTS, reading.c.is_second.is_(False)
        )
        suggested = select(suggestion.c.passage_id, suggestion.c.theme).where(suggestion.c.passage_id.in_(passages))
        with self._database.reading() as connection:
            rows = connection.execute(mine).all()
            themes: dict[UUID, set[str]] = {}
            for row in connection.execute(suggested):
                themes.setdefault(row.passage_id, set()).add(row.theme)
        return {row.passage_id: set(row.themes) == themes.get(row.passage_id, set()) for row in rows}

    def still_sure(self, passages: Sequence[UUID], *, least: float) -> int:
        query = SURE.where(passage.c.id.in_(passages), lowest >= least).subquery()
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(query)).scalar_one()

    def waiting_of(self, passages: Sequence[UUID], staff_id: UUID, now: datetime) -> int:
        query = (
            select(func.count())
            .select_from(passage)
            .join(experience, experience.c.id == passage.c.experience_id)
            .where(passage.c.id.in_(passages), waits_for(staff_id, now))
        )
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()

    def accept(
        self,
        passages: Sequence[UUID],
        *,
        check: Check,
        member: StaffMember,
        taxonomy: str,
        sampled: Callable[[], bool],
        now: datetime,
    ) -> int:
        with self._database.writing() as connection:
            of = select(passage.c.experience_id).where(passage.c.id.in_(passages)).distinct()
            for experience_id in sorted(connection.execute(of).scalars()):  # one order for all, so that none waits for another
                connection.execute(HOLD, {"of_experience": experience_id})
            rows = connection.execute(SURE.where(passage.c.id.in_(passages), lowest >= check.threshold)).all()
            for row in rows:
                query = select(suggestion.c.theme).where(suggestion.c.passage_id == row.id).distinct()
                themes = tuple(sorted(connection.execute(query).scalars()))
                decisions = tuple(
                    NewDecision(
                        passage_id=row.id,
                        theme=theme,
                        verdict=True,
                        staff_id=member.id,
                        why="accepted with others",
                        taxonomy=taxonomy,
                        at=now,
                    )
                    for theme in themes
                )
                new = NewReading(
                    id=uuid4(),
                    passage_id=row.id,
                    experience_id=row.experience_id,
                    member=member,
                    at=now,
                    outcome=Outcome.DECIDED,
                    is_second=False,
                    sampled=sampled(),
                    themes=themes,
                    decisions=decisions,
                    batch=check.id,
                )
                self._reviews.put(connection, new, seen=None)
        return len(rows)

    def end_check(self, check_id: UUID, now: datetime) -> bool:
        ended = update(bulk_check).where(bulk_check.c.id == check_id, bulk_check.c.accepted_at.is_(None)).values(accepted_at=now)
        with self._database.writing() as connection:
            return bool(connection.execute(ended).rowcount)
