"""By which road somebody is reached of our own accord: open or not, what our words are there, and what that costs.

Shared by whoever writes to many families: the invitations to a campaign, the word of what came of what they told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from bot.conversation import Say
from bot.model import Address, ChannelName, Locale
from bot.ports import Channel
from bot.wording import Wording

_WAITS_FOR_THEM = frozenset({"web", "console"})
"""Schemes of addresses that are only there while somebody looks: nothing can be sent to them."""
_TIME_TO_GO = timedelta(hours=1)
"""A service window must be open at least this much longer."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where somebody wrote from, and when last. ``failed``: what we last sent there did not arrive."""

    channel: ChannelName
    address: Address
    wrote_at: datetime
    failed: bool = False

    @property
    def waits_for_them(self) -> bool:
        """It is shown when they come back, and nothing calls them."""
        return self.address.scheme in _WAITS_FOR_THEM


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody as they stand now. ``ways``: the newest first. The rest is what may stand in the way (``storage.peace``)."""

    contact_id: UUID
    locale: Locale
    ways: tuple[Way, ...] = ()
    stopped: bool = False
    young: bool = False
    danger: bool = False
    mourning: bool = False
    held: bool = False


@dataclass(slots=True)
class Cost:
    people: int = 0
    segments: int = 0
    pence: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Roads:
    """``segments`` counts those of a part of a text message."""

    channels: Mapping[ChannelName, Channel]
    wording: Wording
    segments: Callable[[str], int]
    sms_countries: tuple[str, ...]

    def is_there(self, way: Way) -> bool:
        """Whether anything said there can arrive at all."""
        channel = self.channels.get(way.channel)
        if channel is None or not channel.traits.answers or way.failed:
            return False
        return way.address.scheme != "tel" or way.address.path.startswith(self.sms_countries)

    def window_is_open(self, way: Way, now: datetime) -> bool:
        window = self.channels[way.channel].traits.service_window
        return window is None or way.wrote_at + window > now + _TIME_TO_GO

    def has_template(self, way: Way, key: str, locale: Locale) -> bool:
        """Whether these words may go even where the window is shut."""
        return self.channels[way.channel].template_for(key, self.wording.nearest(locale)) is not None

    def parts(self, say: Say, locale: Locale, channel: ChannelName) -> tuple[str, ...]:
        """Exactly what would leave."""
        spoken = self.wording.speak(say, self.wording.nearest(locale), channel)
        return tuple(part.text for part in self.channels[channel].render(spoken))

    def count(self, channel: ChannelName, parts: tuple[str, ...]) -> int:
        """What is paid for: segments of a text message, else messages."""
        return sum(map(self.segments, parts)) if self.channels[channel].traits.counts_segments else len(parts)
