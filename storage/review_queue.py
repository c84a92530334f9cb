"""What waits to be read, for whom, and who has what before them: that part of ``bot.review_records.ReviewRecords``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, not_, or_, select, text, update

from bot.heard import RiskLevel
from bot.review import THREAT
from bot.review_records import MOST_COUNTED, NOT_SURE, Outcome, Waiting
from storage.experiences import HOLD, IS_TRANSLATED
from storage.inbox import LISTED, SET_ASIDE
from storage.preferences import SqlPreferences
from storage.tables import decision, experience, inbound_message, passage, reading, review_claim, staff, task
from storage.tables.experiences import STANDS, WAITING
from storage.tables.reviewing import WAITS_AGAIN
from storage.translations import IS_FOREIGN
from storage.unit import AnyRow
from storage.wall import WALLED

WITHIN_A_RISK = (
    experience.c.promised_on,
    experience.c.least_sure.desc(),
    experience.c.opened_at,
    experience.c.id,
    passage.c.inbound_seq,
    passage.c.position,
)
"""The inbox's order: by risk, then the day promised, then what the tagger is least sure of, then age."""

COUNTS = reading.c.undone_at.is_(None)
OF_IT = reading.c.passage_id == passage.c.id
FOR_ALL = and_(
    LISTED,
    not_(WALLED),
    not_(SET_ASIDE),
    ~exists().where(task.c.experience_id == experience.c.id, task.c.kind == THREAT),
    passage.c.text != "",
    # words in a language the tagger does not know are themed by their translation
    not_(IS_TRANSLATED),
    or_(passage.c.translation_id.is_not(None), ~exists().where(inbound_message.c.seq == passage.c.inbound_seq, IS_FOREIGN)),
)
DECIDED_BY_STAFF = exists().where(decision.c.passage_id == passage.c.id, decision.c.staff_id.is_not(None), STANDS)
READ_ONCE = exists().where(OF_IT, COUNTS, reading.c.outcome == Outcome.DECIDED.value, reading.c.is_second.is_(False))
IN_A_BATCH = exists().where(OF_IT, COUNTS, reading.c.batch.is_not(None))
READ_BY_SOMEBODY = or_(
    exists().where(
        OF_IT, COUNTS, reading.c.outcome == Outcome.DECIDED.value, reading.c.is_second.is_(False), reading.c.batch.is_(None)
    ),
    and_(DECIDED_BY_STAFF, not_(IN_A_BATCH)),
)
"""What was accepted with many at once is decided, and nobody has read it."""
OPEN_FIRST = and_(experience.c.unread, not_(DECIDED_BY_STAFF), not_(READ_ONCE))
IN_SAMPLE = exists().where(OF_IT, COUNTS, reading.c.sampled)
READ_TWICE = exists().where(OF_IT, COUNTS, reading.c.outcome == Outcome.DECIDED.value, reading.c.is_second)
OPEN_SECOND = and_(IN_SAMPLE, not_(READ_TWICE))
IS_SECOND = and_(not_(OPEN_FIRST), OPEN_SECOND)

QUEUE = select(
    passage.c.id,
    experience.c.reference,
    IS_SECOND.label("is_second"),
    experience.c.risk,
    experience.c.promised_on,
    experience.c.least_sure,
    experience.c.opened_at,
).join_from(passage, experience, experience.c.id == passage.c.experience_id)


def waits_for(staff_id: UUID, now: datetime) -> ColumnElement[bool]:
    """Nobody reads the same twice: not as their own second reader, nor for a while what they were unsure about."""
    return and_(FOR_ALL, _not_mine(staff_id, now), or_(OPEN_FIRST, OPEN_SECOND))


def _not_mine(staff_id: UUID, now: datetime) -> ColumnElement[bool]:
    still = or_(reading.c.outcome != Outcome.UNSURE.value, reading.c.at > now - NOT_SURE)
    return ~exists().where(OF_IT, COUNTS, reading.c.staff_id == staff_id, still)


def _by_others(staff_id: UUID, since: datetime) -> ColumnElement[bool]:
    return and_(review_claim.c.staff_id != staff_id, review_claim.c.at >= since)


