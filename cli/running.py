"""`earshot serve` and `earshot work`: the web and the worker together, or the worker alone."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from types import FrameType

import click

import app
from cli.group import Start
from parts import Earshot
from readiness import warn_of_unchecked
from storage import migrations
from storage.database import Database


@contextmanager
def pid_file(path: Path | None) -> Iterator[None]:
    """Say who we are, for those who watch or stop us, for as long as we run; another's word is not taken away."""
    if path is None:
        yield
        return
    ours = f"{os.getpid()}\n"
    path.write_text(ours, "ascii")
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            if path.read_text("ascii", "replace") == ours:
                path.unlink()


def on_stop(act: Callable[[], None]) -> None:
    """Act once when asked to stop; a second asking is the shell's own."""

    def handle(number: int, frame: FrameType | None) -> None:
        del frame
        signal.signal(number, signal.SIG_DFL)
        act()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)


def serve_until_stopped(earshot: Earshot, *, host: str, port: int, pid: Path | None = None) -> None:
    """Web and worker in this one process, so that killing it kills all of it (docs/adr/0004).

    ``pid`` is written once the port is ours: a second start on a port that is taken leaves the first one's alone.
    """
    from waitress.server import create_server

    worker = earshot.worker()
    web = app.create_app(earshot)
    # Behind proxies the application itself takes their headers, as far as it was told how many there are.
    alone = earshot.settings.proxy_hops == 0
    try:
        server = create_server(web, host=host, port=port, threads=8, ident="", clear_untrusted_proxy_headers=alone)
    except OSError as error:
        raise click.ClickException(f"Earshot cannot listen on {host}, port {port}: {error.strerror or error}.") from error
    working = Thread(target=worker.run, name="worker", daemon=True)

    def stop() -> None:
        worker.stop()
        raise SystemExit(0)

    at = f"http://{host}:{port}"
    try:
        with pid_file(pid):
            on_stop(stop)
            working.start()
            click.echo(f"Earshot is at {at}/chat, the team's site at {at}/staff/. Stop it with Ctrl+C.", err=True)
            try:
                server.run()
            finally:
                worker.stop()
                working.join(timeout=30)
    finally:
        server.close()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on. [default: PORT, else 8000]")
@click.option("--pid", type=click.Path(dir_okay=False, path_type=Path), help="Write the process id to this file.")
@click.pass_obj
def serve(start: Start, host: str, port: int | None, pid: Path | None) -> None:
    """Run the web and the worker together: all that one machine needs."""
    if port is not None:
        start = Start({"port": port})
    migrations.upgrade(Database.open(start.settings.database_url))
    serve_until_stopped(start.earshot, host=host, port=start.settings.port, pid=pid)


@click.command()
@click.option("--pid", type=click.Path(dir_okay=False, path_type=Path), help="Write the process id to this file.")
@click.pass_obj
def work(start: Start, pid: Path | None) -> None:
    """Run the worker alone: turns, the outbox, alerts. On PostgreSQL any number of them."""
    with pid_file(pid):
        worker = start.earshot.worker()
        warn_of_unchecked(start.earshot)
        on_stop(worker.stop)
        click.echo("The worker is at work. Stop it with Ctrl+C.", err=True)
        worker.run()
