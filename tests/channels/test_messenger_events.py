"""Messenger's events, translated. F1 to F18 are rows of the table of known cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.events import Amended, Arrival, Handover, ReadUpTo, Withdrawn
from bot.model import Address, Location, Media
from bot.outgoing import DeliveryReceipt, DeliveryStatus
from channels.messenger_events import MESSENGER
from tests.channels.messenger_payloads import (
    APP_ID,
    OURS,
    PAGE_ID,
    PARENT,
    PERSON,
    entry,
    event,
    found,
    heard,
    payload,
    said,
)

HELD, GIVEN_BACK = (Handover(channel=MESSENGER, person=PERSON, held=held) for held in (True, False))
ANSWERED = replace(HELD, word=True)
"""Somebody has written from the page's own inbox."""


def test_f1_a_text_is_kept_as_it_was_written_with_its_time_to_the_millisecond() -> None:
    message = heard(payload("text"))

    assert (message.channel, message.account, message.external_id) == ("messenger", PAGE_ID, "m_text1")
    assert message.sender == Address("messenger", PARENT)
    assert message.text == "Zoë's taxi was late/again… nobody rang us back"
    assert message.sent_at == datetime(2026, 11, 21, 10, 0, 0, 123_000, UTC)
    assert message.details == {}


def test_words_are_not_touched_even_where_they_cannot_be_shown() -> None:
    assert heard(entry(said("a\ud800b\x00c"))).text == "a\ud800b\x00c"


def test_a_pressed_answer_is_known_by_its_payload() -> None:
    message = heard(payload("quick_reply"))

    assert (message.choice, message.text) == ("words_yes", "Yes")


def test_a_payload_that_is_not_ours_is_only_words() -> None:
    message = heard(payload("quick_reply_of_another_bot"))

    assert (message.choice, message.text) == (None, "Opening hours")


@pytest.mark.parametrize("of", [7, "choice:", "", None, {"x": 1}])
def test_an_odd_payload_costs_no_words(of: object) -> None:
    message = heard(entry(said("Yes", quick_reply={"payload": of})))

    assert (message.choice, message.text) == (None, "Yes")


def test_which_message_is_answered_is_kept() -> None:
    assert heard(payload("reply_to_a_message")).details == {"replied_to": "m_earlier"}


def test_f4_a_photo_is_listed_with_where_it_is() -> None:
    message = heard(payload("photo"))

    assert message.text == ""
    assert message.media == (
        Media(url="https://scontent.xx.fbcdn.net/v/t1.15752-9/letter.jpg?oh=1&oe=2", content_type="image/*", kind="image"),
    )


def test_f4_several_photos_stay_with_their_words_in_order() -> None:
    message = heard(payload("photo_with_words"))

    assert message.text == "their letter"
    assert [media.url.rpartition("/")[2] for media in message.media] == ["letter.jpg", "page2.jpg"]


@pytest.mark.parametrize(
    ("name", "kind", "content_type", "called"),
    [("voice", "audio", "audio/*", ""), ("video", "video", "video/*", ""), ("document", "file", "", "plan.pdf")],
)
def test_voice_video_and_papers_are_listed(name: str, kind: str, content_type: str, called: str) -> None:
    (media,) = heard(payload(name)).media

    assert (media.kind, media.content_type, media.name) == (kind, content_type, called)


def test_f5_a_pin_is_a_location() -> None:
    message = heard(payload("location"))

    assert message.location == Location(latitude=52.4068, longitude=-1.5197, label="Example's Location")
    assert message.media == ()


def test_a_pin_that_is_nowhere_is_left_out_and_the_words_kept() -> None:
    message = heard(payload("location_nowhere"))

    assert (message.location, message.text) == (None, "here")


@pytest.mark.parametrize("name", ["thumb_old_form", "thumb_new_form", "thumb_both_forms"])
def test_f6_the_thumb_is_a_thumb_in_its_old_and_its_new_form(name: str) -> None:
    message = heard(payload(name))

    assert (message.text, message.media, message.choice) == ("👍", (), None)


