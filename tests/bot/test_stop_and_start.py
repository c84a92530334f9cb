"""STOP, and the silence after it, and START."""

from __future__ import annotations

import pytest

from bot.conversation import AddTask, KeepStory, OpenExperience, OptIn, OptOut
from bot.model import NetworkKeyword
from tests.bot.talking import DANGER, Message, Talk

STORY = "The school taxi has come late every day this week and nobody rings to tell us"
HARM = Message(text="he said he will hurt us", risk=DANGER)


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.fixture
def told() -> Talk:
    """A talk with a story in it, at the useful question."""
    talk = Talk()
    talk.says(STORY)
    return talk


def test_stop_is_confirmed_once(told: Talk) -> None:
    told.says("STOP")

    assert told.done(OptOut) == [OptOut()]
    assert told.keys == ["stop.done"]

    told.says("STOP")

    assert told.silence == "opted_out"
    assert not told.done(OptOut)


def test_a_stop_the_network_has_answered_gets_no_text_of_ours(told: Talk) -> None:
    told.says(Message(text="STOP", network=NetworkKeyword.STOP))

    assert told.done(OptOut)
    assert told.silence == "network_answered"


def test_a_stop_inside_a_sentence_is_a_story(talk: Talk) -> None:
    talk.says("please stop sending the taxi late, he misses the bell every day")

    assert not talk.done(OptOut)
    assert talk.keys[0] == "first.story"


def test_a_stop_as_the_very_first_word_opens_nothing(talk: Talk) -> None:
    talk.says("stop")

    assert not talk.done(OpenExperience)
    assert talk.keys == ["stop.done"]


def test_after_a_stop_words_are_kept_in_silence(told: Talk) -> None:
    told.says("STOP")
    told.says("the taxi again")

    assert told.silence == "opted_out"
    assert told.done(KeepStory) == [KeepStory((0,))]


def test_after_a_stop_danger_is_noted(told: Talk) -> None:
    told.says("STOP")
    told.says(HARM)

    assert told.conversation.danger
    assert told.silence == "opted_out"


@pytest.mark.parametrize("word", ["HUMAN", "MYDATA", "DELETE"])
def test_after_a_stop_what_a_person_must_do_is_still_put_before_one(told: Talk, word: str) -> None:
    told.says("STOP")
    told.says(word)

    assert told.done(AddTask)
    assert told.silence == "opted_out"


def test_start_ends_the_silence(told: Talk) -> None:
    told.says("STOP")
    told.says("START")

    assert told.done(OptIn) == [OptIn()]
    assert told.keys == ["start.done"]
    assert not told.conversation.opted_out


def test_a_start_the_network_has_answered_gets_no_text_of_ours(told: Talk) -> None:
    told.says("STOP")
    told.says(Message(text="START", network=NetworkKeyword.START))

    assert told.done(OptIn)
    assert told.silence == "network_answered"


def test_start_after_danger_and_stop_is_confirmed(talk: Talk) -> None:
    talk.says(HARM)
    talk.says("stop")
    talk.says("start")

    assert talk.keys == ["start.done"]


def test_start_from_a_poster_is_welcomed_like_a_hello(talk: Talk) -> None:
    talk.says("START")

    assert talk.keys == ["first.hello"]


def test_of_stop_and_start_in_one_burst_the_last_holds(told: Talk) -> None:
    told.says("stop", "start")
    assert not told.conversation.opted_out

    told.says("start", "stop")
    assert told.conversation.opted_out
