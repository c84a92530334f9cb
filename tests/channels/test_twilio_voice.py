"""Somebody rings the number: what they hear, and what goes back to them."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from twilio.request_validator import RequestValidator

from bot.errors import BadSignature, BadWebhook
from bot.events import MissedCall
from bot.model import Address
from channels.base import Webhook
from channels.twilio_events import SMS
from channels.twilio_voice import TwilioVoiceGate
from demo.provider import ACCOUNT_SID, AUTH_TOKEN, PARENT, SMS_NUMBER, encode_form
from tests.channels.contract import HOSTILE
from tests.channels.twilio_payloads import PUBLIC_URL, account, form, signed_bytes

VOICE = f"{PUBLIC_URL}/webhooks/twilio/voice"
CALL = "CA" + "1" * 32
WORDS = "Text us & tell us <what> happened. In an emergency ring 999."


def ring(**fields: str) -> Webhook:
    call = {"CallSid": CALL, "AccountSid": ACCOUNT_SID, "From": PARENT, "To": SMS_NUMBER, "CallStatus": "ringing"}
    return form({**call, "Direction": "inbound", "ApiVersion": "2010-04-01", **fields}, url=VOICE)


@pytest.fixture
def gate() -> TwilioVoiceGate:
    return TwilioVoiceGate(account(), words=lambda: WORDS)


def test_a_call_is_a_missed_call_of_that_number(gate: TwilioVoiceGate) -> None:
    webhook = ring()
    gate.verify(webhook)

    assert gate.parse(webhook) == (MissedCall(channel=SMS, account=ACCOUNT_SID, external_id=CALL, caller=Address("tel", PARENT)),)


def test_the_caller_hears_the_words_in_british_english_and_the_line_is_closed(gate: TwilioVoiceGate) -> None:
    answer = gate.answer()
    (say, hangup) = ET.fromstring(answer.body)

    assert answer.content_type == "text/xml; charset=utf-8"
    assert (say.tag, say.attrib, hangup.tag) == ("Say", {"language": "en-GB"}, "Hangup")
    assert say.text == "Text us & tell us <what> happened. In an emergency ring 9 9 9."


def test_twilios_own_library_signs_what_is_let_in(gate: TwilioVoiceGate) -> None:
    fields = {"CallSid": CALL, "From": PARENT, "CallStatus": "ringing"}
    signature = RequestValidator(AUTH_TOKEN).compute_signature(VOICE, fields)

    gate.verify(Webhook("POST", VOICE, encode_form(fields), {"x-twilio-signature": signature}))
    with pytest.raises(BadSignature):
        gate.verify(Webhook("POST", VOICE, encode_form({**fields, "From": SMS_NUMBER}), {"x-twilio-signature": signature}))
    with pytest.raises(BadSignature):
        gate.verify(Webhook("POST", VOICE, encode_form(fields), {}))


@pytest.mark.parametrize(
    "caller",
    [
        "",
        "anonymous",
        "Restricted",
        "unavailable",
        "+266696687",
        "+7378742833",
        "+2562533",
        "+8656696",
        "+86282452253",
        "999",
        "sip:somebody@example.org",
        "client:somebody",
        f"whatsapp:{PARENT}",
        "+4477009001230000000",
    ],
)
def test_a_caller_without_a_number_hears_the_words_and_gets_no_text(gate: TwilioVoiceGate, caller: str) -> None:
    assert gate.parse(ring(From=caller)) == ()


@pytest.mark.parametrize(
    "news",
    [
        {"CallStatus": "completed"},
        {"CallStatus": "busy"},
        {"CallStatus": "no-answer"},
        {"CallStatus": "canceled"},
        {"CallStatus": "failed"},
        {"CallStatus": "ringing", "CallbackSource": "call-progress-events"},
        {"CallStatus": "ringing", "Direction": "outbound-api"},
    ],
)
def test_news_of_a_call_sends_no_second_text(gate: TwilioVoiceGate, news: dict[str, str]) -> None:
    assert gate.parse(ring(**news)) == ()


def test_a_call_of_another_account_is_refused(gate: TwilioVoiceGate) -> None:
    with pytest.raises(BadSignature):
        gate.parse(ring(AccountSid="AC" + "9" * 32))


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_strange_body_is_read_or_refused(gate: TwilioVoiceGate, body: bytes) -> None:
    webhook = signed_bytes(body, url=VOICE)
    gate.verify(webhook)

    with pytest.raises(BadWebhook):
        gate.parse(webhook)


def test_no_secret_shows_when_the_gate_is_printed(gate: TwilioVoiceGate) -> None:
    assert AUTH_TOKEN not in repr(gate) + "".join(repr(value) for value in vars(gate).values())
