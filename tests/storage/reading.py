"""Looking past the store's own doors."""

from __future__ import annotations

from sqlalchemy import select

from storage.database import Database
from storage.tables import METADATA


def everything_in(database: Database) -> str:
    """All that stands in any column of any table, as one text."""
    with database.reading() as connection:
        return "\n".join(str(tuple(row)) for table in METADATA.sorted_tables for row in connection.execute(select(table)))
