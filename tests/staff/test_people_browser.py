"""Writing to a family, tasks and translations in a real browser: wide and narrow, and with scripts off."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright

from bot.hiding import Hiding
from demo.running import serving
from staff import assets
from storage.database import Database
from tests.chromium import ARGUMENTS, CHROMIUM, PATIENCE
from tests.staff.desk_of_a_talk import LATE, RIVER, Team
from tests.staff.test_browser import NARROW, WIDE, can_be_used

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}"),
    pytest.mark.skipif(assets.problem() is not None, reason=assets.problem() or ""),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
POLISH = "Szkolna taksówka spóźnia się codziennie, a nikt do nas nie dzwoni."


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def team(built: Flask, database: Database) -> Team:
    team = Team(built, database)
    team.hears(LATE, "human")
    team.street.listener.hints = {"locale": "pl", "needs_translation": True}
    team.hears(POLISH)
    team.street.listener.hints = {}
    return team


@pytest.fixture
def address(team: Team) -> Iterator[str]:
    with serving(team.app) as address:
        yield address


def opened(chromium: Browser, team: Team, address: str, *, width: int, scripts: bool = True) -> Page:
    """A tab in which Nora is signed in: with the cookie of a browser that has come through the door."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
    context.set_default_timeout(PATIENCE)
    cookie = team.signs_in().client.get_cookie("earshot")
    assert cookie is not None
    context.add_cookies([{"name": "earshot", "value": cookie.value, "url": address}])
    return context.new_page()


def translates_too_late(page: Page, team: Team) -> None:
    """A name is hidden in the words while Nora writes what they mean."""
    page.locator("textarea:visible").fill("The school taxi is late every day, and nobody rings us.")
    view = team.street.store.experience("RIVER 482")
    assert view is not None
    Hiding(work=team.street.store, clock=team.street.clock, new_id=uuid4).hide(view, team.nora, "taksówka")
    page.click("button:has-text('Save the translation'):visible")
    page.wait_for_selector("text=Their words have changed since you began")


@pytest.mark.parametrize("width", [pytest.param(WIDE, marks=pytest.mark.slow), NARROW])
def test_every_page_fits_and_can_be_read_and_pressed(chromium: Browser, team: Team, address: str, width: int) -> None:
    team.street.holding.take("RIVER 482", team.nora)
    team.street.later(days=3, hours=2)
    team.street.sweep()
    page = opened(chromium, team, address, width=width)
    task = team.tasks()[0].id
    pages = ("/staff/inbox", RIVER, f"{RIVER}/write", "/staff/tasks", f"/staff/tasks/{task}", f"{RIVER}/translate")
    for number, where in enumerate(pages):
        page.goto(address + where)
        can_be_used(page, f"{number}-{width}")
    page.goto(f"{address}{RIVER}/write")
    page.fill("#words", "Hello, this is Nora from the SEND team. " * 12)
    page.click("button:has-text('Look at it before it goes')")
    page.wait_for_selector("h1:has-text('Send this')")
    can_be_used(page, f"preview-{width}")
    page.click("button:has-text('Send it')")
    page.wait_for_selector("text=Not gone yet")
    page.keyboard.press("u")
    page.wait_for_selector("text=Taken back: nothing was sent.")
    assert page.input_value("#words").startswith("Hello, this is Nora from the SEND team.")
    page.fill("#words", "The provision was agreed.")
    page.wait_for_selector("text=25 characters")
    page.click("[data-send]")
    page.wait_for_selector("text=Not gone yet")
    can_be_used(page, f"waiting-{width}")
    page.goto(f"{address}{RIVER}/translate")
    translates_too_late(page, team)
    can_be_used(page, f"translated-too-late-{width}")
    page.context.close()


def test_without_scripts_a_person_takes_the_talk_writes_and_hands_back(chromium: Browser, team: Team, address: str) -> None:
    page = opened(chromium, team, address, width=NARROW, scripts=False)
    page.goto(f"{address}{RIVER}/write")
    page.click("button:has-text('Take the talk over')")
    page.fill("#words", "Hello, this is Nora.")
    page.click("button:has-text('Look at it before it goes')")
    page.click("button:has-text('Send it')")
    page.click("button:has-text('Take it back')")
    assert page.input_value("#words") == "Hello, this is Nora."
    page.click("button:has-text('Look at it before it goes')")
    page.click("button:has-text('Send it')")
    page.click("button:has-text('Hand it back to Earshot')")
    page.wait_for_selector("text=They are told that you have finished.")
    team.street.deliver()
    page.context.close()

    assert team.street.heard_by_them[-2] == "Hello, this is Nora."
    assert team.street.heard_by_them[-1].startswith("Człowiek z zespołu SEND"), "told in the language they write"
