"""Replies that the team keeps to begin with, version by version."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from bot.saved_replies import Made
from storage.columns import ShownText, UtcDateTime, links, one_of
from storage.tables.base import Row, table_of


class SavedReplyRow(Row, table=True):
    """One version. Added, never changed."""

    __tablename__ = "saved_reply"
    __table_args__ = (UniqueConstraint("reply_id", "number", name="uq_saved_reply_number"), one_of("made", Made))

    id: UUID = Field(primary_key=True)
    reply_id: UUID
    number: int
    made: str = Field(sa_type=ShownText)
    title: str = Field(sa_type=ShownText)
    text: str = Field(sa_type=ShownText)
    staff_id: UUID = Field(sa_column_args=links("staff.id"))
    at: datetime = Field(sa_type=UtcDateTime)


saved_reply = table_of(SavedReplyRow)
