"""Telegram's updates into events. G1 to G14 are rows of the table of known cases.

G13 and G14 (data of a web app) are not used: the bot offers none, and such a message is one of no words.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands import Commands
from bot.conversation import Command
from bot.errors import BadWebhook
from bot.events import Amended, Blocked
from bot.model import ENGLISH, Address, InboundMessage, Location, Media
from channels.fetching import MAX_MEDIA
from channels.telegram_events import TELEGRAM, WORDS, events, name_of
from tests.channels.telegram_host import PARENT, update
from tests.channels.telegram_payloads import ADDRESS, heard, told


def read(content: Mapping[str, Any]) -> tuple[object, ...]:
    return events(content, account="1")


def message(content: Mapping[str, Any]) -> InboundMessage:
    (event,) = read(content)
    assert isinstance(event, InboundMessage)
    return event


def with_message(name: str = "text", **fields: object) -> dict[str, Any]:
    """A payload file with some fields of its message replaced; None takes one away."""
    content = copy.deepcopy(update(name))
    content["message"] |= fields
    content["message"] = {name: value for name, value in content["message"].items() if value is not None}
    return content


def test_g1_a_text_is_kept_as_it_was_written() -> None:
    text = heard("text")

    assert text.text == "The taxi was late again \u2013 nobody rang us back \U0001f697"
    assert (text.channel, text.account, text.external_id) == (TELEGRAM, "1234567890", name_of(ADDRESS, "41"))
    assert text.sender == Address("telegram", "5000111222")
    assert "5000111222" not in text.external_id
    assert text.sent_at == datetime.fromtimestamp(1795255241, UTC)
    assert (text.media, text.location, text.choice, text.ref) == ((), None, None, "")
    assert dict(text.details) == {}


def test_g1_no_name_of_the_person_is_kept() -> None:
    """The name and the user name are not needed."""
    shown = repr(heard("text")) + str(heard("text").details)

    assert not any(word in shown for word in ("Marta", "Lisowska", "marta_example"))


def test_g1_halves_of_pairs_and_nul_stay_in_the_words() -> None:
    assert message(with_message(text="a\ud800b\x00c")).text == "a\ud800b\x00c"


def test_g2_start_is_the_word_start() -> None:
    started = heard("start")

    assert (started.text, started.ref) == ("start", "")
    assert Commands.load().recognise(started.text, ENGLISH) is Command.START
    assert started.details["command"] == "/start"


def test_g2_the_link_somebody_came_by_is_remembered() -> None:
    started = heard("start_with_payload")

    assert (started.text, started.ref) == ("start", "RIVER-library_7")
    assert started.details["command"] == "/start RIVER-library_7"


def test_words_after_start_that_are_no_link_are_a_story() -> None:
    said = message(with_message("start", text="/start he was left at the gate again"))

    assert (said.text, said.ref) == ("/start he was left at the gate again", "")


@pytest.mark.parametrize(("name", "words"), [("stop", "stop"), ("stop_to_our_name", "stop"), ("delete_with_code", "delete 482")])
def test_a_command_of_ours_is_its_word(name: str, words: str) -> None:
    assert heard(name).text == words


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_command_can_be_said_with_a_slash(word: str) -> None:
    said = message(with_message(text=f"/{word}")).text

    assert Commands.load().recognise(said, ENGLISH) == (Command.LANGUAGE if word == "language" else Command(word))


def test_another_command_is_words_like_any_others() -> None:
    assert heard("unknown_command").text == "/feedback the bus never came"


def test_g5_a_sticker_is_its_emoji() -> None:
    sticker = heard("sticker")

    assert (sticker.text, sticker.media) == ("\U0001f62d", ())


def test_a_sticker_without_an_emoji_is_noted() -> None:
    assert message(with_message("sticker", sticker={"file_id": "x"})).details["kind"] == "sticker"


def test_a_throw_of_a_die_is_its_emoji() -> None:
    assert message(with_message(text=None, dice={"emoji": "\U0001f3b2", "value": 3})).text == "\U0001f3b2"


def test_g6_the_largest_photo_is_listed_and_the_caption_is_the_words() -> None:
    photo = heard("photo_with_caption")

    assert photo.text == "The letter they sent"
    assert photo.media == (Media(url="AgAClarge", content_type="image/jpeg", provider_id="AQADl", kind="photo"),)


def test_g6_a_photo_too_large_to_be_kept_gives_way_to_the_next() -> None:
    sizes = update("photo_with_caption")["message"]["photo"]
    sizes[-1]["file_size"] = MAX_MEDIA + 1

    assert message(with_message("photo_with_caption", photo=sizes)).media[0].url == "AgACmiddle"


def test_g6_a_photo_of_which_every_size_is_too_large_is_listed_all_the_same() -> None:
    sizes = [size | {"file_size": MAX_MEDIA + 1} for size in update("photo_with_caption")["message"]["photo"]]

    assert len(message(with_message("photo_with_caption", photo=sizes)).media) == 1


def test_a_photo_of_an_album_says_which_album() -> None:
    assert heard("photo_of_an_album").details["album"] == "13800"


@pytest.mark.parametrize(
    ("name", "media"),
    [
        ("video", Media(url="BAACvideo", content_type="video/mp4", provider_id="AgADvideo", kind="video", name="gate.mp4")),
        ("video_note", Media(url="DQACround", content_type="video/mp4", provider_id="AgADround", kind="video_note")),
        ("voice", Media(url="AwACvoice", content_type="audio/ogg", provider_id="AgADvoice", kind="voice")),
        ("audio", Media(url="CQACaudio", content_type="audio/mp4", provider_id="AgADaudio", kind="audio", name="meeting.m4a")),
        (
            "document",
            Media(
                url="BQACdocument",
                content_type="application/pdf",
                provider_id="AgADdocument",
                kind="document",
                name="EHCP draft.pdf",
            ),
        ),
        ("animation", Media(url="CgACgif", content_type="video/mp4", provider_id="AgADgif", kind="animation", name="wave.mp4")),
    ],
)
def test_g7_to_g9_a_file_is_listed_once_by_its_id(name: str, media: Media) -> None:
    found = heard(name)

    assert (found.media, found.text) == ((media,), "")


def test_g8_a_voice_note_of_no_stated_type_is_ogg() -> None:
    assert message(with_message("voice", voice={"file_id": "v"})).media[0].content_type == "audio/ogg"


def test_no_words_of_a_person_show_when_a_message_is_printed() -> None:
    shown = repr(heard("document")) + repr(heard("photo_with_caption"))

    assert not any(private in shown for private in ("EHCP", "letter", "5000111222'", "BQACdocument"))


def test_g10_a_location_is_a_point() -> None:
    assert heard("location").location == Location(latitude=51.015344, longitude=-3.106849)


def test_g11_a_venue_is_its_title_and_address_and_a_point() -> None:
    venue = heard("venue")

    assert venue.text == "Castle Green, North Street, Taunton"
    assert venue.location == Location(latitude=51.0147, longitude=-3.1029, label="Castle Green, North Street, Taunton")


@pytest.mark.parametrize(
    "pin", [{"latitude": 91, "longitude": 0}, {"latitude": "x"}, {"latitude": 1e400, "longitude": 0}, {"latitude": True}]
)
def test_g10_a_point_that_is_none_does_not_lose_the_message(pin: dict[str, object]) -> None:
    found = message(with_message("location", location=pin))

    assert found.location is None
    assert found.details["kind"] == "location"


def test_g12_of_a_contact_card_only_that_it_came_is_kept() -> None:
    """It holds somebody else's name and number."""
    card = heard("contact")

    assert (card.text, card.media, dict(card.details)) == ("", (), {"kind": "contact"})


