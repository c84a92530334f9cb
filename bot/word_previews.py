"""How a text will look on each channel, for whoever is about to publish it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from bot.model import ChannelName
from bot.outgoing import Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One channel's. ``parts`` are the messages that leave; ``buttons`` what can be pressed, ``cut`` those of the answers
    that do not fit on one. ``pence`` is None where nothing is paid by length. ``is_on``: the channel is open here.
    """

    channel: ChannelName
    is_on: bool
    parts: tuple[str, ...]
    buttons: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    alphabet: str = ""
    segments: int = 0
    pence: Decimal | None = None


class Showing(Protocol):
    """Renders with the channels themselves."""

    def previews(self, speak: Callable[[ChannelName], Spoken]) -> tuple[Preview, ...]:
        """``speak``: the words as that channel says them."""
        ...
