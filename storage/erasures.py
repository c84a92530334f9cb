"""The list of erasures, by keyed digests alone: what a store that was brought back from a copy is emptied by again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert

from bot.model import Address, ChannelName
from storage.sealing import Sealer
from storage.tables import erased_address, erasure, taken_back
from storage.tombstones import FORGOTTEN
from storage.unit import Unit


def digest_of(sealer: Sealer, blind_index: bytes) -> bytes:
    """An address as the list knows it. Not its blind index: the list may lie where the store does not."""
    return sealer.blind_index(Address("erased", blind_index.hex()))


def digest_of_message(sealer: Sealer, channel: ChannelName, account: str, external_id: str) -> bytes:
    """A message that was taken back, as the list knows it."""
    return sealer.blind_index(Address("taken-back", chr(0).join((channel, account, external_id))))


def note_taken_back(unit: Unit, channel: ChannelName, account: str, external_id: str) -> None:
    """One more on the list, once. What an erasure has forgotten already is on it by its person."""
    if account != FORGOTTEN:
        digest = digest_of_message(unit.sealer, channel, account, external_id)
        unit.database.insert_once(taken_back, "digest").run(unit.connection, {"digest": digest})


def digest_of_words(sealer: Sealer, channel: ChannelName, account: str, external_id: str, text: str) -> bytes:
    """What a message said that was taken back: the very same words, handed to us once more, are no new ones."""
    return sealer.blind_index(Address("taken-back-words", chr(0).join((channel, account, external_id, text))))


def note_words_taken_back(unit: Unit, channel: ChannelName, account: str, external_id: str, text: str) -> None:
    if account != FORGOTTEN:
        digest = digest_of_words(unit.sealer, channel, account, external_id, text)
        unit.database.insert_once(taken_back, "digest").run(unit.connection, {"digest": digest})


def note_erasure(unit: Unit, indexes: Sequence[bytes], *, kept: bool, now: datetime) -> int:
    """One more on the list. Returns its number, which stands in the receipt."""
    number: int = unit.connection.execute(insert(erasure).returning(erasure.c.number), {"at": now, "kept": kept}).scalar_one()
    if indexes:
        unit.connection.execute(
            insert(erased_address),
            [{"number": number, "digest": digest_of(unit.sealer, index)} for index in sorted(indexes)],
        )
    return number
