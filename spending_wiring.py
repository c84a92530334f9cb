"""What texts cost in a month, joined with the prices and the ceiling. A part of the wiring, as `doors.py` is."""

from __future__ import annotations

from bot.ports import Clock
from bot.prices import ceiling_pence, pence_by_channel
from bot.spending import Spending
from channels.segments import measure
from storage.database import Database
from storage.spending import SqlSpending


def open_spending(database: Database, clock: Clock) -> Spending:
    """Raises ``BadContent``."""
    return Spending(
        records=SqlSpending(database),
        clock=clock,
        pence=pence_by_channel(),
        segments=lambda text: measure(text).segments,
        ceiling=ceiling_pence(),
    )
