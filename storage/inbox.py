"""The inbox: which experiences wait for the team, the gravest first."""

from __future__ import annotations

from datetime import date
from heapq import merge
from itertools import islice
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    text,
    union_all,
)

from bot.cards import ExperienceCard
from bot.heard import RiskLevel
from bot.inbox import MOST_COUNTED, InboxFilter, InboxPage
from bot.inbox_place import Place
from storage.cards import CARDS, cards
from storage.database import Database
from storage.inbox_filters import Filter, driver, filters, is_among
from storage.inbox_order import IT, key_of, place_of, sort, walk
from storage.search import FEW, NOTHING, Asked, ask, marked
from storage.tables import alert, experience, inbound_message, task
from storage.tables.experiences import WAITING
from storage.unit import AnyRow
from storage.wall import UNCLEARED, UNLINKED, WALLED

SPAM = "spam"
"""The kind of the task to look whether it is spam or a family."""

ALERT_OPEN = or_(exists().where(alert.c.experience_id == experience.c.id, alert.c.closed_at.is_(None)), UNLINKED)
"""Somebody has yet to say what came of it. It comes first, and is not done with; who may see it is ``WALLED``."""

LISTED = not_(experience.c.withdrawn)

# What has been read and still owes a call back is not done with.
TASK_OPEN = exists().where(task.c.experience_id == experience.c.id, task.c.done_at.is_(None))

NEWEST_DOUBT = (
    select(func.max(task.c.created_at))
    .where(task.c.experience_id == experience.c.id, task.c.kind == SPAM, task.c.done_at.is_(None))
    .correlate(experience)
    .scalar_subquery()
)
WORDS_SINCE = exists().where(
    inbound_message.c.experience_id == experience.c.id, inbound_message.c.is_story, inbound_message.c.received_at > NEWEST_DOUBT
)

# So written that no index of the risk is taken for the way to the few.
NO_WORRY = func.coalesce(experience.c.risk, int(RiskLevel.NONE)) == int(RiskLevel.NONE)

SET_ASIDE = and_(LISTED, NEWEST_DOUBT.is_not(None), not_(WORDS_SINCE), not_(ALERT_OPEN), NO_WORRY)
"""It looks like spam, and nobody has looked. Further words that do not bring it back, and so does any worry."""

OPEN = and_(LISTED, or_(experience.c.unread, ALERT_OPEN, TASK_OPEN), not_(SET_ASIDE))

SINCE = select(func.min(alert.c.raised_at)).where(alert.c.experience_id == experience.c.id, UNCLEARED).scalar_subquery()

# The same three by the way that leads to few: none of these reads a million rows.
WITH_ALERT = select(alert.c.experience_id).where(alert.c.closed_at.is_(None), alert.c.experience_id.is_not(None))
WITH_NONE_YET = select(experience.c.id).where(UNLINKED)
BEHIND = WITH_ALERT.union_all(WITH_NONE_YET)
WITH_STANDING = select(alert.c.experience_id).where(UNCLEARED, alert.c.experience_id.is_not(None))
OWED = select(task.c.experience_id).where(task.c.done_at.is_(None), task.c.experience_id.is_not(None))
OPEN_BEYOND = union_all(OWED, WITH_ALERT, WITH_NONE_YET)
DOUBTED = OWED.where(task.c.kind == SPAM)
SNOOZED = select(experience.c.id).where(experience.c.asleep_until.is_not(None))
# As it stands: SQLite takes a partial index only for its own words.
UNREAD = cast("ColumnElement[bool]", text(WAITING))

# Whatever else is filtered for: how many there are must not tell what stands in them.
BEHIND_THE_WALL = select(
    func.count(), func.min(func.coalesce(SINCE, experience.c.opened_at), type_=experience.c.opened_at.type)
).where(LISTED, WALLED, experience.c.id.in_(WITH_STANDING.union_all(WITH_NONE_YET)))