def test_a_poll_is_noted() -> None:
    assert heard("poll").details["kind"] == "poll"


def test_a_pressed_button_is_a_choice_under_a_name_of_its_own() -> None:
    """The number of the message it hangs on is one of ours, not the press's."""
    press = heard("button_pressed")

    assert (press.choice, press.text) == ("words_no", "No, team only")
    assert press.external_id == name_of(Address("telegram", "5000111222"), "press:4382bfdwdsb323b2d9")
    assert press.sender == ADDRESS


def test_a_button_of_a_message_too_old_to_be_shown_is_a_choice_too() -> None:
    content = update("button_pressed")
    del content["callback_query"]["message"]

    press = message(content)

    assert (press.choice, press.text, press.sender) == ("words_no", "", ADDRESS)


def test_an_edit_amends_the_message() -> None:
    name = name_of(ADDRESS, "63")
    assert told("edited") == (
        Amended(channel=TELEGRAM, account="1234567890", external_id=name, text="The taxi was late again, twice"),
    )


def test_an_edited_caption_amends_the_message() -> None:
    (event,) = told("edited_caption")

    assert isinstance(event, Amended)
    assert event.text == "The letter they sent in May"


def test_a_live_location_that_moves_says_nothing() -> None:
    assert told("edited_live_location") == ()


