"""One unit of work: a connection inside its transaction, and what every part of the store needs beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from storage.columns import UNSHOWABLE
from storage.database import Database
from storage.sealing import Sealer

LONGEST_ID = 255

Redactor = Callable[[str], str]

AnyRow = Row[*tuple[Any, ...]]
"""A row whose columns are read by name."""


class Unit:
    """What the parts of a transaction share. Lives as long as its transaction."""

    def __init__(
        self, database: Database, connection: Connection, sealer: Sealer, redactor: Redactor, people: Redactor | None = None
    ) -> None:
        self.database = database
        self.connection = connection
        self.sealer = sealer
        self.redactor = redactor
        self.people = people or redactor
        """Masks what people wrote; ``redactor``, what we say in words of our own."""
        self.made: set[UUID] = set()
        """Contacts made in this transaction for which nothing has been kept yet."""
        self.ended: set[UUID] = set()
        """Contacts whose turn this transaction has ended already."""
        self.erased: dict[UUID, list[bytes]] = {}
        """Contacts erased in this transaction, with the blind indexes of the addresses they had."""
        self.cut = False
        """Words left the record without a person: what they stood in is overwritten as soon as this is committed."""
        self.stood: dict[str, str | None] = {}
        """How a record, by its name in the trail, stood before this transaction changed it: what undoing restores."""


def kept_id(given: str) -> str:
    """A provider's id as the columns in clear hold it: one no column can hold is stood for by its digest."""
    if len(given) <= LONGEST_ID and not UNSHOWABLE.search(given):
        return given
    return "sha256:" + hashlib.sha256(given.encode("utf-8", "surrogatepass")).hexdigest()