def _both(staff_id: UUID, now: datetime, within: Sequence[UUID], since: datetime | None) -> tuple[Select[*tuple[Any, ...]], ...]:
    """What waits for a first reader and what for a second, each by the way that leads to few of a million rows."""
    sampled = select(reading.c.passage_id).where(text(WAITS_AGAIN))
    mine = [FOR_ALL, _not_mine(staff_id, now), *([passage.c.id.in_(within)] if within else [])]
    if since is not None:
        mine.append(passage.c.id.not_in(select(review_claim.c.passage_id).where(_by_others(staff_id, since))))
    return (
        QUEUE.where(text(WAITING), OPEN_FIRST, *mine),
        QUEUE.where(passage.c.id.in_(sampled), not_(OPEN_FIRST), OPEN_SECOND, *mine),
    )


class SqlReviewQueue(SqlPreferences):
    def waiting(
        self, staff_id: UUID, now: datetime, *, within: Sequence[UUID] = (), since: datetime | None = None
    ) -> tuple[Waiting | None, int]:
        both = _both(staff_id, now, within, since)
        with self._database.reading() as connection:
            few = connection.execute(both[1].order_by(experience.c.risk.desc(), *WITHIN_A_RISK).limit(1)).one_or_none()
            firsts = [_first(connection, both[0]), few]
            parts = [*(both[0].where(experience.c.risk == int(risk)) for risk in RiskLevel), both[1]]
            counted = [select(func.count()).select_from(each.limit(MOST_COUNTED).subquery()) for each in parts]
            count = sum(connection.execute(each).scalar_one() for each in counted)
        first = min((row for row in firsts if row is not None), key=_place, default=None)
        return (None if first is None else _waiting(first)), min(count, MOST_COUNTED)

    def claim(self, passage_id: UUID, staff_id: UUID, now: datetime, *, since: datetime) -> bool:
        of_it = select(passage.c.experience_id).where(passage.c.id == passage_id)
        taken = select(review_claim.c.staff_id).where(review_claim.c.passage_id == passage_id, _by_others(staff_id, since))
        with self._database.writing(lasting=False) as connection:
            # the experience is held, so that of two who come at once the second one sees the claim of the first
            connection.execute(HOLD, {"of_experience": connection.execute(of_it).scalar_one_or_none()})
            if connection.execute(taken).first() is not None:
                return False
            mine = update(review_claim).where(review_claim.c.staff_id == staff_id).values(passage_id=passage_id, at=now)
            if not connection.execute(mine).rowcount:
                values = {"staff_id": staff_id, "passage_id": passage_id, "at": now}
                self._database.insert_once(review_claim, "staff_id").run(connection, values)
        return True

    def find(self, passage_id: UUID, staff_id: UUID, now: datetime) -> Waiting | None:
        with self._database.reading() as connection:
            return find_waiting(connection, passage_id, staff_id, now)

    def unsure(self, passage_id: UUID) -> tuple[str, ...]:
        query = (
            select(staff.c.name)
            .join_from(reading, staff, staff.c.id == reading.c.staff_id)
            .where(reading.c.passage_id == passage_id, COUNTS, reading.c.outcome == Outcome.UNSURE.value)
            .where(reading.c.is_second.is_(False))
            .order_by(reading.c.at, staff.c.name)
        )
        with self._database.reading() as connection:
            return tuple(connection.execute(query).scalars())


def find_waiting(connection: Connection, passage_id: UUID, staff_id: UUID, now: datetime) -> Waiting | None:
    row = connection.execute(QUEUE.where(passage.c.id == passage_id, waits_for(staff_id, now))).one_or_none()
    return None if row is None else _waiting(row)


def _first(connection: Connection, query: Select[*tuple[Any, ...]]) -> AnyRow | None:
    """Risk by risk: within each the index has them in their order, so that the first one is found without sorting all."""
    for risk in sorted(RiskLevel, reverse=True):
        row = connection.execute(query.where(experience.c.risk == int(risk)).order_by(*WITHIN_A_RISK).limit(1)).one_or_none()
        if row is not None:
            return row
    return None


def _place(row: AnyRow) -> tuple[object, ...]:
    """The same order, as far as it tells a first reading from a second one."""
    return -row.risk, row.promised_on, -row.least_sure, row.opened_at


def _waiting(row: AnyRow) -> Waiting:
    return Waiting(passage_id=row.id, reference=row.reference, is_second=bool(row.is_second))
