"""Words after the close, after a quiet week, and long afterwards."""

from __future__ import annotations

import pytest

from bot.conversation import KeepStory, OpenExperience, Purpose, RecordConsent
from tests.bot.talking import Talk

STORY = "The school taxi has come late every day this week and nobody rings to tell us"


@pytest.fixture
def asked() -> Talk:
    """A talk that stands at consent A."""
    talk = Talk()
    talk.says(STORY)
    talk.says("Hill View in Yeovil")
    assert talk.conversation.step == "consent_words"
    return talk


@pytest.fixture
def closed() -> Talk:
    talk = Talk()
    talk.says(STORY)
    talk.says("done")
    return talk


def test_words_after_the_close_join_the_experience_and_are_acknowledged_in_a_line(closed: Talk) -> None:
    closed.waits(days=3)
    closed.says("One more thing, the escort was kind")

    assert not closed.done(OpenExperience)
    assert closed.done(KeepStory) == [KeepStory((0,))]
    assert closed.hears == ["Thank you, we have kept that too."]


@pytest.mark.parametrize("text", ["1", "yes", "2"])
def test_a_late_answer_is_words_like_any_others(closed: Talk, text: str) -> None:
    closed.waits(hours=1)
    closed.says(text)

    assert closed.done(KeepStory) == [KeepStory((0,))]
    assert not closed.done(RecordConsent)


@pytest.mark.parametrize("text", ["1", "2", "3", "yes", "No.", "1 please"])
def test_an_answer_a_minute_after_the_close_answers_nothing_and_tells_nothing(closed: Talk, text: str) -> None:
    """A second press, or a message that crossed with ours: not a word of the story, and no consent either."""
    closed.says(text)

    assert not closed.done(KeepStory)
    assert not closed.done(RecordConsent)
    assert closed.silence == "courtesy"


@pytest.mark.parametrize("text", ["12", "1 hour late", "yes and the escort was rude", "No taxi today"])
def test_free_words_a_minute_after_the_close_are_still_a_part_of_the_story(closed: Talk, text: str) -> None:
    closed.says(text)

    assert closed.done(KeepStory) == [KeepStory((0,))]
    assert closed.hears == ["Thank you, we have kept that too."]


def test_a_digit_beside_words_after_the_close_is_left_out_of_the_story(closed: Talk) -> None:
    closed.says("1", "It happened again today")

    assert closed.done(KeepStory) == [KeepStory((1,))]
    assert closed.hears == ["Thank you, we have kept that too."]


@pytest.mark.parametrize("text", ["thanks", "👍", "ok", "❤️"])
def test_thanks_after_the_close_need_no_answer(closed: Talk, text: str) -> None:
    closed.says(text)

    assert closed.silence == "courtesy"


def test_a_hello_after_the_close_is_invited_to_say_more(closed: Talk) -> None:
    closed.says("hello?")

    assert closed.keys == ["hello.again"]


def test_after_seven_quiet_days_a_new_experience_begins_and_shows_nothing_old(closed: Talk) -> None:
    closed.waits(days=8)
    closed.says("The taxi is on time now, thank you all")

    assert [effect.reference for effect in closed.done(OpenExperience)] == ["RIVER 480"]
    assert closed.hears[0].startswith("Welcome back. Thank you, we have kept that. Ref RIVER 480.")
    assert "RIVER 482" not in " ".join(closed.hears)


def test_within_seven_days_of_the_last_words_nothing_new_begins(closed: Talk) -> None:
    closed.waits(days=6, hours=23)
    closed.says("It happened again")
    closed.waits(days=6, hours=23)
    closed.says("And again")

    assert not closed.done(OpenExperience)


def test_a_consent_of_an_old_experience_says_nothing_about_a_new_one(asked: Talk) -> None:
    asked.says("1")
    asked.waits(days=30)
    asked.says(STORY)

    assert asked.conversation.consents == {}


def test_thanks_long_afterwards_open_nothing(closed: Talk) -> None:
    closed.waits(days=30)
    closed.says("thank you")

    assert not closed.done(OpenExperience)
    assert closed.silence == "courtesy"


@pytest.fixture
def old() -> Talk:
    """A talk whose last words are forty days old, with a question still open."""
    talk = Talk()
    talk.says(STORY)
    talk.says("skip")
    talk.waits(days=40)
    return talk


@pytest.mark.parametrize("word", ["PRIVATE", "SHARE", "STATUS", "TAKE BACK", "DELETE"])
def test_what_is_about_the_past_is_about_the_old_experience(old: Talk, word: str) -> None:
    old.says(word)

    assert old.conversation.experience_open
    assert old.conversation.reference == "RIVER 482"
    assert not old.done(OpenExperience)


def test_a_withdrawal_long_afterwards_is_recorded_and_asks_nothing(old: Talk) -> None:
    old.says("PRIVATE")

    assert old.done(RecordConsent) == [RecordConsent(Purpose.WORDS_IN_PUBLIC, given=False, everywhere=True)]
    assert old.keys == ["private.done"]


def test_asking_about_the_past_does_not_make_new_words_a_part_of_it(old: Talk) -> None:
    old.says("STATUS")
    old.says("The new driver is lovely and always on time for him now")

    assert [effect.reference for effect in old.done(OpenExperience)] == ["RIVER 479"]
