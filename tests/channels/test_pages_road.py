"""The web on the real road: the real store, the real way in, the real dialogue, and nothing between them left out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from channels.pages import pages_blueprint
from channels.webchat import webchat_blueprint
from storage.database import Database
from tests.channels.pages_client import Page, Parent
from tests.channels.webchat_fakes import KEY, FakeWeb
from tests.journeys.stage import StoreStage

THURSDAY = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
STORY = "The taxi was an hour late again and nobody rang us. My number is 07700 900123."


@pytest.fixture
def database(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'store.db')}")
    yield opened
    opened.close()


@pytest.fixture
def pages(database: Database) -> StoreStage:
    return StoreStage("pages", database=database, start=THURSDAY)


@pytest.fixture
def parent(pages: StoreStage) -> Parent:
    """Each pause of a waiting page is a moment in which the worker works."""
    app = Flask("test", static_folder=None, template_folder=None)
    app.register_blueprint(
        pages_blueprint(
            store=pages.store,
            intake=pages.intake,
            clock=pages.clock,
            secret_key=KEY,
            public_url="http://localhost",
            pause=lambda _: pages._settle(),
        )
    )
    return Parent(app.test_client(), FakeWeb())


def tells(parent: Parent, text: str = STORY) -> Page:
    return parent.sends(parent.opens(), text)


def to_the_end(parent: Parent) -> Page:
    page = tells(parent)
    while "choice" not in page.html:
        page = parent.sends(page, act="skip")
    page = parent.sends(page, choice="words_no")
    return parent.sends(page, choice="changes_yes")


def test_a_whole_talk_ends_with_its_reference_its_day_and_its_answers(parent: Parent, pages: StoreStage) -> None:
    page = to_the_end(parent)
    facts = pages.facts()

    assert page.heading.startswith("Thank you")
    assert facts["references"][0] in page.main
    assert "Thu 26 Nov" in page.main
    assert facts["consents"] == {"words_in_public": False, "tell_what_changed": True}
    assert facts["kept"][0].startswith("The taxi was an hour late")


def test_an_answer_changed_later_is_the_one_that_stands(parent: Parent, pages: StoreStage) -> None:
    to_the_end(parent)
    changed = parent.opens(parent.opens().links["Change my last answer"])
    parent.sends(changed, choice="changes_no")

    assert pages.facts()["consents"]["tell_what_changed"] is False


def test_words_beside_an_answer_join_the_story(parent: Parent, pages: StoreStage) -> None:
    page = tells(parent)
    while "choice" not in page.html:
        page = parent.sends(page, act="skip")
    parent.sends(page, "He cries every morning", choice="words_yes")
    facts = pages.facts()

    assert "He cries every morning" in facts["kept"]
    assert facts["consents"]["words_in_public"] is True


def test_danger_is_answered_before_the_turn_and_asks_nothing(parent: Parent, pages: StoreStage) -> None:
    page = tells(parent, "He hit me again last night and the kids saw it. I want to kill myself")

    assert "999" in page.links
    assert not page.choices
    assert parent.sends(page, "I do not know where to go").kept
    assert pages.facts()["alerts"]


def test_delete_is_done_and_its_receipt_is_shown(parent: Parent, pages: StoreStage) -> None:
    to_the_end(parent)
    page = parent.sends(parent.opens("/chat/options"), act="delete")
    (confirm,) = [act for act in page.acts if act.startswith("say:")]
    page = parent.sends(page, act=confirm)

    assert "Done on " in page.main
    assert "07700" not in page.html
    assert pages.facts()["kept"] == []


def test_take_back_takes_the_words_off_the_preview(parent: Parent) -> None:
    page = tells(parent)
    parent.sends(page, "And the escort shouted")
    page = parent.sends(parent.opens("/chat/options"), act="takeback")
    page = parent.opens(page.links["Go back to the question"])

    assert "an hour late" in page.html
    assert "shouted" not in page.html


def test_after_stop_words_are_kept_and_the_page_says_so(parent: Parent, pages: StoreStage) -> None:
    to_the_end(parent)
    page = parent.sends(parent.opens("/chat/options"), act="stop")
    assert "no more messages" in page.main
    page = parent.sends(page, "The escort changed too")

    assert page.heading == "We have kept that too"
    assert "The escort changed too" in pages.facts()["kept"]
    assert "write START" in page.main
    assert "Welcome back" in parent.sends(page, "START").text


def test_easy_read_in_the_middle_puts_the_question_in_easy_words(parent: Parent) -> None:
    page = tells(parent)
    easy = parent.sends(page, act="say:EASY READ", locale="en-x-easyread")

    assert 'class="easy"' in easy.html
    assert easy.heading != page.heading
    assert easy.heading.endswith("?")


def test_easy_read_from_the_start_is_how_the_bot_speaks(parent: Parent) -> None:
    page = parent.sends(parent.opens("/chat?locale=en-x-easyread"), STORY)

    assert "Your number is" in page.kept


def test_talk_to_a_person_is_a_task_with_a_day(parent: Parent, pages: StoreStage) -> None:
    page = parent.sends(parent.opens(), act="human")

    assert "get in touch by" in page.text
    assert "call_back" in pages.facts()["tasks"]


def test_a_person_can_be_asked_for_at_any_question_and_the_question_is_still_there(parent: Parent, pages: StoreStage) -> None:
    page = tells(parent)
    while "choice" not in page.html:
        page = parent.sends(page, act="skip")
    after = parent.sends(page, act="human")

    assert "get in touch by" in after.text
    assert "call_back" in pages.facts()["tasks"]
    assert parent.opens(after.links["Go back to the question"]).heading == page.heading


def test_a_repeat_and_a_double_press_are_one_message_on_the_real_store(parent: Parent, pages: StoreStage) -> None:
    page = parent.opens()
    for _ in range(3):
        parent.sends(page, STORY)

    assert len(pages.facts()["kept"]) == 1


def test_lone_surrogates_and_nul_go_all_the_way(parent: Parent, pages: StoreStage) -> None:
    page = parent.opens()
    hidden = "&".join(f"{name}={value}" for name, value in page.hidden().items())
    parent.client.post("/chat", data=f"{hidden}&text=a%ED%A0%80b%00c".encode(), content_type="application/x-www-form-urlencoded")

    assert parent.opens().status == 200
    assert next(row.text for row in pages.store.export_messages() if row.direction == "inbound") == "a\udced\udca0\udc80b\0c"


def test_the_json_api_carries_a_talk(database: Database) -> None:
    stage = StoreStage("webchat", database=database, start=THURSDAY)
    app = Flask("test")
    app.register_blueprint(webchat_blueprint(store=stage.store, intake=stage.intake, clock=stage.clock, secret_key=KEY))
    client = app.test_client()
    headers = {"Authorization": f"Bearer {client.post('/api/chat/session').get_json()['token']}"}
    body: dict[str, Any] = {"id": "m1", "text": STORY}
    seq = client.post("/api/chat/message", json=body, headers=headers).get_json()["seq"]
    again = client.post("/api/chat/message", json=body, headers=headers).get_json()["seq"]
    stage._settle()
    lines = client.get("/api/chat/events?after=0", headers=headers).get_json()

    assert seq == again
    assert [line["from"] for line in lines][:2] == ["parent", "earshot"]
    assert lines[0]["text"] == STORY
    assert stage.facts()["references"][0] in lines[1]["text"]
    assert next(row.external_id for row in stage.store.export_messages() if row.direction == "inbound") == "m1"
