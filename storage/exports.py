"""Exports, in batches, so that neither memory nor a transaction grows with the store."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, or_, select

from bot.cards import BY_PARENT, ExperienceCard
from bot.conversation import Purpose
from bot.errors import NotFound, WrongKeys
from bot.exports import ACTIONS, Stretch
from bot.heard import RiskLevel
from bot.inbox import InboxFilter
from bot.model import ChannelName
from bot.records import ExportedMessage
from bot.review import tags
from storage.action_export import actions_with_links, export_actions
from storage.cards import CARDS, cards, word_of
from storage.database import Database
from storage.envelopes import open_inbound, open_outbound
from storage.inbox import conditions
from storage.sealing import Sealer
from storage.tables import action, audit, decision, experience, exported, inbound_message, outbound_message, passage, staff
from storage.unit import AnyRow

BATCH = 500

STAYS_SEALED = "sealed: wrong key"
"""The state of a message whose words do not open: changed, moved from another row, or sealed with a key we lack."""

INBOUND = (
    select(inbound_message, experience.c.reference)
    .join_from(inbound_message, experience, experience.c.id == inbound_message.c.experience_id, isouter=True)
    .where(inbound_message.c.seq > bindparam("after"))
    .order_by(inbound_message.c.seq)
    .limit(BATCH)
)

# What we said belongs to the experience of the person's last words before it.
spoken_before = inbound_message.alias("spoken_before")
OUTBOUND = (
    select(
        outbound_message,
        select(experience.c.reference)
        .join_from(spoken_before, experience, experience.c.id == spoken_before.c.experience_id)
        .where(
            spoken_before.c.contact_id == outbound_message.c.contact_id,
            spoken_before.c.channel == outbound_message.c.channel,
            spoken_before.c.seq < outbound_message.c.seq,
        )
        .order_by(spoken_before.c.seq.desc())
        .limit(1)
        .scalar_subquery()
        .label("reference"),
    )
    .where(outbound_message.c.seq > bindparam("after"))
    .order_by(outbound_message.c.seq)
    .limit(BATCH)
)

EXPERIENCES = CARDS.where(experience.c.withdrawn.is_(False)).order_by(experience.c.opened_at, experience.c.id)

DECIDED = (
    select(
        decision.c.id,
        decision.c.at,
        experience.c.reference,
        decision.c.passage_id,
        passage.c.text,
        decision.c.theme,
        decision.c.verdict,
        staff.c.name,
        decision.c.why,
        decision.c.taxonomy,
        decision.c.undone_at,
    )
    .join_from(decision, passage, passage.c.id == decision.c.passage_id)
    .join(experience, experience.c.id == passage.c.experience_id)
    .join(staff, staff.c.id == decision.c.staff_id, isouter=True)
)
DECISIONS = DECIDED.where(decision.c.id > bindparam("after")).order_by(decision.c.id).limit(BATCH)

AUDIT = select(audit).where(audit.c.number > bindparam("after")).order_by(audit.c.number).limit(BATCH)


class SqlExports:
    """``bot.exports.ExportRecords``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, what: str, wanted: InboxFilter) -> int:
        with self._database.reading() as connection:
            if what == ACTIONS:
                return connection.execute(select(func.count()).select_from(action)).scalar_one()
            found = select(func.count()).select_from(experience).where(*conditions(connection, wanted))
            return connection.execute(found).scalar_one()

    def next(self, job_id: UUID, what: str, wanted: InboxFilter, *, after: str, limit: int) -> Stretch:
        """What it holds is written down before it can be in any file, and with the experiences locked: who takes words out of
        the record meanwhile waits, and then sees that this export has them. Actions come all at once, and hold what is linked
        to them.
        """
        if what == ACTIONS:
            with self._database.writing() as connection:
                actions, held = actions_with_links(connection, lock=True)
                self._note(connection, job_id, held)
            return Stretch(rows=actions, looked_at=len(actions), place=None)
        with self._database.writing() as connection:
            query = CARDS.where(*conditions(connection, wanted), *_after(after)).order_by(experience.c.opened_at, experience.c.id)
            rows = connection.execute(query.limit(limit).with_for_update(read=True, of=experience)).all()
            made: list[Mapping[str, object]]
            if what == "decisions":
                made, held = _decisions_of(connection, [row.id for row in rows])
            else:
                made = [_experience(row, card) for row, card in zip(rows, cards(connection, rows), strict=True)]
                held = [row.id for row in rows]
            self._note(connection, job_id, held)
        place = f"{rows[-1].opened_at.isoformat()} {rows[-1].id}" if len(rows) == limit else None
        return Stretch(rows=made, looked_at=len(rows), place=place)

    def _note(self, connection: Connection, job_id: UUID, held: Sequence[UUID]) -> None:
        note = self._database.insert_once(exported, "job_id", "experience_id")
        for each in held:
            note.run(connection, {"job_id": job_id, "experience_id": each})


def _after(place: str) -> list[ColumnElement[bool]]:
    if not place:
        return []
    opened_at, _, last = place.partition(" ")
    moment = datetime.fromisoformat(opened_at)
    at_once = and_(experience.c.opened_at == moment, experience.c.id > UUID(last))
    return [or_(experience.c.opened_at > moment, at_once)]


