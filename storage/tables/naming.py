"""What staff say of words that may be somebody's name."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field

from storage.columns import UtcDateTime, links
from storage.tables.base import Row, table_of


class NameWordRow(Row, table=True):
    """``sealed`` is the word or phrase: hidden in this experience (``is_name``), or looked at and fine. The later row stands."""

    __tablename__ = "name_word"

    id: UUID = Field(primary_key=True)
    experience_id: UUID = Field(sa_column_args=links("experience.id"), index=True)
    sealed: bytes = Field(sa_type=LargeBinary)
    is_name: bool
    staff_id: UUID = Field(sa_column_args=links("staff.id"))
    said_at: datetime = Field(sa_type=UtcDateTime)


name_word = table_of(NameWordRow)
