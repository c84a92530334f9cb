"""Passages that were removed by themselves: sealed for a day to be put back, then gone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, false, text
from sqlmodel import Field

from bot.removing import Why
from storage.columns import PlainJson, ShownText, UtcDateTime, WideInteger, links, one_of
from storage.tables.base import Row, table_of

PUT_ASIDE = "sealed IS NOT NULL AND gone_at IS NULL"
"""Those that can still be put back, as the index and the query both say it."""


class RemovedPassageRow(Row, table=True):
    """``sealed``: the message as it was, and all that hung on the passage, until it is put back or erased; ``kept``: it raised
    an alert, and stays sealed for those who handle alerts. ``whole``: the message had no other. ``digests`` are keyed, of the
    runs of words that went, each with its length: by them they are known when the sender's program sends them again.
    """

    __tablename__ = "removed_passage"
    __table_args__ = (
        one_of("why", Why),
        Index("ix_removed_passage_put_aside", "at", sqlite_where=text(PUT_ASIDE), postgresql_where=text(PUT_ASIDE)),
    )

    id: UUID = Field(primary_key=True)
    experience_id: UUID = Field(sa_column_args=links("experience.id"), index=True)
    inbound_seq: int = Field(sa_type=WideInteger, sa_column_args=links("inbound_message.seq"), index=True)
    staff_id: UUID = Field(sa_column_args=links("staff.id"))
    why: str = Field(sa_type=ShownText)
    at: datetime = Field(sa_type=UtcDateTime)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    digests: list[list[int | str]] | None = Field(default=None, sa_type=PlainJson)
    whole: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    kept: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    told: UUID | None = None
    gone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    put_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    put_back_by: UUID | None = None


removed_passage = table_of(RemovedPassageRow)
