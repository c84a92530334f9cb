"""The engine behind the store: one URL in, SQLite or PostgreSQL out, each with the settings that keep what it is given.

SQLite: writers say ``BEGIN IMMEDIATE`` (a read that turns into a write fails at once with "locked", whatever the
timeout) and those of one process stand in a queue, which is far quicker than SQLite's own sleeping retries. Readers
never take the write lock.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, exc, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url

from bot.errors import BadSettings, StoreUnavailable
from storage.columns import NEXT_SEQ
from storage.prepared import Prepared

CHANNEL_OF_WAKE = "earshot"
"""The PostgreSQL channel that tells workers of new work."""

BUSY_SECONDS = 15
"""How long one writer waits for the others before the work is refused."""

WAIT_FOR_DISK = "PRAGMA synchronous=FULL"
"""With NORMAL a committed message can vanish with the power."""

SQLITE_PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
    WAIT_FOR_DISK,
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # what is erased is overwritten, not only unlinked
)

POSTGRES_OPTIONS = " ".join(
    f"-c {name}={value}"
    for name, value in {
        "timezone": "UTC",
        "statement_timeout": "30s",
        "lock_timeout": f"{BUSY_SECONDS}s",
        "idle_in_transaction_session_timeout": "60s",
    }.items()
)

OURS = (exc.IntegrityError, exc.DataError, exc.ProgrammingError, exc.NotSupportedError)
"""Errors that are a fault of the program or of a value, not of the database's health."""

# The raw sqlite3 error comes from BEGIN IMMEDIATE and the PRAGMAs, which SQLAlchemy's own wrapping does not reach.
UNWELL = (exc.DatabaseError, exc.InterfaceError, exc.TimeoutError, sqlite3.DatabaseError)


