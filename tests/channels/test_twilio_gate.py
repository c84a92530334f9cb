"""Whom the gate lets in, and what holds for every gate."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence

import pytest

from bot.errors import BadSignature, BadWebhook
from channels.base import Answer, Gate, Webhook
from channels.twilio import TwilioGate
from demo.provider import AUTH_TOKEN, sms_form
from tests.channels.contract import WORDS, GateContract
from tests.channels.twilio_payloads import PUBLIC_URL, account, form, heard, payload, signed_bytes


class TestTwilioGate(GateContract):
    signature_header = "x-twilio-signature"

    @pytest.fixture
    def gate(self) -> Gate:
        return TwilioGate(account())

    @pytest.fixture
    def genuine(self) -> Webhook:
        return form(sms_form(f"Hello, {WORDS}", sid="SM1"))

    @pytest.fixture
    def sign(self) -> Callable[[bytes], Webhook]:
        return signed_bytes

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return (AUTH_TOKEN,)


def test_t1_twilio_is_answered_with_an_empty_response_and_sends_nothing_itself() -> None:
    assert TwilioGate(account()).answer() == Answer("<Response/>", content_type="text/xml; charset=utf-8")


def test_t10_the_address_that_counts_is_the_configured_one_whatever_a_proxy_says() -> None:
    genuine = payload("sms_text", url=f"{PUBLIC_URL}/webhooks/twilio")
    moved = Webhook(
        genuine.method, f"{PUBLIC_URL}/c/twilio", genuine.body, {**genuine.headers, "x-forwarded-path": "/webhooks/twilio"}
    )

    with pytest.raises(BadSignature):
        TwilioGate(account()).verify(moved)


def test_either_token_is_good_while_they_are_being_changed() -> None:
    gate = TwilioGate(account(tokens=("new-token", "old-token")))

    for token in ("new-token", "old-token"):
        gate.verify(form(sms_form("Hello"), token=token))
    with pytest.raises(BadSignature):
        gate.verify(form(sms_form("Hello"), token="another"))


def test_a_message_for_another_account_is_refused_and_that_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    webhook = form(sms_form("Hello", account_sid="AC" + "9" * 32))
    gate = TwilioGate(account())
    gate.verify(webhook)

    with pytest.raises(BadSignature):
        gate.parse(webhook)
    assert "TWILIO_ACCOUNT_SID" in caplog.text


def test_a_message_by_get_is_read_from_the_query() -> None:
    signed = form({}, url=f"{PUBLIC_URL}/webhooks/twilio?MessageSid=SM1&From=%2B447700900123&Body=Caf%C3%A9+Z%C3%B6e")

    message = heard(Webhook("GET", signed.url, b"", signed.headers))

    assert (message.external_id, message.text) == ("SM1", "Café Zöe")


def test_a_signed_get_cannot_be_sent_again_with_a_body_of_ones_own() -> None:
    signed = form({}, url=f"{PUBLIC_URL}/webhooks/twilio?MessageSid=SM1")
    forged = Webhook("POST", signed.url, b"MessageSid=SM2&Body=forged", signed.headers)

    with pytest.raises(BadSignature):
        TwilioGate(account()).verify(forged)


def _json(body: bytes, *, hash_of: bytes | None = None) -> Webhook:
    query = "" if hash_of is None else f"?bodySHA256={hashlib.sha256(hash_of).hexdigest()}"
    signed = form({}, url=f"{PUBLIC_URL}/webhooks/twilio{query}")
    return Webhook("POST", signed.url, body, {**signed.headers, "content-type": "application/json; charset=utf-8"})


def test_a_json_body_counts_by_its_hash_in_the_signed_query() -> None:
    body = json.dumps({"MessageSid": "SM1", "From": "+447700900123", "Body": "a\ud800b", "NumMedia": 0}).encode()

    message = heard(_json(body, hash_of=body))

    assert (message.external_id, message.text) == ("SM1", "a\ud800b")


@pytest.mark.parametrize("hash_of", [None, b"another body"])
def test_a_json_body_without_its_hash_is_refused(hash_of: bytes | None) -> None:
    with pytest.raises(BadSignature):
        TwilioGate(account()).verify(_json(b'{"MessageSid": "SM1"}', hash_of=hash_of))


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"{", b"[" * 20_000, b"\xff\xfe", b'{"a": ' + b"9" * 5000 + b"}", b"null"])
def test_json_that_cannot_be_read_is_said_to_be_so(body: bytes) -> None:
    webhook = _json(body, hash_of=body)
    gate = TwilioGate(account())
    gate.verify(webhook)

    with pytest.raises(BadWebhook):
        gate.parse(webhook)
