"""Erasing by hand, and erasing again: the list of erasures is carried out once more on a store that was brought back.

A copy of a store holds those who were erased since it was made. The list knows them by keyed digests of their addresses,
and is itself kept beside the files as well, so that it is there when the store is not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from bot.errors import BadContent
from bot.model import Address
from bot.ports import Clock
from bot.records import Erasure
from bot.removing import Why

TAKEN_BACK = "taken_back"
"""In the list as text, the field of a line that stands for one message."""
REMOVED = "removed"
"""The field of a line that stands for one passage of a message. Such a line has an empty ``TAKEN_BACK`` as well: an Earshot
that knows no such lines reads it as a message that there is none of.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One erasure of the list. ``digests`` stand for the addresses, in hexadecimal digits."""

    number: int
    at: datetime
    kept: bool
    digests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPassage:
    """One passage that was removed by itself. ``message`` and ``runs``, of so many words each, are keyed digests in
    hexadecimal digits; ``by`` the account that removed it.
    """

    message: str
    runs: tuple[tuple[int, str], ...]
    why: Why
    by: UUID
    at: datetime


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
    ``taken_back``: how many messages that were taken back by themselves came out again; ``removed``: how many passages.
    ``to_look_at``: the references where words that were removed may stand and no passage is just them; ``unheard``: how many
    messages hold some and have no passages yet.
    """

    listed: int
    erased: int
    taken_back: int = 0
    written_since: tuple[UUID, ...] = ()
    removed: int = 0
    to_look_at: tuple[str, ...] = ()
    unheard: int = 0


class ErasureRecords(Protocol):
    """Where all this is kept. Transactions of its own, each with its line of the audit trail."""

    def by_reference(self, reference: str) -> Found | None: ...

    def by_address(self, addresses: Sequence[Address]) -> tuple[Found, ...]: ...

    def erase(self, contact_id: UUID, *, who: str, now: datetime) -> Erasure: ...

    def last(self) -> int:
        """A number that grows with each entry of the list; 0: there is none."""
        ...

    def listed(self) -> tuple[Listed, ...]: ...

    def taken_back(self) -> tuple[str, ...]:
        """The messages that were taken back one by one: digests in hexadecimal digits."""
        ...

    def removed(self) -> tuple[ListedPassage, ...]:
        """The passages that were removed by themselves and are gone for good."""
        ...

    def add(self, listed: Sequence[Listed], withdrawn: Sequence[str]) -> None:
        """What the list of this store lacks is added to it."""
        ...

    def once_more(self, *, who: str, now: datetime, removed: Sequence[ListedPassage] = ()) -> Again:
        """``removed``: those of every list, for the store does not keep what another one's list says of them."""
        ...


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
        try:
            removed = read_removed(self.copy.read_list())
        except BadContent:  # a damaged list keeps nobody from being erased, and is written anew
            removed = ()
        self._write(removed)
        return done

    def once_more(self, *, who: str, more: str = "") -> Again:
        """Carry out the list of this store, the one kept beside it, and ``more`` (another copy of it). Raises ``BadContent``."""
        lists = (self.copy.read_list(), more)
        removed = [each for text in lists for each in read_removed(text)]
        self.records.add(
            [each for text in lists for each in read(text)], [each for text in lists for each in read_taken_back(text)]
        )
        again = self.records.once_more(who=who, now=self.clock.now(), removed=removed)
        self._write(removed)
        return again

    def _write(self, removed: Sequence[ListedPassage]) -> None:
        """``removed``: those known from elsewhere; none is ever lost from the list."""
        own = self.records.removed()
        self.copy.write_list(written(self.records.listed(), self.records.taken_back(), [*removed, *own]))


class ListSweep:
    """Keeps the list beside the store up to date: it is written again when there is one more on it."""

    def __init__(self, records: ErasureRecords, copy: ListCopy) -> None:
        self._records = records
        self._copy = copy
        self._written = -1

    def sweep(self) -> bool:
        last = self._records.last()
        if last > max(self._written, 0):
            copied = self._copy.read_list()
            known = {each.number: each for each in read(copied)}
            known |= {each.number: each for each in self._records.listed()}  # nothing is ever lost from it
            taken = [*read_taken_back(copied), *self._records.taken_back()]
            self._copy.write_list(written(known.values(), taken, [*read_removed(copied), *self._records.removed()]))
        self._written = last
        return False


def written(listed: Iterable[Listed], taken_back: Iterable[str] = (), removed: Iterable[ListedPassage] = ()) -> str:
    """The list as text, a line for each."""
    rows: list[dict[str, object]] = [
        {"number": each.number, "at": each.at.isoformat(), "kept": each.kept, "digests": list(each.digests)}
        for each in sorted(listed, key=lambda each: each.number)
    ]
    rows += [{TAKEN_BACK: digest} for digest in dict.fromkeys(taken_back)]
    once: dict[object, ListedPassage] = {}
    for each in removed:
        once.setdefault((each.message, each.runs), each)
    rows += [
        {TAKEN_BACK: "", REMOVED: each.message, "runs": each.runs, "why": each.why, "by": str(each.by), "at": each.at.isoformat()}
        for each in once.values()
    ]
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def read(text: str) -> tuple[Listed, ...]:
    """The erasures on it. Raises ``BadContent`` for what is no list of erasures."""
    try:
        return tuple(
            Listed(
                number=int(row["number"]),
                at=datetime.fromisoformat(row["at"]),
                kept=bool(row["kept"]),
                digests=tuple(bytes.fromhex(digest).hex() for digest in row["digests"]),
            )
            for row in _rows(text)
            if TAKEN_BACK not in row
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BadContent(f"This is no list of erasures: {error}.") from error


def read_taken_back(text: str) -> tuple[str, ...]:
    """The messages on it that were taken back. Raises ``BadContent``."""
    try:
        digests = tuple(bytes.fromhex(row[TAKEN_BACK]).hex() for row in _rows(text) if TAKEN_BACK in row)
    except (ValueError, TypeError) as error:
        raise BadContent(f"This is no list of erasures: {error}.") from error
    return tuple(digest for digest in digests if digest)


def read_removed(text: str) -> tuple[ListedPassage, ...]:
    """The passages on it that were removed by themselves. Raises ``BadContent``."""
    try:
        return tuple(
            ListedPassage(
                message=bytes.fromhex(row[REMOVED]).hex(),
                runs=tuple((int(length), bytes.fromhex(digest).hex()) for length, digest in row["runs"]),
                why=Why(row["why"]),
                by=UUID(row["by"]),
                at=datetime.fromisoformat(row["at"]),
            )
            for row in _rows(text)
            if REMOVED in row
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadContent(f"This is no list of erasures: {error}.") from error


def _rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.strip()]
