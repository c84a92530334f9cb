"""``bot.media.Files``: the files of an experience as staff see them. A machine's transcript is redacted on the way."""

from __future__ import annotations

import logging
from uuid import UUID

from sqlalchemy import bindparam, select

from bot.errors import NotFound, WrongKeys
from bot.masks import Find, mask_more
from bot.media import Blobs, FileKind, FileView, MediaState
from storage.database import Database
from storage.erasing import GONE
from storage.masking import hidden_by, said_of
from storage.media import TRANSCRIPT
from storage.sealing import Sealer
from storage.tables import experience, inbound_message, media
from storage.unit import AnyRow, Redactor

LISTED = (media.c.position >= 0, media.c.state != MediaState.ERASED.value, inbound_message.c.state.not_in(GONE))

OF_EXPERIENCE = (
    select(media)
    .join_from(media, inbound_message, inbound_message.c.seq == media.c.inbound_seq)
    .join(experience, experience.c.id == inbound_message.c.experience_id)
    .where(experience.c.reference == bindparam("named"), *LISTED)
    .order_by(media.c.inbound_seq, media.c.position)
)

NAMED = select(experience.c.id).where(experience.c.reference == bindparam("named"))

ONE = (
    select(media.c.blob)
    .join_from(media, inbound_message, inbound_message.c.seq == media.c.inbound_seq)
    .where(media.c.id == bindparam("of_media"), media.c.state == MediaState.KEPT.value, *LISTED)
)

log = logging.getLogger(__name__)


class StoredFiles:
    """The whole of a mail is not among them: it holds what was taken out of the words."""

    def __init__(self, database: Database, sealer: Sealer, redactor: Redactor, blobs: Blobs) -> None:
        self._database = database
        self._sealer = sealer
        self._redactor = redactor
        self._blobs = blobs

    def of(self, reference: str) -> tuple[FileView, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(OF_EXPERIENCE, {"named": reference}).all()
            of = connection.execute(NAMED, {"named": reference}).scalar_one_or_none()
            hidden = hidden_by({} if of is None else said_of(connection, self._sealer, of))
        return tuple(self._view(row, hidden) for row in rows)

    def content(self, file_id: UUID) -> bytes:
        with self._database.reading() as connection:
            blob = connection.execute(ONE, {"of_media": file_id}).scalar_one_or_none()
        if blob is None:
            raise NotFound
        return self._blobs.get(blob)

    def preview(self, file_id: UUID) -> bytes:
        from storage.pictures import small  # Pillow is read with the first picture

        return small(self.content(file_id))

    def _view(self, row: AnyRow, hidden: Find) -> FileView:
        return FileView(
            id=row.id,
            seq=row.inbound_seq,
            position=row.position,
            state=MediaState(row.state),
            kind=None if row.kind is None else FileKind(row.kind),
            content_type=row.content_type or "",
            size=row.size or 0,
            error=row.error or "",
            told=row.told,
            traces=row.traces,
            transcript=self._transcript(row, hidden),
        )

    def _transcript(self, row: AnyRow, hidden: Find) -> str:
        if row.transcript is None:
            return ""
        try:
            words = self._sealer.unseal(row.transcript, TRANSCRIPT, row.id).decode("utf-8", "surrogatepass")
        except WrongKeys:
            log.error("the transcript of file %s cannot be opened", row.id)  # noqa: TRY400 - a traceback may hold words
            return ""
        masked = self._redactor(words)
        return mask_more(masked, hidden(masked)).text
