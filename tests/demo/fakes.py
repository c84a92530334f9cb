"""A road that leads nowhere, and a handset on it: for what needs no service behind it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

from bot.model import ChannelName
from demo.clock import DemoClock
from demo.handset import Handset, Line, brought_by
from demo.provider import ACCOUNT_SID, SMS_NUMBER, WHATSAPP_NUMBER, Call, Provider, Taken
from demo.road import Reply

URL = "http://127.0.0.1:8000"
TOKEN = "f" * 32
TEN = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)


class DeadEnd:
    """Answers everything with this status, and keeps what was posted."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.posted: list[tuple[str, bytes, dict[str, str]]] = []

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        self.posted.append((path, body, dict(headers)))
        return Reply(self.status, b"<Response/>")


def handset(
    channel: str,
    clock: DemoClock,
    *,
    road: DeadEnd | None = None,
    number: str = "+447700900207",
    provider: Provider | None = None,
) -> Handset:
    line = Line(
        account_sid=ACCOUNT_SID,
        token=TOKEN,
        service=WHATSAPP_NUMBER if channel == "whatsapp" else SMS_NUMBER,
        public_url=URL,
        media_origin=f"{URL}/demo/provider",
        brought=brought_by(provider or Provider(now=clock.now)),
    )
    return Handset(ChannelName(channel), number, line=line, road=road or DeadEnd(), clock=clock)


def answer(provider: Provider, phone: Handset, text: str) -> Taken:
    """The service sends this to the handset, as far as the provider knows."""
    sender = f"whatsapp:{WHATSAPP_NUMBER}" if phone.channel == "whatsapp" else SMS_NUMBER
    callback = f"{URL}/webhooks/twilio/status?m={uuid4()}"
    form = {"To": [phone.known_as], "From": [sender], "Body": [text], "StatusCallback": [callback]}
    taken = provider.take(Call(method="POST", path="/Messages.json", form=form))
    assert isinstance(taken, Taken)
    return taken
