"""The worker's loops: they answer by themselves, go on after trouble, and end when they are told to."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from uuid import uuid4

import pytest

from bot.alerts import Alerts
from bot.errors import StoreUnavailable
from bot.replies import Replies
from bot.worker import Worker
from storage.database import Database
from storage.wake import wake_for
from tests.bot.street import Street
from tests.journeys.stage import wording

LONG_ENOUGH = 60.0


@pytest.fixture
def street(database: Database) -> Street:
    street = Street(database)
    street.chance.begin()
    return street


class Broom:
    """A sweep with so many things to do; it stumbles over the first where it is told to."""

    def __init__(self, left: int, *, stumbles: bool = False) -> None:
        self.left = left
        self.stumbles = stumbles
        self.done = Event()

    def sweep(self) -> bool:
        if self.stumbles:
            self.stumbles = False
            raise RuntimeError
        if self.left == 0:
            self.done.set()
            return False
        self.left -= 1
        return True


@pytest.fixture
def brooms() -> list[Broom]:
    return [Broom(2), Broom(1, stumbles=True), Broom(1)]


@pytest.fixture
def worker(street: Street, database: Database, brooms: list[Broom]) -> Iterator[Worker]:
    wake = wake_for(database)
    channels = {street.channel.name: street.channel}
    yield Worker(
        name="host:1",
        store=street.store,
        clock=street.clock,
        wake=wake,
        turns=street.turns,
        outbox=street.outbox,
        alerts=Alerts(
            store=street.store,
            clock=street.clock,
            replies=Replies(wording=wording(), channels=channels, new_id=uuid4),
            channels=channels,
            staff_url="https://earshot.example/staff",
            new_id=uuid4,
        ),
        sweeps=brooms,
        senders=2,
    )
    wake.close()


@contextmanager
def at_work(worker: Worker) -> Iterator[Thread]:
    thread = Thread(target=worker.run, daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        worker.stop()
        thread.join(LONG_ENOUGH)


def until_answered(street: Street) -> bool:
    deadline = time.monotonic() + LONG_ENOUGH
    while not street.heard_by_them and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(street.heard_by_them)


def test_a_message_is_answered_by_itself(street: Street, worker: Worker) -> None:
    with at_work(worker):
        street.text("The taxi was late again on Monday and nobody rang.")
        street.later(minutes=1)

        assert until_answered(street)


def test_it_ends_when_it_is_told_to(worker: Worker) -> None:
    with at_work(worker) as thread:
        worker.stop()
        thread.join(LONG_ENOUGH)

        assert not thread.is_alive()


@pytest.mark.parametrize("trouble", [StoreUnavailable(), RuntimeError("a fault")])
def test_it_goes_on_after_trouble(street: Street, worker: Worker, monkeypatch: pytest.MonkeyPatch, trouble: Exception) -> None:
    troubles = [trouble, trouble]
    take_due = street.turns.take_due

    def troubled(name: str) -> bool:
        if troubles:
            raise troubles.pop()
        return take_due(name)

    monkeypatch.setattr(street.turns, "take_due", troubled)
    with at_work(worker):
        street.text("The taxi was late again on Monday and nobody rang.")
        street.later(minutes=1)

        assert until_answered(street)
    assert troubles == []


def test_each_sweep_is_done_to_its_end_though_another_stumbles(worker: Worker, brooms: list[Broom]) -> None:
    with at_work(worker):
        assert all(broom.done.wait(LONG_ENOUGH) for broom in brooms)

    assert [broom.left for broom in brooms] == [0, 0, 0]


def test_working_off_sweeps_too(street: Street, worker: Worker, brooms: list[Broom]) -> None:
    brooms[1].stumbles = False
    worker.work_off()

    assert [broom.left for broom in brooms] == [0, 0, 0]
