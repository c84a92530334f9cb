"""Stand-ins for the store, the way in and the clock, as small as the web needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.errors import StoreUnavailable
from bot.events import Event
from bot.model import Address, ChannelName, InboundMessage
from bot.outgoing import Choice
from bot.records import ChatLine

NOON = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
KEY = "a-secret-for-tests-and-for-nothing-else"


@dataclass
class FakeClock:
    time: datetime = NOON

    def now(self) -> datetime:
        return self.time

    def move(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class FakeWeb:
    """Store and way in at once: what is received is a line of the talk. ``answer`` is the bot."""

    clock: FakeClock = field(default_factory=FakeClock)
    received: list[InboundMessage] = field(default_factory=list)
    lines: list[tuple[Address, ChannelName, ChatLine]] = field(default_factory=list)
    arrivals: list[tuple[Address, datetime]] = field(default_factory=list)
    waiting: set[Address] = field(default_factory=set)
    answer: Callable[[FakeWeb, InboundMessage], None] | None = None
    is_down: bool = False
    fault: Exception | None = None
    seqs: dict[tuple[str, str, str], int] = field(default_factory=dict)

    # the way in
    def receive(self, events: Sequence[Event]) -> None:
        if self.is_down:
            raise StoreUnavailable
        if self.fault:
            raise self.fault
        for event in events:
            assert isinstance(event, InboundMessage)
            key = (event.channel, event.account, event.external_id)
            if key in self.seqs:
                continue
            self.seqs[key] = self._line(event.sender, event.channel, "parent", event.text)
            self.received.append(event)
            self.arrivals.append((event.sender, self.clock.now()))
            if self.answer:
                self.answer(self, event)

    # the bot
    def say(self, message: InboundMessage, text: str, *choices: tuple[str, str], key: str = "said") -> int:
        return self._line(
            message.sender, message.channel, "earshot", text, key=key, choices=tuple(Choice(*choice) for choice in choices)
        )

    # the store
    def chat_lines(self, address: Address, *, after: int, channels: Sequence[ChannelName]) -> tuple[ChatLine, ...]:
        if self.is_down:
            raise StoreUnavailable
        return tuple(line for who, channel, line in self.lines if who == address and channel in channels and line.seq > after)

    def turn_pending(self, address: Address) -> bool:
        return address in self.waiting

    def inbound_since(self, address: Address, since: datetime) -> int:
        return sum(1 for who, at in self.arrivals if who == address and at >= since)

    @contextmanager
    def transaction(self) -> Iterator[FakeWeb]:
        yield self

    def seq_of(self, channel: ChannelName, account: str, external_id: str) -> int | None:
        return self.seqs.get((channel, account, external_id))

    def _line(
        self, who: Address, channel: ChannelName, sender: str, text: str, *, key: str = "", choices: tuple[Choice, ...] = ()
    ) -> int:
        seq = len(self.lines) + 1
        line = ChatLine(seq=seq, sender=sender, text=text, choices=choices, at=self.clock.now(), key=key)
        self.lines.append((who, channel, line))
        return seq
