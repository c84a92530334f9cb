"""``bot.passing_on``: what was passed on to teams and services, on the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, insert, not_, or_, select, update

from bot.conversation import Purpose
from bot.errors import WrongKeys
from bot.outgoing import OutboundState
from bot.passing_on import TASK, Kind, NewPassing, Passing, Recipient, Telling
from bot.records import StaffMember
from storage.audit import add_line
from storage.cards import word_of
from storage.database import Database
from storage.envelopes import open_answer, open_outbound, seal_answer
from storage.sealing import Sealer
from storage.tables import alert, consent, experience, inbound_message, outbound_message, passed_on, recipient, staff, task
from storage.tables.messages import InboundState
from storage.tombstones import forget_outbound
from storage.unit import AnyRow, Unit
from storage.wall import UNCLEARED, WALLED

one = passed_on.c
mail = outbound_message.alias("mail")
back = outbound_message.alias("back")
answerer, caller = staff.alias("answerer"), staff.alias("caller")

PASSINGS = (
    select(
        passed_on,
        experience.c.reference,
        recipient.c.name.label("recipient"),
        recipient.c.email,
        staff.c.name.label("by"),
        answerer.c.name.label("answerer"),
        caller.c.name.label("caller"),
        mail.c.state,
        mail.c.status,
        mail.c.error,
        back.c.state.label("back_state"),
        back.c.status.label("back_status"),
        WALLED.label("hidden"),
    )
    .join_from(passed_on, experience, experience.c.id == one.experience_id)
    .join(recipient, recipient.c.id == one.recipient_id)
    .join(staff, staff.c.id == one.staff_id)
    .join(mail, mail.c.id == one.outbound_id, isouter=True)
    .join(back, back.c.id == one.back_outbound_id, isouter=True)
    .join(answerer, answerer.c.id == one.answered_by, isouter=True)
    .join(caller, caller.c.id == one.called_back_by, isouter=True)
)

MAY_HAVE_LEFT = (OutboundState.SENT.value, OutboundState.UNKNOWN.value, OutboundState.SENDING.value)


def _said_last(purpose: Purpose) -> Any:
    return (
        select(consent.c.given)
        .where(consent.c.experience_id == one.experience_id, consent.c.purpose == purpose.value)
        .order_by(consent.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )


STANDS_AGAINST = or_(
    WALLED,
    _said_last(Purpose.PASS_TO_SERVICE).is_(False),
    and_(
        _said_last(Purpose.WORDS_IN_PUBLIC).is_not(True),
        not_(and_(recipient.c.casework, _said_last(Purpose.PASS_TO_SERVICE).is_(True))),
    ),
)
"""Meanwhile no yes of the family's covers whom it goes to, as ``bot.passing_on.agreed`` has it; or safeguarding has it."""

STILL_TRIED = or_(
    mail.c.state == OutboundState.PENDING.value, and_(mail.c.state == OutboundState.UNKNOWN.value, mail.c.not_before.is_not(None))
)
NOT_ANY_MORE = and_(STILL_TRIED, STANDS_AGAINST)
"""And the mail still waits, be it that it may have left before."""

MAY_CONCERN_IT = exists().where(
    alert.c.contact_id == experience.c.contact_id,
    alert.c.experience_id.is_(None),
    UNCLEARED,
    inbound_message.c.seq == alert.c.inbound_seq,
    inbound_message.c.state == InboundState.WAITING.value,
)
"""The same family is in danger, and their words have not had their turn: nobody knows yet to which experience they belong. Once
they have had it they belong to one, or to none for good, and then the wall stands before no other experience of theirs.
"""


