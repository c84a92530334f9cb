"""The pages of words in a real browser: at 1100 and 320 pixels, and a whole change from proposal to history without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from bot.model import ENGLISH
from bot.word_versions import Draft
from tests.bot.word_scene import KEPT, OURS, change, made
from tests.staff import test_browser
from tests.staff.fakes import NOW, FakeStore, a_member
from tests.staff.test_browser import (
    NARROW,
    WIDE,
    can_be_used,
    open_every_fold,
    tab_in,
)

pytestmark = test_browser.pytestmark
chromium = test_browser.chromium
address = test_browser.address
WRONG = "Thank you! It is kept."
PAGES = {
    "list": "/staff/words?locale=ar&q=kept",
    "found nothing": "/staff/words?q=zzz",
    "wrong": f"/staff/words/text/en/{KEPT}",
    "right to left": "/staff/words/text/ar/first.story",
    "buttons": "/staff/words/text/pl/choice.words_no",
    "danger": "/staff/words/text/en/danger.violence_at_home.open",
    "proposals": "/staff/words/changes",
    "to publish": "/staff/words/publish?place=en%7Ckept.more%7Ctext",
    "history": "/staff/words/history",
    "back": "/staff/words/history/1",
}


@pytest.fixture
def published(store: FakeStore) -> FakeStore:
    """Somebody who publishes; two versions, the newer with what no longer fits; two proposals, one of them wrong."""
    ruth = store.staff_by_username("ruth")
    assert ruth is not None
    store.add_staff(a_member("pat", name="Pat Ivey", role="publisher", password_hash=ruth.password_hash), NOW)
    records = store.word_records
    records.rows |= {1: made(1, change()), 2: made(2, change(), change("Gone.", key="gone.text"))}
    for key, text in ((KEPT, WRONG), ("kept.more", "Thank you. We have kept that as well.")):
        draft = Draft(locale=ENGLISH, key=key, channel="text", text=text, english="", by_id=ruth.id, at=NOW)
        records.propose([draft], drop=[], by_id=ruth.id, now=NOW)
    return store


@pytest.mark.parametrize("width", [pytest.param(WIDE, marks=pytest.mark.slow), NARROW])
def test_every_page_of_words_can_be_used(chromium: Browser, published: FakeStore, address: str, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800})
    tab = tab_in(context, address, username="pat")
    for name, where in PAGES.items():
        tab.open(where)
        open_every_fold(tab.page)

        can_be_used(tab.page, name)
    assert tab.errors == []
    context.close()


def test_a_text_is_changed_published_and_gone_back_to_without_scripts(
    chromium: Browser, published: FakeStore, address: str
) -> None:
    context = chromium.new_context(viewport={"width": NARROW, "height": 800}, java_script_enabled=False)
    tab = tab_in(context, address, username="pat")
    tab.open("/staff/words/text/en/hello.again")
    tab.page.fill("#text_text", "Hello. Tell us what went on.")
    tab.page.click("text=Keep as a proposal")
    tab.page.click("main >> text=Proposals")
    tab.page.click("text=Look at these together")
    tab.page.fill("#why", "Plainer.")
    tab.page.click("text=Publish now")
    said = tab.page.inner_text("#told")
    tab.page.click("main >> text=History")
    tab.page.click("text=Have version 1 again")
    tab.page.click("text=Publish now")

    rows = published.word_records.rows
    assert "Version 3 is published" in said
    assert {row.key for row in rows[3].changes} == {KEPT, "hello.again", "kept.more"}
    assert [row.text for row in rows[4].changes] == [OURS]
    context.close()
