"""Files that came with messages, as the store writes them: listed with their message, claimed, settled, erased."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, insert, null, or_, select, update

from bot.errors import LeaseLost, WrongKeys
from bot.media import RAW_KIND, RAW_POSITION, UNOPENED, MediaClaim, MediaState, Settled, Step
from bot.model import InboundMessage, Locale
from storage.database import Database
from storage.envelopes import open_inbound
from storage.sealing import Sealer
from storage.tables import contact, conversation, inbound_message, job_piece, media, outbound_message
from storage.tables.messages import InboundState
from storage.unit import AnyRow, Unit

TRANSCRIPT = "media|transcript"

DUE = (
    select(media)
    .where(
        media.c.step.is_not(None),
        media.c.not_before <= bindparam("now"),
        or_(media.c.lease_until.is_(None), media.c.lease_until <= bindparam("now")),
    )
    .order_by(media.c.not_before, media.c.inbound_seq, media.c.position)
    .limit(1)
    .with_for_update(skip_locked=True, key_share=True)
)

TAKE = (
    update(media)
    .where(media.c.id == bindparam("of_media"))
    .values(attempts=media.c.attempts + 1, lease_owner=bindparam("owner"), lease_until=bindparam("until"))
)

_held = exists().where(
    conversation.c.contact_id == inbound_message.c.contact_id,
    conversation.c.channel == inbound_message.c.channel,
    conversation.c.closed_at.is_(None),
    conversation.c.held_at.is_not(None),
)

_said = exists().where(
    outbound_message.c.address_index == inbound_message.c.address_index,
    outbound_message.c.seq > inbound_message.c.seq,
    outbound_message.c.key.contains(UNOPENED, autoescape=True),
)

CAME_WITH = (
    select(inbound_message, contact.c.locale.label("of_person"), _held.label("held"), _said.label("said"))
    .join_from(inbound_message, contact, contact.c.id == inbound_message.c.contact_id, isouter=True)
    .where(inbound_message.c.seq == bindparam("of_seq"))
)

WHOLE = select(media.c.blob).where(media.c.inbound_seq == bindparam("of_seq"), media.c.position == RAW_POSITION)

log = logging.getLogger(__name__)


class MediaKeeping(Unit):
    """The methods of ``bot.ports.Transaction`` about files."""

    def settle_media(self, claim: MediaClaim, settled: Settled) -> None:
        values: dict[str, Any] = {
            "state": settled.state.value,
            "step": settled.step,
            "not_before": settled.due_at,
            "attempts": settled.attempts,
            "lease_owner": None,
            "lease_until": None,
        }
        if settled.kept is not None:
            kept = settled.kept
            values |= {"blob": kept.blob, "kind": kept.kind.value, "content_type": kept.content_type, "size": kept.size}
            values |= {"traces": kept.traces, "error": None}
        if settled.error is not None:
            values["error"] = settled.error
        if settled.told:
            values["told"] = True
        if settled.transcript is not None:
            values["transcript"] = self.sealer.seal(settled.transcript.encode("utf-8", "surrogatepass"), TRANSCRIPT, claim.id)
        if settled.cleared:
            values["blob"] = None
        ours = and_(media.c.id == claim.id, media.c.lease_owner == claim.worker, media.c.step == claim.step.value)
        if self.connection.execute(update(media).where(ours).values(values)).rowcount == 0:
            raise LeaseLost

    def list_media(self, message: InboundMessage, *, seq: int, inbound_id: UUID, raw_blob: UUID | None, now: datetime) -> None:
        """A row for each file of a new message; the whole of a mail is in the blob store already."""
        rows = [
            {
                "id": uuid5(inbound_id, f"media {position}"),
                "inbound_seq": seq,
                "position": position,
                "state": MediaState.WAITING.value,
                "step": Step.FETCH.value,
                "not_before": now,
            }
            for position in range(len(message.media))
        ]
        if raw_blob is not None:
            self.connection.execute(
                insert(media),
                {
                    "id": uuid5(inbound_id, f"media {RAW_POSITION}"),
                    "inbound_seq": seq,
                    "position": RAW_POSITION,
                    "kind": RAW_KIND,
                    "size": len(message.raw or b""),
                    "traces": True,
                    "state": MediaState.KEPT.value,
                    "blob": raw_blob,
                },
            )
        if rows:
            self.connection.execute(insert(media), rows)

    def erase_media(self, of_messages: ColumnElement[bool], *, raw_only: bool = False) -> None:
        """What came with these messages leaves the record (``raw_only``: the mails as they came). The key stays until the
        worker has deleted the blob.
        """
        which = [media.c.position == RAW_POSITION] if raw_only else []
        self.connection.execute(
            update(media)
            .where(media.c.inbound_seq.in_(select(inbound_message.c.seq).where(of_messages)), *which)
            .values(
                state=MediaState.ERASED.value,
                kind=None,
                content_type=None,
                size=None,
                traces=False,
                transcript=null(),
                error=None,
                attempts=0,
                lease_owner=None,
                lease_until=None,
                step=case((media.c.blob.is_not(None), Step.CLEAR.value), else_=null()),
                not_before=case((media.c.blob.is_not(None), _received()), else_=null()),
            )
        )


def _received() -> Any:
    """When its message came: a moment that is past, so that the blob goes at once."""
    return select(inbound_message.c.received_at).where(inbound_message.c.seq == media.c.inbound_seq).scalar_subquery()


class SqlMediaQueue:
    """``bot.media.MediaQueue``. Short transactions of its own."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def claim(self, *, worker: str, now: datetime, lease: timedelta) -> MediaClaim | None:
        # Looked at first without the write lock: most of the time there is nothing, and others want the lock.
        with self._database.reading() as connection:
            if connection.execute(DUE, {"now": now}).first() is None:
                return None
        with self._database.writing() as connection:
            row = connection.execute(DUE, {"now": now}).one_or_none()
            if row is None:
                return None
            connection.execute(TAKE, {"of_media": row.id, "owner": worker, "until": now + lease})
            came_with = connection.execute(CAME_WITH, {"of_seq": row.inbound_seq}).one()
            whole: UUID | None = connection.execute(WHOLE, {"of_seq": row.inbound_seq}).scalar_one_or_none()
        return self._claim(row, came_with, whole, worker)

    def unknown(self, keys: Collection[UUID]) -> frozenset[UUID]:
        with self._database.reading() as connection:
            known = connection.execute(select(media.c.blob).where(media.c.blob.in_(keys))).scalars().all()
            pieces = connection.execute(select(job_piece.c.blob).where(job_piece.c.blob.in_(keys))).scalars().all()
            return frozenset(keys) - frozenset(known) - frozenset(pieces)

    def _claim(self, row: AnyRow, came_with: AnyRow, whole: UUID | None, worker: str) -> MediaClaim:
        return MediaClaim(
            id=row.id,
            worker=worker,
            step=Step(row.step),
            state=MediaState(row.state),
            attempts=row.attempts + 1,  # this try, counted in the same transaction
            seq=row.inbound_seq,
            inbound_id=came_with.id,
            position=row.position,
            message=self._message(came_with),
            locale=Locale(came_with.of_person or "en"),
            heard=came_with.state != InboundState.WAITING.value or came_with.amended_at is not None,
            said_unopened=bool(came_with.said),
            held=bool(came_with.held),
            experience_id=came_with.experience_id,
            raw=whole,
            blob=row.blob,
            content_type=row.content_type or "",
        )

    def _message(self, came_with: AnyRow) -> InboundMessage | None:
        if came_with.sealed is None:
            return None
        try:
            return open_inbound(self._sealer, came_with.sealed, came_with.id, came_with.channel)
        except WrongKeys:
            log.error("a file came with inbound message %s, which cannot be opened", came_with.id)  # noqa: TRY400 - a traceback may hold words
            return None
