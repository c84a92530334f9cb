"""What Twilio says became of a message. S1 to S10 are the rows of the table of known cases."""

from __future__ import annotations

from uuid import UUID

import pytest

from bot.errors import BadSignature
from bot.outgoing import DeliveryStatus, Failure
from channels.base import Webhook
from channels.twilio import TwilioGate
from demo.provider import sms_form, status_form
from tests.channels.twilio_payloads import STATUS, account, form, heard, payload, reported

OURS = UUID("0e9f8a7c-0000-4000-8000-000000000001")


def test_s1_a_person_who_has_opted_out_is_a_failure_of_that_kind() -> None:
    receipt = reported(payload("status_failed_opted_out", url=STATUS))

    assert receipt.status is DeliveryStatus.FAILED
    assert receipt.failure is Failure.OPTED_OUT
    assert receipt.code == "21610"


def test_s2_a_status_callback_with_nothing_in_it_is_passed_over() -> None:
    webhook = form({}, url=STATUS)
    gate = TwilioGate(account())
    gate.verify(webhook)

    assert gate.parse(webhook) == ()


def test_s3_a_status_that_is_not_known_is_unknown_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    receipt = reported(payload("status_unknown_word", url=STATUS))

    assert receipt.status is DeliveryStatus.UNKNOWN
    assert receipt.failure is None
    assert "huh" in caplog.text


def test_s4_delivered() -> None:
    receipt = reported(payload("status_delivered", url=STATUS))

    assert receipt.channel == "sms"
    assert receipt.status is DeliveryStatus.DELIVERED
    assert (receipt.code, receipt.failure) == (None, None)


def test_s5_read_on_whatsapp() -> None:
    receipt = reported(payload("status_read", url=STATUS))

    assert receipt.channel == "whatsapp"
    assert receipt.status is DeliveryStatus.READ


def test_s6_our_own_id_in_the_query_names_the_message() -> None:
    receipt = reported(payload("status_delivered", url=f"{STATUS}?m={OURS}"))

    assert receipt.outbound == OURS
    assert receipt.provider_id == "SM000000000000000000000000000000b1"


@pytest.mark.parametrize("query", ["", "?m=", "?m=not-an-id", "?m=%FF", "?n=1"])
def test_s7_without_a_legible_id_of_ours_twilios_has_to_do(query: str) -> None:
    receipt = reported(payload("status_delivered", url=f"{STATUS}{query}"))

    assert receipt.outbound is None
    assert receipt.provider_id == "SM000000000000000000000000000000b1"


def test_s8_the_rate_of_whatsapp_is_a_reason_to_try_later() -> None:
    assert reported(payload("status_failed_rate_limit", url=STATUS)).failure is Failure.TRY_LATER


def test_s9_sent_through_a_messaging_service() -> None:
    assert reported(payload("status_sent_through_messaging_service", url=STATUS)).status is DeliveryStatus.SENT


def test_s10_a_status_callback_nobody_signed_is_refused() -> None:
    signed = payload("status_delivered", url=STATUS)

    with pytest.raises(BadSignature):
        TwilioGate(account()).verify(Webhook("POST", signed.url, signed.body, {}))


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (14107, Failure.TRY_LATER),
        (20429, Failure.TRY_LATER),
        (21211, Failure.UNREACHABLE),
        (21610, Failure.OPTED_OUT),
        (21614, Failure.UNREACHABLE),
        (30002, Failure.MISCONFIGURED),
        (63003, Failure.UNREACHABLE),
        (63007, Failure.MISCONFIGURED),
        (30001, Failure.TRY_LATER),
        (30003, Failure.TRY_ONCE),
        (30004, Failure.BLOCKED),
        (30005, Failure.UNREACHABLE),
        (30006, Failure.UNREACHABLE),
        (30007, Failure.BLOCKED),
        (30008, Failure.TRY_ONCE),
        (30022, Failure.TRY_LATER),
        (63016, Failure.WINDOW_SHUT),
        (63018, Failure.TRY_LATER),
        (63021, Failure.REJECTED),
        (63024, Failure.UNREACHABLE),
        (63033, Failure.BLOCKED),
        (63038, Failure.TRY_LATER),
        (99999, Failure.REJECTED),
        (None, Failure.REJECTED),
    ],
)
def test_each_reason_for_a_failure_has_its_consequence(code: int | None, failure: Failure) -> None:
    for word in ("failed", "undelivered"):
        assert reported(form(status_form(word, sid="SM1", error_code=code), url=STATUS)).failure is failure


def test_an_error_code_on_the_way_is_not_yet_a_failure() -> None:
    assert reported(form(status_form("sent", sid="SM1", error_code=30008), url=STATUS)).failure is None


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("accepted", DeliveryStatus.ACCEPTED),
        ("scheduled", DeliveryStatus.ACCEPTED),
        ("queued", DeliveryStatus.QUEUED),
        ("sending", DeliveryStatus.SENDING),
        ("sent", DeliveryStatus.SENT),
        ("partially_delivered", DeliveryStatus.SENT),
        ("delivered", DeliveryStatus.DELIVERED),
        ("Delivered", DeliveryStatus.DELIVERED),
        ("read", DeliveryStatus.READ),
        ("undelivered", DeliveryStatus.UNDELIVERED),
        ("failed", DeliveryStatus.FAILED),
        ("canceled", DeliveryStatus.CANCELLED),
    ],
)
def test_every_status_word_of_twilio_has_its_rung(word: str, status: DeliveryStatus) -> None:
    assert reported(form(status_form(word, sid="SM1"), url=STATUS)).status is status


def test_the_older_name_of_the_status_will_do() -> None:
    fields = {name: value for name, value in status_form("sent", sid="SM1").items() if name != "MessageStatus"}

    assert reported(form(fields, url=STATUS)).status is DeliveryStatus.SENT


@pytest.mark.parametrize("word", ["received", "receiving"])
def test_a_status_that_says_a_message_came_in_is_a_message(word: str) -> None:
    assert heard(form({**sms_form("Hello"), "MessageStatus": word})).text == "Hello"


def test_an_error_code_of_nought_is_none() -> None:
    assert reported(form(status_form("delivered", sid="SM1", error_code=0), url=STATUS)).code is None


def test_either_kind_is_understood_at_either_address() -> None:
    assert reported(payload("status_delivered")).status is DeliveryStatus.DELIVERED
    assert heard(payload("sms_text", url=STATUS)).external_id == "SM00000000000000000000000000000001"
