"""``bot.originals.OriginalRecords``: the messages of one experience, unsealed."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import or_, select

from bot.errors import WrongKeys
from bot.originals import Original
from storage.database import Database
from storage.envelopes import open_inbound
from storage.happenings import WORDS_BEFORE
from storage.put_aside import kept_words
from storage.sealing import Sealer
from storage.tables import inbound_message
from storage.tables.messages import InboundState
from storage.unit import AnyRow


class SqlOriginals:
    """Reads only."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def originals(self, experience_id: UUID, *, taken_back: bool) -> tuple[Original, ...]:
        gone = [InboundState.ERASED.value] if taken_back else [InboundState.ERASED.value, InboundState.TAKEN_BACK.value]
        with self._database.reading() as connection:
            kept = kept_words(connection, self._sealer, experience_id) if taken_back else {}
            query = (
                select(inbound_message)
                .where(inbound_message.c.experience_id == experience_id, inbound_message.c.state.not_in(gone))
                .where(or_(inbound_message.c.sealed.is_not(None), inbound_message.c.seq.in_(kept)))
                .order_by(inbound_message.c.seq)
            )
            rows = connection.execute(query).all()
        return tuple(self._original(row, kept) for row in rows)

    def _original(self, row: AnyRow, kept: Mapping[int, str | None]) -> Original:
        if row.seq in kept:  # some of it was removed, and is kept for whoever asks here
            return Original(at=row.received_at, text=kept[row.seq], removed=True)
        is_back = row.state == InboundState.TAKEN_BACK.value
        try:
            message = open_inbound(self._sealer, row.sealed, row.id, row.channel)
        except WrongKeys:
            return Original(at=row.received_at, text=None, taken_back=is_back)
        before = message.details.get(WORDS_BEFORE, "")
        return Original(at=row.received_at, text=message.text, before=before, taken_back=is_back)