class PassingActs(Unit):
    """``bot.passing_on.PassingWork``, as far as it is not ``bot.ports.Transaction``."""

    def add_passing(self, new: NewPassing, now: datetime) -> bool:
        held = select(experience.c.id, experience.c.contact_id).where(experience.c.id == new.experience_id).with_for_update()
        whose = self.connection.execute(held).one()
        same = and_(
            one.experience_id == new.experience_id,
            one.recipient_id == new.recipient_id,
            one.kind == new.kind.value,
            one.called_back_at.is_(None),
        )
        if self.connection.execute(select(one.id).where(or_(one.id == new.id, same))).first() is not None:
            return False
        values = {
            "id": new.id,
            "kind": new.kind.value,
            "experience_id": new.experience_id,
            "recipient_id": new.recipient_id,
            "staff_id": new.staff_id,
            "outbound_id": new.outbound_id,
            "answer_to": new.answer_to,
            "at": now,
            "due_on": new.due_on,
            "task_id": new.task_id,
            "telling": new.telling.value,
        }
        self.connection.execute(insert(passed_on), values)
        if new.task_id is not None:
            owed = {"id": new.task_id, "contact_id": whose.contact_id, "experience_id": new.experience_id, "kind": TASK}
            mine = {"owner_id": new.staff_id, "due_on": new.due_on, "created_at": now}
            self.connection.execute(insert(task), owed | mine)
        return True

    def try_passing_again(self, passing_id: UUID, outbound_id: UUID, *, tries: int) -> bool:
        stands = (one.id == passing_id, one.tries == tries, one.called_back_at.is_(None), not_(one.gone))
        return self._change_passing(stands, outbound_id=outbound_id, tries=tries + 1)

    def settle_family_told(self, passing_id: UUID, telling: Telling) -> bool:
        return self._change_passing((one.id == passing_id, one.telling == Telling.WANTED.value), telling=telling.value)

    def answer_passing(self, passing_id: UUID, staff_id: UUID, answer: str, now: datetime) -> bool:
        sealed = seal_answer(self.sealer, answer, passing_id)
        stands = (one.id == passing_id, one.answered_at.is_(None), one.called_back_at.is_(None), not_(one.gone))
        if not self._change_passing(stands, answer=sealed, answered_at=now, answered_by=staff_id):
            return False
        self._end_passing_task(passing_id, staff_id, "The answer stands with what was passed on.", now)
        return True

    def call_passing_back(
        self, passing_id: UUID, staff_id: UUID | None, outbound_id: UUID | None, outcome: str, now: datetime
    ) -> bool:
        values = {"called_back_at": now, "called_back_by": staff_id, "back_outbound_id": outbound_id}
        stands = (one.id == passing_id, one.called_back_at.is_(None))
        if not self._change_passing(stands, **values):
            return False
        self._change_passing((one.id == passing_id, one.telling == Telling.WANTED.value), telling=Telling.COULD_NOT.value)
        self._end_passing_task(passing_id, staff_id, outcome, now)
        return True

    def has_left(self, outbound_id: UUID) -> bool:
        """One that was forgotten on its way may have left too."""
        row = self.connection.execute(
            select(outbound_message.c.state, outbound_message.c.sealed, outbound_message.c.attempted_at)
            .where(outbound_message.c.id == outbound_id)
            .with_for_update()
        ).one_or_none()
        if row is None:
            return False
        was_on_its_way = row.state == OutboundState.CANCELLED and row.sealed is None and row.attempted_at is not None
        return row.state in MAY_HAVE_LEFT or was_on_its_way

    def _end_passing_task(self, passing_id: UUID, staff_id: UUID | None, outcome: str, now: datetime) -> None:
        its = select(one.task_id).where(one.id == passing_id).scalar_subquery()
        its_task = (task.c.id == its, task.c.done_at.is_(None))
        self.connection.execute(update(task).where(*its_task).values(done_at=now, done_by=staff_id, outcome=outcome))

    def _change_passing(self, stands: Sequence[ColumnElement[bool]], **values: object) -> bool:
        return bool(self.connection.execute(update(passed_on).where(*stands).values(**values)).rowcount)


def take_passings_back(unit: Unit, of_experiences: ColumnElement[bool]) -> None:
    """Words were taken back, removed or erased: what was passed on is forgotten here, and the sweep calls it back there."""
    take_these_back(unit, one.experience_id.in_(select(experience.c.id).where(of_experiences)))


def take_these_back(unit: Unit, theirs: ColumnElement[bool]) -> None:
    mails = list(unit.connection.execute(select(one.outbound_id).where(theirs)).scalars())
    if mails:
        forget_outbound(unit, or_(outbound_message.c.id.in_(mails), _tries(unit, theirs)))
        unit.connection.execute(update(passed_on).where(theirs).values(gone=True, answer=None))


def _tries(unit: Unit, theirs: ColumnElement[bool]) -> ColumnElement[bool]:
    """Every mail of these that left or failed before, by its key."""
    rows = unit.connection.execute(select(one.id, one.tries).where(theirs)).all()
    keys = [f"passed:{row.id}:{number}" for row in rows for number in range(row.tries)]
    return outbound_message.c.dedupe_key.in_(keys)


