"""Whom the gate for posted mail lets in, and that each provider's form gives up the mail as it came."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import quote_from_bytes

import pytest
from flask import Flask

from bot.errors import BadSettings, BadSignature, BadWebhook, ChannelMisconfigured
from bot.events import Event
from bot.model import InboundMessage
from channels.base import Gate, Webhook
from channels.email import MAX_MAIL, EmailGate
from channels.webhooks import webhook_blueprint
from tests.channels.contract import GateContract
from tests.channels.mails import raw, read, reader

URL = "https://earshot.example/webhooks/email"
SECRET = "a-long-secret-of-ours"
SECONDS = 1_795_000_000.0
MAIL = raw("text")


def gate(*, secrets: tuple[str, ...] = (SECRET,), seconds: float = SECONDS) -> EmailGate:
    return EmailGate(reader(), secrets=secrets, seconds=lambda: seconds)


def posted(body: bytes, content_type: str = "message/rfc822", *, url: str = URL, authorization: str | None = None) -> Webhook:
    headers = {"content-type": content_type}
    return Webhook("POST", url, body, headers | ({"authorization": authorization} if authorization is not None else {}))


def basic(password: str, user: str = "earshot") -> str:
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def form(fields: dict[str, bytes], *, as_file: bool = False) -> tuple[bytes, str]:
    parts = b""
    for name, given in fields.items():
        file = '; filename="mail.eml"\r\nContent-Type: message/rfc822' if as_file else ""
        parts += f'--edge\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + given + b"\r\n"
    return parts + b"--edge--\r\n", "multipart/form-data; boundary=edge"


def mailgun(mail: bytes = MAIL, *, token: str = "t" * 50, at: float = SECONDS, secret: str = SECRET) -> Webhook:
    timestamp = str(int(at))
    signature = hmac.new(secret.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    fields = {"timestamp": timestamp, "token": token, "signature": signature}
    return posted(*form({**{name: given.encode() for name, given in fields.items()}, "body-mime": mail}))


def taken(webhook: Webhook) -> InboundMessage:
    open_gate = gate()
    open_gate.verify(webhook)
    (event,) = open_gate.parse(webhook)
    assert isinstance(event, InboundMessage)
    return event


class TestEmailGate(GateContract):
    signature_header = "authorization"
    signs_address = False
    signs_body = False

    @pytest.fixture
    def gate(self) -> Gate:
        return gate()

    @pytest.fixture
    def genuine(self) -> Webhook:
        return posted(MAIL, authorization=f"Bearer {SECRET}")

    @pytest.fixture
    def sign(self) -> Callable[[bytes], Webhook]:
        return lambda body: posted(body, authorization=f"Bearer {SECRET}")

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return (SECRET,)


ODD = raw("not_utf")
"""Bytes that are no UTF-8: a form read as text would have spoilt them."""

GENUINE = {
    "the mail alone": posted(ODD, authorization=f"Bearer {SECRET}"),
    "SendGrid, the secret as password": posted(*form({"email": ODD, "to": b"x"}), authorization=basic(SECRET)),
    "SendGrid, the secret in the address": posted(*form({"email": ODD}), url=f"{URL}?key={SECRET}"),
    "SendGrid, the mail as a file": posted(*form({"email": ODD}, as_file=True), authorization=basic(SECRET)),
    "Mailgun": mailgun(ODD),
    "Mailgun, without files": posted(
        b"&".join(f"{name}={quote_from_bytes(given)}".encode() for name, given in {"body-mime": ODD, "from": b"x y"}.items()),
        "application/x-www-form-urlencoded",
        authorization=basic(SECRET),
    ),
}


@pytest.mark.parametrize("webhook", GENUINE.values(), ids=GENUINE.keys())
def test_each_provider_s_form_gives_up_the_mail_as_it_came(webhook: Webhook) -> None:
    message = taken(webhook)

    assert message.raw == ODD
    assert message.text == "Szkoła\n\nZażółć gęślą jaźń. Autobus się spóźnił."


def test_postmark_s_json_gives_up_the_mail() -> None:
    body = json.dumps({"MessageID": "1", "RawEmail": MAIL.decode()}).encode()

    assert taken(posted(body, "application/json", authorization=basic(SECRET))).raw == MAIL


def test_a_mail_in_two_ways_is_one_message() -> None:
    assert (
        taken(mailgun()).external_id == taken(posted(MAIL, authorization=basic(SECRET))).external_id == read("text").external_id
    )


@pytest.mark.parametrize(
    "webhook",
    [
        posted(MAIL),
        posted(MAIL, url=f"{URL}?key="),
        posted(MAIL, url=f"{URL}?key=another"),
        posted(MAIL, url=f"{URL}?x={SECRET}"),
        posted(MAIL, authorization=SECRET),
        posted(MAIL, authorization="Bearer "),
        posted(MAIL, authorization=basic("")),
        posted(MAIL, authorization="Basic !!!"),
        posted(*form({"email": MAIL})),
        posted(MAIL, "multipart/form-data"),
        mailgun(secret="another"),
        mailgun(at=SECONDS - 10 * 3600),
        mailgun(at=SECONDS + 3600),
        posted(*form({"timestamp": b"x", "token": b"", "signature": b"", "body-mime": MAIL})),
    ],
)
def test_nobody_else_is_let_in(webhook: Webhook) -> None:
    with pytest.raises(BadSignature):
        gate().verify(webhook)


def test_mailgun_may_come_again_hours_later_with_the_same_mail() -> None:
    late = gate(seconds=SECONDS + 8 * 3600)

    late.verify(mailgun())
    late.verify(mailgun())


def test_a_signature_seen_before_lets_no_other_mail_in() -> None:
    open_gate = gate()
    open_gate.verify(mailgun())

    with pytest.raises(BadSignature):
        open_gate.verify(mailgun(raw("no_subject")))


def test_either_secret_is_good_while_they_are_being_changed() -> None:
    changing = gate(secrets=("new", SECRET))

    for secret in ("new", SECRET):
        changing.verify(posted(MAIL, authorization=basic(secret)))
        changing.verify(mailgun(secret=secret))


@pytest.mark.parametrize("secrets", [(), ("",), (SECRET, "")])
def test_without_a_secret_there_is_no_gate(secrets: tuple[str, ...]) -> None:
    with pytest.raises(BadSettings):
        gate(secrets=secrets)


@pytest.mark.parametrize(
    "webhook",
    [
        posted(*form({"from": b"Ann", "subject": b"Bus", "text": b"The bus was late"}), authorization=basic(SECRET)),
        posted(b'{"MessageID": "1", "TextBody": "The bus was late"}', "application/json", authorization=basic(SECRET)),
    ],
)
def test_a_mail_taken_apart_is_not_refused_for_good_but_asked_for_again(
    webhook: Webhook, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ChannelMisconfigured):
        gate().parse(webhook)

    assert "raw" in caplog.text
    assert "late" not in caplog.text


@pytest.mark.parametrize(
    "webhook",
    [
        posted(b""),
        posted(b" \r\n"),
        posted(b"", "multipart/form-data; boundary=edge"),
        posted(b"--edge\r\n", "multipart/form-data; boundary=edge"),
        posted(MAIL, "multipart/form-data"),
        posted(*form({"attachments": b"0"})),
        posted(b"[" * 100_000, "application/json"),
        posted(b"[]", "application/json"),
        posted(b'{"RawEmail": 1}', "application/json"),
        posted(b"\xff", "application/json"),
    ],
)
def test_what_holds_no_mail_is_undecodable(webhook: Webhook) -> None:
    with pytest.raises(BadWebhook):
        gate().parse(webhook)


class _Intake:
    def __init__(self) -> None:
        self.kept: list[Event] = []

    def receive(self, events: Sequence[Event]) -> None:
        self.kept += events


@pytest.mark.parametrize(
    ("body", "status"),
    [(MAIL, 200), (MAIL + b"x" * 1_000_000, 200), (b"", 400), (b"x" * (MAX_MAIL + 1), 413)],
    ids=["a mail", "a large one", "none", "too large a one"],
)
def test_over_the_web_a_mail_of_35_mb_comes_in_and_no_larger_one(body: bytes, status: int) -> None:
    app, intake = Flask(__name__), _Intake()
    app.register_blueprint(webhook_blueprint({"/webhooks/email": gate()}, intake, "https://earshot.example"))
    answer = app.test_client().post(
        "/webhooks/email", data=body, content_type="message/rfc822", headers={"Authorization": basic(SECRET)}
    )

    assert answer.status_code == status
    assert len(intake.kept) == (1 if status == 200 else 0)


def test_who_shows_no_secret_is_refused_before_a_byte_of_the_mail_is_read() -> None:
    listening, bare = gate(), Webhook("POST", URL, b"")

    with pytest.raises(BadSignature):
        listening.glance(bare)
    listening.glance(replace(bare, url=f"{URL}?key={SECRET}"))
    listening.glance(replace(bare, headers={"authorization": f"Bearer {SECRET}"}))
    listening.glance(replace(bare, url=f"{URL}/mime"))
