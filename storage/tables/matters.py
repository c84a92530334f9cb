"""What several people told of and no theme fits, as the worker found it last; and who looks for it now."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from storage.columns import PlainJson, UtcDateTime, links
from storage.tables.base import Row, table_of

ONLY = 1
"""The number of the one row that says who looks."""


class MatterRow(Row, table=True):
    """``terms`` are redacted words that more than one person used."""

    __tablename__ = "matter"
    __table_args__ = (CheckConstraint("(set_aside_at IS NULL) = (set_aside_by IS NULL)", name="set_aside_by_somebody"),)

    id: UUID = Field(primary_key=True)
    terms: list[str] = Field(sa_type=PlainJson)
    found_at: datetime = Field(sa_type=UtcDateTime)
    set_aside_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    set_aside_by: UUID | None = Field(default=None, sa_column_args=links("staff.id"))


class MatterToldRow(Row, table=True):
    """A passage it was told by. It may be gone by now: what is shown is looked up, and what is gone is left out."""

    __tablename__ = "matter_told"

    matter_id: UUID = Field(primary_key=True, sa_column_args=links("matter.id"))
    passage_id: UUID = Field(primary_key=True)


class MatterRoundRow(Row, table=True):
    """One row. ``holder`` is the look under way; ``done_at`` when one ended last."""

    __tablename__ = "matter_round"
    __table_args__ = (CheckConstraint("(holder IS NULL) = (until IS NULL)", name="held_for_a_while"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    holder: UUID | None = None
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


matter = table_of(MatterRow)
matter_told = table_of(MatterToldRow)
matter_round = table_of(MatterRoundRow)
