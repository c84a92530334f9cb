"""Who looked at which passage and what they said of it, so that it can be undone and read a second time; and settings."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from bot.review_records import Outcome
from storage.columns import PlainJson, ShownText, UtcDateTime, links, one_of
from storage.tables.base import Row, table_of

SAMPLED = "sampled AND undone_at IS NULL"
WAITS_AGAIN = "reading.sampled AND reading.undone_at IS NULL"
"""What waits for a second reader, as the index and the query both say it."""


class ReadingRow(Row, table=True):
    """One person's look at one passage. ``themes`` are those they left ticked; ``decisions`` the rows that came of it.

    ``sampled``: it waits for a second person, who is not told what the first one said; ``is_second`` is that reading.
    ``before`` is how the experience stood, where this marked it as read. ``batch``: it was accepted with many others at once,
    unread. ``feeling``: what they said of it, where that was not what stood. ``undone_at``: since then it does not count, nor do
    its decisions.
    """

    __tablename__ = "reading"
    __table_args__ = (
        one_of("outcome", Outcome),
        Index("ix_reading_staff", "staff_id", "at"),
        Index("ix_reading_at", "at"),
        Index("ix_reading_sampled", "passage_id", sqlite_where=text(SAMPLED), postgresql_where=text(SAMPLED)),
    )

    id: UUID = Field(primary_key=True)
    passage_id: UUID = Field(index=True)
    experience_id: UUID = Field(sa_column_args=links("experience.id"))
    staff_id: UUID = Field(sa_column_args=links("staff.id"))
    at: datetime = Field(sa_type=UtcDateTime)
    outcome: str = Field(sa_type=ShownText)
    is_second: bool = False
    sampled: bool = False
    themes: list[str] = Field(sa_type=PlainJson)
    decisions: list[int] = Field(sa_type=PlainJson)
    before: dict[str, Any] | None = Field(default=None, sa_type=PlainJson)
    batch: UUID | None = Field(default=None, index=True)
    feeling: str | None = Field(default=None, sa_type=ShownText)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReviewClaimRow(Row, table=True):
    """What lies before a member of staff in the review: for some minutes nobody else is given it. One for each member."""

    __tablename__ = "review_claim"

    staff_id: UUID = Field(primary_key=True, sa_column_args=links("staff.id"))
    passage_id: UUID = Field(index=True)
    at: datetime = Field(sa_type=UtcDateTime)


class PreferenceRow(Row, table=True):
    """How one member of staff wants a page to be."""

    __tablename__ = "preference"

    staff_id: UUID = Field(primary_key=True, sa_column_args=links("staff.id"))
    name: str = Field(primary_key=True, sa_type=ShownText)
    value: str = Field(sa_type=ShownText)


class TeamSettingRow(Row, table=True):
    """What the team has set for everybody. Who set it is in the audit trail."""

    __tablename__ = "team_setting"

    name: str = Field(primary_key=True, sa_type=ShownText)
    value: str = Field(sa_type=ShownText)


class BulkCheckRow(Row, table=True):
    """A set of passages somebody wants to accept at once: its ids, and those ten of it that are read first."""

    __tablename__ = "bulk_check"

    id: UUID = Field(primary_key=True)
    staff_id: UUID = Field(sa_column_args=links("staff.id"))
    threshold: float
    at: datetime = Field(sa_type=UtcDateTime)
    passages: list[str] = Field(sa_type=PlainJson)
    sample: list[str] = Field(sa_type=PlainJson)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


reading = table_of(ReadingRow)
review_claim = table_of(ReviewClaimRow)
preference = table_of(PreferenceRow)
team_setting = table_of(TeamSettingRow)
bulk_check = table_of(BulkCheckRow)
