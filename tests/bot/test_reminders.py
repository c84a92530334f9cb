"""The reminder: off unless a team wishes it; one word, once, by daylight, and never to somebody left in peace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from uuid import uuid4

import pytest

from bot.draft import WRITE_BY_HAND
from bot.errors import BadContent
from bot.hours import Hours
from bot.model import Address
from bot.reminders import Reminder, Reminders
from bot.replies import Replies
from bot.script import CONTENT
from bot.talks_held import Talk
from storage.database import Database
from storage.reminders import SqlOpenQuestions
from storage.sealing import Sealer
from tests.bot.street import ANNA, BORIS, Street
from tests.conftest import KEYS
from tests.journeys.stage import NORA, wording

LATE = "The school taxi has come late every day this week and nobody rings to tell us"
ON = Reminder(on=True, after=timedelta(hours=20), until=timedelta(hours=23))
OFF = Reminder(on=False, after=ON.after, until=ON.until)


class Evening(Street):
    """A street, and the sweep that reminds those who live in it."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.questions = SqlOpenQuestions(database, Sealer.open(database, KEYS))

    def tells(self, words: str, sender: Address = ANNA) -> None:
        self.text(words, sender=sender)
        self.later(seconds=30)
        self.all_turns()
        self.deliver()

    def reminders(self, reminder: Reminder = ON) -> Reminders:
        channels = {self.channel.name: self.channel}
        return Reminders(
            reminder=reminder,
            talks=self.questions,
            store=self.store,
            clock=self.clock,
            replies=Replies(wording=wording(), channels=channels, new_id=uuid4),
            hours=Hours.load(),
            channels=channels,
        )

    def reminded(self, reminder: Reminder = ON) -> list[str]:
        """What a sweep sends to anybody, as it was sent."""
        before = len(self.heard_by_them)
        self.reminders(reminder).sweep()
        self.deliver()
        return self.heard_by_them[before:]

    def open_ones(self) -> Sequence[Talk]:
        return self.questions.left_open(after=self.clock.at - timedelta(days=1), until=self.clock.at, limit=5)


@pytest.fixture
def street(database: Database) -> Evening:
    street = Evening(database)
    street.tells(LATE)
    return street


def at(street: Evening, day: int, hour: int, minute: int = 0) -> None:
    street.clock.at = datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_a_question_left_open_is_spoken_of_once_and_of_nothing_else(street: Evening) -> None:
    street.later(hours=21)
    at(street, 24, 8, 30)

    (said,) = street.reminded()
    assert said.startswith("You can still answer our last message, or leave it.")
    assert "taxi" not in said.lower()
    assert street.reminded() == []
    street.tells("I do not know")
    at(street, 25, 8, 30)
    assert street.reminded() == [], "once in a talk"


def test_it_is_off_as_it_comes(street: Evening) -> None:
    at(street, 24, 8, 30)

    assert not Reminder.load().on
    assert street.reminded(OFF) == []


@pytest.mark.parametrize(("day", "hour", "minute"), [(23, 18, 0), (24, 5, 59), (24, 7, 30), (24, 9, 5)])
def test_neither_early_nor_late_nor_at_night(street: Evening, day: int, hour: int, minute: int) -> None:
    at(street, day, hour, minute)

    assert street.reminded() == []


def test_whoever_answered_is_left_alone(street: Evening) -> None:
    for answer in ("It is about his school in Wells, Lapwing Moor", "2", "2"):
        street.tells(answer)
    at(street, 24, 8, 30)

    assert street.reminded() == []


def test_two_workers_say_it_once(street: Evening) -> None:
    at(street, 24, 8, 30)
    talks = street.open_ones()
    assert len(talks) == 1

    assert street.reminders()._remind(talks[0], street.clock.at)
    assert not street.reminders()._remind(talks[0], street.clock.at)


def test_after_stop_or_while_the_team_has_the_talk_nothing_is_said(street: Evening) -> None:
    street.tells(LATE, BORIS)
    first, second = street.open_ones()
    with street.store.transaction() as tx:
        tx.set_opted_out(first.contact_id, street.clock.at)
    street.holding.take(second.reference or "", NORA)
    street.deliver()
    at(street, 24, 8, 30)

    assert street.reminded() == []


@pytest.mark.parametrize(
    "words", ["He said he will kill himself tonight", "My son died on Friday", "I'm 14 and my school is bad"]
)
def test_after_danger_or_a_death_and_to_a_child_nothing_is_said(street: Evening, words: str) -> None:
    street.tells(words)
    at(street, 24, 8, 30)

    assert street.reminded() == []


@pytest.mark.parametrize("line", ["until_hours = 19", "after_hours = 0", 'on = "yes"'])
def test_what_makes_no_sense_is_a_sentence(tmp_path: Path, line: str) -> None:
    folder = copytree(CONTENT, tmp_path / "content")
    name = line.partition(" =")[0]
    text = (folder / "script.toml").read_text().splitlines()
    inside = text.index("[reminder]")
    place = next(number for number in range(inside, len(text)) if text[number].startswith(f"{name} ="))
    text[place] = line
    (folder / "script.toml").write_text("\n".join(text))

    with pytest.raises(BadContent, match="reminder"):
        Reminder.load(folder)


def test_a_death_told_on_another_door_is_known_on_this_one(street: Evening) -> None:
    (talk,) = street.open_ones()
    with street.store.transaction() as tx:
        day = street.clock.at.date()
        tx.add_task(contact_id=talk.contact_id, experience_id=None, kind=WRITE_BY_HAND, due_on=day, now=street.clock.at)
    at(street, 24, 8, 30)

    assert street.reminded() == []


def test_somebody_to_be_left_in_peace_takes_nobody_elses_place(street: Evening) -> None:
    street.tells("My son died on Friday", BORIS)
    street.later(minutes=1)
    street.tells(LATE, Address("tel", "+447700900789"))

    first = street.questions.left_open(after=street.clock.at - timedelta(days=1), until=street.clock.at, limit=2)

    assert len(first) == 2
