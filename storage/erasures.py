"""The list of erasures, by keyed digests alone: what a store that was brought back from a copy is emptied by again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert

from bot.model import Address
from storage.sealing import Sealer
from storage.tables import erased_address, erasure
from storage.unit import Unit


def digest_of(sealer: Sealer, blind_index: bytes) -> bytes:
    """An address as the list knows it. Not its blind index: the list may lie where the store does not."""
    return sealer.blind_index(Address("erased", blind_index.hex()))


def note_erasure(unit: Unit, indexes: Sequence[bytes], *, kept: bool, now: datetime) -> int:
    """One more on the list. Returns its number, which stands in the receipt."""
    number: int = unit.connection.execute(insert(erasure).returning(erasure.c.number), {"at": now, "kept": kept}).scalar_one()
    if indexes:
        unit.connection.execute(
            insert(erased_address),
            [{"number": number, "digest": digest_of(unit.sealer, index)} for index in sorted(indexes)],
        )
    return number
