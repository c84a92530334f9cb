"""What is read of campaigns: by the talk, by those who invite, by those who look at the results."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select

from bot.campaign_records import Known
from bot.campaign_results import Answered
from bot.conversation import Ending, Purpose
from bot.invitations import Candidate, InvitationState, Standing
from storage.candidates import candidates_among
from storage.database import Database
from storage.prepared import Prepared
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import (
    campaign_answer,
    campaign_invitation,
    campaign_response,
    consent,
    inbound_message,
)
from storage.tables.messages import InboundState
from storage.wall import is_walled

invitation, response = campaign_invitation.c, campaign_response.c

INVITED = Prepared(
    select(invitation.campaign, invitation.sent_at)
    .where(
        invitation.contact_id == bindparam("of_contact"),
        invitation.state == InvitationState.SENT.value,
        invitation.answer.is_(None),
    )
    .order_by(invitation.sent_at.desc())
    .limit(1)
)
FINISHED = Prepared(
    select(response.campaign).where(response.contact_id == bindparam("of_contact"), response.ended == Ending.FINISHED.value)
)
INVITES = Prepared(
    select(consent.c.given)
    .where(consent.c.contact_id == bindparam("of_contact"), consent.c.purpose == Purpose.INVITE_AGAIN.value)
    .order_by(consent.c.id.desc())
    .limit(1)
)
BEHIND_THE_WALL = is_walled(response.contact_id)


class SqlCampaigns:
    """``bot.campaign_records.CampaignRecords``, ``bot.invitations.InvitationRecords``, ``bot.campaign_results.ResultRecords``."""

    def __init__(self, database: Database, sealer: Sealer, store: SqlStore) -> None:
        self._database = database
        self._sealer = sealer
        self._store = store

    def transaction(self) -> Any:
        """A whole transaction of the store: what is sent is enqueued in it."""
        return self._store.transaction()

    def known(self, contact_id: UUID) -> Known:
        of = {"of_contact": contact_id}
        with self._database.reading() as connection:
            invited = INVITED.run(connection, of).one_or_none()
            return Known(
                invited=invited.campaign if invited else "",
                invited_at=invited.sent_at if invited else None,
                answered=frozenset(row.campaign for row in FINISHED.run(connection, of).all()),
                invites=INVITES.run(connection, of).scalar_one_or_none(),
            )

    def candidates(self, campaign: str) -> Sequence[Candidate]:
        with self._database.reading() as connection:
            return candidates_among(connection, self._sealer, campaign)

    def standing(self, campaign: str) -> Standing:
        def counts(column: Any) -> dict[str, int]:
            query = select(column, func.count()).where(invitation.campaign == campaign, column.is_not(None)).group_by(column)
            return {row[0]: row[1] for row in connection.execute(query)}

        with self._database.reading() as connection:
            return Standing(counts(invitation.state), counts(invitation.answer))

    def last_sent_at(self) -> datetime | None:
        with self._database.reading() as connection:
            found: datetime | None = connection.execute(
                select(func.max(invitation.sent_at, type_=invitation.sent_at.type))
            ).scalar_one()
        return found

    def any_planned(self, campaigns: Sequence[str]) -> bool:
        query = select(invitation.id).where(invitation.campaign.in_(campaigns), invitation.state == InvitationState.PLANNED.value)
        with self._database.reading() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def hidden(self, campaign: str) -> int:
        with self._database.reading() as connection:
            return connection.execute(
                select(func.count()).select_from(campaign_response).where(response.campaign == campaign, BEHIND_THE_WALL)
            ).scalar_one()

    def answered(self, campaign: str, *, with_safeguarding: bool) -> Sequence[Answered]:
        """A message that is out of the record, or not made safe to show yet, has no words here."""
        whose = [response.campaign == campaign] if with_safeguarding else [response.campaign == campaign, ~BEHIND_THE_WALL]
        people = select(response.id, response.channel, response.locale, response.invited, response.ended).where(*whose)
        answers = (
            select(
                campaign_answer.c.response_id,
                campaign_answer.c.question,
                campaign_answer.c.answer,
                campaign_answer.c.late,
                inbound_message.c.redacted,
            )
            .join_from(campaign_answer, campaign_response, response.id == campaign_answer.c.response_id)
            .join(inbound_message, inbound_message.c.seq == campaign_answer.c.inbound_seq)
            .where(*whose)
            .where(or_(campaign_answer.c.answer.is_not(None), and_(inbound_message.c.state == InboundState.HEARD.value)))
            .order_by(campaign_answer.c.id)
        )
        with self._database.reading() as connection:
            rows = connection.execute(people.order_by(response.began_at, response.id)).all()
            said = connection.execute(answers).all()
        chosen: dict[UUID, dict[str, str]] = {}
        words: dict[UUID, dict[str, list[str]]] = {}
        late: dict[UUID, int] = {}
        for each in said:
            if each.late:
                late[each.response_id] = late.get(each.response_id, 0) + 1
            elif each.answer is not None:
                chosen.setdefault(each.response_id, {})[each.question] = each.answer
            elif each.redacted:
                words.setdefault(each.response_id, {}).setdefault(each.question, []).append(each.redacted)
        return [
            Answered(
                channel=row.channel,
                locale=row.locale,
                invited=row.invited,
                finished=row.ended == Ending.FINISHED.value,
                answers=chosen.get(row.id, {}),
                words=words.get(row.id, {}),
                late=late.get(row.id, 0),
            )
            for row in rows
        ]
