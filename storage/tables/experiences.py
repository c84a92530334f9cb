"""The unit of work: an experience, its passages, what the tagger suggested and what people decided."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, false, text
from sqlmodel import Field

from bot.heard import Polarity, RiskLevel
from bot.model import Speaker
from storage.columns import PlainJson, ShownText, UtcDateTime, WideInteger, links, one_of, within
from storage.tables.base import Row, table_of

NEVER_READ = "read_at IS NULL AND NOT withdrawn"
"""The experiences whose promise is still to be kept, as the index and the query both say it."""


WAITING = "experience.unread AND NOT experience.withdrawn"
"""What nobody has read yet. The inbox walks it in its order."""
ASLEEP = "asleep_until IS NOT NULL"
OWNED = "owner_id IS NOT NULL"
DUE = "due_on IS NOT NULL"


class ExperienceRow(Row, table=True):
    """One or more messages about one thing. ``unread``: there are words in it that nobody has read yet; ``read_at`` is
    when it was last read. ``withdrawn``: all its words were taken back or erased; its reference is never given again.
    ``ref``: the link or poster they came by. ``as_one``: the family says that its passages are one thing. ``owner_id`` is who
    of the team sees to it; ``asleep_until``, snoozed until that day; ``due_on``, a day the team set itself.

    ``least_sure`` (0 to 1) is that of its least sure passage: 1 less the best suggestion's score, 1 where nothing is
    suggested, 0 once a person has decided anything about the passage.
    """

    __tablename__ = "experience"
    __table_args__ = (
        one_of("speaker", Speaker),
        within("risk", min(RiskLevel), max(RiskLevel)),
        within("least_sure", 0, 1),
        Index("ix_experience_line", "risk", "promised_on", "least_sure", "opened_at", "id"),
        Index(
            "ix_experience_waiting",
            "risk",
            "promised_on",
            "least_sure",
            "opened_at",
            "id",
            sqlite_where=text("unread AND NOT withdrawn"),
            postgresql_where=text("unread AND NOT withdrawn"),
        ),
        Index("ix_experience_asleep", "asleep_until", sqlite_where=text(ASLEEP), postgresql_where=text(ASLEEP)),
        Index("ix_experience_owner", "owner_id", sqlite_where=text(OWNED), postgresql_where=text(OWNED)),
        Index("ix_experience_due", "due_on", sqlite_where=text(DUE), postgresql_where=text(DUE)),
        Index("ix_experience_opened", "opened_at"),
        Index("ix_experience_channel", "channel"),
        Index("ix_experience_district", "district"),
        Index("ix_experience_age_band", "age_band"),
        Index("ix_experience_locale", "locale"),
        Index("ix_experience_unread", "promised_on", sqlite_where=text(NEVER_READ), postgresql_where=text(NEVER_READ)),
    )

    id: UUID = Field(primary_key=True)
    reference: str = Field(sa_type=ShownText, unique=True)
    contact_id: UUID | None = Field(default=None, sa_column_args=links("contact.id"), index=True)
    conversation_id: UUID | None = Field(default=None, sa_column_args=links("conversation.id"), index=True)
    channel: str = Field(sa_type=ShownText)
    locale: str = Field(sa_type=ShownText)
    speaker: str = Field(sa_type=ShownText)
    risk: int = 0
    promised_on: date
    opened_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn: bool = False
    place: str | None = Field(default=None, sa_type=ShownText)
    district: str | None = Field(default=None, sa_type=ShownText)
    service: str | None = Field(default=None, sa_type=ShownText)
    age_band: str | None = Field(default=None, sa_type=ShownText)
    ref: str | None = Field(default=None, sa_type=ShownText)
    needs_translation: bool = False
    parked: bool = False
    as_one: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    least_sure: float = 1.0
    unread: bool = True
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    read_by: UUID | None = Field(default=None, sa_column_args=links("staff.id"))
    owner_id: UUID | None = None
    asleep_until: date | None = None
    due_on: date | None = None


class PassageRow(Row, table=True):
    """A stretch of one redacted message, or (``translation_id``) of its redacted translation. ``starts`` and ``ends`` are code
    points of that text. ``polarity`` is what was heard and never changes; ``feeling`` what a person said of it, from the reading
    that counts.
    """

    __tablename__ = "passage"
    __table_args__ = (
        one_of("polarity", Polarity),
        one_of("feeling", Polarity),
        CheckConstraint("starts >= 0 AND ends >= starts", name="span_ordered"),
        Index("ix_passage_experience", "experience_id", "inbound_seq", "position"),
    )

    id: UUID = Field(primary_key=True)
    experience_id: UUID = Field(sa_column_args=links("experience.id"))
    inbound_seq: int = Field(sa_type=WideInteger, sa_column_args=links("inbound_message.seq"), index=True)
    position: int
    starts: int
    ends: int
    text: str = Field(sa_type=ShownText)
    polarity: str = Field(sa_type=ShownText)
    feeling: str | None = Field(default=None, sa_type=ShownText)
    translation_id: UUID | None = None


class SuggestionRow(Row, table=True):
    """A theme the tagger proposed. Never changed."""

    __tablename__ = "suggestion"
    __table_args__ = (within("score", 0, 1), Index("ix_suggestion_theme", "theme", "passage_id"))

    id: int | None = Field(default=None, primary_key=True, sa_type=WideInteger)
    passage_id: UUID = Field(sa_column_args=links("passage.id"), index=True)
    theme: str = Field(sa_type=ShownText)
    score: float
    evidence: list[list[int]] = Field(sa_type=PlainJson)
    tagger: str = Field(sa_type=ShownText)
    taxonomy: str = Field(sa_type=ShownText)


class DecisionRow(Row, table=True):
    """A person's word on one theme of one passage. Added, never changed. No staff: the parent's own word.

    ``undone_at``: whoever said it took it back, so it does not count since then; it stays, with ``undone_by``.
    """

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_theme", "theme", "passage_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=WideInteger)
    passage_id: UUID = Field(sa_column_args=links("passage.id"), index=True)
    theme: str = Field(sa_type=ShownText)
    verdict: bool
    staff_id: UUID | None = Field(default=None, sa_column_args=links("staff.id"))
    why: str = Field(default="", sa_type=ShownText)
    taxonomy: str = Field(default="", sa_type=ShownText)
    at: datetime = Field(sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_by: UUID | None = None


experience = table_of(ExperienceRow)
passage = table_of(PassageRow)
suggestion = table_of(SuggestionRow)
decision = table_of(DecisionRow)

STANDS = decision.c.undone_at.is_(None)
"""A decision that was not taken back."""
