"""What the centre needs of the store for the outbox: what waits to leave, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from bot.model import Address, ChannelName
from bot.outgoing import DeliveryReceipt, OutboundState, Sent
from bot.records import NewOutbound, OutboundClaim


class OutboxTransaction(Protocol):
    """The part of ``bot.ports.Transaction`` about what leaves."""

    def enqueue(self, outbound: NewOutbound, now: datetime) -> int | None:
        """A row for the outbox; returns its ``seq``, or None when the dedupe key is there already."""
        ...

    def settle_outbound(
        self,
        outbound_id: UUID,
        worker: str,
        *,
        state: OutboundState,
        sent: Sent | None = None,
        error: str | None = None,
        not_before: datetime | None = None,
        asked: int | None = None,
        window_shut: bool = False,
        now: datetime,
    ) -> None:
        """Commit what became of a claimed row, unless a receipt has already said more. ``window_shut``: it is withheld
        until the person writes again (``release_withheld``).
        """
        ...

    def call_off(self, outbound_id: UUID, now: datetime) -> bool:
        """What still waits to leave, this row and those beside it, is not so any more. False: it has left."""
        ...

    def free_key(self, outbound_id: UUID) -> None:
        """What never left may be said anew: the key of this row is given up."""
        ...

    def release_withheld(self, address: Address, channel: ChannelName, now: datetime) -> int:
        """The service window is open again: what was withheld for it goes now. Returns how many rows."""
        ...

    def apply_receipt(self, receipt: DeliveryReceipt, now: datetime) -> UUID | None:
        """Move a message up the ladder, never down. Returns the contact it was for, or None if we do not know it."""
        ...

    def opt_out_outbound(self, receipt: DeliveryReceipt, now: datetime) -> None:
        """The provider says the person has opted out: the contact of this message is opted out."""
        ...

    def read_up_to(self, channel: ChannelName, reader: Address, at: datetime, now: datetime) -> int:
        """Everything sent to this address by then counts as read. Returns how many rows moved up."""
        ...


class OutboxStore(Protocol):
    """The part of ``bot.ports.Store`` about what leaves."""

    def claim_outbound(
        self, *, worker: str, now: datetime, lease: timedelta, without: Sequence[ChannelName]
    ) -> OutboundClaim | None:
        """The next row to deliver, by priority and age; never one whose earlier sibling for the same address has not
        left (signposts and alerts excepted). A row found in ``sending`` with its lease run out comes back with
        ``was_sending``. ``without``: channels whose breaker is open; a signpost or an alert is tried all the same.
        """
        ...

    def is_provider_id_of_another(self, channel: ChannelName, provider_id: str, *, apart_from: UUID) -> bool:
        """Whether the provider's id is already known as that of a different row."""
        ...

    def waits_behind(self, outbound_id: UUID) -> bool:
        """Whether there is still what this nudge is about: words to the same address that wait for its person to write, or a
        member of staff who has the talk and asked.
        """
        ...

    def sent_since(self, channel: ChannelName, since: datetime, *, to: Address | None = None) -> int:
        """How many messages left on this channel since then (the hourly cap), in all or to one address."""
        ...
