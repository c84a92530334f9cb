"""Campaigns as the store writes them: who was asked, what they answered, whom to invite next; and what staff read of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, exists, insert, select, update

from bot.conversation import Conversation, Ending, InvitationAnswer, Purpose
from bot.invitations import InvitationState, Planned
from storage.candidates import candidates_among
from storage.tables import (
    campaign_answer,
    campaign_invitation,
    campaign_response,
    campaign_round,
    consent,
)
from storage.unit import Unit

invitation, response = campaign_invitation.c, campaign_response.c


class CampaignKeeping(Unit):
    """The methods of ``bot.ports.Transaction`` about campaigns, and those of ``bot.invitations.InvitationTransaction``."""

    def begin_campaign(self, contact_id: UUID, campaign: str, *, talk: Conversation, invited: bool, now: datetime) -> None:
        found = self._response_of(contact_id, campaign)
        if found is not None:  # they left it before, and are back
            back = {"ended_at": None, "ended": None}
            self.connection.execute(update(campaign_response).where(response.id == found).values(back))
            return
        values = {
            "id": uuid4(),
            "campaign": campaign,
            "contact_id": contact_id,
            "channel": talk.channel,
            "locale": talk.locale,
            "invited": invited,
            "began_at": now,
        }
        self.connection.execute(insert(campaign_response), values)

    def keep_answer(
        self, contact_id: UUID, campaign: str, *, question: str, answer: str | None, inbound_seq: int, late: bool, now: datetime
    ) -> None:
        found = self._response_of(contact_id, campaign)
        if found is None:
            return  # all of it was taken away meanwhile, and a press of a button brings nothing back
        values = {"question": question, "answer": answer, "inbound_seq": inbound_seq, "late": late, "at": now}
        self.connection.execute(insert(campaign_answer), {"response_id": found, **values})

    def end_campaign(self, contact_id: UUID, campaign: str, how: Ending, now: datetime) -> None:
        self.connection.execute(
            update(campaign_response)
            .where(response.contact_id == contact_id, response.campaign == campaign, response.ended_at.is_(None))
            .values(ended_at=now, ended=how.value)
        )

    def answer_invitation(self, contact_id: UUID, campaign: str, answer: InvitationAnswer, now: datetime) -> None:
        self.connection.execute(
            update(campaign_invitation)
            .where(invitation.contact_id == contact_id, invitation.campaign == campaign)
            .values(answer=answer.value, answered_at=now)
        )

    def plan_invitations(self, campaign: str, people: Sequence[UUID], staff_id: UUID, now: datetime) -> int:
        """Two who press at the same moment plan nobody twice: each transaction looks again."""
        there = select(invitation.contact_id).where(
            invitation.campaign == campaign, invitation.state.in_((InvitationState.PLANNED.value, InvitationState.SENT.value))
        )
        known = set(self.connection.execute(there).scalars())
        new = [contact_id for contact_id in people if contact_id not in known]
        if not new:
            return 0
        round_id = uuid4()
        started = {"id": round_id, "campaign": campaign, "started_at": now, "started_by": staff_id}
        self.connection.execute(insert(campaign_round), started)
        rows = [
            {
                "id": uuid4(),
                "campaign": campaign,
                "round_id": round_id,
                "contact_id": contact_id,
                "state": InvitationState.PLANNED.value,
            }
            for contact_id in new
        ]
        self.connection.execute(insert(campaign_invitation), rows)
        return len(rows)

    def stop_invitations(self, campaign: str, staff_id: UUID, now: datetime) -> int:
        self.connection.execute(
            update(campaign_round)
            .where(campaign_round.c.campaign == campaign, campaign_round.c.stopped_at.is_(None))
            .values(stopped_at=now, stopped_by=staff_id)
        )
        return self.connection.execute(
            update(campaign_invitation)
            .where(invitation.campaign == campaign, invitation.state == InvitationState.PLANNED.value)
            .values(state=InvitationState.STOPPED.value)
        ).rowcount

    def next_invitation(self, campaigns: Sequence[str]) -> Planned | None:
        row = self.connection.execute(
            select(invitation.id, invitation.campaign, invitation.contact_id)
            .where(invitation.campaign.in_(campaigns), invitation.state == InvitationState.PLANNED.value)
            .order_by(invitation.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if row is None:
            return None
        found = candidates_among(self.connection, self.sealer, row.campaign, only=row.contact_id, apart_from=row.id)
        return Planned(row.id, row.campaign, found[0] if found else None)

    def settle_invitation(
        self, invitation_id: UUID, state: InvitationState, *, channel: str | None, why: str | None, now: datetime
    ) -> None:
        values: dict[str, Any] = {"state": state.value, "channel": channel, "why": why}
        if state is InvitationState.SENT:
            values["sent_at"] = now
        self.connection.execute(update(campaign_invitation).where(invitation.id == invitation_id).values(values))

    def _response_of(self, contact_id: UUID, campaign: str) -> UUID | None:
        found: UUID | None = self.connection.execute(
            select(response.id)
            .where(response.contact_id == contact_id, response.campaign == campaign)
            .order_by(response.began_at.desc())
            .limit(1)
        ).scalar_one_or_none()
        return found


def withdraw_invitations(unit: Unit, contact_id: UUID, at: datetime) -> None:
    """STOP takes back that we may ask again: a START after it lets us answer, and no more."""
    mine = consent.c.contact_id == contact_id, consent.c.purpose == Purpose.INVITE_AGAIN.value
    newest = unit.connection.execute(
        select(consent.c.given, consent.c.wording).where(*mine).order_by(consent.c.id.desc()).limit(1)
    ).one_or_none()
    if newest is not None and newest.given:
        unit.connection.execute(
            insert(consent),
            {
                "contact_id": contact_id,
                "purpose": Purpose.INVITE_AGAIN.value,
                "given": False,
                "wording": newest.wording,
                "at": at,
            },
        )


def forget_campaigns(unit: Unit, contact_id: UUID) -> None:
    """All that somebody answered goes with them; that they were invited goes too."""
    theirs = select(response.id).where(response.contact_id == contact_id)
    unit.connection.execute(delete(campaign_answer).where(campaign_answer.c.response_id.in_(theirs)))
    unit.connection.execute(delete(campaign_response).where(response.contact_id == contact_id))
    unit.connection.execute(delete(campaign_invitation).where(invitation.contact_id == contact_id))


def take_answers_back(unit: Unit, seq: int) -> None:
    """What this message answered is no answer any more."""
    unit.connection.execute(delete(campaign_answer).where(campaign_answer.c.inbound_seq == seq))


def answers_something(seq: Any) -> Any:
    """Whether a message is an answer to a campaign's question, as a condition of a query."""
    return exists().where(campaign_answer.c.inbound_seq == seq)
