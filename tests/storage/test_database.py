"""The engine: one address, the settings that keep what it is given, and trouble under one name."""

from __future__ import annotations

import sqlite3
import threading
import traceback
import warnings
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from bot.errors import BadSettings, StoreUnavailable
from storage.database import Database, repaired
from storage.tables import address, contact
from tests.storage.made_up import NOW
from tests.storage.scene import Scene


def read_anything(database: Database) -> None:
    with database.reading() as connection:
        connection.execute(text("SELECT 1"))


def write_anything(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("SELECT 1"))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_a_host_writes_postgresql_is_understood(scheme: str) -> None:
    url = repaired(f"{scheme}://user:pass@db.example:5432/earshot?sslmode=require")

    assert url.render_as_string(hide_password=False) == ("postgresql+psycopg://user:pass@db.example:5432/earshot?sslmode=require")


@pytest.mark.parametrize("extra", ["sslmode=require", "timeout=3&timeout=4"])
def test_what_else_an_address_of_a_file_says_is_left_out(sqlite_url: str, extra: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with closing(Database.open(f"{sqlite_url}?{extra}")) as database:
            read_anything(database)


@pytest.mark.parametrize(
    "url", ["mysql://db/earshot", "sqlite://", "sqlite:///:memory:", "nonsense", "", "postgresql://h:notaport/x"]
)
def test_an_address_that_would_keep_nothing_is_refused_with_the_setting_s_name(url: str) -> None:
    with pytest.raises(BadSettings, match="DATABASE_URL"):
        Database.open(url)


@pytest.mark.parametrize("url", ["mysql://user:s3cret@db/earshot", "postgresql://user:s3cret/earshot"])
def test_a_password_in_a_bad_address_is_not_repeated(url: str) -> None:
    with pytest.raises(BadSettings) as refused:
        Database.open(url)

    assert "s3cret" not in "".join(traceback.format_exception(refused.value))


def test_sqlite_keeps_what_it_was_given_when_the_power_goes(sqlite_url: str) -> None:
    with closing(Database.open(sqlite_url)) as database, database.reading() as connection:
        settings = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete")
        }

    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000, "secure_delete": 1}


def test_postgresql_lets_no_transaction_hang_for_ever(postgres_url: str) -> None:
    with closing(Database.open(postgres_url)) as database, database.reading() as connection:
        settings = {
            name: connection.execute(text(f"SHOW {name}")).scalar_one()
            for name in ("TimeZone", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        }

    assert settings == {
        "TimeZone": "UTC",
        "statement_timeout": "30s",
        "lock_timeout": "15s",
        "idle_in_transaction_session_timeout": "1min",
    }


def test_what_fails_half_way_leaves_nothing_behind(database: Database) -> None:
    def write_then_stumble() -> None:
        with database.writing() as connection:
            connection.execute(insert(contact).values(id=UUID(int=1), locale="en", created_at=NOW))
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        write_then_stumble()

    with database.reading() as connection:
        assert connection.execute(select(contact)).all() == []


def test_after_a_commit_that_was_refused_the_next_one_goes_through(database: Database, scene: Scene) -> None:
    """Links are looked at on commit, so a commit itself can fail; its connection must come back clean."""

    def link_to_nobody() -> None:
        with database.writing() as connection:
            row = {"id": scene.new_id(), "contact_id": scene.new_id(), "blind_index": b"x", "sealed": b"y", "created_at": NOW}
            connection.execute(insert(address), row)

    for _ in range(3):
        with pytest.raises(IntegrityError):
            link_to_nobody()

    assert scene.accepts() == 1


def test_a_reader_does_not_wait_for_a_writer(database: Database, scene: Scene) -> None:
    scene.accepts()

    with database.writing() as writing:
        writing.execute(text("UPDATE contact SET locale = 'pl'"))
        with database.reading() as reading:
            assert reading.execute(select(contact.c.locale)).scalar_one() == "en"


def test_writers_of_one_process_stand_in_line(database: Database, scene: Scene) -> None:
    """Many threads, each reading before it writes: on SQLite that is what fails with "locked" unless they queue."""
    contact_id = scene.contact()
    failures: list[BaseException] = []

    def count_up() -> None:
        try:
            for _ in range(5):
                with database.writing() as connection:
                    row = connection.execute(select(contact.c.locale).where(contact.c.id == contact_id).with_for_update()).one()
                    count = 0 if row.locale == "en" else int(row.locale)
                    connection.execute(contact.update().values(locale=str(count + 1)))
        except BaseException as error:  # noqa: BLE001 - carried over to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    with database.reading() as connection:
        assert connection.execute(select(contact.c.locale)).scalar_one() == "40"


def test_a_database_that_is_not_there_is_unavailable() -> None:
    with closing(Database.open("postgresql://nobody@127.0.0.1:1/earshot")) as database, pytest.raises(StoreUnavailable):
        read_anything(database)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=f"DATABASE_URL .*{tmp_path}/nowhere, which is not there"):
        Database.open(f"sqlite:///{tmp_path}/nowhere/earshot.db")


def test_a_file_another_process_holds_is_unavailable_and_then_available_again(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.database.SQLITE_PRAGMAS", ("PRAGMA busy_timeout=10",))
    with closing(Database.open(sqlite_url)) as database:
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE kept (word TEXT)"))
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable):
            write_anything(database)
        other.execute("ROLLBACK")
        other.close()

        with database.writing() as connection:
            connection.execute(text("INSERT INTO kept VALUES ('yes')"))


def test_a_full_disk_is_unavailable_and_what_was_kept_stays_kept(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.database.SQLITE_PRAGMAS", ("PRAGMA max_page_count=20",))

    def fill(database: Database) -> None:
        for _ in range(50):
            with database.writing() as connection:
                connection.execute(text("INSERT INTO kept VALUES (hex(randomblob(2000)))"))

    with closing(Database.open(sqlite_url)) as database:
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE kept (word TEXT)"))
            connection.execute(text("INSERT INTO kept VALUES ('first')"))
        with pytest.raises(StoreUnavailable):
            fill(database)

        with database.reading() as connection:
            assert connection.execute(text("SELECT word FROM kept ORDER BY rowid LIMIT 1")).scalar_one() == "first"
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


def test_a_fault_of_the_program_is_not_taken_for_bad_weather(database: Database) -> None:
    def break_a_rule() -> None:
        with database.writing() as connection:
            connection.execute(text("INSERT INTO contact (id) VALUES (NULL)"))

    with pytest.raises(IntegrityError):
        break_a_rule()


def test_a_lease_does_not_wait_for_the_disk_and_what_is_written_after_it_does(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'earshot.db'}")
    full, normal = 2, 1

    with database.writing(lasting=False) as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == normal
    with database.writing() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == full
    database.close()


def test_a_lease_that_failed_leaves_no_connection_that_does_not_wait(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'earshot.db'}")
    full = 2

    with pytest.raises(ZeroDivisionError), database.writing(lasting=False):
        raise ZeroDivisionError
    with database.writing() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == full
    database.close()
