"""The six screens of /demo as they stand at this moment: what each shows, what it has cost, what the inbox made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from bot.days import ZONE
from bot.hours import Hours
from bot.model import Address, ChannelName
from bot.ports import Channel, Store, Wake
from bot.records import ChatLine
from channels.pages import PAGES
from channels.webchat import WEBCHAT
from demo.clock import DemoClock
from demo.overheard import Overheard, Visitor
from demo.posted import Arrived, Phone
from demo.ready import Group, Language
from demo.talks import PARENT, Bubble, talk
from demo.tallies import Card, Meters, Tallies
from demo.wire import Exchange, exchanges, outbound

IN_THE_BROWSER = (WEBCHAT, PAGES)
"""Those that are no phone's app but pages: the real ones, each in a frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Made for this run and worth nothing after it."""

    username: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One of the six. ``settle`` is in seconds; ``on_its_way``: messages that are written and have not been brought yet."""

    channel: ChannelName
    shown_as: str = ""
    bubbles: Sequence[Bubble] = ()
    waits: bool = False
    settle: int
    on_its_way: int = 0
    meters: Meters
    card: Card | None

    @property
    def held_back(self) -> int:
        """Messages that the shut window keeps from going."""
        return self.on_its_way if self.meters.window_minutes == 0 else 0

    @property
    def is_phone(self) -> bool:
        return self.channel not in IN_THE_BROWSER


class Cast:
    """The phones, all in the hand of one parent; ``anew`` gives them to the next, whom the service does not know."""

    def __init__(self, make: Callable[[int], Sequence[Phone]]) -> None:
        """``make``: the phones of the nth parent, from 0."""
        self._make = make
        self._parent = 0
        self._lock = Lock()
        self.phones: tuple[Phone, ...] = tuple(make(0))

    def anew(self) -> None:
        with self._lock:
            self._parent += 1
            self.phones = tuple(self._make(self._parent))

    def named(self, channel: str) -> Phone | None:
        return next((phone for phone in self.phones if phone.channel == channel), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the views are given. ``rota``: numbers that alert calls go to; ``brought``: what came to one of those."""

    clock: DemoClock
    hours: Hours
    store: Store
    wake: Wake
    channels: Mapping[ChannelName, Channel]
    cast: Cast
    overheard: Overheard
    tallies: Tallies
    login: Login
    rota: Sequence[str]
    brought: Callable[[str], Sequence[Arrived]]
    ready_made: Sequence[Group]
    languages: Sequence[Language]

    def screens(self, visitor: Visitor) -> list[Screen]:
        phones = [self._screen(phone.channel, phone.address if phone.posted else None, phone) for phone in self.cast.phones]
        return [*phones, *(self._screen(channel, visitor.addresses.get(channel)) for channel in IN_THE_BROWSER)]

    def exchanges(self, visitor: Visitor) -> tuple[Exchange, ...]:
        calls = [
            outbound(message, channel="sms", phone=f"{number} (on the rota)")
            for number in self.rota
            for message in self.brought(number)
        ]
        return exchanges(self.cast.phones, others=[*calls, *visitor.exchanges])

    def here(self, at: datetime) -> datetime:
        return at.astimezone(ZONE)

    def _screen(self, channel: ChannelName, address: Address | None, phone: Phone | None = None) -> Screen:
        lines = self.tallies.lines(address, channel) if address else ()
        card = self.tallies.card_of(address, lines) if address else None
        traits = self.channels[channel].traits
        return Screen(
            channel=channel,
            shown_as=phone.shown_as if phone else "",
            bubbles=talk(phone, lines) if phone else (),
            waits=address is not None and self.store.turn_pending(address),
            settle=int(traits.settle.total_seconds()),
            on_its_way=on_its_way(lines, phone) if phone else 0,
            meters=self.tallies.meters(lines, card, traits),
            card=self.tallies.card(card) if card else None,
        )


def on_its_way(lines: Sequence[ChatLine], phone: Phone) -> int:
    """How many messages of ours are written and have not been brought."""
    written = Counter(line.text for line in lines if line.sender != PARENT)
    return (written - Counter(message.text for message in phone.arrived())).total()
