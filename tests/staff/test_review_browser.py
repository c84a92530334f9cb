"""Reviewing in a real browser: by the keyboard alone, with its pace measured; wide, narrow, dark, and without scripts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from bot.review import Answer
from demo.running import serving
from staff import assets
from staff.desk import EXTENSION, Desk
from staff.passwords import Passwords
from storage.database import Database
from tests.bot.test_own_themes import HOIST
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.staff.fakes import a_member
from tests.staff.review_desk import ReviewDesk, Room, open_room
from tests.staff.test_browser import (
    NARROW,
    WIDE,
    Tab,
    axe_findings,
    can_be_used,
    open_every_fold,
    tab_in,
)
from tests.storage.made_up import ANNA, BORIS, NOW

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}"),
    pytest.mark.skipif(assets.problem() is not None, reason=assets.problem() or ""),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
HERE = "/staff/review"
PASSAGES = 20
SECONDS_EACH = 18
"""200 decisions an hour; what the machine takes of it must be next to nothing."""
WORDS = (
    "New taxi driver again this morning and no one told us. He screamed all the way and the escort did not know him",
    "The plan says speech therapy every week and we have had none since the summer, and nobody answers the phone",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def desk(app: Flask, database: Database, passwords: Passwords) -> ReviewDesk:
    desk = ReviewDesk(app, database, passwords)
    for number in range(PASSAGES):
        themes = (("transport", 0.93), ("communication", 0.7)) if number % 2 == 0 else (("therapies", 0.65),)
        sender = (ANNA, BORIS)[number % 2]
        desk.scene.tells(WORDS[number % 2], *themes, reference=f"RIVER {100 + number}", sender=sender)
    return desk


@pytest.fixture
def room(desk: ReviewDesk) -> Iterator[Room]:
    at: Desk = desk.app.extensions[EXTENSION]
    yield open_room(desk)
    desk.app.extensions[EXTENSION] = at


@pytest.fixture
def address(desk: ReviewDesk) -> Iterator[str]:
    with serving(desk.app) as at:
        yield at


def heading_after(tab: Tab, before: str) -> str:
    tab.page.wait_for_function("before => document.querySelector('#passage-heading').innerText !== before", arg=before)
    return tab.page.inner_text("#passage-heading")


def test_twenty_are_decided_by_the_keyboard_alone_at_a_pace(
    chromium: Browser, address: str, desk: ReviewDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    context = chromium.new_context(viewport={"width": WIDE, "height": 800})
    tab = tab_in(context, address, username="jo")
    tab.open(HERE)
    heading = tab.page.inner_text("#passage-heading")
    assert tab.focus() == "passage-heading"
    tab.requests.clear()
    tab.errors.clear()

    began = time.perf_counter()
    for left in range(PASSAGES - 1, -1, -1):
        if left % 5 == 0:
            tab.page.keyboard.press("3")
        tab.page.keyboard.press("a")
        heading = heading_after(tab, heading)
        assert tab.page.evaluate("document.activeElement.id") == "passage-heading"
        assert tab.page.inner_text("#told").endswith(f"{left} left.")
    took = (time.perf_counter() - began) / PASSAGES

    with capsys.disabled():
        print(f"\nreviewing: {took:.2f} s a decision of the machine's own, of {SECONDS_EACH} s at 200 an hour")  # noqa: T201 - the figure is what is asked for
    assert took < SECONDS_EACH / 4
    assert heading.startswith("Nothing waits")
    assert tab.errors == []
    assert {url.split("/")[2] for url in tab.requests} == {address.split("/")[2]}
    tab.page.keyboard.press("u")
    assert heading_after(tab, heading).startswith("RIVER")
    assert desk.store.experience(tab.page.inner_text("#passage-heading")[:9]) is not None
    context.close()


def test_keys_do_nothing_outside_the_review_nor_when_they_are_off(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": WIDE, "height": 800})
    tab = tab_in(context, address, username="jo")
    tab.open(HERE)
    heading = tab.page.inner_text("#passage-heading")
    tab.page.focus(".es-menu a >> nth=0")
    tab.page.keyboard.press("a")
    tab.page.focus("#passage-heading")
    tab.page.keyboard.press("Control+a")
    assert tab.page.inner_text("#passage-heading") == heading
    tab.page.click("text=Switch the keys off")
    tab.page.wait_for_selector('#review-page[data-keys="off"]')
    assert tab.page.evaluate("document.activeElement.id") == "passage-heading"
    tab.page.keyboard.press("a")
    tab.page.wait_for_timeout(300)

    assert tab.page.inner_text("#passage-heading") == heading
    assert tab.page.locator("kbd").count() == 0
    context.close()


def test_a_digit_ticks_and_unticks_and_n_passes_it_on(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": WIDE, "height": 800})
    tab = tab_in(context, address, username="jo")
    tab.open(HERE)
    first = tab.page.locator("[data-key='1']")
    assert first.is_checked()
    tab.page.keyboard.press("1")
    assert not first.is_checked()
    tab.page.keyboard.press("1")
    assert first.is_checked()
    heading = tab.page.inner_text("#passage-heading")
    tab.page.keyboard.press("n")

    assert heading_after(tab, heading).startswith("RIVER")
    assert tab.page.inner_text("#told").startswith("Not sure: the others are asked.")
    context.close()


def test_without_scripts_it_is_decided_and_undone_all_the_same(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": NARROW, "height": 800}, java_script_enabled=False)
    tab = tab_in(context, address, username="jo")
    tab.open(HERE)
    tab.page.click("button[value=accept]")
    assert tab.page.inner_text("#told").endswith("19 left.")
    tab.page.click("button[value=unsure]")
    assert tab.page.inner_text("#told").endswith("18 left.")
    tab.page.click("button[form=undo]")

    assert tab.page.inner_text("#told").endswith("19 left.")
    context.close()


@pytest.mark.parametrize(("width", "colours"), [(WIDE, "light"), (NARROW, "light"), (WIDE, "dark")])
def test_the_page_can_be_used_at_every_width_and_in_the_dark(chromium: Browser, address: str, width: int, colours: str) -> None:
    scheme: Literal["dark", "light"] = "dark" if colours == "dark" else "light"
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    tab = tab_in(context, address, username="jo")
    tab.open(HERE)
    for _ in range(2):
        open_every_fold(tab.page)
        can_be_used(tab.page, HERE)
        heading = tab.page.inner_text("#passage-heading")
        tab.page.click("button[value=accept]")
        heading_after(tab, heading)
    context.close()


def reads_twice(desk: ReviewDesk, count: int) -> None:
    """So many passages, each by two people who do not always agree."""
    desk.use.records.set("second_reading_share", "100", a_member("jo"), NOW)
    for number in range(2 * count):
        member = a_member(("jo", "tom")[number % 2])
        work = desk.use.next(member)
        assert work is not None
        ticked = frozenset({"transport" if number % 3 else "disputes"})
        answer = Answer(passage_id=work.passage.id, shown=frozenset(), ticked=ticked)
        desk.use.decide(member, work.passage.id, answer, seen=work.seen)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_pages_around_it_can_be_used_at_every_width(chromium: Browser, address: str, room: Room, width: int) -> None:
    desk = room.desk
    room.scene.tells("The taxi.", ("disputes", 0.8), reference="BROOK 377")
    pia = a_member("pia", role="publisher")
    room.own.add(pia, HOIST)
    room.own.rename(pia, "transport", "Taxis and buses")
    room.retagging.ask(pia)
    reads_twice(desk, 12)
    for number in range(14):
        desk.scene.tells(WORDS[0], ("transport", 0.97), reference=f"FIELD {number}", sender=(ANNA, BORIS)[number % 2])
    begun = desk.sure_ones.begin(pia, 0.95)
    assert begun is not None
    context = chromium.new_context(viewport={"width": width, "height": 800})
    tab = tab_in(context, address, username="pia")
    for where in (
        "/staff/review/sure",
        f"/staff/review/sure/{begun.id}",
        f"/staff/review/check/{begun.id}",
        "/staff/review/agreement",
        "/staff/themes/change",
        "/staff/experiences/BROOK-377/passages",
    ):
        tab.open(where)
        open_every_fold(tab.page)

        can_be_used(tab.page, where)
    tab.open("/staff/themes/change")
    tab.page.click("text=Add the theme")
    assert tab.focus() == "govuk-error-summary"
    assert axe_findings(tab.page) == []
    context.close()
