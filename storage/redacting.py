"""Texts that are masked anew, on the store: ``bot.redacting``. The words as they came are read, and never written."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, and_, delete, func, or_, select, text, update

from bot.errors import WrongKeys
from bot.masks import mask_more
from bot.model import ENGLISH
from bot.redacting import MaskedAnew, MaskedText, Source
from storage.columns import showable
from storage.database import Database
from storage.envelopes import open_inbound, open_outbound, open_translation
from storage.jobs import hold_and_spoil
from storage.masking import mask_message, mask_translation, pairs, said_of, still_doubtful
from storage.people import interrupt
from storage.sealing import Sealer
from storage.tables import contact, experience, inbound_message, name_word, outbound_message, translation
from storage.tables.messages import UNMASKED, UNMASKED_LETTER, InboundState
from storage.unit import AnyRow, Unit

TABLES: dict[Source, Table] = {
    Source.MESSAGE: inbound_message,
    Source.MEANING: translation,
    Source.LETTER: outbound_message,
}

# Written out, not bound: only so do both databases see that the partial indexes answer it.
UNLOOKED = {Source.MESSAGE: UNMASKED, Source.MEANING: UNMASKED, Source.LETTER: UNMASKED_LETTER}

log = logging.getLogger(__name__)


class Redacting(Unit):
    """``bot.redacting.RedactingWork``, as far as it is not ``bot.ports.Transaction``."""

    def mask_anew(self, anew: MaskedAnew, version: str) -> bool:
        source, key = anew.text.source, anew.text.key
        table = TABLES[source]
        query = select(table).where(table.c[_key(source)] == key)
        self._hold_writer(source, key)
        row = self.connection.execute(query).one_or_none()
        if row is None or row.redacted != anew.text.shown:
            return False
        was_masked = False
        for masks in anew.steps:
            if source is Source.MESSAGE:
                was_masked |= mask_message(self.connection, row, masks) > 0
            elif source is Source.MEANING:
                was_masked |= mask_translation(self.connection, row, masks) > 0
            elif (masked := mask_more(row.redacted, masks)).cuts:
                self._set(source, key, redacted=masked.text)
            row = self.connection.execute(query).one()
        if source is Source.MESSAGE:
            said = {} if row.experience_id is None else said_of(self.connection, self.sealer, row.experience_id)
            self._set(source, key, doubtful=pairs(still_doubtful(row.redacted, anew.doubtful, said)))
        self._set(source, key, redactor=version)
        if was_masked:
            self._spoil_files_with(source, row)
        return True

    def hear_afresh(self, experience_id: UUID, now: datetime) -> int:
        """What was heard of an experience waits to be heard once more, as if its words had been changed; what staff have
        hidden there is forgotten. Until then it stays masked as it is. Returns how many messages.
        """
        row = self.connection.execute(select(experience.c.contact_id).where(experience.c.id == experience_id)).one_or_none()
        if row is None or row.contact_id is None:
            return 0
        person = interrupt(self, row.contact_id)  # and locked, before what they wrote
        heard = (inbound_message.c.experience_id == experience_id, inbound_message.c.state == InboundState.HEARD.value)
        seqs = list(self.connection.execute(select(inbound_message.c.seq).where(*heard)).scalars())
        waits = {"state": InboundState.WAITING.value, "amended_at": now, "attempts": 0}
        self.connection.execute(update(inbound_message).where(inbound_message.c.seq.in_(seqs)).values(waits))
        self.connection.execute(update(translation).where(translation.c.inbound_seq.in_(seqs)).values(heard_at=None))
        self.connection.execute(delete(name_word).where(name_word.c.experience_id == experience_id, name_word.c.is_name))
        if seqs:
            due = {"first_waiting_at": person.first_waiting_at or now, "turn_due_at": now}
            self.connection.execute(update(contact).where(contact.c.id == person.id).values(due))
        return len(seqs)

    def _spoil_files_with(self, source: Source, row: AnyRow) -> None:
        """What waits to be fetched shows what is hidden now."""
        told = row.seq if source is Source.MESSAGE else row.inbound_seq
        its = select(inbound_message.c.experience_id).where(inbound_message.c.seq == told)
        if (experience_id := self.connection.execute(its).scalar_one()) is not None:
            hold_and_spoil(self, experience_id)

    def _set(self, source: Source, key: int | UUID, **values: object) -> None:
        table = TABLES[source]
        self.connection.execute(update(table).where(table.c[_key(source)] == key).values(**values))

    def _hold_writer(self, source: Source, key: int | UUID) -> None:
        """The person first, as in every turn: whoever writes in their record at this moment is waited for."""
        table = TABLES[source]
        if source is Source.MEANING:
            whose = select(inbound_message.c.contact_id).where(
                inbound_message.c.seq == select(translation.c.inbound_seq).where(translation.c.id == key).scalar_subquery()
            )
        else:
            whose = select(table.c.contact_id).where(table.c.seq == key)
        held = select(contact.c.id).where(contact.c.id == whose.scalar_subquery()).with_for_update(key_share=True)
        self.connection.execute(held)


class SqlMaskedTexts:
    """``bot.redacting.MaskedTexts``."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def older(self, version: str, source: Source, *, after: int | UUID | None, limit: int) -> tuple[MaskedText, ...]:
        key = TABLES[source].c[_key(source)]
        query = select(TABLES[source]).where(_older(source, version))
        return self._texts(source, query if after is None else query.where(key > after), limit)

    def unlooked(self, source: Source, *, limit: int) -> tuple[MaskedText, ...]:
        return self._texts(source, select(TABLES[source]).where(text(UNLOOKED[source])), limit)

    def count(self, version: str) -> int:
        with self._database.reading() as connection:
            return sum(
                connection.execute(select(func.count()).select_from(table).where(_older(source, version))).scalar_one()
                for source, table in TABLES.items()
            )

    def _texts(self, source: Source, query: Select[*tuple[Any, ...]], limit: int) -> tuple[MaskedText, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(TABLES[source].c[_key(source)]).limit(limit)).all()
        return tuple(self._text(source, row) for row in rows)

    def _text(self, source: Source, row: AnyRow) -> MaskedText:
        is_english = source is not Source.MESSAGE or row.locale is None or row.locale.split("-")[0] == ENGLISH
        return MaskedText(
            source=source,
            key=row.id if source is Source.MEANING else row.seq,
            shown=row.redacted,
            original=self._original(source, row),
            english=is_english,
        )

    def _original(self, source: Source, row: AnyRow) -> str:
        """Empty where it is gone or does not open: then what is shown is masked by itself."""
        opening: dict[Source, Callable[[], str]] = {
            Source.MESSAGE: lambda: open_inbound(self._sealer, row.sealed, row.id, row.channel).text,
            Source.MEANING: lambda: open_translation(self._sealer, row.sealed, row.id),
            Source.LETTER: lambda: open_outbound(self._sealer, row.sealed, row.id, row.channel).text,
        }
        if row.sealed is None:
            return ""
        try:
            return showable(opening[source]())
        except (WrongKeys, ValueError):  # the latter: it opens, and is not what we seal
            log.error("%s %s cannot be opened", source.value, row.id)  # noqa: TRY400 - a traceback may hold words
            return ""


def _key(source: Source) -> str:
    return "id" if source is Source.MEANING else "seq"


def _has_words(source: Source) -> ColumnElement[bool]:
    """Of what we say, letters alone: the rest is our own wording, with words of theirs that were masked before."""
    table = TABLES[source]
    words = table.c.redacted != ""
    return and_(words, outbound_message.c.staff_id.is_not(None)) if source is Source.LETTER else words


def _older(source: Source, version: str) -> ColumnElement[bool]:
    redactor = TABLES[source].c.redactor
    return and_(or_(redactor.is_(None), redactor != version), _has_words(source))