FEW_EXPERIENCES = 20_000
"""So long as there are no more in all, every list is counted to its end."""


def inbox(database: Database, wanted: InboxFilter, *, at: Place | None = None, back: bool = False, size: int = 20) -> InboxPage:
    """``bot.ports.Store.inbox``. ``open_count`` is of all that is open, whatever else is filtered for."""
    with database.reading() as connection:
        shelf = _Shelf(connection, wanted)
        rows = shelf.rows(at, back=back, limit=size + 1)
        more, rows = len(rows) > size, rows[:size]
        if back:
            rows.reverse()
        places = [place_of(row, alert=alerted) for row, alerted in rows]
        hidden, hidden_since = (0, None) if wanted.with_safeguarding else connection.execute(BEHIND_THE_WALL).one()
        return InboxPage(
            cards=cards(connection, [row for row, _ in rows]),
            total=shelf.total(),
            open_count=shelf.open_count,
            set_aside=_count(connection, wanted, SET_ASIDE, DOUBTED),
            asleep=_count(connection, wanted, _asleep(wanted.today), SNOOZED) if wanted.today else 0,
            hidden=hidden,
            hidden_since=hidden_since,
            before=places[0] if places and (more if back else at is not None) else None,
            after=places[-1] if places and (back or more) else None,
            marked=marked(connection, shelf.asked, [row.id for row, _ in rows]) if shelf.asked else frozenset(),
        )


class _Shelf:
    """One list of the inbox: what is looked in, what is filtered by, and the quick way to both."""

    def __init__(self, connection: Connection, wanted: InboxFilter) -> None:
        self._connection = connection
        self._wanted = wanted
        self._filters = list(filters(wanted))
        self.asked = ask(connection, wanted.words, exactly=wanted.exactly) if wanted.words.strip() else None
        if wanted.words.strip():
            found = Filter(NOTHING, select(IT.id).where(NOTHING)) if self.asked is None else searched(self.asked)
            self._filters.append(found)
        self._few = driver(connection, self._filters + _few_by_shelf(wanted))
        self._meets = [each.meets for each in self._filters]
        self._shelf = _shelf(wanted)
        self.open_count = _open_count(connection, wanted)

    def rows(self, at: Place | None, *, back: bool, limit: int) -> list[tuple[AnyRow, bool]]:
        """Rows of ``CARDS``, each with whether an alert of it is open; those come first, and go back last."""
        found: list[tuple[AnyRow, bool]] = []
        sections = (True, False) if self._wanted.with_safeguarding else (False,)
        for alerted in reversed(sections) if back else sections:
            if at is not None and (alerted and not at.alert if not back else at.alert and not alerted):
                continue
            within = at if at is not None and at.alert == alerted else None
            part = self._alerted if alerted else self._others
            found += [(row, alerted) for row in part(within, back=back, limit=limit - len(found))]
            if len(found) == limit:
                break
        return found

    def total(self) -> int | None:
        """None: there are many experiences, and these would have to be counted one by one."""
        is_one_shelf = not self._filters and self._wanted.open_only
        if self._few is None and not is_one_shelf and not _are_few(self._connection):
            return None
        if is_one_shelf and self._few is None:
            return self.open_count
        query = select(func.count()).select_from(experience).where(*self.conditions())
        return self._connection.execute(query).scalar_one()

    def conditions(self) -> list[ColumnElement[bool]]:
        wall = [] if self._wanted.with_safeguarding else [not_(WALLED)]
        return [*self._all(), *wall]

    def _all(self) -> list[ColumnElement[bool]]:
        driven = [] if self._few is None else [is_among(self._connection, self._few)]
        return [*driven, self._shelf, *self._meets]

    def _alerted(self, at: Place | None, *, back: bool, limit: int) -> list[AnyRow]:
        grave = [experience.c.id.in_(BEHIND), ALERT_OPEN, self._shelf, *self._meets]
        return sort(self._connection, grave, at, back=back, limit=limit)

    def _others(self, at: Place | None, *, back: bool, limit: int) -> list[AnyRow]:
        # What has no open alert; of it, for others, what is not behind the wall. An open alert always is.
        others = not_(ALERT_OPEN if self._wanted.with_safeguarding else WALLED)
        if self._few is not None:
            return sort(self._connection, [*self._all(), others], at, back=back, limit=limit)
        meets = [self._shelf, *self._meets, others]
        if not self._wanted.open_only:
            return walk(self._connection, meets, at, back=back, limit=limit)
        # What is open is what nobody has read, by an index of its own, and the little that was read and is still owed for.
        unread = walk(self._connection, [UNREAD, *meets], at, back=back, limit=limit)
        read = [not_(experience.c.unread), is_among(self._connection, OWED)]
        owed = sort(self._connection, [*read, *meets], at, back=back, limit=limit)
        return list(islice(merge(unread, owed, key=key_of, reverse=back), limit))


