"""`earshot demo`: a throw-away Earshot with a month of made-up feedback, phones to hold and a clock to move."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import click

from cli.running import on_stop

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from demo.scene import Scene

HOST = "127.0.0.1"


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option(
    "--messages", default=400, show_default=True, type=click.IntRange(0), help="How many made-up stories the month has."
)
def demo(port: int, messages: int) -> None:
    """Try Earshot: invented feedback, three phones, an inbox. Needs no account, key or other server; keeps nothing."""
    from demo.curtain import Curtain
    from demo.scene import set_up

    on_stop(lambda: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="earshot-demo-") as folder:
        scene = set_up(Path(folder), port=port)
        curtain = Curtain(scene.app)
        with _serving(curtain, port=port):
            _play_month(scene, messages)
            scene.clock.run()
            with _working(scene):
                curtain.lift()
                _tell(scene, port=port)
                Event().wait()


@contextmanager
def _serving(web: WSGIApplication, *, port: int) -> Iterator[None]:
    from waitress.server import create_server

    try:
        server = create_server(web, host=HOST, port=port, threads=8, ident="", clear_untrusted_proxy_headers=True)
    except OSError as error:
        raise click.ClickException(f"Port {port} is taken. Try another: earshot demo --port {port + 1}") from error
    Thread(target=server.run, name="web", daemon=True).start()
    try:
        yield
    finally:
        server.close()


@contextmanager
def _working(scene: Scene) -> Iterator[None]:
    worker = scene.earshot.worker()
    working = Thread(target=worker.run, name="worker", daemon=True)
    working.start()
    try:
        yield
    finally:
        worker.stop()
        working.join(timeout=10)


def _play_month(scene: Scene, messages: int) -> None:
    arrivals = scene.arrivals(messages)
    again = sum(arrival.again for arrival in arrivals)
    if again:
        click.echo(f"There are {messages - again} different stories; {again} of them come a second time.", err=True)
    label = f"Playing {messages} made-up stories"
    with click.progressbar(scene.seeding().play(arrivals), length=messages, label=label, file=sys.stderr) as played:
        for _ in played:
            pass


def _tell(scene: Scene, *, port: int) -> None:
    url = f"http://{HOST}:{port}"
    for name, where in (
        ("Start here", "/"),
        ("Phones", "/demo/"),
        ("Inbox", "/staff/"),
        ("Plain pages", "/chat"),
        ("Privacy", "/privacy"),
    ):
        click.echo(f"{name:>12}  {url}{where}")
    click.echo(f"{'Sign in':>12}  as {scene.login.username} with {scene.login.password}")
    click.echo("Everybody and every message is made up. Stop it with Ctrl+C; nothing is kept.")
