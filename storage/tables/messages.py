"""What came and what goes, in one numbering. No row here is ever deleted: one that must be forgotten is emptied."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, false, text
from sqlmodel import Field

from bot.conversation import Command
from bot.heard import Polarity, RiskLevel
from bot.outgoing import DeliveryStatus, OutboundState, Priority
from storage.columns import PlainJson, ShownText, UtcDateTime, WideInteger, links, one_of, within
from storage.tables.base import Row, table_of

LIVE = "state IN ('pending', 'sending', 'unknown') AND not_before IS NOT NULL"
"""The rows of the outbox that are still to go, as the index and the queries both say it, so that one serves the other."""
UNMASKED = "redactor IS NULL AND redacted <> ''"
UNMASKED_LETTER = f"{UNMASKED} AND staff_id IS NOT NULL"
"""Words of people in which nobody has looked for names yet, in the same way."""


class InboundState(StrEnum):
    """Where an inbound message stands."""

    WAITING = "waiting"
    HEARD = "heard"
    PARKED = "parked"
    TAKEN_BACK = "taken_back"
    ERASED = "erased"


class InboundRow(Row, table=True):
    """One message from a person. ``sealed`` is all of it as it came; ``redacted`` is empty until it has been made.

    ``amended_at``: its words were changed after it was heard, and it waits to be heard anew. ``redactor`` is the version of
    what masked it, if names were looked for; ``doubtful``, the stretches of ``redacted`` that might be names; ``weighed``,
    those that spoke most for an alert of the second listener.
    """

    __tablename__ = "inbound_message"
    __table_args__ = (
        UniqueConstraint("channel", "account", "external_id"),
        one_of("state", InboundState),
        one_of("command", Command),
        one_of("polarity", Polarity),
        within("risk", min(RiskLevel), max(RiskLevel)),
        within("locale_score", 0, 1),
        CheckConstraint("seq > 0", name="seq_positive"),
        CheckConstraint("attempts >= 0", name="attempts_counted"),
        CheckConstraint("sealed IS NOT NULL OR state IN ('taken_back', 'erased')", name="words_kept"),
        Index("ix_inbound_message_contact", "contact_id", "seq"),
        Index(
            "ix_inbound_message_experience",
            "experience_id",
            "seq",
            sqlite_where=text("experience_id IS NOT NULL"),
            postgresql_where=text("experience_id IS NOT NULL"),
        ),
        Index("ix_inbound_message_unmasked", "seq", sqlite_where=text(UNMASKED), postgresql_where=text(UNMASKED)),
    )

    seq: int = Field(primary_key=True, sa_type=WideInteger, sa_column_kwargs={"autoincrement": False})
    id: UUID
    contact_id: UUID | None = Field(default=None, sa_column_args=links("contact.id"))
    address_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    channel: str = Field(sa_type=ShownText)
    account: str = Field(sa_type=ShownText)
    external_id: str = Field(sa_type=ShownText)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    redacted: str = Field(default="", sa_type=ShownText)
    state: str = Field(sa_type=ShownText)
    attempts: int = 0
    command: str | None = Field(default=None, sa_type=ShownText)
    risk: int = 0
    risk_kinds: list[str] | None = Field(default=None, sa_type=PlainJson)
    risk_evidence: list[list[int]] | None = Field(default=None, sa_type=PlainJson)
    media: int = 0
    received_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    locale: str | None = Field(default=None, sa_type=ShownText)
    locale_score: float | None = None
    polarity: str | None = Field(default=None, sa_type=ShownText)
    question: str | None = Field(default=None, sa_type=ShownText)
    is_story: bool = False
    experience_id: UUID | None = Field(default=None, sa_column_args=links("experience.id"))
    tagger: str | None = Field(default=None, sa_type=ShownText)
    taxonomy: str | None = Field(default=None, sa_type=ShownText)
    amended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = Field(default=None, sa_type=ShownText)
    redactor: str | None = Field(default=None, sa_type=ShownText)
    doubtful: list[list[int]] | None = Field(default=None, sa_type=PlainJson)
    weighed: list[list[int]] | None = Field(default=None, sa_type=PlainJson)


class OutboundRow(Row, table=True):
    """One part to one address. ``sealed`` is the address, the text and the choices.

    ``not_before`` empty means that no more tries are made. ``retired_ids`` are the provider's ids of earlier tries
    that failed after they had been accepted, so that a late receipt for one of them says nothing about the next try.
    ``window_shut``: withheld because the provider's service window is shut; it goes when the person writes again.
    ``staff_id`` is who of the team wrote it, where a person did; ``redactor`` as of an inbound message.
    """

    __tablename__ = "outbound_message"
    __table_args__ = (
        one_of("state", OutboundState),
        CheckConstraint(f"priority IN ({', '.join(str(int(p)) for p in Priority)})", name="priority_known"),
        CheckConstraint(f"status IN ({', '.join(str(int(s)) for s in DeliveryStatus)})", name="status_known"),
        CheckConstraint("seq > 0", name="seq_positive"),
        CheckConstraint("attempts >= 0 AND asked >= 0 AND receipt_retries >= 0", name="tries_counted"),
        CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", name="lease_whole"),
        Index("ix_outbound_message_live", "priority", "seq", sqlite_where=text(LIVE), postgresql_where=text(LIVE)),
        Index("ix_outbound_message_line", "address_index", "seq", sqlite_where=text(LIVE), postgresql_where=text(LIVE)),
        Index("ix_outbound_message_address", "address_index", "seq"),
        Index(
            "ix_outbound_message_provider",
            "channel",
            "provider_id",
            sqlite_where=text("provider_id IS NOT NULL"),
            postgresql_where=text("provider_id IS NOT NULL"),
        ),
        Index(
            "ix_outbound_message_sent",
            "channel",
            "sent_at",
            sqlite_where=text("sent_at IS NOT NULL"),
            postgresql_where=text("sent_at IS NOT NULL"),
        ),
        Index(
            "ix_outbound_message_alert",
            "alert_id",
            sqlite_where=text("alert_id IS NOT NULL"),
            postgresql_where=text("alert_id IS NOT NULL"),
        ),
        Index("ix_outbound_message_unmasked", "seq", sqlite_where=text(UNMASKED_LETTER), postgresql_where=text(UNMASKED_LETTER)),
    )

    seq: int = Field(primary_key=True, sa_type=WideInteger, sa_column_kwargs={"autoincrement": False})
    id: UUID = Field(unique=True)
    dedupe_key: str = Field(sa_type=ShownText, unique=True)
    contact_id: UUID | None = Field(default=None, sa_column_args=links("contact.id"))
    conversation_id: UUID | None = Field(default=None, sa_column_args=links("conversation.id"))
    alert_id: UUID | None = Field(default=None, sa_column_args=links("alert.id"))
    staff_id: UUID | None = None
    address_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    channel: str = Field(sa_type=ShownText)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    redacted: str = Field(default="", sa_type=ShownText)
    key: str = Field(sa_type=ShownText)
    question: str | None = Field(default=None, sa_type=ShownText)
    locale: str = Field(sa_type=ShownText)
    priority: int
    position: int = 0
    state: str = Field(sa_type=ShownText)
    attempts: int = 0
    not_before: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lease_owner: str | None = Field(default=None, sa_type=ShownText)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    asked: int = 0
    provider_id: str | None = Field(default=None, sa_type=ShownText)
    retired_ids: list[Any] | None = Field(default=None, sa_type=PlainJson)
    receipt_retries: int = 0
    window_shut: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    status: int = 0
    error: str | None = Field(default=None, sa_type=ShownText)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    redactor: str | None = Field(default=None, sa_type=ShownText)


inbound_message = table_of(InboundRow)
outbound_message = table_of(OutboundRow)
