"""``bot.status.Standings``: where a person's newest experience stands, read out of the record when they ask."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, not_, null, or_, select, union_all

from bot.conversation import Owed, Standing
from bot.days import ZONE
from bot.milestones import MilestoneKind
from bot.missed import About
from bot.status import FEWEST, TOLD_OF, Vote, top_theme
from bot.terms import Terms
from storage.database import Database
from storage.editions import IS_PUBLIC
from storage.inbox import LISTED
from storage.tables import action_edition, action_link, decision, experience, milestone, missed_promise, passage, suggestion, task
from storage.tables.experiences import STANDS
from storage.unit import AnyRow
from storage.wall import WALLED

LOOK_AGAIN = "look_again"

# The statements that ask for the votes themselves have these tables too.
named = suggestion.alias("named")
found = decision.alias("found")


class SqlStandings:
    """Reads only."""

    def __init__(self, database: Database, terms: Terms) -> None:
        self._database = database
        self._terms = terms

    def of(self, contact_id: UUID, now: datetime) -> Standing | None:
        """The newest experience that is in the record. What is with safeguarding is told neither a count nor a theme's
        days: it was kept away from those who counted and talked.
        """
        newest = (
            select(experience, WALLED.label("is_hidden"))
            .where(experience.c.contact_id == contact_id, LISTED)
            .order_by(experience.c.opened_at.desc(), experience.c.id)
        )
        with self._database.reading() as connection:
            rows = connection.execute(newest).all()
            if not rows:
                return None
            row = rows[0]
            theme = None if row.is_hidden else _theme_of(connection, row.id)
            return Standing(
                reference=row.reference,
                promised_on=row.promised_on,
                read_on=None if row.read_at is None else row.read_at.astimezone(ZONE).date(),
                is_unread=row.unread and row.read_at is not None,
                looking_by=_looking_by(connection, row.id),
                theme=theme,
                alike=0 if theme is None else self._alike(connection, row, theme, now),
                talked_on=_day(connection, row, theme, MilestoneKind.TALKED_ABOUT),
                answer_on=_day(connection, row, theme, MilestoneKind.ANSWER_DUE),
                others=len(rows) - 1,
                owed=_owed(connection, contact_id),
                came=_came(connection, contact_id),
            )

    def _alike(self, connection: Connection, row: AnyRow, theme: str, now: datetime) -> int:
        """How many of this term are most about the same; 0 where this one is of an earlier term, or they are too few."""
        began = datetime.combine(self._terms.begin(now.astimezone(ZONE).date()), time(0), ZONE)
        if row.opened_at < began:
            return 0
        carrying = and_(experience.c.opened_at >= began, LISTED, not_(WALLED), _names(theme))
        votes: dict[UUID, list[Vote]] = {}
        for said in connection.execute(_votes(carrying)):
            votes.setdefault(said.experience_id, []).append(_vote(said))
        count = sum(top_theme(theirs) == theme for theirs in votes.values())
        return count if count >= FEWEST else 0


def _theme_of(connection: Connection, experience_id: UUID) -> str | None:
    return top_theme(map(_vote, connection.execute(_votes(experience.c.id == experience_id))))


def _names(theme: str) -> ColumnElement[bool]:
    """Somebody has named this theme for it: only then can it be what it is most about."""
    its = passage.alias("its")
    suggested = exists().where(its.c.experience_id == experience.c.id, named.c.passage_id == its.c.id, named.c.theme == theme)
    decided = exists().where(its.c.experience_id == experience.c.id, found.c.passage_id == its.c.id, found.c.theme == theme)
    return or_(suggested, decided)


def _votes(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Every word on every theme of these experiences, the decisions in the order they were made."""
    passages = passage.join(experience, experience.c.id == passage.c.experience_id)
    suggested = (
        select(
            passage.c.experience_id,
            suggestion.c.passage_id,
            suggestion.c.theme,
            suggestion.c.score,
            null().cast(decision.c.verdict.type).label("verdict"),
            null().cast(decision.c.staff_id.type).label("staff_id"),
            suggestion.c.id.label("number"),
        )
        .select_from(passages.join(suggestion, suggestion.c.passage_id == passage.c.id))
        .where(which)
    )
    decided = (
        select(
            passage.c.experience_id,
            decision.c.passage_id,
            decision.c.theme,
            null().cast(suggestion.c.score.type).label("score"),
            decision.c.verdict,
            decision.c.staff_id,
            decision.c.id.label("number"),
        )
        .select_from(passages.join(decision, decision.c.passage_id == passage.c.id))
        .where(which, STANDS)
    )
    both = union_all(suggested, decided).subquery()
    return select(both).order_by(both.c.number)


