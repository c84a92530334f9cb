"""A publisher is asked to publish an action, or to have its people told, and answers yes or not yet with a word."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.staff.conftest import signed_in
from tests.staff.fake_actions import ACTION, FakeActions, fill_actions
from tests.staff.fakes import NOW, FakeClock, FakeStore, a_member
from tests.staff.page import Browser

PAGE, TODAY = f"/staff/actions/{ACTION}", "/staff/today"


@pytest.fixture(autouse=True)
def kept(kept_actions: FakeActions, store: FakeStore) -> FakeActions:
    fill_actions(kept_actions)
    store.add_staff(a_member("pia", name="Pia Vale", role="publisher"), NOW)
    store.add_staff(a_member("val", name="Val Orme", role="viewer"), NOW)
    return kept_actions


@pytest.fixture
def pia(app: Flask, store: FakeStore, clock: FakeClock) -> Browser:
    return signed_in(app, store, clock, "pia")


def test_who_is_asked_reads_it_on_the_page_of_the_day_and_says_not_yet_with_a_word(
    jo: Browser, pia: Browser, kept: FakeActions
) -> None:
    jo.open(PAGE)
    page = jo.press("/ask", {"word": "The head has <b>agreed</b>."})
    assert "Whoever publishes is asked." in page.main
    assert "Jo Pascoe asks to publish it" in pia.open(TODAY).main
    assert "The head has <b>agreed</b>." in pia.page.main if pia.page else False
    assert "Asked of you" not in jo.open(TODAY).main

    pia.open(PAGE)
    assert "Say in a word why not yet." in pia.press("/answer", {"yes": "no", "word": ""}).main
    pia.press("/answer", {"yes": "no", "word": "Name the day first."})
    assert "Pia Vale said not yet to Jo Pascoe" in jo.open(TODAY).main
    assert "Name the day first." in jo.open(PAGE).main
    assert kept.kept[ACTION].edition is None


def test_a_yes_publishes_it_and_another_tells_them(jo: Browser, pia: Browser, kept: FakeActions) -> None:
    jo.open(PAGE)
    jo.press("/ask")
    pia.open(PAGE)
    assert "It is published." in pia.press("/answer", {"yes": "yes"}).main
    assert kept.kept[ACTION].edition is not None

    jo.open(PAGE)
    assert "have those told who said it" in jo.press("/ask").main
    pia.open(PAGE)
    assert "18 people are told." in pia.press("/answer", {"yes": "yes"}).main
    assert "Pia Vale said yes to Jo Pascoe" in jo.open(TODAY).main


def test_publishing_it_by_its_own_button_answers_who_asked(jo: Browser, pia: Browser) -> None:
    jo.open(PAGE)
    jo.press("/ask")
    pia.open(PAGE)
    pia.press("/publish")

    assert "Asked of you" not in pia.open(TODAY).main
    assert "Pia Vale said yes" in jo.open(TODAY).main


def test_a_viewer_asks_nothing_and_a_publisher_need_not(app: Flask, pia: Browser, store: FakeStore, clock: FakeClock) -> None:
    for browser in (signed_in(app, store, clock, "val"), pia):
        forms = browser.open(PAGE).find_all("form")
        assert [form for form in forms if (form.get("action") or "").endswith("/ask")] == []
