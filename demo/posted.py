"""What went between a phone's network and the service, either way, and what a phone must be able to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

from bot.model import Address, ChannelName
from demo.corpus import Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One message as its network posted it to our webhook, and what that answered. ``body``: the exact body, readable."""

    at: datetime
    text: str
    path: str
    headers: Mapping[str, str]
    body: str
    status: int
    answer: str
    attachment: Attachment | None = None

    @property
    def kept(self) -> bool:
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


@dataclass(frozen=True, slots=True)
class Button:
    """What can be pressed under a message. ``value`` is what the network sends with a press, beside the words."""

    label: str
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One message that the service asked a network to bring to a phone. ``request`` and ``answer``: that very call."""

    name: str
    at: datetime
    text: str
    status: str
    request: str
    answer: str
    buttons: tuple[Button, ...] = ()


class Phone(Protocol):
    """One app on a phone. ``posted`` is everything sent from it, oldest first; ``shown_as`` is who it is to a reader."""

    channel: ChannelName
    posted: list[Posted]

    @property
    def address(self) -> Address: ...

    @property
    def shown_as(self) -> str: ...

    def say(self, text: str, attachment: Attachment | None = None, press: str = "") -> Posted:
        """Send a message now. ``press``: the value of the button whose words these are."""

    def arrived(self) -> Sequence[Arrived]:
        """Everything that was brought to it, oldest first."""
