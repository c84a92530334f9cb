"""Files that came with messages: where each stands, and what is next to be done for it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from bot.media import MediaState, Step
from storage.columns import ShownText, UtcDateTime, WideInteger, links, one_of
from storage.tables.base import Row, table_of

DUE = "step IS NOT NULL"
"""The files for which something is still to be done, as the index and the query both say it."""


class MediaRow(Row, table=True):
    """One file. ``position`` is its place in the message's list; -1 is the whole of a mail (kind ``raw``).

    ``kind`` and ``content_type`` are what its bytes say, and ``size`` what is kept of it. ``blob`` is its key in the blob
    store, and stays until the blob is gone. ``step`` is what is due next, at ``not_before``. ``told``: the sender was told
    that it could not be kept. ``traces``: it may still hold where it was made. Where it lies at the provider, and what the
    sender called it, is sealed in the message.
    """

    __tablename__ = "media"
    __table_args__ = (
        UniqueConstraint("inbound_seq", "position"),
        one_of("state", MediaState),
        one_of("step", Step),
        CheckConstraint("attempts >= 0", name="attempts_counted"),
        CheckConstraint("(step IS NULL) = (not_before IS NULL)", name="step_whole"),
        CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", name="lease_whole"),
        CheckConstraint("state <> 'kept' OR blob IS NOT NULL", name="kept_somewhere"),
        Index("ix_media_due", "not_before", sqlite_where=text(DUE), postgresql_where=text(DUE)),
        Index("ix_media_blob", "blob", sqlite_where=text("blob IS NOT NULL"), postgresql_where=text("blob IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    inbound_seq: int = Field(sa_type=WideInteger, sa_column_args=links("inbound_message.seq"))
    position: int
    kind: str | None = Field(default=None, sa_type=ShownText)
    content_type: str | None = Field(default=None, sa_type=ShownText)
    size: int | None = Field(default=None, sa_type=WideInteger)
    traces: bool = False
    state: str = Field(sa_type=ShownText)
    blob: UUID | None = None
    step: str | None = Field(default=None, sa_type=ShownText)
    attempts: int = 0
    not_before: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lease_owner: str | None = Field(default=None, sa_type=ShownText)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = Field(default=None, sa_type=ShownText)
    told: bool = False
    transcript: bytes | None = Field(default=None, sa_type=LargeBinary)


media = table_of(MediaRow)
