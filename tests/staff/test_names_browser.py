"""Hiding a name that was missed in a real browser: wide and narrow, and with scripts off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from demo.running import serving
from staff import assets
from storage.database import Database
from tests.chromium import CHROMIUM
from tests.staff.desk_of_a_talk import RIVER, Team
from tests.staff.test_browser import NARROW, WIDE, can_be_used
from tests.staff.test_people_browser import chromium, opened

__all__ = ["chromium"]

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}"),
    pytest.mark.skipif(assets.problem() is not None, reason=assets.problem() or ""),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


@pytest.fixture
def team(built: Flask, database: Database) -> Team:
    team = Team(built, database)
    team.street.listener.hints = {"about": "transport", "doubtful": ["Ned", "Featherstonehaugh"]}
    team.hears("Ned waits for the taxi every day and Featherstonehaugh the driver never rings Ned or me")
    return team


@pytest.fixture
def address(team: Team) -> Iterator[str]:
    with serving(team.app) as address:
        yield address


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_words_that_might_be_names_fit_and_can_be_read_and_pressed(
    chromium: Browser, team: Team, address: str, width: int
) -> None:
    page = opened(chromium, team, address, width=width)
    for where in ("/staff/inbox", RIVER):
        page.goto(address + where)
        can_be_used(page, f"{where} {width}")
    page.click("summary:has-text('Hide another word')")
    page.fill("#word", "x")
    page.click("button:has-text('Hide this word')")
    page.wait_for_selector("text=There is a problem")
    can_be_used(page, f"a fault {width}")
    page.context.close()


def test_without_scripts_words_are_hidden_and_left(chromium: Browser, team: Team, address: str) -> None:
    page = opened(chromium, team, address, width=NARROW, scripts=False)
    page.goto(address + RIVER)
    page.click("button:has-text('Hide Ned')")
    page.wait_for_selector("text=It is hidden in 2 places")
    page.click("button:has-text('It is fine as it is')")
    page.wait_for_selector("text=They stay as they are.")
    page.click("summary:has-text('Hide a word')")
    page.fill("#word", "rings")
    page.click("button:has-text('Hide this word')")
    page.wait_for_selector("text=It is hidden in 1 place,")
    said = page.inner_text("main")
    page.context.close()

    assert "Ned" not in said
    assert "Featherstonehaugh the driver" in said
    assert "never rings" not in said
