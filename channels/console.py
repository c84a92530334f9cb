"""The terminal as a channel: prints what would be sent, and as SMS what it would cost."""

from __future__ import annotations

from datetime import timedelta
from typing import TextIO

from bot.model import ChannelName, ChannelTraits
from bot.outgoing import DeliveryStatus, Outgoing, Part, Sent, Spoken
from channels.base import Door
from channels.rendering import as_sms, as_text
from channels.segments import BODY_LIMIT, measure

CONSOLE = ChannelName("console")


class Console(Door):
    """Prints each message to a stream, where there is one, and keeps it in ``sent``.

    ``as_channel="sms"`` renders as SMS does and adds the segments of each part. ``limit``: UTF-16 units of one part.
    """

    name = CONSOLE

    def __init__(
        self,
        stream: TextIO | None,
        *,
        as_channel: str = "console",
        settle: timedelta = timedelta(0),
        limit: int = BODY_LIMIT,
    ) -> None:
        self.sent: list[Outgoing] = []
        self._stream = stream
        self._limit = limit
        self._counts = as_channel == "sms"
        self.traits = ChannelTraits(settle=settle, network_answers_stop=self._counts, counts_segments=self._counts)

    def render(self, spoken: Spoken) -> tuple[Part, ...]:
        return as_sms(spoken, limit=self._limit) if self._counts else as_text(spoken, limit=self._limit)

    def send(self, outgoing: Outgoing) -> Sent:
        """Nobody is to be asked afterwards: what stands on the screen has been delivered."""
        self.sent.append(outgoing)
        if self._stream is not None:
            lines = outgoing.text.split("\n")
            if self._counts:
                length = measure(outgoing.text)
                lines.append(f"[{length.segments} x SMS, {length.units} {length.encoding}]")
            self._stream.write("".join(f"bot> {line}\n" for line in lines))
            self._stream.flush()
        return Sent(str(outgoing.id), DeliveryStatus.DELIVERED)
