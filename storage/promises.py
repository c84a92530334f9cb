"""``bot.promises.PromiseRecords`` and its part of the transaction: promised days that passed, and what became of telling it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, literal, not_, null, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.days import ZONE
from bot.errors import WrongKeys
from bot.heard import RiskLevel
from bot.missed import About, Door, Missed, Overdue, ReadSince, Told
from bot.model import ChannelName, Locale, Manner
from bot.outgoing import OutboundState, Priority
from bot.promises import LOOK_AGAIN
from bot.status import TOLD_OF
from storage.database import Database
from storage.envelopes import open_inbound
from storage.peace import peace_of
from storage.sealing import Sealer
from storage.tables import (
    address,
    alert,
    contact,
    experience,
    inbound_message,
    missed_promise,
    outbound_message,
    task,
)
from storage.tables.experiences import NEVER_READ
from storage.unit import AnyRow, Unit
from storage.wall import WALLED

row_ = outbound_message.c
missed = missed_promise.c

WAITS = row_.state.in_((OutboundState.PENDING.value, OutboundState.WITHHELD.value))
SPOKEN = (Told.TOLD.value, Told.ASKED.value)
LATELY = timedelta(days=60)
"""So long after we said that we are late, what still waits to leave is looked after."""
MOVED = "task.moved"
"""The text by which a family is told that a task has another day."""
_TWICE = 2
CALLED_OFF = "called_off"
"""Why such a row did not leave."""


def _noted(subject: ColumnElement[UUID]) -> tuple[ColumnElement[bool], ColumnElement[date | None], ColumnElement[int]]:
    """Whether a missed day was noted, the day that was named in its place (None: that was the last word), how often told."""
    of_this = missed.subject == subject
    last = select(missed.new_day).where(of_this).order_by(missed.id.desc()).limit(1).scalar_subquery()
    tellings = select(func.count()).select_from(missed_promise).where(of_this, missed.told.in_(SPOKEN)).scalar_subquery()
    return exists().where(of_this), last, tellings


def _to(contact_id: Any) -> tuple[ColumnElement[bool], ...]:
    """What we said to this person: found by their addresses, for which there is an index."""
    return address.c.contact_id == contact_id, row_.address_index == address.c.blind_index, row_.contact_id == contact_id


def _said(contact_id: Any, at: Any) -> ColumnElement[bool]:
    """An answer of ours was committed with the promise, in the same moment: it named the day."""
    return exists().where(
        *_to(contact_id),
        row_.created_at == at,
        row_.priority == int(Priority.REPLY),
        row_.state.not_in((OutboundState.FAILED.value, OutboundState.CANCELLED.value)),
    )


class Promising(Unit):
    """The methods of ``bot.ports.Transaction`` about promised days."""

    def promise_anew(self, experience_id: UUID, day: date) -> None:
        self.connection.execute(
            update(experience)
            .where(experience.c.id == experience_id, experience.c.read_at.is_not(None), not_(experience.c.unread))
            .values(promised_on=day)
        )

    def note_missed(self, missed: Missed, now: datetime) -> bool:
        """The row that was promised about is locked first: who reads it, or does it, in this moment comes before or after."""
        if missed.about is About.EXPERIENCE:
            still = select(experience.c.id).where(experience.c.id == missed.subject, text(NEVER_READ))
        else:
            still = select(task.c.id).where(task.c.id == missed.subject, task.c.done_at.is_(None))
        if self.connection.execute(still.with_for_update(key_share=True)).first() is None:
            return False
        values = {
            "about": missed.about.value,
            "subject": missed.subject,
            "missed_on": missed.missed_on,
            "new_day": missed.new_day,
            "told": missed.told.value,
            "outbound_id": missed.outbound_id,
            "at": now,
        }
        insert: Any = sqlite.insert if self.database.is_sqlite else postgresql.insert
        once = insert(missed_promise).on_conflict_do_nothing(index_elements=["subject", "missed_on"])
        return self.connection.execute(once.returning(missed_promise.c.id), values).first() is not None

    def call_off(self, outbound_id: UUID, now: datetime) -> bool:
        del now
        return call_off(self.connection, outbound_id)


def call_off(connection: Connection, outbound_id: UUID) -> bool:
    """What still waits to leave, this row and those beside it, does not. False: it has left."""
    row = connection.execute(
        select(row_.address_index, row_.dedupe_key, row_.created_at).where(row_.id == outbound_id, WAITS).with_for_update()
    ).one_or_none()
    if row is None:
        return False
    whole = row.dedupe_key.rpartition(":")[0]
    connection.execute(
        update(outbound_message)
        .where(row_.address_index == row.address_index, row_.dedupe_key.startswith(f"{whole}:", autoescape=True), WAITS)
        .values(state=OutboundState.CANCELLED.value, not_before=None, window_shut=False, error=CALLED_OFF)
    )
    return True


class SqlPromises:
    """Reads what has fallen due."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def overdue(self, today: date, *, limit: int) -> tuple[Overdue, ...]:
        with self._database.reading() as connection:
            unread = connection.execute(_unread(today).limit(limit)).all()
            undone = connection.execute(_undone(today).limit(limit)).all()
            found = [self._overdue(connection, About.EXPERIENCE, row) for row in unread]
            found += [self._overdue(connection, About.TASK, row) for row in undone]
        return tuple(sorted(found, key=lambda each: each.day)[:limit])

    def read_since(self, now: datetime, *, limit: int) -> tuple[ReadSince, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(_kept_since(now - LATELY).limit(limit)).all()
            return tuple(
                ReadSince(
                    subject=row.subject,
                    outbound_id=row.outbound_id,
                    contact_id=row.contact_id,
                    reference=row.reference or "",
                    read_on=None if row.read_at is None else row.read_at.astimezone(ZONE).date(),
                    locale=Locale(row.locale),
                    door=self._door(connection, row.contact_id, row.experience_id),
                )
                for row in rows
            )

    def unkept(self, *, with_safeguarding: bool) -> tuple[str, ...]:
        """``bot.promises.Unkept``."""
        times = select(func.count()).select_from(missed_promise).where(missed.subject == experience.c.id).scalar_subquery()
        query = (
            select(experience.c.reference)
            .where(text(NEVER_READ), times >= _TWICE, *([] if with_safeguarding else [not_(WALLED)]))
            .order_by(experience.c.promised_on, experience.c.id)
        )
        with self._database.reading() as connection:
            return tuple(connection.execute(query).scalars())

    def _overdue(self, connection: Connection, about: About, row: AnyRow) -> Overdue:
        day = row.last_day if row.was_noted else row.day
        peace = peace_of(connection, row.contact_id)
        looks = connection.execute(_looks(row.experience_id)).all() if row.experience_id is not None else []
        asked = [each.due_on for each in looks if each.said and each.created_at >= _after(day)]
        return Overdue(
            about=about,
            subject=row.subject,
            contact_id=row.contact_id,
            experience_id=row.experience_id,
            reference=row.reference or "",
            day=day,
            tellings=row.tellings,
            said=row.said,
            kind=row.kind,
            moved_to=row.moved_to,
            locale=Locale(row.locale),
            door=self._door(connection, row.contact_id, row.experience_id),
            is_stopped=row.opted_out_at is not None,
            is_held=row.contact_id in peace.held,
            after_danger=row.contact_id in peace.in_danger or row.is_alerted or (row.risk or 0) >= int(RiskLevel.CONCERN),
            after_death=row.contact_id in peace.mourning,
            looking_by=max(asked, default=None) if about is About.EXPERIENCE else None,
            has_look_again=any(each.done_at is None for each in looks),
        )

    def _door(self, connection: Connection, contact_id: UUID, experience_id: UUID | None) -> Door | None:
        """Where they last wrote from about this, while it is still theirs; a letter or a form filled in by staff is no door."""
        query = (
            select(inbound_message.c.id, inbound_message.c.channel, inbound_message.c.sealed)
            .join(address, address.c.blind_index == inbound_message.c.address_index)
            .where(inbound_message.c.contact_id == contact_id, address.c.contact_id == contact_id)
            .where(inbound_message.c.sealed.is_not(None))
            .order_by(inbound_message.c.seq.desc())
        )
        if experience_id is not None:
            query = query.where(inbound_message.c.experience_id == experience_id)
        for row in connection.execute(query.limit(5)):
            try:
                message = open_inbound(self._sealer, row.sealed, row.id, row.channel)
            except WrongKeys:
                continue
            if message.manner is Manner.TALK:
                return Door(channel=ChannelName(row.channel), address=message.sender, thread=message.thread)
        return None


def _after(day: date) -> datetime:
    """The first moment that is after a day where the team works."""
    return datetime.combine(day + timedelta(days=1), time(0), ZONE)


def _alerts_of(experience_id: Any) -> ColumnElement[bool]:
    return exists().where(alert.c.experience_id == experience_id)


def _unread(today: date) -> Select[*tuple[Any, ...]]:
    was_noted, last_day, tellings = _noted(experience.c.id)
    return (
        select(
            experience.c.id.label("subject"),
            experience.c.id.label("experience_id"),
            experience.c.contact_id,
            experience.c.reference,
            experience.c.promised_on.label("day"),
            experience.c.risk,
            literal("").label("kind"),
            null().label("moved_to"),
            was_noted.label("was_noted"),
            last_day.label("last_day"),
            tellings.label("tellings"),
            _said(experience.c.contact_id, experience.c.opened_at).label("said"),
            _alerts_of(experience.c.id).label("is_alerted"),
            contact.c.locale,
            contact.c.opted_out_at,
        )
        .join_from(experience, contact, contact.c.id == experience.c.contact_id)
        # Both ways the first day has passed, which the index knows.
        .where(text(NEVER_READ), experience.c.promised_on < today, or_(not_(was_noted), last_day < today))
        .order_by(experience.c.promised_on, experience.c.id)
    )


def _undone(today: date) -> Select[*tuple[Any, ...]]:
    was_noted, last_day, tellings = _noted(task.c.id)
    heard_of_it = exists().where(*_to(task.c.contact_id), row_.key == MOVED, row_.created_at > task.c.created_at)
    # Whoever was not told that it was moved waits for the first day.
    named_day = case((and_(task.c.moved_from.is_not(None), not_(heard_of_it)), task.c.moved_from), else_=task.c.due_on)
    return (
        select(
            task.c.id.label("subject"),
            task.c.experience_id,
            task.c.contact_id,
            experience.c.reference,
            named_day.label("day"),
            case((named_day < task.c.due_on, task.c.due_on)).label("moved_to"),
            experience.c.risk,
            task.c.kind,
            was_noted.label("was_noted"),
            last_day.label("last_day"),
            tellings.label("tellings"),
            _said(task.c.contact_id, task.c.created_at).label("said"),
            _alerts_of(task.c.experience_id).label("is_alerted"),
            contact.c.locale,
            contact.c.opted_out_at,
        )
        .join_from(task, contact, contact.c.id == task.c.contact_id)
        .join(experience, experience.c.id == task.c.experience_id, isouter=True)
        .where(task.c.done_at.is_(None), named_day < today, task.c.kind.in_(TOLD_OF))
        .where(or_(not_(was_noted), last_day < today))
        .order_by(named_day, task.c.id)
    )


def _looks(experience_id: UUID) -> Select[*tuple[Any, ...]]:
    said = _said(task.c.contact_id, task.c.created_at)
    return select(task.c.due_on, task.c.created_at, task.c.done_at, said.label("said")).where(
        task.c.experience_id == experience_id, task.c.kind == LOOK_AGAIN
    )


def _kept_since(since: datetime) -> Select[*tuple[Any, ...]]:
    is_read = and_(missed.about == About.EXPERIENCE.value, experience.c.read_at.is_not(None))
    is_done = and_(missed.about == About.TASK.value, task.c.done_at.is_not(None))
    return (
        select(
            missed.subject,
            missed.outbound_id,
            row_.contact_id,
            experience.c.id.label("experience_id"),
            experience.c.reference,
            experience.c.read_at,
            contact.c.locale,
        )
        .join_from(missed_promise, outbound_message, row_.id == missed.outbound_id)
        .join(contact, contact.c.id == row_.contact_id)
        .join(experience, experience.c.id == missed.subject, isouter=True)
        .join(task, task.c.id == missed.subject, isouter=True)
        .where(missed.at >= since, missed.told == Told.TOLD.value, WAITS, or_(is_read, is_done))
        .order_by(missed.id)
    )
