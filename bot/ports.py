"""What the centre needs of the edges: clock, channels, listener, store, wake. Each edge implements; ``app.py`` joins.

The store has two shapes. Short *claims* are transactions of their own: they put a lease on a piece of work, so that
a process that dies holding it loses it after a while and another goes on. Everything else happens inside
``Store.transaction()``, which commits whole or not at all. Both are put together from parts, each in a module of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from bot.alert_ports import AlertStore, AlertTransaction
from bot.campaign_records import CampaignTransaction
from bot.desk_ports import DeskStore, DeskTransaction
from bot.events import Event
from bot.heard import Heard
from bot.inbound_ports import InboundStore, InboundTransaction
from bot.model import ChannelName, ChannelTraits, Locale
from bot.outbox_ports import OutboxStore, OutboxTransaction
from bot.outgoing import Outgoing, Part, Sent, Spoken
from bot.turn_ports import TurnStore, TurnTransaction


class Clock(Protocol):
    """The time, handed in. Aware, in UTC."""

    def now(self) -> datetime: ...


class Listener(Protocol):
    """Reads one text: redacts it, finds themes, feeling, place. Slow; lives in the worker. Never raises on any text."""

    @property
    def tagger(self) -> str:
        """Who tags, by name and version, as it is kept with each suggestion."""
        ...

    def hear(self, text: str, *, question: str | None = None) -> Heard:
        """``question`` is the wording key the text answers, if any (it helps with feeling)."""
        ...


class Channel(Protocol):
    """One way in and out, as the outbox sees it. (The webhook half is in ``channels.base``.)"""

    @property
    def name(self) -> ChannelName: ...

    @property
    def traits(self) -> ChannelTraits: ...

    def render(self, spoken: Spoken) -> tuple[Part, ...]:
        """Words and choices into what each call to the provider will carry, within its limits; at least one part."""
        ...

    def send(self, outgoing: Outgoing) -> Sent:
        """One call to the provider, outside any transaction. Raises a ``SendError`` of ``bot.errors``."""
        ...

    def find(self, outgoing: Outgoing, *, since: datetime) -> Sent | None:
        """Ask the provider whether it took this message since then. None: it did not, or cannot say."""
        ...

    def template_for(self, key: str, locale: Locale) -> str | None:
        """The approved template with these words, which may go when the service window is shut. None: there is none."""
        ...


class Poller(Protocol):
    """A way in that nobody calls: we ask (IMAP, Telegram's getUpdates). Only one process asks at a time, under a lease."""

    @property
    def name(self) -> str: ...

    def poll(self, receive: Callable[[Sequence[Event]], object], *, wait: timedelta) -> bool:
        """One round: wait at most so long for something new and hand it to ``receive``; tell the provider that it has
        been taken only after ``receive`` has returned. True: there was something. Raises ``ProviderUnavailable``.
        """
        ...

    def close(self) -> None:
        """Let go of the connection; the next ``poll`` makes a new one."""
        ...


class Wake(Protocol):
    """Who works next. The tables hold the guarantee: a lost wake-up costs a moment, never a message."""

    def wait(self, timeout: timedelta) -> None:
        """Return when something may have become due, or after ``timeout``."""
        ...

    def ring(self) -> None:
        """Something was committed by this process."""
        ...


class Transaction(
    InboundTransaction, TurnTransaction, OutboxTransaction, AlertTransaction, DeskTransaction, CampaignTransaction, Protocol
):
    """One unit of work. A method named ``hold_…`` takes a row lock (PostgreSQL) for the rest of it."""


class Store(InboundStore, TurnStore, OutboxStore, AlertStore, DeskStore, Protocol):
    """Where everything is kept. Raises ``StoreUnavailable`` when the database cannot be reached or is too busy."""

    def transaction(self) -> AbstractContextManager[Transaction]: ...
