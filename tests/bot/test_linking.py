"""The same person on two doors, on the real road: only by a code they send themselves, and then for everything."""

from __future__ import annotations

from typing import Any

import pytest

from bot.conversation import Say
from bot.inbox import InboxFilter
from bot.model import EASY_READ, Address
from storage.database import Database
from tests.bot.street import ANNA, BORIS, SMS, Street
from tests.bot.talking import PHOTO, SCRIPT, WORDING
from tests.bot.two_doors import BROWSER, CODE, DONE, STORY, contact_of, joins, links, references, says


@pytest.fixture
def street(database: Database) -> Street:
    """ANNA and BORIS are the two numbers of one person."""
    return Street(database, also=("webchat", "email"))


# --- what a code does --------------------------------------------------------------------------------------------------


def test_status_on_the_second_door_tells_of_what_was_said_on_the_first(street: Street) -> None:
    says(street, STORY)
    links(street)

    assert says(street, "status", BORIS) == ["Ref RIVER 482. Not read yet. The SEND team reads it by Mon 30 Nov."]


def test_before_the_code_the_second_door_knows_nothing(street: Street) -> None:
    says(street, STORY)

    assert "RIVER 482" not in " ".join(says(street, "status", BORIS))


def test_the_talk_goes_on_where_it_stood(street: Street) -> None:
    """“1” on the new phone answers the question that was put on the old one."""
    says(street, STORY)
    says(street, "Yeovil")
    links(street)
    says(street, "1", BORIS)

    (card,) = street.store.inbox(InboxFilter(open_only=False)).cards
    assert list(card.consents.values()) == [True]


@pytest.mark.parametrize("stops", [ANNA, BORIS])
def test_stop_on_one_door_silences_both(street: Street, stops: Address) -> None:
    says(street, STORY)
    links(street)
    says(street, "stop", stops)

    assert says(street, "The bus was late as well.", ANNA) == says(street, "And the driver was rude.", BORIS) == []


def test_a_stop_of_before_holds_on_both_doors_afterwards(street: Street) -> None:
    says(street, STORY)
    says(street, "link")
    says(street, "stop")

    assert says(street, CODE, BORIS) == []
    assert says(street, STORY, BORIS) == []
    assert contact_of(street, ANNA) == contact_of(street, BORIS)


def test_a_code_from_a_door_that_said_stop_is_not_used(street: Street) -> None:
    """Nothing could be said about it there, and it would silence the other."""
    says(street, "stop", BORIS)
    says(street, "link")

    assert says(street, CODE, BORIS) == []
    assert contact_of(street, ANNA) != contact_of(street, BORIS)


def test_delete_on_one_door_erases_what_came_by_both(street: Street) -> None:
    says(street, STORY)
    says(street, "The bus driver was rude to us in front of the other children.", BORIS)
    links(street)
    (asked,) = says(street, "delete")
    code = asked.partition("reply DELETE ")[2][:3]

    (receipt,) = says(street, f"DELETE {code}")
    assert receipt.startswith("Done on Mon 23 Nov, number ")
    assert references(street) == []
    assert {row.state for row in street.rows("inbound")} == {"erased"}


def test_words_on_both_doors_are_one_persons_in_the_record(street: Street) -> None:
    says(street, STORY)
    says(street, "The bus driver was rude to us in front of the other children.", BORIS)
    links(street)

    assert contact_of(street, ANNA) == contact_of(street, BORIS)
    assert references(street) == ["HEDGE 207", "RIVER 482"]
    assert joins(street) == ["join contacts"]


def test_an_answer_goes_to_the_door_that_asked(street: Street) -> None:
    says(street, STORY)
    links(street)

    assert says(street, "status", ANNA)
    assert says(street, "status", BORIS)


def test_a_code_from_the_web_chat_is_taken_by_text_and_the_other_way_round(street: Street) -> None:
    says(street, STORY, BROWSER, channel="webchat")
    says(street, "use another phone", BROWSER, channel="webchat")
    assert says(street, CODE) == [DONE]

    assert "RIVER 482" in says(street, "status")[0]


def test_a_code_of_a_page_on_which_nothing_was_written_yet_joins_it_all_the_same(street: Street) -> None:
    says(street, STORY)
    street.resuming.offer(BROWSER)

    assert says(street, CODE) == [DONE]
    assert "RIVER 482" in says(street, "status", BROWSER, channel="webchat")[0]
    assert joins(street) == ["link address"]


