"""A telephone: what is written on it goes to the service as its network would bring it, signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.model import Address, ChannelName
from bot.ports import Clock
from demo.corpus import Attachment
from demo.posted import Arrived, Posted
from demo.provider import Provider, Taken, encode_form, signed_form, sms_form, whatsapp_form
from demo.road import Road

WEBHOOK = "/webhooks/twilio"
UNTOLD = "…"
"""Stands for what is random, long and says nothing: a password, a token."""

_ATTACHED = {
    Attachment.PHOTO: ("image/jpeg", "ME00000000000000000000000000photo0"),
    Attachment.VOICE: ("audio/ogg", "ME00000000000000000000000000voice0"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a handset is told about its network: the account and the service's number on it, and who may sign.

    ``hear`` is the network itself listening, for it acts on STOP before anybody else does. ``media_origin`` is where
    the network keeps photos and voice notes. ``brought``: what it has brought to an address, as the network writes that.
    """

    account_sid: str
    token: str
    service: str
    public_url: str
    media_origin: str
    hear: Callable[[str, str], None] = lambda _number, _text: None
    brought: Callable[[str], Sequence[Arrived]] = lambda _address: ()


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

    @property
    def shown_as(self) -> str:
        return f"{self.number[:3]} {self.number[3:7]} {self.number[7:]}"

    def arrived(self) -> Sequence[Arrived]:
        return self._line.brought(self.known_as)

    def say(self, text: str, attachment: Attachment | None = None, press: str = "") -> Posted:
        """Send a message now. There is nothing to press on either: answers are digits and words."""
        del press
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
            path=WEBHOOK,
            headers=headers,
            body="\n".join(_lines(fields)),
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


def brought_by(provider: Provider) -> Callable[[str], Sequence[Arrived]]:
    """What the stand-in for Twilio has brought to an address, each with the call that asked for it."""
    return lambda address: [_arrived(provider, message) for message in provider.to(address)]


def _arrived(provider: Provider, message: Taken) -> Arrived:
    fields = "\n".join(line for name, values in message.form.items() for value in values for line in _lines({name: value}))
    asked = f"POST /2010-04-01/Accounts/{provider.account_sid}/Messages.json\nAuthorization: Basic {UNTOLD}\n\n{fields}"
    return Arrived(
        name=f"out-{message.sid}",
        at=message.created_at,
        text=message.body,
        status=message.status,
        request=asked,
        answer=f"201 Created\nsid={message.sid}\nstatus={message.status}",
    )


def _lines(fields: Mapping[str, str]) -> list[str]:
    return [f"{name}={_on_one_line(value)}" for name, value in fields.items()]


def _on_one_line(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n")
