"""Column types both databases agree on, and the one numbering of messages."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Dialect, ForeignKey, Integer, String, Text, literal_column
from sqlalchemy.types import TypeDecorator, TypeEngine

SEQUENCE = "message_seq"
"""The PostgreSQL sequence behind ``seq``."""

UNSHOWABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL and lone surrogates: neither PostgreSQL nor a web page takes them; the sealed original keeps them."""


def showable(text: str) -> str:
    return UNSHOWABLE.sub("", text)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC. SQLite keeps ISO text of one width, which sorts as the times do."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be kept")
        if dialect.name == "sqlite":
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if dialect.name == "sqlite" else value
        return moment.astimezone(UTC)


class ShownText(TypeDecorator[str]):
    """Text in clear. What no database or page could show is left out on the way in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else showable(value)


class PlainJson(TypeDecorator[Any]):
    """Small plain structures as JSON text: never looked into by a query, so no database's own JSON type is needed."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else json.dumps(value, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        del dialect
        return None if value is None else json.loads(value)


WideInteger = BigInteger().with_variant(Integer, "sqlite")
"""64 bits on both; in SQLite only a column declared INTEGER is the row's own number."""


NEXT_SEQ = {
    "postgresql": literal_column(f"nextval('{SEQUENCE}')", WideInteger),
    "sqlite": literal_column(
        "(SELECT 1 + max(coalesce((SELECT max(seq) FROM inbound_message), 0),"
        " coalesce((SELECT max(seq) FROM outbound_message), 0)))",
        WideInteger,
    ),
}
"""The next number of the row both directions share, taken inside the INSERT itself.

PostgreSQL has a sequence. SQLite's writers stand in line (``BEGIN IMMEDIATE``), so one more than the highest is safe
there, as long as no message row is ever deleted: an erased one stays behind as a tombstone.
"""


def one_of(column: str, words: Iterable[str] | type[Enum]) -> CheckConstraint:
    """A closed list, guarded by the database. An empty column (NULL) is the column's own business."""
    listed = ", ".join(f"'{word.value if isinstance(word, Enum) else word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def within(column: str, low: float, high: float) -> CheckConstraint:
    return CheckConstraint(f"{column} >= {low} AND {column} <= {high}", name=f"{column}_in_range")


def links(target: str) -> list[ForeignKey]:
    """A foreign key looked at on commit, so that a unit of work may write its rows in any order."""
    return [ForeignKey(target, deferrable=True, initially="DEFERRED")]
