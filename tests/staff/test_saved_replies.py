"""Saved replies at the desk: begun with from the box, a field for each blank, and changed by the team with their history."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask

from bot.saved_replies import SavedReplies, Version
from staff.desk import EXTENSION
from storage.database import Database
from storage.saved_replies import SqlSavedReplies
from storage.sealing import Sealer
from tests.bot.test_saved_replies import masked
from tests.conftest import KEYS
from tests.staff.desk_of_a_talk import LATE, RIVER, Team
from tests.staff.page import Browser
from tests.staff.test_reply import box

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PLACE = "/staff/saved-replies"
TITLE, TEXT = (
    "Passed on, with a date",
    "I have passed this to [name of service]. You hear from me by [date], or [name of service] writes.",
)


@pytest.fixture
def team(built: Flask, database: Database) -> Team:
    team = Team(built, database)
    team.hears(LATE)
    desk = built.extensions[EXTENSION]
    records = SqlSavedReplies(database, Sealer.open(database, KEYS))
    use = SavedReplies(records, team.street.clock, uuid4, masked)
    built.extensions[EXTENSION] = replace(desk, rooms=replace(desk.rooms, saved_replies=use))
    return team


@pytest.fixture
def nora(team: Team) -> Browser:
    browser = team.signs_in()
    browser.open(f"{PLACE}/new")
    browser.press("/new", {"title": TITLE, "text": TEXT})
    return browser


def kept(team: Team) -> Version:
    use: SavedReplies = team.app.extensions[EXTENSION].rooms.saved_replies
    (found,) = use.records.standing()
    return found


def test_one_is_chosen_filled_in_and_stands_in_the_box_under_what_was_there(team: Team, nora: Browser) -> None:
    nora.open(RIVER)
    page = nora.press("/saved", {"words": "Hello, this is Nora.", "saved": str(kept(team).reply_id)})
    assert page.heading == f"Fill in: {TITLE}"
    assert "Name of service" in page.main
    page = nora.press("/saved", {"blank-0": "Home to school transport", "blank-1": "Wed 25 Nov"})

    assert page.heading == "RIVER 482"
    assert box(page) == (
        "Hello, this is Nora. I have passed this to Home to school transport. You hear from me by Wed 25 Nov, "
        "or Home to school transport writes."
    )
    assert len(team.street.heard_by_them) == 2, "nothing has gone"


def test_a_blank_left_empty_is_asked_for_again(team: Team, nora: Browser) -> None:
    nora.open(RIVER)
    nora.press("/saved", {"saved": str(kept(team).reply_id)})
    page = nora.press("/saved", {"blank-0": "Transport", "blank-1": " "}, status=400)

    assert page.title.startswith("Error: ")
    assert "Fill this in: a blank left empty cannot be sent" in page.main
    assert page.find("input", id="blank-0").get("value") == "Transport"


@pytest.mark.parametrize("where", ["/write", "/send"])
def test_words_with_a_blank_in_them_are_not_sent_on_any_road(team: Team, nora: Browser, where: str) -> None:
    nora.open(RIVER)
    page = nora.press(where, {"words": "You hear from me by [date]."}, status=400)

    assert "Fill in what stands in square brackets, or take it out" in page.main
    assert "A blank to fill: [date]. Until then it cannot be sent." in page.main
    assert "write" not in team.actions


def test_choosing_none_keeps_what_was_written(nora: Browser) -> None:
    nora.open(RIVER)
    page = nora.press("/saved", {"words": "Hello"})

    assert "Choose a saved reply first." in page.main
    assert box(page) == "Hello"


def test_it_is_changed_retired_and_put_back_and_the_history_says_by_whom(team: Team, nora: Browser) -> None:
    omar = team.signs_in("omar")
    at = f"{PLACE}/{kept(team).reply_id}"
    omar.open(at)
    omar.press(at, {"text": "Shorter: [date]"})
    omar.open(at)
    omar.press("/retire")
    assert "Start from a saved reply" not in nora.open(RIVER).main
    nora.open(PLACE)
    nora.press("/put-back")

    main = nora.open(at).main
    places = [
        main.index(each) for each in ("Put back by Nora", "Offered no longer by Omar", "Changed by Omar", "Written by Nora")
    ]
    assert places == sorted(places)
    assert "Start from a saved reply" in nora.open(RIVER).main
    assert [action for action in team.actions if action.startswith("saved_reply")] == [
        f"saved_reply_{made}" for made in ("added", "changed", "retired", "put_back")
    ]


def test_two_who_change_it_at_once_lose_nothing(team: Team, nora: Browser) -> None:
    at = f"{PLACE}/{kept(team).reply_id}"
    omar = team.signs_in("omar")
    nora.open(at)
    omar.open(at)
    omar.press(at, {"text": "Omar's words"})
    page = nora.press(at, {"text": "Nora's words"}, status=409)

    assert "Somebody has changed it meanwhile" in page.main
    assert "Omar's words" in page.main
    nora.press(at)
    assert kept(team).text == "Nora's words"
    assert "Omar's words" in nora.open(at).main


@pytest.mark.parametrize("personal", ["Ring Ottilie", "Ring 07700900123"])
def test_what_may_be_a_familys_is_asked_about_before_it_is_kept(team: Team, nora: Browser, personal: str) -> None:
    nora.open(f"{PLACE}/new")
    page = nora.press("/new", {"title": "Ring", "text": personal}, status=400)
    assert f"Look at “{personal.split()[1]}”. It looks like a number" in page.main
    assert kept(team).title == TITLE

    nora.press("/new", {"ours": "yes"})
    assert "Ring" in nora.open(PLACE).main


@pytest.mark.parametrize(
    ("title", "text", "fault"),
    [
        ("", "x", "Write what the list calls it"),
        ("x" * 61, "x", "at most 60 characters"),
        (TITLE.upper(), "x", "There is a saved reply of this name"),
        ("New", "", "Write your words"),
        ("New", "x" * 1601, "at most 1,600"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field(nora: Browser, title: str, text: str, fault: str) -> None:
    nora.open(f"{PLACE}/new")

    assert fault in nora.press("/new", {"title": title, "text": text}, status=400).main


def test_a_stranger_to_the_list_is_not_there(nora: Browser) -> None:
    nora.open(f"{PLACE}/{uuid4()}", status=404)
