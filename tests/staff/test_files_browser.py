"""Files on the experience page in a real browser: the picture is drawn, the recording can be played, the page can be used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from bot.errors import MediaRefused
from demo.attachments import hum, letter
from demo.running import serving
from staff.desk import EXTENSION, Desk
from staff.passwords import Passwords
from storage.database import Database
from tests.bot.file_scene import FileStreet, listed
from tests.staff import test_browser
from tests.staff.conftest import PASSWORD
from tests.staff.fake_door import FakeDoor
from tests.staff.fakes import a_member
from tests.staff.test_browser import NARROW, WIDE, Tab, can_be_used, tab_in
from tests.storage.pictures_made import PDF

pytestmark = [*test_browser.pytestmark, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
chromium = test_browser.chromium
RIVER = "/staff/experiences/RIVER-482"


@pytest.fixture
def address(built: Flask, database: Database, tmp_path: Path, passwords: Passwords) -> Iterator[str]:
    """The site on the loopback, with one experience that came with files of every state."""
    street = FileStreet(database, tmp_path / "media", transcriber=lambda *_: "The taxi was late again and he cried")
    with street.store.transaction() as tx:
        tx.add_staff(a_member("ruth", role="safeguarding", password_hash=passwords.hash(PASSWORD)), street.clock.at)
    street.shelf.files |= {"photo": letter(), "voice": hum(), "paper": PDF, "lost": MediaRefused("The file is too large.")}
    street.text("The taxi was late again on Monday.", media=listed("photo", "voice", "paper", "lost"))
    street.is_answered()
    street.fetch()
    street.text("And again today, here is what they sent.", media=listed("photo"))
    street.is_answered()
    desk: Desk = built.extensions[EXTENSION]
    built.extensions[EXTENSION] = replace(
        desk,
        store=street.store,
        clock=street.clock,
        review=replace(desk.review, store=street.store, clock=street.clock),
        sessions=FakeDoor(),
        passwords=passwords,
        files=street.files,
    )
    with serving(built) as address:
        yield address
    built.extensions[EXTENSION] = desk


@pytest.fixture(params=[WIDE, NARROW])
def tab(request: pytest.FixtureRequest, chromium: Browser, address: str) -> Iterator[Tab]:
    context = chromium.new_context(viewport={"width": request.param, "height": 800})
    yield tab_in(context, address)
    context.close()


def test_a_page_with_files_can_be_used_and_shows_none_of_them(tab: Tab) -> None:
    tab.open(RIVER)

    can_be_used(tab.page, RIVER)
    assert not [url for url in tab.requests if "/files/" in url]


def test_a_picture_is_drawn_where_it_was_asked_for(tab: Tab) -> None:
    tab.open(RIVER)
    tab.page.click("text=Show the picture")
    tab.page.wait_for_selector(".es-files img")
    tab.page.wait_for_load_state("networkidle")

    assert tab.page.evaluate("document.querySelector('.es-files img').naturalWidth") > 0
    assert tab.focus().startswith("file-")
    assert tab.errors == []
    can_be_used(tab.page, RIVER)


def test_a_recording_can_be_played_where_it_was_asked_for(tab: Tab) -> None:
    tab.open(RIVER)
    tab.page.click("text=Listen to it")
    tab.page.wait_for_selector(".es-files audio")
    length = tab.page.evaluate(
        """() => new Promise((done, fail) => {
          const player = document.querySelector('.es-files audio');
          player.onloadedmetadata = () => done(player.duration);
          player.onerror = () => fail(new Error(player.error.message));
          player.load();
          player.preload = 'metadata';
        })"""
    )

    assert length == pytest.approx(2.0)
    assert tab.errors == []
    can_be_used(tab.page, RIVER)
