"""``bot.mydata.Holdings``: all that is shown to one person of what is held about them, unsealed.

What was taken back or erased is not there any more. The texts for danger and the alerts are left out, and what staff noted
about anybody of whom there ever was an alert: a phone may be read by whoever is feared. In what staff wrote, names are masked,
those of the team above all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, exists, not_, select

from bot.conversation import Purpose
from bot.days import ZONE
from bot.errors import NotFound
from bot.heard import RiskLevel
from bot.media import RAW_KIND, RAW_POSITION, Blobs, MediaState
from bot.model import Address, ChannelName, InboundMessage, Locale, Manner
from bot.mydata import Agreed, Answer, Copy, Held, Noted, Owed, Sent, SentOn, TakenOut, Told, themes_of
from bot.outgoing import OutboundState
from bot.passing_on import TASK
from bot.removing import Why
from storage.cards import CARDS, cards
from storage.database import Database
from storage.envelopes import open_address, open_answer, open_inbound, open_note, open_outbound
from storage.erasing import GONE
from storage.happenings import WORDS_BEFORE
from storage.sealing import Sealer
from storage.tables import (
    address,
    alert,
    consent,
    contact,
    experience,
    inbound_message,
    media,
    outbound_message,
    passed_on,
    recipient,
    removed_passage,
    staff,
    staff_note,
    task,
)
from storage.unit import AnyRow, Redactor

_DANGER = "danger."
_SAID = (OutboundState.SENT.value, OutboundState.UNKNOWN.value)
_MAIL = "message/rfc822"
_NOT_THEIRS = ("threat", "spam", TASK)
"""Kinds of tasks that are the team's own judgement of a message, or that what was passed on says already."""
_SOMEBODY = "[…]"
"""Stands for a name of the team's, in any language."""


