"""``bot.comments.CommentRecords``: comments, what became of their invitations, and who wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, exists, select

from bot.comments import COMMENTS, Comment, Writer, dedupe_of
from bot.errors import WrongKeys
from bot.model import ENGLISH, Address, ChannelName, InboundMessage, Locale
from bot.outgoing import OutboundState
from storage.database import Database
from storage.envelopes import open_inbound
from storage.erasing import GONE
from storage.sealing import Sealer
from storage.tables import address, alert, contact, inbound_message, outbound_message
from storage.tables.messages import InboundState
from storage.unit import AnyRow
from storage.wall import UNCLEARED

MESSENGER = ChannelName("messenger")
"""Where who is invited answers: their id there is that under which the provider names who wrote a comment."""

WITH_SAFEGUARDING = exists().where(alert.c.inbound_seq == inbound_message.c.seq, UNCLEARED)

COMMENT = (
    select(
        inbound_message.c.id,
        inbound_message.c.seq,
        inbound_message.c.channel,
        inbound_message.c.contact_id,
        inbound_message.c.redacted,
        inbound_message.c.state,
        inbound_message.c.sealed,
        inbound_message.c.received_at,
        inbound_message.c.sent_at,
        WITH_SAFEGUARDING.label("is_with_safeguarding"),
        contact.c.opted_out_at,
        contact.c.locale.label("chosen"),
    )
    .join_from(inbound_message, contact, contact.c.id == inbound_message.c.contact_id, isouter=True)
    .where(inbound_message.c.channel == COMMENTS, inbound_message.c.state != InboundState.ERASED.value)
)


class SqlComments:
    """Reads only: an invitation goes through the outbox like everything that is said."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def comments(self, *, before: int | None, limit: int, with_safeguarding: bool) -> tuple[Comment, ...]:
        query = COMMENT.order_by(inbound_message.c.seq.desc()).limit(limit)
        if before is not None:
            query = query.where(inbound_message.c.seq < before)
        if not with_safeguarding:
            query = query.where(~WITH_SAFEGUARDING)
        with self._database.reading() as connection:
            return self._views(connection, connection.execute(query).all())

    def comment(self, comment_id: UUID) -> Comment | None:
        with self._database.reading() as connection:
            rows = connection.execute(COMMENT.where(inbound_message.c.id == comment_id)).all()
            return next(iter(self._views(connection, rows)), None)

    def writer(self, comment_id: UUID) -> Writer | None:
        with self._database.reading() as connection:
            row = connection.execute(COMMENT.where(inbound_message.c.id == comment_id)).one_or_none()
        if row is None or row.sealed is None or row.contact_id is None:
            return None
        message = open_inbound(self._sealer, row.sealed, row.id, row.channel)
        return Writer(
            contact_id=row.contact_id,
            address=message.sender,
            thread=message.thread,
            locale=Locale(row.chosen or ENGLISH),
            name=message.details.get("author", ""),
        )

    def _views(self, connection: Connection, rows: Sequence[AnyRow]) -> tuple[Comment, ...]:
        sent = self._invitations(connection, [row.id for row in rows])
        return tuple(self._view(connection, row, sent.get(dedupe_of(row.id))) for row in rows)

    def _view(self, connection: Connection, row: AnyRow, invitation: AnyRow | None) -> Comment:
        message = self._opened(row)
        theirs = None if message is None else self._sealer.blind_index(Address(MESSENGER, message.sender.path))
        return Comment(
            id=row.id,
            seq=row.seq,
            text=row.redacted,
            is_redacted=row.state != InboundState.WAITING.value,
            at=row.sent_at or row.received_at,
            post="" if message is None else message.details.get("post_id", ""),
            is_gone=row.state in GONE or message is None,
            is_with_safeguarding=row.is_with_safeguarding,
            sent=None if invitation is None else OutboundState(invitation.state),
            sent_at=None if invitation is None else invitation.sent_at,
            error="" if invitation is None else invitation.error or "",
            answered=invitation is not None and _has_talked(connection, theirs, invitation),
            stopped=row.opted_out_at is not None or _has_stopped(connection, theirs),
        )

    def _opened(self, row: AnyRow) -> InboundMessage | None:
        if row.sealed is None:
            return None
        try:
            return open_inbound(self._sealer, row.sealed, row.id, row.channel)
        except WrongKeys:
            return None

    def _invitations(self, connection: Connection, ids: Sequence[UUID]) -> dict[str, AnyRow]:
        """By what caused them. The outbox numbers the parts of a message; an invitation has one."""
        keys = {f"{dedupe_of(comment_id)}:0": dedupe_of(comment_id) for comment_id in ids}
        query = select(
            outbound_message.c.dedupe_key,
            outbound_message.c.state,
            outbound_message.c.error,
            outbound_message.c.sent_at,
            outbound_message.c.created_at,
        ).where(outbound_message.c.dedupe_key.in_(keys))
        return {keys[row.dedupe_key]: row for row in connection.execute(query)}


def _has_talked(connection: Connection, theirs: bytes | None, invitation: AnyRow) -> bool:
    """Whether they wrote to us after they were invited."""
    query = select(inbound_message.c.seq).where(
        inbound_message.c.channel == MESSENGER,
        inbound_message.c.address_index == theirs,
        inbound_message.c.received_at >= invitation.created_at,
    )
    return theirs is not None and connection.execute(query.limit(1)).first() is not None


def _has_stopped(connection: Connection, theirs: bytes | None) -> bool:
    """Whether they said STOP where we would write to them."""
    query = (
        select(contact.c.id)
        .join_from(address, contact, contact.c.id == address.c.contact_id)
        .where(address.c.blind_index == theirs, contact.c.opted_out_at.is_not(None))
    )
    return theirs is not None and connection.execute(query).first() is not None