def test_somebody_who_blocks_the_bot_has_said_stop() -> None:
    assert told("blocked") == (Blocked(channel=TELEGRAM, sender=ADDRESS),)


@pytest.mark.parametrize(
    "name",
    [
        "unblocked",
        "removed_from_a_group",
        "in_a_group",
        "joined_a_group",
        "in_a_channel",
        "from_a_bot",
        "pinned",
        "without_message",
    ],
)
def test_what_nobody_said_to_us_alone_is_ignored(name: str) -> None:
    assert told(name) == ()


def test_an_answer_to_one_of_ours_says_to_which() -> None:
    reply = heard("reply_to_ours")

    assert (reply.text, dict(reply.details)) == ("Yes", {"replied_to": "39"})


def test_what_was_forwarded_says_so_and_not_by_whom() -> None:
    forwarded = heard("forwarded")

    assert dict(forwarded.details) == {"forwarded": "true"}


@pytest.mark.parametrize(
    "odd",
    [
        {"date": "yesterday"},
        {"date": 10**30},
        {"date": -1},
        {"from": "somebody"},
        {"from": None},
        {"entities": "x"},
        {"photo": [1, None, {"file_id": 5.5}]},
        {"voice": {"file_id": None}},
        {"location": "here"},
        {"reply_to_message": [1]},
        {"forward_origin": 7},
        {"chat": {"id": PARENT}},
        {"chat": {"id": str(PARENT), "type": "private"}},
        {"venue": {"title": 5}},
    ],
    ids=str,
)
def test_an_odd_side_field_loses_no_message(odd: dict[str, object]) -> None:
    content = with_message()
    content["message"] |= odd

    found = message(content)

    assert "nobody rang us back" in found.text
    assert found.sender == ADDRESS


def test_a_message_without_a_number_goes_by_the_updates() -> None:
    assert message(with_message(message_id=None)).external_id == name_of(ADDRESS, "update:900000101")


def test_a_file_without_an_id_is_noted() -> None:
    assert message(with_message("voice", voice={"duration": 3})).details["kind"] == "voice"


def test_a_message_that_could_not_be_told_apart_or_answered_is_refused() -> None:
    content = with_message(message_id=None)
    del content["update_id"]

    for unreadable in (content, with_message(chat={"type": "private"}), with_message(chat={"id": 10**30, "type": "private"})):
        with pytest.raises(BadWebhook):
            read(unreadable)


@pytest.mark.parametrize(
    "content", [{}, {"message": None}, {"message": 5}, {"message": {}}, {"callback_query": {"id": "1"}}, {"poll": {}}]
)
def test_an_update_of_nothing_we_serve_is_ignored(content: dict[str, Any]) -> None:
    """G3."""
    assert read(content) == ()


_ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["private", "kicked", PARENT]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
_PLACES = [
    (kind, name)
    for kind, fields in {
        "message": "chat from message_id text caption photo voice location venue sticker dice contact",
        "callback_query": "id from data message",
        "my_chat_member": "chat from new_chat_member",
    }.items()
    for name in fields.split()
]


@given(st.sampled_from(_PLACES), _ODD, st.sampled_from(["text", "venue", "photo_with_caption", "button_pressed", "blocked"]))
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_a_field_it_is_read_or_refused(place: tuple[str, str], odd: object, name: str) -> None:
    content = copy.deepcopy(update(name))
    content.setdefault(place[0], {"chat": {"id": PARENT, "type": "private"}})[place[1]] = odd

    try:
        found = read(content)
    except BadWebhook:
        return
    assert all(isinstance(event, InboundMessage | Blocked) for event in found)
