"""What is paid for what we send, by channel: the one place for whoever shows a cost before something is sent or published."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from bot import toml
from bot.errors import BadContent

PRICES = Path(__file__).parent / "content" / "prices.toml"


def pence_by_channel(path: Path = PRICES) -> Mapping[str, Decimal]:
    """For one segment of a text, or one message where no segments are counted. A channel that is not there costs nothing.

    Raises ``BadContent``.
    """
    return {"sms": pence_a_segment(path), "whatsapp": _pence("whatsapp", "pence_a_message", path)}


def pence_a_segment(path: Path = PRICES) -> Decimal:
    """What one segment of an SMS costs. Raises ``BadContent``."""
    return _pence("sms", "pence_a_segment", path)


def ceiling_pence(path: Path = PRICES) -> Decimal | None:
    """How much may be spent on texts in a month before somebody is asked. None: no ceiling is set. Raises ``BadContent``."""
    table = toml.need(toml.read(path), "month", dict, where=path.name)
    if not toml.need(table, "ceiling_pounds", str, where=path.name):
        return None
    ceiling = _pence("month", "ceiling_pounds", path) * 100
    if not (ceiling.is_finite() and ceiling > 0):
        raise BadContent(f"{path.name}: “ceiling_pounds” must be more than nothing, or empty for no ceiling.")
    return ceiling


def _pence(channel: str, name: str, path: Path) -> Decimal:
    table = toml.need(toml.read(path), channel, dict, where=path.name)
    text = toml.need(table, name, str, where=path.name)
    try:
        return Decimal(text)
    except ArithmeticError as error:
        raise BadContent(f"{path.name}: “{name}” must be a number in quotation marks, as “4.0”.") from error
