"""Migrations: they make exactly the tables the models speak of, once, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import ProgrammingError

from bot.errors import StoreUnavailable
from storage import migrations
from storage.database import Database
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import METADATA
from tests.conftest import KEYS, masked
from tests.storage.scene import Scene


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database in which nothing has been made yet."""
    database = Database.open(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))
    yield database
    database.close()


def conditions(index: Any) -> str:
    return "; ".join(f"{name} {value}" for name, value in sorted(index.get("dialect_options", {}).items()))


def by_model(name: str | None, kind: str, _: Any) -> bool:
    """The index of words is the database's own, and no model's."""
    return kind != "table" or not str(name).startswith("search_words")


def shape(database: Database) -> dict[str, Any]:
    """What alembic does not compare: CHECKs by name and text, links with how they are looked at."""
    looked = inspect(database.engine)
    return {
        name: (
            sorted((check["name"], check["sqltext"]) for check in looked.get_check_constraints(name)),
            sorted((link["name"], str(link["options"])) for link in looked.get_foreign_keys(name)),
            sorted((index["name"], conditions(index)) for index in looked.get_indexes(name)),
        )
        for name in sorted(METADATA.tables)
    }


def test_the_migrated_schema_is_that_of_the_models(empty: Database) -> None:
    migrations.upgrade(empty)

    with empty.reading() as connection:
        opts = {"compare_type": True, "compare_server_default": True, "include_name": by_model}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, METADATA) == []


def test_checks_links_and_indexes_are_those_of_the_models(
    empty: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    migrations.upgrade(empty)
    url = f"sqlite:///{tmp_path / 'models.db'}" if empty.is_sqlite else request.getfixturevalue("postgres_server").fresh()
    with closing(Database.open(url)) as modelled:
        with modelled.writing() as connection:
            METADATA.create_all(connection)

        migrated, made = shape(empty), shape(modelled)

    assert migrated == made
    assert any(checks for checks, _, _ in made.values())


def test_a_new_store_can_be_used_at_once(empty: Database) -> None:
    migrations.upgrade(empty)
    scene = Scene(SqlStore(empty, Sealer.open(empty, KEYS), masked))

    assert scene.accepts() == 1


def test_upgrading_again_changes_nothing(empty: Database) -> None:
    assert not migrations.is_current(empty)
    migrations.upgrade(empty)
    assert migrations.is_current(empty)
    before = shape(empty)
    migrations.upgrade(empty)

    assert shape(empty) == before


def test_one_can_go_back_to_nothing_and_forth_again(empty: Database) -> None:
    migrations.upgrade(empty)
    before = shape(empty)
    migrations.downgrade(empty, "base")
    assert inspect(empty.engine).get_table_names() == ["alembic_version"]
    migrations.upgrade(empty)

    assert shape(empty) == before


def test_a_migration_that_fails_half_way_leaves_nothing_half_made(empty: Database) -> None:
    with empty.writing() as connection:
        connection.execute(text("CREATE TABLE passage (in_the_way INTEGER)"))  # the fourth migration stumbles over it

    with pytest.raises((StoreUnavailable, ProgrammingError), match="passage"):
        migrations.upgrade(empty)

    assert inspect(empty.engine).get_table_names() == ["passage"]


def test_two_processes_that_start_at_once_upgrade_once(empty: Database) -> None:
    failures: list[BaseException] = []
    start = threading.Barrier(6)

    def begin() -> None:
        database = Database.open(empty.engine.url.render_as_string(hide_password=False))
        try:
            start.wait()
            migrations.upgrade(database)
            Sealer.open(database, KEYS)
        except BaseException as error:  # noqa: BLE001 - carried over to the test's own thread
            failures.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert migrations.is_current(empty)


def test_an_address_will_do(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "earshot.db").touch()  # what is there is never a copy of one made before
    migrations.upgrade(sqlite_url)
    database = Database.open(sqlite_url)

    assert migrations.is_current(database)
    database.close()


def test_every_migration_has_its_number_and_follows_the_one_before() -> None:
    files = sorted((Path(migrations.__file__).parent / "versions").glob("[0-9]*.py"))
    numbers = [file.name[:4] for file in files]

    assert numbers == [f"{number:04}" for number in range(1, len(files) + 1)]
    for before, file in zip([None, *numbers], files, strict=False):
        source = file.read_text()
        assert f'revision = "{file.name[:4]}"' in source
        assert f"down_revision = {before!r}".replace("'", '"') in source


def test_the_newest_migration_is_the_one_alembic_takes_for_it() -> None:
    assert migrations.newest() == set(ScriptDirectory(str(migrations.HERE)).get_heads())
