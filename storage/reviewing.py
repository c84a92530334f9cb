"""``bot.review_records.ReviewRecords``: what was said of what waited, and the taking back of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, exists, func, insert, not_, select, update

from bot.records import NewDecision, StaffMember
from bot.review_records import Done, NewReading, Outcome, Overtaken
from storage.experiences import CHANGE, HOLD, IS_TRANSLATED, Experiences, measure_sureness
from storage.inbox import LISTED
from storage.review_queue import COUNTS, READ_BY_SOMEBODY, SqlReviewQueue, find_waiting
from storage.tables import decision, experience, passage, reading, review_claim
from storage.tables.experiences import STANDS
from storage.unit import AnyRow
from storage.wall import WALLED

_RECENT = 200
"""Readings of which the themes in use are counted."""

DONE = (
    select(reading, experience.c.reference)
    .join_from(reading, experience, experience.c.id == reading.c.experience_id)
    .where(COUNTS, LISTED, not_(WALLED), exists().where(passage.c.id == reading.c.passage_id))
)


class SqlReviews(SqlReviewQueue):
    def keep(self, reading: NewReading, *, seen: int) -> bool:
        with self._database.writing() as connection:
            # The row is locked before it is looked at: of two who decide at once, the second finds what the first one said.
            connection.execute(HOLD, {"of_experience": reading.experience_id})
            found = find_waiting(connection, reading.passage_id, reading.member.id, reading.at)
            if found is None or found.is_second != reading.is_second:
                raise Overtaken
            # said of, so left: whoever is asked next need not wait
            lies = (review_claim.c.staff_id == reading.member.id, review_claim.c.passage_id == reading.passage_id)
            connection.execute(delete(review_claim).where(*lies))
            return self.put(connection, reading, seen=seen)

    def put(self, connection: Connection, new: NewReading, *, seen: int | None) -> bool:
        """Write it down. ``seen`` None: nobody has read the words, so the experience stays unread."""
        numbers = [_add_decision(connection, each) for each in new.decisions]
        measure_sureness(connection, new.experience_id)
        before, is_read = None, True
        if seen is not None and new.outcome is Outcome.DECIDED and not new.is_second:
            before, is_read = self._mark_read(connection, new, seen=seen)
        connection.execute(
            insert(reading),
            {
                "id": new.id,
                "passage_id": new.passage_id,
                "experience_id": new.experience_id,
                "staff_id": new.member.id,
                "at": new.at,
                "outcome": new.outcome.value,
                "is_second": new.is_second,
                "sampled": new.sampled,
                "themes": list(new.themes),
                "decisions": numbers,
                "before": before,
                "batch": new.batch,
                "feeling": new.feeling.value if new.feeling else None,
            },
        )
        if new.feeling is not None:
            _feel(connection, new.passage_id)
        if new.is_second and new.outcome is Outcome.DECIDED:
            _sample(connection, new.passage_id, waits=False)
        action = "not_sure" if new.outcome is Outcome.UNSURE else "read_second" if new.is_second else "decide"
        self.audit(connection, new.member, action, f"passage:{new.passage_id}", new.at)
        return is_read

    def _mark_read(self, connection: Connection, new: NewReading, *, seen: int) -> tuple[dict[str, object] | None, bool]:
        """Once a person has read all of it. Returns how it stood before."""
        row = connection.execute(select(experience).where(experience.c.id == new.experience_id)).one()
        others = (
            select(passage.c.id)
            .where(passage.c.experience_id == new.experience_id, passage.c.id != new.passage_id, not_(IS_TRANSLATED))
            .where(not_(READ_BY_SOMEBODY))
        )
        if row.parked or row.needs_translation or not row.unread or connection.execute(others.limit(1)).first():
            return None, True
        before: dict[str, object] = {
            "read_at": row.read_at.isoformat() if row.read_at else None,
            "read_by": str(row.read_by) if row.read_by else None,
        }
        unit = Experiences(self._database, connection, self._sealer, redactor=str)
        if not unit.mark_read(new.experience_id, new.member.id, new.at, seen=seen):
            return None, False
        self.audit(connection, new.member, "mark_read", f"experience:{new.experience_id}", new.at)
        return before, True

    def done(self, staff_id: UUID, *, limit: int) -> tuple[Done, ...]:
        query = DONE.where(reading.c.staff_id == staff_id).order_by(reading.c.at.desc(), reading.c.id)
        with self._database.reading() as connection:
            found = [_done(row) for row in connection.execute(query.where(reading.c.batch.is_(None)).limit(limit))]
            for row in connection.execute(_BATCHES.where(reading.c.staff_id == staff_id).limit(limit)):
                one = connection.execute(query.where(reading.c.batch == row.batch).limit(1)).one_or_none()
                if one is not None:
                    found.append(_done(one, others=row.size - 1))
        return tuple(sorted(found, key=lambda each: each.at, reverse=True)[:limit])

    def undo(self, reading_id: UUID, member: StaffMember, now: datetime) -> Done | None:
        mine = DONE.where(reading.c.id == reading_id, reading.c.staff_id == member.id)
        with self._database.reading() as connection:
            row = connection.execute(mine).one_or_none()
            if row is None:
                return None
            of_batch = select(reading.c.id).where(COUNTS, reading.c.staff_id == member.id, reading.c.batch == row.batch)
            ids = [row.id] if row.batch is None else list(connection.execute(of_batch).scalars())
        undone = 0
        for begin in range(0, len(ids), _AT_ONCE):
            with self._database.writing() as connection:
                undone += sum(self._undo(connection, each, member, now) for each in ids[begin : begin + _AT_ONCE])
        return _done(row, others=undone - 1) if undone else None

    def _undo(self, connection: Connection, reading_id: UUID, member: StaffMember, now: datetime) -> bool:
        of_it = connection.execute(select(reading.c.experience_id).where(reading.c.id == reading_id)).scalar_one()
        connection.execute(HOLD, {"of_experience": of_it})
        gone = update(reading).where(reading.c.id == reading_id, COUNTS).values(undone_at=now).returning(*reading.c)
        row = connection.execute(gone).one_or_none()
        if row is None:
            return False
        connection.execute(
            update(decision)
            .where(decision.c.id.in_(row.decisions), decision.c.staff_id == member.id, STANDS)
            .values(undone_at=now, undone_by=member.id)
        )
        measure_sureness(connection, row.experience_id)
        if row.is_second and row.outcome == Outcome.DECIDED.value:
            _sample(connection, row.passage_id, waits=True)
        if row.feeling is not None:
            _feel(connection, row.passage_id)
        if row.before is not None:
            _unread(connection, row)
        self.audit(connection, member, "undo_reading", f"passage:{row.passage_id}", now)
        return True

    def pace(self, staff_id: UUID, *, since: datetime, limit: int) -> tuple[int, tuple[datetime, ...]]:
        mine = (reading.c.staff_id == staff_id, reading.c.batch.is_(None))
        with self._database.reading() as connection:
            count = connection.execute(select(func.count()).where(*mine, COUNTS, reading.c.at >= since)).scalar_one()
            times = connection.execute(select(reading.c.at).where(*mine).order_by(reading.c.at.desc()).limit(limit)).scalars()
            return count, tuple(times)

    def used(self) -> tuple[str, ...]:
        query = select(reading.c.themes).where(COUNTS).order_by(reading.c.at.desc()).limit(_RECENT)
        with self._database.reading() as connection:
            return tuple(theme for themes in connection.execute(query).scalars() for theme in themes)


_AT_ONCE = 20
"""Readings that one transaction takes back: it is over in less than 50 ms."""

_BATCHES = (
    select(reading.c.batch, func.count().label("size"), func.max(reading.c.at).label("at"))
    .where(COUNTS, reading.c.batch.is_not(None))
    .group_by(reading.c.batch)
    .order_by(func.max(reading.c.at).desc())
)


def _done(row: AnyRow, *, others: int = 0) -> Done:
    return Done(
        id=row.id,
        passage_id=row.passage_id,
        reference=row.reference,
        at=row.at,
        outcome=Outcome(row.outcome),
        themes=tuple(row.themes),
        batch=row.batch,
        others=others,
    )


def _sample(connection: Connection, passage_id: UUID, *, waits: bool) -> None:
    """Whether the first reading waits for a second one."""
    first = (reading.c.passage_id == passage_id, COUNTS, reading.c.is_second.is_(False))
    connection.execute(update(reading).where(*first, reading.c.outcome == Outcome.DECIDED.value).values(sampled=waits))


def _add_decision(connection: Connection, new: NewDecision) -> int:
    number: int = connection.execute(
        insert(decision).returning(decision.c.id),
        {
            "passage_id": new.passage_id,
            "theme": new.theme,
            "verdict": new.verdict,
            "staff_id": new.staff_id,
            "why": new.why,
            "taxonomy": new.taxonomy,
            "at": new.at,
        },
    ).scalar_one()
    return number


def _feel(connection: Connection, passage_id: UUID) -> None:
    """What the newest reading that counts says of the feeling; where none says anything, what was heard stands again."""
    said = select(reading.c.feeling).where(reading.c.passage_id == passage_id, COUNTS, reading.c.feeling.is_not(None))
    newest = said.order_by(reading.c.at.desc(), reading.c.id).limit(1).scalar_subquery()
    connection.execute(update(passage).where(passage.c.id == passage_id).values(feeling=newest))


def _unread(connection: Connection, row: AnyRow) -> None:
    """As it stood before this reading marked it as read; but where somebody has read it since, it stays read."""
    kept = connection.execute(select(experience).where(experience.c.id == row.experience_id)).one()
    if kept.unread or kept.read_by != row.staff_id or kept.read_at != row.at:
        return
    read_at, read_by = row.before["read_at"], row.before["read_by"]
    CHANGE.run(
        connection,
        {
            "of_experience": row.experience_id,
            "unread": True,
            "read_at": datetime.fromisoformat(read_at) if read_at else None,
            "read_by": UUID(read_by) if read_by else None,
        },
    )
