"""The doors by which somebody may say STOP, each with its real client and the stand-in for its provider behind it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from typing import Any

from aiosmtpd.smtp import Envelope

from bot.events import Event
from bot.model import Address, InboundMessage
from channels.base import Door
from channels.email import EmailDoor
from channels.messenger import Messenger
from channels.pages import Pages
from channels.telegram import TelegramDoor
from channels.telegram_events import events
from channels.twilio import TwilioGate, TwilioSms, TwilioWhatsApp
from channels.webchat import WebChat
from demo.provider import PARENT, Provider, refused, sms_form, whatsapp_form
from tests.channels import messenger_payloads as messenger_page
from tests.channels import telegram_payloads as bot_of_ours
from tests.channels.graph_stand_in import Graph
from tests.channels.graph_stand_in import refused as refused_by_meta
from tests.channels.mail_catcher import Catcher
from tests.channels.mails import ANN, reader
from tests.channels.mails import account as mail_account
from tests.channels.telegram_host import PARENT as TELEGRAM_PARENT
from tests.channels.telegram_host import BotApi, update
from tests.channels.twilio_payloads import account, form

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Rung:
    """``hears``: a text of theirs as the provider brings it, and what the provider itself does about it. ``took``: what the
    provider has of us; None where nothing lies between our rows and the reader. ``refuses``: from now on the provider
    lets nothing of ours through to them.
    """

    channel: str
    door: Door
    address: Address
    hears: Callable[[str], Sequence[Event]]
    took: Callable[[], list[str]] | None
    refuses: Callable[[], None] | None = None
    network_answers: bool = False


def by_sms(provider: Provider, door: TwilioSms) -> Rung:
    def hears(text: str) -> Sequence[Event]:
        provider.hear(PARENT, text)
        return _by_twilio(sms_form(text))

    return Rung(
        channel="sms",
        door=door,
        address=Address("tel", PARENT),
        hears=hears,
        took=lambda: [taken.body for taken in provider.taken],
        refuses=lambda: provider.opted_out.add(PARENT),
        network_answers=True,
    )


def by_whatsapp(provider: Provider, door: TwilioWhatsApp) -> Rung:
    def refuses() -> None:
        provider.choose_trouble = lambda call: refused(63033) if call.method == "POST" else None

    return Rung(
        channel="whatsapp",
        door=door,
        address=Address("whatsapp", PARENT.removeprefix("+")),
        hears=lambda text: _by_twilio(whatsapp_form(text)),
        took=lambda: [taken.body for taken in provider.taken],
        refuses=refuses,
    )


def _by_twilio(fields: dict[str, str]) -> Sequence[Event]:
    gate, webhook = TwilioGate(account()), form(fields)
    gate.verify(webhook)
    return tuple(gate.parse(webhook))


def by_messenger(graph: Graph, door: Messenger, now: Callable[[], datetime]) -> Rung:
    numbers = count(1)
    graph.now = now

    def hears(text: str) -> Sequence[Event]:
        graph.heard_at[messenger_page.PARENT] = now()
        return messenger_page.found(messenger_page.entry(messenger_page.said(text, mid=f"m_{next(numbers)}")))

    return Rung(
        channel="messenger",
        door=door,
        address=messenger_page.PERSON,
        hears=hears,
        took=lambda: [taken.text for taken in graph.taken],
        refuses=lambda: graph.fail_next(*[refused_by_meta(551)] * 9),
    )


def by_telegram(bots: BotApi, door: TelegramDoor) -> Rung:
    numbers = count(3000)

    def hears(text: str) -> Sequence[Event]:
        content: dict[str, Any] = copy.deepcopy(update("text"))
        content["update_id"] = number = next(numbers)
        content["message"] |= {"text": text, "message_id": number}
        return events(content, account="1234567890")

    def took() -> list[str]:
        return [fields["text"] for fields in bots.asked("sendmessage") if str(TELEGRAM_PARENT) not in bots.blocked]

    return Rung(
        channel="telegram",
        door=door,
        address=bot_of_ours.ADDRESS,
        hears=hears,
        took=took,
        refuses=lambda: bots.blocked.add(str(TELEGRAM_PARENT)),
    )


def by_email(caught: Catcher, now: Callable[[], datetime]) -> Rung:
    numbers = count(1)

    def hears(text: str) -> Sequence[Event]:
        return read_mail(text, number=next(numbers))

    return Rung(
        channel="email",
        door=EmailDoor(mail_account(smtp_url=f"smtp://127.0.0.1:{caught.port}"), now=now),
        address=Address("email", ANN),
        hears=hears,
        took=lambda: [_words_of(envelope) for envelope in caught.caught],
        refuses=lambda: caught.refusals.__setitem__("RCPT", "550 5.7.1 Blocked by the recipient"),
    )


def read_mail(text: str, *, number: int, subject: str = "", headers: str = "") -> Sequence[Event]:
    """Ann's mail, proven to be hers by the server that took it."""
    proof = "Authentication-Results: mx.earshot.example; dmarc=pass header.from=parent.example\n"
    top = f"{proof}From: Ann <{ANN}>\nTo: {mail_account().address}\nMessage-ID: <{number}@parent.example>\n{headers}"
    mail = f"{top}Subject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    return reader().read(mail.encode().replace(b"\n", b"\r\n"))


def _words_of(envelope: Envelope) -> str:
    assert isinstance(envelope.content, bytes)
    mail = message_from_bytes(envelope.content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return str(mail.get_content())


def on_the_web(channel: str) -> Rung:
    door = {"webchat": WebChat, "pages": Pages}[channel]()
    address = Address("web", f"a-browser-for-{channel}")
    numbers = count(1)

    def hears(text: str) -> Sequence[Event]:
        number = f"w{next(numbers)}"
        return [InboundMessage(channel=door.name, account="web", external_id=number, sender=address, text=text)]

    return Rung(channel=channel, door=door, address=address, hears=hears, took=None)
