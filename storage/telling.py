"""Who is told of an action, as the store writes it: planned, told one by one, stopped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Select, insert, select, update

from bot.conversation import Purpose
from bot.errors import NotFound
from bot.model import Locale
from bot.records import NewOutbound
from bot.telling_plan import Contributor
from bot.telling_records import ToldState, ToTell
from storage.actions_gone import stop_told
from storage.editions import edition_of
from storage.inbox import LISTED
from storage.peace import peace_among
from storage.sealing import Sealer
from storage.tables import action, action_link, action_round, action_told, consent, contact, experience
from storage.unit import AnyRow, Unit
from storage.wall import WALLED
from storage.ways import Theirs

told, link = action_told.c, action_link.c
TOLD_ALREADY = told.state.in_((ToldState.PLANNED.value, ToldState.SENT.value))
WISHES = (
    select(consent.c.given)
    .where(consent.c.experience_id == experience.c.id, consent.c.purpose == Purpose.TELL_WHAT_CHANGED.value)
    .order_by(consent.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
"""Whether an experience's family wants to hear what changes because of it, by its newest word."""


def due_to_tell(now: datetime) -> Select[Any]:
    """Who is planned, and whose seconds are over."""
    return (
        select(told.id, told.action_id, told.contact_id, told.round_id)
        .join_from(action_told, action_round, action_round.c.id == told.round_id)
        .where(told.state == ToldState.PLANNED.value, action_round.c.goes_at <= now)
        .order_by(told.id)
        .limit(1)
    )


def contributors_among(
    connection: Connection, sealer: Sealer, action_id: UUID, *, only: UUID | None = None, apart_from: UUID | None = None
) -> list[Contributor]:
    """Everybody who told of it, but for those with safeguarding. ``only``: this one alone; ``apart_from``: a row of theirs
    that does not count, for it is the one that is to go.
    """
    of_action = (link.action_id == action_id, link.unlinked_at.is_(None), LISTED, ~WALLED)
    everybody = (
        select(experience.c.contact_id.label("id"))
        .join_from(action_link, experience, experience.c.id == link.experience_id)
        .where(*of_action, experience.c.contact_id.is_not(None))
    )
    theirs = Theirs(connection, everybody, only)
    people = select(contact.c.id, contact.c.locale, contact.c.opted_out_at).where(
        contact.c.id.in_(everybody if only is None else everybody.where(experience.c.contact_id == only)),
        contact.c.erased_at.is_(None),
    )
    rows = connection.execute(people.order_by(contact.c.id)).all()
    peace = peace_among(connection, theirs.are_theirs)
    agreed = set(connection.execute(everybody.where(WISHES.is_(True))).scalars())
    known = select(told.contact_id).where(told.action_id == action_id, TOLD_ALREADY)
    if apart_from is not None:
        known = known.where(told.id != apart_from)
    already = set(connection.execute(known).scalars())
    ways = theirs.ways(sealer)
    return [
        Contributor(
            contact_id=row.id,
            locale=Locale(row.locale),
            ways=tuple(sorted(ways.get(row.id, []), key=lambda way: way.wrote_at, reverse=True)),
            stopped=row.opted_out_at is not None,
            mourning=row.id in peace.mourning,
            held=row.id in peace.held,
            agreed=row.id in agreed,
            told=row.id in already,
        )
        for row in rows
        if row.id not in peace.in_danger
    ]


def as_they_stand(connection: Connection, sealer: Sealer, row: AnyRow, *, has_begun: bool = False) -> ToTell:
    """``row``: of ``action_told``."""
    found = contributors_among(connection, sealer, row.action_id, only=row.contact_id, apart_from=row.id)
    return ToTell(
        id=row.id,
        action_id=row.action_id,
        contact_id=row.contact_id,
        round_id=row.round_id,
        who=found[0] if found else None,
        edition=edition_of(connection, row.action_id),
        has_begun=has_begun,
    )


class TellingKeeping(Unit):
    """The methods of ``bot.telling_records.TellingTransaction``."""

    def plan_telling(self, action_id: UUID, people: Sequence[UUID], staff_id: UUID, goes_at: datetime, now: datetime) -> int:
        """Two who press at the same moment plan nobody twice: the action is locked, and each looks again."""
        if self.connection.execute(select(action.c.id).where(action.c.id == action_id).with_for_update()).first() is None:
            raise NotFound
        here = select(told.contact_id, told.state).where(told.action_id == action_id)
        known = {row.contact_id: ToldState(row.state) for row in self.connection.execute(here)}
        again = [each for each in people if known.get(each) in (ToldState.HELD_BACK, ToldState.STOPPED)]
        new = [each for each in people if each not in known]
        if not again and not new:
            return 0
        round_id = uuid4()
        started = {"id": round_id, "action_id": action_id, "started_by": staff_id, "started_at": now, "goes_at": goes_at}
        self.connection.execute(insert(action_round), started)
        planned = {"state": ToldState.PLANNED.value, "round_id": round_id}
        if again:
            those = told.action_id == action_id, told.contact_id.in_(again)
            self.connection.execute(update(action_told).where(*those).values(**planned, why=None, settled_at=None))
        if new:
            rows = [{"id": uuid4(), "action_id": action_id, "contact_id": each, **planned} for each in new]
            self.connection.execute(insert(action_told), rows)
        return len(again) + len(new)

    def stop_telling(self, action_id: UUID, now: datetime) -> int:
        open_ = action_round.c.action_id == action_id, action_round.c.stopped_at.is_(None)
        self.connection.execute(update(action_round).where(*open_).values(stopped_at=now))
        return stop_told(self, told.action_id == action_id, now)

    def next_to_tell(self, now: datetime) -> ToTell | None:
        row = self.connection.execute(due_to_tell(now).with_for_update(of=action_told, skip_locked=True)).one_or_none()
        if row is None:
            return None
        return as_they_stand(self.connection, self.sealer, row)

    def settle_telling(
        self, told_id: UUID, state: ToldState, now: datetime, *, rows: Sequence[NewOutbound] = (), why: str | None = None
    ) -> None:
        values = {"state": state.value, "why": why, "settled_at": now, "outbound_ids": [str(row.id) for row in rows] or None}
        self.connection.execute(update(action_told).where(told.id == told_id).values(values))
