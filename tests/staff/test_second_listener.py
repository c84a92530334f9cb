"""An alert that only the second listener raised: the lead reads that the family was sent nothing, why, and what to pass on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from bot.danger import PassingOn
from bot.heard import RiskKind
from bot.signposts import Signposts
from staff.desk import EXTENSION, Desk
from tests.bot.sayings import WORDING
from tests.staff.fakes import FakeStore, a_loose_alert, a_passage, an_alert, an_experience
from tests.staff.page import Browser

HERE = "/staff/experiences/ACORN-101"
ONLY = "Only the second listener heard"
POSTS = Signposts.load()


@pytest.fixture
def app(app: Flask) -> Flask:
    """With the numbers at hand."""
    desk: Desk = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, passing_on=PassingOn(WORDING, POSTS)))
    return app


def heard(store: FakeStore, **alert: object) -> None:
    given = {"by_scorer": True, "weighed": ("one shoe", "would not say"), "signpost_state": "", **alert}
    words = a_passage("He came off the bus with one shoe and would not say why.")
    store.put(an_experience("ACORN 101", alerts=[an_alert("hint", **given)], passages=[words]))


def test_the_page_says_that_the_family_was_sent_nothing_and_which_words_weighed(ruth: Browser, store: FakeStore) -> None:
    heard(store)

    page = ruth.open(HERE)

    assert "Only the second listener heard this." in page.main
    assert "The fixed rules heard no danger. So nobody was sent numbers to ring for it" in page.main
    assert "Numbers to ring, sent to them None" in page.main
    assert "What weighed most: “one shoe”, “would not say”." in page.main


def test_the_numbers_of_that_kind_of_danger_stand_there_to_be_passed_on(ruth: Browser, store: FakeStore) -> None:
    heard(store, kinds=("child_not_safe",))

    main = ruth.open(HERE).main

    for name in ("emergency", "childrens_social_care_day", "childrens_social_care_night"):
        assert POSTS.by_key[name].says in main
        assert POSTS.by_key[name].purpose in main
    assert POSTS.by_key["childline"].says not in main
    assert "Not all of these have been checked here yet." in main


def test_a_number_that_somebody_has_checked_is_not_doubted(app: Flask, ruth: Browser, store: FakeStore) -> None:
    checked = {key: replace(post, checked_by="Sam", checked_on=date(2026, 11, 1)) for key, post in POSTS.by_key.items()}
    desk: Desk = app.extensions[EXTENSION]
    numbers = PassingOn(WORDING, replace(POSTS, by_key=checked))
    app.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, passing_on=numbers))
    heard(store)

    assert "have been checked here yet" not in ruth.open(HERE).main


def test_where_no_word_is_known_the_page_says_so(ruth: Browser, store: FakeStore) -> None:
    heard(store, weighed=())

    main = ruth.open(HERE).main

    assert "No single word gave it away" in main
    assert "What weighed most" not in main


def test_a_closed_one_asks_for_nothing_more(ruth: Browser, store: FakeStore) -> None:
    heard(store, outcome="not_safeguarding: A shoe was lost in the mud.", taken_by="Ruth Adeyemi")

    main = ruth.open(HERE).main

    assert ONLY in main
    assert "Numbers you may pass on" not in main
    assert "Read the words yourself" not in main


def test_the_inbox_says_it_on_the_card(ruth: Browser, store: FakeStore) -> None:
    heard(store)

    assert "Only the second listener heard it: they were sent no numbers to ring." in ruth.open("/staff/inbox").main


def test_an_alert_of_the_rules_says_nothing_of_it(ruth: Browser) -> None:
    assert ONLY not in ruth.open("/staff/experiences/TIMBER-350").main
    assert ONLY not in ruth.open("/staff/inbox").main


def test_one_without_an_experience_says_it_in_the_list_and_on_its_page(ruth: Browser, store: FakeStore) -> None:
    loose = store.waits(a_loose_alert(state="heard", by_scorer=True, signpost_state="", weighed=("the weir",)), "the weir again")

    assert ONLY in ruth.open("/staff/inbox").main
    page = ruth.open(f"/staff/alerts/{loose.alert.id}")
    assert "What weighed most: “the weir”." in page.main
    assert "Numbers you may pass on" in page.main


@pytest.mark.parametrize("kind", RiskKind)
def test_every_kind_of_danger_has_numbers(kind: RiskKind) -> None:
    found = PassingOn(WORDING, POSTS).numbers([kind])

    assert found[0].key == "emergency"
    assert len({one.key for one in found}) == len(found)


def test_a_young_person_is_given_their_own_numbers() -> None:
    found = PassingOn(WORDING, POSTS).numbers(["child_not_safe", "young_person"])

    assert "childline" in {one.key for one in found}
