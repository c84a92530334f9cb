"""Translations on the store: ``bot.translations``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, insert, not_, select, update

from bot.heard import Heard, Passage, RiskLevel
from bot.model import ENGLISH, Locale
from bot.passages import digest_of
from bot.translations import Entered, NewTranslation, Original, Version
from storage.database import Database
from storage.envelopes import open_translation, seal_translation
from storage.experiences import Experiences, measure_sureness
from storage.masking import hide_said_in_translation
from storage.sealing import Sealer
from storage.tables import alert, contact, decision, experience, inbound_message, passage, staff, suggestion, translation
from storage.tables.messages import InboundState
from storage.unit import AnyRow

IS_FOREIGN = and_(
    inbound_message.c.locale.is_not(None), inbound_message.c.locale != ENGLISH, not_(inbound_message.c.locale.startswith("en-"))
)
IN_RECORD = (
    inbound_message.c.is_story,
    inbound_message.c.state.in_((InboundState.HEARD.value, InboundState.WAITING.value)),
    inbound_message.c.redacted != "",
)
STILL_FOREIGN = exists().where(
    inbound_message.c.experience_id == experience.c.id,
    *IN_RECORD,
    IS_FOREIGN,
    ~exists().where(translation.c.inbound_seq == inbound_message.c.seq),
)
GRAVEST = select(func.max(alert.c.level)).where(alert.c.inbound_seq == inbound_message.c.seq).scalar_subquery()
HOLD_WRITER = (
    select(contact.c.id)
    .join_from(inbound_message, contact, contact.c.id == inbound_message.c.contact_id)
    .where(inbound_message.c.seq == bindparam("of_message"))
    .with_for_update(of=contact, key_share=True)
)
"""The person comes first, as in every turn: whoever hides or removes a word of theirs at this moment waits, or has done it."""

AFTER_THE_ORIGINAL = 1000
"""From this position on: the passages of a translation stand behind those of the words themselves."""


class Translating(Experiences):
    """``bot.translations.TranslationWork``, as far as it is not ``bot.ports.Transaction``."""

    def add_translation(self, new: NewTranslation, now: datetime) -> Entered:
        self.connection.execute(HOLD_WRITER, {"of_message": new.inbound_seq})
        stays = select(inbound_message.c.redacted).where(
            inbound_message.c.seq == new.inbound_seq, inbound_message.c.sealed.is_not(None), *IN_RECORD
        )
        words = self.connection.execute(stays.with_for_update()).scalar_one_or_none()
        if words is None or digest_of(words) != new.of:
            return Entered.CHANGED
        newest = select(func.coalesce(func.max(translation.c.version), 0)).where(translation.c.inbound_seq == new.inbound_seq)
        if self.connection.execute(newest).scalar_one() != new.version - 1:
            return Entered.OVERTAKEN
        values = {
            "id": new.id,
            "inbound_seq": new.inbound_seq,
            "version": new.version,
            "staff_id": new.staff_id,
            "sealed": seal_translation(self.sealer, new.text, new.id),
            "written_at": now,
        }
        self.connection.execute(insert(translation), values)
        return Entered.KEPT

    def mark_translation_heard(self, translation_id: UUID, heard: Heard, *, tagger: str, taxonomy: str, now: datetime) -> bool:
        of_message = select(translation.c.inbound_seq).where(translation.c.id == translation_id)
        self.connection.execute(HOLD_WRITER, {"of_message": self.connection.execute(of_message).scalar_one_or_none()})
        row = self.connection.execute(
            update(translation)
            .where(translation.c.id == translation_id, translation.c.heard_at.is_(None))
            .values(redacted=heard.redacted, heard_at=now, redactor=heard.redactor or None)
            .returning(translation.c.inbound_seq, translation.c.version)
        ).one_or_none()
        if row is None:
            return False
        newer = select(translation.c.id).where(translation.c.inbound_seq == row.inbound_seq, translation.c.version > row.version)
        of = self.connection.execute(
            select(inbound_message.c.experience_id).where(inbound_message.c.seq == row.inbound_seq)
        ).scalar_one()
        if of is not None and self.connection.execute(newer).first() is None:
            self._put(translation_id, row.inbound_seq, of, heard, tagger=tagger, taxonomy=taxonomy)
            self.connection.execute(
                update(experience).where(experience.c.id == of, ~STILL_FOREIGN).values(needs_translation=False)
            )
            measure_sureness(self.connection, of)
        if of is not None:
            hide_said_in_translation(self, translation_id, of)
        return True

    def _put(self, translation_id: UUID, seq: int, experience_id: UUID, heard: Heard, *, tagger: str, taxonomy: str) -> None:
        passages = heard.passages or (Passage(0, len(heard.redacted), heard.redacted, heard.polarity, heard.themes),)
        theirs = (passage.c.inbound_seq == seq, passage.c.translation_id.is_not(None))
        old = list(self.connection.execute(select(passage.c.id).where(*theirs).order_by(passage.c.position)).scalars())
        new = tuple(uuid5(translation_id, str(position)) for position in range(len(passages)))
        self._add_passages(new, passages, seq, experience_id)
        self.connection.execute(
            update(passage)
            .where(passage.c.id.in_(new))
            .values(translation_id=translation_id, position=passage.c.position + AFTER_THE_ORIGINAL)
        )
        self._add_suggestions(new, passages, tagger, taxonomy)
        for position, passage_id in enumerate(old):  # what people decided about the older version is not lost
            goes_to = new[min(position, len(new) - 1)]
            self.connection.execute(update(decision).where(decision.c.passage_id == passage_id).values(passage_id=goes_to))
        self.connection.execute(delete(suggestion).where(suggestion.c.passage_id.in_(old)))
        self.connection.execute(delete(passage).where(passage.c.id.in_(old)))


class SqlTranslations:
    """``bot.translations.TranslationRecords``."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def originals(self, reference: str) -> tuple[Original, ...]:
        query = (
            select(inbound_message, IS_FOREIGN.label("is_foreign"), GRAVEST.label("gravest"))
            .join_from(inbound_message, experience, experience.c.id == inbound_message.c.experience_id)
            .where(experience.c.reference == reference, experience.c.withdrawn.is_(False), *IN_RECORD)
            .where(inbound_message.c.contact_id.is_not(None))
            .order_by(inbound_message.c.seq)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
            versions = _versions(connection, [row.seq for row in rows])
        return tuple(_original(row, versions[row.seq]) for row in rows)

    def text(self, seq: int, version: int) -> str:
        query = select(translation).where(translation.c.inbound_seq == seq, translation.c.version == version)
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return "" if row is None else open_translation(self._sealer, row.sealed, row.id)

    def unheard(self, *, limit: int) -> Sequence[UUID]:
        query = select(translation.c.id).where(translation.c.heard_at.is_(None)).order_by(translation.c.written_at).limit(limit)
        with self._database.reading() as connection:
            return connection.execute(query).scalars().all()

    def words_of(self, translation_id: UUID) -> str:
        query = select(translation.c.sealed).where(translation.c.id == translation_id)
        with self._database.reading() as connection:
            sealed = connection.execute(query).scalar_one_or_none()
        return "" if sealed is None else open_translation(self._sealer, sealed, translation_id)


def _original(row: AnyRow, versions: Sequence[Version]) -> Original:
    return Original(
        seq=row.seq,
        text=row.redacted,
        at=row.received_at,
        locale=Locale(row.locale or ENGLISH),
        contact_id=row.contact_id,
        experience_id=row.experience_id,
        is_foreign=bool(row.is_foreign),
        alerted=RiskLevel(row.gravest or 0),
        versions=tuple(versions),
    )


def _versions(connection: Connection, seqs: Sequence[int]) -> dict[int, list[Version]]:
    query = (
        select(translation, staff.c.name)
        .join_from(translation, staff, staff.c.id == translation.c.staff_id)
        .where(translation.c.inbound_seq.in_(seqs))
        .order_by(translation.c.version.desc())
    )
    found: dict[int, list[Version]] = defaultdict(list)
    for row in connection.execute(query):
        version = Version(
            number=row.version, text=row.redacted, by=row.name, at=row.written_at, is_heard=row.heard_at is not None
        )
        found[row.inbound_seq].append(version)
    return found
