"""Words that staff change: what is being tried out, and each version that families were given."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from storage.columns import ShownText, UtcDateTime, links
from storage.tables.base import Row, table_of


class WordDraftRow(Row, table=True):
    """One text that somebody proposes. Without ``text``: that of the files again. ``english``: the stamp it was made from."""

    __tablename__ = "word_draft"

    locale: str = Field(primary_key=True, sa_type=ShownText)
    key: str = Field(primary_key=True, sa_type=ShownText)
    channel: str = Field(primary_key=True, sa_type=ShownText)
    text: str | None = Field(default=None, sa_type=ShownText)
    english: str = Field(sa_type=ShownText)
    by_id: UUID = Field(sa_column_args=links("staff.id"))
    at: datetime = Field(sa_type=UtcDateTime)


class WordVersionRow(Row, table=True):
    """The whole set of texts over the files, as JSON. Rows are added, and never changed or deleted."""

    __tablename__ = "word_version"
    __table_args__ = (CheckConstraint("number > 0", name="number_counted"),)

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime)
    by_id: UUID = Field(sa_column_args=links("staff.id"))
    why: str = Field(sa_type=ShownText)
    back_to: int | None = None
    changes: str = Field(sa_type=ShownText)
    signatures: str = Field(sa_type=ShownText)
    digest: str = Field(sa_type=ShownText)


word_draft = table_of(WordDraftRow)
word_version = table_of(WordVersionRow)
