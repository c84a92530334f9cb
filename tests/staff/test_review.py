"""The review page on the real store: one passage, its keys, on to the next; nothing of it needs a script."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from flask import Flask

from bot.model import Risk, RiskLevel
from bot.review import Review, tags
from bot.reviewing import Reviewing
from bot.themes import Taxonomy
from staff.desk import EXTENSION, Desk
from staff.passwords import Passwords
from storage.database import Database
from storage.reviewing import SqlReviews
from storage.sealing import Sealer
from storage.store import SqlStore
from tests.conftest import masked
from tests.staff.conftest import PASSWORD, signed_in
from tests.staff.fakes import FakeClock, a_member
from tests.staff.page import Browser, text_of
from tests.storage.made_up import BORIS, NOW
from tests.storage.scene import Scene

HERE = "/staff/review"
STORY = "New taxi driver again this morning and no one told us"


@pytest.fixture
def kept(database: Database, sealer: Sealer, passwords: Passwords) -> SqlStore:
    store = SqlStore(database, sealer, masked)
    with store.transaction() as tx:
        team = (("jo", "Jo Pascoe", "reviewer"), ("tom", "Tom Calloway", "reviewer"), ("ruth", "Ruth Adeyemi", "safeguarding"))
        for username, name, role in team:
            tx.add_staff(a_member(username, name=name, role=role, password_hash=passwords.hash(PASSWORD)), NOW)
    return store


@pytest.fixture
def scene(kept: SqlStore) -> Scene:
    return Scene(kept)


@pytest.fixture
def site(app: Flask, kept: SqlStore, database: Database, sealer: Sealer, taxonomy: Taxonomy) -> Flask:
    at: Desk = app.extensions[EXTENSION]
    clock = FakeClock(NOW + timedelta(hours=1))
    review = Review(kept, clock, taxonomy.version, frozenset(theme.code for theme in taxonomy.living()))
    reviewing = Reviewing(
        store=kept,
        records=SqlReviews(database, sealer),
        review=review,
        clock=clock,
        taxonomy=taxonomy,
        new_id=uuid4,
        random=Random(1),
    )
    rooms = replace(at.rooms, reviewing=reviewing)
    app.extensions[EXTENSION] = replace(at, store=kept, clock=clock, review=review, rooms=rooms)
    return app


def browser_of(site: Flask, kept: SqlStore, username: str = "jo") -> Browser:
    at: Desk = site.extensions[EXTENSION]
    return signed_in(site, kept, at.clock, username)


def test_one_passage_stands_there_with_what_is_suggested_and_why(site: Flask, kept: SqlStore, scene: Scene) -> None:
    scene.tells(STORY, ("transport", 0.9), ("communication", 0.7), reference="RIVER 482")
    page = browser_of(site, kept).open(HERE)

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


def test_accepting_moves_on_and_says_what_was_tagged_and_what_is_left(site: Flask, kept: SqlStore, scene: Scene) -> None:
    scene.tells(STORY, ("transport", 0.9), reference="RIVER 482")
    scene.tells("The plan is wrong.", ("ehc_content", 0.9), reference="BROOK 377", sender=BORIS)
    jo = browser_of(site, kept)
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


def test_unticking_and_ticking_are_kept_as_no_and_yes_and_undone_together(site: Flask, kept: SqlStore, scene: Scene) -> None:
    scene.tells(STORY, ("transport", 0.9), ("communication", 0.7), reference="RIVER 482")
    jo = browser_of(site, kept)
    jo.open(HERE)
    page = jo.press(f"/review/{_shown(jo)}", {"do": "accept", "theme": ["transport", "disputes"]})
    view = kept.experience("RIVER 482")
    assert view is not None
    assert {tag.theme for tag in tags(view.card.passages[0])} == {"transport", "disputes"}
    assert "RIVER 482" in text_of(page.find("ol", class_="es-last"))

    page = jo.press("/review/undo")
    assert page.heading.startswith("RIVER 482")
    view = kept.experience("RIVER 482")
    assert view is not None
    assert {tag.theme for tag in tags(view.card.passages[0])} == {"transport", "communication"}
    assert view.card.read_at is None
    assert jo.press("/keys").find("div", id="told") is not None


def test_not_sure_asks_the_others_and_names_who_was_not(site: Flask, kept: SqlStore, scene: Scene) -> None:
    scene.tells(STORY, ("transport", 0.9), reference="RIVER 482")
    jo, tom = browser_of(site, kept), browser_of(site, kept, "tom")
    tom.open(HERE)
    jo.open(HERE)
    assert jo.press(f"/review/{_shown(jo)}", {"do": "unsure"}).heading == "Nothing waits for you"

    assert "Jo Pascoe was not sure." in tom.open(HERE).main


def test_whoever_is_overtaken_is_told_and_led_on(site: Flask, kept: SqlStore, scene: Scene) -> None:
    scene.tells(STORY, ("transport", 0.9), reference="RIVER 482")
    jo, tom = browser_of(site, kept), browser_of(site, kept, "tom")
    at: Desk = site.extensions[EXTENSION]
    assert at.rooms.reviewing is not None
    at.rooms.reviewing.records.set("second_reading_share", "0", a_member("jo"), NOW)
    tom.open(HERE)
    jo.open(HERE)
    jo.press(f"/review/{_shown(jo)}", {"do": "accept"})
    page = tom.press(f"/review/{_shown(tom)}", {"do": "accept", "theme": ["disputes"]})

    assert "Somebody else decided about this one just now" in page.main
    view = kept.experience("RIVER 482")
    assert view is not None
    assert {row.by for row in view.card.passages[0].decisions} == {"Jo Pascoe"}


@pytest.mark.parametrize("username", ["jo", "ruth"])
def test_what_is_with_safeguarding_is_nowhere_in_it(site: Flask, kept: SqlStore, scene: Scene, username: str) -> None:
    seq = scene.accepts("he hurt her", risk=Risk(RiskLevel.CONCERN))
    assert seq is not None
    scene.alerts(seq)
    scene.takes_turn(("transport", 0.9), reference="RIVER 482", risk=RiskLevel.CONCERN, reply=None)
    browser = browser_of(site, kept, username)

    for address in (HERE, f"{HERE}/{scene.passage_of('RIVER 482')}"):
        page = browser.open(address)
        assert page.heading == "Nothing waits for you"
        assert "RIVER" not in page.html


def test_the_keys_are_switched_off_and_the_buttons_stay(site: Flask, kept: SqlStore, scene: Scene) -> None:
    scene.tells(STORY, ("transport", 0.9), reference="RIVER 482")
    jo = browser_of(site, kept)
    assert jo.open(HERE).find("section", id="review-page").get("data-keys") == "on"
    page = jo.press("/review/keys")

    assert page.find("section", id="review-page").get("data-keys") == "off"
    assert not [element for element in page.root.iter() if element.get("data-key")]
    assert "Accept" in page.main
    assert browser_of(site, kept, "tom").open(HERE).find("section", id="review-page").get("data-keys") == "on"


@pytest.mark.parametrize("fields", [{"do": "all"}, {"do": "accept", "theme": ["no such theme"]}, {"do": "accept", "seen": "x"}])
def test_a_form_that_is_not_ours_is_refused_with_a_sentence(
    site: Flask, kept: SqlStore, scene: Scene, fields: dict[str, object]
) -> None:
    scene.tells(STORY, ("transport", 0.9), reference="RIVER 482")
    jo = browser_of(site, kept)
    jo.open(HERE)
    page = jo.press(f"/review/{_shown(jo)}", fields, status=400)

    assert page.heading == "That form could not be read"


def test_script_markup_and_bidi_in_words_are_shown_and_do_nothing(site: Flask, kept: SqlStore, scene: Scene) -> None:
    scene.tells("<script>alert(1)</script> \u202egnorw \u200b<b>bold</b>", ("transport", 0.9), reference="RIVER 482")
    page = browser_of(site, kept).open(HERE)

    assert "<b>bold</b>" in page.main
    assert page.find_all("b") == []