class SqlHoldings:
    """Reads only."""

    def __init__(self, database: Database, sealer: Sealer, blobs: Blobs, *, mask: Redactor = str) -> None:
        """``mask`` takes people's names and the like out of what staff wrote."""
        self._database = database
        self._sealer = sealer
        self._blobs = blobs
        self._mask = mask

    def contact_of(self, address_: Address) -> UUID | None:
        query = select(address.c.contact_id).where(address.c.blind_index == self._sealer.blind_index(address_))
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one_or_none()

    def held(self, contact_id: UUID) -> Held | None:
        with self._database.reading() as connection:
            person = connection.execute(
                select(contact).where(contact.c.id == contact_id, contact.c.erased_at.is_(None))
            ).one_or_none()
            if person is None:
                return None
            told = _cards(connection, contact_id)
            return Held(
                contact_id=contact_id,
                locale=Locale(person.locale),
                doors=self._doors(connection, contact_id),
                stopped_at=person.opted_out_at,
                sent=self._sent(connection, contact_id),
                answers=self._answers(connection, contact_id),
                told=told,
                agreed=_agreed(connection, contact_id),
                owed=_owed(connection, contact_id),
                noted=self._noted(connection, contact_id),
                sent_on=self._sent_on(connection, contact_id),
                taken_out=_taken_out(connection, contact_id),
            )

    def content(self, contact_id: UUID, file_id: UUID) -> bytes:
        query = (
            select(media.c.blob)
            .join_from(media, inbound_message, inbound_message.c.seq == media.c.inbound_seq)
            .where(media.c.id == file_id, media.c.state == MediaState.KEPT.value)
            .where(inbound_message.c.contact_id == contact_id, inbound_message.c.state.not_in(GONE))
        )
        with self._database.reading() as connection:
            blob: UUID | None = connection.execute(query).scalar_one_or_none()
        if blob is None:
            raise NotFound
        return self._blobs.get(blob)

    def _doors(self, connection: Connection, contact_id: UUID) -> tuple[Address, ...]:
        query = select(address).where(address.c.contact_id == contact_id).order_by(address.c.created_at, address.c.id)
        return tuple(open_address(self._sealer, row.sealed, row.id) for row in connection.execute(query))

    def _sent(self, connection: Connection, contact_id: UUID) -> tuple[Sent, ...]:
        query = (
            select(inbound_message)
            .where(inbound_message.c.contact_id == contact_id, inbound_message.c.state.not_in(GONE))
            .order_by(inbound_message.c.seq)
        )
        rows = connection.execute(query).all()
        files = _files(connection, select(inbound_message.c.seq).where(inbound_message.c.contact_id == contact_id))
        return tuple(self._message(row, files[row.seq]) for row in rows)

    def _message(self, row: AnyRow, files: list[AnyRow]) -> Sent:
        message = open_inbound(self._sealer, row.sealed, row.id, row.channel)
        at = message.sent_at if message.manner is Manner.KEEP and message.sent_at else row.received_at
        return Sent(
            at=at,
            channel=ChannelName(row.channel),
            text=message.text,
            before=message.details.get(WORDS_BEFORE, ""),
            place=_place(message),
            files=tuple(_copy(file, message) for file in files),
            proved=message.verified,
        )

    def _answers(self, connection: Connection, contact_id: UUID) -> tuple[Answer, ...]:
        query = (
            select(outbound_message)
            .where(outbound_message.c.contact_id == contact_id, outbound_message.c.state.in_(_SAID))
            .where(outbound_message.c.sealed.is_not(None), outbound_message.c.alert_id.is_(None))
            .order_by(outbound_message.c.seq)
        )
        found = []
        for row in connection.execute(query):
            if row.key.startswith(_DANGER):
                continue
            outgoing = open_outbound(self._sealer, row.sealed, row.id, row.channel)
            at = row.sent_at or row.created_at
            found.append(Answer(at=at, channel=ChannelName(row.channel), text=outgoing.text, by_person=outgoing.by_person))
        return tuple(found)

    def _noted(self, connection: Connection, contact_id: UUID) -> tuple[Noted, ...]:
        if connection.execute(select(alert.c.id).where(alert.c.contact_id == contact_id).limit(1)).first() is not None:
            return ()
        query = (
            select(staff_note, experience.c.reference)
            .join_from(staff_note, experience, experience.c.id == staff_note.c.experience_id)
            .where(*_of_theirs(contact_id), staff_note.c.undone_at.is_(None))
            .order_by(staff_note.c.written_at, staff_note.c.id)
        )
        rows = connection.execute(query).all()
        without = _team_names(connection) if rows else None
        return tuple(
            Noted(
                at=row.written_at,
                reference=row.reference,
                text=self._masked(open_note(self._sealer, row.sealed, row.id), without),
            )
            for row in rows
        )

    def _sent_on(self, connection: Connection, contact_id: UUID) -> tuple[SentOn, ...]:
        """What may have left. What was called back before it did went to nobody."""
        mail, its = outbound_message.c, passed_on.c
        query = (
            select(its.id, its.at, its.answer, its.called_back_at, recipient.c.name, experience.c.reference)
            .add_columns(mail.id.label("mail_id"), mail.sealed, mail.channel)
            .join_from(passed_on, experience, experience.c.id == its.experience_id)
            .join(recipient, recipient.c.id == its.recipient_id)
            .join(outbound_message, mail.id == its.outbound_id)
            .where(*_of_theirs(contact_id), mail.state.in_(_SAID), mail.sealed.is_not(None))
            .order_by(its.at, its.id)
        )
        rows = connection.execute(query).all()
        without = _team_names(connection) if rows else None
        return tuple(
            SentOn(
                at=row.at,
                reference=row.reference,
                to=row.name,
                text=self._masked(open_outbound(self._sealer, row.sealed, row.mail_id, row.channel).text, without),
                answer=self._masked(open_answer(self._sealer, row.answer, row.id), without) if row.answer else "",
                called_back_at=row.called_back_at,
            )
            for row in rows
        )

    def _masked(self, text: str, names: re.Pattern[str] | None) -> str:
        return self._mask(names.sub(_SOMEBODY, text) if names else text)


