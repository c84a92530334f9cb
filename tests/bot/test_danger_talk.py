"""When danger is heard, and when staff hold the talk."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.conversation import AddTask, KeepStory, OpenExperience, OptOut, PromiseSooner, Purpose, RecordConsent
from bot.heard import Heard
from tests.bot.talking import CONCERN, DANGER, Message, Talk

TODAY = date(2026, 11, 19)
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


# --- the promised day -------------------------------------------------------------------------------------------------


def test_an_experience_that_opens_in_danger_is_promised_for_the_next_reading(talk: Talk) -> None:
    talk.says(HARM)

    assert talk.done(OpenExperience) == [OpenExperience("RIVER 482", TODAY)]
    assert talk.conversation.promised_on == TODAY


def test_danger_in_an_open_experience_brings_its_day_forward(told: Talk) -> None:
    assert told.conversation.promised_on == date(2026, 11, 26)
    told.says(HARM)

    assert told.done(PromiseSooner) == [PromiseSooner(TODAY)]
    assert told.conversation.promised_on == TODAY


def test_the_day_is_that_of_the_next_opening_when_danger_comes_at_the_weekend(told: Talk) -> None:
    told.now = datetime(2026, 11, 21, 15, tzinfo=UTC)
    told.says(HARM)

    assert told.done(PromiseSooner) == [PromiseSooner(date(2026, 11, 23))]


def test_a_day_that_was_promised_is_never_put_off(told: Talk) -> None:
    told.knows(promised_on=date(2026, 11, 18))
    told.says(HARM)

    assert not told.done(PromiseSooner)
    assert told.conversation.promised_on == date(2026, 11, 18)


def test_words_that_are_only_dangerous_together_bring_the_day_forward_too(told: Talk) -> None:
    told.says("I am going to", "kill myself tonight")

    assert told.done(PromiseSooner) == [PromiseSooner(TODAY)]


def test_the_day_is_the_one_named_when_the_words_came_however_late_their_turn(told: Talk) -> None:
    told.now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    told.says(Message(text="he said he will hurt us", risk=DANGER, waited=timedelta(hours=20)))

    assert told.conversation.promised_on == TODAY


def test_danger_while_staff_hold_the_talk_or_after_a_stop_brings_the_day_forward(told: Talk) -> None:
    told.knows(held=True, opted_out=True)
    told.says(HARM)

    assert told.done(PromiseSooner) == [PromiseSooner(TODAY)]


def test_a_worry_that_no_text_for_danger_answered_keeps_the_usual_day(talk: Talk) -> None:
    talk.says(Message(text="things at home are not right", heard=Heard(redacted="x", risk=CONCERN)))

    assert talk.conversation.promised_on == date(2026, 11, 26)


def test_status_after_danger_names_the_day_the_text_named(told: Talk) -> None:
    told.now = datetime(2026, 11, 21, 15, tzinfo=UTC)
    told.says(HARM)
    told.says("status")

    assert "Mon 23 Nov" in told.hears[0]
