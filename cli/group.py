"""The `earshot` command: what there is, and what each command starts from."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from typing import ClassVar

import click

import app
from bot.errors import BotError
from bot.ports import Store
from bot.second_step import SecondStep
from bot.team import Team
from parts import Earshot


class Start:
    """What a command starts from: the settings, and the parts once they are needed."""

    def __init__(self, given: Mapping[str, object] | None = None) -> None:
        self._given = dict(given or {})

    @cached_property
    def settings(self) -> app.Settings:
        return app.Settings.read(**self._given)

    @cached_property
    def earshot(self) -> Earshot:
        return app.build(self.settings)

    def store(self) -> Store:
        return self.earshot.store

    def team(self) -> Team:
        from rooms import open_team

        made = self.earshot
        return open_team(made.database, made.sealer, made.store, made.clock)

    def second_step(self) -> SecondStep:
        from web import open_second_step

        return open_second_step(self.earshot)


COMMANDS = {
    "alert": "cli.alert:alert",
    "analyse": "cli.analyse:analyse",
    "channels": "cli.channels:channels",
    "chat": "cli.chat:chat",
    "db": "cli.database:db",
    "demo": "cli.demo:demo",
    "doctor": "cli.doctor:doctor",
    "erase": "cli.erase:erase",
    "export": "cli.export:export",
    "import": "cli.importing:import_",
    "key": "cli.keys:key",
    "poster": "cli.poster:poster",
    "redact": "cli.redact:redact",
    "serve": "cli.running:serve",
    "staff": "cli.staff:staff",
    "tagger": "cli.tagger:tagger",
    "words": "cli.words:words",
    "work": "cli.running:work",
}


class Commands(click.Group):
    """Commands by name, each imported when it is asked for, so that `earshot --help` does not load spaCy."""

    where: ClassVar[Mapping[str, str]] = COMMANDS
    """Module and name of each."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(self.where)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in self.where:
            return None
        module, _, name = self.where[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """An error of ours is a sentence for the person at the keyboard, not a traceback."""
        try:
            return super().invoke(ctx)
        except BotError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            if error.filename is None or error.strerror is None:
                raise  # a closed pipe is click's to end quietly; of the rest nothing sensible can be said
            raise click.ClickException(f"{error.filename}: {error.strerror}.") from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="earshot")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Parent carers say what happened; the team reads and acts."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    ctx.ensure_object(Start)
