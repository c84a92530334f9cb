"""Where Twilio's answer was lost: whether the message may have left, and asking about it afterwards."""

from __future__ import annotations

import json
import logging
import socket
from datetime import timedelta

import pytest
import requests

from bot.errors import BadSettings, ProviderUnavailable, ProviderUncertain, Rejected, SendError
from bot.outgoing import DeliveryStatus, Sent
from channels import twilio_api
from channels.twilio import TwilioSms, TwilioWhatsApp
from demo.provider import (
    ACCEPTED_THEN_DROPPED,
    RESET,
    SERVER_ERROR,
    SMS_NUMBER,
    Provider,
    Trouble,
    hanging,
    provider_server,
    throttled,
)
from tests.channels.twilio_payloads import NOW, account, outgoing


def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    sms = TwilioSms(account(api_url=f"http://127.0.0.1:{port}"), number=SMS_NUMBER)

    with pytest.raises(ProviderUnavailable):
        sms.send(outgoing(sms))


def test_an_answer_that_takes_too_long_may_have_been_a_yes(
    provider: Provider, sms: TwilioSms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio_api, "TIMEOUTS", (1.0, 0.2))
    provider.fail_next(hanging(5.0, accepted=True))

    with pytest.raises(ProviderUncertain):
        sms.send(outgoing(sms))
    assert len(provider.taken) == 1


def test_the_time_to_wait_is_shorter_than_the_lease_of_the_outbox() -> None:
    assert sum(twilio_api.TIMEOUTS) == 20.0


@pytest.mark.parametrize("url", ["http://", "ftp://example.org", "not an address", "http://[::1"])
def test_an_api_address_that_is_none_is_a_setting_to_mend(url: str) -> None:
    with pytest.raises(BadSettings, match="TWILIO_API_URL"):
        TwilioSms(account(api_url=url), number=SMS_NUMBER)


def test_a_proxy_that_cannot_be_reached_has_sent_nothing_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    sms = TwilioSms(account(), number=SMS_NUMBER)

    with pytest.raises(ProviderUnavailable):
        sms.send(outgoing(sms))


def test_a_stand_in_on_this_machine_is_not_looked_for_behind_the_proxy(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    sms = TwilioSms(account(api_url=provider.url), number=SMS_NUMBER)

    assert sms.send(outgoing(sms)).provider_id


def test_a_slow_connection_has_sent_nothing() -> None:
    assert isinstance(twilio_api._lost(requests.exceptions.ConnectTimeout()), ProviderUnavailable)


def test_words_no_form_can_carry_are_refused_before_they_leave(provider: Provider, sms: TwilioSms) -> None:
    with pytest.raises(Rejected):
        sms.send(outgoing(sms, "a\ud800b"))
    assert provider.calls == []


def test_a_message_whose_answer_was_lost_is_found(provider: Provider, sms: TwilioSms) -> None:
    provider.fail_next(ACCEPTED_THEN_DROPPED)
    with pytest.raises(ProviderUncertain):
        sms.send(outgoing(sms, "Thank you."))

    assert sms.find(outgoing(sms, "Thank you."), since=NOW) == Sent(provider.taken[0].sid, DeliveryStatus.QUEUED)


def test_a_message_that_never_arrived_is_not_found(provider: Provider, sms: TwilioSms) -> None:
    provider.fail_next(RESET)
    with pytest.raises(ProviderUncertain):
        sms.send(outgoing(sms))

    assert sms.find(outgoing(sms), since=NOW) is None


def test_other_words_another_person_and_an_earlier_day_are_not_it(provider: Provider, sms: TwilioSms) -> None:
    sms.send(outgoing(sms, "Thank you."))

    assert sms.find(outgoing(sms, "Thank you"), since=NOW) is None
    assert sms.find(outgoing(sms, "Thank you.", to="+447700900124"), since=NOW) is None
    assert sms.find(outgoing(sms, "Thank you."), since=NOW + timedelta(seconds=5)) is None


def test_the_fractions_of_a_second_twilio_does_not_show_do_not_hide_it(sms: TwilioSms) -> None:
    sms.send(outgoing(sms))

    assert sms.find(outgoing(sms), since=NOW + timedelta(milliseconds=900)) is not None


def test_a_whatsapp_message_is_found_too(whatsapp: TwilioWhatsApp) -> None:
    whatsapp.send(outgoing(whatsapp))

    assert whatsapp.find(outgoing(whatsapp), since=NOW) is not None


@pytest.mark.parametrize(
    "record",
    [
        {"direction": "inbound", "date_created": "Sat, 21 Nov 2026 10:00:00 +0000"},
        {"direction": "outbound-api", "date_created": None},
        {"direction": "outbound-api", "date_created": "yesterday"},
    ],
)
def test_the_persons_own_message_and_one_of_no_date_are_not_it(
    provider: Provider, sms: TwilioSms, record: dict[str, str | None]
) -> None:
    listed = {"messages": [{"sid": "SM1", "status": "sent", "body": "Thank you.", **record}], "next_page_uri": None}
    provider.fail_next(Trouble(status=200, body=json.dumps(listed)), method="GET")

    assert sms.find(outgoing(sms, "Thank you."), since=NOW) is None


def test_where_the_words_are_redacted_at_twilio_nothing_is_found() -> None:
    with provider_server(redacted=True, now=lambda: NOW) as provider:
        sms = TwilioSms(account(api_url=provider.url), number=SMS_NUMBER)
        sms.send(outgoing(sms))

        assert sms.find(outgoing(sms), since=NOW) is None


@pytest.mark.parametrize(
    "trouble", [RESET, SERVER_ERROR, throttled(3), Trouble(status=200, body="{}"), Trouble(status=200, body="<")]
)
def test_where_twilio_cannot_say_that_is_an_error_and_not_a_no(
    provider: Provider, sms: TwilioSms, trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.fail_next(trouble, method="GET")

    with pytest.raises(SendError) as raised:
        sms.find(outgoing(sms), since=NOW)
    assert "900123" not in f"{raised.value!r} {raised.value.__cause__!r} {caplog.text}"
