"""``bot.matters.MatterRecords``: what may be looked through, and what was found in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection, and_, delete, exists, func, insert, null, or_, select, tuple_, update

from bot.days import ZONE
from bot.matters import EXAMPLES, FEWEST, WITHIN, Cursor, Example, MatterView, NewMatter, Told
from bot.review import SPAM, THREAT
from storage.database import Database
from storage.tables import experience, inbound_message, matter, matter_round, matter_told, passage, staff, task
from storage.tables.matters import ONLY
from storage.taggers import FIT_TO_READ, passage_views
from storage.unit import AnyRow

MOST = 50
"""Matters that are kept of one round."""

DOUBTED = exists().where(
    task.c.experience_id == experience.c.id, or_(task.c.kind == THREAT, and_(task.c.kind == SPAM, task.c.done_at.is_(None)))
)
TOLD = (
    select(passage, experience.c.contact_id, experience.c.reference, inbound_message.c.received_at)
    .join_from(passage, inbound_message, inbound_message.c.seq == passage.c.inbound_seq)
    .join(experience, experience.c.id == passage.c.experience_id)
    .where(*FIT_TO_READ, ~DOUBTED)
)
OF_MATTERS = (
    TOLD.add_columns(matter_told.c.matter_id)
    .join(matter_told, matter_told.c.passage_id == passage.c.id)
    .order_by(inbound_message.c.received_at.desc(), passage.c.position)
)
MATTERS = select(matter, staff.c.name).join_from(matter, staff, staff.c.id == matter.c.set_aside_by, isouter=True)


class SqlMatters:
    """Short transactions of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_round(self) -> datetime | None:
        with self._database.reading() as connection:
            done: datetime | None = connection.execute(select(matter_round.c.done_at)).scalar_one_or_none()
        return done

    def hold_round(self, holder: UUID, *, now: datetime, until: datetime) -> bool:
        with self._database.writing() as connection:
            self._database.insert_once(matter_round, "id").run(connection, {"id": ONLY})
            free = or_(matter_round.c.holder.is_(None), matter_round.c.holder == holder, matter_round.c.until <= now)
            held = update(matter_round).where(matter_round.c.id == ONLY, free).values(holder=holder, until=until)
            return bool(connection.execute(held).rowcount)

    def told(self, *, since: datetime, after: Cursor | None, limit: int) -> tuple[Sequence[Told], Cursor | None]:
        place = tuple_(experience.c.opened_at, experience.c.id)
        query = select(experience.c.opened_at, experience.c.id).where(experience.c.opened_at >= since)
        if after is not None:
            query = query.where(place > tuple_(*after, types=[experience.c.opened_at.type, experience.c.id.type]))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(experience.c.opened_at, experience.c.id).limit(limit)).all()
            said = connection.execute(
                TOLD.where(experience.c.id.in_([row.id for row in rows])).order_by(
                    experience.c.opened_at, experience.c.id, passage.c.inbound_seq, passage.c.position
                )
            ).all()
            views = passage_views(connection, said)
        told = [
            Told(passage=view, experience_id=row.experience_id, contact_id=row.contact_id)
            for row, view in zip(said, views, strict=True)
        ]
        return told, (rows[-1].opened_at, rows[-1].id) if len(rows) == limit else None

    def end_round(self, holder: UUID, found: Sequence[NewMatter], *, now: datetime) -> bool:
        done = {"holder": null(), "until": null(), "done_at": now}
        with self._database.writing() as connection:
            ended = update(matter_round).where(matter_round.c.id == ONLY, matter_round.c.holder == holder).values(done)
            if not connection.execute(ended).rowcount:
                return False
            known = _passages_of(connection)
            aside = _set_aside_that_stay(connection, now)
            connection.execute(delete(matter_told))
            stay: dict[UUID, NewMatter] = {}
            for one in found[:MOST]:
                passages = {told.passage.id for told in one.told}
                same = _same(passages, known, stay)
                stay[same or uuid4()] = one
            for gone in aside - stay.keys():
                _tell(connection, gone, known[gone])
            connection.execute(delete(matter).where(matter.c.id.not_in([*stay, *aside])))
            for matter_id, one in stay.items():
                _put(connection, matter_id, one, now, is_new=matter_id not in known)
            return True

    def matters(self) -> tuple[MatterView, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(MATTERS).all()
            told: dict[UUID, list[AnyRow]] = defaultdict(list)
            for row in connection.execute(OF_MATTERS):
                told[row.matter_id].append(row)
        views = [_view(row, told[row.id]) for row in rows if told[row.id]]
        enough = [view for view in views if view.people >= FEWEST]
        return tuple(sorted(enough, key=lambda view: (-view.people, view.terms)))

    def set_aside(self, matter_id: UUID, staff_id: UUID | None, now: datetime) -> bool:
        at = None if staff_id is None else now
        is_other = matter.c.set_aside_at.is_not(None) if staff_id is None else matter.c.set_aside_at.is_(None)
        with self._database.writing() as connection:
            moved = update(matter).where(matter.c.id == matter_id, is_other).values(set_aside_at=at, set_aside_by=staff_id)
            return bool(connection.execute(moved).rowcount)


def _passages_of(connection: Connection) -> dict[UUID, set[UUID]]:
    """Of each matter that is kept."""
    found: dict[UUID, set[UUID]] = {matter_id: set() for matter_id in connection.execute(select(matter.c.id)).scalars()}
    for row in connection.execute(select(matter_told)):
        found[row.matter_id].add(row.passage_id)
    return found


def _set_aside_that_stay(connection: Connection, now: datetime) -> set[UUID]:
    """Those that are known again should they be found again: while enough of what they were told by is still there."""
    there = (
        select(matter.c.id)
        .join_from(matter, matter_told, matter_told.c.matter_id == matter.c.id)
        .join(passage, passage.c.id == matter_told.c.passage_id)
        .where(matter.c.set_aside_at > now - WITHIN)
        .group_by(matter.c.id)
        .having(func.count() >= FEWEST)
    )
    return set(connection.execute(there).scalars())


def _same(passages: Collection[UUID], known: dict[UUID, set[UUID]], taken: Collection[UUID]) -> UUID | None:
    """The one found before that shares the most with these, and at least half of the smaller of the two."""
    shared = {matter_id: len(theirs & set(passages)) for matter_id, theirs in known.items() if matter_id not in taken}
    best = max(shared, key=lambda matter_id: (shared[matter_id], matter_id.int), default=None)
    if best is None or not shared[best] or 2 * shared[best] < min(len(known[best]), len(passages)):
        return None
    return best


def _put(connection: Connection, matter_id: UUID, one: NewMatter, now: datetime, *, is_new: bool) -> None:
    if is_new:
        connection.execute(insert(matter), {"id": matter_id, "terms": list(one.terms), "found_at": now})
    else:
        connection.execute(update(matter).where(matter.c.id == matter_id).values(terms=list(one.terms)))
    _tell(connection, matter_id, {told.passage.id for told in one.told})


def _tell(connection: Connection, matter_id: UUID, passages: Collection[UUID]) -> None:
    if passages:
        connection.execute(insert(matter_told), [{"matter_id": matter_id, "passage_id": each} for each in passages])


def _view(row: AnyRow, told: Sequence[AnyRow]) -> MatterView:
    """``told``: what may be looked at today, newest first; at least one."""
    newest: dict[UUID, AnyRow] = {}
    for each in told:
        newest.setdefault(each.contact_id, each)
    return MatterView(
        id=row.id,
        terms=tuple(row.terms),
        people=len(newest),
        experiences=len({each.experience_id for each in told}),
        first_on=told[-1].received_at.astimezone(ZONE).date(),
        last_on=told[0].received_at.astimezone(ZONE).date(),
        examples=tuple(Example(reference=each.reference, text=each.text) for each in list(newest.values())[:EXAMPLES]),
        set_aside_at=row.set_aside_at,
        set_aside_by=row.name,
    )