def test_f6_a_sticker_without_a_meaning_is_a_sign_of_none() -> None:
    message = heard(payload("sticker_of_another_kind"))

    assert (message.text, message.media) == ("🖼", ())


def test_f7_somebody_who_came_by_a_ticked_box_is_remembered() -> None:
    assert found(payload("opted_in_with_a_ref")) == (Arrival(channel=MESSENGER, sender=PERSON, ref="library-poster"),)


def test_f8_a_subscription_to_news_is_ignored() -> None:
    assert found(payload("opted_in_to_notifications")) == ()


def test_f9_the_first_button_begins_a_talk_in_whatever_language_it_is() -> None:
    message = heard(payload("get_started"))

    assert (message.text, message.external_id, message.choice) == ("Rozpocznij", "m_start", None)
    assert message.details == {"opt_out_type": "START"}


def test_f9_a_press_without_an_id_has_a_name_that_comes_again_and_holds_nobodys_number() -> None:
    first, second = (heard(payload("get_started_without_mid")) for _ in range(2))
    later = heard(entry({**event(postback={"title": "Get Started", "payload": "get_started"}), "timestamp": 1795255300123}))

    assert first.external_id == second.external_id
    assert first.external_id != later.external_id
    assert PARENT not in first.external_id


def test_a_press_of_our_own_button_is_a_choice() -> None:
    message = heard(entry(event(postback={"mid": "m_1", "title": "Yes", "payload": "choice:words_yes"})))

    assert (message.choice, message.text, message.details) == ("words_yes", "Yes", {})


def test_f10_a_first_press_that_came_by_a_link_says_by_which() -> None:
    message = heard(payload("get_started_by_a_link"))

    assert message.ref == "library-poster"
    assert message.details["referral_source"] == "SHORTLINK"
    assert message.details["referral_type"] == "OPEN_THREAD"


def test_f11_a_first_press_that_came_by_an_advert_says_by_which() -> None:
    message = heard(payload("get_started_by_an_advert"))

    assert (message.ref, message.details["referral_ad_id"]) == ("autumn", "6045246247433")


def test_f12_a_link_opened_in_a_talk_is_an_arrival_and_no_message() -> None:
    assert found(payload("link_opened_in_a_talk")) == (Arrival(channel=MESSENGER, sender=PERSON, ref="library-poster"),)


def test_a_link_that_names_nothing_is_ignored() -> None:
    assert found(entry(event(referral={"source": "ADS", "type": "OPEN_THREAD", "ad_id": "6045246247433"}))) == ()


def test_f13_a_time_in_seconds_is_the_right_date() -> None:
    message = heard(payload("link_opened_time_in_seconds"))

    assert message.sent_at == datetime(2026, 11, 21, 10, 0, 0, tzinfo=UTC)
    assert message.ref == "library-poster"


@pytest.mark.parametrize("when", [None, "soon", -1, 0, 10**30, 1e308, True, []])
def test_a_time_that_is_none_is_left_out_and_the_words_kept(when: object) -> None:
    message = heard(entry({**said("Hello"), "timestamp": when}))

    assert (message.sent_at, message.text) == (None, "Hello")


def test_f14_a_reel_is_named_so_that_the_person_can_be_told_and_staff_have_the_link() -> None:
    message = heard(payload("reel"))

    assert message.media == (Media(url="", kind="reel", name="A reel"),)
    assert message.details == {"shared_link": "https://www.facebook.com/reel/123"}


def test_f15_a_link_that_was_shared_is_in_the_words_already() -> None:
    message = heard(payload("link_shared"))

    assert (message.text, message.media) == ("https://example.org/send-news", ())


def test_f15_a_share_without_words_or_payload_is_named_too() -> None:
    message = heard(payload("share_without_payload"))

    assert (message.text, message.media) == ("", (Media(url="", kind="fallback"),))


