"""``bot.channel_log.LogStore``: the lines, written in batches, read newest first, and gone after their time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from bot.channel_log import LogFilter, LogLine, Outcome, Way, What
from storage.database import Database
from storage.tables import channel_log
from storage.unit import AnyRow

BATCH = 500
"""Lines in one transaction, so that none holds up a message."""

row_ = channel_log.c

OLD = delete(channel_log).where(
    row_.id.in_(select(row_.id).where(row_.at < bindparam("before", type_=row_.at.type)).order_by(row_.id).limit(BATCH))
)


class SqlChannelLog:
    """Short transactions of its own. What it writes may be lost with the power, so the disk is not waited for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, lines: Sequence[LogLine]) -> None:
        for start in range(0, len(lines), BATCH):
            with self._database.writing(lasting=False) as connection:
                connection.execute(insert(channel_log), [_values(line) for line in lines[start : start + BATCH]])

    def prune(self, before: datetime) -> bool:
        with self._database.writing(lasting=False) as connection:
            return connection.execute(OLD, {"before": before}).rowcount >= BATCH

    def newest(self, wanted: LogFilter, *, limit: int) -> tuple[LogLine, ...]:
        query = select(channel_log).order_by(row_.id.desc()).limit(limit)
        if wanted.channel:
            query = query.where(row_.channel == wanted.channel)
        if wanted.outcome is not None:
            query = query.where(row_.outcome == wanted.outcome.value)
        if wanted.since is not None:
            query = query.where(row_.at >= wanted.since)
        if wanted.until is not None:
            query = query.where(row_.at < wanted.until)
        if wanted.before is not None:
            query = query.where(row_.id < wanted.before)
        with self._database.reading() as connection:
            return tuple(_line(row) for row in connection.execute(query))

    def channels(self) -> tuple[str, ...]:
        with self._database.reading() as connection:
            return tuple(connection.execute(select(row_.channel).distinct().order_by(row_.channel)).scalars())


def _values(line: LogLine) -> dict[str, object]:
    return {
        "at": line.at,
        "channel": line.channel,
        "way": line.way.value,
        "what": line.what.value,
        "outcome": line.outcome.value,
        "detail": line.detail,
        "ends": line.ends,
    }


def _line(row: AnyRow) -> LogLine:
    return LogLine(
        id=row.id,
        at=row.at,
        channel=row.channel,
        way=Way(row.way),
        what=What(row.what),
        outcome=Outcome(row.outcome),
        detail=row.detail,
        ends=row.ends,
    )
