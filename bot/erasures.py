"""Erasing by hand, and erasing again: the list of erasures is carried out once more on a store that was brought back.

A copy of a store holds those who were erased since it was made. The list knows them by keyed digests of their addresses,
and is itself kept beside the files as well, so that it is there when the store is not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from bot.errors import BadContent
from bot.model import Address
from bot.ports import Clock
from bot.records import Erasure


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One erasure of the list. ``digests`` stand for the addresses, in hexadecimal digits."""

    number: int
    at: datetime
    kept: bool
    digests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Somebody who can be erased: how much there is of them, and by which references staff know it."""

    contact_id: UUID
    references: tuple[str, ...]
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What carrying out the list once more came to. ``written_since``: people who have written since they were erased, in
    a store that was in use before the list was carried out; they are left alone, to be asked or erased by hand.
    """

    listed: int
    erased: int
    written_since: tuple[UUID, ...] = ()


class ErasureRecords(Protocol):
    """Where all this is kept. Transactions of its own, each with its line of the audit trail."""

    def by_reference(self, reference: str) -> Found | None: ...

    def by_address(self, addresses: Sequence[Address]) -> tuple[Found, ...]: ...

    def erase(self, contact_id: UUID, *, who: str, now: datetime) -> Erasure: ...

    def last(self) -> int:
        """The number of the last erasure; 0: there was none."""
        ...

    def listed(self) -> tuple[Listed, ...]: ...

    def add(self, listed: Sequence[Listed]) -> None:
        """What the list of this store lacks is added to it."""
        ...

    def once_more(self, *, who: str, now: datetime) -> Again: ...


class ListCopy(Protocol):
    """Where the list is kept beside the store. Raises ``StoreUnavailable``."""

    def write_list(self, lines: str) -> None: ...

    def read_list(self) -> str:
        """Empty: nothing was ever written."""
        ...


@dataclass(frozen=True, slots=True)
class Erasures:
    """The use case behind ``earshot erase``."""

    records: ErasureRecords
    copy: ListCopy
    clock: Clock

    def erase(self, found: Found, *, who: str) -> Erasure:
        done = self.records.erase(found.contact_id, who=who, now=self.clock.now())
        self.copy.write_list(written(self.records.listed()))
        return done

    def once_more(self, *, who: str, more: str = "") -> Again:
        """Carry out the list of this store, the one kept beside it, and ``more`` (another copy of it). Raises ``BadContent``."""
        self.records.add([*read(self.copy.read_list()), *read(more)])
        again = self.records.once_more(who=who, now=self.clock.now())
        self.copy.write_list(written(self.records.listed()))
        return again


class ListSweep:
    """Keeps the list beside the store up to date: it is written again when there is one more on it."""

    def __init__(self, records: ErasureRecords, copy: ListCopy) -> None:
        self._records = records
        self._copy = copy
        self._written = -1

    def sweep(self) -> bool:
        last = self._records.last()
        if last > max(self._written, 0):
            known = {each.number: each for each in read(self._copy.read_list())}
            known |= {each.number: each for each in self._records.listed()}  # nothing is ever lost from it
            self._copy.write_list(written(known.values()))
        self._written = last
        return False


def written(listed: Iterable[Listed]) -> str:
    """The list as text, a line for each."""
    lines = (
        json.dumps({"number": each.number, "at": each.at.isoformat(), "kept": each.kept, "digests": list(each.digests)})
        for each in sorted(listed, key=lambda each: each.number)
    )
    return "".join(f"{line}\n" for line in lines)


def read(text: str) -> tuple[Listed, ...]:
    """Raises ``BadContent`` for what is no list of erasures."""
    try:
        rows = [json.loads(line) for line in text.splitlines() if line.strip()]
        return tuple(
            Listed(
                number=int(row["number"]),
                at=datetime.fromisoformat(row["at"]),
                kept=bool(row["kept"]),
                digests=tuple(bytes.fromhex(digest).hex() for digest in row["digests"]),
            )
            for row in rows
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BadContent(f"This is no list of erasures: {error}.") from error
