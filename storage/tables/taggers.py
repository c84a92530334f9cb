"""Taggers that were taught here. They hold weights of words and runs of letters, and no message."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, false, text
from sqlmodel import Field

from bot.taggers import TaggerState
from storage.columns import ShownText, UtcDateTime, one_of
from storage.tables.base import Row, table_of

AT_WORK = "state = 'champion'"


class TaggerRow(Row, table=True):
    """``file`` is the tagger; ``digest`` tells whether it still is what was kept. Only ``state`` ever changes. ``hears_danger``:
    it is one that hears danger; else themes. Of each kind one is at work.
    """

    __tablename__ = "tagger"
    __table_args__ = (
        one_of("state", TaggerState),
        CheckConstraint("number > 0", name="number_counted"),
        Index("ix_tagger_champion", "hears_danger", unique=True, sqlite_where=text(AT_WORK), postgresql_where=text(AT_WORK)),
    )

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    version: str = Field(sa_type=ShownText, unique=True)
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: str = Field(sa_type=ShownText)
    corpus_rows: int
    decisions: int
    state: str = Field(sa_type=ShownText)
    says: str = Field(sa_type=ShownText)
    figures: str = Field(sa_type=ShownText)
    file: bytes = Field(sa_type=LargeBinary)
    digest: str = Field(sa_type=ShownText)
    hears_danger: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


tagger = table_of(TaggerRow)
