"""One demo for all the tests that need a whole one: a short month, played once, then open to visitors."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.month import Arrival
from demo.running import HOST, open_to_visitors
from demo.scene import Scene, set_up

STORIES = 40
NOW = datetime(2026, 11, 19, 10, 42, tzinfo=UTC)


@dataclass
class Live:
    """A demo that runs: where, its parts, and what was played before it opened."""

    url: str
    scene: Scene
    played: list[Arrival]


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder: Path = tmp_path_factory.mktemp("demo")
    port = _free_port()
    scene = set_up(folder, port=port, now=NOW)
    played: list[Arrival] = []
    with open_to_visitors(scene, lambda scene: played.extend(scene.seeding().play(scene.arrivals(STORIES)))):
        yield Live(f"http://{HOST}:{port}", scene, played)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