class SqlPassing:
    """``bot.passing_on.PassingRecords``."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def recipients(self) -> tuple[Recipient, ...]:
        """Praise is counted once for each experience, however often it was sent."""
        sent = select(one.recipient_id, one.kind, func.count(one.experience_id.distinct()).label("number")).where(
            one.called_back_at.is_(None), not_(one.gone)
        )
        with self._database.reading() as connection:
            rows = connection.execute(select(recipient).where(recipient.c.retired_at.is_(None)).order_by(recipient.c.name)).all()
            sums = connection.execute(sent.group_by(one.recipient_id, one.kind)).all()
        counted = {(row.recipient_id, row.kind): row.number for row in sums}
        return tuple(
            Recipient(
                id=row.id,
                name=row.name,
                email=row.email,
                casework=row.casework,
                thanks=counted.get((row.id, Kind.PRAISE.value), 0),
                requests=counted.get((row.id, Kind.REQUEST.value), 0),
            )
            for row in rows
        )

    def add_recipient(self, new: Recipient, member: StaffMember, now: datetime) -> None:
        with self._database.writing() as connection:
            values = {"id": new.id, "name": new.name, "email": new.email, "casework": new.casework}
            fresh = select(recipient.c.id).where(recipient.c.id == new.id)
            if connection.execute(fresh).first() is None:
                connection.execute(insert(recipient), values | {"added_at": now, "added_by": member.id})
                self._audit(connection, member, "add_recipient", new.id, now)

    def retire_recipient(self, recipient_id: UUID, member: StaffMember, now: datetime) -> bool:
        there = (recipient.c.id == recipient_id, recipient.c.retired_at.is_(None))
        with self._database.writing() as connection:
            done = bool(connection.execute(update(recipient).where(*there).values(retired_at=now)).rowcount)
            if done:
                self._audit(connection, member, "retire_recipient", recipient_id, now)
        return done

    def of_experience(self, experience_id: UUID) -> tuple[Passing, ...]:
        return self._found(PASSINGS.where(one.experience_id == experience_id).order_by(one.at.desc(), one.id))

    def passing(self, passing_id: UUID, *, with_safeguarding: bool) -> Passing | None:
        query = PASSINGS.where(one.id == passing_id, *_within(with_safeguarding=with_safeguarding)).add_columns(mail.c.sealed)
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _view(row, text=self._text(row), answer=self._answer(row))

    def newest(self, *, with_safeguarding: bool, limit: int) -> tuple[Passing, ...]:
        query = PASSINGS.where(*_within(with_safeguarding=with_safeguarding)).order_by(one.at.desc(), one.id).limit(limit)
        found = self._found(query)
        return tuple(sorted(found, key=lambda each: (not each.has_failed, not each.waits_for_answer)))

    def answers_went_to(self, staff_id: UUID) -> str:
        query = select(one.answer_to).where(one.staff_id == staff_id).order_by(one.at.desc(), one.id).limit(1)
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one_or_none() or ""

    def to_tell(self) -> Passing | None:
        wanted = (one.telling == Telling.WANTED.value, one.called_back_at.is_(None), not_(one.gone))
        sent = mail.c.state == OutboundState.SENT.value
        return next(iter(self._found(PASSINGS.where(*wanted, sent).order_by(one.at, one.id).limit(1))), None)

    def to_call_back(self) -> Passing | None:
        taken_back = or_(one.gone, NOT_ANY_MORE)
        found = self._found(PASSINGS.where(one.called_back_at.is_(None), taken_back).order_by(one.at, one.id).limit(1))
        return next(iter(found), None)

    def of_mail(self, outbound_id: UUID) -> tuple[Passing, bool] | None:
        query = PASSINGS.where(one.outbound_id == outbound_id).add_columns(or_(STANDS_AGAINST, MAY_CONCERN_IT).label("stays"))
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else (_view(row), bool(row.stays))

    def _found(self, query: Select[Any]) -> tuple[Passing, ...]:
        with self._database.reading() as connection:
            return tuple(_view(row) for row in connection.execute(query))

    def _text(self, row: AnyRow) -> str:
        if row.sealed is None:
            return ""
        try:
            return open_outbound(self._sealer, row.sealed, row.outbound_id, "email").text
        except WrongKeys:
            return ""

    def _answer(self, row: AnyRow) -> str:
        if row.answer is None:
            return ""
        try:
            return open_answer(self._sealer, row.answer, row.id)
        except WrongKeys:
            return ""

    def _audit(self, connection: Connection, member: StaffMember, action: str, recipient_id: UUID, now: datetime) -> None:
        unit = Unit(self._database, connection, self._sealer, redactor=str)
        add_line(unit, who=f"staff:{member.id}", action=action, record=f"recipient:{recipient_id}", why="", now=now)


def _within(*, with_safeguarding: bool) -> tuple[ColumnElement[bool], ...]:
    return () if with_safeguarding else (not_(WALLED),)


def _view(row: AnyRow, *, text: str = "", answer: str = "") -> Passing:
    return Passing(
        id=row.id,
        kind=Kind(row.kind),
        reference=row.reference,
        experience_id=row.experience_id,
        recipient_id=row.recipient_id,
        recipient=row.recipient,
        email=row.email,
        by=row.by,
        at=row.at,
        state=word_of(row) if row.state else "",
        error=row.error or "",
        answer_to=row.answer_to,
        tries=row.tries,
        outbound_id=row.outbound_id,
        task_id=row.task_id,
        due_on=row.due_on,
        text=text,
        answer=answer,
        answered_at=row.answered_at,
        answered_by=row.answerer or "",
        telling=Telling(row.telling),
        called_back_at=row.called_back_at,
        called_back_by=row.caller or "",
        back_state=row.back_state or "",
        gone=row.gone,
        is_with_safeguarding=bool(row.hidden),
    )