def _decisions_of(connection: Connection, ids: Sequence[UUID]) -> tuple[list[Mapping[str, object]], list[UUID]]:
    query = DECIDED.add_columns(experience.c.id.label("experience_id")).where(experience.c.id.in_(ids)).order_by(decision.c.id)
    rows = connection.execute(query).all()
    return [_decision(row) for row in rows], list(dict.fromkeys(row.experience_id for row in rows))


def export_messages(database: Database, sealer: Sealer) -> Iterator[ExportedMessage]:
    """``bot.ports.Store.export_messages``: both directions, unsealed, in the order of acceptance."""
    came = (_came(sealer, row) for row in _in_batches(database, INBOUND, "seq"))
    went = (_went(sealer, row) for row in _in_batches(database, OUTBOUND, "seq"))
    return heapq.merge(came, went, key=lambda message: message.seq)


def export_rows(database: Database, what: str) -> Iterable[Mapping[str, object]]:
    """``bot.ports.Store.export_rows``. Raises ``NotFound`` for anything else."""
    if what == "experiences":
        return _experiences(database)
    if what == "decisions":
        return (_decision(row) for row in _in_batches(database, DECISIONS, "id"))
    if what == "actions":
        return export_actions(database)
    if what == "audit":
        return (_audit_line(row) for row in _in_batches(database, AUDIT, "number"))
    raise NotFound(f"there is no export of {what}")


def _in_batches(database: Database, query: Select[*tuple[Any, ...]], number: str) -> Iterator[AnyRow]:
    after = 0
    while True:
        with database.reading() as connection:
            rows = connection.execute(query, {"after": after}).all()
        yield from rows
        if len(rows) < BATCH:
            return
        after = getattr(rows[-1], number)


def _came(sealer: Sealer, row: AnyRow) -> ExportedMessage:
    message, state = None, row.state
    if row.sealed is not None:
        try:
            message = open_inbound(sealer, row.sealed, row.id, row.channel)
        except WrongKeys:
            state = STAYS_SEALED
    return ExportedMessage(
        seq=row.seq,
        direction="inbound",
        channel=ChannelName(row.channel),
        external_id=row.external_id if message is None else message.external_id,
        contact=row.contact_id,
        text="" if message is None else message.text,
        at=row.received_at,
        state=state,
        experience=row.reference,
    )


def _went(sealer: Sealer, row: AnyRow) -> ExportedMessage:
    text, state = "", word_of(row)
    if row.sealed is not None:
        try:
            text = open_outbound(sealer, row.sealed, row.id, row.channel).text
        except WrongKeys:
            state = STAYS_SEALED
    return ExportedMessage(
        seq=row.seq,
        direction="outbound",
        channel=ChannelName(row.channel),
        external_id=row.provider_id,
        contact=row.contact_id,
        text=text,
        at=row.created_at,
        state=state,
        experience=row.reference,
    )


def _experiences(database: Database) -> Iterator[Mapping[str, object]]:
    query = EXPERIENCES
    while True:
        with database.reading() as connection:
            rows = connection.execute(query.limit(BATCH)).all()
            listed = cards(connection, rows)
        for row, card in zip(rows, listed, strict=True):
            yield _experience(row, card)
        if len(rows) < BATCH:
            return
        last = rows[-1]
        query = EXPERIENCES.where(
            or_(
                experience.c.opened_at > last.opened_at,
                and_(experience.c.opened_at == last.opened_at, experience.c.id > last.id),
            )
        )


def _experience(row: AnyRow, card: ExperienceCard) -> Mapping[str, object]:
    return {
        "reference": card.reference,
        "channel": card.channel,
        "locale": card.locale,
        "speaker": card.speaker.value,
        "risk": RiskLevel(card.risk).word,
        "opened_at": card.opened_at,
        "closed_at": row.closed_at,
        "promised_on": card.promised_on,
        "read_at": card.read_at,
        "read_by": card.read_by,
        "place": card.place,
        "district": row.district,
        "service": row.service,
        "age_band": row.age_band,
        "needs_translation": card.needs_translation,
        "parked": card.parked,
        "as_one": card.as_one,
        "messages": card.messages,
        "text": "\n".join(each.text for each in card.passages if not each.translated),
        "translation": "\n".join(each.text for each in card.passages if each.translated),
        "themes": [[tag.theme for tag in tags(each)] for each in card.passages],
        "polarity": [each.polarity.value for each in card.passages],
        "suggestions": [[theme.theme for theme in each.suggestions] for each in card.passages],
        **{f"consent_{purpose.value}": card.consents.get(purpose) for purpose in Purpose},
    }


def _decision(row: AnyRow) -> Mapping[str, object]:
    return {
        "at": row.at,
        "reference": row.reference,
        "passage": row.passage_id,
        "text": row.text,
        "theme": row.theme,
        "verdict": row.verdict,
        "by": row.name or BY_PARENT,
        "why": row.why,
        "taxonomy": row.taxonomy,
        "undone_at": row.undone_at,
    }


def _audit_line(row: AnyRow) -> Mapping[str, object]:
    return {"number": row.number, "at": row.at, "who": row.who, "action": row.action, "record": row.record, "why": row.why}
