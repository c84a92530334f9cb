"""The bell: a worker that sleeps is woken by any commit, its own process's or another's."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.database import Database
from storage.wake import ClosableWake, PostgresWake, SqliteWake, wake_for
from tests.storage.scene import Scene

LONG = timedelta(seconds=200)
QUICK = 20.0
"""Seconds within which a woken worker must be up: generous, for the machine may be busy, and far below LONG."""


@pytest.fixture
def wake(database: Database) -> Iterator[ClosableWake]:
    with closing(wake_for(database)) as made:
        made.wait(timedelta(0))  # the first look, from which changes are seen
        yield made


@contextmanager
def soon(act: Callable[[], object]) -> Iterator[None]:
    """Something happens in another thread a moment from now; it is over when the block is."""
    timer = threading.Timer(0.1, act)
    timer.start()
    yield
    timer.join()


def how_long(wake: ClosableWake, timeout: timedelta = LONG) -> float:
    before = time.monotonic()
    wake.wait(timeout)
    return time.monotonic() - before


def test_each_database_has_its_own_bell(database: Database, wake: ClosableWake) -> None:
    assert isinstance(wake, SqliteWake if database.is_sqlite else PostgresWake)


def test_nothing_happening_lasts_as_long_as_was_asked(wake: ClosableWake) -> None:
    assert 0.15 <= how_long(wake, timedelta(seconds=0.15)) < QUICK


def test_a_ring_wakes_the_sleeper(wake: ClosableWake) -> None:
    with soon(wake.ring):
        assert how_long(wake) < QUICK


def test_a_ring_before_sleeping_is_heard_once(wake: ClosableWake) -> None:
    wake.ring()
    wake.ring()

    assert how_long(wake) < QUICK
    assert how_long(wake, timedelta(seconds=0.15)) >= 0.15


def test_a_message_accepted_elsewhere_wakes_the_sleeper(wake: ClosableWake, scene: Scene) -> None:
    with soon(scene.accepts):
        assert how_long(wake) < QUICK


def test_a_message_accepted_between_two_sleeps_is_not_slept_through(wake: ClosableWake, scene: Scene) -> None:
    scene.accepts()

    assert how_long(wake) < QUICK


def test_a_reply_put_into_the_outbox_wakes_the_sleeper(wake: ClosableWake, scene: Scene) -> None:
    scene.contact()
    how_long(wake, timedelta(seconds=0.1))
    with soon(scene.says):
        assert how_long(wake) < QUICK


def test_what_is_not_committed_wakes_nobody(wake: ClosableWake, scene: Scene, database: Database) -> None:
    scene.contact()
    how_long(wake, timedelta(seconds=0.1))
    with database.writing() as connection:
        connection.execute(text("UPDATE contact SET locale = 'pl'"))
        if not database.is_sqlite:
            connection.execute(text("NOTIFY earshot"))
        assert how_long(wake, timedelta(seconds=0.2)) >= 0.2


def test_another_process_wakes_the_sleeper(sqlite_url: str) -> None:
    with closing(Database.open(sqlite_url)) as database, closing(wake_for(database)) as wake:
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE bell (rung INTEGER)"))
        wake.wait(timedelta(0))
        path = sqlite_url.removeprefix("sqlite:///")
        ring = f"import sqlite3; c = sqlite3.connect({path!r}); c.execute('INSERT INTO bell VALUES (1)'); c.commit()"
        process = subprocess.Popen([sys.executable, "-c", ring])

        assert how_long(wake) < LONG.total_seconds() / 2
        assert process.wait() == 0


def test_looking_for_a_store_that_is_not_there_does_not_make_one(tmp_path: Path) -> None:
    with closing(Database.open(f"sqlite:///{tmp_path}/earshot.db")) as database, closing(wake_for(database)) as wake:
        wake.wait(timedelta(seconds=0.1))

    assert list(tmp_path.iterdir()) == []


def test_a_listener_cut_off_listens_again(migrated_postgres: str) -> None:
    with closing(Database.open(migrated_postgres)) as database, closing(wake_for(database)) as wake:
        wake.wait(timedelta(0))
        with database.writing() as connection:
            ours = "datname = current_database() AND query LIKE 'LISTEN%'"
            cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}"
            assert connection.execute(text(cut)).scalars().all() == [True]
        how_long(wake, timedelta(seconds=0.5))  # it notices, and rests
        how_long(wake, timedelta(seconds=0))  # it listens anew

        def notify() -> None:
            with database.writing() as connection:
                connection.execute(text("NOTIFY earshot"))

        with soon(notify):
            assert how_long(wake) < QUICK


def test_a_database_away_is_waited_for_without_a_fuss() -> None:
    with closing(Database.open("postgresql://nobody@127.0.0.1:1/earshot")) as database, closing(wake_for(database)) as wake:
        assert how_long(wake, timedelta(seconds=0.1)) < QUICK
