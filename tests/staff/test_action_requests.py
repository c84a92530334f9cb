"""A publisher is asked to publish an action, or to have its people told, and answers yes or not yet with a word; until then
whoever asked can take it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask

from bot.action_requests import Request
from staff.desk import EXTENSION
from tests.staff.conftest import signed_in
from tests.staff.fake_actions import ACTION, FakeActions, FakeRequests, fill_actions
from tests.staff.fakes import NOW, FakeClock, FakeStore, a_member
from tests.staff.page import Browser, text_of

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
    assert f"{PAGE}#requests-heading" in [address for _, address in pia.open(TODAY).links()]
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


@pytest.mark.parametrize("anew", [False, True], ids=["in the line that says so", "on the page of the action"])
def test_whoever_asked_takes_it_back_while_nobody_has_answered(jo: Browser, pia: Browser, *, anew: bool) -> None:
    jo.open(PAGE)
    said = jo.press("/ask").find("div", id="told")
    assert [text_of(button) for button in said.iter("button")] == ["Take it back: what was asked"]
    if anew:
        assert [text_of(button) for button in jo.open(PAGE).form("/withdraw")[0].iter("button")] == [
            "Take it back: the asking to publish it"
        ]
    assert "You have taken it back." in jo.press("/withdraw").main

    assert "Asked of you" not in pia.open(TODAY).main
    assert "Whoever publishes is asked." in jo.press("/ask").main


def test_nobody_else_takes_back_what_somebody_asked(jo: Browser, pia: Browser) -> None:
    jo.open(PAGE)
    _, address = jo.press("/ask").form("/withdraw")
    page = pia.open(PAGE)
    assert not [form for form in page.find_all("form") if (form.get("action") or "").endswith("/withdraw")]
    token = page.find("input", name="csrf_token").get("value")

    assert pia.client.post(address, data={"csrf_token": token}).status_code == 404
    assert "Asked of you" in pia.open(TODAY).main


@pytest.mark.parametrize("yes", ["yes", "no"])
def test_who_took_it_back_before_it_was_answered_was_quicker(jo: Browser, pia: Browser, kept: FakeActions, yes: str) -> None:
    jo.open(PAGE)
    jo.press("/ask")
    pia.open(PAGE)
    jo.press("/withdraw")

    said = pia.press("/answer", {"yes": yes, "word": "Name the day first."}).main
    assert "Nobody asks this any more: whoever asked has taken it back." in said
    assert kept.kept[ACTION].edition is None


@pytest.mark.parametrize(("yes", "said"), [("yes", "Pia Vale was quicker, and said yes."), ("no", "and said not yet.")])
def test_who_answered_before_it_was_taken_back_was_quicker(jo: Browser, pia: Browser, yes: str, said: str) -> None:
    jo.open(PAGE)
    jo.press("/ask")
    pia.open(PAGE)
    pia.press("/answer", {"yes": yes, "word": "Name the day first."})

    assert said in jo.press("/withdraw").main
    assert "Pia Vale said" in jo.open(TODAY).main


def test_what_is_published_while_it_is_taken_back_is_not_said_to_have_been_wanted(
    app: Flask, jo: Browser, pia: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    jo.open(PAGE)
    jo.press("/ask")
    pia.open(PAGE)
    records = app.extensions[EXTENSION].rooms.action_requests.records
    monkeypatch.setattr(records, "of_action", TakenBackMeanwhile(records))

    said = pia.press("/answer", {"yes": "yes"}).main
    assert "Whoever asked took it back just before you said yes. It is published: take it off" in said


@dataclass
class TakenBackMeanwhile:
    """``RequestRecords.of_action``: right after somebody has looked, whoever asked takes it back."""

    records: FakeRequests

    def __call__(self, action_id: UUID) -> tuple[Request, ...]:
        found = tuple(each for _, each in self.records.asked if each.action_id == action_id)
        self.records.asked.clear()
        return found


def test_a_viewer_asks_nothing_and_a_publisher_need_not(app: Flask, pia: Browser, store: FakeStore, clock: FakeClock) -> None:
    for browser in (signed_in(app, store, clock, "val"), pia):
        forms = browser.open(PAGE).find_all("form")
        assert [form for form in forms if (form.get("action") or "").endswith("/ask")] == []
