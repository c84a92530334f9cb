"""Runs a scene: the web server, then the month, then the worker and the clock, until whoever asked has had enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING
from wsgiref.types import WSGIApplication

from bot.errors import BotError
from demo.curtain import Curtain
from demo.scene import Scene

if TYPE_CHECKING:
    from waitress.server import BaseWSGIServer

HOST = "127.0.0.1"
_THREADS = 8
"""A phone's message comes back over the loopback while its own request waits, and receipts come beside it."""


class PortTakenError(BotError):
    """Something else listens on this port."""


@contextmanager
def open_to_visitors(scene: Scene, play: Callable[[Scene], None]) -> Iterator[None]:
    """Inside the block the demo runs. Before that, ``play`` makes the month while the curtain is still down.

    Raises ``PortTakenError``.
    """
    curtain = Curtain(scene.app)
    with serving(curtain, port=scene.earshot.settings.port):
        play(scene)
        scene.clock.run()
        with _working(scene):
            curtain.lift()
            yield


@contextmanager
def serving(web: WSGIApplication, *, port: int = 0) -> Iterator[str]:
    """Inside the block the application listens on the loopback, at the address yielded; port 0 is any that is free.

    Raises ``PortTakenError``.
    """
    from waitress.server import create_server

    try:
        server = create_server(web, host=HOST, port=port, threads=_THREADS, ident="", clear_untrusted_proxy_headers=True)
    except OSError as error:
        raise PortTakenError(f"Port {port} is taken. Try another: earshot demo --port {port + 1}") from error
    serving = Thread(target=server.run, name="web", daemon=True)
    serving.start()
    try:
        yield f"http://{HOST}:{server.effective_port}"
    finally:
        # In the server's own thread. Open connections would keep its loop going until they time out, minutes later.
        server.trigger.pull_trigger(lambda: _shut(server))
        serving.join(timeout=10)


def _shut(server: BaseWSGIServer) -> None:
    for channel in server.active_channels.values():
        channel.will_close = True
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
        scene.provider.callbacks.stop()
        scene.graph.stop()
