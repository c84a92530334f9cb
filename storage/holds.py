"""Talks the team has, and the letters that wait in them: ``bot.talks_held`` on the store."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    update,
)

from bot.errors import WrongKeys
from bot.model import ChannelName
from bot.talks_held import HELD_TASK, Letter, NewLetter, Released, Talk
from bot.writing import BY_PERSON
from storage import conversations
from storage.database import Database
from storage.envelopes import open_address, open_inbound, open_letter, seal_letter
from storage.peace import peace_of
from storage.people import interrupt
from storage.sealing import Sealer
from storage.tables import (
    address,
    alert,
    contact,
    conversation,
    experience,
    inbound_message,
    letter,
    outbound_message,
    staff,
    task,
)
from storage.unit import AnyRow, Unit
from storage.wall import UNCLEARED

TOLD_HERE = select(experience.c.id).where(
    experience.c.contact_id == conversation.c.contact_id, experience.c.channel == conversation.c.channel
)
WITH_SAFEGUARDING = exists().where(
    alert.c.contact_id == conversation.c.contact_id,
    UNCLEARED,
    or_(alert.c.experience_id.is_(None), alert.c.experience_id.in_(TOLD_HERE)),
)
"""Something they told in this talk is with safeguarding, or something that has no experience yet: the talk is behind the wall."""

TALKS = (
    select(conversation, contact.c.opted_out_at, staff.c.name, WITH_SAFEGUARDING.label("is_with_safeguarding"))
    .join_from(conversation, contact, contact.c.id == conversation.c.contact_id)
    .join(staff, staff.c.id == conversation.c.held_by, isouter=True)
    .where(conversation.c.closed_at.is_(None))
)

# Of the addresses that are still theirs, the one they wrote from last on this channel.
LAST = (
    select(
        address.c.id,
        address.c.sealed,
        inbound_message.c.id.label("message_id"),
        inbound_message.c.sealed.label("message"),
        inbound_message.c.received_at,
    )
    .join_from(inbound_message, address, address.c.blind_index == inbound_message.c.address_index)
    .where(
        inbound_message.c.contact_id == bindparam("of_contact"),
        inbound_message.c.channel == bindparam("on"),
        address.c.contact_id == bindparam("of_contact"),
    )
    .order_by(inbound_message.c.seq.desc())
    .limit(1)
)

NEWEST = (
    select(experience.c.id, experience.c.reference)
    .where(
        experience.c.contact_id == bindparam("of_contact"),
        experience.c.channel == bindparam("on"),
        experience.c.withdrawn.is_(False),
    )
    .order_by(experience.c.opened_at.desc(), experience.c.id)
    .limit(1)
)

WAITING_SINCE = select(func.min(inbound_message.c.received_at, type_=inbound_message.c.received_at.type)).where(
    inbound_message.c.contact_id == bindparam("of_contact"),
    inbound_message.c.channel == bindparam("on"),
    inbound_message.c.received_at > bindparam("word", type_=inbound_message.c.received_at.type),
)

LETTERS = select(letter, staff.c.name).join_from(letter, staff, staff.c.id == letter.c.staff_id).order_by(letter.c.written_at)

BOT_HAS_IT = {
    "held_at": None,
    "held_by": None,
    "held_word_at": None,
    "held_swept_at": None,
    "held_told": False,
    "held_kept_on": None,
}


class Holds(Unit):
    """``bot.talks_held.HoldWork``, as far as it is not ``bot.ports.Transaction``; and what providers tell of a hold."""

    def hold_talk(self, contact_id: UUID, channel: ChannelName, at: datetime | None, *, word: bool = False) -> bool:
        theirs = (
            conversation.c.contact_id == contact_id,
            conversation.c.channel == channel,
            conversation.c.closed_at.is_(None),
        )
        values: dict[str, Any] = dict(BOT_HAS_IT)
        if at is not None:
            values = {"held_at": func.coalesce(conversation.c.held_at, literal(at, conversation.c.held_at.type))}
        if at is not None and word:
            values["held_word_at"] = at
        return bool(self.connection.execute(update(conversation).where(*theirs).values(values)).rowcount)

    def take_talk(self, talk: Talk, staff_id: UUID, now: datetime) -> bool:
        interrupt(self, talk.contact_id)  # or a turn under way would answer after the person was told that nobody would
        free = self.connection.execute(
            update(conversation)
            .where(conversation.c.id == talk.id, conversation.c.held_at.is_(None), conversation.c.closed_at.is_(None))
            .values(BOT_HAS_IT | {"held_at": now, "held_by": staff_id})
        ).rowcount
        if not free:
            self._change(talk.id, held_by=staff_id)
        return bool(free)

    def give_talk_back(self, talk: Talk) -> bool:
        interrupt(self, talk.contact_id)
        was_held = update(conversation).where(conversation.c.id == talk.id, conversation.c.held_at.is_not(None))
        return bool(self.connection.execute(was_held.values(BOT_HAS_IT)).rowcount)

    def note_word(self, talk: Talk, now: datetime) -> None:
        self._change(talk.id, held_word_at=now)

    def unsay_word(self, talk: Talk, released: Released) -> None:
        waits = select(func.max(letter.c.written_at, type_=letter.c.written_at.type)).where(letter.c.conversation_id == talk.id)
        left = select(func.max(outbound_message.c.created_at, type_=outbound_message.c.created_at.type)).where(
            outbound_message.c.conversation_id == talk.id,
            outbound_message.c.key == BY_PERSON,
            outbound_message.c.created_at >= talk.held_at,
        )
        words = [self.connection.execute(query).scalar_one() for query in (waits, left)]
        theirs = (conversation.c.id == talk.id, conversation.c.held_word_at == released.written_at)
        before = max((word for word in words if word is not None), default=None)
        self.connection.execute(update(conversation).where(*theirs).values(held_word_at=before))
        done_by_it = (
            task.c.contact_id == talk.contact_id,
            task.c.kind == HELD_TASK,
            task.c.done_at == released.written_at,
            task.c.done_by == released.staff_id,
        )
        self.connection.execute(update(task).where(*done_by_it).values(done_at=None, done_by=None))

    def keep_hold(self, talk: Talk, day: date) -> None:
        self._change(talk.id, held_kept_on=day)

    def sweep_hold(self, talk: Talk, *, told: bool, now: datetime) -> bool:
        unchanged = (
            conversation.c.id == talk.id,
            conversation.c.held_at == talk.held_at,
            conversation.c.held_swept_at.is_(None),
            conversation.c.closed_at.is_(None),
            conversation.c.held_word_at == talk.word_at if talk.word_at else conversation.c.held_word_at.is_(None),
        )
        found = self.connection.execute(update(conversation).where(*unchanged).values(held_swept_at=now, held_told=told))
        return bool(found.rowcount)

    def finish_held_tasks(self, contact_id: UUID, staff_id: UUID, now: datetime) -> None:
        open_ones = (task.c.contact_id == contact_id, task.c.kind == HELD_TASK, task.c.done_at.is_(None))
        self.connection.execute(update(task).where(*open_ones).values(done_at=now, done_by=staff_id))

    def add_letter(self, new: NewLetter, now: datetime) -> bool:
        values = {
            "id": new.id,
            "contact_id": new.contact_id,
            "conversation_id": new.conversation_id,
            "staff_id": new.staff_id,
            "sealed": seal_letter(self.sealer, new.text, new.id),
            "redacted": self.people(new.text),
            "written_at": now,
            "goes_at": new.goes_at,
        }
        return bool(self.database.insert_once(letter, "id").run(self.connection, values).rowcount)

    def drop_letter(self, letter_id: UUID) -> Released | None:
        row = self.connection.execute(
            delete(letter).where(letter.c.id == letter_id).returning(letter.c.staff_id, letter.c.sealed, letter.c.written_at)
        ).one_or_none()
        if row is None:
            return None
        return Released(row.staff_id, open_letter(self.sealer, row.sealed, letter_id), row.written_at)

    def stands_as(self, talk: Talk) -> bool:
        unchanged = (
            conversation.c.id == talk.id,
            conversation.c.closed_at.is_(None),
            conversation.c.held_at == talk.held_at,
            conversation.c.held_by == talk.held_by,
            conversation.c.held_word_at == talk.word_at if talk.word_at else conversation.c.held_word_at.is_(None),
        )
        return self.connection.execute(select(conversation.c.id).where(*unchanged).with_for_update()).first() is not None

    def _change(self, conversation_id: UUID, **values: object) -> None:
        self.connection.execute(update(conversation).where(conversation.c.id == conversation_id).values(**values))


class SqlTalks:
    """``bot.talks_held.TalkRecords``."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def talk(self, reference: str) -> Talk | None:
        here = and_(
            experience.c.contact_id == conversation.c.contact_id,
            experience.c.channel == conversation.c.channel,
            experience.c.reference == reference,
            experience.c.withdrawn.is_(False),
        )
        return self._one(TALKS.where(exists().where(here)))

    def talk_of_task(self, task_id: UUID) -> Talk | None:
        """The talk of its experience; without one, the talk that person had last."""
        row = select(task.c.contact_id, experience.c.channel, experience.c.contact_id.label("of_experience")).join_from(
            task, experience, experience.c.id == task.c.experience_id, isouter=True
        )
        with self._database.reading() as connection:
            found = connection.execute(row.where(task.c.id == task_id)).one_or_none()
        if found is None:
            return None
        theirs = TALKS.where(conversation.c.contact_id == (found.of_experience or found.contact_id))
        if found.channel is not None:
            theirs = theirs.where(conversation.c.channel == found.channel)
        return self._one(theirs.order_by(conversation.c.last_at.desc()).limit(1))

    def talk_of_letter(self, letter_id: UUID) -> Talk | None:
        return self._one(TALKS.where(self._goes_on(select(letter).where(letter.c.id == letter_id))))

    def held(self) -> tuple[Talk, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(TALKS.where(conversation.c.held_at.is_not(None))).all()
            found = [talk_of(connection, self._sealer, row) for row in rows]
        return tuple(talk for talk in found if talk is not None)

    def letters(self, conversation_id: UUID) -> tuple[Letter, ...]:
        return self._letters(letter.c.conversation_id == conversation_id)

    def letters_due(self, now: datetime) -> tuple[Letter, ...]:
        return self._letters(letter.c.goes_at <= now)

    def _goes_on(self, one: Select[tuple[object, ...]]) -> ColumnElement[bool]:
        """The conversation a letter was written in; where two talks became one since, the one that goes on."""
        with self._database.reading() as connection:
            row = connection.execute(one).one_or_none()
            if row is None:
                return false()
            channel = connection.execute(
                select(conversation.c.channel).where(conversation.c.id == row.conversation_id)
            ).scalar_one_or_none()
        return or_(
            conversation.c.id == row.conversation_id,
            and_(conversation.c.contact_id == row.contact_id, conversation.c.channel == channel),
        )

    def _letters(self, which: ColumnElement[bool]) -> tuple[Letter, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(LETTERS.where(which)).all()
        return tuple(
            Letter(
                id=row.id,
                conversation_id=row.conversation_id,
                staff_id=row.staff_id,
                by=row.name,
                text=row.redacted,
                goes_at=row.goes_at,
            )
            for row in rows
        )

    def _one(self, query: Select[tuple[object, ...]]) -> Talk | None:
        with self._database.reading() as connection:
            row = connection.execute(query).first()
            return None if row is None else talk_of(connection, self._sealer, row)


def talk_of(connection: Connection, sealer: Sealer, row: AnyRow) -> Talk | None:
    """A row of ``TALKS`` with where its person is reached; None: nowhere, or the keys are not those it was sealed with."""
    whose = {"of_contact": row.contact_id, "on": row.channel}
    last = connection.execute(LAST, whose).one_or_none()
    if last is None:
        return None
    newest = connection.execute(NEWEST, whose).one_or_none()
    word = row.held_word_at or row.held_at
    waiting = None if word is None else connection.execute(WAITING_SINCE, whose | {"word": word}).scalar_one()
    try:
        where = open_address(sealer, last.sealed, last.id)
        message = None if last.message is None else open_inbound(sealer, last.message, last.message_id, row.channel)
    except WrongKeys:
        return None
    return Talk(
        id=row.id,
        contact_id=row.contact_id,
        experience_id=None if newest is None else newest.id,
        reference=None if newest is None else newest.reference,
        channel=ChannelName(row.channel),
        address=where,
        thread={} if message is None else message.thread,
        locale=conversations.from_json(row.state).locale,
        heard_at=last.received_at,
        has_stopped=row.opted_out_at is not None,
        is_with_safeguarding=row.is_with_safeguarding,
        in_peace=peace_of(connection, row.contact_id).is_for(row.contact_id),
        held_at=row.held_at,
        held_by=row.held_by,
        holder=row.name or "",
        word_at=row.held_word_at,
        waiting_since=waiting,
        swept_at=row.held_swept_at,
        told=row.held_told,
        kept_on=row.held_kept_on,
    )
