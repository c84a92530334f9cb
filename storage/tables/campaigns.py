"""Campaigns: who was invited, who was asked, what they answered. What a campaign asks stands in files, by its code."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from bot.conversation import Ending, InvitationAnswer
from bot.invitations import InvitationState
from storage.columns import ShownText, UtcDateTime, WideInteger, links, one_of
from storage.tables.base import Row, table_of


class CampaignResponseRow(Row, table=True):
    """One person asked the questions of one campaign. An erased person's goes, with what hangs on it."""

    __tablename__ = "campaign_response"
    __table_args__ = (one_of("ended", Ending), Index("ix_campaign_response_campaign", "campaign", "began_at"))

    id: UUID = Field(primary_key=True)
    campaign: str = Field(sa_type=ShownText)
    contact_id: UUID = Field(sa_column_args=links("contact.id"), index=True)
    channel: str = Field(sa_type=ShownText)
    locale: str = Field(sa_type=ShownText)
    invited: bool = False
    began_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended: str | None = Field(default=None, sa_type=ShownText)


class CampaignAnswerRow(Row, table=True):
    """One answer: a choice by its key, or none where the redacted words of the message are the answer. The newest stands.

    ``late``: it came after the last day.
    """

    __tablename__ = "campaign_answer"

    id: int | None = Field(default=None, primary_key=True, sa_type=WideInteger)
    response_id: UUID = Field(sa_column_args=links("campaign_response.id"), index=True)
    question: str = Field(sa_type=ShownText)
    answer: str | None = Field(default=None, sa_type=ShownText)
    inbound_seq: int = Field(sa_type=WideInteger, sa_column_args=links("inbound_message.seq"), index=True)
    late: bool = False
    at: datetime = Field(sa_type=UtcDateTime)


class CampaignRoundRow(Row, table=True):
    """A member of staff pressed: these people are to be invited, one after another. ``stopped_at``: not the rest of them."""

    __tablename__ = "campaign_round"

    id: UUID = Field(primary_key=True)
    campaign: str = Field(sa_type=ShownText, index=True)
    started_at: datetime = Field(sa_type=UtcDateTime)
    started_by: UUID = Field(sa_column_args=links("staff.id"))
    stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stopped_by: UUID | None = Field(default=None, sa_column_args=links("staff.id"))


class CampaignInvitationRow(Row, table=True):
    """One person, invited once to one campaign. ``why``: why it was held back at the last look, where it was."""

    __tablename__ = "campaign_invitation"
    __table_args__ = (
        one_of("state", InvitationState),
        one_of("answer", InvitationAnswer),
        Index("ix_campaign_invitation_state", "state", "id"),
        Index("ix_campaign_invitation_campaign", "campaign"),
    )

    id: UUID = Field(primary_key=True)
    campaign: str = Field(sa_type=ShownText)
    round_id: UUID = Field(sa_column_args=links("campaign_round.id"), index=True)
    contact_id: UUID = Field(sa_column_args=links("contact.id"), index=True)
    state: str = Field(sa_type=ShownText)
    channel: str | None = Field(default=None, sa_type=ShownText)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    why: str | None = Field(default=None, sa_type=ShownText)
    answer: str | None = Field(default=None, sa_type=ShownText)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


campaign_response = table_of(CampaignResponseRow)
campaign_answer = table_of(CampaignAnswerRow)
campaign_round = table_of(CampaignRoundRow)
campaign_invitation = table_of(CampaignInvitationRow)
