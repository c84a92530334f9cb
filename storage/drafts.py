"""What staff are writing and have not sent, sealed, until it is sent or grows old: ``bot.replying`` on the store."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, delete, exists, not_, or_, select, update

from bot.errors import WrongKeys
from bot.replying import STILL_WRITING, Leaving, Writer
from bot.talks_held import Talk
from storage.database import Database
from storage.envelopes import open_draft, seal_draft
from storage.holds import WITH_SAFEGUARDING
from storage.sealing import Sealer
from storage.tables import conversation, draft, experience, letter, outbound_message, staff
from storage.unit import Unit

DRAFTS_LAST = timedelta(days=14)
"""What nobody has sent or touched for so long goes."""

NEWEST_OF_TALK = (
    select(experience.c.reference)
    .where(
        experience.c.contact_id == conversation.c.contact_id,
        experience.c.channel == conversation.c.channel,
        experience.c.withdrawn.is_(False),
    )
    .order_by(experience.c.opened_at.desc(), experience.c.id)
    .limit(1)
    .scalar_subquery()
)


class Drafts(Unit):
    """``bot.talks_held.HoldWork``, as far as it is about drafts."""

    def keep_draft(self, talk: Talk, staff_id: UUID, text: str, now: datetime) -> None:
        self.connection.execute(delete(draft).where(draft.c.at < now - DRAFTS_LAST))
        if not text.strip():
            self.drop_draft(talk.id, staff_id)
            return
        its = (draft.c.conversation_id == talk.id, draft.c.staff_id == staff_id)
        row = self.connection.execute(select(draft.c.id, draft.c.since, draft.c.at).where(*its).with_for_update()).one_or_none()
        if row is None:
            draft_id = uuid4()
            values: dict[str, Any] = {"id": draft_id, "contact_id": talk.contact_id, "conversation_id": talk.id}
            values |= {"staff_id": staff_id, "sealed": seal_draft(self.sealer, text, draft_id), "since": now, "at": now}
            self.database.insert_once(draft, "conversation_id", "staff_id").run(self.connection, values)
            return
        since = row.since if now - row.at < STILL_WRITING else now
        sealed = seal_draft(self.sealer, text, row.id)
        self.connection.execute(update(draft).where(draft.c.id == row.id).values(sealed=sealed, since=since, at=now))

    def drop_draft(self, conversation_id: UUID, staff_id: UUID) -> None:
        its = (draft.c.conversation_id == conversation_id, draft.c.staff_id == staff_id)
        self.connection.execute(delete(draft).where(*its))


class SqlDrafts:
    """``bot.replying.DraftRecords``."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def draft(self, conversation_id: UUID, staff_id: UUID) -> str:
        its = (draft.c.conversation_id == conversation_id, draft.c.staff_id == staff_id)
        with self._database.reading() as connection:
            row = connection.execute(select(draft.c.id, draft.c.sealed).where(*its)).one_or_none()
        try:
            return "" if row is None else open_draft(self._sealer, row.sealed, row.id)
        except WrongKeys:
            return ""

    def writers(self, conversation_id: UUID, *, but: UUID, since: datetime) -> tuple[Writer, ...]:
        query = (
            select(draft.c.staff_id, staff.c.name, draft.c.since)
            .join_from(draft, staff, staff.c.id == draft.c.staff_id)
            .where(draft.c.conversation_id == conversation_id, draft.c.staff_id != but, draft.c.at >= since)
            .order_by(draft.c.since, draft.c.staff_id)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(Writer(staff_id=row.staff_id, name=row.name, since=row.since) for row in rows)

    def is_written(self, letter_id: UUID) -> bool:
        waits = exists().where(letter.c.id == letter_id)
        left = exists().where(outbound_message.c.dedupe_key == f"letter:{letter_id}:0")
        with self._database.reading() as connection:
            return bool(connection.execute(select(or_(waits, left))).scalar_one())

    def leaving(self, staff_id: UUID, now: datetime, *, with_safeguarding: bool) -> tuple[Leaving, ...]:
        wall: list[ColumnElement[bool]] = [] if with_safeguarding else [not_(WITH_SAFEGUARDING)]
        query = (
            select(letter.c.id, letter.c.goes_at, NEWEST_OF_TALK.label("reference"))
            .join_from(letter, conversation, conversation.c.id == letter.c.conversation_id)
            .where(and_(letter.c.staff_id == staff_id, letter.c.goes_at > now), *wall)
            .order_by(letter.c.goes_at, letter.c.id)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(Leaving(letter_id=row.id, reference=row.reference, goes_at=row.goes_at) for row in rows if row.reference)
