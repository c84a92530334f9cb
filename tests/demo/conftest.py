"""One demo for all the tests that need a whole one: a short month, played once, then open to visitors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cards import ExperienceCard
from bot.inbox import InboxFilter
from bot.records import ExportedMessage
from demo.month import Arrival
from demo.running import HOST, open_to_visitors
from demo.scene import Scene, set_up
from tests.ports import free_port

STORIES = 90
NOW = datetime(2026, 11, 19, 10, 42, tzinfo=UTC)


@dataclass
class Live:
    """A demo that runs: where, its parts; what was played before it opened, and what the store held at that moment."""

    url: str
    scene: Scene
    played: Sequence[Arrival]
    cards: Sequence[ExperienceCard]
    rows: Sequence[ExportedMessage]


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder: Path = tmp_path_factory.mktemp("demo")
    port = free_port()
    scene = set_up(folder, port=port, now=NOW)
    made: list[Live] = []

    def play(scene: Scene) -> None:
        played = list(scene.seeding().play(scene.arrivals(STORIES)))
        store = scene.earshot.store
        cards = store.inbox(InboxFilter(open_only=False), size=STORIES * 2).cards
        made.append(Live(f"http://{HOST}:{port}", scene, played, cards, list(store.export_messages())))

    with open_to_visitors(scene, play):
        yield made[0]
