"""Whom a campaign may invite: everybody who agreed, with all that decides whether and by which way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from bot.conversation import Ending, Purpose
from bot.errors import WrongKeys
from bot.invitations import Candidate, InvitationState, Way
from bot.model import ChannelName, DeliveryStatus, Locale, OutboundState
from storage.envelopes import open_address
from storage.peace import peace_among
from storage.sealing import Sealer
from storage.tables import (
    address,
    campaign_invitation,
    campaign_response,
    consent,
    contact,
    inbound_message,
    outbound_message,
)


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
    of = _Of(connection, only)
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


class _Of:
    """Asks about all who agreed at once, or about one of them: then by an index, for that happens while others wait."""

    def __init__(self, connection: Connection, only: UUID | None) -> None:
        self._connection = connection
        self._only = only

    def are_theirs(self, column: Any) -> ColumnElement[bool]:
        theirs: ColumnElement[bool] = (
            column.in_(select(_agreed(None).subquery().c.id)) if self._only is None else column == self._only
        )
        return theirs

    def ids(self, query: Select[Any], column: Any) -> set[UUID]:
        return set(self._run(query, column).scalars())

    def latest(self, of_contact: Any, at: Any) -> dict[UUID, datetime]:
        theirs = self.are_theirs(of_contact)
        query = select(of_contact, func.max(at, type_=at.type)).where(at.is_not(None), theirs).group_by(of_contact)
        return {row[0]: row[1] for row in self._run(query, of_contact)}

    def said(self) -> dict[UUID, datetime]:
        """When something was last said to them: found by their addresses, for which there is an index."""
        sent_at = outbound_message.c.sent_at
        query = (
            select(address.c.contact_id, func.max(sent_at, type_=sent_at.type))
            .join_from(address, outbound_message, outbound_message.c.address_index == address.c.blind_index)
            .where(sent_at.is_not(None), outbound_message.c.contact_id == address.c.contact_id)
            .where(self.are_theirs(address.c.contact_id))
            .group_by(address.c.contact_id)
        )
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def ways(self, sealer: Sealer) -> dict[UUID, list[Way]]:
        """Each address they have written from, with its newest message; one that does not open is none."""
        last = (
            select(inbound_message.c.address_index, func.max(inbound_message.c.seq).label("seq"))
            .where(inbound_message.c.address_index.is_not(None))
            .group_by(inbound_message.c.address_index)
        )
        newest = self._narrowed(last, inbound_message.c.contact_id).subquery()
        query = (
            select(
                address.c.contact_id,
                address.c.id,
                address.c.blind_index,
                address.c.sealed,
                inbound_message.c.channel,
                inbound_message.c.received_at,
            )
            .join_from(address, newest, newest.c.address_index == address.c.blind_index)
            .join(inbound_message, inbound_message.c.seq == newest.c.seq)
            .where(self.are_theirs(address.c.contact_id))
        )
        rows = self._run(query, address.c.contact_id).all()
        failed = self._failed([row.blind_index for row in rows])
        found: dict[UUID, list[Way]] = {}
        for row in rows:
            try:
                there = open_address(sealer, row.sealed, row.id)
            except WrongKeys:
                continue
            way = Way(ChannelName(row.channel), there, row.received_at, row.blind_index in failed)
            found.setdefault(row.contact_id, []).append(way)
        return found

    def _failed(self, indexes: Iterable[bytes]) -> set[bytes]:
        """Where the last message that was tried did not arrive."""
        tried = (OutboundState.SENT.value, OutboundState.FAILED.value)
        last = (
            select(outbound_message.c.address_index, func.max(outbound_message.c.seq).label("seq"))
            .where(outbound_message.c.address_index.in_(list(indexes)), outbound_message.c.state.in_(tried))
            .group_by(outbound_message.c.address_index)
            .subquery()
        )
        query = (
            select(outbound_message.c.address_index)
            .join_from(outbound_message, last, and_(last.c.seq == outbound_message.c.seq))
            .where(
                (outbound_message.c.state == OutboundState.FAILED.value)
                | outbound_message.c.status.in_((int(DeliveryStatus.UNDELIVERED), int(DeliveryStatus.FAILED)))
            )
        )
        return set(self._connection.execute(query).scalars())

    def _narrowed(self, query: Select[Any], column: Any) -> Select[Any]:
        return query if self._only is None else query.where(column == self._only)

    def _run(self, query: Select[Any], column: Any) -> Any:
        return self._connection.execute(self._narrowed(query, column))
