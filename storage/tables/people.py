"""People, where they are reached, their talks, what they agreed to, and what is owed to them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, false, text
from sqlmodel import Field

from bot.conversation import Purpose
from storage.columns import PlainJson, ShownText, UtcDateTime, WideInteger, links, one_of
from storage.tables.base import Row, table_of


class ContactRow(Row, table=True):
    """A person. Waiting messages make a turn due; the lease says which worker is answering them.

    ``ref`` is the link or poster they came by, until an experience opens and takes it over. ``gives_way``: their turn
    comes when no living talk has one due.

    An erased contact stays as an empty row, so that a turn that is under way can end.
    """

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", name="lease_whole"),
        Index(
            "ix_contact_turn_due",
            "gives_way",
            "turn_due_at",
            sqlite_where=text("turn_due_at IS NOT NULL"),
            postgresql_where=text("turn_due_at IS NOT NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    locale: str = Field(sa_type=ShownText)
    opted_out_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    greeted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    first_waiting_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    turn_due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    gives_way: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    ref: str | None = Field(default=None, sa_type=ShownText)
    lease_owner: str | None = Field(default=None, sa_type=ShownText)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)


class AddressRow(Row, table=True):
    """Where a person is reached: sealed, found by its blind index alone."""

    __tablename__ = "address"

    id: UUID = Field(primary_key=True)
    contact_id: UUID = Field(sa_column_args=links("contact.id"), index=True)
    blind_index: bytes = Field(sa_type=LargeBinary, unique=True)
    sealed: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcDateTime)


class SuppressionRow(Row, table=True):
    """An address whose owner said STOP and was erased: nothing stays of them but that it is not written to."""

    __tablename__ = "suppression"

    blind_index: bytes = Field(primary_key=True, sa_type=LargeBinary)
    opted_out_at: datetime = Field(sa_type=UtcDateTime)


class ConversationRow(Row, table=True):
    """One talk on one channel. ``state`` is the whole ``bot.conversation.Conversation``; the rest is what is asked for.

    ``held_at``: the team has the talk since then; ``held_by`` is who, empty where it is held at the provider's own inbox.
    ``held_word_at`` is their last word in it; ``held_swept_at`` when it was found forgotten, and ``held_told`` whether the
    person could be told; ``held_kept_on`` the last day on which staff said that they still have it.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        Index(
            "uq_conversation_open",
            "contact_id",
            "channel",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_conversation_held",
            "held_at",
            sqlite_where=text("held_at IS NOT NULL"),
            postgresql_where=text("held_at IS NOT NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    contact_id: UUID = Field(sa_column_args=links("contact.id"))
    channel: str = Field(sa_type=ShownText)
    step: str = Field(sa_type=ShownText)
    state: dict[str, Any] = Field(sa_type=PlainJson)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    held_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    held_by: UUID | None = None
    held_word_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    held_swept_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    held_told: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    held_kept_on: date | None = None


class ConsentRow(Row, table=True):
    """One answer to one question of consent. Added, never changed: the newest stands."""

    __tablename__ = "consent"
    __table_args__ = (one_of("purpose", Purpose), Index("ix_consent_experience", "experience_id"))

    id: int | None = Field(default=None, primary_key=True, sa_type=WideInteger)
    contact_id: UUID = Field(sa_column_args=links("contact.id"), index=True)
    experience_id: UUID | None = Field(default=None, sa_column_args=links("experience.id"))
    purpose: str = Field(sa_type=ShownText)
    given: bool
    wording: str = Field(sa_type=ShownText)
    inbound_seq: int | None = Field(default=None, sa_type=WideInteger)
    at: datetime = Field(sa_type=UtcDateTime)


class ContactLinkRow(Row, table=True):
    """Two contacts that staff found to be one person: what went over from ``other_id``, so that it can be undone.

    ``moved`` are the ids of rows by table; ``before`` is what both contacts had of their own. No words.
    """

    __tablename__ = "contact_link"

    id: UUID = Field(primary_key=True)
    contact_id: UUID = Field(sa_column_args=links("contact.id"), index=True)
    other_id: UUID = Field(sa_column_args=links("contact.id"), index=True)
    moved: dict[str, Any] = Field(sa_type=PlainJson)
    before: dict[str, Any] = Field(sa_type=PlainJson)
    why: str = Field(default="", sa_type=ShownText)
    linked_at: datetime = Field(sa_type=UtcDateTime)
    linked_by: str = Field(sa_type=ShownText)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_by: str | None = Field(default=None, sa_type=ShownText)


class TaskRow(Row, table=True):
    """Something a person who works here must do by a day. ``moved_from`` is the first day it had, where it was moved;
    ``outcome`` is what came of it, in the words of whoever did it.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_experience", "experience_id"),
        Index("ix_task_not_done", "due_on", sqlite_where=text("done_at IS NULL"), postgresql_where=text("done_at IS NULL")),
    )

    id: UUID = Field(primary_key=True)
    contact_id: UUID | None = Field(default=None, sa_column_args=links("contact.id"), index=True)
    experience_id: UUID | None = Field(default=None, sa_column_args=links("experience.id"))
    kind: str = Field(sa_type=ShownText)
    due_on: date
    owner_id: UUID | None = None
    moved_from: date | None = None
    moved_why: str | None = Field(default=None, sa_type=ShownText)
    created_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_by: UUID | None = Field(default=None, sa_column_args=links("staff.id"))
    outcome: str | None = Field(default=None, sa_type=ShownText)


contact = table_of(ContactRow)
address = table_of(AddressRow)
suppression = table_of(SuppressionRow)
conversation = table_of(ConversationRow)
consent = table_of(ConsentRow)
task = table_of(TaskRow)
contact_link = table_of(ContactLinkRow)
