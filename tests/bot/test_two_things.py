"""Two things in one message, a file under a command, a long text that grew, and who helps an adult who is not safe."""

from __future__ import annotations

import pytest

from bot.conversation import CountAsOne, KeepStory
from bot.draft import Silence
from bot.heard import Heard, RiskKind
from bot.safety import check
from tests.bot.talking import PHOTO, Message, Talk

BOTH = Heard(redacted="The taxi. And his therapy", both_are_sure=("transport", "therapies"))
LONG = "He loves his new school and we are so glad that he goes in again " * 6


def told_both() -> Talk:
    talk = Talk()
    talk.says(Message(text="The taxi. And his therapy", heard=BOTH))
    return talk


def test_both_are_named_and_may_be_put_right() -> None:
    talk = told_both()

    assert "We have kept both things you told us: transport to school or college, and" in talk.hears[-1]
    assert "If that is not right, say so." in talk.hears[-1]


@pytest.mark.parametrize("words", ["No, it is one thing", "it's the same thing", "One thing.", "no they belong together"])
def test_their_word_that_it_is_one_is_kept_and_said(words: str) -> None:
    talk = told_both()

    assert talk.says(words) == ["Thank you. We keep it as one thing."]
    assert talk.done(CountAsOne) == [CountAsOne()]
    assert not talk.done(KeepStory)


def test_the_same_words_are_a_story_where_we_never_said_two() -> None:
    talk = Talk()
    talk.says("The taxi was late")
    talk.says("it is one thing")

    assert not talk.done(CountAsOne)
    assert talk.done(KeepStory) == [KeepStory((0,))]


def test_after_the_quiet_days_it_is_a_story_again() -> None:
    talk = told_both()
    talk.waits(days=9)
    talk.says("it is one thing")

    assert not talk.done(CountAsOne)


@pytest.mark.parametrize("word", ["help", "status", "stop", "privacy"])
def test_a_letter_under_a_command_is_kept(word: str) -> None:
    talk = Talk()
    talk.says("They sent us a letter")
    talk.says(Message(text=word, media=(PHOTO,)))

    assert talk.done(KeepStory) == [KeepStory((0,))]


def test_a_long_text_sent_again_with_a_sentence_more_is_kept() -> None:
    talk = Talk()
    talk.says(LONG)
    talk.says(f"{LONG} and one more thing")

    assert talk.done(KeepStory) == [KeepStory((0,))]
    assert talk.silence is not Silence.COURTESY


def test_words_in_a_language_nobody_speaks_are_answered_though_nothing_stands_in_them() -> None:
    talk = Talk()
    for _ in range(3):
        talk.says(Message(text="", media=()), needs_translation=True)

        assert talk.turn is not None
        assert talk.turn.says


def test_the_ombudsman_is_named_only_after_the_councils_final_answer() -> None:
    before, after = Talk(), Talk()
    before.says("I want to make a formal complaint about the taxi")
    after.says("We have had the final response from the council. I want to make a formal complaint")

    assert not any("ombudsman" in text for text in before.hears)
    assert any("After the council's final answer, you can ask the ombudsman" in text for text in after.hears)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("I'm 22 and my dad hits me", (RiskKind.VIOLENCE_AT_HOME, RiskKind.YOUNG_ADULT)),
        ("I am 23 and the man at my college touches me and I am scared", (RiskKind.YOUNG_ADULT,)),
        ("I'm 17 and my dad hits me", (RiskKind.VIOLENCE_AT_HOME, RiskKind.CHILD_NOT_SAFE, RiskKind.YOUNG_PERSON)),
        ("I'm 22 and my partner hits my baby", (RiskKind.VIOLENCE_AT_HOME, RiskKind.CHILD_NOT_SAFE)),
    ],
)
def test_an_adult_gets_an_adults_numbers_and_a_child_a_childs(text: str, kinds: tuple[RiskKind, ...]) -> None:
    assert check(text).kinds == kinds
