"""``bot.ports.Wake``: a worker sleeps until something was committed, by this process or another.

The tables hold the guarantee, so a bell that is missed costs a moment and nothing else.
"""

from __future__ import annotations

import os
import select
import sqlite3
import threading
import time
from contextlib import suppress
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import exc

from storage.database import CHANNEL_OF_WAKE, Database

GLANCE_SECONDS = 0.05
"""How often SQLite is asked whether another process has committed: a look at one number in shared memory."""

REST_SECONDS = 1.0
"""How long to rest when the database cannot be reached."""


class ClosableWake(Protocol):
    """A ``bot.ports.Wake`` with a connection of its own to let go."""

    def wait(self, timeout: timedelta) -> None: ...

    def ring(self) -> None: ...

    def close(self) -> None: ...


def wake_for(database: Database) -> ClosableWake:
    return SqliteWake(database) if database.is_sqlite else PostgresWake(database)


class SqliteWake:
    """A bell within the process; for the others, SQLite's ``data_version``, which any commit of another changes."""

    def __init__(self, database: Database) -> None:
        self._path = database.engine.url.database or ""
        self._bell = threading.Event()
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._seen: int | None = None

    def wait(self, timeout: timedelta) -> None:
        until = time.monotonic() + timeout.total_seconds()
        while not self._has_changed():
            left = until - time.monotonic()
            if left <= 0 or self._bell.wait(min(left, GLANCE_SECONDS)):
                break
        self._bell.clear()

    def ring(self) -> None:
        self._bell.set()

    def close(self) -> None:
        with self._lock:
            self._let_go()

    def _has_changed(self) -> bool:
        with self._lock:
            try:
                version = self._version()
            except sqlite3.Error:
                self._let_go()
                return False
            changed = self._seen is not None and version != self._seen
            self._seen = version
            return changed

    def _version(self) -> int:
        if self._connection is None:
            # Opened for reading and writing but never made: a store that is not there must not come to be by looking.
            address = f"file:{self._path.replace('%', '%25').replace('?', '%3f').replace('#', '%23')}?mode=rw"
            self._connection = sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return version

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._seen = None


class PostgresWake:
    """Listens on a connection of its own. Transactions that make work say NOTIFY, which is heard when they commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any = None
        driver: Any = database.engine.dialect.loaded_dbapi
        self._error: type[Exception] = driver.Error
        """The driver's own, as it stands here: where the database is SQLite, no driver of another is imported."""
        self._lock = threading.Lock()
        self._bell_in, self._bell_out = os.pipe()
        os.set_blocking(self._bell_in, False)
        os.set_blocking(self._bell_out, False)

    def wait(self, timeout: timedelta) -> None:
        with self._lock:
            seconds = timeout.total_seconds()
            try:
                connection = self._listening()
                # What came in while nobody waited is already on our side of the wire and would not wake select.
                if not list(connection.notifies(timeout=0)):
                    self._sleep([connection.fileno()], seconds)
                    list(connection.notifies(timeout=0))
            except (self._error, exc.SQLAlchemyError, OSError):
                self._let_go()
                self._sleep([], min(seconds, REST_SECONDS))

    def ring(self) -> None:
        with suppress(BlockingIOError):  # full of rings already
            os.write(self._bell_out, b"!")

    def close(self) -> None:
        with self._lock:
            self._let_go()
            os.close(self._bell_in)
            os.close(self._bell_out)

    def _sleep(self, sockets: list[int], seconds: float) -> None:
        select.select([*sockets, self._bell_in], [], [], max(seconds, 0))
        with suppress(BlockingIOError):
            os.read(self._bell_in, 4096)

    def _listening(self) -> Any:
        if self._connection is None:
            borrowed = self._database.engine.raw_connection()
            driver: Any = borrowed.driver_connection
            borrowed.detach()  # ours alone from now on: the pool must not lend it to a transaction
            driver.autocommit = True
            driver.execute(f"LISTEN {CHANNEL_OF_WAKE}")
            self._connection = driver
        return self._connection

    def _let_go(self) -> None:
        if self._connection is not None:
            with suppress(self._error):
                self._connection.close()
        self._connection = None
