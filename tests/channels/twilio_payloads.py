"""Webhooks made from the payload files, signed as Twilio would sign them."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, unquote_to_bytes
from uuid import UUID

from bot.model import Address, InboundMessage
from bot.outgoing import DeliveryReceipt, Outgoing
from channels.base import Door, Webhook
from channels.twilio import TwilioAccount, TwilioGate, TwilioSms
from demo.provider import ACCOUNT_SID, AUTH_TOKEN, PARENT, encode_form, signed_form

FOLDER = Path(__file__).parent / "payloads" / "twilio"
PUBLIC_URL = "https://earshot.example"
INBOUND = f"{PUBLIC_URL}/webhooks/twilio"
STATUS = f"{PUBLIC_URL}/webhooks/twilio/status"
SERVICE = "MG00000000000000000000000000000001"
NOW = datetime(2026, 11, 21, 10, 0, 0, tzinfo=UTC)
OURS = UUID("0e9f8a7c-0000-4000-8000-000000000001")


def account(**given: object) -> TwilioAccount:
    settings = {"sid": ACCOUNT_SID, "tokens": (AUTH_TOKEN,), "public_url": PUBLIC_URL, **given}
    return TwilioAccount(**settings)  # type: ignore[arg-type] # a test gives the right ones


def body_of(name: str) -> bytes:
    """The form in a payload file, as it would come over the wire."""
    return "&".join((FOLDER / f"{name}.txt").read_text("ascii").splitlines()).encode()


def payload(name: str, *, url: str = INBOUND) -> Webhook:
    """A payload file, signed by Twilio's own library over the fields that are in it."""
    body = body_of(name)
    fields = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True))
    return Webhook("POST", url, body, _lower(signed_form(url, fields)))


def form(fields: dict[str, str], *, url: str = INBOUND, token: str = AUTH_TOKEN) -> Webhook:
    return Webhook("POST", url, encode_form(fields), _lower(signed_form(url, fields, token)))


def with_field(name: str, **fields: str) -> Webhook:
    """A payload file with some fields replaced or added."""
    known = dict(parse_qsl(body_of(name).decode("ascii"), keep_blank_values=True))
    return form({**known, **fields})


def signed_bytes(body: bytes, *, url: str = INBOUND, token: str = AUTH_TOKEN) -> Webhook:
    """Any bytes at all, signed as somebody would who holds the token and looks at bytes only."""
    pairs = {tuple(unquote_to_bytes(side.replace(b"+", b" ")) for side in part.partition(b"=")[::2]) for part in body.split(b"&")}
    text = url.encode() + b"".join(name + value for name, value in sorted(pairs - {(b"", b"")}))
    signature = b64encode(hmac.new(token.encode(), text, hashlib.sha1).digest()).decode()
    return Webhook("POST", url, body, {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature})


def heard(webhook: Webhook) -> InboundMessage:
    """The message in a signed request, through the gate."""
    gate = TwilioGate(account())
    gate.verify(webhook)
    (event,) = gate.parse(webhook)
    assert isinstance(event, InboundMessage)
    return event


def reported(webhook: Webhook) -> DeliveryReceipt:
    """The receipt in a signed request, through the gate."""
    gate = TwilioGate(account())
    gate.verify(webhook)
    (event,) = gate.parse(webhook)
    assert isinstance(event, DeliveryReceipt)
    return event


def outgoing(door: Door, words: str = "Thank you.", *, to: str = PARENT) -> Outgoing:
    """One message of ours to the made-up parent, under the id ``OURS``."""
    scheme = "tel" if isinstance(door, TwilioSms) else "whatsapp"
    path = to if scheme == "tel" else to.removeprefix("+")
    return Outgoing(id=OURS, channel=door.name, address=Address(scheme, path), text=words)


def _lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
