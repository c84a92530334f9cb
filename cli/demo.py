"""`earshot demo`: a throw-away Earshot with a month of made-up feedback, phones to hold and a clock to move."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click

from cli.running import on_stop

if TYPE_CHECKING:
    from demo.scene import Scene

_DOORS = {"Start here": "/", "Phones": "/demo/", "Inbox": "/staff/", "Plain pages": "/chat", "Privacy": "/privacy"}


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option(
    "--messages", default=400, show_default=True, type=click.IntRange(min=0), help="How many made-up stories the month has."
)
def demo(port: int, messages: int) -> None:
    """Try Earshot: invented feedback, six screens to talk on, an inbox. Needs no account, key or other server; keeps nothing."""
    from demo.running import open_to_visitors
    from demo.scene import set_up

    on_stop(lambda: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="earshot-demo-") as folder:
        scene = set_up(Path(folder), port=port)
        with open_to_visitors(scene, lambda scene: _play_month(scene, messages)):
            _tell(scene)
            Event().wait()


def _play_month(scene: Scene, messages: int) -> None:
    arrivals = scene.arrivals(messages)
    again = sum(arrival.again for arrival in arrivals)
    if again:
        click.echo(f"There are {messages - again} different stories; {again} of them come a second time.", err=True)
    label = f"Playing {messages} made-up stories"
    seeding = scene.seeding()
    month = seeding.play(arrivals, scene.desk(seeding).plans())
    with click.progressbar(month, length=messages, label=label, file=sys.stderr) as played:
        for _ in played:
            pass


def _tell(scene: Scene) -> None:
    from demo.reviewing import members

    for name, path in _DOORS.items():
        click.echo(f"{name:>12}  {scene.earshot.settings.public_url}{path}")
    click.echo(f"{'Sign in':>12}  as {scene.login.username} with {scene.login.password}")
    others = ", ".join(f"{member.username} ({member.role})" for member in members(password_hash="")[1:])
    click.echo(f"{'':>12}  or, with the same password, as {others}")
    click.echo("Everybody and every message is made up. Stop it with Ctrl+C; nothing is kept.")
