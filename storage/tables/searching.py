"""What is searched in: the redacted words of each experience, and the words there are. Written by triggers of the database."""

from uuid import UUID

from sqlmodel import Field

from storage.columns import ShownText, WideInteger, links
from storage.tables.base import Row, table_of


class SearchTextRow(Row, table=True):
    """The reference, the redacted messages and what staff say they mean, of one experience. Triggers on those tables keep it
    in the same transaction as they change, whoever changes them; ``search_words`` (FTS5, or tsvector) is made of it.
    """

    __tablename__ = "search_text"

    n: int | None = Field(default=None, primary_key=True, sa_type=WideInteger)
    experience_id: UUID = Field(sa_column_args=links("experience.id"), unique=True)
    body: str = Field(sa_type=ShownText)


class SearchWordRow(Row, table=True):
    """A word as the index has it, and in how many experiences it stands. Made anew by the worker; the rare ones are forgotten
    as soon as any words are masked, taken back or erased.
    """

    __tablename__ = "search_vocabulary"

    word: str = Field(sa_type=ShownText, primary_key=True)
    told: int = Field(index=True)


search_text = table_of(SearchTextRow)
search_vocabulary = table_of(SearchWordRow)
