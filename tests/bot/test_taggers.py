"""The listener that takes up another tagger while it works."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from threading import Thread

import pytest

from bot.errors import StoreUnavailable
from bot.heard import Heard
from bot.taggers import SHIPPED, DamagedTagger, Decided, DecidedAlert, Hears, KeptTagger, LiveListener, NewTagger


class OneTagger:
    def __init__(self, file: bytes | None, danger: bytes | None) -> None:
        self.tagger = (file or b"shipped").decode() + (f" and {danger.decode()}" if danger else "")

    def hear(self, text: str, *, question: str | None = None) -> Heard:
        return Heard(redacted=f"{self.tagger}: {text} ({question})")


class Shelf:
    """Taggers by number; ``fault`` is raised at the next look."""

    def __init__(self) -> None:
        self.at_work = self.danger_at_work = SHIPPED
        self.files = {1: b"one", 2: b"two", 3: b"danger three"}
        self.fault: Exception | None = None
        self.read = 0

    def champion(self, hears: Hears = Hears.THEMES) -> int:
        return self.champions()[hears is Hears.DANGER]

    def champions(self) -> tuple[int, int]:
        if self.fault is not None:
            raise self.fault
        return self.at_work, self.danger_at_work

    def file(self, number: int) -> bytes:
        self.read += 1
        if number not in self.files:
            raise DamagedTagger
        return self.files[number]

    def taggers(self) -> tuple[KeptTagger, ...]:
        return ()

    def keep(self, new: NewTagger) -> int:
        raise NotImplementedError

    def use(self, number: int, *, by: str, now: datetime, hears: Hears = Hears.THEMES) -> None:
        self.at_work = number

    def decided(self) -> Iterator[Decided]:
        return iter(())

    def decided_alerts(self) -> Iterator[DecidedAlert]:
        return iter(())


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def test_a_worker_begins_with_the_tagger_at_work(shelf: Shelf) -> None:
    assert LiveListener(shelf, OneTagger).tagger == "shipped"
    shelf.at_work = 1
    assert LiveListener(shelf, OneTagger).tagger == "one"


def test_another_tagger_is_taken_up_without_a_restart_and_the_old_one_put_back(shelf: Shelf) -> None:
    listener = LiveListener(shelf, OneTagger)
    heard = []
    for number in (1, 2, SHIPPED):
        shelf.at_work = number
        assert not listener.sweep()
        heard.append((listener.number, listener.hear("Hello", question="good").redacted))

    assert heard == [(1, "one: Hello (good)"), (2, "two: Hello (good)"), (SHIPPED, "shipped: Hello (good)")]


def test_the_one_for_danger_is_taken_up_beside_it_and_put_back(shelf: Shelf) -> None:
    listener = LiveListener(shelf, OneTagger)
    shelf.at_work, shelf.danger_at_work = 1, 3
    listener.sweep()
    assert (listener.number, listener.danger_number, listener.tagger) == (1, 3, "one and danger three")

    shelf.danger_at_work = SHIPPED
    listener.sweep()
    assert (listener.danger_number, listener.tagger) == (SHIPPED, "one")


def test_a_tagger_is_read_once(shelf: Shelf) -> None:
    listener = LiveListener(shelf, OneTagger)
    shelf.at_work = 1
    for _ in range(5):
        listener.sweep()

    assert shelf.read == 1


@pytest.mark.parametrize("fault", [StoreUnavailable(), ValueError("damaged")])
def test_whatever_goes_wrong_families_are_heard_by_the_tagger_that_is_there(shelf: Shelf, fault: Exception) -> None:
    shelf.fault = fault
    listener = LiveListener(shelf, OneTagger)
    listener.sweep()
    assert listener.hear("Hello").redacted.startswith("shipped")

    shelf.fault, shelf.at_work = None, 9
    listener.sweep()
    assert (listener.number, listener.tagger) == (SHIPPED, "shipped")


def test_a_suggestion_is_kept_with_the_tagger_that_made_it(shelf: Shelf) -> None:
    """Another may be taken up between the hearing and the keeping."""
    listener = LiveListener(shelf, OneTagger)
    listener.hear("Hello")
    shelf.at_work = 1
    take_up = Thread(target=listener.sweep)
    take_up.start()
    take_up.join()

    assert listener.tagger == "shipped"
    listener.hear("Hello again")
    assert listener.tagger == "one"
