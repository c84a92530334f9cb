"""A telephone: what is written on it goes to the service as its network would bring it, signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from bot.model import Address, ChannelName
from bot.ports import Clock
from demo.corpus import Attachment
from demo.provider import encode_form, signed_form, sms_form, whatsapp_form
from demo.road import Road

WEBHOOK = "/webhooks/twilio"

_ATTACHED = {
    Attachment.PHOTO: ("image/jpeg", "ME00000000000000000000000000photo0"),
    Attachment.VOICE: ("audio/ogg", "ME00000000000000000000000000voice0"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a handset is told about its network: the account and the service's number on it, and who may sign.

    ``hear`` is the network itself listening, for it acts on STOP before anybody else does. ``media_origin`` is where
    the network keeps photos and voice notes.
    """

    account_sid: str
    token: str
    service: str
    public_url: str
    media_origin: str
    hear: Callable[[str, str], None] = lambda _number, _text: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One message as it left the handset, and what the webhook answered. ``fields`` and ``headers``: the exact request."""

    at: datetime
    text: str
    fields: dict[str, str]
    headers: dict[str, str]
    status: int
    answer: str
    attachment: Attachment | None = None

    @property
    def kept(self) -> bool:
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


class Handset:
    """One number on SMS or WhatsApp. ``posted`` is everything that was sent from it, oldest first."""

    def __init__(self, channel: ChannelName, number: str, *, line: Line, road: Road, clock: Clock) -> None:
        self.channel = channel
        self.number = number
        self.posted: list[Posted] = []
        self._line = line
        self._road = road
        self._clock = clock

    @property
    def address(self) -> Address:
        if self.channel == "whatsapp":
            return Address("whatsapp", self.number.removeprefix("+"))
        return Address("tel", self.number)

    @property
    def known_as(self) -> str:
        """The number as the provider writes it."""
        return f"whatsapp:{self.number}" if self.channel == "whatsapp" else self.number

    def say(self, text: str, attachment: Attachment | None = None) -> Posted:
        """Send a message now."""
        form = whatsapp_form if self.channel == "whatsapp" else sms_form
        fields = form(text, sender=self.number, to=self._line.service, account_sid=self._line.account_sid)
        if attachment is not None:
            fields |= self._attached(attachment)
        headers = signed_form(f"{self._line.public_url}{WEBHOOK}", fields, self._line.token)
        at = self._clock.now()
        reply = self._road.post(WEBHOOK, encode_form(fields), headers)
        posted = Posted(
            at=at,
            text=text,
            fields=fields,
            headers=headers,
            status=reply.status,
            answer=reply.body.decode(errors="replace"),
            attachment=attachment,
        )
        self.posted.append(posted)
        if self.channel == "sms":
            self._line.hear(self.number, text)
        return posted

    def _attached(self, attachment: Attachment) -> dict[str, str]:
        kind, sid = _ATTACHED[attachment]
        return {"NumMedia": "1", "MediaContentType0": kind, "MediaUrl0": f"{self._line.media_origin}/media/{sid}"}
