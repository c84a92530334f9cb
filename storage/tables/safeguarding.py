"""Alerts, who is called about them and how that went, and the people who work here and take them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, false, text
from sqlmodel import Field

from bot.hand_over import End
from bot.heard import RiskLevel
from storage.columns import PlainJson, ShownText, UtcDateTime, WideInteger, links, one_of, within
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
    the second listener heard it. Its experience is with safeguarding until ``cleared_at``.
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
    taken_over_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cleared_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cleared_by: UUID | None = None
    cleared_why: str | None = Field(default=None, sa_type=ShownText)


class AlertHandingRow(Row, table=True):
    """An alert that whoever has it handed on to somebody on the rota, or another lead (``rung_id``). They are called until
    ``ended_at``; one of an alert is open at a time.
    """

    __tablename__ = "alert_handing"
    __table_args__ = (
        CheckConstraint("chases >= 0", name="chases_counted"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended_somehow"),
        one_of("ending", End),
        Index(
            "uq_alert_handing_open",
            "alert_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    alert_id: UUID = Field(sa_column_args=links("alert.id"), index=True)
    rung_id: UUID
    name: str = Field(sa_type=ShownText)
    handed_by: UUID = Field(sa_column_args=links("staff.id"))
    handed_at: datetime = Field(sa_type=UtcDateTime)
    chases: int = 0
    next_at: datetime = Field(sa_type=UtcDateTime)
    ending: str | None = Field(default=None, sa_type=ShownText)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    taken_by: UUID | None = Field(default=None, sa_column_args=links("staff.id"))


class RotaVersionRow(Row, table=True):
    """The rota as somebody kept it; the highest ``number`` counts. ``sealed``: names, numbers, emails and hours of all rungs."""

    __tablename__ = "rota_version"

    id: UUID = Field(primary_key=True)
    number: int = Field(unique=True)
    sealed: bytes = Field(sa_type=LargeBinary)
    made_by: UUID = Field(sa_column_args=links("staff.id"))
    made_at: datetime = Field(sa_type=UtcDateTime)


class AlertDrillRow(Row, table=True):
    """A fire drill: nobody is in danger. Called out while ``next_at`` is there."""

    __tablename__ = "alert_drill"
    __table_args__ = (CheckConstraint("chases >= 0", name="chases_counted"),)

    id: UUID = Field(primary_key=True)
    started_at: datetime = Field(sa_type=UtcDateTime, index=True)
    started_by: str = Field(sa_type=ShownText)
    chases: int = 0
    next_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    taken_by: UUID | None = Field(default=None, sa_column_args=links("staff.id"))
    taken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AlertCallRow(Row, table=True):
    """One call to one rung, for one alert or drill (``subject``). ``outbound`` is the key of the row of the outbox that says how
    it went.
    """

    __tablename__ = "alert_call"
    __table_args__ = (one_of("about", ("alert", "drill")),)

    subject: UUID = Field(primary_key=True)
    outbound: str = Field(primary_key=True, sa_type=ShownText)
    about: str = Field(sa_type=ShownText)
    round: int
    rung: int
    name: str = Field(sa_type=ShownText)
    route: str = Field(sa_type=ShownText)
    at: datetime = Field(sa_type=UtcDateTime)


class AlertReleaseRow(Row, table=True):
    """A passage of what is with safeguarding that the lead shows to reviewers. ``digest`` is of its words as they were then:
    other words are not released.
    """

    __tablename__ = "alert_release"

    id: UUID = Field(primary_key=True)
    passage_id: UUID = Field(index=True)
    digest: bytes = Field(sa_type=LargeBinary)
    released_by: UUID = Field(sa_column_args=links("staff.id"))
    released_at: datetime = Field(sa_type=UtcDateTime)
    ended_by: UUID | None = Field(default=None, sa_column_args=links("staff.id"))
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


staff = table_of(StaffRow)
alert = table_of(AlertRow)
alert_handing = table_of(AlertHandingRow)
rota_version = table_of(RotaVersionRow)
alert_drill = table_of(AlertDrillRow)
alert_call = table_of(AlertCallRow)
alert_release = table_of(AlertReleaseRow)
