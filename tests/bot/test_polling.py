"""Ways in that nobody calls: one worker asks at a time, what is found is taken in before it is confirmed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.errors import ProviderUnavailable, StoreUnavailable
from bot.events import Event
from bot.model import Address, ChannelName, InboundMessage
from bot.polling import SHIFT, Polling
from storage.database import Database
from storage.polling import SqlShifts
from tests.bot.street import MONDAY
from tests.journeys.given import GivenClock


@dataclass
class Mailbox:
    """Hands each mail over until it is confirmed, as an IMAP server does."""

    name: str = "mailbox"
    waiting: list[InboundMessage] = field(default_factory=list)
    asked: int = 0
    closed: int = 0
    down: bool = False

    def poll(self, receive: Callable[[Sequence[Event]], object], *, wait: timedelta) -> bool:
        del wait
        self.asked += 1
        if self.down:
            raise ProviderUnavailable
        receive(list(self.waiting))
        found = bool(self.waiting)
        self.waiting.clear()
        return found

    def close(self) -> None:
        self.closed += 1


MAIL = InboundMessage(
    channel=ChannelName("email"), account="us", external_id="<1@example>", sender=Address("email", "a@example.org"), text="Hello"
)


@pytest.fixture
def clock() -> GivenClock:
    return GivenClock(MONDAY)


def polling(mailbox: Mailbox, database: Database, clock: GivenClock, taken: list[Event], worker: str = "a:1") -> Polling:
    return Polling(poller=mailbox, shifts=SqlShifts(database), clock=clock, receive=taken.extend, worker=worker)


def test_what_is_found_is_taken_in(database: Database, clock: GivenClock) -> None:
    taken: list[Event] = []
    mailbox = Mailbox(waiting=[MAIL])

    assert polling(mailbox, database, clock, taken).poll()
    assert taken == [MAIL]


def test_only_one_worker_asks_and_another_takes_over_when_the_first_is_gone(database: Database, clock: GivenClock) -> None:
    mine, theirs, taken = Mailbox(), Mailbox(waiting=[MAIL]), list[Event]()
    first, second = polling(mine, database, clock, taken), polling(theirs, database, clock, taken, "b:2")

    assert first.poll()
    assert not second.poll()
    assert theirs.asked == 0

    clock.at += SHIFT + timedelta(seconds=1)
    assert second.poll()
    assert taken == [MAIL]
    assert not first.poll()


def test_whoever_goes_home_hands_over_at_once(database: Database, clock: GivenClock) -> None:
    first, second = (polling(Mailbox(), database, clock, [], worker) for worker in ("a:1", "b:2"))
    first.poll()
    first.end()

    assert second.poll()


def test_trouble_with_the_provider_closes_the_connection_and_is_rested_upon(database: Database, clock: GivenClock) -> None:
    mailbox = Mailbox(down=True)

    assert not polling(mailbox, database, clock, []).poll()
    assert mailbox.closed == 1


def test_what_could_not_be_kept_is_not_confirmed(database: Database, clock: GivenClock) -> None:
    def full(events: Sequence[Event]) -> None:
        raise StoreUnavailable

    mailbox = Mailbox(waiting=[MAIL])
    asks = Polling(poller=mailbox, shifts=SqlShifts(database), clock=clock, receive=full, worker="a:1")

    with pytest.raises(StoreUnavailable):
        asks.poll()
    assert mailbox.waiting == [MAIL]
