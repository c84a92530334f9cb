"""What guards the rest: the data keys in use and the chained audit trail."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlmodel import Field

from storage.columns import ShownText, UtcDateTime, WideInteger, links
from storage.tables.base import Row, table_of


class DataKeyRow(Row, table=True):
    """One data key that has sealed something here: its id, a check value, and the index key wrapped with it."""

    __tablename__ = "data_key"
    __table_args__ = (CheckConstraint("length(id) = 8", name="id_short"),)

    id: str = Field(primary_key=True, sa_type=ShownText)
    check_value: bytes = Field(sa_type=LargeBinary)
    wrapped_index_key: bytes = Field(sa_type=LargeBinary)


class AuditRow(Row, table=True):
    """One line of the trail. ``mac`` covers the line and the ``mac`` before it. Ids only, never text of a parent."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_record", "record", "number"),)

    number: int = Field(primary_key=True, sa_type=WideInteger, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime)
    who: str = Field(sa_type=ShownText)
    action: str = Field(sa_type=ShownText)
    record: str = Field(sa_type=ShownText)
    why: str = Field(default="", sa_type=ShownText)
    mac: bytes = Field(sa_type=LargeBinary)


class AuditHeadRow(Row, table=True):
    """The end of the trail, one row, so that lines cut off the end are missed too."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"), CheckConstraint("number >= 0", name="number_counted"))

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    number: int = Field(sa_type=WideInteger)
    mac: bytes = Field(sa_type=LargeBinary)
    seal: bytes = Field(sa_type=LargeBinary)


class DeletionRequestRow(Row, table=True):
    """A wish to be deleted that a provider handed on. ``code`` is what the person asks about it with."""

    __tablename__ = "deletion_request"

    code: str = Field(primary_key=True, sa_type=ShownText)
    channel: str = Field(sa_type=ShownText)
    contact_id: UUID | None = Field(default=None, sa_column_args=links("contact.id"))
    asked_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_by: UUID | None = Field(default=None, sa_column_args=links("staff.id"))


class ShiftRow(Row, table=True):
    """Which worker asks a way in that nobody calls, and until when nobody else may."""

    __tablename__ = "shift"

    name: str = Field(primary_key=True, sa_type=ShownText)
    worker: str = Field(sa_type=ShownText)
    until: datetime = Field(sa_type=UtcDateTime)


data_key = table_of(DataKeyRow)
audit = table_of(AuditRow)
audit_head = table_of(AuditHeadRow)
deletion_request = table_of(DeletionRequestRow)
shift = table_of(ShiftRow)
