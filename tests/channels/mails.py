"""The mails of the payload folder, our mailbox, and what reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from bot.events import Event
from bot.model import Address, InboundMessage
from bot.outgoing import DeliveryReceipt, Outgoing
from channels.mail_account import MailAccount
from channels.mail_ids import message_id
from channels.mail_reading import EMAIL, MailReader

FOLDER = Path(__file__).parent / "payloads" / "mail"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.eml")))
US = "send@earshot.example"
ANN = "ann@parent.example"
KEY = b"k" * 32
NOW = datetime(2026, 11, 21, 10, 0, 0, tzinfo=UTC)
OURS = UUID("0e9f8a7c-0000-4000-8000-000000000001")
OUR_ID = message_id(OURS, keys=(KEY,), domain="earshot.example")


def account(**given: object) -> MailAccount:
    settings: dict[str, object] = {"keys": (KEY,), "authserv_id": "mx.earshot.example", **given}
    return MailAccount.read(f"SEND Team <{US}>", **settings)  # type: ignore[arg-type] # a test gives the right ones


def raw(name: str) -> bytes:
    """A mail of the folder as it comes over the wire."""
    return (FOLDER / f"{name}.eml").read_bytes().replace(b"\n", b"\r\n")


def reader(**given: object) -> MailReader:
    return MailReader(account(**given), is_command=lambda text: text.strip().lower() == "stop")


def events(mail: bytes | str) -> tuple[Event, ...]:
    return reader().read(raw(mail) if isinstance(mail, str) else mail)


def read(mail: bytes | str) -> InboundMessage:
    """The message in a mail: a name of the folder, or the bytes."""
    message = events(mail)[0]
    assert isinstance(message, InboundMessage)
    return message


def receipt(name: str) -> DeliveryReceipt:
    _, found = events(name)
    assert isinstance(found, DeliveryReceipt)
    return found


def written(text: str, *, subject: str = "", headers: str = "") -> bytes:
    """A plain mail from Ann with these words."""
    top = f"From: Ann <{ANN}>\nTo: {US}\nMessage-ID: <made@parent.example>\n{headers}"
    top += f"Subject: {subject}\n" if subject else ""
    return f"{top}Content-Type: text/plain; charset=utf-8\n\n{text}\n".encode().replace(b"\n", b"\r\n")


def outgoing(
    words: str = "Thank you.", *, to: str = ANN, thread: dict[str, str] | None = None, by_person: bool = False
) -> Outgoing:
    """One mail of ours to Ann, under the id ``OURS``."""
    return Outgoing(id=OURS, channel=EMAIL, address=Address("email", to), text=words, thread=thread or {}, by_person=by_person)
