"""The team's changes of the themes; runs over the past that tag anew; and what was suggested before."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field

from bot.own_themes import ChangeKind
from storage.columns import PlainJson, ShownText, UtcDateTime, WideInteger, links, one_of
from storage.tables.base import Row, table_of


class ThemeChangeRow(Row, table=True):
    """Added, never changed. ``details``: what a theme that is added means, by which words it is known; what is used instead."""

    __tablename__ = "theme_change"
    __table_args__ = (one_of("kind", ChangeKind),)

    number: int = Field(primary_key=True, sa_type=WideInteger, sa_column_kwargs={"autoincrement": False})
    kind: str = Field(sa_type=ShownText)
    theme: str = Field(sa_type=ShownText)
    details: dict[str, Any] = Field(sa_type=PlainJson)
    staff_id: UUID = Field(sa_column_args=links("staff.id"))
    at: datetime = Field(sa_type=UtcDateTime)


class RetagRow(Row, table=True):
    """One run. ``after``: the passage it has come to; ``holder`` is the worker that goes on with it."""

    __tablename__ = "retag"
    id: UUID = Field(primary_key=True)
    asked_by: UUID = Field(sa_column_args=links("staff.id"))
    asked_at: datetime = Field(sa_type=UtcDateTime)
    version: str = Field(sa_type=ShownText)
    total: int
    done: int = 0
    changed: int = 0
    after: UUID | None = None
    holder: UUID | None = None
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stopped: bool = False


class PastSuggestionRow(Row, table=True):
    """What the machine had suggested, until something else took its place."""

    __tablename__ = "past_suggestion"

    id: int | None = Field(default=None, primary_key=True, sa_type=WideInteger)
    passage_id: UUID = Field(index=True)
    theme: str = Field(sa_type=ShownText)
    score: float
    evidence: list[list[int]] = Field(sa_type=PlainJson)
    tagger: str = Field(sa_type=ShownText)
    taxonomy: str = Field(sa_type=ShownText)
    replaced_at: datetime = Field(sa_type=UtcDateTime)


theme_change = table_of(ThemeChangeRow)
retag = table_of(RetagRow)
past_suggestion = table_of(PastSuggestionRow)
