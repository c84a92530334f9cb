"""Long work that staff ask for, the stretches of its files, and which experiences a file that was made holds."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlmodel import Field

from bot.jobs import JobKind, JobState, Part
from storage.columns import PlainJson, ShownText, UtcDateTime, links, one_of
from storage.tables.base import Row, table_of

UNDER_WAY = "state IN ('looking', 'working')"
"""What a worker is to go on with, as the index and the query both say it."""


class JobRow(Row, table=True):
    """``details`` are sealed: headings of somebody's file, what was searched for. ``digest`` is the keyed one of a file that
    came. ``holder`` is the worker that goes on with it, until ``until``; ``files_until``: its files may be read so long.
    """

    __tablename__ = "job"
    __table_args__ = (
        one_of("kind", JobKind),
        one_of("state", JobState),
        Index("ix_job_under_way", "asked_at", sqlite_where=text(UNDER_WAY), postgresql_where=text(UNDER_WAY)),
    )

    id: UUID = Field(primary_key=True)
    kind: str = Field(sa_type=ShownText)
    state: str = Field(sa_type=ShownText)
    name: str = Field(sa_type=ShownText)
    asked_by: UUID = Field(sa_column_args=links("staff.id"), index=True)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    details: bytes = Field(sa_type=LargeBinary)
    digest: bytes | None = Field(default=None, sa_type=LargeBinary, index=True)
    total: int = 0
    done: int = 0
    wrong: int = 0
    counts: dict[str, int] = Field(sa_type=PlainJson)
    place: str = Field(sa_type=ShownText)
    began_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    step_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    holder: UUID | None = None
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    files_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    trouble: str = Field(sa_type=ShownText)


class JobPieceRow(Row, table=True):
    __tablename__ = "job_piece"
    __table_args__ = (one_of("part", Part),)

    job_id: UUID = Field(primary_key=True, sa_column_args=links("job.id"))
    part: str = Field(primary_key=True, sa_type=ShownText)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    blob: UUID = Field(index=True)
    size: int


class ExportedRow(Row, table=True):
    """This experience is, or was to be, in the file of this export. Stays when the file is gone."""

    __tablename__ = "exported"

    job_id: UUID = Field(primary_key=True, sa_column_args=links("job.id"))
    experience_id: UUID = Field(primary_key=True, sa_column_args=links("experience.id"), index=True)


job = table_of(JobRow)
job_piece = table_of(JobPieceRow)
exported = table_of(ExportedRow)
