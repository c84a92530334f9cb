"""Codes that open a talk or a record from elsewhere, and the tries at them. Rows go once their quarter of an hour is over."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field

from storage.columns import ShownText, UtcDateTime, WideInteger
from storage.tables.base import Row, table_of


class ResumeCodeRow(Row, table=True):
    """One code that has not been used, known by its keyed digest. ``opens``: ``talk``, or ``record`` (what we hold)."""

    __tablename__ = "resume_code"

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    id: UUID
    address_index: bytes = Field(sa_type=LargeBinary, index=True)
    sealed: bytes = Field(sa_type=LargeBinary)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    opens: str = Field(default="talk", sa_type=ShownText, sa_column_kwargs={"server_default": "talk"})


class ResumeTryRow(Row, table=True):
    """One try at a code. ``who`` is a keyed digest of the place it came from."""

    __tablename__ = "resume_try"

    id: int | None = Field(default=None, primary_key=True, sa_type=WideInteger)
    who: bytes = Field(sa_type=LargeBinary, index=True)
    at: datetime = Field(sa_type=UtcDateTime)


resume_code = table_of(ResumeCodeRow)
resume_try = table_of(ResumeTryRow)
