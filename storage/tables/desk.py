"""What the team does with an experience beside reading it: notes to each other, who has it open, and what can be undone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from storage.columns import ShownText, UtcDateTime, links
from storage.tables.base import Row, table_of


class StaffNoteRow(Row, table=True):
    """``sealed`` is what a member of staff wrote to the others. Never sent to a family; goes with their words."""

    __tablename__ = "staff_note"

    id: UUID = Field(primary_key=True)
    experience_id: UUID = Field(sa_column_args=links("experience.id"), index=True)
    staff_id: UUID = Field(sa_column_args=links("staff.id"))
    sealed: bytes = Field(sa_type=LargeBinary)
    written_at: datetime = Field(sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LookingRow(Row, table=True):
    """Who had an experience open last, and when: one row for each, written over. ``sitting``: the session in which the audit
    trail last noted that they read it.
    """

    __tablename__ = "looking"

    experience_id: UUID = Field(primary_key=True)
    staff_id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    sitting: UUID | None = None


class DeedRow(Row, table=True):
    """One act of the desk. ``before`` and ``after`` are what it changed: ids and days, never words. ``record``: the task or
    alert, where it was one; it may stand in no experience.
    """

    __tablename__ = "deed"
    __table_args__ = (Index("ix_deed_last", "staff_id", "at"),)

    id: UUID = Field(primary_key=True)
    staff_id: UUID = Field(sa_column_args=links("staff.id"))
    experience_id: UUID | None = Field(default=None, sa_column_args=links("experience.id"))
    record: str | None = Field(default=None, sa_type=ShownText)
    act: str = Field(sa_type=ShownText)
    before: str | None = Field(default=None, sa_type=ShownText)
    after: str | None = Field(default=None, sa_type=ShownText)
    at: datetime = Field(sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


staff_note = table_of(StaffNoteRow)
looking = table_of(LookingRow)
deed = table_of(DeedRow)