def _of_theirs(contact_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """An experience of this person's that never was a matter of safety."""
    alerted = exists().where(alert.c.experience_id == experience.c.id)
    calm = experience.c.risk < int(RiskLevel.CONCERN)
    return experience.c.contact_id == contact_id, experience.c.withdrawn.is_(False), calm, not_(alerted)


def _team_names(connection: Connection) -> re.Pattern[str] | None:
    """The names of everybody who works or worked here, whole and in their parts."""
    whole = connection.execute(select(staff.c.name)).scalars().all()
    parts = {part for name in whole for part in (name, *name.split()) if len(part) > 1}
    longest_first = sorted(parts, key=lambda part: (-len(part), part))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b") if parts else None


def _cards(connection: Connection, contact_id: UUID) -> tuple[Told, ...]:
    wanted = CARDS.where(experience.c.contact_id == contact_id, experience.c.withdrawn.is_(False))
    rows = connection.execute(wanted.order_by(experience.c.opened_at, experience.c.id)).all()
    return tuple(
        Told(
            reference=card.reference,
            opened_at=card.opened_at,
            promised_on=card.promised_on,
            read_on=None if card.read_at is None else card.read_at.astimezone(ZONE).date(),
            themes=themes_of(card.passages),
        )
        for card in cards(connection, rows)
    )


def _agreed(connection: Connection, contact_id: UUID) -> tuple[Agreed, ...]:
    query = (
        select(consent, experience.c.reference)
        .join_from(consent, experience, experience.c.id == consent.c.experience_id, isouter=True)
        .where(consent.c.contact_id == contact_id)
        .order_by(consent.c.id)
    )
    return tuple(
        Agreed(at=row.at, purpose=Purpose(row.purpose), given=row.given, wording=row.wording, reference=row.reference)
        for row in connection.execute(query)
    )


def _owed(connection: Connection, contact_id: UUID) -> tuple[Owed, ...]:
    query = select(task).where(task.c.contact_id == contact_id, task.c.kind.not_in(_NOT_THEIRS))
    rows = connection.execute(query.order_by(task.c.due_on, task.c.created_at, task.c.id))
    return tuple(Owed(kind=row.kind, due_on=row.due_on, done_at=row.done_at) for row in rows)


def _taken_out(connection: Connection, contact_id: UUID) -> tuple[TakenOut, ...]:
    its = removed_passage.c
    query = (
        select(its.at, its.why, experience.c.reference)
        .join_from(removed_passage, experience, experience.c.id == its.experience_id)
        .where(*_of_theirs(contact_id), its.put_back_at.is_(None))
        .order_by(its.at, its.id)
    )
    rows = connection.execute(query)
    return tuple(TakenOut(at=row.at, reference=row.reference, asked=row.why == Why.ASKED) for row in rows)


def _files(connection: Connection, of_messages: Select[tuple[int]]) -> defaultdict[int, list[AnyRow]]:
    query = select(media).where(media.c.inbound_seq.in_(of_messages), media.c.state != MediaState.ERASED.value)
    found: defaultdict[int, list[AnyRow]] = defaultdict(list)
    for row in connection.execute(query.order_by(media.c.inbound_seq, media.c.position)):
        found[row.inbound_seq].append(row)
    return found


def _copy(row: AnyRow, message: InboundMessage) -> Copy:
    is_whole = row.position == RAW_POSITION
    listed = message.media[row.position] if 0 <= row.position < len(message.media) else None
    return Copy(
        id=row.id,
        kind=RAW_KIND if is_whole else row.kind,
        content_type=_MAIL if is_whole else row.content_type or "",
        size=row.size or 0,
        state=MediaState(row.state),
        name=listed.name if listed else "",
    )


def _place(message: InboundMessage) -> str:
    pin = message.location
    if pin is None:
        return ""
    return " ".join(part for part in (f"{pin.latitude}, {pin.longitude}", pin.label) if part)