def conditions(connection: Connection, wanted: InboxFilter) -> list[ColumnElement[bool]]:
    """What an experience must meet to stand in this list, the wall included."""
    return _Shelf(connection, wanted).conditions()


def _shelf(wanted: InboxFilter) -> ColumnElement[bool]:
    if wanted.set_aside:
        return SET_ASIDE
    if wanted.asleep:
        return and_(LISTED, _asleep(wanted.today))
    return and_(OPEN, not_(_asleep(wanted.today))) if wanted.open_only else LISTED


def searched(asked: Asked) -> Filter:
    return Filter(asked.meets, asked.few, FEW)


def _few_by_shelf(wanted: InboxFilter) -> list[Filter]:
    """``meets`` is in the shelf itself."""
    if wanted.set_aside:
        return [Filter(SET_ASIDE, DOUBTED)]
    return [Filter(_asleep(wanted.today), SNOOZED)] if wanted.asleep else []


def _asleep(today: date | None) -> ColumnElement[bool]:
    """Snoozed, and its day has not come; any worry wakes it."""
    if today is None:
        return false()
    return and_(experience.c.asleep_until.is_not(None), experience.c.asleep_until > today, not_(ALERT_OPEN))


def _are_few(connection: Connection) -> bool:
    some = select(experience.c.id).limit(FEW_EXPERIENCES + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one() <= FEW_EXPERIENCES


def _open_count(connection: Connection, wanted: InboxFilter) -> int:
    """Counted along the ways that lead to few, and no further than ``MOST_COUNTED`` where those are many."""
    wall = [] if wanted.with_safeguarding else [not_(WALLED)]
    is_open = and_(LISTED, not_(SET_ASIDE), not_(_asleep(wanted.today)), *wall)
    most = FEW_EXPERIENCES if _are_few(connection) else MOST_COUNTED
    unread = _limited(connection, select(experience.c.id).where(UNREAD, is_open), most)
    if unread > most:
        return unread
    rest = select(experience.c.id).where(not_(experience.c.unread), experience.c.id.in_(OPEN_BEYOND), is_open)
    return unread + _limited(connection, rest, most - unread)


def _count(connection: Connection, wanted: InboxFilter, shelf: ColumnElement[bool], few: Select[Any]) -> int:
    wall = [] if wanted.with_safeguarding else [not_(WALLED)]
    return _limited(connection, select(experience.c.id).where(experience.c.id.in_(few), LISTED, shelf, *wall), MOST_COUNTED)


def _limited(connection: Connection, query: Select[Any], most: int) -> int:
    some = query.limit(most + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def status_of(database: Database, contact_id: UUID) -> ExperienceCard | None:
    """``bot.ports.Store.status_of``: this person's newest experience that is still in the record."""
    query = CARDS.where(experience.c.contact_id == contact_id, LISTED)
    with database.reading() as connection:
        rows = connection.execute(query.order_by(experience.c.opened_at.desc(), experience.c.id).limit(1)).all()
        found = cards(connection, rows)
    return found[0] if found else None
