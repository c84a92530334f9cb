"""Published words on the real road: a turn speaks one version, danger is never held up, and hardly anything is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, select, update

from bot.live_words import LOOKS_EVERY, LiveTongues
from bot.model import ENGLISH
from bot.word_desk import WordDesk
from storage.database import Database
from storage.sealing import Sealer
from storage.tables import consent, word_version
from storage.words import SqlWords
from tests.bot.sayings import CHECKS, WORDING
from tests.bot.street import Street
from tests.bot.word_scene import TODAY, StillClock
from tests.conftest import KEYS
from tests.journeys import stage
from tests.journeys.stage import NORA

PUBLISHER = replace(NORA, role="publisher")
STORY = "first.story"
FILE = WORDING.tongues[ENGLISH].texts[STORY]["text"]
OURS = FILE.replace("Thank you, we have kept that.", "Thank you. We have it.")


class Road:
    """A street whose words are live, and a publisher in its office."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        words = SqlWords(database, Sealer.open(database, KEYS))
        self.seconds = 0.0
        live = LiveTongues.over(stage.wording(), words, seconds=lambda: self.seconds)
        monkeypatch.setattr(stage, "wording", lambda: live)
        self.live = live
        self.street = Street(database)
        self.desk = WordDesk(base=WORDING, records=words, checks=CHECKS, clock=StillClock())

    def publish(self, text: str, key: str = STORY) -> None:
        self.desk.propose(PUBLISHER, ENGLISH, key, {"text": text})
        board, place = self.desk.board(), (ENGLISH, key, "text")
        seen = self.desk.edition(board, [place]).seen
        self.desk.publish(PUBLISHER, [place], why="Tried.", seen=seen, signed={}, today=TODAY)

    def told(self, words: str) -> str:
        before = len(self.street.heard_by_them)
        self.street.text(words)
        self.street.later(seconds=60)
        self.street.all_turns()
        self.street.deliver()
        return " ".join(self.street.heard_by_them[before:])


@pytest.fixture
def road(database: Database, monkeypatch: pytest.MonkeyPatch) -> Road:
    return Road(database, monkeypatch)


def test_the_next_turn_speaks_what_was_published_and_a_consent_is_kept_with_it(road: Road, database: Database) -> None:
    road.live.version(ENGLISH)  # words were spoken already
    road.publish(OURS)
    road.seconds += LOOKS_EVERY
    first = road.told("The taxi did not come on Monday and nobody rang us, at Heron Hill School in Taunton, all this week long.")
    road.told("SKIP")
    road.told("1")
    with database.reading() as connection:
        kept = list(connection.execute(select(consent.c.wording)).scalars())

    assert first.startswith("Thank you. We have it.")
    assert kept == [f"{WORDING.version(ENGLISH)}+1"]


def test_a_version_published_in_the_middle_of_a_turn_waits_for_the_next(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    hear: Callable[..., Any] = road.street.listener.hear

    def slowly(text: str, *, question: str | None) -> Any:
        monkeypatch.setattr(road.street.listener, "hear", hear)
        road.publish(OURS)
        road.seconds += LOOKS_EVERY
        return hear(text, question=question)

    monkeypatch.setattr(road.street.listener, "hear", slowly)
    said = road.told("The taxi did not come.")

    assert said.startswith("Thank you, we have kept that.")
    assert road.live.version(ENGLISH).endswith("+1")


def test_a_consent_is_kept_with_the_words_it_was_asked_in(road: Road, database: Database) -> None:
    road.told("The taxi did not come on Monday and nobody rang us, at Heron Hill School in Taunton, all this week long.")
    assert "1 Yes" in road.told("SKIP")
    asked = road.live.version(ENGLISH)
    road.publish(OURS)
    road.seconds += LOOKS_EVERY
    road.told("1")

    with database.reading() as connection:
        kept = connection.execute(select(consent.c.wording)).scalars().all()
    assert kept == [asked]
    assert road.live.version(ENGLISH) != asked


def test_a_damaged_row_holds_no_text_about_danger_up(road: Road, database: Database) -> None:
    road.publish(OURS)
    with database.writing() as connection:
        connection.execute(update(word_version).values(changes="[{"))
    road.seconds += LOOKS_EVERY
    road.street.text("He hit me again tonight and I want to kill myself")
    road.street.deliver()

    assert "999" in road.street.heard_by_them[0]


def test_one_small_read_in_some_seconds_whatever_is_said(road: Road, database: Database) -> None:
    reads: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "word_version" in statement:
            reads.append(statement)

    road.publish(OURS)
    event.listen(database.engine, "before_cursor_execute", note)
    for number in range(10):
        road.told(f"The taxi came late, and that was time number {number}.")
    event.remove(database.engine, "before_cursor_execute", note)

    assert len(reads) == 2
    assert sum("max(" in statement for statement in reads) == 1
