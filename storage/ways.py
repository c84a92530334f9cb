"""The roads to people: where each has written from, whether our last word arrived there, when we last spoke."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from bot.errors import WrongKeys
from bot.model import ChannelName
from bot.outgoing import DeliveryStatus, OutboundState
from bot.roads import Way
from storage.envelopes import open_address
from storage.sealing import Sealer
from storage.tables import address, inbound_message, outbound_message


class Theirs:
    """Asks about many people at once, or about one of them: then by an index, for that happens while others wait.

    ``everybody`` selects their ids.
    """

    def __init__(self, connection: Connection, everybody: Select[tuple[UUID]], only: UUID | None = None) -> None:
        self._connection = connection
        self._everybody = everybody
        self._only = only

    def are_theirs(self, column: Any) -> ColumnElement[bool]:
        theirs: ColumnElement[bool] = (
            column.in_(select(self._everybody.subquery().c.id)) if self._only is None else column == self._only
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
        newest = last.where(self.are_theirs(inbound_message.c.contact_id)).subquery()
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
