"""What a member of staff writes to a family: a draft until it is sent, a letter until it goes or is taken back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, UniqueConstraint
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


class DraftRow(Row, table=True):
    """``sealed`` is what somebody has written in a talk and not sent; ``since`` is when they began, ``at`` when they last typed.
    One for each of the team in a talk.
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("conversation_id", "staff_id", name="uq_draft_of"),)

    id: UUID = Field(primary_key=True)
    contact_id: UUID = Field(sa_column_args=links("contact.id"), index=True)
    conversation_id: UUID = Field(sa_column_args=links("conversation.id"))
    staff_id: UUID = Field(sa_column_args=links("staff.id"))
    sealed: bytes = Field(sa_type=LargeBinary)
    since: datetime = Field(sa_type=UtcDateTime)
    at: datetime = Field(sa_type=UtcDateTime, index=True)


letter = table_of(LetterRow)
draft = table_of(DraftRow)
