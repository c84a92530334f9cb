"""Consents: a plain yes, a no, and everything that is neither."""

from __future__ import annotations

import pytest

from bot.conversation import CloseExperience, KeepStory, Purpose, RecordConsent
from bot.heard import Heard
from tests.bot.talking import Message, Talk

STORY = "The school taxi has come late every day this week and nobody rings to tell us"
LONG = "It was like this. " * 20


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.fixture
def asked() -> Talk:
    """A talk that stands at consent A."""
    talk = Talk()
    talk.says(STORY)
    talk.says("Hill View in Yeovil")
    assert talk.conversation.step == "consent_words"
    return talk


@pytest.mark.parametrize(("text", "given"), [("1", True), ("yes please", True), ("2", False), ("No, team only", False)])
def test_an_answer_to_consent_a_is_recorded_and_consent_b_asked(asked: Talk, text: str, *, given: bool) -> None:
    asked.says(text)

    assert asked.done(RecordConsent) == [RecordConsent(Purpose.WORDS_IN_PUBLIC, given)]
    assert not asked.done(KeepStory)
    assert asked.conversation.step == "consent_changes"


@pytest.mark.parametrize(("text", "given"), [("1", True), ("2", False)])
def test_an_answer_to_consent_b_is_recorded_and_the_talk_closed(asked: Talk, text: str, *, given: bool) -> None:
    asked.says("1")
    asked.says(text)

    assert asked.done(RecordConsent) == [RecordConsent(Purpose.TELL_WHAT_CHANGED, given)]
    assert asked.done(CloseExperience)
    assert asked.hears == ["Thank you. Text more any time. STATUS tells you where it is."]


def test_a_pressed_button_is_an_answer(asked: Talk) -> None:
    asked.says(Message(text="No, team only", choice="words_no"))

    assert asked.done(RecordConsent) == [RecordConsent(Purpose.WORDS_IN_PUBLIC, given=False)]


def test_a_late_button_answers_the_question_it_belongs_to_and_no_other(asked: Talk) -> None:
    asked.says("1")
    asked.says(Message(text="No, team only", choice="words_no"))

    assert asked.done(RecordConsent) == [RecordConsent(Purpose.WORDS_IN_PUBLIC, given=False)]
    assert asked.hears == ["Thank you, we have changed that."]
    assert asked.conversation.step == "consent_changes"


@pytest.mark.parametrize("text", ["👍", "ok", "👌🏾", "fine"])
def test_a_nod_is_no_consent_and_the_question_is_put_once_more(asked: Talk, text: str) -> None:
    asked.says(text)

    assert not asked.done(RecordConsent)
    assert asked.keys == ["again.consent_words"]


def test_a_question_twice_not_answered_is_left_and_silence_is_no(asked: Talk) -> None:
    asked.says("👍")
    asked.says("👍")

    assert asked.conversation.consents == {}
    assert asked.done(CloseExperience)


def test_words_at_a_consent_join_the_story_and_the_question_is_put_once_more(asked: Talk) -> None:
    asked.says("And the escort has changed three times")

    assert asked.done(KeepStory) == [KeepStory((0,))]
    assert not asked.done(RecordConsent)
    assert asked.keys == ["kept.more+again.consent_words"]


def test_an_answer_and_a_story_in_one_burst_are_both_taken(asked: Talk) -> None:
    asked.says("1", "also the escort keeps changing")

    assert asked.done(RecordConsent) == [RecordConsent(Purpose.WORDS_IN_PUBLIC, given=True)]
    assert asked.done(KeepStory) == [KeepStory((1,))]
    assert asked.hears == [
        "Thank you. We take names out first. We have kept the rest too. Shall we tell you what changes because of this?"
    ]


def test_of_two_answers_in_one_burst_the_last_stands(asked: Talk) -> None:
    asked.says("1", "no, 2")
    asked.says("1", "2")

    assert asked.done(RecordConsent)[-1].given is False


def test_yes_with_a_condition_is_no_yes(asked: Talk) -> None:
    asked.says("yes but not the name of the school")

    assert not asked.done(RecordConsent)
    assert asked.done(KeepStory) == [KeepStory((0,))]


def test_a_yes_beside_a_condition_in_one_burst_is_no_plain_yes(asked: Talk) -> None:
    asked.says("1", "but please not his name")

    assert not asked.done(RecordConsent)
    assert asked.done(KeepStory) == [KeepStory((0, 1))]
    assert asked.keys == ["kept.more+again.consent_words"]


def test_a_no_beside_a_condition_is_a_no(asked: Talk) -> None:
    asked.says("2", "but thank you for asking")

    assert asked.done(RecordConsent) == [RecordConsent(Purpose.WORDS_IN_PUBLIC, given=False)]


def test_not_sure_is_not_a_yes_and_is_not_pressed(asked: Talk) -> None:
    asked.says("not sure")

    assert not asked.done(RecordConsent)
    assert asked.conversation.step == "consent_changes"


def test_show_me_shows_the_redacted_words_before_a_yes(talk: Talk) -> None:
    talk.says(Message(text="Ring Sam on 07700 900123", heard=Heard(redacted="Ring [name] on [phone]", service="x")))
    talk.says("he was late " * 20)
    talk.says("show me")

    assert "Ring [name] on [phone]" in talk.hears[0]
    assert "07700" not in talk.hears[0]
    assert talk.conversation.step == "consent_words"
    assert talk.turn is not None
    assert talk.turn.says[0].choices == ("words_yes", "words_no")


def test_a_very_long_story_is_shown_cut_short(talk: Talk) -> None:
    talk.says(LONG, service="x")
    talk.says("show me")

    assert len(talk.conversation.preview) <= 280
    assert "…" in talk.hears[0]


def test_thanks_at_a_question_is_only_thanks(asked: Talk) -> None:
    asked.says("thank you x")

    assert asked.silence == "courtesy"
    assert asked.conversation.step == "consent_words"


def test_puzzlement_brings_the_question_in_simpler_words(asked: Talk) -> None:
    asked.says("what?")

    assert asked.keys == ["again.consent_words"]


def test_skip_goes_on_to_the_next_question(asked: Talk) -> None:
    asked.says("skip")

    assert asked.keys == ["ask.consent_changes"]
    assert not asked.done(RecordConsent)


def test_done_closes_wherever_the_talk_stands(asked: Talk) -> None:
    asked.says("that's all")

    assert asked.done(CloseExperience)
    assert asked.keys == ["close.thanks"]


def test_a_story_that_ends_in_done_is_kept_and_asked_nothing(talk: Talk) -> None:
    talk.says(STORY, "done")

    assert talk.keys == ["first.story"]
    assert talk.done(CloseExperience)
