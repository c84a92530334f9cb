"""`earshot db`: the tables."""

from __future__ import annotations

import click

import app
from storage.migrations import upgrade as upgrade_database


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
@click.pass_obj
def upgrade(start: app.Start) -> None:
    """Bring the tables up to this version. Safe to run again."""
    upgrade_database(start.settings.database_url)
    click.echo("The database is up to date.")
