"""How a text will look on each channel, for whoever is about to publish it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from bot import toml
from bot.errors import BadContent
from bot.model import ChannelName, Spoken

PRICES = Path(__file__).parent / "content" / "prices.toml"


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


def pence_a_segment(path: Path = PRICES) -> Decimal:
    """What one segment of an SMS costs. Raises ``BadContent``."""
    table = toml.need(toml.read(path), "sms", dict, where=path.name)
    text = toml.need(table, "pence_a_segment", str, where=path.name)
    try:
        return Decimal(text)
    except ArithmeticError as error:
        raise BadContent(f"{path.name}: “pence_a_segment” must be a number in quotation marks, as “4.0”.") from error
