"""WhatsApp messages from Twilio, translated. W1 to W6 and X1 to X7 are the rows of the table of known cases."""

from __future__ import annotations

import pytest

from bot.model import Address, Location
from demo.provider import sms_form
from tests.channels.twilio_payloads import form, heard, payload, with_field

ON_WHATSAPP = Address("whatsapp", "447700900123")
HIDDEN = Address("whatsapp", "GB.1a2B3c")


def test_w1_a_whatsapp_number_is_kept_without_its_plus() -> None:
    message = heard(payload("whatsapp_text"))

    assert message.channel == "whatsapp"
    assert message.sender == ON_WHATSAPP
    assert message.also == ()
    assert message.text == "Nobody reads the plan \N{EN DASH} not once"


def test_w2_a_user_id_beside_the_number_is_linked_to_it() -> None:
    message = heard(payload("whatsapp_with_user_id"))

    assert message.sender == ON_WHATSAPP
    assert message.also == (HIDDEN, Address("whatsapp", "GB.ENT.9z8Y"))


def test_w3_a_person_without_a_visible_number_is_their_id() -> None:
    message = heard(payload("whatsapp_hidden_number"))

    assert message.sender == HIDDEN
    assert message.also == ()


def test_w4_a_malformed_user_id_is_ignored_and_the_message_kept() -> None:
    message = heard(payload("whatsapp_malformed_user_id"))

    assert message.also == ()
    assert message.text == "Hello"


def test_a_whatsapp_id_that_differs_from_the_number_is_the_same_person() -> None:
    message = heard(with_field("whatsapp_text", From="whatsapp:GB.1a2B3c"))

    assert message.sender == HIDDEN
    assert message.also == (ON_WHATSAPP,)


def test_w5_a_pressed_button_is_known_by_its_payload() -> None:
    message = heard(payload("whatsapp_button_pressed"))

    assert message.choice == "no"
    assert message.text == "No, team only"
    assert message.details["replied_to"] == "SM000000000000000000000000000000a1"


def test_a_choice_from_a_list_is_known_by_its_id_and_read_by_its_title() -> None:
    message = heard(payload("whatsapp_list_chosen"))

    assert message.choice == "transport"
    assert message.text == "School transport"
    assert message.details == {
        "message_type": "interactive",
        "list_title": "School transport",
        "list_description": "Taxi or bus",
    }


@pytest.mark.parametrize("name", ["whatsapp_prefixless_sender", "whatsapp_prefixless_by_metadata_only"])
def test_w6_a_number_without_its_prefix_is_still_whatsapp(name: str) -> None:
    message = heard(payload(name))

    assert message.channel == "whatsapp"
    assert message.sender == ON_WHATSAPP


@pytest.mark.parametrize("metadata", ["", "null", "[]", "not json", "[" * 20_000, '{"type": 7}'])
def test_metadata_that_says_nothing_leaves_a_text_a_text(metadata: str) -> None:
    assert heard(form(sms_form("Hello", ChannelMetadata=metadata))).channel == "sms"


def test_x6_a_pin_is_a_location_with_its_label() -> None:
    message = heard(payload("whatsapp_location"))

    assert message.location == Location(latitude=52.4068, longitude=-1.5197, label="Example School, 1 Example Road")
    assert message.text == ""


@pytest.mark.parametrize(
    ("latitude", "longitude"), [("", ""), ("x", "1"), ("91", "0"), ("0", "-181"), ("nan", "0"), ("inf", "0")]
)
def test_a_pin_that_is_nowhere_is_left_out_and_the_message_kept(latitude: str, longitude: str) -> None:
    message = heard(with_field("whatsapp_text", Latitude=latitude, Longitude=longitude))

    assert message.location is None
    assert message.text


def test_a_voice_note_is_listed() -> None:
    (media,) = heard(payload("whatsapp_voice_note")).media

    assert media.content_type == "audio/ogg"


def test_a_forwarded_message_is_marked_as_one() -> None:
    details = heard(payload("whatsapp_forwarded")).details

    assert details["forwarded"] == "true"
    assert "frequently_forwarded" not in details


def test_an_advert_is_remembered_and_a_zero_is_no_advert() -> None:
    assert heard(payload("whatsapp_from_advert")).details == {
        "message_type": "text",
        "referral_headline": "Tell us",
        "referral_body": "What happened?",
        "referral_source_type": "post",
        "referral_source_id": "123",
        "referral_source_url": "https://example.org/p",
    }
    assert not [name for name in heard(payload("whatsapp_text")).details if name.startswith("referral")]


@pytest.mark.parametrize("url", ["https://api.twilio.com/m/1", "https://elsewhere.example/m/1", "http://169.254.169.254/latest"])
def test_x2_x3_x4_media_are_listed_wherever_they_are_said_to_be_and_nothing_is_fetched(url: str) -> None:
    message = heard(with_field("whatsapp_text", NumMedia="1", MediaUrl0=url))

    assert [media.url for media in message.media] == [url]
    assert message.text


def test_x7_a_missing_profile_name_changes_nothing() -> None:
    assert heard(payload("whatsapp_profile_name_missing")).sender == ON_WHATSAPP
