"""Who of the team is signed in where, and what was tried at the door."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, false
from sqlmodel import Field

from bot.door import Way
from storage.columns import ShownText, UtcDateTime, WideInteger, links, one_of
from storage.tables.base import Row, table_of


class StaffSessionRow(Row, table=True):
    """``digest`` is of the token that only the browser has. ``version`` is the member's when it began. Not ``whole``: the
    second step is still to come; ``stepped``: it was made.
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
    stepped: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInTryRow(Row, table=True):
    """How often one account was tried from one place, or on one device, or a place was tried from. Digests only."""

    __tablename__ = "sign_in_try"
    __table_args__ = (CheckConstraint("tries >= 0", name="tries_counted"),)

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    tries: int
    last_at: datetime = Field(sa_type=UtcDateTime)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SecondStepRow(Row, table=True):
    """What a member's phone and we both know. ``last_step``: the half minute whose digits were used last; none is used twice."""

    __tablename__ = "second_step"
    __table_args__ = (CheckConstraint("(sealed IS NULL) = (since IS NULL)", name="since_it_counts"),)

    staff_id: UUID = Field(primary_key=True, sa_column_args=links("staff.id"))
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    sealed_pending: bytes | None = Field(default=None, sa_type=LargeBinary)
    since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_step: int = Field(default=0, sa_type=WideInteger)


class RecoveryCodeRow(Row, table=True):
    """A code on paper, as a keyed digest. It opens once."""

    __tablename__ = "recovery_code"

    id: UUID = Field(primary_key=True)
    staff_id: UUID = Field(sa_column_args=links("staff.id"), index=True)
    digest: bytes = Field(sa_type=LargeBinary, unique=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class StaffPasskeyRow(Row, table=True):
    """A passkey or a security key of a member's. ``signs``: how often it said it had signed, when it was used last."""

    __tablename__ = "staff_passkey"

    id: UUID = Field(primary_key=True)
    staff_id: UUID = Field(sa_column_args=links("staff.id"), index=True)
    credential: bytes = Field(sa_type=LargeBinary, unique=True)
    public: bytes = Field(sa_type=LargeBinary)
    signs: int = Field(sa_type=WideInteger)
    name: str = Field(sa_type=ShownText)
    added_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class StaffIdentityRow(Row, table=True):
    """Which account of the council is whose: the digest is of its issuer and subject. ``other_role``: what the directory gives
    them where they keep the role they have, because nobody else has it.
    """

    __tablename__ = "staff_identity"

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    staff_id: UUID = Field(sa_column_args=links("staff.id"), index=True)
    other_role: str | None = Field(default=None, sa_type=ShownText)


staff_passkey = table_of(StaffPasskeyRow)
staff_identity = table_of(StaffIdentityRow)
second_step = table_of(SecondStepRow)
recovery_code = table_of(RecoveryCodeRow)
staff_session = table_of(StaffSessionRow)
sign_in_try = table_of(SignInTryRow)
