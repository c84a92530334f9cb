"""Texts from Twilio, translated. T1 to T10 and X1 are the rows of the table of known cases."""

from __future__ import annotations

import pytest

from bot.errors import BadWebhook
from bot.model import Address, NetworkKeyword
from channels.twilio import TwilioGate
from demo.provider import sms_form, whatsapp_form
from tests.channels.twilio_payloads import account, form, heard, payload

PARENT = Address("tel", "+447700900123")
MEDIA = "https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000d0e/Messages"


def test_t1_a_text_is_a_message_from_a_telephone_number() -> None:
    message = heard(payload("sms_text"))

    assert message.channel == "sms"
    assert message.external_id == "SM00000000000000000000000000000001"
    assert message.account == "AC00000000000000000000000000000d0e"
    assert message.sender == PARENT
    assert message.text == "The taxi did not come again. He cried, I missed work & nobody rang."
    assert (message.also, message.choice, message.media, message.location, message.network_keyword) == ((), None, (), None, None)


def test_t2_a_button_on_a_text_is_ignored_and_its_words_are_used() -> None:
    message = heard(payload("sms_with_button_text"))

    assert message.text == "Yes please"
    assert message.choice is None


def test_t5_an_empty_form_cannot_be_read_and_the_error_says_what_is_missing() -> None:
    webhook = form({})
    gate = TwilioGate(account())
    gate.verify(webhook)

    with pytest.raises(BadWebhook, match="MessageSid"):
        gate.parse(webhook)


def test_t6_two_photos_without_words_are_listed_in_order() -> None:
    message = heard(payload("sms_two_photos_no_words"))

    assert message.text == ""
    assert [(media.provider_id, media.content_type) for media in message.media] == [
        ("ME00000000000000000000000000000001", "image/jpeg"),
        ("ME00000000000000000000000000000002", "image/png"),
    ]
    assert message.media[0].url == f"{MEDIA}/MM00000000000000000000000000000003/Media/ME00000000000000000000000000000001"


def test_t7_words_and_both_photos_are_kept() -> None:
    message = heard(payload("sms_two_photos_with_words"))

    assert message.text == "This is the letter"
    assert len(message.media) == 2


def test_t8_a_long_text_in_base64_is_decoded() -> None:
    message = heard(payload("sms_long_in_base64"))

    assert message.text == "School said they would ring.\nThey did not \N{EN DASH} “next week” again. He is eight."
    assert message.details["body_encoding"] == "base64"


