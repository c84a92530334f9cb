"""The addresses providers call: what is asked of a request, in which order, and how each is answered."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.errors import BadSignature, BadWebhook, StoreUnavailable
from bot.events import Event
from bot.model import Address, ChannelName, InboundMessage
from channels.base import Answer, Gate, Webhook
from channels.twilio import TwilioGate
from channels.webhooks import webhook_blueprint
from demo.provider import encode_form, signed_form, sms_form
from tests.channels.contract import HOSTILE
from tests.channels.twilio_payloads import INBOUND, PUBLIC_URL, account, payload, signed_bytes

SECRET_WORDS = "he hits me"
MESSAGE = InboundMessage(
    channel=ChannelName("sms"), account="AC", external_id="SM1", sender=Address("tel", "+447700900123"), text=SECRET_WORDS
)


@dataclass
class Kept:
    """An intake that keeps events in memory, or fails as it is told."""

    events: list[Event] = field(default_factory=list)
    failure: Exception | None = None

    def receive(self, events: Sequence[Event], /) -> None:
        if self.failure is not None:
            raise self.failure
        self.events += events


@dataclass
class OpenGate(Gate):
    """Lets everything in, and notes in which order it was asked."""

    parsed: Sequence[Event] = (MESSAGE,)
    refusal: Exception | None = None
    fault: Exception | None = None
    seen: list[str] = field(default_factory=list)
    webhook: Webhook | None = None

    def verify(self, webhook: Webhook) -> None:
        self.seen.append("verify")
        self.webhook = webhook
        if self.refusal is not None:
            raise self.refusal

    def parse(self, webhook: Webhook) -> Sequence[Event]:
        self.seen.append("parse")
        if self.fault is not None:
            raise self.fault
        return self.parsed

    def answer(self, events: Sequence[Event] = ()) -> Answer:
        return Answer("<ok/>", content_type="text/xml; charset=utf-8")


def _client(gates: Mapping[str, Gate], intake: Kept, public_url: str = PUBLIC_URL) -> FlaskClient:
    app = Flask("test")
    app.register_blueprint(webhook_blueprint(gates, intake, public_url))
    return app.test_client()


def _twilio(intake: Kept) -> Callable[[Webhook], TestResponse]:
    gate = TwilioGate(account())
    client = _client({"/webhooks/twilio": gate, "/webhooks/twilio/status": gate}, intake)

    def send(webhook: Webhook) -> TestResponse:
        parts = urlsplit(webhook.url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        return client.open(target, method=webhook.method, data=webhook.body, headers=dict(webhook.headers))

    return send


def test_a_request_is_verified_then_parsed_then_kept_then_answered() -> None:
    gate, intake = OpenGate(), Kept()
    response = _client({"/in": gate}, intake).post("/in", data=b"x")

    assert gate.seen == ["verify", "parse"]
    assert intake.events == [MESSAGE]
    assert (response.status_code, response.text, response.content_type) == (200, "<ok/>", "text/xml; charset=utf-8")


def test_a_bad_signature_is_refused_before_anything_is_read() -> None:
    gate, intake = OpenGate(refusal=BadSignature()), Kept()
    response = _client({"/in": gate}, intake).post("/in", data=b"x")

    assert response.status_code == 403
    assert gate.seen == ["verify"]
    assert intake.events == []


def test_what_cannot_be_read_is_a_bad_request() -> None:
    response = _client({"/in": OpenGate(fault=BadWebhook())}, Kept()).post("/in", data=b"x")

    assert response.status_code == 400


@pytest.mark.parametrize("failure", [StoreUnavailable(), RuntimeError(SECRET_WORDS)])
def test_what_was_not_committed_is_not_acknowledged(failure: Exception) -> None:
    response = _client({"/in": OpenGate()}, Kept(failure=failure)).post("/in", data=b"x")

    assert response.status_code == 503


@pytest.mark.parametrize(
    "fault", [RecursionError(), ValueError(SECRET_WORDS), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"), KeyError("a")]
)
@pytest.mark.parametrize("where", ["refusal", "fault"])
def test_a_fault_of_ours_asks_the_provider_to_come_again(fault: Exception, where: str) -> None:
    intake = Kept()
    response = _client({"/in": OpenGate(**{where: fault})}, intake).post("/in", data=b"x")  # type: ignore[arg-type] # either is an exception

    assert response.status_code == 503
    assert intake.events == []


def test_nothing_to_keep_is_answered_with_success_all_the_same() -> None:
    response = _client({"/in": OpenGate(parsed=())}, Kept(failure=StoreUnavailable())).post("/in", data=b"x")

    assert response.status_code == 200


@pytest.mark.parametrize("length", [256 * 1024 + 1, 1024 * 1024])
def test_more_than_a_webhook_may_hold_is_not_read(length: int) -> None:
    gate = OpenGate()
    response = _client({"/in": gate}, Kept()).post("/in", data=b"x" * length)

    assert response.status_code == 413
    assert gate.seen == []


def test_a_body_that_does_not_say_how_long_it_is_ends_at_the_same_length() -> None:
    gate = OpenGate()
    client = _client({"/in": gate}, Kept())
    chunked = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    response = client.post("/in", input_stream=BytesIO(b"x" * 400_000), environ_overrides=chunked)

    assert response.status_code == 413
    assert gate.seen == []


def test_a_body_of_the_full_length_is_read_whole() -> None:
    gate = OpenGate()
    _client({"/in": gate}, Kept()).post("/in", data=b"x" * 256 * 1024)

    assert gate.webhook is not None
    assert len(gate.webhook.body) == 256 * 1024


def test_each_gate_has_its_own_measure() -> None:
    class Wide(OpenGate):
        max_body = 1024 * 1024

    assert _client({"/in": Wide()}, Kept()).post("/in", data=b"x" * 512 * 1024).status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "/in?m=a%2Fb%3Ac%7Ed%C3%B6",
        "/in?",
        "/in?m=a+b&m=c&x=",
        "/in?m=a%20b",
    ],
)
def test_the_address_is_the_configured_origin_and_the_target_as_it_stood_on_the_wire(target: str) -> None:
    gate = OpenGate()
    client = _client({"/in": gate}, Kept(), "https://feedback.example/earshot/")
    client.post("/in", environ_overrides={"RAW_URI": target, "REQUEST_URI": target}, headers={"Host": "evil.example"})

    assert gate.webhook is not None
    assert gate.webhook.url == f"https://feedback.example/earshot{target}"


def test_a_server_that_keeps_no_raw_target_is_understood() -> None:
    gate = OpenGate()
    nothing = {"RAW_URI": "", "REQUEST_URI": "", "QUERY_STRING": "m=a%2Fb", "SCRIPT_NAME": "/a b"}
    _client({"/in": gate}, Kept()).post("/in", environ_overrides=nothing)

    assert gate.webhook is not None
    assert gate.webhook.url == f"{PUBLIC_URL}/a%20b/in?m=a%2Fb"


def test_a_target_that_names_a_host_does_not_choose_the_origin() -> None:
    gate = OpenGate()
    _client({"/in": gate}, Kept()).post("/in", environ_overrides={"RAW_URI": "http://evil.example/in?m=1"})

    assert gate.webhook is not None
    assert gate.webhook.url == f"{PUBLIC_URL}/in?m=1"


def test_headers_arrive_with_small_names_and_bodies_as_they_were() -> None:
    gate = OpenGate()
    _client({"/in": gate}, Kept()).post("/in", data=b"\x00\xff+%20", headers={"X-Twilio-Signature": "\xe9"})

    assert gate.webhook is not None
    assert gate.webhook.headers["x-twilio-signature"] == "\xe9"
    assert gate.webhook.body == b"\x00\xff+%20"


def test_providers_that_use_get_are_heard() -> None:
    gate = OpenGate()
    assert _client({"/in": gate}, Kept()).get("/in?a=1").status_code == 200
    assert gate.webhook is not None
    assert gate.webhook.method == "GET"


def test_a_slash_too_many_in_the_providers_console_loses_nothing() -> None:
    intake = Kept()
    _client({"/in": OpenGate()}, intake).post("/in/", data=b"x")

    assert intake.events == [MESSAGE]


@pytest.mark.parametrize(
    "gate",
    [OpenGate(), OpenGate(refusal=BadSignature()), OpenGate(fault=ValueError(SECRET_WORDS)), OpenGate(fault=BadWebhook())],
)
def test_no_word_and_no_number_of_a_person_is_logged(gate: OpenGate, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body = f"From=%2B447700900123&Body={SECRET_WORDS}".encode()
    client = _client({"/in": gate}, Kept(failure=RuntimeError(f"{SECRET_WORDS} +447700900123")))
    client.post("/in?From=447700900123", data=body)

    assert SECRET_WORDS not in caplog.text
    assert "447700900123" not in caplog.text


def test_a_fault_of_ours_is_logged_with_the_place_it_arose(caplog: pytest.LogCaptureFixture) -> None:
    _client({"/in": OpenGate(fault=KeyError(SECRET_WORDS))}, Kept()).post("/in", data=b"x")

    assert "KeyError at test_webhooks.py:" in caplog.text


# --- with Twilio's gate -----------------------------------------------------------------------------------------------


def test_t1_a_genuine_text_is_kept_and_answered_as_twilio_wants() -> None:
    intake = Kept()
    response = _twilio(intake)(payload("sms_text"))

    assert (response.status_code, response.text, response.mimetype) == (200, "<Response/>", "text/xml")
    assert len(intake.events) == 1


@pytest.mark.parametrize("signature", ["", "wrong", "\xe9\xe9"])
def test_t3_t4_a_wrong_or_missing_signature_is_refused_and_nothing_kept(signature: str) -> None:
    intake = Kept()
    genuine = payload("sms_text")
    headers = {**genuine.headers, "x-twilio-signature": signature}

    assert _twilio(intake)(Webhook("POST", INBOUND, genuine.body, headers)).status_code == 403
    assert intake.events == []


def test_t5_an_empty_form_is_a_bad_request() -> None:
    assert _twilio(Kept())(signed_bytes(b"")).status_code == 400


def test_s2_a_status_callback_with_nothing_in_it_is_answered_with_success() -> None:
    assert _twilio(Kept())(signed_bytes(b"", url=f"{INBOUND}/status")).status_code == 200


def test_a_message_for_another_account_is_refused() -> None:
    fields = sms_form("Hello", account_sid="AC" + "9" * 32)
    webhook = Webhook("POST", INBOUND, encode_form(fields), signed_form(INBOUND, fields))

    assert _twilio(Kept())(webhook).status_code == 403


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_genuine_request_is_kept_or_named_unreadable_and_never_our_fault(body: bytes) -> None:
    intake = Kept()
    response = _twilio(intake)(signed_bytes(body))

    assert (response.status_code, len(intake.events)) in {(200, 1), (400, 0)}


@pytest.mark.parametrize("name", ["half of a pair", "NUL"])
def test_words_that_are_hard_to_store_are_kept_all_the_same(name: str) -> None:
    intake = Kept()
    _twilio(intake)(signed_bytes(HOSTILE[name]))

    assert len(intake.events) == 1
