"""The public page of what came of what families told: what stands on it, in whose language, and that nothing runs in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.actions import Published, State, Words
from bot.model import ENGLISH, Locale
from bot.wording import Wording
from channels.changes import Changes
from channels.pages import pages_blueprint
from tests.channels.pages_client import Page, text_of
from tests.channels.webchat_fakes import FakeWeb

DONE = Published(
    id=UUID(int=1),
    words=Words(title="A late taxi", said="Nobody tells us.", did="Each family gets a text."),
    state=State.DONE,
    on=date(2026, 11, 23),
    people=23,
    quotes=("We wait and wait.",),
)
COULD_NOT = Published(
    id=UUID(int=2),
    words=Words(title="A <b>club</b>", said="There is none.", because="There is no money.\n\nWe look again in April."),
    state=State.COULD_NOT,
    on=date(2026, 11, 20),
)


@dataclass
class Kept:
    entries: tuple[Published, ...] = (DONE, COULD_NOT)

    def published(self) -> tuple[Published, ...]:
        return self.entries


CHANGES = Changes(Kept(), Wording.load().day)


@pytest.fixture(scope="module")
def kept() -> Kept:
    return Kept()


@pytest.fixture(scope="module")
def client(kept: Kept) -> FlaskClient:
    web = FakeWeb()
    app = Flask("earshot", static_folder=None)
    app.register_blueprint(
        pages_blueprint(
            store=web,  # type: ignore[arg-type] # as much of a store as the pages use
            intake=web,
            clock=web.clock,
            secret_key="a key for tests",
            public_url="https://earshot.example",
            changes=Changes(kept, Wording.load().day),
        )
    )
    return app.test_client()


def opened(client: FlaskClient, locale: str = "") -> Page:
    answer = client.get("/you-said-we-did", query_string={"locale": locale} if locale else {})
    return Page(answer)


def test_what_was_done_and_what_could_not_be_stand_in_boxes_of_one_kind(client: FlaskClient) -> None:
    page = opened(client)

    assert page.heading == "You said, we did"
    boxes = [text_of(box) for box in page.all("div") if "did-box" in (box.get("class") or "")]
    assert boxes == [
        "We did Each family gets a text.",
        "We could not, because There is no money.We look again in April.",
    ]
    assert "23 people told us about this." in page.main
    assert "We wait and wait." in page.main
    assert "<b>club</b>" not in page.html


def test_the_newest_stands_first_with_its_day_and_no_number_where_there_is_none(client: FlaskClient) -> None:
    page = opened(client)

    assert [text_of(each) for each in page.all("h2")][:2] == ["A late taxi", "A <b>club</b>"]
    assert page.main.count("told us about this") == 1


@pytest.mark.parametrize("locale", ["pl", "ar", "en-x-easyread"])
def test_the_frame_is_in_their_language_and_the_teams_words_say_in_which_they_are(client: FlaskClient, locale: str) -> None:
    answer = client.get("/you-said-we-did", query_string={"locale": locale})
    html = answer.get_data(as_text=True)

    assert answer.status_code == 200
    assert "Each family gets a text." in html
    assert ('<h2 id="a-1" lang="en" dir="auto">' in html) == (Locale(locale).partition("-")[0] != ENGLISH)


def test_where_nothing_is_published_the_page_says_so(client: FlaskClient, kept: Kept) -> None:
    kept.entries = ()
    try:
        assert "Nothing stands here yet." in opened(client).main
    finally:
        kept.entries = (DONE, COULD_NOT)
