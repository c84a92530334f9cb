"""Messages out through Twilio: the official client, unchanged, against the stand-in on the loopback.

TS1 to TS13 are rows of the table of known cases. Attachments (TS8, TS9) and typing indicators (TS14) have no place in
``Outgoing``: that it is so is what there is to try.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from bot.errors import (
    BadSettings,
    ChannelMisconfigured,
    ContactOptedOut,
    ContactUnreachable,
    ProviderUnavailable,
    ProviderUncertain,
    Rejected,
    SendError,
    Throttled,
    WindowShut,
)
from bot.model import ENGLISH, Address, Locale
from bot.outgoing import Choice, DeliveryStatus, Outgoing, Sent, Spoken
from channels.base import Door
from channels.twilio import TwilioSms, TwilioWhatsApp
from demo.provider import (
    ACCEPTED_THEN_DROPPED,
    ACCOUNT_SID,
    AUTH_TOKEN,
    PARENT,
    RESET,
    SERVER_ERROR,
    SMS_NUMBER,
    UNAVAILABLE,
    WHATSAPP_NUMBER,
    Provider,
    Trouble,
    refused,
    throttled,
)
from settings import Settings
from tests.channels.contract import DoorContract
from tests.channels.twilio_payloads import OURS, PUBLIC_URL, SERVICE, account, outgoing

TROUBLES: Sequence[tuple[Trouble, type[SendError], str | None]] = [
    (RESET, ProviderUncertain, None),
    (ACCEPTED_THEN_DROPPED, ProviderUncertain, None),
    (SERVER_ERROR, ProviderUncertain, "500"),
    (Trouble(status=500, code=20500), ProviderUncertain, "20500"),
    (Trouble(status=502, body="<html>"), ProviderUncertain, "502"),
    (Trouble(status=503), ProviderUncertain, "503"),
    (Trouble(status=408), ProviderUncertain, "408"),
    (UNAVAILABLE, ProviderUnavailable, "20503"),
    (Trouble(status=200, body="<html>not Twilio</html>"), ProviderUncertain, None),
    (Trouble(status=201, body="[]"), ProviderUncertain, None),
    (Trouble(status=201, body="[" * 20_000), ProviderUncertain, None),
    (Trouble(status=302), ChannelMisconfigured, "302"),
    (Trouble(status=401), ChannelMisconfigured, "401"),
    (refused(20003, status=401), ChannelMisconfigured, "20003"),
    (Trouble(status=403), ChannelMisconfigured, "403"),
    (refused(20404, status=404), ChannelMisconfigured, "20404"),
    (Trouble(status=429), Throttled, "429"),
    (throttled(7), Throttled, "20429"),
    (refused(14107, status=429), Throttled, "14107"),
    (refused(63018, status=429), Throttled, "63018"),
    (refused(21211), ContactUnreachable, "21211"),
    (refused(21614), ContactUnreachable, "21614"),
    (refused(63024), ContactUnreachable, "63024"),
    (refused(21408), Rejected, "21408"),
    (refused(21610), ContactOptedOut, "21610"),
    (refused(21603), ChannelMisconfigured, "21603"),
    (refused(21606), ChannelMisconfigured, "21606"),
    (refused(21910), ChannelMisconfigured, "21910"),
    (refused(63007), ChannelMisconfigured, "63007"),
    (refused(21617), Rejected, "21617"),
    (refused(21619), Rejected, "21619"),
    (refused(21656), Rejected, "21656"),
    (refused(63033), Rejected, "63033"),
    (refused(63016), WindowShut, "63016"),
    (refused(99999), Rejected, "99999"),
    (Trouble(status=400, body="[" * 20_000), Rejected, "400"),
]


class _TwilioContract(DoorContract):
    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return (AUTH_TOKEN,)

    @pytest.fixture
    def failures(self, provider: Provider) -> Sequence[Callable[[], None]]:
        return [lambda trouble=trouble: provider.fail_next(trouble) for trouble, _, _ in TROUBLES]  # type: ignore[misc]


class TestTwilioSms(_TwilioContract):
    @pytest.fixture
    def door(self, sms: TwilioSms) -> Door:
        return sms

    @pytest.fixture
    def address(self) -> Address:
        return Address("tel", PARENT)


class TestTwilioWhatsApp(_TwilioContract):
    @pytest.fixture
    def door(self, whatsapp: TwilioWhatsApp) -> Door:
        return whatsapp

    @pytest.fixture
    def address(self) -> Address:
        return Address("whatsapp", PARENT.removeprefix("+"))


def test_ts1_a_text_goes_with_to_from_body_and_where_to_report(provider: Provider, sms: TwilioSms) -> None:
    sent = sms.send(outgoing(sms, "Thank you, we have kept that."))

    (call,) = provider.calls
    assert call.form == {
        "To": [PARENT],
        "From": [SMS_NUMBER],
        "Body": ["Thank you, we have kept that."],
        "StatusCallback": [f"{PUBLIC_URL}/webhooks/twilio/status?m={OURS}"],
    }
    assert sent == Sent(provider.taken[0].sid, DeliveryStatus.QUEUED)


@pytest.mark.parametrize("ending", ["", "/"])
def test_the_address_of_the_api_is_the_one_that_is_set(provider: Provider, ending: str) -> None:
    sms = TwilioSms(account(api_url=f"{provider.url}{ending}", public_url=f"{PUBLIC_URL}{ending}"), number=SMS_NUMBER)
    sms.send(outgoing(sms))

    assert provider.calls[0].path == f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
    assert provider.calls[0].one("StatusCallback") == f"{PUBLIC_URL}/webhooks/twilio/status?m={OURS}"


def test_ts1_without_the_right_token_nothing_goes(provider: Provider) -> None:
    sms = TwilioSms(account(api_url=provider.url, tokens=("wrong",)), number=SMS_NUMBER)

    with pytest.raises(ChannelMisconfigured, match="auth token"):
        sms.send(outgoing(sms))
    assert provider.taken == ()


def test_while_tokens_are_being_changed_either_will_do(provider: Provider) -> None:
    sms = TwilioSms(account(api_url=provider.url, tokens=("not-yet-valid", AUTH_TOKEN)), number=SMS_NUMBER)

    sms.send(outgoing(sms))

    assert len(provider.taken) == 1


def test_ts2_a_long_text_goes_as_two_calls_in_order(provider: Provider, sms: TwilioSms) -> None:
    words = [f"word{number}" for number in range(300)]
    for part in sms.render(Spoken(" ".join(words))):
        sms.send(outgoing(sms, part.text))

    assert len(provider.taken) == 2
    assert " ".join(message.body for message in provider.taken).split() == words


@pytest.mark.parametrize(("trouble", "kind", "code"), TROUBLES, ids=lambda value: getattr(value, "__name__", None))
def test_ts3_to_ts6_each_answer_of_twilio_is_the_error_we_act_on(
    provider: Provider, sms: TwilioSms, trouble: Trouble, kind: type[SendError], code: str | None
) -> None:
    provider.fail_next(trouble)

    with pytest.raises(SendError) as raised:
        sms.send(outgoing(sms))
    assert type(raised.value) is kind
    assert raised.value.code == code


def test_ts5_twilios_own_words_are_kept_for_the_office_without_the_number(provider: Provider, sms: TwilioSms) -> None:
    provider.fail_next(refused(21211))

    with pytest.raises(ContactUnreachable) as raised:
        sms.send(outgoing(sms))
    assert str(raised.value) == "Twilio refused it: The 'To' number … is not a valid phone number."


@pytest.mark.parametrize(
    ("answer", "pause"), [(throttled(7), 7), (throttled(10**9), 24 * 3600), (Trouble(status=429), None), (refused(63038), 3600)]
)
def test_ts4_the_pause_twilio_asks_for_is_handed_on(
    provider: Provider, sms: TwilioSms, answer: Trouble, pause: int | None
) -> None:
    provider.fail_next(answer)

    with pytest.raises(Throttled) as raised:
        sms.send(outgoing(sms))
    assert raised.value.retry_after == (None if pause is None else timedelta(seconds=pause))


def test_ts7_taken_without_an_id_is_sent_and_logged(provider: Provider, sms: TwilioSms, caplog: pytest.LogCaptureFixture) -> None:
    provider.fail_next(Trouble(status=200, body="{}"))

    assert sms.send(outgoing(sms)) == Sent(None, DeliveryStatus.ACCEPTED)
    assert str(OURS) in caplog.text


def test_ts10_a_messaging_service_is_named_beside_the_number(provider: Provider) -> None:
    sms = TwilioSms(account(api_url=provider.url, messaging_service_sid=SERVICE), number=SMS_NUMBER)
    sent = sms.send(outgoing(sms))

    assert provider.calls[0].form["MessagingServiceSid"] == [SERVICE]
    assert provider.calls[0].form["From"] == [SMS_NUMBER]
    assert sent.status is DeliveryStatus.ACCEPTED


def test_ts10_a_messaging_service_alone_is_enough(provider: Provider) -> None:
    sms = TwilioSms(account(api_url=provider.url, messaging_service_sid=SERVICE))
    sms.send(outgoing(sms))

    assert "From" not in provider.calls[0].form


def test_a_door_without_a_sender_is_not_made() -> None:
    with pytest.raises(BadSettings):
        TwilioSms(account())
    with pytest.raises(BadSettings):
        TwilioWhatsApp(account(), number="")


def test_a_whatsapp_message_goes_to_and_from_whatsapp_addresses(provider: Provider, whatsapp: TwilioWhatsApp) -> None:
    whatsapp.send(outgoing(whatsapp))

    assert provider.calls[0].form["To"] == [f"whatsapp:{PARENT}"]
    assert provider.calls[0].form["From"] == [f"whatsapp:{WHATSAPP_NUMBER}"]


def test_ts13_a_hidden_number_is_answered_by_its_id_without_a_plus(provider: Provider, whatsapp: TwilioWhatsApp) -> None:
    whatsapp.send(replace(outgoing(whatsapp), address=Address("whatsapp", "GB.1a2B3c")))

    assert provider.calls[0].form["To"] == ["whatsapp:GB.1a2B3c"]


def test_an_address_of_another_channel_is_not_written_to(provider: Provider, sms: TwilioSms, whatsapp: TwilioWhatsApp) -> None:
    for door in (sms, whatsapp):
        with pytest.raises(ContactUnreachable):
            door.send(replace(outgoing(door), address=Address("web", "x")))
    assert provider.calls == []


def test_ts8_ts9_ts14_we_send_no_attachments_and_no_typing_indicator() -> None:
    assert not {"media", "typing"} & {field.name for field in fields(Outgoing)}


def test_ts11_a_template_goes_by_its_id_without_words(provider: Provider) -> None:
    whatsapp = TwilioWhatsApp(
        account(api_url=provider.url), number=WHATSAPP_NUMBER, templates={("window.nudge", ENGLISH): f"HX{'1' * 32}"}
    )
    whatsapp.send(replace(outgoing(whatsapp), key="window.nudge"))
    whatsapp.send(replace(outgoing(whatsapp), key="kept.plain"))

    template, plain = provider.calls
    assert template.form["ContentSid"] == [f"HX{'1' * 32}"]
    assert "Body" not in template.form
    assert "ContentSid" not in plain.form


def test_ts11_a_template_is_of_one_language(provider: Provider) -> None:
    whatsapp = TwilioWhatsApp(
        account(api_url=provider.url), number=WHATSAPP_NUMBER, templates={("window.nudge", ENGLISH): f"HX{'1' * 32}"}
    )

    assert whatsapp.template_for("window.nudge", ENGLISH) == f"HX{'1' * 32}"
    assert whatsapp.template_for("window.nudge", Locale("pl")) is None


@pytest.mark.parametrize("given", ["en=", "=HX", "en=HX123", "HX" + "1" * 32, f"en=MG{'1' * 32}", f"en=HX{'1' * 32},pl="])
def test_ts12_a_template_without_an_id_stops_the_start(given: str) -> None:
    with pytest.raises(BadSettings, match="TWILIO_TEMPLATE_NUDGE"):
        Settings.read(twilio_template_nudge=given)


def test_each_channel_says_what_it_is_like(sms: TwilioSms, whatsapp: TwilioWhatsApp) -> None:
    assert (sms.traits.settle, whatsapp.traits.settle) == (timedelta(seconds=25), timedelta(seconds=10))
    assert (sms.traits.service_window, whatsapp.traits.service_window) == (None, timedelta(hours=24))
    assert (sms.traits.network_answers_stop, whatsapp.traits.network_answers_stop) == (True, False)
    assert (sms.traits.counts_segments, whatsapp.traits.counts_segments) == (True, False)


def test_signs_are_folded_on_sms_and_kept_on_whatsapp(sms: TwilioSms, whatsapp: TwilioWhatsApp) -> None:
    spoken = Spoken("We\u2019ve kept that.", (Choice("yes", "Yes"),))

    assert sms.render(spoken)[0].text == "We've kept that.\n1 Yes"
    assert whatsapp.render(spoken)[0].text == "We\u2019ve kept that.\n1 Yes"
