"""What stays of a message that must be forgotten: its number, the provider's ids, how it ended. No words, no link."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, text

from bot.model import OutboundState
from storage.tables import outbound_message
from storage.tables.messages import LIVE

NO_WORDS: dict[str, Any] = {"sealed": None, "redacted": ""}

OUTBOUND_TOMBSTONE: dict[str, Any] = NO_WORDS | {
    "state": case((text(LIVE), OutboundState.CANCELLED.value), else_=outbound_message.c.state),
    "error": case((text(LIVE), "erased"), else_=outbound_message.c.error),
    "contact_id": None,
    "conversation_id": None,
    "address_index": None,
    "question": None,
    "lease_owner": None,
    "lease_until": None,
}

READ_LATER = frozenset({"web"})
"""Schemes of addresses that are a random session number and whose page fetches a line after it counts as sent."""
