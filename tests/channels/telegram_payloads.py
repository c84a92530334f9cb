"""Webhooks made from the payload files, with the secret Telegram was given."""

from __future__ import annotations

import json
from uuid import UUID

from bot.events import Event
from bot.model import Address, InboundMessage
from bot.outgoing import Choice, Outgoing
from channels.base import Webhook
from channels.telegram import TelegramAccount, TelegramGate
from channels.telegram_events import TELEGRAM
from tests.channels.telegram_host import PARENT, SECRET, TOKEN, update

PUBLIC_URL = "https://earshot.example"
OURS = UUID("0e9f8a7c-0000-4000-8000-000000000001")
ADDRESS = Address("telegram", str(PARENT))


def account(**given: str) -> TelegramAccount:
    return TelegramAccount(**{"token": TOKEN, "secret": SECRET, "public_url": PUBLIC_URL, **given})


def posted(body: bytes, *, secret: str = SECRET) -> Webhook:
    headers = {"content-type": "application/json", "x-telegram-bot-api-secret-token": secret}
    return Webhook("POST", f"{PUBLIC_URL}/webhooks/telegram", body, headers)


def payload(name: str) -> Webhook:
    return posted(json.dumps(update(name)).encode())


def told(name: str) -> tuple[Event, ...]:
    """The events of a payload file, through the gate."""
    gate = TelegramGate(account())
    webhook = payload(name)
    gate.verify(webhook)
    return tuple(gate.parse(webhook))


def heard(name: str) -> InboundMessage:
    """The one message of a payload file, through the gate."""
    (event,) = told(name)
    assert isinstance(event, InboundMessage)
    return event


def outgoing(words: str = "Thank you.", *, choices: tuple[Choice, ...] = (), to: Address = ADDRESS) -> Outgoing:
    return Outgoing(id=OURS, channel=TELEGRAM, address=to, text=words, choices=choices)