def repaired(url: str) -> URL:
    """The URL as SQLAlchemy wants it. Hosts hand out ``postgres://``; here it is repaired, once, and nowhere else."""
    try:
        parsed = make_url(url)
    except (exc.ArgumentError, ValueError):
        # Not chained: what is taken for a port may be a piece of the password.
        raise BadSettings(
            "DATABASE_URL is not the address of a database, like sqlite:///earshot.db or postgresql://user:password@host:5432/name"
        ) from None
    if parsed.drivername in {"postgres", "postgresql", "postgresql+psycopg"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername in {"sqlite", "sqlite+pysqlite"}:
        if parsed.database in {None, "", ":memory:"}:
            raise BadSettings("DATABASE_URL names no file; a store in memory would keep nothing")
        return parsed.set(drivername="sqlite+pysqlite", query={})  # how the file is opened is said below, and not by the address
    raise BadSettings(f"DATABASE_URL speaks of {parsed.drivername}; Earshot keeps its words in sqlite:/// or postgresql://")


@contextmanager
def unavailable_when_unwell() -> Iterator[None]:
    """Turn the database's own troubles (away, locked, full, too slow, without its tables) into ``StoreUnavailable``."""
    try:
        yield
    except OURS:
        raise
    except UNWELL as error:
        raise StoreUnavailable(sentence_for(error)) from error


def sentence_for(error: BaseException) -> str:
    """What a log may say of it: the first line of the driver's own words, never the statement or its values."""
    cause = getattr(error, "orig", None) or error
    first = str(cause).partition("\n")[0]
    return f"The store could not take the work just now; nothing was kept, so ask again ({first})."


class Database:
    """One database, with short ways to write to it and to read from it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._queue = threading.Lock()

    @classmethod
    def open(cls, url: str) -> Database:
        """Raises ``BadSettings`` for a URL of another kind, or a file in a folder that is not there. Connects to nothing yet."""
        address = repaired(url)
        if address.drivername == "sqlite+pysqlite":
            folder = Path(address.database or "").absolute().parent
            if not folder.is_dir():
                raise BadSettings(f"DATABASE_URL names a file in the folder {folder}, which is not there; make the folder first")
            return cls(_sqlite_engine(address))
        return cls(
            create_engine(
                address,
                pool_pre_ping=True,
                pool_size=10,
                max_overflow=10,
                pool_timeout=BUSY_SECONDS,
                connect_args={"options": POSTGRES_OPTIONS, "connect_timeout": 10},
            )
        )

    @contextmanager
    def writing(self, *, lasting: bool = True) -> Iterator[Connection]:
        """One transaction that writes; commits at the end, or not at all.

        ``lasting=False`` is for what may be lost with the power, and only then: a lease on words that are kept already.
        SQLite then commits without waiting for the disk. It is never lost alone: the next lasting commit takes all that
        was written before it to the disk, so nothing done under a lease outlives the lease.
        """
        with unavailable_when_unwell():
            if not self.is_sqlite:
                with self.engine.begin() as connection:
                    yield connection
                return
            if not self._queue.acquire(timeout=BUSY_SECONDS):
                raise StoreUnavailable
            try:
                with self.engine.connect() as connection, nullcontext() if lasting else _without_waiting(connection):
                    _tell(connection, "BEGIN IMMEDIATE")
                    with connection.begin():
                        yield connection
            finally:
                self._queue.release()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that only reads: it never waits for a writer."""
        with unavailable_when_unwell(), self.engine.connect() as connection:
            if self.is_sqlite:
                _tell(connection, "BEGIN")
            yield connection

    def insert_once(self, table: Table, *identity: str, numbered: bool = False) -> Prepared:
        """An INSERT that does nothing where a row of the same identity stands, and waits for one under way.

        ``numbered``: the row takes the next ``seq`` and the statement returns it.
        """
        return _insert_once(table, identity, numbered=numbered, is_sqlite=self.is_sqlite)

    def checkpoint(self) -> None:
        """SQLite: carry the write-ahead log into the file and empty it, so that no erased word survives in it."""
        if self.is_sqlite:
            with unavailable_when_unwell(), self.engine.connect() as connection:
                driver: Any = connection.connection.driver_connection
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        self.engine.dispose()


@cache
def _insert_once(table: Table, identity: tuple[str, ...], *, numbered: bool, is_sqlite: bool) -> Prepared:
    statement: Any = sqlite.insert(table) if is_sqlite else postgresql.insert(table)
    statement = statement.on_conflict_do_nothing(index_elements=list(identity))
    if not numbered:
        return Prepared(statement)
    statement = statement.values(seq=NEXT_SEQ["sqlite" if is_sqlite else "postgresql"])
    if is_sqlite:
        return Prepared(statement.returning(table.c.seq))
    # A new row is news for the workers, told on commit; in RETURNING it costs no statement of its own.
    return Prepared(statement.returning(table.c.seq, func.pg_notify(CHANNEL_OF_WAKE, "")))


def _tell(connection: Connection, statement: str) -> None:
    # To the driver itself: the module's own, late BEGIN is switched off, and a listener on SQLAlchemy's begin event
    # would slow every statement down.
    driver: Any = connection.connection.driver_connection
    driver.execute(statement).close()


@contextmanager
def _without_waiting(connection: Connection) -> Iterator[None]:
    """For one transaction the disk is not waited for. A connection that might stay so is not used again."""
    _tell(connection, "PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        try:
            _tell(connection, WAIT_FOR_DISK)
        except BaseException:
            connection.invalidate()
            raise


def _use_write_ahead_log(driver: Any) -> None:
    """Of processes that start at once on a new file, SQLite lets one change the mode and turns the others away at once,
    whatever their timeout; a moment later they find it changed.
    """
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            driver.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _sqlite_engine(address: URL) -> Engine:
    engine = create_engine(
        address,
        pool_timeout=BUSY_SECONDS,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False, "cached_statements": 256},
    )

    @event.listens_for(engine, "connect")
    def prepare(driver: Any, record: Any) -> None:
        del record
        driver.isolation_level = None  # the module's own, late BEGIN is what makes readers into failing writers
        for pragma in SQLITE_PRAGMAS:
            driver.execute(pragma).close()
        _use_write_ahead_log(driver)

    return engine
