"""Alerts, and the people who work here and take them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, false, text
from sqlmodel import Field

from bot.model import RiskLevel
from storage.columns import PlainJson, ShownText, UtcDateTime, WideInteger, links, within
from storage.tables.base import Row, table_of


class StaffRow(Row, table=True):
    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("session_version >= 0", name="session_version_counted"),)

    id: UUID = Field(primary_key=True)
    name: str = Field(sa_type=ShownText)
    username: str = Field(sa_type=ShownText, unique=True)
    role: str = Field(sa_type=ShownText)
    password_hash: str = Field(sa_type=ShownText)
    sealed_mobile: bytes | None = Field(default=None, sa_type=LargeBinary)
    session_version: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AlertRow(Row, table=True):
    """A worry a person must look at. Ids only, never words. Open until ``closed_at``; called out until taken. ``by_scorer``: only
    the second listener heard it.
    """

    __tablename__ = "alert"
    __table_args__ = (
        within("level", min(RiskLevel), max(RiskLevel)),
        CheckConstraint("chases >= 0", name="chases_counted"),
        CheckConstraint("(taken_at IS NULL) = (taken_by IS NULL)", name="taken_by_somebody"),
        CheckConstraint("closed_at IS NULL OR outcome IS NOT NULL", name="closed_with_outcome"),
        Index(
            "ix_alert_next_at",
            "next_at",
            sqlite_where=text("taken_at IS NULL AND closed_at IS NULL"),
            postgresql_where=text("taken_at IS NULL AND closed_at IS NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    contact_id: UUID = Field(sa_column_args=links("contact.id"), index=True)
    inbound_seq: int = Field(sa_type=WideInteger, sa_column_args=links("inbound_message.seq"), index=True)
    experience_id: UUID | None = Field(default=None, sa_column_args=links("experience.id"), index=True)
    level: int
    kinds: list[str] = Field(sa_type=PlainJson)
    by_scorer: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    raised_at: datetime = Field(sa_type=UtcDateTime)
    chases: int = 0
    next_at: datetime = Field(sa_type=UtcDateTime)
    taken_by: UUID | None = Field(default=None, sa_column_args=links("staff.id"))
    taken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: UUID | None = Field(default=None, sa_column_args=links("staff.id"))
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str | None = Field(default=None, sa_type=ShownText)


staff = table_of(StaffRow)
alert = table_of(AlertRow)
