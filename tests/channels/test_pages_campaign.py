"""Whoever comes to the web pages by a poster's code: one press begins the questions, and words are words all the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from channels.pages import pages_blueprint
from storage.database import Database
from storage.tables import campaign_answer, campaign_response, experience
from tests.channels.pages_client import Parent
from tests.channels.webchat_fakes import KEY, FakeWeb
from tests.journeys.stage import StoreStage

THURSDAY = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
STORY = "The taxi was an hour late again and nobody rang us."


@pytest.fixture
def database(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'store.db')}")
    yield opened
    opened.close()


@pytest.fixture
def parent(database: Database) -> Parent:
    stage = StoreStage("pages", database=database, start=THURSDAY)
    app = Flask("test", static_folder=None, template_folder=None)
    app.register_blueprint(
        pages_blueprint(
            store=stage.store,
            intake=stage.intake,
            clock=stage.clock,
            secret_key=KEY,
            public_url="http://localhost",
            pause=lambda _: stage._settle(),
            asks=stage.campaigns.asks,
        )
    )
    return Parent(app.test_client(), FakeWeb())


def test_one_press_begins_the_questions_and_an_answer_is_pressed(parent: Parent, database: Database) -> None:
    page = parent.opens("/chat?ref=strategy")
    assert "Answer our questions" in page.text
    page = parent.sends(page, act="say:Hello")
    assert "What should the new plan do first" in page.heading
    assert "1 Shorter waits" in page.choices.values()
    page = parent.sends(page, choice="strategy.first.school")

    assert "Do you feel listened to when help is planned" in page.heading
    with database.reading() as connection:
        assert connection.execute(select(campaign_answer.c.question, campaign_answer.c.answer)).all() == [("first", "school")]


def test_a_question_for_words_may_be_skipped_by_a_press(parent: Parent) -> None:
    page = parent.sends(parent.opens("/chat?ref=strategy"), act="say:Hello")
    page = parent.sends(page, choice="strategy.first.school")
    page = parent.sends(page, choice="strategy.heard.no")
    assert "What one thing would make the most difference" in page.heading
    page = parent.sends(page, act="skip")

    assert "That was the last question" in page.text


def test_words_by_the_link_are_kept_and_answered_first(parent: Parent, database: Database) -> None:
    parent.sends(parent.opens("/chat?ref=strategy"), STORY)

    with database.reading() as connection:
        assert connection.execute(select(experience.c.ref)).scalars().all() == ["strategy"]
        assert connection.execute(select(campaign_response.c.campaign)).scalars().all() == ["strategy"]


@pytest.mark.parametrize("ref", ["yeovil-clinic", "term", "nothing", "<b>", ""])
def test_a_code_that_asks_nothing_shows_the_usual_page(parent: Parent, ref: str) -> None:
    page = parent.opens(f"/chat?ref={ref}")

    assert "Answer our questions" not in page.text
    assert "<b>" not in page.html


def test_a_place_stands_on_the_experience(parent: Parent, database: Database) -> None:
    parent.sends(parent.opens("/chat?ref=yeovil-clinic"), STORY)

    with database.reading() as connection:
        assert connection.execute(select(experience.c.ref)).scalars().all() == ["yeovil-clinic"]
