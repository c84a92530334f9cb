"""What was passed on to teams and services, and who they are."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, false, text
from sqlmodel import Field

from bot.passing_on import Kind, Telling
from storage.columns import ShownText, UtcDateTime, links, one_of
from storage.tables.base import Row, table_of

STANDS = "called_back_at IS NULL"
"""Not called back: of these there is one for each experience, recipient and kind."""


class RecipientRow(Row, table=True):
    """A team or service, with the address of its work. Never changed: one that moves is retired and added anew.

    ``casework``: the team that families are asked about.
    """

    __tablename__ = "recipient"

    id: UUID = Field(primary_key=True)
    name: str = Field(sa_type=ShownText)
    email: str = Field(sa_type=ShownText)
    casework: bool = False
    added_at: datetime = Field(sa_type=UtcDateTime)
    added_by: UUID = Field(sa_column_args=links("staff.id"))
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PassedOnRow(Row, table=True):
    """One experience, or part of it, passed on. The words that left are those of its mail (``outbound_id``).

    ``tries`` counts the mails. ``answer`` is what the service said, as staff wrote it down, sealed. ``back_outbound_id`` is the
    mail that called it back. ``gone``: words of it were taken back or removed, so nothing of them is kept here any more.
    """

    __tablename__ = "passed_on"
    __table_args__ = (
        one_of("kind", Kind),
        one_of("telling", Telling),
        CheckConstraint("tries > 0", name="tries_counted"),
        Index(
            "uq_passed_on_stands",
            "experience_id",
            "recipient_id",
            "kind",
            unique=True,
            sqlite_where=text(STANDS),
            postgresql_where=text(STANDS),
        ),
        Index("ix_passed_on_at", "at"),
    )

    id: UUID = Field(primary_key=True)
    kind: str = Field(sa_type=ShownText)
    experience_id: UUID = Field(sa_column_args=links("experience.id"), index=True)
    recipient_id: UUID = Field(sa_column_args=links("recipient.id"), index=True)
    staff_id: UUID = Field(sa_column_args=links("staff.id"))
    outbound_id: UUID
    tries: int = 1
    answer_to: str = Field(sa_type=ShownText)
    at: datetime = Field(sa_type=UtcDateTime)
    due_on: date | None = None
    task_id: UUID | None = None
    answer: bytes | None = Field(default=None, sa_type=LargeBinary)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_by: UUID | None = Field(default=None, sa_column_args=links("staff.id"))
    telling: str = Field(sa_type=ShownText)
    called_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    called_back_by: UUID | None = Field(default=None, sa_column_args=links("staff.id"))
    back_outbound_id: UUID | None = None
    gone: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


recipient = table_of(RecipientRow)
passed_on = table_of(PassedOnRow)
