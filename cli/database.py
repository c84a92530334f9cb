"""`earshot db`: the tables."""

from __future__ import annotations

import click

from cli.group import Start
from storage import migrations
from storage.database import Database


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
@click.pass_obj
def upgrade(start: Start) -> None:
    """Bring the tables up to this version. Safe to run again."""
    migrations.upgrade(Database.open(start.settings.database_url))
    click.echo("The database is up to date.")
