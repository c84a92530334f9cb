"""Email that goes nowhere: each mail is kept, so that passing on, invitations and calls by email can be tried."""

from __future__ import annotations

from datetime import timedelta

from bot.model import ChannelName, ChannelTraits
from bot.outgoing import DeliveryStatus, Outgoing, Part, Sent, Spoken
from channels.base import Door
from channels.rendering import as_text

EMAIL = ChannelName("email")
_LIMIT = 20_000


class MailTray(Door):
    """Every mail counts as delivered. Nobody can write to it."""

    name = EMAIL

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.traits = ChannelTraits(settle=timedelta(0))

    def render(self, spoken: Spoken) -> tuple[Part, ...]:
        return as_text(spoken, limit=_LIMIT)

    def send(self, outgoing: Outgoing) -> Sent:
        self.sent.append(outgoing)
        return Sent(str(outgoing.id), DeliveryStatus.DELIVERED)
