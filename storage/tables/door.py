"""Who of the team is signed in where, and what was tried at the door."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary
from sqlmodel import Field

from bot.door import Way
from storage.columns import ShownText, UtcDateTime, links, one_of
from storage.tables.base import Row, table_of


class StaffSessionRow(Row, table=True):
    """``digest`` is of the token that only the browser has. ``version`` is the member's when it began. Not ``whole``: the
    second step is still to come.
    """

    __tablename__ = "staff_session"
    __table_args__ = (one_of("way", Way),)

    id: UUID = Field(primary_key=True)
    digest: bytes = Field(sa_type=LargeBinary, unique=True)
    staff_id: UUID = Field(sa_column_args=links("staff.id"), index=True)
    version: int
    begun_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    browser: str = Field(sa_type=ShownText)
    way: str = Field(sa_type=ShownText)
    whole: bool
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInTryRow(Row, table=True):
    """How often one account was tried from one place, or on one device, or a place was tried from. Digests only."""

    __tablename__ = "sign_in_try"
    __table_args__ = (CheckConstraint("tries >= 0", name="tries_counted"),)

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    tries: int
    last_at: datetime = Field(sa_type=UtcDateTime)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)


staff_session = table_of(StaffSessionRow)
sign_in_try = table_of(SignInTryRow)
