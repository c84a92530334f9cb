"""Every talk of this folder, on every channel there is: the exact texts sent, and what stands in the record afterwards.

`pytest tests/journeys --update-journeys` writes down what is said now; read the difference before you commit it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from storage.database import Database
from tests.journeys.stage import Stage, StoreStage
from tests.journeys.talk_files import ANOTHER_PHONE, CHANNELS, FOLDER, Line, TalkFile, read

PATHS = sorted(FOLDER.glob("*.toml"))
TALKS = {path.stem: read(path) for path in PATHS}
PLAYED = [(name, channel) for name, talk in TALKS.items() for channel in talk.channels]

Opens = Callable[[TalkFile, str], Stage]


@pytest.fixture
def opens(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Opens]:
    """A stage for a talk on a channel, with nobody on it yet."""
    databases = []

    def open_stage(talk: TalkFile, channel: str) -> Stage:
        path = shutil.copy(migrated_sqlite, tmp_path / f"{channel}.db")
        databases.append(Database.open(f"sqlite:///{path}"))
        event.listen(databases[-1].engine, "connect", _trusts_the_plug)
        return StoreStage(channel, database=databases[-1], start=talk.start)

    yield open_stage
    for database in databases:
        database.close()


def _trusts_the_plug(connection: Any, _: Any) -> None:
    """Nobody pulls it in a test, and each commit is quick."""
    connection.execute("PRAGMA synchronous = OFF")


def play(stage: Stage, line: Line) -> list[str]:
    stage.wait(line.wait)
    said = stage.staff(line.staff) if line.staff else []
    if not line.parent and not line.sends:
        return said or stage.passes()
    return said + stage.says(line.parent, sends=line.sends, hears=line.hears, elsewhere=line.on == ANOTHER_PHONE)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Either the talks are compared, channel by channel, or each is written down, from all its channels at once."""
    if metafunc.function is test_the_talk_goes_as_it_is_written:
        writes = metafunc.config.getoption("--update-journeys")
        metafunc.parametrize(("name", "channel"), [(name, "") for name in TALKS] if writes else PLAYED)


def test_the_talk_goes_as_it_is_written(name: str, channel: str, opens: Opens) -> None:
    talk = TALKS[name]
    if not channel:
        write_anew(talk, opens)
        return
    stage = opens(talk, channel)
    for line in talk.lines:
        said = play(stage, line)

        assert said == line.expected(channel), f"after: {line.parent or line.staff}"
        check_facts(stage.facts(line.then) if line.then else {}, line)


def write_anew(talk: TalkFile, opens: Opens) -> None:
    stages = {channel: opens(talk, channel) for channel in talk.channels}
    for line in talk.lines:
        said = {channel: play(stage, line) for channel, stage in stages.items()}
        line.earshot = by_channel(said)
        for stage in stages.values():
            check_facts(stage.facts(line.then) if line.then else {}, line)
    talk.write()


def by_channel(said: dict[str, list[str]]) -> dict[str, list[str]]:
    """What most channels say stands for all; those that say something else have their own."""
    usual = max(said.values(), key=lambda texts: (list(said.values()).count(texts), texts == said.get("sms")))
    return {"": usual} | {channel: said[channel] for channel in CHANNELS if channel in said and said[channel] != usual}


def check_facts(facts: dict[str, Any], line: Line) -> None:
    assert {key: facts[key] for key in line.then} == line.then, f"after: {line.parent or line.staff}"


def test_there_are_talks_enough() -> None:
    assert len(TALKS) >= 25


def test_each_talk_says_who_speaks_and_why_it_is_told() -> None:
    assert all(talk.title and talk.who and talk.why for talk in TALKS.values())


def test_every_channel_is_played() -> None:
    assert {channel for _, channel in PLAYED} == set(CHANNELS)


def test_the_list_of_situations_names_talks_that_are_there() -> None:
    named = re.findall(r"`([a-z_]+)\.toml`", (FOLDER / "README.md").read_text("utf-8"))

    assert len(named) > 70
    assert set(named) <= set(TALKS)
