"""The order of the inbox as stretches of one index: a page deep in a million is found as quickly as the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_

from bot.heard import RiskLevel
from bot.inbox_place import Place
from storage.cards import CARDS
from storage.tables import experience
from storage.unit import AnyRow

IT = experience.c
WITHIN_A_RISK = (IT.promised_on.asc(), IT.least_sure.desc(), IT.opened_at.asc(), IT.id.asc())
ORDER = (IT.risk.desc(), *WITHIN_A_RISK)
"""By risk, then the day promised, then what the tagger is least sure of, then age."""
BACKWARDS = (IT.promised_on.desc(), IT.least_sure.asc(), IT.opened_at.desc(), IT.id.desc())

Conditions = Sequence[ColumnElement[bool]]


def place_of(row: AnyRow, *, alert: bool) -> Place:
    return Place(
        alert=alert,
        risk=row.risk,
        promised_on=row.promised_on,
        least_sure=row.least_sure,
        opened_at=row.opened_at,
        id=row.id,
    )


def key_of(row: AnyRow) -> tuple[Any, ...]:
    """By which rows sort as the order has them."""
    return (-row.risk, row.promised_on, -row.least_sure, row.opened_at, row.id.int)


def walk(connection: Connection, conditions: Conditions, at: Place | None, *, back: bool, limit: int) -> list[AnyRow]:
    """The next rows that meet the conditions, one stretch of the index after another until there are enough."""
    found: list[AnyRow] = []
    order = BACKWARDS if back else WITHIN_A_RISK
    for stretch in _stretches(at, back=back):
        query = CARDS.where(*stretch, *conditions).order_by(*order).limit(limit - len(found))
        found += connection.execute(query).all()
        if len(found) == limit:
            break
    return found


def sort(connection: Connection, conditions: Conditions, at: Place | None, *, back: bool, limit: int) -> list[AnyRow]:
    """The same, where the conditions leave few enough to be sorted."""
    order = (IT.risk.asc(), *BACKWARDS) if back else ORDER
    beyond = [] if at is None else [or_(*(and_(*stretch) for stretch in _stretches(at, back=back)))]
    return list(connection.execute(CARDS.where(*conditions, *beyond).order_by(*order).limit(limit)).all())


def _stretches(at: Place | None, *, back: bool) -> Iterator[tuple[ColumnElement[bool], ...]]:
    """What lies beyond a place, nearest first: each is one run of the index (risk, promised_on, least_sure, opened_at, id)."""
    for level in sorted(RiskLevel, reverse=not back):
        if at is None or (level > at.risk if back else level < at.risk):
            yield (IT.risk == int(level),)
        elif level == at.risk:
            yield from _within_a_risk(at, back=back)


def _within_a_risk(at: Place, *, back: bool) -> Iterator[tuple[ColumnElement[bool], ...]]:
    same_risk, same_day, as_sure = IT.risk == at.risk, IT.promised_on == at.promised_on, IT.least_sure == at.least_sure
    if back:
        older = or_(IT.opened_at < at.opened_at, and_(IT.opened_at == at.opened_at, IT.id < at.id))
        yield same_risk, same_day, as_sure, older
        yield same_risk, same_day, IT.least_sure > at.least_sure
        yield same_risk, IT.promised_on < at.promised_on
    else:
        newer = or_(IT.opened_at > at.opened_at, and_(IT.opened_at == at.opened_at, IT.id > at.id))
        yield same_risk, same_day, as_sure, newer
        yield same_risk, same_day, IT.least_sure < at.least_sure
        yield same_risk, IT.promised_on > at.promised_on
