"""Promised days that passed unkept, and what the team says of where things stand: when it talked, when an answer is due."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from bot.milestones import MilestoneKind
from bot.missed import About, Told
from storage.columns import ShownText, UtcDateTime, WideInteger, links, one_of
from storage.tables.base import Row, table_of


class MissedPromiseRow(Row, table=True):
    """One promised day that passed. ``subject`` is the id of the experience or the task, and outlives a task that goes.

    ``told`` says whether its family was told, or why not; ``new_day`` what they were told instead (none: nothing more is
    said of it). ``outbound_id`` is the first part of what was said.
    """

    __tablename__ = "missed_promise"
    __table_args__ = (UniqueConstraint("subject", "missed_on"), one_of("about", About), one_of("told", Told))

    id: int | None = Field(default=None, primary_key=True, sa_type=WideInteger)
    about: str = Field(sa_type=ShownText)
    subject: UUID
    missed_on: date
    new_day: date | None = None
    told: str = Field(sa_type=ShownText)
    outbound_id: UUID | None = None
    at: datetime = Field(sa_type=UtcDateTime)


class MilestoneRow(Row, table=True):
    """A day staff gave: for one experience, or for all of a theme since a day. Taken back, never changed."""

    __tablename__ = "milestone"
    __table_args__ = (
        one_of("kind", MilestoneKind),
        CheckConstraint("(experience_id IS NULL) <> (theme IS NULL)", name="for_one_or_many"),
        CheckConstraint("(theme IS NULL) = (since IS NULL)", name="theme_since"),
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_by IS NULL)", name="taken_back_by_somebody"),
    )

    id: UUID = Field(primary_key=True)
    kind: str = Field(sa_type=ShownText)
    day: date
    experience_id: UUID | None = Field(default=None, sa_column_args=links("experience.id"), index=True)
    theme: str | None = Field(default=None, sa_type=ShownText, index=True)
    since: date | None = None
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: UUID = Field(sa_column_args=links("staff.id"))
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    taken_back_by: UUID | None = Field(default=None, sa_column_args=links("staff.id"))


missed_promise = table_of(MissedPromiseRow)
milestone = table_of(MilestoneRow)
