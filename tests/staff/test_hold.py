"""Taking a talk over at the desk: written by a person, looked at before it goes, taken back, handed back."""

from __future__ import annotations

import pytest
from flask import Flask

from storage.database import Database
from tests.staff.desk_of_a_talk import LATE, RIVER, Team
from tests.staff.page import Browser, Page, text_of

WRITE = f"{RIVER}/write"


@pytest.fixture
def team(built: Flask, database: Database) -> Team:
    team = Team(built, database)
    team.hears(LATE)
    return team


@pytest.fixture
def nora(team: Team) -> Browser:
    return team.signs_in()


def takes(browser: Browser) -> Page:
    browser.open(WRITE)
    return browser.press("/take")


def test_a_reviewer_takes_the_talk_and_the_family_is_told(team: Team, nora: Browser) -> None:
    page = nora.open(RIVER)
    assert "Earshot answers by itself." in page.main
    before = len(team.street.heard_by_them)

    page = takes(nora)
    team.street.deliver()

    assert "They are told that a person is writing to them now." in page.main
    assert team.street.heard_by_them[before:][0].startswith("A person from the SEND team")
    assert "You have it since Today" in nora.open(RIVER).main.replace("today", "Today")
    assert "take_talk" in team.actions


def test_what_is_written_is_shown_as_it_leaves_with_its_length(team: Team, nora: Browser) -> None:
    takes(nora)
    page = nora.press("/write", {"words": "Hello, this is Nora. Which school is it?"})

    assert page.heading == "Send this to RIVER 482?"
    assert "40 characters, 1 text message segment." in page.main
    assert len(team.street.heard_by_them) == 2, "nothing has gone"


def test_it_is_sent_after_ten_seconds_and_stands_in_the_talk_as_hers(team: Team, nora: Browser) -> None:
    takes(nora)
    nora.press("/write", {"words": "Hello, this is Nora."})
    page = nora.press("/send")
    assert "Not gone yet" in page.main
    team.street.later(seconds=11)
    team.street.sweep()

    assert team.street.heard_by_them[-1] == "Hello, this is Nora."
    page = nora.open(WRITE)
    assert "Not gone yet" not in page.main
    assert "Hello, this is Nora. Nora Example, today" in page.main
    assert "Nora Example, today" in nora.open(RIVER).main


def test_words_taken_back_stand_in_the_box_again(team: Team, nora: Browser) -> None:
    takes(nora)
    nora.press("/write", {"words": "Helo & goodbye"})
    nora.press("/send")
    page = nora.press("/take-back")

    assert "Taken back: nothing was sent." in page.main
    assert text_of(page.find("textarea")) == "Helo & goodbye"
    team.street.later(seconds=11)
    team.street.sweep()
    assert "Helo & goodbye" not in team.street.heard_by_them


def test_after_that_it_cannot_be_taken_back_and_the_page_says_so(team: Team, nora: Browser) -> None:
    takes(nora)
    nora.press("/write", {"words": "Hello"})
    nora.press("/send")
    team.street.later(seconds=11)
    page = nora.press("/take-back")

    assert "It had left already" in page.main


def test_words_can_be_changed_before_they_go(team: Team, nora: Browser) -> None:
    takes(nora)
    nora.press("/write", {"words": "Helo"})
    page = nora.press("/write", {"change": "1"})

    assert text_of(page.find("textarea")) == "Helo"
    assert "write" not in team.actions


@pytest.mark.parametrize(("words", "fault"), [("  ", "Write your words"), ("x" * 1601, "Write at most 1,600 characters")])
def test_nothing_and_too_much_are_sent_back_with_a_sentence(nora: Browser, words: str, fault: str) -> None:
    takes(nora)
    page = nora.press("/write", {"words": words}, status=400)

    assert fault in page.main
    assert page.title.startswith("Error: ")


def test_after_stop_there_is_no_box_and_the_reason_is_said(team: Team, nora: Browser) -> None:
    takes(nora)
    team.hears("STOP")
    page = nora.open(WRITE)

    assert "They told us to stop writing to them." in page.main
    assert not page.find_all("textarea")


def test_stop_between_the_look_and_the_press_is_respected(team: Team, nora: Browser) -> None:
    takes(nora)
    nora.press("/write", {"words": "Hello"})
    team.hears("STOP")
    page = nora.press("/send")

    assert "Nothing was sent." in page.main
    assert "write" not in team.actions


def test_the_shut_window_is_said_before_anything_goes(built: Flask, database: Database) -> None:
    team = Team(built, database, channel="whatsapp")
    team.hears(LATE)
    nora = team.signs_in()
    takes(nora)
    team.street.later(hours=25)
    nora = team.signs_in()
    page = nora.open(WRITE)

    assert "that time is over" in page.main
    assert "that time is over" in nora.press("/write", {"words": "Hello"}).main


def test_a_colleague_sees_who_has_it_and_may_take_it(team: Team, nora: Browser) -> None:
    takes(nora)
    omar = team.signs_in("omar")
    page = omar.open(WRITE)
    assert "Nora Example has it since" in page.main
    assert not page.find_all("textarea")

    assert "The talk is yours." in omar.press("/take").main
    assert "Omar Example has it since" in nora.open(WRITE).main


def test_it_is_handed_back_and_the_family_is_told(team: Team, nora: Browser) -> None:
    takes(nora)
    team.street.deliver()
    page = nora.press("/give-back")
    team.street.deliver()

    assert "They are told that you have finished." in page.main
    assert team.street.heard_by_them[-1].startswith("The person from the SEND team has finished")


def test_the_inbox_names_a_forgotten_talk_to_all(team: Team, nora: Browser) -> None:
    takes(nora)
    team.street.later(days=1, hours=2)
    team.street.sweep()
    page = team.signs_in("omar").open("/staff/inbox")

    assert "No word from us for a working day. They were told when an answer comes." in page.main
    assert "Nora Example has it since" in page.main
    assert "Write to them: they wait in a talk" in page.main


def test_after_two_days_more_the_page_asks_and_an_answer_lasts_a_day(team: Team, nora: Browser) -> None:
    takes(nora)
    team.street.later(days=3, hours=2)
    omar = team.signs_in("omar")
    assert "Does somebody still have it?" in omar.open("/staff/inbox").main

    page = omar.press("/keep")
    assert "You are asked again tomorrow." in page.main
    assert "Does somebody still have it?" not in page.main
    team.street.later(days=1)
    assert "Does somebody still have it?" in team.signs_in("omar").open("/staff/inbox").main


def test_what_is_with_safeguarding_is_hidden_from_a_reviewer(team: Team, nora: Browser) -> None:
    takes(nora)
    team.hears("I want to kill myself tonight")

    nora.open(WRITE, status=404)
    assert "Talks that one of us has" not in nora.open("/staff/inbox").main
    assert "RIVER 482" in team.signs_in("omar").open("/staff/inbox").main
