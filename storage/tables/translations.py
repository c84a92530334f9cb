"""What staff say a family's words mean: one row a version, none overwritten."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field

from storage.columns import ShownText, UtcDateTime, WideInteger, links
from storage.tables.base import Row, table_of


class TranslationRow(Row, table=True):
    """``sealed`` is the translation as it was typed; ``redacted`` is empty until the worker has heard it (``heard_at``).
    ``redactor`` is the version of what masked it.
    """

    __tablename__ = "translation"
    __table_args__ = (
        UniqueConstraint("inbound_seq", "version"),
        CheckConstraint("version > 0", name="version_counted"),
    )

    id: UUID = Field(primary_key=True)
    inbound_seq: int = Field(sa_type=WideInteger, sa_column_args=links("inbound_message.seq"))
    version: int
    staff_id: UUID = Field(sa_column_args=links("staff.id"))
    sealed: bytes = Field(sa_type=LargeBinary)
    redacted: str = Field(default="", sa_type=ShownText)
    written_at: datetime = Field(sa_type=UtcDateTime)
    heard_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    redactor: str | None = Field(default=None, sa_type=ShownText)


translation = table_of(TranslationRow)
