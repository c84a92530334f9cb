"""Who was asked into the team, and what of the accounts a second person has to see."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field

from bot.team import What
from storage.columns import ShownText, UtcDateTime, links, one_of
from storage.tables.base import Row, table_of


class StaffInvitationRow(Row, table=True):
    """A link by which somebody sets their own password. ``digest`` is of the token in it; ``ended_at``: used, or replaced."""

    __tablename__ = "staff_invitation"

    id: UUID = Field(primary_key=True)
    digest: bytes = Field(sa_type=LargeBinary, unique=True)
    staff_id: UUID = Field(sa_column_args=links("staff.id"), index=True)
    made_by: UUID | None = Field(default=None, sa_column_args=links("staff.id"))
    made_at: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TeamChangeRow(Row, table=True):
    """Something by which somebody may come to read what families told. ``made_by`` None: the operator."""

    __tablename__ = "team_change"
    __table_args__ = (one_of("what", What),)

    id: UUID = Field(primary_key=True)
    staff_id: UUID = Field(sa_column_args=links("staff.id"))
    made_by: UUID | None = Field(default=None, sa_column_args=links("staff.id"))
    what: str = Field(sa_type=ShownText)
    role: str = Field(sa_type=ShownText)
    at: datetime = Field(sa_type=UtcDateTime)
    seen_by: UUID | None = Field(default=None, sa_column_args=links("staff.id"))
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


staff_invitation = table_of(StaffInvitationRow)
team_change = table_of(TeamChangeRow)
