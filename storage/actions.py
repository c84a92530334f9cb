"""``bot.actions.ActionRecords``: actions, their history, what hangs on them, what families read of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, exists, func, insert, not_, select, update

from bot.actions import Action, ActionFilter, Change, Draft, Linked, Offered, Published, State
from bot.days import ZONE
from bot.errors import NotFound
from storage.actions_gone import call_off_told, stop_told
from storage.audit import add_line
from storage.cards import CARDS, cards
from storage.database import Database
from storage.editions import IS_PUBLIC, editions_of, words_of
from storage.inbox import LISTED
from storage.partners import FIT
from storage.sealing import Sealer
from storage.tables import action, action_change, action_edition, action_link, action_told, experience, passage, staff
from storage.unit import AnyRow, Unit
from storage.wall import WALLED

MOST_LISTED = 500

edition, link = action_edition.c, action_link.c
_maker, _owner = staff.alias("maker"), staff.alias("owner")
LINKED = link.unlinked_at.is_(None)
NOT_BEHIND = not_(WALLED)
TOLD_OF = select(experience.c.id).join_from(action_link, experience, experience.c.id == link.experience_id).where(LINKED, LISTED)
"""The experiences that hang on actions, and are in the record."""
_WORDS = ("title", "said", "did", "because", "locale", "state")


class SqlActions:
    """Short transactions of its own."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def actions(self, wanted: ActionFilter, *, with_safeguarding: bool) -> tuple[Action, ...]:
        public = exists().where(edition.action_id == action.c.id, IS_PUBLIC)
        meets: list[ColumnElement[bool]] = []
        if wanted.states:
            meets.append(action.c.state.in_([state.value for state in wanted.states]))
        if wanted.owner is not None:
            meets.append(action.c.owner_id == wanted.owner)
        if wanted.published is not None:
            meets.append(public if wanted.published else not_(public))
        return self._read(meets, with_safeguarding=with_safeguarding)

    def action(self, action_id: UUID, *, with_safeguarding: bool) -> Action | None:
        return next(iter(self._read([action.c.id == action_id], with_safeguarding=with_safeguarding)), None)

    def titles(self, *, limit: int) -> tuple[Offered, ...]:
        query = select(action.c.id, action.c.title).order_by(action.c.changed_at.desc(), action.c.id).limit(limit)
        with self._database.reading() as connection:
            return tuple(Offered(row.id, row.title) for row in connection.execute(query))

    def of_experience(self, experience_id: UUID) -> tuple[Action, ...]:
        theirs = exists().where(link.action_id == action.c.id, link.experience_id == experience_id, LINKED)
        return self._read([theirs], with_safeguarding=False)

    def history(self, action_id: UUID) -> tuple[Change, ...]:
        query = (
            select(action_change, staff.c.name)
            .join_from(action_change, staff, staff.c.id == action_change.c.staff_id)
            .where(action_change.c.action_id == action_id)
            .order_by(action_change.c.id.desc())
            .limit(MOST_LISTED)
        )
        with self._database.reading() as connection:
            return tuple(Change(at=row.at, by=row.name, what=row.what, before=row.before) for row in connection.execute(query))

    def linked(self, action_id: UUID, *, with_safeguarding: bool, limit: int) -> Linked:
        seen = TOLD_OF.where(link.action_id == action_id, *_wall(with_safeguarding=with_safeguarding))
        newest = CARDS.where(experience.c.id.in_(seen)).order_by(experience.c.opened_at.desc(), experience.c.id)
        with self._database.reading() as connection:
            found = cards(connection, connection.execute(newest.limit(limit)).all())
            counts = seen.with_only_columns(func.count().label("total"), func.count(experience.c.contact_id.distinct()))
            total, people = connection.execute(counts).one()
            quoted = connection.execute(
                seen.with_only_columns(link.quoted).where(link.quoted.is_not(None)).where(link.action_id == action_id)
            ).scalars()
            return Linked(
                cards=found,
                total=total,
                people=people,
                quoted=frozenset(quoted),
                quotable=frozenset(_quotable(connection, [card.id for card in found])),
            )

    def add(self, action_id: UUID, draft: Draft, staff_id: UUID, now: datetime) -> bool:
        with self._writing() as unit:
            if unit.connection.execute(select(exists().where(action.c.id == action_id))).scalar_one():
                return False
            values = {"id": action_id, **_columns(draft), "made_at": now, "made_by": staff_id, "changed_at": now}
            unit.connection.execute(insert(action), values)
            _note(unit, action_id, "made", staff_id, now)
            return True

    def change(self, action_id: UUID, draft: Draft, staff_id: UUID, now: datetime) -> bool:
        with self._writing() as unit:
            row = _held(unit, action_id)
            new = _columns(draft)
            before = {
                name: "" if (was := getattr(row, name)) is None else str(was) for name in new if getattr(row, name) != new[name]
            }
            if not before:
                return False
            unit.connection.execute(update(action).where(action.c.id == action_id).values(**new, changed_at=now))
            _note(unit, action_id, "changed", staff_id, now, before)
            return True

    def link(self, action_id: UUID, experience_ids: Sequence[UUID], staff_id: UUID, now: datetime) -> int:
        with self._writing() as unit:
            _held(unit, action_id)
            here = select(link.experience_id, link.unlinked_at).where(link.action_id == action_id)
            known = {row.experience_id: row.unlinked_at for row in unit.connection.execute(here)}
            wanted = list(dict.fromkeys(experience_ids))
            back = [each for each in wanted if known.get(each) is not None]
            new = [each for each in wanted if each not in known]
            by = {"linked_at": now, "linked_by": staff_id}
            if back:
                those = link.action_id == action_id, link.experience_id.in_(back)
                unit.connection.execute(update(action_link).where(*those).values(**by, unlinked_at=None, quoted=None))
            if new:
                rows = [{"id": uuid4(), "action_id": action_id, "experience_id": each, **by} for each in new]
                unit.connection.execute(insert(action_link), rows)
            if count := len(back) + len(new):
                _note(unit, action_id, "linked", staff_id, now, {"count": str(count)})
            return count

    def unlink(self, action_id: UUID, experience_id: UUID, staff_id: UUID, now: datetime) -> bool:
        stands = link.action_id == action_id, link.experience_id == experience_id, LINKED
        with self._writing() as unit:
            _held(unit, action_id)
            done = unit.connection.execute(update(action_link).where(*stands).values(unlinked_at=now, quoted=None))
            if done.rowcount:
                _note(unit, action_id, "unlinked", staff_id, now, {"count": "1"})
            return bool(done.rowcount)

    def quote(self, action_id: UUID, passage_id: UUID, staff_id: UUID, now: datetime, *, quoted: bool) -> bool:
        of = select(passage.c.experience_id).where(passage.c.id == passage_id).scalar_subquery()
        stands = link.action_id == action_id, link.experience_id == of, LINKED
        with self._writing() as unit:
            _held(unit, action_id)
            if quoted and unit.connection.execute(FIT.where(passage.c.id == passage_id).limit(1)).first() is None:
                return False
            done = unit.connection.execute(update(action_link).where(*stands).values(quoted=passage_id if quoted else None))
            if done.rowcount:
                _note(unit, action_id, "quoted" if quoted else "unquoted", staff_id, now)
            return bool(done.rowcount)

    def publish(self, action_id: UUID, edition_id: UUID, staff_id: UUID, now: datetime, *, fewest: int) -> bool:
        with self._writing() as unit:
            row = _held(unit, action_id)
            if unit.connection.execute(select(exists().where(edition.id == edition_id))).scalar_one():
                return False
            self._retire(unit, action_id, staff_id, now)
            people = _people(unit.connection, action_id, fewest)
            values = {name: getattr(row, name) for name in _WORDS} | {"people": people}
            made = {"id": edition_id, "action_id": action_id, "published_at": now, "published_by": staff_id}
            unit.connection.execute(insert(action_edition), {**made, **values})
            _note(unit, action_id, "published", staff_id, now)
            return True

    def take_back(self, action_id: UUID, staff_id: UUID, now: datetime) -> bool:
        with self._writing() as unit:
            _held(unit, action_id)
            if not self._retire(unit, action_id, staff_id, now):
                return False
            stop_told(unit, action_told.c.action_id == action_id, now)
            call_off_told(unit, action_told.c.action_id == action_id)
            _note(unit, action_id, "taken_back", staff_id, now)
            return True

    def published(self) -> tuple[Published, ...]:
        query = select(action_edition).where(IS_PUBLIC).order_by(edition.published_at.desc(), edition.id).limit(MOST_LISTED)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
            quotes = _quotes(connection, [row.action_id for row in rows])
        return tuple(_published(row, row.action_id, row.published_at, row.people, quotes) for row in rows)

    def preview(self, action_id: UUID, *, fewest: int) -> Published | None:
        with self._database.reading() as connection:
            row = connection.execute(select(action).where(action.c.id == action_id)).one_or_none()
            if row is None:
                return None
            people = _people(connection, action_id, fewest)
            return _published(row, row.id, row.changed_at, people, _quotes(connection, [action_id]))

    def _read(self, meets: Sequence[ColumnElement[bool]], *, with_safeguarding: bool) -> tuple[Action, ...]:
        hangs = TOLD_OF.where(link.action_id == action.c.id, *_wall(with_safeguarding=with_safeguarding))
        counted = hangs.with_only_columns(func.count()).correlate(action).scalar_subquery()
        query = (
            select(action, _maker.c.name.label("maker"), _owner.c.name.label("owner"), counted.label("linked"))
            .join_from(action, _maker, _maker.c.id == action.c.made_by)
            .join(_owner, _owner.c.id == action.c.owner_id, isouter=True)
            .where(*meets)
            .order_by(action.c.changed_at.desc(), action.c.id)
            .limit(MOST_LISTED)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
            editions = editions_of(connection, [row.id for row in rows])
        return tuple(
            Action(
                id=row.id,
                draft=Draft(words=words_of(row), state=State(row.state), owner_id=row.owner_id, due_on=row.due_on),
                owner=row.owner,
                made_at=row.made_at,
                by=row.maker,
                changed_at=row.changed_at,
                linked=row.linked,
                edition=editions.get(row.id),
            )
            for row in rows
        )

    def _retire(self, unit: Unit, action_id: UUID, staff_id: UUID, now: datetime) -> bool:
        stands = update(action_edition).where(edition.action_id == action_id, IS_PUBLIC)
        return bool(unit.connection.execute(stands.values(taken_back_at=now, taken_back_by=staff_id)).rowcount)

    @contextmanager
    def _writing(self) -> Iterator[Unit]:
        with self._database.writing() as connection:
            yield Unit(self._database, connection, self._sealer, redactor=str)


def _wall(*, with_safeguarding: bool) -> list[ColumnElement[bool]]:
    return [] if with_safeguarding else [NOT_BEHIND]


def _held(unit: Unit, action_id: UUID) -> AnyRow:
    """The action, locked for the rest of the transaction. Raises ``NotFound``."""
    row = unit.connection.execute(select(action).where(action.c.id == action_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    return row


def _note(unit: Unit, action_id: UUID, what: str, staff_id: UUID, now: datetime, before: Mapping[str, str] | None = None) -> None:
    """Its line of the history, and that of the audit trail, which holds ids alone."""
    values = {"action_id": action_id, "staff_id": staff_id, "what": what, "before": dict(before or {}), "at": now}
    unit.connection.execute(insert(action_change), values)
    add_line(unit, who=f"staff:{staff_id}", action=f"action_{what}", record=f"action:{action_id}", why="", now=now)


def _columns(draft: Draft) -> dict[str, Any]:
    words = draft.words
    return {
        "title": words.title,
        "said": words.said,
        "did": words.did,
        "because": words.because,
        "locale": str(words.locale),
        "state": draft.state.value,
        "owner_id": draft.owner_id,
        "due_on": draft.due_on,
    }


def _people(connection: Connection, action_id: UUID, fewest: int) -> int | None:
    told = TOLD_OF.where(link.action_id == action_id, NOT_BEHIND)
    people: int = connection.execute(told.with_only_columns(func.count(experience.c.contact_id.distinct()))).scalar_one()
    return people if people >= fewest else None


def _quotable(connection: Connection, experience_ids: Sequence[UUID]) -> set[UUID]:
    """Passages a family agreed to have published, with nothing in doubt about them."""
    query = FIT.with_only_columns(passage.c.id).where(experience.c.id.in_(experience_ids))
    return set(connection.execute(query).scalars())


def _quotes(connection: Connection, action_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Words that were chosen and may be shown still: a family that said PRIVATE since is not quoted."""
    query = (
        FIT.with_only_columns(link.action_id, passage.c.text)
        .join(action_link, link.quoted == passage.c.id)
        .where(link.action_id.in_(action_ids), LINKED, link.experience_id == experience.c.id, NOT_BEHIND)
    )
    found: dict[UUID, list[str]] = {}
    for row in connection.execute(query):
        found.setdefault(row.action_id, []).append(row.text)
    return found


def _published(row: AnyRow, action_id: UUID, at: datetime, people: int | None, quotes: Mapping[UUID, Sequence[str]]) -> Published:
    return Published(
        id=action_id,
        words=words_of(row),
        state=State(row.state),
        on=at.astimezone(ZONE).date(),
        people=people,
        quotes=tuple(quotes.get(action_id, ())),
    )
