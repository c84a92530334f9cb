"""The schema's history, run from code: there is no alembic.ini, and no second place for the address of the database."""

from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from storage.database import Database

HERE = Path(__file__).parent

ONE_AT_A_TIME = 6_382_107
"""The number of the PostgreSQL lock under which migrations run; any number no one else uses."""


def upgrade(database: Database | str, revision: str = "head") -> None:
    """Bring the tables of a database (or of the one at an address) up to date, whole or not at all."""
    if isinstance(database, str):
        with closing(Database.open(database)) as opened:
            upgrade(opened, revision)
        return
    config = _config()
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(database: Database, revision: str) -> None:
    config = _config()
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def is_current(database: Database) -> bool:
    """Whether every migration has been run."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with database.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
