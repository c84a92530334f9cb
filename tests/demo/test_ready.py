"""What can be said with one press: complete, and understood by the service it is said to."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands import Commands
from bot.errors import BadContent
from bot.model import ENGLISH
from bot.wording import Wording
from demo.ready import languages, load_ready_made

GROUPS = load_ready_made()


def test_every_talk_has_something_to_say() -> None:
    for group in GROUPS:
        for talk in group.talks:
            assert talk.turns, talk.label
            assert all(text or talk.attachment for turn in talk.turns for text in turn), talk.label


def test_no_two_buttons_have_the_same_words() -> None:
    labels = [talk.label for group in GROUPS for talk in group.talks]

    assert len(labels) == len(set(labels))


def test_danger_can_be_heard_by_day_and_by_night() -> None:
    assert {talk.at for group in GROUPS for talk in group.talks} == {"", "tonight", "workday"}


def test_each_language_is_asked_for_by_a_word_the_service_knows() -> None:
    commands = Commands.load()
    spoken = languages(Wording.load(facts={"privacy_url": "x"}, unsigned=True).locales)

    assert len(spoken) == 9
    for language in spoken:
        assert commands.locale_named(language.word, ENGLISH) == language.locale, language.name


@pytest.mark.parametrize(
    "row",
    ['label = "x"', 'label = "x", turns = ["a"], at = "yesterday"', 'label = "x", turns = ["a"], attachment = "fax"'],
)
def test_a_fault_is_a_sentence_that_names_the_button(tmp_path: Path, row: str) -> None:
    path = tmp_path / "ready_made.toml"
    path.write_text(f'[[group]]\nname = "Words"\ntalks = [{{ {row} }}]\n', "utf-8")

    with pytest.raises(BadContent, match="Words, x"):
        load_ready_made(path)
