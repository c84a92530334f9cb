"""The schema's history, run from code: there is no alembic.ini, and no second place for the address of the database.

Alembic, and what it brings, takes nine megabytes: it is imported by what changes tables, and not by the web process and the
worker, which only ask whether the tables are up to date.
"""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from storage.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).parent
_LINK = re.compile(r"""^(down_)?revision\b[^=\n]*=\s*["'](\w+)["']""", re.MULTILINE)
"""Where a migration says which it is, and which it comes after."""
_TABLE = "alembic_version"

ONE_AT_A_TIME = 6_382_107
"""The number of the PostgreSQL lock under which migrations run; any number no one else uses."""


def upgrade(database: Database | str, revision: str = "head") -> None:
    """Bring the tables of a database (or of the one at an address) up to date, whole or not at all."""
    if isinstance(database, str):
        with closing(Database.open(database)) as opened:
            upgrade(opened, revision)
        return
    from alembic import command

    config = _config()
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(database: Database, revision: str) -> None:
    from alembic import command

    config = _config()
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def is_current(database: Database) -> bool:
    """Whether every migration has been run."""
    with database.reading() as connection:
        if not inspect(connection).has_table(_TABLE):
            return False
        run = {revision for (revision,) in connection.execute(text(f"SELECT version_num FROM {_TABLE}"))}  # noqa: S608 - a constant
    return run == newest()


def newest() -> set[str]:
    """The migrations that no other comes after; of a history in one line there is one."""
    links = [link for file in (HERE / "versions").glob("*.py") for link in _LINK.findall(file.read_text(encoding="utf-8"))]
    return {name for before, name in links if not before} - {name for before, name in links if before}


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