def test_a_message_with_nothing_that_we_know_of_is_kept_all_the_same() -> None:
    message = heard(payload("nothing_readable"))

    assert (message.text, message.media) == ("", (Media(url="", kind="unsupported"),))


def test_f16_each_message_that_arrived_has_its_receipt() -> None:
    receipts = found(payload("delivered_two"))

    assert receipts == tuple(
        DeliveryReceipt(channel=MESSENGER, status=DeliveryStatus.DELIVERED, provider_id=mid) for mid in ("m_1", "m_2")
    )


def test_a_delivery_that_names_no_message_says_nothing() -> None:
    assert found(payload("delivered_without_mids")) == ()


def test_what_was_read_is_everything_up_to_a_time() -> None:
    assert found(payload("read")) == (
        ReadUpTo(channel=MESSENGER, reader=PERSON, at=datetime(2026, 11, 21, 9, 59, 59, tzinfo=UTC)),
    )


def test_f18_an_echo_of_our_own_words_is_no_message_and_proves_that_meta_has_them() -> None:
    assert found(payload("echo_of_ours")) == (
        DeliveryReceipt(
            channel=MESSENGER,
            status=DeliveryStatus.SENT,
            provider_id="m_ours",
            outbound=OURS,
        ),
    )


def test_f18_an_echo_of_our_app_without_our_mark_is_ignored() -> None:
    assert found(payload("echo_of_our_app_without_mark")) == ()


@pytest.mark.parametrize("name", ["echo_of_a_person_at_the_inbox", "echo_without_an_app"])
def test_f18_an_echo_of_somebody_else_means_that_a_person_has_taken_the_talk(name: str) -> None:
    assert found(payload(name)) == (ANSWERED,)


def test_without_our_apps_number_our_words_are_known_by_their_mark_alone() -> None:
    assert found(payload("echo_of_our_app_without_mark"), app_id="") == (ANSWERED,)
    assert isinstance(found(payload("echo_of_ours"), app_id="")[0], DeliveryReceipt)


def test_words_of_the_page_that_are_not_marked_as_an_echo_are_not_taken_for_a_parents() -> None:
    backwards = {"sender": {"id": PAGE_ID}, "recipient": {"id": PARENT}, "message": {"mid": "m_1", "text": "Hello"}}

    assert found(entry(backwards)) == ()


@pytest.mark.parametrize("name", ["standby", "standby_postback"])
def test_what_goes_to_another_app_means_that_somebody_else_has_the_talk(name: str) -> None:
    assert found(payload(name)) == (HELD,)


def test_our_own_words_told_in_standby_change_nothing() -> None:
    assert found(payload("standby_echo_of_ours")) == ()


def test_the_talk_is_ours_again_when_it_is_passed_to_us() -> None:
    assert found(payload("control_passed_to_us")) == (GIVEN_BACK,)
    assert found(payload("control_passed_to_us"), app_id="") == (GIVEN_BACK,)


def test_the_talk_is_held_when_it_is_taken_from_us() -> None:
    assert found(payload("control_taken_from_us")) == (HELD,)
    assert found(payload("control_taken_from_us"), app_id="") == (HELD,)


def test_whoever_the_talk_is_passed_to_if_it_is_not_us_has_it() -> None:
    passed = entry(event(pass_thread_control={"previous_owner_app_id": APP_ID, "new_owner_app_id": 263902037430900}))

    assert found(passed) == (HELD,)


def test_a_message_that_was_unsent_is_withdrawn() -> None:
    assert found(payload("unsent")) == (Withdrawn(channel=MESSENGER, account=PAGE_ID, external_id="m_text1"),)


def test_a_message_that_was_edited_has_new_words() -> None:
    assert found(payload("edited")) == (
        Amended(channel=MESSENGER, account=PAGE_ID, external_id="m_text1", text="The taxi was late on Monday"),
    )


def test_an_edit_without_words_changes_nothing() -> None:
    assert found(entry(event(message_edit={"mid": "m_1"}))) == ()
