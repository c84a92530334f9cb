"""Whom a campaign may invite: everybody who agreed, with all that decides whether and by which way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, select

from bot.conversation import Ending, Purpose
from bot.invitations import Candidate, InvitationState
from bot.model import Locale
from storage.peace import peace_among
from storage.sealing import Sealer
from storage.tables import campaign_invitation, campaign_response, consent, contact, inbound_message
from storage.ways import Theirs


def _agreed(only: UUID | None) -> Select[Any]:
    """Whose newest word on being asked again is yes."""
    newest = select(func.max(consent.c.id).label("id")).where(consent.c.purpose == Purpose.INVITE_AGAIN.value)
    if only is not None:
        newest = newest.where(consent.c.contact_id == only)
    last = newest.group_by(consent.c.contact_id).subquery()
    return (
        select(contact.c.id, contact.c.locale, contact.c.opted_out_at, contact.c.turn_due_at)
        .join_from(consent, last, last.c.id == consent.c.id)
        .join(contact, contact.c.id == consent.c.contact_id)
        .where(consent.c.given, contact.c.erased_at.is_(None))
        .order_by(contact.c.id)
    )


def candidates_among(
    connection: Connection, sealer: Sealer, campaign: str, *, only: UUID | None = None, apart_from: UUID | None = None
) -> Sequence[Candidate]:
    """``only``: this one alone. ``apart_from``: an invitation that does not count, for it is the one that is to go."""
    people = connection.execute(_agreed(only)).all()
    of = Theirs(connection, _agreed(None).with_only_columns(contact.c.id), only)
    peace = peace_among(connection, of.are_theirs)
    answered = of.ids(
        select(campaign_response.c.contact_id).where(
            campaign_response.c.campaign == campaign, campaign_response.c.ended == Ending.FINISHED.value
        ),
        campaign_response.c.contact_id,
    )
    states = (InvitationState.PLANNED.value, InvitationState.SENT.value)
    invited = of.ids(
        select(campaign_invitation.c.contact_id).where(
            campaign_invitation.c.campaign == campaign,
            campaign_invitation.c.state.in_(states),
            campaign_invitation.c.id != apart_from if apart_from else campaign_invitation.c.id.is_not(None),
        ),
        campaign_invitation.c.contact_id,
    )
    invited_at = of.latest(campaign_invitation.c.contact_id, campaign_invitation.c.sent_at)
    wrote_at = of.latest(inbound_message.c.contact_id, inbound_message.c.received_at)
    said_at = of.said()
    ways = of.ways(sealer)
    return [
        Candidate(
            contact_id=row.id,
            locale=Locale(row.locale),
            ways=tuple(sorted(ways.get(row.id, []), key=lambda way: way.wrote_at, reverse=True)),
            stopped=row.opted_out_at is not None,
            young=row.id in peace.young,
            danger=row.id in peace.in_danger,
            mourning=row.id in peace.mourning,
            held=row.id in peace.held,
            answered=row.id in answered,
            invited=row.id in invited,
            invited_at=invited_at.get(row.id),
            talked_at=max((at for at in (wrote_at.get(row.id), said_at.get(row.id), row.turn_due_at) if at), default=None),
        )
        for row in people
    ]
