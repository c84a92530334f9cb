"""When danger is heard, and when staff hold the talk."""

from __future__ import annotations

from datetime import date

import pytest

from bot.model import (
    AddTask,
    Heard,
    KeepStory,
    OpenExperience,
    OptOut,
    Purpose,
    RecordConsent,
)
from tests.bot.talking import CONCERN, DANGER, Message, Talk

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


@pytest.mark.parametrize("risk", [DANGER, CONCERN])
def test_after_danger_the_words_are_kept_and_nothing_more_is_said(talk: Talk, risk: object) -> None:
    talk.says(Message(text="he said he will hurt us", risk=risk))  # type: ignore[arg-type]  # both are risks

    assert talk.silence == "signposted"
    assert talk.done(OpenExperience)
    assert talk.done(KeepStory) == [KeepStory((0,))]
    assert talk.conversation.danger


def test_danger_in_any_message_of_a_burst_ends_all_questions(talk: Talk) -> None:
    talk.says("The taxi was late", HARM, "sorry for going on")

    assert talk.silence == "signposted"
    assert talk.done(KeepStory) == [KeepStory((0, 1, 2))]


def test_words_that_are_only_dangerous_together_end_all_questions(talk: Talk) -> None:
    talk.says("I am going to", "kill myself tonight")

    assert talk.silence == "signposted"
    assert talk.conversation.danger


def test_danger_at_a_consent_is_no_answer_to_it(told: Talk) -> None:
    told.says("skip")
    told.says(Message(text="no", risk=DANGER))

    assert not told.done(RecordConsent)
    assert told.done(KeepStory) == [KeepStory((0,))]


def test_danger_that_only_the_listener_heard_is_not_met_with_silence(talk: Talk) -> None:
    talk.says(Message(text="things at home are not right", heard=Heard(redacted="x", risk=CONCERN)))

    assert talk.keys == ["first.story"]
    assert talk.conversation.danger


def test_after_danger_later_words_are_acknowledged_and_nothing_is_asked(talk: Talk) -> None:
    talk.says(HARM)
    talk.says("I do not know who to tell")
    assert talk.keys == ["after_danger.kept"]
    assert talk.done(KeepStory) == [KeepStory((0,))]

    talk.says("1")

    assert not talk.done(RecordConsent)
    assert talk.done(KeepStory) == [KeepStory((0,))]


def test_a_figure_of_speech_is_thanked_for_and_still_looked_at(talk: Talk) -> None:
    talk.says(HARM)
    talk.says("It was a figure of speech")

    assert talk.hears == ["Thank you for saying. A person will still look. Carry on if you wish."]
    assert talk.conversation.danger


def test_a_figure_of_speech_out_of_the_blue_is_a_story(talk: Talk) -> None:
    talk.says(STORY)
    talk.says("it was a figure of speech")

    assert talk.done(KeepStory) == [KeepStory((0,))]


def test_commands_still_work_after_danger(talk: Talk) -> None:
    talk.says(HARM)
    talk.says("human")

    assert talk.done(AddTask) == [AddTask("call_back", date(2026, 11, 20))]
    assert talk.keys == ["human"]


def test_danger_beside_a_stop_is_kept_and_the_stop_holds(talk: Talk) -> None:
    talk.says(HARM, "stop")

    assert talk.done(OptOut)
    assert talk.done(KeepStory) == [KeepStory((0,))]
    assert talk.conversation.danger


def test_after_a_quiet_week_the_talk_may_ask_again(talk: Talk) -> None:
    talk.says(HARM)
    talk.waits(days=8)
    talk.says(STORY)

    assert talk.keys == ["back.story", "ask.where"]


def test_while_staff_hold_the_talk_words_are_kept_in_silence(told: Talk) -> None:
    told.knows(held=True)
    told.says("Thank you for ringing me back, here is more")

    assert told.silence == "held"
    assert told.done(KeepStory) == [KeepStory((0,))]


def test_while_staff_hold_the_talk_a_stop_still_holds(told: Talk) -> None:
    told.knows(held=True)
    told.says("stop")

    assert told.done(OptOut)
    assert told.keys == ["stop.done"]


def test_while_staff_hold_the_talk_a_withdrawal_holds_without_a_word(told: Talk) -> None:
    told.knows(held=True)
    told.says("private")

    assert told.done(RecordConsent) == [RecordConsent(Purpose.WORDS_IN_PUBLIC, given=False, everywhere=True)]
    assert told.silence == "held"


def test_danger_while_staff_hold_the_talk_is_noted(told: Talk) -> None:
    told.knows(held=True)
    told.says(HARM)

    assert told.conversation.danger
    assert told.silence == "held"