def _vote(row: AnyRow) -> Vote:
    return Vote(passage=row.passage_id, theme=row.theme, score=row.score, verdict=row.verdict, by_staff=row.staff_id is not None)


def _looking_by(connection: Connection, experience_id: UUID) -> date | None:
    """The latest day that was named in place of a missed one: unasked, or when they asked."""
    named = select(func.max(missed_promise.c.new_day)).where(
        missed_promise.c.about == About.EXPERIENCE.value, missed_promise.c.subject == experience_id
    )
    owed = select(func.max(task.c.due_on)).where(
        task.c.experience_id == experience_id, task.c.kind == LOOK_AGAIN, task.c.done_at.is_(None)
    )
    days = [connection.execute(query).scalar_one() for query in (named, owed)]
    return max((day for day in days if day is not None), default=None)


def _day(connection: Connection, row: AnyRow, theme: str | None, kind: MilestoneKind) -> date | None:
    """The newest that was given for it: for it alone, or for its theme, where it was there to be talked about."""
    opened_on = row.opened_at.astimezone(ZONE).date()
    of_theme = and_(milestone.c.theme == theme, milestone.c.since <= opened_on, milestone.c.made_at >= row.opened_at)
    if kind is MilestoneKind.TALKED_ABOUT:
        of_theme = and_(of_theme, milestone.c.day >= opened_on)
    own = milestone.c.experience_id == row.id
    newest = (
        select(milestone.c.day)
        .where(milestone.c.kind == kind.value, milestone.c.taken_back_at.is_(None), own if theme is None else or_(own, of_theme))
        .order_by(milestone.c.made_at.desc(), milestone.c.id)
        .limit(1)
    )
    day: date | None = connection.execute(newest).scalar_one_or_none()
    return day


def _came(connection: Connection, contact_id: UUID) -> str:
    """The title of the newest action that came of what they told, and that families read."""
    newest = (
        select(action_edition.c.title)
        .join_from(action_link, action_edition, action_edition.c.action_id == action_link.c.action_id)
        .join(experience, experience.c.id == action_link.c.experience_id)
        .where(experience.c.contact_id == contact_id, LISTED, not_(WALLED), action_link.c.unlinked_at.is_(None), IS_PUBLIC)
        .order_by(action_edition.c.published_at.desc(), action_edition.c.id)
        .limit(1)
    )
    title: str | None = connection.execute(newest).scalar_one_or_none()
    return title or ""


def _owed(connection: Connection, contact_id: UUID) -> tuple[Owed, ...]:
    """What is not done yet, each kind once with its nearest day; a new day that was named stands for a missed one."""
    named = select(func.max(missed_promise.c.new_day)).where(missed_promise.c.subject == task.c.id).scalar_subquery()
    query = select(task.c.kind, task.c.due_on, named.label("new_day")).where(
        task.c.contact_id == contact_id, task.c.done_at.is_(None), task.c.kind.in_(TOLD_OF)
    )
    days: dict[str, date] = {}
    for row in connection.execute(query):
        due_on = max(row.due_on, row.new_day or row.due_on)
        days[row.kind] = min(due_on, days.get(row.kind, due_on))
    return tuple(Owed(kind, due_on) for kind, due_on in sorted(days.items(), key=lambda each: (each[1], each[0])))
