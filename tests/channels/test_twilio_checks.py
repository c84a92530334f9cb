"""What `earshot channels check` says of Twilio, and what `connect` sets there: the official client against a stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from channels.base import Finding
from channels.twilio import TwilioSms, TwilioWhatsApp, Unsendable
from demo.provider import SMS_NUMBER, WHATSAPP_NUMBER
from tests.channels.twilio_numbers import Numbers, twilio_numbers
from tests.channels.twilio_payloads import PUBLIC_URL, SERVICE, account

TEXTS = f"{PUBLIC_URL}/webhooks/twilio"
CALLS = f"{PUBLIC_URL}/webhooks/twilio/voice"


@pytest.fixture
def numbers() -> Iterator[Numbers]:
    with twilio_numbers() as running:
        yield running


@pytest.fixture
def sms(numbers: Numbers) -> TwilioSms:
    return TwilioSms(account(api_url=numbers.url), number=SMS_NUMBER)


def faults(found: tuple[Finding, ...]) -> list[str]:
    assert all(finding.text for finding in found)
    assert all(finding.fix for finding in found if not finding.ok)
    return [finding.text for finding in found if not finding.ok]


def test_a_new_number_sends_its_texts_elsewhere_and_its_calls_nowhere(sms: TwilioSms, numbers: Numbers) -> None:
    assert faults(sms.check()) == [
        f"Texts to the number go by POST to https://demo.twilio.com/welcome/sms/reply, and not by POST to {TEXTS}.",
        f"Calls to the number go nowhere, and not by POST to {CALLS}.",
    ]
    assert numbers.changes == []


def test_once_connected_nothing_is_wrong(sms: TwilioSms, numbers: Numbers) -> None:
    assert faults(sms.connect()) == []
    assert faults(sms.check()) == []
    (change,) = numbers.changes
    assert change == {
        "SmsApplicationSid": "",
        "SmsUrl": f"{TEXTS}#rc=4&rp=5xx,ct,rt",
        "SmsMethod": "POST",
        "SmsFallbackUrl": TEXTS,
        "SmsFallbackMethod": "POST",
        "VoiceApplicationSid": "",
        "VoiceUrl": CALLS,
        "VoiceMethod": "POST",
    }


def test_a_number_that_takes_no_calls_has_no_address_for_them(sms: TwilioSms, numbers: Numbers) -> None:
    numbers.number["capabilities"] = {"sms": True, "voice": False}
    sms.connect()

    assert "VoiceUrl" not in numbers.changes[0]
    assert faults(sms.check()) == []


def test_a_number_that_takes_no_texts_is_told(sms: TwilioSms, numbers: Numbers) -> None:
    sms.connect()
    numbers.number["capabilities"] = {"sms": False, "voice": True}

    assert faults(sms.check()) == ["The number cannot take texts."]


@pytest.mark.parametrize(
    ("change", "told"),
    [({"sms_url": TEXTS}, "does not come again"), ({"sms_method": "GET"}, "by GET"), ({"voice_url": f"{CALLS}/x"}, "Calls")],
)
def test_an_address_that_is_nearly_ours_is_told(sms: TwilioSms, numbers: Numbers, change: dict[str, str], told: str) -> None:
    sms.connect()
    numbers.number |= change
    (fault,) = faults(sms.check())

    assert told in fault


def test_a_number_of_another_account_is_told_and_nothing_is_set(numbers: Numbers) -> None:
    sms = TwilioSms(account(api_url=numbers.url), number="+447700900999")

    assert faults(sms.check()) == faults(sms.connect()) == ["The number in TWILIO_SMS_NUMBER is not this account's."]
    assert numbers.changes == []


def test_a_wrong_token_a_closed_account_and_a_provider_that_is_away_are_told(sms: TwilioSms, numbers: Numbers) -> None:
    wrong = TwilioSms(account(api_url=numbers.url, tokens=("wrong",)), number=SMS_NUMBER)
    (fault,) = [finding for finding in wrong.check() if not finding.ok]
    assert "TWILIO_AUTH_TOKEN" in fault.fix
    assert "wrong" not in fault.text

    numbers.status = "suspended"
    assert "Twilio says the account is suspended." in faults(sms.check())

    numbers.down = True
    assert faults(sms.check()) == faults(sms.connect()) == ["Twilio answered with status 503."]


def test_nobody_there_is_told_too() -> None:
    sms = TwilioSms(account(api_url="http://127.0.0.1:9"), number=SMS_NUMBER)

    assert faults(sms.check()) == ["Twilio could not be reached."]


def test_a_messaging_service_is_to_be_looked_at_by_a_person(numbers: Numbers) -> None:
    service = TwilioSms(account(api_url=numbers.url, messaging_service_sid=SERVICE))

    assert faults(service.check()) == faults(service.connect()) == []
    assert any("Messaging Service" in finding.text for finding in service.check())


def test_where_whatsapp_messages_go_a_person_must_look(numbers: Numbers) -> None:
    whatsapp = TwilioWhatsApp(account(api_url=numbers.url), number=WHATSAPP_NUMBER)

    assert faults(whatsapp.check()) == []
    assert TEXTS in whatsapp.check()[-1].text
    assert faults(whatsapp.connect()) != []


def test_what_is_off_is_no_fault(sms: TwilioSms) -> None:
    off = Unsendable(sms.name, missing="TWILIO_SMS_NUMBER", settle=sms.traits.settle)

    assert replace(off.check()[0], text="") == Finding(ok=True, text="")
