"""The first reply, and what is said back of what was heard."""

from __future__ import annotations

from datetime import date

import pytest

from bot.conversation import CorrectTheme, KeepStory, OpenExperience
from bot.heard import Heard, Suggestion
from tests.bot.talking import Message, Talk

STORY = "The school taxi has come late every day this week and nobody rings to tell us"


@pytest.fixture
def talk() -> Talk:
    return Talk()


def test_a_story_is_kept_under_a_reference_and_promised_for_a_day(talk: Talk) -> None:
    first, _ = talk.says(STORY)

    assert first == (
        "Thank you, we have kept that. Ref RIVER 482. The SEND team reads it by Thu 26 Nov. "
        "In an emergency ring 999. If someone is not safe we may have to tell others."
    )
    assert talk.done(OpenExperience) == [OpenExperience("RIVER 482", date(2026, 11, 26))]
    assert talk.done(KeepStory) == [KeepStory((0,))]


def test_a_bare_hello_is_told_the_same_and_asked_what_happened(talk: Talk) -> None:
    (welcome,) = talk.says("hi")

    assert "Tell us what happened, good or bad." in welcome
    assert "999" in welcome
    assert "tell others" in welcome
    assert "Thu 26 Nov" in welcome


def test_a_bare_hello_opens_an_experience_that_the_story_joins(talk: Talk) -> None:
    talk.says("hi")
    assert talk.done(OpenExperience)
    assert talk.done(KeepStory) == [KeepStory((0,))]

    talk.says(STORY)

    assert not talk.done(OpenExperience)
    assert talk.done(KeepStory) == [KeepStory((0,))]


def test_the_welcome_to_a_hello_costs_nothing_of_the_budget(talk: Talk) -> None:
    talk.says("hi")

    assert talk.conversation.said == 0


def test_a_hello_before_a_story_in_one_burst_is_no_welcome(talk: Talk) -> None:
    talk.says("hi", STORY)

    assert talk.keys[0] == "first.story"


@pytest.mark.parametrize("text", ["👍", "thanks", "ok", "what?", "1", "no", "RIVER 482", "."])
def test_the_first_message_is_kept_whatever_it_was(talk: Talk, text: str) -> None:
    talk.says(text)

    assert talk.done(KeepStory) == [KeepStory((0,))]
    assert talk.keys[0].startswith("first.")


def test_the_promise_is_made_to_a_new_contact_once(talk: Talk) -> None:
    talk.says(STORY)
    talk.says("and again today")

    assert "999" not in " ".join(talk.hears)


def test_a_contact_greeted_elsewhere_is_not_greeted_again(talk: Talk) -> None:
    talk.knows(greeted=True)
    talk.says(STORY)

    assert talk.keys[0] == "kept.story"


def test_several_messages_in_one_burst_get_one_reply_and_are_one_story(talk: Talk) -> None:
    talk.says("The taxi was late", "again", "third time this week")

    assert talk.keys == ["first.story", "ask.where"]
    assert talk.done(KeepStory) == [KeepStory((0, 1, 2))]


def test_the_same_words_twice_in_a_burst_are_one_record(talk: Talk) -> None:
    talk.says(STORY, STORY)

    assert talk.done(KeepStory) == [KeepStory((0,))]


def test_the_same_words_a_minute_later_are_one_record_and_said_to_be(talk: Talk) -> None:
    talk.says(STORY)
    talk.says(STORY)

    assert not talk.done(KeepStory)
    assert talk.hears[0].startswith("We have that already, word for word.")


def test_the_same_words_two_days_later_are_news(talk: Talk) -> None:
    talk.says("Taxi late again")
    talk.waits(days=2)
    talk.says("Taxi late again")

    assert talk.done(KeepStory) == [KeepStory((0,))]


def test_the_theme_is_said_back_when_the_listener_is_sure(talk: Talk) -> None:
    talk.says(STORY, theme_is_sure="transport")

    assert talk.hears[1].startswith("What you have told us so far is about transport to school or college.")


def test_no_theme_is_said_back_when_the_listener_is_not_sure(talk: Talk) -> None:
    talk.says(STORY)

    assert "about transport" not in talk.hears[1]


def test_two_sure_themes_are_not_chosen_between(talk: Talk) -> None:
    one = Message(text="taxi late", heard=Heard(redacted="taxi late", theme_is_sure="transport"))
    other = Message(text="no EHCP yet", heard=Heard(redacted="no EHCP yet", theme_is_sure="ehc_timeliness"))
    talk.says(one, other)

    assert "What you have told us so far" not in talk.hears[1]


def test_a_theme_is_said_back_once(talk: Talk) -> None:
    talk.says(STORY, theme_is_sure="transport")
    talk.says("It was late again", theme_is_sure="transport")

    assert not any("reflect" in key for key in talk.keys)


def test_a_theme_nobody_has_words_for_is_not_said_back(talk: Talk) -> None:
    talk.says(STORY, theme_is_sure="no_such_theme")

    assert talk.keys == ["first.story", "ask.where"]


def test_the_persons_own_word_on_the_theme_is_taken(talk: Talk) -> None:
    talk.says(STORY, theme_is_sure="exclusion")
    talk.says("No, it was about transport", themes=(Suggestion("transport", 0.9),))

    assert talk.done(CorrectTheme) == [CorrectTheme("transport")]
    assert talk.hears[0].startswith("Thank you, we have put that right.")
