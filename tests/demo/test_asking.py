"""The key of a wording tells what a message was."""

import pytest

from bot.script import Script
from demo.asking import is_counted, question_of
from demo.corpus import Asked

QUESTIONS = Script.load().questions


@pytest.mark.parametrize(
    ("key", "question"),
    [
        ("reflect+ask.probe_bad", "probe"),
        ("ask.where", "where"),
        ("kept.plain+ask.consent_words", "consent_words"),
        ("again.consent_changes", "consent_changes"),
        ("media.photo", "media"),
        ("first.story", None),
        ("close.thanks", None),
    ],
)
def test_the_question_of_a_message_is_told_from_its_key(key: str, question: str | None) -> None:
    assert question_of(key, QUESTIONS) == question


@pytest.mark.parametrize("key", ["first.story", "reflect+ask.probe_bad", "noted.words_yes+ask.consent_changes", "close.thanks"])
def test_what_we_volunteer_counts_towards_the_budget(key: str) -> None:
    assert is_counted(key)


@pytest.mark.parametrize("key", ["first.hello", "danger.self_harm.open", "status.waiting", "stop.done", "kept.more"])
def test_answers_welcomes_and_signposts_do_not_count(key: str) -> None:
    assert not is_counted(key)


def test_every_question_a_story_answers_is_in_the_script() -> None:
    assert set(Asked) <= set(QUESTIONS)
