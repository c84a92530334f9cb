"""The review page on the real store: one passage, its keys, on to the next; nothing of it needs a script."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import pytest
from flask import Flask

from bot.heard import Polarity, Risk, RiskLevel
from bot.holding import Holding
from bot.records import StaffMember
from bot.review import tags
from staff.desk import EXTENSION, Desk
from staff.passwords import Passwords
from storage.database import Database
from tests.staff.fakes import a_member
from tests.staff.page import Browser, text_of, values_of
from tests.staff.review_desk import ReviewDesk
from tests.storage.made_up import BORIS, NOW

HERE = "/staff/review"
STORY = "New taxi driver again this morning and no one told us"


@pytest.fixture
def desk(app: Flask, database: Database, passwords: Passwords) -> ReviewDesk:
    return ReviewDesk(app, database, passwords)


def test_one_passage_stands_there_with_what_is_suggested_and_why(desk: ReviewDesk) -> None:
    desk.scene.tells(STORY, ("transport", 0.9), ("communication", 0.7), reference="RIVER 482")
    page = desk.browser().open(HERE)

    assert page.heading == "RIVER 482, passage 1 of 1, 1 left"
    assert "Home to school transport" in page.main
    assert "Sure" in page.main
    assert [field.get("data-key") for field in page.find_all("input", type="checkbox") if field.get("data-key")] == list(
        "123456789"
    )
    assert [box.get("value") for box in page.find_all("input", type="checkbox") if box.get("checked") is not None] == [
        "transport",
        "communication",
    ]
    keys = {button.get("data-key"): text_of(button) for button in page.find_all("button") if button.get("data-key")}
    assert keys == {"a": "A Accept what is ticked", "n": "N Not sure"}
    assert "It means" in text_of(page.find("section", aria_labelledby="guide-heading"))


def test_accepting_moves_on_and_says_what_was_tagged_and_what_is_left(desk: ReviewDesk) -> None:
    desk.scene.tells(STORY, ("transport", 0.9), reference="RIVER 482")
    desk.scene.tells("The plan is wrong.", ("ehc_content", 0.9), reference="BROOK 377", sender=BORIS)
    jo = desk.browser()
    first = jo.open(HERE).heading[:9]
    page = jo.press(f"/review/{_shown(jo)}", {"do": "accept"})

    assert first not in page.heading
    assert text_of(page.find("div", id="told")).endswith("1 left.")
    assert text_of(page.find("div", id="told")).startswith("Tagged ")
    page = jo.press(f"/review/{_shown(jo)}", {"do": "accept"})
    assert page.heading == "Nothing waits for you"
    assert len(page.find_all("li", class_="es-item")) == 0


def _shown(browser: Browser) -> str:
    assert browser.page is not None
    forms = [form.get("action") or "" for form in browser.page.find_all("form")]
    return next(action.rsplit("/", 1)[-1] for action in forms if len(action.rsplit("/", 1)[-1]) == 36 and "undo" not in action)


def test_unticking_and_ticking_are_kept_as_no_and_yes_and_undone_together(desk: ReviewDesk) -> None:
    desk.scene.tells(STORY, ("transport", 0.9), ("communication", 0.7), reference="RIVER 482")
    jo = desk.browser()
    jo.open(HERE)
    page = jo.press(f"/review/{_shown(jo)}", {"do": "accept", "theme": ["transport", "disputes"]})
    view = desk.view("RIVER 482")
    assert {tag.theme for tag in tags(view.card.passages[0])} == {"transport", "disputes"}
    assert "RIVER 482" in text_of(page.find("ol", class_="es-last"))

    page = jo.press("/review/undo")
    assert page.heading.startswith("RIVER 482")
    view = desk.view("RIVER 482")
    assert {tag.theme for tag in tags(view.card.passages[0])} == {"transport", "communication"}
    assert view.card.read_at is None
    assert jo.press("/keys").find("div", id="told") is not None


def test_two_presses_of_undo_undo_one_decision(desk: ReviewDesk) -> None:
    for number in range(2):
        desk.scene.tells(STORY, ("transport", 0.9), reference=f"RIVER {number}")
    jo = desk.browser()
    jo.open(HERE)
    for _ in range(2):
        page = jo.press(f"/review/{_shown(jo)}", {"do": "accept", "theme": ["transport"]})
    form = values_of(page.form("/review/undo")[0])
    for _ in range(2):
        jo.client.post("/staff/review/undo", data=form)

    assert sum(desk.view(f"RIVER {number}").card.read_at is None for number in range(2)) == 1


def test_not_sure_asks_the_others_and_names_who_was_not(desk: ReviewDesk) -> None:
    desk.scene.tells(STORY, ("transport", 0.9), reference="RIVER 482")
    jo, tom = desk.browser(), desk.browser("tom")
    jo.open(HERE)
    assert jo.press(f"/review/{_shown(jo)}", {"do": "unsure"}).heading == "Nothing waits for you"

    assert "Jo Pascoe was not sure." in tom.open(HERE).main


def test_whoever_is_overtaken_is_told_and_led_on(desk: ReviewDesk) -> None:
    desk.scene.tells(STORY, ("transport", 0.9), reference="RIVER 482")
    jo, tom = desk.browser(), desk.browser("tom")
    desk.use.records.set("second_reading_share", "0", a_member("jo"), NOW)
    tom.open(HERE)
    jo.open(f"{HERE}/{desk.scene.passage_of('RIVER 482')}")
    jo.press(f"/review/{_shown(jo)}", {"do": "accept"})
    page = tom.press(f"/review/{_shown(tom)}", {"do": "accept", "theme": ["disputes"]})

    assert "This one was decided just now" in page.main
    view = desk.view("RIVER 482")
    assert {row.by for row in view.card.passages[0].decisions} == {"Jo Pascoe"}


@pytest.mark.parametrize("username", ["jo", "ruth"])
def test_what_is_with_safeguarding_is_nowhere_in_it(desk: ReviewDesk, username: str) -> None:
    seq = desk.scene.accepts("he hurt her", risk=Risk(RiskLevel.CONCERN))
    assert seq is not None
    desk.scene.alerts(seq)
    desk.scene.takes_turn(("transport", 0.9), reference="RIVER 482", risk=RiskLevel.CONCERN, reply=None)
    browser = desk.browser(username)

    for address in (HERE, f"{HERE}/{desk.scene.passage_of('RIVER 482')}"):
        page = browser.open(address)
        assert page.heading == "Nothing waits for you"
        assert "RIVER" not in page.html


def test_the_keys_are_switched_off_and_the_buttons_stay(desk: ReviewDesk) -> None:
    desk.scene.tells(STORY, ("transport", 0.9), reference="RIVER 482")
    jo = desk.browser()
    assert jo.open(HERE).find("section", id="review-page").get("data-keys") == "on"
    page = jo.press("/review/keys")

    assert page.find("section", id="review-page").get("data-keys") == "off"
    assert not [element for element in page.root.iter() if element.get("data-key")]
    assert "Accept" in page.main
    assert desk.browser("tom").open(HERE).find("section", id="review-page").get("data-keys") == "on"


@pytest.mark.parametrize("fields", [{"do": "all"}, {"do": "accept", "theme": ["no such theme"]}, {"do": "accept", "seen": "x"}])
def test_a_form_that_is_not_ours_is_refused_with_a_sentence(desk: ReviewDesk, fields: dict[str, object]) -> None:
    desk.scene.tells(STORY, ("transport", 0.9), reference="RIVER 482")
    jo = desk.browser()
    jo.open(HERE)
    page = jo.press(f"/review/{_shown(jo)}", fields, status=400)

    assert page.heading == "That form could not be read"


@dataclass
class Answerable:
    """As much of ``bot.holding.Holding`` as the page asks: whether there is a talk to write in."""

    talk: object | None

    def find(self, reference: str, member: StaffMember) -> object | None:
        return self.talk


@pytest.mark.parametrize("talk", [object(), None])
def test_r_leads_to_where_one_replies_if_they_can_be_answered(desk: ReviewDesk, talk: object | None) -> None:
    at: Desk = desk.app.extensions[EXTENSION]
    desk.app.extensions[EXTENSION] = replace(at, rooms=replace(at.rooms, holding=cast("Holding", Answerable(talk))))
    desk.scene.tells(STORY, ("transport", 0.9), reference="RIVER 482")
    page = desk.browser().open(HERE)

    leads = [link.get("href") for link in page.find_all("a") if link.get("data-key") == "r"]
    assert leads == (["/staff/experiences/RIVER-482#reply"] if talk else [])


def test_script_markup_and_bidi_in_words_are_shown_and_do_nothing(desk: ReviewDesk) -> None:
    desk.scene.tells("<script>alert(1)</script> \u202egnorw \u200b<b>bold</b>", ("transport", 0.9), reference="RIVER 482")
    page = desk.browser().open(HERE)

    assert "<b>bold</b>" in page.main
    assert page.find_all("b") == []


def test_the_feeling_is_changed_with_the_decision(desk: ReviewDesk) -> None:
    desk.scene.tells(STORY, ("transport", 0.9), reference="RIVER 482")
    jo = desk.browser()
    jo.open(HERE)
    jo.press(f"/review/{_shown(jo)}", {"do": "accept", "feeling": "mixed"})

    assert desk.view("RIVER 482").card.passages[0].polarity == Polarity.MIXED


def test_who_finds_everything_before_colleagues_is_told_so(desk: ReviewDesk) -> None:
    desk.scene.tells(STORY, ("transport", 0.9), reference="RIVER 482")
    desk.browser().open(HERE)
    page = desk.browser("tom").open(HERE)

    assert page.heading == "Nothing waits for you"
    assert "One more lies before colleagues just now." in page.main
