"""`earshot channels`: ask each provider whether all is well, and tell it where our webhook is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

import click

from bot.model import ChannelName
from channels.base import Door, Finding
from cli.group import Start


@click.group()
def channels() -> None:
    """Check the channels with their providers, and connect them."""


@channels.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
@click.pass_obj
def check(start: Start, name: str | None, *, as_json: bool) -> None:
    """Ask the provider of NAME (or of every channel) what is right and what is wrong. Changes nothing; 1 if anything is wrong."""
    doors = _doors(start, name)
    _tell([(door.name, found) for door in doors for found in door.check()], as_json=as_json)


@channels.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
@click.pass_obj
def connect(start: Start, name: str, *, as_json: bool) -> None:
    """Tell the provider of NAME where our webhook is, where it allows that. Ends with 1 if that did not succeed."""
    (door,) = _doors(start, name)
    _tell([(door.name, found) for found in door.connect()], as_json=as_json)


def findings(doors: Iterable[object]) -> list[tuple[ChannelName, Finding]]:
    """What each provider says, for ``earshot doctor --online``."""
    return [(door.name, found) for door in doors if isinstance(door, Door) for found in door.check()]


def _doors(start: Start, name: str | None) -> Sequence[Door]:
    """Raises ``ClickException`` for a channel that is off or not known."""
    found = {channel: door for channel, door in sorted(start.earshot.channels.items()) if isinstance(door, Door)}
    if name is None:
        return list(found.values())
    if name not in found:
        raise click.ClickException(f"There is no channel {name}, or its settings are not there. On are: {', '.join(found)}.")
    return [found[ChannelName(name)]]


def _tell(told: Sequence[tuple[ChannelName, Finding]], *, as_json: bool) -> None:
    for name, found in told:
        if as_json:
            click.echo(json.dumps({"channel": name, **asdict(found)}))
            continue
        click.echo(f"{'ok   ' if found.ok else 'FAULT'}  {name}: {found.text}")
        if not found.ok and found.fix:
            click.echo(f"       {found.fix}")
    faults = sum(not found.ok for _, found in told)
    if not as_json:
        click.echo(_ending(faults, asked=bool(told)))
    raise SystemExit(1 if faults else 0)


def _ending(faults: int, *, asked: bool) -> str:
    if not asked:
        return "No channel with a provider is set up, so nobody was asked. `earshot doctor` names the settings of each."
    return f"{faults} to mend." if faults else "Nothing is wrong."