def test_what_was_promised_and_read_is_told_on_the_second_door_as_it_stands_now(street: Street) -> None:
    says(street, STORY, BROWSER, channel="webchat")
    says(street, "link", BROWSER, channel="webchat")
    says(street, CODE)
    says(street, "status")
    (card,) = street.store.inbox(InboxFilter(open_only=False)).cards
    with street.store.transaction() as tx:
        tx.mark_read(card.id, street.store.all_staff()[0].id, street.clock.at)

    assert says(street, "status") == ["Ref RIVER 482. A person in the SEND team read it on Mon 23 Nov."]


def test_a_talk_that_staff_hold_is_held_on_the_other_phone_too(street: Street) -> None:
    says(street, STORY)
    says(street, "The bus driver was rude to us in front of the other children.", BORIS)
    says(street, "link")
    anna = contact_of(street, ANNA)
    with street.store.transaction() as tx:
        tx.hold_talk(anna, street.channel.name, street.clock.at)
    says(street, CODE, BORIS)

    assert says(street, "Is somebody there to help us with that?", BORIS) == []


@pytest.mark.parametrize(("first", "door"), [(ANNA, {}), (BROWSER, {"channel": "webchat"})])
def test_who_reads_easy_read_on_one_door_reads_it_on_the_other(street: Street, first: Address, door: dict[str, Any]) -> None:
    says(street, STORY, first, **door)
    says(street, "easy read", first, **door)
    says(street, "link", first, **door)
    says(street, CODE, BORIS)

    assert says(street, "private", BORIS)[0].startswith(WORDING.tongues[EASY_READ].texts["private.done"]["text"])


def test_a_language_chosen_on_the_second_door_stays(street: Street) -> None:
    says(street, STORY)
    says(street, "link")
    with street.store.transaction() as tx:  # on a web page, before a word was said
        tx.hold_contact(BORIS, (), locale=EASY_READ, now=street.clock.at)
    says(street, CODE, BORIS)

    assert says(street, "help", BORIS) == [WORDING.speak(Say("help", SCRIPT.signposts), EASY_READ, SMS).text]


# --- neither code nor wish is a story -----------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["link", CODE, CODE.lower(), "Link OTTER-214-TULIP-915 please", "read"])
def test_no_experience_opens_with_words_about_another_phone(street: Street, words: str) -> None:
    says(street, STORY)
    says(street, words, BORIS if words != "read" else ANNA)

    assert references(street) == ["RIVER 482"]
    (card,) = street.store.inbox(InboxFilter(open_only=False)).cards
    assert [passage.text for passage in card.passages] == [STORY]


def test_staff_see_what_was_sent_and_not_the_code(street: Street) -> None:
    says(street, STORY)
    says(street, "link")
    says(street, CODE)

    view = street.store.experience("RIVER 482")
    assert view is not None
    said = [line.text for line in view.talk]
    assert "link" in said
    assert "[code removed]" in said
    assert not any("TULIP" in text for text in said)


def test_a_code_after_the_quiet_days_does_not_end_the_experience(street: Street) -> None:
    says(street, STORY)
    street.later(days=30)
    says(street, "link")
    says(street, "private")

    (card,) = street.store.inbox(InboxFilter(open_only=False)).cards
    assert list(card.consents.values()) == [False]


def test_a_photo_with_a_code_for_its_words_is_kept_as_what_it_is(street: Street) -> None:
    says(street, CODE, media=(PHOTO,))

    assert references(street) == ["RIVER 482"]


# --- READ ---------------------------------------------------------------------------------------------------------------


def test_read_lets_go_what_waited_and_adds_nothing_to_it(database: Database) -> None:
    street = Street(database, channel="whatsapp")
    dee = Address("whatsapp", "447700900123")
    street.text(STORY, sender=dee)
    street.later(hours=25)
    street.all_turns()
    street.deliver()
    assert street.heard_at(dee) == []

    answers = says(street, "READ", dee)
    assert [words.partition(".")[0] for words in answers] == [
        "Thank you, we have kept that",
        "Which school or service is this about, and where? Or send SKIP",
    ]
    assert references(street) == ["RIVER 482"]


def test_a_death_told_on_one_door_is_left_to_a_person_on_both(street: Street) -> None:
    says(street, STORY)
    says(street, STORY.replace("Monday", "Friday"), BORIS)
    links(street)
    says(street, "My son died in August")

    assert says(street, "They sent us another letter about the taxi", BORIS) == []
