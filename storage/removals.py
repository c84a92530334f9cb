"""``bot.removing.RemovalRecords``: what goes with a passage, what was removed, and what is due to be erased."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, exists, func, or_, select, text

from bot.errors import WrongKeys
from bot.media import RAW_POSITION, MediaState
from bot.outgoing import OutboundState
from bot.quoting import Quoting
from bot.removing import PUT_BACK_WITHIN, Going, Removal, Why
from storage.actions_cut import actions_repeating
from storage.columns import showable
from storage.database import Database
from storage.envelopes import open_inbound
from storage.erasing import ALERTED
from storage.quotes_gone import holders
from storage.removing import goes_with, in_words, texts_of
from storage.sealing import Sealer
from storage.tables import (
    action_link,
    alert_release,
    experience,
    inbound_message,
    media,
    outbound_message,
    passage,
    removed_passage,
    staff,
    translation,
)
from storage.tables.removing import PUT_ASIDE
from storage.unit import AnyRow, Unit

one = removed_passage.c
DUE = text(PUT_ASIDE)
NOT_SAID = (OutboundState.CANCELLED.value, OutboundState.FAILED.value, OutboundState.WITHHELD.value)


class SqlRemovals:
    """Reads only."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def going(self, experience_id: UUID, passage_id: UUID) -> Going | None:
        with self._database.reading() as connection:
            row = _own(connection, experience_id, passage_id)
            return None if row is None else self._going(connection, row)

    def _going(self, connection: Connection, row: AnyRow) -> Going:
        message = connection.execute(
            select(inbound_message, ALERTED.label("alerted")).where(inbound_message.c.seq == row.inbound_seq)
        ).one()
        whole, _ = goes_with(connection, row)
        others = select(experience.c.id).where(
            experience.c.id == row.experience_id,
            exists().where(
                inbound_message.c.experience_id == experience.c.id,
                inbound_message.c.seq != row.inbound_seq,
                or_(inbound_message.c.is_story & (inbound_message.c.state == "heard"), inbound_message.c.state == "parked"),
            ),
        )
        kept = (media.c.inbound_seq == row.inbound_seq, media.c.state != MediaState.ERASED.value)

        def there(*which: object) -> bool:
            return connection.execute(select(func.count()).where(and_(*which))).scalar_one() > 0  # type: ignore[arg-type] # conditions

        unit = Unit(self._database, connection, self._sealer, redactor=str)
        quotes = self._quotes(connection, row, message)
        released = and_(alert_release.c.passage_id == row.id, alert_release.c.ended_at.is_(None))
        return Going(
            whole=whole,
            last=whole and connection.execute(others).first() is None,
            meaning=there(translation.c.inbound_seq == row.inbound_seq),
            mail=there(*kept, media.c.position == RAW_POSITION),
            files=there(*kept, media.c.position != RAW_POSITION),
            quoted=there(action_link.c.quoted == row.id) or there(released),
            told_of=bool(actions_repeating(connection, row.experience_id, quotes)),
            passed_on=tuple(dict.fromkeys(holders(unit, row.experience_id, quotes).values())),
            alerted=message.alerted,
        )

    def _quotes(self, connection: Connection, row: AnyRow, message: AnyRow) -> Quoting:
        _, meant = goes_with(connection, row)
        try:
            words = open_inbound(self._sealer, message.sealed, message.id, message.channel)
        except WrongKeys:  # then nothing is taken out of it
            return Quoting.of()
        start, end = in_words(row, message, words)
        return Quoting.of(row.text, showable(words.text)[start:end], *texts_of(connection, meant))

    def own_words(self, experience_id: UUID, passage_id: UUID) -> tuple[UUID, ...]:
        of = select(passage.c.inbound_seq).where(
            passage.c.id == passage_id, passage.c.experience_id == experience_id, passage.c.translation_id.is_not(None)
        )
        own = select(passage.c.id).where(passage.c.inbound_seq == of.scalar_subquery(), passage.c.translation_id.is_(None))
        with self._database.reading() as connection:
            return tuple(connection.execute(own.order_by(passage.c.position)).scalars())

    def removals(self, experience_id: UUID, now: datetime) -> tuple[Removal, ...]:
        query = (
            select(removed_passage, staff.c.name, outbound_message.c.not_before, outbound_message.c.sent_at)
            .add_columns(outbound_message.c.state.label("said"))
            .join_from(removed_passage, staff, staff.c.id == one.staff_id)
            .join(outbound_message, outbound_message.c.id == one.told, isouter=True)
            .where(one.experience_id == experience_id, one.put_back_at.is_(None))
            .order_by(one.at.desc(), one.id)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        newest: dict[int, UUID] = {}
        for row in rows:
            newest.setdefault(row.inbound_seq, row.id)
        return tuple(_removal(row, now, is_newest=newest[row.inbound_seq] == row.id) for row in rows)

    def due(self, before: datetime, *, limit: int) -> tuple[UUID, ...]:
        query = select(one.id).where(DUE, one.at <= before).order_by(one.at, one.id).limit(limit)
        with self._database.reading() as connection:
            return tuple(connection.execute(query).scalars())


def _own(connection: Connection, experience_id: UUID, passage_id: UUID) -> AnyRow | None:
    its = (passage.c.id == passage_id, passage.c.experience_id == experience_id, passage.c.translation_id.is_(None))
    return connection.execute(select(passage).where(*its)).one_or_none()


def _removal(row: AnyRow, now: datetime, *, is_newest: bool) -> Removal:
    erased = row.gone_at is not None or row.sealed is None
    return Removal(
        id=row.id,
        at=row.at,
        by=row.name,
        why=Why(row.why),
        can_be_put_back=is_newest and not erased and now < row.at + PUT_BACK_WITHIN,
        erased=erased,
        kept=row.kept and row.sealed is not None,
        told_at=None if row.said is None or row.said in NOT_SAID else row.sent_at or row.not_before,
    )
