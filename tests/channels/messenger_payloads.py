"""Webhooks made from the payload files, signed as Meta would sign them."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from bot.events import Event
from bot.model import Address, InboundMessage
from bot.outgoing import Choice, Outgoing
from channels.base import Door, Webhook
from channels.messenger import MessengerGate
from channels.messenger_api import MetaPage

FOLDER = Path(__file__).parent / "payloads" / "messenger"
PUBLIC_URL = "https://earshot.example"
INBOUND = f"{PUBLIC_URL}/webhooks/messenger"
PAGE_ID = "100200300400500"
APP_ID = "700800900100200"
PARENT = "5100000000000001"
COMMENT = "900000000000001_900000000000002"
PAGE_TOKEN = "EAAB-made-up-page-token"
APP_SECRET = "made-up-app-secret"
VERIFY_TOKEN = "made-up-verify-word"
NOW = datetime(2026, 11, 21, 10, 0, 0, tzinfo=UTC)
OURS = UUID("0e9f8a7c-0000-4000-8000-000000000001")
PERSON = Address("messenger", PARENT)


def page(**given: object) -> MetaPage:
    settings = {
        "page_id": PAGE_ID,
        "token": PAGE_TOKEN,
        "app_secrets": (APP_SECRET,),
        "verify_token": VERIFY_TOKEN,
        "public_url": PUBLIC_URL,
        "app_id": APP_ID,
        **given,
    }
    return MetaPage(**settings)  # type: ignore[arg-type] # a test gives the right ones


def signed(body: bytes, *, secret: str = APP_SECRET) -> Webhook:
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return Webhook("POST", INBOUND, body, {"content-type": "application/json", "x-hub-signature-256": f"sha256={signature}"})


def payload(name: str) -> Webhook:
    """A payload file, byte for byte."""
    return signed((FOLDER / f"{name}.json").read_bytes())


def wire(content: object) -> bytes:
    """As Meta writes JSON: everything beyond ASCII, and the slash, escaped."""
    return json.dumps(content, separators=(",", ":")).replace("/", "\\/").encode()


def entry(*messaging: object, **more: object) -> Webhook:
    """A webhook with these events in one entry."""
    held = {"messaging": list(messaging)} if messaging else {}
    return signed(wire({"object": "page", "entry": [{"id": PAGE_ID, "time": 1795255200000, **held, **more}]}))


def event(**kind: object) -> dict[str, object]:
    """One event from the made-up parent."""
    return {"sender": {"id": PARENT}, "recipient": {"id": PAGE_ID}, "timestamp": 1795255200123, **kind}


def said(text: str = "", **more: object) -> dict[str, object]:
    """A message from the made-up parent."""
    return event(message={"mid": "m_1", **({"text": text} if text else {}), **more})


def found(webhook: Webhook, **given: object) -> tuple[Event, ...]:
    """What is in a signed request, through the gate."""
    gate = MessengerGate(page(**given))
    gate.verify(webhook)
    return tuple(gate.parse(webhook))


def heard(webhook: Webhook) -> InboundMessage:
    """The one message in a signed request."""
    (message,) = found(webhook)
    assert isinstance(message, InboundMessage)
    return message


def outgoing(door: Door, text: str = "Thank you.", choices: tuple[Choice, ...] = (), **more: Any) -> Outgoing:
    """One message of ours to the made-up parent, under the id ``OURS``."""
    return Outgoing(id=OURS, channel=door.name, address=PERSON, text=text, choices=choices, **more)
