"""The worker's loops: they answer by themselves, go on after trouble, and end when they are told to."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
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

LONG_ENOUGH = 20.0


@pytest.fixture
def street(database: Database) -> Street:
    street = Street(database)
    street.chance.begin()
    return street


@pytest.fixture
def worker(street: Street, database: Database) -> Iterator[Worker]:
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
