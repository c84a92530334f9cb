"""``bot.spending.SpendingRecords``: what of the outbox is paid for. Equal words are counted together, by their copy in clear."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select, text

from bot.invitations import INVITE, InvitationState
from bot.model import ChannelName
from bot.nudges import NUDGE
from bot.spending import Said
from bot.telling_records import ToldState
from storage.database import Database
from storage.tables import action_told, campaign_invitation, inbound_message, outbound_message
from storage.tables.messages import LIVE

SMS, WHATSAPP = "sms", "whatsapp"
row = outbound_message.c
BEGUN = (NUDGE, INVITE)
"""By these words we begin; whatever else goes on WhatsApp answers within a day of theirs."""


class SqlSpending:
    def __init__(self, database: Database) -> None:
        self._database = database

    def said_since(self, since: datetime) -> tuple[Said, ...]:
        paid = or_(row.channel == SMS, and_(row.channel == WHATSAPP, row.key.in_(BEGUN)))
        query = select(row.channel, row.redacted, func.count()).where(paid).group_by(row.channel, row.redacted)
        # Two questions, for each has an index of its own.
        sent = query.where(row.channel.in_((SMS, WHATSAPP)), row.sent_at >= since)
        to_go = query.where(text(LIVE), row.sent_at.is_(None))
        with self._database.reading() as connection:
            found = [*connection.execute(sent), *connection.execute(to_go)]
        return tuple(Said(ChannelName(channel), words, times) for channel, words, times in found)

    def waiting(self) -> int:
        told = select(func.count()).where(action_told.c.state == ToldState.PLANNED.value)
        invited = select(func.count()).where(campaign_invitation.c.state == InvitationState.PLANNED.value)
        with self._database.reading() as connection:
            return sum(int(connection.execute(query).scalar_one()) for query in (told, invited))

    def waiting_on(self) -> tuple[frozenset[str], ...]:
        told = select(action_told.c.contact_id).where(action_told.c.state == ToldState.PLANNED.value)
        invited = select(campaign_invitation.c.contact_id).where(campaign_invitation.c.state == InvitationState.PLANNED.value)
        wrote: dict[UUID, set[str]] = {}
        with self._database.reading() as connection:
            people = [each for query in (told, invited) for each in connection.execute(query).scalars()]
            for query in (told, invited):
                on = select(inbound_message.c.contact_id, inbound_message.c.channel).where(
                    inbound_message.c.contact_id.in_(query)
                )
                for contact_id, channel in connection.execute(on.distinct()):
                    wrote.setdefault(contact_id, set()).add(channel)
        return tuple(frozenset(wrote.get(each, ())) for each in people)
