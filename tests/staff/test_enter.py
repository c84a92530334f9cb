"""What was said out loud is typed in: kept once, with what they agreed to, and its reference is there to be said."""

from __future__ import annotations

import pytest

from bot.filing import CONSENTS, PLACE, REFUSALS
from bot.model import ENGLISH, InboundMessage, Manner, Speaker
from staff.views import enter
from tests.staff.fakes import FakeStore
from tests.staff.page import Browser, Page

WORDS = "She said the taxi came an hour late again and nobody rang."
DANGEROUS = "She said he has a knife and he will kill her tonight."


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enter, "PAUSE", 0.0)


def enters(browser: Browser, **given: str) -> Page:
    browser.open("/staff/enter")
    status = 400 if _is_wrong(given) else 200
    return browser.press("/enter", {"kind": "phone", "words": WORDS, **given}, status=status)


def _is_wrong(given: dict[str, str]) -> bool:
    return given.pop("wrong", "") == "yes"


def only(store: FakeStore) -> InboundMessage:
    (message,) = store.entries.messages
    return message


def test_an_account_is_kept_as_feedback_that_nobody_is_answered_for(jo: Browser, store: FakeStore) -> None:
    page = enters(jo, place="Fern  Hill School", speaker="family", language="en", day="20", month="11", year="2026")

    message = only(store)
    assert page.heading == "Kept"
    assert "HERON 100" in page.main
    assert (message.channel, message.account, message.manner) == ("byhand", "phone", Manner.KEEP)
    assert (message.text, message.speaker, message.locale) == (WORDS, Speaker.FAMILY, ENGLISH)
    assert message.sent_at is not None
    assert message.sent_at.date().isoformat() == "2026-11-20"
    assert message.details[PLACE] == "Fern Hill School"
    assert message.sender.scheme == "byhand"


def test_what_they_agreed_to_is_kept_by_purpose_and_what_was_not_asked_is_not(jo: Browser, store: FakeStore) -> None:
    enters(jo, words_in_public="no", tell_what_changed="yes", phone="07700 900123")

    details = only(store).details
    assert details[CONSENTS] == "tell_what_changed"
    assert details[REFUSALS] == "words_in_public"
    assert details["phone"] == "+447700900123"

    enters(jo)
    assert {CONSENTS, REFUSALS, "phone", "email"} & store.entries.messages[1].details.keys() == set()


def test_a_number_they_gave_makes_them_nobodys_double(jo: Browser, store: FakeStore) -> None:
    enters(jo, phone="07700 900123")

    assert only(store).also == ()


def test_a_second_press_is_a_repeat(jo: Browser, store: FakeStore) -> None:
    jo.open("/staff/enter")
    assert jo.page is not None
    form_id = jo.page.find("input", name="id").get("value") or ""
    jo.press("/enter", {"kind": "phone", "words": WORDS})
    jo.open("/staff/enter")
    jo.press("/enter", {"kind": "phone", "words": WORDS, "id": form_id})

    assert len(store.entries.messages) == 1


def test_several_from_one_event_keep_its_date_and_place_and_nothing_of_the_person(jo: Browser, store: FakeStore) -> None:
    jo.open("/staff/enter")
    said = {"kind": "event", "words": WORDS, "place": "Library", "day": "3", "month": "11", "phone": "07700 900123"}
    page = jo.press("/enter", {**said, "another": "1"})

    assert page.heading == "Enter what somebody told us"
    assert "HERON 100" in page.main, "the one before is still to be said to its person"
    kept = {name: page.find("input", name=name).get("value") for name in ("day", "month", "place", "phone")}
    assert kept == {"day": "3", "month": "11", "place": "Library", "phone": None}
    assert page.find("input", name="kind", value="event").get("checked") is not None
    assert WORDS not in page.html
    jo.press("/enter", {"words": "Another mother: it was lovely."})
    assert [message.account for message in store.entries.messages] == ["event", "event"]


def test_danger_is_shown_at_once_with_what_to_do_even_when_another_was_wanted(ruth: Browser, store: FakeStore) -> None:
    store.entries.is_slow = True
    page = enters(ruth, words=DANGEROUS, another="1")

    assert page.heading == "These words tell of danger. Act now"
    assert "Ring 999 now." in page.main
    assert any("/staff/alerts/" in address for _, address in page.links())


def test_a_reviewer_is_told_what_to_do_and_not_led_behind_the_wall(jo: Browser, store: FakeStore) -> None:
    page = enters(jo, words=DANGEROUS)

    assert "Tell your safeguarding lead yourself." in page.main
    assert not any("/staff/alerts/" in address or "/experiences/" in address for _, address in page.links())


def test_while_the_worker_has_not_read_it_the_page_says_that_it_is_kept(jo: Browser, store: FakeStore) -> None:
    store.entries.is_slow = True
    page = enters(jo)
    assert "It is kept." in page.main

    store.entries.is_slow = False
    again = next(address for name, address in page.links() if name == "Load again")
    assert "HERON 100" in jo.open(again).main


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"words": "  "}, "Write what was said"),
        ({"words": "x" * 20_001}, "Write at most 20,000 characters"),
        ({"kind": ""}, "Choose how it reached us"),
        ({"day": ""}, "Enter the date in numbers"),
        ({"day": "31", "month": "2"}, "There is no such date"),
        ({"year": "26"}, "There is no such date"),
        ({"day": "24", "month": "11", "year": "2026"}, "The date must be today or earlier"),
        ({"place": "x" * 101}, "The place must be 100 characters or fewer"),
        ({"phone": "ring me"}, "Enter a phone number"),
        ({"email": "not an address"}, "Enter an email address"),
        ({"tell_what_changed": "yes"}, "without one, nobody can be told what changed"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_typed_is_lost(
    jo: Browser, store: FakeStore, given: dict[str, str], sentence: str
) -> None:
    page = enters(jo, **{"place": "Library", **given}, wrong="yes")

    assert sentence in page.main
    assert page.title.startswith("Error: ")
    assert store.entries.messages == []
    assert given.get("place", "Library") == page.find("input", name="place").get("value")
    if "words" not in given:
        assert WORDS in page.main


def test_a_made_up_form_id_is_refused(jo: Browser, store: FakeStore) -> None:
    jo.open("/staff/enter")
    jo.press("/enter", {"kind": "phone", "words": WORDS, "id": "not-an-id"}, status=400)

    assert store.entries.messages == []


def test_an_account_that_was_never_entered_is_not_found(jo: Browser) -> None:
    jo.open("/staff/entered/phone/5f0c3a1e-0000-4000-8000-000000000000", status=404)
    jo.open("/staff/entered/pigeon/5f0c3a1e-0000-4000-8000-000000000000", status=404)
