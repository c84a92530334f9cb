"""Delivery receipts: upwards only, and proof that what looked uncertain had been taken."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from bot.outgoing import DeliveryReceipt, DeliveryStatus, Failure, OutboundState
from storage.stopping import stop
from storage.tables import outbound_message
from storage.unit import AnyRow, Unit

row_ = outbound_message.c

WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
"""How long after each failure that may pass by itself the message is tried again; after the last it has failed."""

TRIES_AGAIN = {Failure.TRY_LATER: len(WAITS), Failure.TRY_ONCE: 1}

UNCERTAIN = frozenset({OutboundState.PENDING, OutboundState.SENDING, OutboundState.UNKNOWN, OutboundState.FAILED})
"""States that a word of the provider's having taken it turns into ``sent``."""

SETTLED_BY_US = frozenset({OutboundState.CANCELLED, OutboundState.WITHHELD})
"""States no word of a provider changes: we decided that this is not to be said."""

ARRIVED = (DeliveryStatus.DELIVERED, DeliveryStatus.READ)


class Receipts(Unit):
    """The methods of ``bot.ports.Transaction`` about what providers say became of a message."""

    def apply_receipt(self, receipt: DeliveryReceipt, now: datetime) -> UUID | None:
        row = self._message_of(receipt)
        if row is None:
            return None
        if not _is_stale(receipt, row):
            changes = _changes(receipt, row, now)
            self.connection.execute(update(outbound_message).where(row_.seq == row.seq).values(**changes))
        contact_id: UUID | None = row.contact_id
        return contact_id

    def opt_out_outbound(self, receipt: DeliveryReceipt, now: datetime) -> None:
        row = self._message_of(receipt)
        if row is not None and row.contact_id is not None:
            stop(self, row.contact_id, now)

    def _message_of(self, receipt: DeliveryReceipt) -> AnyRow | None:
        """By our own id, when the callback carried it; else by the provider's."""
        query = select(outbound_message).with_for_update()
        if receipt.outbound is not None:
            query = query.where(row_.id == receipt.outbound)
        elif receipt.provider_id:
            query = (
                query.where(row_.channel == receipt.channel, row_.provider_id == receipt.provider_id).order_by(row_.seq).limit(1)
            )
        else:
            return None
        return self.connection.execute(query).one_or_none()


def _is_stale(receipt: DeliveryReceipt, row: AnyRow) -> bool:
    """Whether it speaks of an earlier try than the one under way, or says less than is known."""
    if receipt.provider_id and receipt.provider_id in (row.retired_ids or ()):
        return True
    if not receipt.provider_id and row.retired_ids and row.state == OutboundState.PENDING:
        return True  # it does not say which try it means, and the next one has not begun
    if row.provider_id and receipt.provider_id and row.provider_id != receipt.provider_id:
        return True
    if row.status in ARRIVED and receipt.status.is_final:
        return True  # what has arrived cannot fail to arrive
    return int(receipt.status) <= int(row.status)


def _changes(receipt: DeliveryReceipt, row: AnyRow, now: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {"status": int(receipt.status)}
    if receipt.provider_id and row.sealed is not None:  # of a message that is forgotten, nothing is learnt any more
        changes["provider_id"] = receipt.provider_id
    if row.state in SETTLED_BY_US:
        return changes
    if receipt.status.is_final:
        return changes | _after_failure(receipt, row, now)
    if row.state in UNCERTAIN:
        changes |= {"state": OutboundState.SENT.value, "sent_at": now, "error": None, "lease_owner": None, "lease_until": None}
    return changes


def _after_failure(receipt: DeliveryReceipt, row: AnyRow, now: datetime) -> dict[str, Any]:
    """Another try, where the failure may pass and tries are left; else it has failed, and the row says why."""
    changes: dict[str, Any] = {"lease_owner": None, "lease_until": None, "error": _reason(receipt)}
    ids = [each for each in {row.provider_id, receipt.provider_id} if each]
    anew = {
        "status": int(DeliveryStatus.UNKNOWN),
        "provider_id": None,
        "retired_ids": [*(row.retired_ids or ()), *ids],
        "attempted_at": None,
    }
    if receipt.failure is Failure.WINDOW_SHUT and row.sealed is not None:
        # It goes when the person writes again, which opens the window.
        return changes | anew | {"state": OutboundState.WITHHELD.value, "window_shut": True}
    again = TRIES_AGAIN.get(receipt.failure, 0) if receipt.failure is not None else 0
    if row.receipt_retries >= again or row.sealed is None:
        cancelled = receipt.status is DeliveryStatus.CANCELLED
        return changes | {"state": (OutboundState.CANCELLED if cancelled else OutboundState.FAILED).value}
    return (
        changes
        | anew
        | {
            "state": OutboundState.PENDING.value,
            "not_before": now + WAITS[row.receipt_retries],
            "receipt_retries": row.receipt_retries + 1,
        }
    )


def _reason(receipt: DeliveryReceipt) -> str:
    failure = "undelivered" if receipt.failure is None else receipt.failure.value
    return failure if receipt.code is None else f"{failure} {receipt.code}"
