"""Names that were missed, at the desk: words that might be some are shown, hidden or left; any other word can be hidden."""

from __future__ import annotations

import pytest
from flask import Flask

from storage.database import Database
from tests.staff.desk_of_a_talk import OMAR, RIVER, Team
from tests.staff.page import Browser, Page

STORY = "Ned waits for the taxi every day and Trumps the driver never rings Ned"
ASKS = "Some words might be names"


@pytest.fixture
def team(built: Flask, database: Database) -> Team:
    team = Team(built, database)
    team.street.listener.hints = {"about": "transport", "doubtful": ["Ned", "Trumps"]}
    team.hears(STORY)
    team.street.listener.hints = {"about": "transport"}
    return team


@pytest.fixture
def nora(team: Team) -> Browser:
    return team.signs_in()


def hides(browser: Browser, word: str, *, status: int = 200) -> Page:
    browser.open(RIVER)
    return browser.press("/hide", {"word": word}, status=status)


def test_the_inbox_and_the_page_ask_for_a_look(nora: Browser) -> None:
    assert "Some words might be names: please look" in nora.open("/staff/").main
    page = nora.open(RIVER)

    assert ASKS in page.main
    assert "Hide Ned" in page.main
    assert "Hide Trumps" in page.main


def test_a_listed_word_is_hidden_by_its_button_wherever_it_stands(team: Team, nora: Browser) -> None:
    nora.open(RIVER)
    page = nora.press("/hide")  # the first on the list

    assert "It is hidden in 2 places" in page.main
    assert "Ned" not in page.text
    assert "name removed waits for the taxi" in page.main
    assert "Hide Trumps" in page.main
    assert team.actions == ["hide_word"]


def test_a_word_that_nobody_doubted_is_typed_in(team: Team, nora: Browser) -> None:
    page = hides(nora, "  TAXI ")

    assert "It is hidden in 1 place," in page.main
    assert "waits for the name removed every day" in page.main
    assert [row.text for row in team.street.rows("inbound")] == [STORY]


def test_a_second_click_hides_nothing_and_says_so_without_the_word(team: Team, nora: Browser) -> None:
    hides(nora, "Trumps")
    page = hides(nora, "Trumps")

    assert "Nothing was hidden: these words do not stand on this page." in page.main
    assert "Trumps" not in page.text
    assert team.actions == ["hide_word"]


@pytest.mark.parametrize(
    ("word", "says"), [("", "two letters or more"), (" - ", "two letters or more"), ("x" * 81, "at most 80 characters")]
)
def test_what_is_no_word_is_asked_for_again(team: Team, nora: Browser, word: str, says: str) -> None:
    page = hides(nora, word, status=400)

    assert says in page.main
    assert page.title.startswith("Error:")
    assert team.actions == []


def test_words_that_are_fine_are_not_asked_about_again(team: Team, nora: Browser) -> None:
    nora.open(RIVER)
    page = nora.press("/leave")

    assert "They stay as they are." in page.main
    assert ASKS not in page.main
    assert "Some words might be names" not in nora.open("/staff/").main
    team.street.listener.hints = {"about": "transport", "doubtful": ["Ned"]}
    team.hears("And Ned was late again")
    assert ASKS not in nora.open(RIVER).main


def test_what_they_write_next_is_hidden_too(team: Team, nora: Browser) -> None:
    hides(nora, "Ned")
    team.hears("And NED was late again")

    assert "NED" not in nora.open(RIVER).text


def test_what_is_with_safeguarding_is_not_found_by_a_reviewer(team: Team, nora: Browser) -> None:
    nora.open(RIVER)
    team.hears("He hits me and I want to kill myself")
    nora.press("/hide", {"word": "Ned"}, status=404)

    assert "hide_word" not in team.actions
    omar = team.signs_in(OMAR.username)
    assert "It is hidden in 2 places" in hides(omar, "Ned").main
