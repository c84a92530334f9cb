"""What a member of staff has written to a family and can still take back: a row lives until it goes, or is taken back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field

from storage.columns import ShownText, UtcDateTime, links
from storage.tables.base import Row, table_of


class LetterRow(Row, table=True):
    """``sealed`` is the words. When it goes, it becomes rows of the outbox, under a key made of its id."""

    __tablename__ = "letter"

    id: UUID = Field(primary_key=True)
    contact_id: UUID = Field(sa_column_args=links("contact.id"), index=True)
    conversation_id: UUID = Field(sa_column_args=links("conversation.id"))
    staff_id: UUID = Field(sa_column_args=links("staff.id"))
    sealed: bytes = Field(sa_type=LargeBinary)
    redacted: str = Field(sa_type=ShownText)
    written_at: datetime = Field(sa_type=UtcDateTime)
    goes_at: datetime = Field(sa_type=UtcDateTime, index=True)


letter = table_of(LetterRow)
