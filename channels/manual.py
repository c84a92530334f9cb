"""What was not sent to us but typed in by staff, or read out of a file: a way in that leads nowhere back."""

from __future__ import annotations

from datetime import timedelta

from bot.byhand import BY_HAND, IMPORTED
from bot.errors import ContactUnreachable
from bot.model import ChannelName, ChannelTraits
from bot.outgoing import Outgoing, Part, Sent, Spoken
from channels.base import Door
from channels.rendering import as_text


class Manual(Door):
    """Nothing is ever said here; if something should come to be sent all the same, its row says why it did not go."""

    def __init__(self, name: ChannelName, *, gives_way: bool = False) -> None:
        self.name = name
        self.traits = ChannelTraits(settle=timedelta(0), answers=False, gives_way=gives_way)

    def render(self, spoken: Spoken) -> tuple[Part, ...]:
        return as_text(spoken)

    def send(self, outgoing: Outgoing) -> Sent:
        del outgoing
        raise ContactUnreachable("It was typed in by hand, so there is no address to send to.")


def by_hand() -> Manual:
    """A phone call, a letter, an event: staff wait for its reference, so it has its turn with the living talks."""
    return Manual(BY_HAND)


def imported() -> Manual:
    """Rows of a file: thousands at once, and nobody waits, so they give way to every living talk."""
    return Manual(IMPORTED, gives_way=True)
