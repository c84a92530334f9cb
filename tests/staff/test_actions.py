"""The pages of actions: made, linked, published, told, by whom; the sums of the planner."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from bot.actions import State
from bot.conversation import Purpose
from bot.telling_records import Fate, Progress
from staff.desk import EXTENSION, Desk
from tests.staff.conftest import signed_in
from tests.staff.fake_actions import ACTION, FakeActions, fill_actions, spending_of
from tests.staff.fakes import NOW, FakeClock, FakeStore, a_member, made_id
from tests.staff.page import Browser

PAGE = f"/staff/actions/{ACTION}"


@pytest.fixture(autouse=True)
def kept(kept_actions: FakeActions, store: FakeStore) -> FakeActions:
    fill_actions(kept_actions)
    store.add_staff(a_member("pia", name="Pia Vale", role="publisher"), NOW)
    store.add_staff(a_member("val", name="Val Orme", role="viewer"), NOW)
    return kept_actions


@pytest.fixture
def pia(app: Flask, store: FakeStore, clock: FakeClock) -> Browser:
    return signed_in(app, store, clock, "pia")


@pytest.fixture
def val(app: Flask, store: FakeStore, clock: FakeClock) -> Browser:
    return signed_in(app, store, clock, "val")


def test_the_planner_counts_everybody_once_and_says_the_sum(jo: Browser) -> None:
    page = jo.open(PAGE)

    assert "12 + 6 + 3 + 2 = 23" in page.main
    assert "18 people" in page.main
    assert page.find("div", class_="es-people").get("aria-label") == (
        "Of 23 people: 12 told on their own channel, 6 asked by a template to write, and told then, 3 cannot be reached, "
        "2 did not agree to be told"
    )
    assert page.html.count("es-person--cannot") == 3 + 1, "one for each, and one in the legend"


def test_the_cost_is_said_by_channel_and_in_all(jo: Browser) -> None:
    page = jo.open(PAGE)

    assert "3 at once; 6 asked by a paid template to write, then told 21p" in page.main
    assert "2 shown when they come back free" in page.main
    assert "in all, for 18 people" in page.main


def test_a_reviewer_makes_an_action_from_an_experience(jo: Browser, kept: FakeActions) -> None:
    jo.open("/staff/actions/new?from=RIVER-482")
    page = jo.press("/staff/actions", {"title": "Belts", "said": "Escorts do not know belts.", "did": "x", "state": "doing"})

    assert page.heading == "Belts"
    (made,) = [each for each in kept.kept.values() if each.words.title == "Belts"]
    assert (made.state, kept.links[made.id]) == (State.DOING, [made_id("RIVER 482")])
    assert "Belts" in jo.open("/staff/experiences/RIVER-482").main


def test_what_was_typed_stays_where_something_is_wrong(jo: Browser) -> None:
    jo.open("/staff/actions/new")
    page = jo.press("/staff/actions", {"title": "", "said": "y" * 601, "due": "soon"}, status=400)

    assert page.title.startswith("Error: ")
    assert "Enter a title" in page.main
    assert "Write at most 600 characters" in page.main
    assert "y" * 601 in page.html


def test_an_action_is_made_from_what_came_of_a_theme(jo: Browser, kept: FakeActions) -> None:
    jo.open("/staff/actions/new?theme=transport")
    jo.press("/staff/actions", {"title": "Taxis", "since": "2026-11-01"})

    (made,) = [each for each in kept.kept.values() if each.words.title == "Taxis"]
    assert made_id("RIVER 482") in kept.links[made.id]
    assert made_id("TIMBER 350") not in kept.links[made.id], "it is with safeguarding"


def test_what_is_ticked_in_the_inbox_is_linked(jo: Browser, kept: FakeActions) -> None:
    jo.open("/staff/inbox")
    jo.press("/inbox/actions", {"reference": ["LANTERN 316"], "action": str(ACTION)})

    assert made_id("LANTERN 316") in kept.links[ACTION]


def test_a_new_action_takes_along_what_was_ticked(jo: Browser, kept: FakeActions) -> None:
    jo.open("/staff/inbox")
    page = jo.press("/inbox/actions", {"reference": ["LANTERN 316", "RIVER 482"], "action": "new"})
    assert "It is linked to LANTERN 316, RIVER 482." in page.main
    jo.press("/staff/actions", {"title": "Both"})

    (made,) = [each for each in kept.kept.values() if each.words.title == "Both"]
    assert kept.links[made.id] == [made_id("LANTERN 316"), made_id("RIVER 482")]


def test_what_is_with_safeguarding_is_not_ticked_by_another_name(jo: Browser, kept: FakeActions) -> None:
    jo.open("/staff/inbox")
    jo.press("/inbox/actions", {"reference": ["TIMBER 350"], "action": str(ACTION)}, status=404)

    assert made_id("TIMBER 350") not in kept.links[ACTION]


def test_a_publisher_publishes_and_takes_back(pia: Browser, kept: FakeActions) -> None:
    pia.open(PAGE)
    page = pia.press("/publish")
    assert "It is published." in page.main
    edition = kept.kept[ACTION].edition
    assert edition is not None
    assert edition.people == 23
    page = pia.press("/take-back")

    assert "It is off the public page." in page.main


def test_a_reviewer_is_offered_neither_publishing_nor_telling_and_a_viewer_nothing_at_all(jo: Browser, val: Browser) -> None:
    page = jo.open(PAGE)
    assert [form for form in page.find_all("form") if (form.get("action") or "").endswith(("/publish", "/tell"))] == []
    assert "Whoever has the role publisher publishes it." in page.main
    page = val.open(PAGE)

    assert [form.get("action") for form in page.find_all("form", method="post")] == ["/staff/sign-out"]
    assert [form.get("action") for form in val.open("/staff/actions").find_all("form", method="post")] == ["/staff/sign-out"]


def test_people_are_told_once_it_is_published_and_can_be_stopped(pia: Browser, kept: FakeActions) -> None:
    assert "Publish it first." in pia.open(PAGE).main
    pia.press("/publish")
    page = pia.press("/tell")
    assert "18 people are told. Nothing leaves for ten seconds" in page.main
    assert len(kept.planned) == 18
    kept.stands = Progress(fates={Fate.LEAVES: 18}, goes_at=NOW + timedelta(seconds=10))
    page = pia.open(PAGE)
    assert "Nothing has left yet" in page.main
    pia.press("/stop")

    assert kept.planned == []


def test_the_month_stands_beside_the_cost(jo: Browser) -> None:
    assert "This month so far about £12.28 of a £40 ceiling." in jo.open(PAGE).main


def test_beyond_the_ceiling_nobody_is_told_until_a_publisher_says_so(
    app: Flask, pia: Browser, kept: FakeActions, store: FakeStore, clock: FakeClock
) -> None:
    pia.open(PAGE)
    pia.press("/publish")
    desk: Desk = app.extensions[EXTENSION]
    assert desk.rooms.telling is not None
    little_left = replace(desk.rooms.telling, spending=spending_of(clock, ceiling=1300))
    app.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, telling=little_left))

    page = pia.press("/tell")
    assert "Nothing was sent: it would go beyond" in page.main
    assert "This goes beyond the ceiling for this month." in page.main
    assert kept.planned == []

    page = pia.press("/tell", {"beyond": ["yes"]})
    assert "18 people are told." in page.main
    assert len(kept.planned) == 18
    assert [line.action for line in store.lines][-2:] == ["beyond_ceiling", "tell_people"]


def test_how_it_went_is_said_in_words(jo: Browser, kept: FakeActions) -> None:
    kept.stands = Progress(fates={Fate.DELIVERED: 9, Fate.FAILED: 1, Fate.WAITS_FOR_THEM: 2})
    page = jo.open(PAGE)

    for line in ("9: Delivered", "1: Not delivered", "2: Waits until they write or come back"):
        assert line in page.main


def test_words_of_a_family_are_quoted_only_where_it_agreed(pia: Browser, kept: FakeActions, store: FakeStore) -> None:
    view = store.experiences["FALCON 231"]
    pia.open(PAGE)
    agreed = [card for card in kept.cards() if card.id in kept.links[ACTION] and card.consents.get(Purpose.WORDS_IN_PUBLIC)]
    for card in agreed:
        pia.press(f"/quote/{card.reference.replace(' ', '-')}")
        pia.open(PAGE)

    assert kept.quoted == {card.passages[0].id for card in agreed}
    assert view.card.reference == "FALCON 231"


def test_the_list_is_filtered_by_state_and_by_what_is_public(jo: Browser) -> None:
    page = jo.open("/staff/actions?state=could_not")
    assert "A club on Saturdays" in page.main
    assert "driver changes" not in page.main

    assert "No action fits." in jo.open("/staff/actions?public=yes").main
