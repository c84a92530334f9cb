"""What the inbox is filtered by, as conditions, each with the way to the few it leaves where it leaves few.

A condition is written so that no index of one column tempts the database away from the order of the inbox; ``few`` is the
other way about: it names the candidates by an index, and is taken where there are not many.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, exists, false, func, not_, or_, select

from bot.inbox import Answered, InboxFilter
from storage.tables import consent, decision, experience, passage, suggestion
from storage.tables.experiences import STANDS

IT = experience.c
FEW_TO_LOOK_AT = 20_000
"""Candidates that are looked at one by one rather than walked past in order, where looking costs a row each."""
FEW_TO_WEIGH = 4_000
"""The same where the tags of each have to be weighed."""


@dataclass(frozen=True, slots=True)
class Filter:
    """``few``: ids of experiences, all that can meet the condition and perhaps others; ``most`` of them are few."""

    meets: ColumnElement[bool]
    few: Select[Any] | None = None
    most: int = FEW_TO_LOOK_AT


def filters(wanted: InboxFilter) -> Iterator[Filter]:
    for column, values in (
        (IT.channel, wanted.channels),
        (IT.district, wanted.districts),
        (IT.age_band, wanted.ages),
        (IT.locale, wanted.locales),
    ):
        if values:
            yield Filter(func.coalesce(column, "").in_(values), select(IT.id).where(column.in_(values)))
    for themes in (wanted.themes, *wanted.and_themes):
        if themes:
            yield Filter(_carries(themes), _candidates(themes), FEW_TO_WEIGH)
    if wanted.polarity:
        heard = and_(passage.c.feeling.is_(None), passage.c.polarity.in_(wanted.polarity))  # PostgreSQL guesses ill at a coalesce
        yield Filter(exists().where(passage.c.experience_id == IT.id, or_(passage.c.feeling.in_(wanted.polarity), heard)))
    for purpose, answered in wanted.consents:
        yield Filter(_answered(purpose, answered))
    yield from _in_time(wanted)
    yield from _in_hand(wanted)


def _in_time(wanted: InboxFilter) -> Iterator[Filter]:
    if wanted.since is not None:
        # What came since then was promised for a later day: where the order is walked, it may begin there.
        since = and_(IT.opened_at >= wanted.since, IT.promised_on >= (wanted.since - timedelta(days=1)).date())
        until = () if wanted.until is None else (IT.opened_at < wanted.until,)
        yield Filter(since, select(IT.id).where(IT.opened_at >= wanted.since, *until))
    if wanted.until is not None:
        yield Filter(IT.opened_at < wanted.until, select(IT.id).where(IT.opened_at < wanted.until))
    if wanted.promised_by is not None:
        yield Filter(and_(IT.unread, IT.promised_on <= wanted.promised_by))


def _in_hand(wanted: InboxFilter) -> Iterator[Filter]:
    if wanted.owner is not None:
        yield Filter(IT.owner_id == wanted.owner, select(IT.id).where(IT.owner_id == wanted.owner))
    if wanted.due_by is not None:
        due = and_(IT.due_on.is_not(None), IT.due_on <= wanted.due_by)
        yield Filter(due, select(IT.id).where(due))
    if wanted.unowned:
        yield Filter(IT.owner_id.is_(None))
    if wanted.needs_translation:
        yield Filter(IT.needs_translation)


def driver(connection: Connection, found: list[Filter]) -> Select[Any] | None:
    """The candidates of the filter that leaves fewest, if they are few."""
    best: tuple[int, Select[Any]] | None = None
    for each in found:
        if each.few is None:
            continue
        some = each.few.limit(each.most + 1).subquery()
        number = connection.execute(select(func.count()).select_from(some)).scalar_one()
        if number <= each.most and (best is None or number < best[0]):
            best = number, each.few
    return None if best is None else best[1]


def is_among(connection: Connection, candidates: Select[Any]) -> ColumnElement[bool]:
    """These ids are read first and the experiences looked up by them, on either database."""
    if connection.dialect.name == "postgresql":
        return IT.id == func.any(func.array(candidates.scalar_subquery()))
    return IT.id.in_(candidates)


def _answered(purpose: str, answered: Answered) -> ColumnElement[bool]:
    newer = consent.alias("newer")
    asked = (consent.c.experience_id == IT.id, consent.c.purpose == purpose)
    if answered is Answered.NOT:
        return not_(exists().where(*asked))
    is_newest = not_(
        exists()
        .where(newer.c.experience_id == IT.id, newer.c.purpose == purpose, newer.c.id > consent.c.id)
        .correlate_except(newer)
    )
    return exists().where(*asked, consent.c.given.is_(answered is Answered.YES), is_newest)


# --- themes as they stand -------------------------------------------------------------------------------------------


def _candidates(themes: tuple[str, ...]) -> Select[Any]:
    suggested = select(passage.c.experience_id).join_from(suggestion, passage, passage.c.id == suggestion.c.passage_id)
    decided = select(passage.c.experience_id).join_from(decision, passage, passage.c.id == decision.c.passage_id)
    either = (
        suggested.where(suggestion.c.theme.in_(themes))
        .union_all(decided.where(decision.c.theme.in_(themes), decision.c.verdict))
        .subquery()
    )
    return select(either.c.experience_id)


def _carries(themes: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether a passage has one of these tags as it stands: staff outrank the parent, the parent outranks the tagger."""
    spoken = exists().where(decision.c.passage_id == suggestion.c.passage_id, decision.c.theme == suggestion.c.theme, STANDS)
    suggested = exists().where(
        suggestion.c.passage_id == passage.c.id, suggestion.c.theme.in_(themes), not_(spoken.correlate_except(decision))
    )
    other = decision.alias("other")
    outranks = or_(
        and_(other.c.staff_id.is_not(None), decision.c.staff_id.is_(None)),
        and_(_of_staff(other.c.staff_id) == _of_staff(decision.c.staff_id), other.c.id > decision.c.id),
    )
    overruled = exists().where(
        other.c.passage_id == decision.c.passage_id, other.c.theme == decision.c.theme, other.c.undone_at.is_(None), outranks
    )
    decided = exists().where(
        decision.c.passage_id == passage.c.id,
        decision.c.theme.in_(themes),
        decision.c.verdict,
        STANDS,
        not_(overruled.correlate_except(other)),
    )
    return exists().where(passage.c.experience_id == IT.id, or_(suggested, decided))


def _of_staff(column: Column[Any]) -> ColumnElement[Any]:
    return func.coalesce(column.is_not(None), false())