@pytest.mark.parametrize(
    "words",
    [
        "aGVsbG8=",
        "Good",
        "dGVzdCBtZXNzYWdl",
        "V" * 40,
        "haha" * 12,
        "AAAA" * 12,
        "VGhpcyBpcyBhIHNlbnRlbmNlIHRoYXQgaXMgbG9uZyBlbm91Z2gu extra",
        "VGhpcyBpcyBhIHNlbnRlbmNlIHRoYXQgaXMgbG9uZyBlbm91Z2",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "https://example.org/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ],
)
def test_t8_words_that_only_look_like_base64_stay_as_they_are(words: str) -> None:
    assert heard(form(sms_form(words))).text == words


def test_t8_base64_wrapped_into_lines_is_decoded_too() -> None:
    wrapped = "VGhpcyBpcyBhIHNlbnRlbmNlIHRoYXQg\r\naXMgbG9uZyBlbm91Z2guIFllcywgaXQgaXMu\r\n"

    assert heard(form(sms_form(wrapped))).text == "This is a sentence that is long enough. Yes, it is."


def test_t9_a_text_to_a_short_code_with_blank_fields_is_accepted() -> None:
    assert heard(payload("sms_to_short_code")).text == "Thank you"


def test_a_sender_on_rcs_is_reached_by_text() -> None:
    assert heard(form(sms_form("Hello", sender="rcs:+447700900123"))).sender == PARENT


@pytest.mark.parametrize("sender", ["messenger:1234", "", "   ", "whatsapp:", "whatsapp:+", "rcs:", "+" + "4" * 300])
def test_a_sender_we_could_not_answer_is_refused_so_that_it_shows_in_twilios_log(sender: str) -> None:
    with pytest.raises(BadWebhook):
        heard(form(sms_form("Hello", sender=sender)))


def test_personal_fields_that_nobody_needs_are_dropped() -> None:
    kept = repr(heard(payload("sms_text"))) + repr(heard(payload("whatsapp_text")))

    assert "COVENTRY" not in kept
    assert "CV1" not in kept
    assert "Sam" not in kept


def test_fields_twilio_has_yet_to_invent_change_nothing() -> None:
    assert heard(form(sms_form("Hello", sid="SM1", NewField="x"))) == heard(form(sms_form("Hello", sid="SM1")))


def test_x1_nul_stays_in_the_words_for_they_are_sealed_as_they_came() -> None:
    assert heard(payload("sms_nul_in_words")).text == "No\x00 answer"


def test_half_of_a_surrogate_pair_stays_in_the_words() -> None:
    assert heard(form(sms_form("a\ud800b"))).text == "a\ud800b"


def test_ids_and_addresses_hold_nothing_an_index_could_not() -> None:
    message = heard(form(sms_form("Hello", sender="+447700900123\x00", sid="SM1\ud800\x00\n")))

    assert message.external_id == "SM1"
    assert message.sender == PARENT


def test_a_message_sent_to_the_fallback_address_is_the_same_message() -> None:
    failed_first = sms_form("Hello", sid="SM1", ErrorCode="11200", ErrorUrl="https://earshot.example/webhooks/twilio")

    assert heard(form(failed_first)) == heard(form(sms_form("Hello", sid="SM1")))


@pytest.mark.parametrize("name", ["SmsMessageSid", "SmsSid"])
def test_an_older_name_of_the_id_will_do(name: str) -> None:
    fields = sms_form("Hello", sid="SM9")
    others = {"MessageSid", "SmsMessageSid", "SmsSid"} - {name}

    assert heard(form({key: value for key, value in fields.items() if key not in others})).external_id == "SM9"


def test_media_beyond_ten_are_not_counted_whatever_the_number_says() -> None:
    fields = {f"MediaUrl{number}": f"{MEDIA}/{number}" for number in range(40)}

    assert len(heard(form(sms_form("", NumMedia="9" * 5000, **fields))).media) == 10


def test_stop_as_the_whole_message_is_known_to_have_been_answered() -> None:
    assert heard(payload("sms_stop")).network_keyword is NetworkKeyword.STOP


@pytest.mark.parametrize(
    ("words", "keyword"),
    [
        *[
            (word, NetworkKeyword.STOP)
            for word in ("STOP", "stopall", "Unsubscribe", "CANCEL", "end", "quit", "Revoke", "OPTOUT")
        ],
        *[(word, NetworkKeyword.START) for word in ("START", "yes", "Unstop")],
        *[(word, NetworkKeyword.HELP) for word in ("help", "INFO")],
        (" stop\n", NetworkKeyword.STOP),
    ],
)
def test_the_default_words_count_in_any_case(words: str, keyword: NetworkKeyword) -> None:
    assert heard(form(sms_form(words))).network_keyword is keyword


@pytest.mark.parametrize("words", ["stop please", "please stop him hurting me", "Yes it did", "help!", "stop."])
def test_a_word_among_others_does_nothing_at_twilio(words: str) -> None:
    assert heard(form(sms_form(words))).network_keyword is None


def test_the_default_words_mean_nothing_to_twilio_on_whatsapp() -> None:
    assert heard(form(whatsapp_form("STOP"))).network_keyword is None


def test_advanced_opt_out_says_itself_what_it_did() -> None:
    message = heard(payload("sms_stop_with_advanced_opt_out"))

    assert message.network_keyword is NetworkKeyword.STOP
    assert message.text == "LEAVE ME ALONE"
    assert message.details == {"messaging_service": "MG00000000000000000000000000000001", "opt_out_type": "STOP"}


def test_an_opt_out_word_twilio_has_yet_to_invent_is_passed_over() -> None:
    assert heard(form(sms_form("Hello", OptOutType="PAUSE"))).network_keyword is None
