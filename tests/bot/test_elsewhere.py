"""LINK, a code, and READ in the talk itself: what they lead to, and that they are never taken for a story."""

from __future__ import annotations

import pytest

from bot.conversation import KeepStory, OfferCode, OpenExperience, UseCode
from bot.model import NetworkKeyword
from tests.bot.talking import CONCERN, DANGER, Message, Talk

STORY = "The school taxi has come late every day this week and nobody rings to tell us"
CODE = "OTTER 214 TULIP 915"


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.fixture
def told() -> Talk:
    talk = Talk()
    talk.says(STORY)
    return talk


@pytest.mark.parametrize("words", ["link", "LINK", "Link please", "use another phone", "I've got a new phone"])
def test_who_asks_for_another_phone_is_offered_a_code(talk: Talk, words: str) -> None:
    talk.says(words)

    assert talk.keys == ["link.offer"]
    assert list(talk.effects) == [OfferCode()]


@pytest.mark.parametrize("words", [CODE, "otter 214 tulip 915", "Link otter-214-tulip-915.", "my code is OTTER 214 TULIP 915 x"])
def test_a_code_is_used_as_it_was_drawn(talk: Talk, words: str) -> None:
    talk.says(words)

    assert talk.keys == ["link.done"]
    assert list(talk.effects) == [UseCode(CODE)]


def test_an_effect_shows_no_code_where_it_is_printed() -> None:
    assert "TULIP" not in repr(UseCode(CODE))


@pytest.mark.parametrize("words", ["link", CODE])
def test_the_first_message_opens_nothing_if_it_is_about_another_phone(talk: Talk, words: str) -> None:
    talk.says(words)

    assert not talk.done(OpenExperience)
    assert not talk.done(KeepStory)
    assert not talk.conversation.greeted


def test_the_first_words_after_it_are_greeted_as_first_words(talk: Talk) -> None:
    talk.says("link")
    talk.says(STORY)

    assert talk.keys[0] == "first.story"


def test_the_open_question_stays_open(told: Talk) -> None:
    step = told.conversation.step
    told.says("link")
    assert told.conversation.step == step
    told.says(CODE)

    assert told.conversation.step == step


def test_a_story_beside_the_wish_is_kept_and_nothing_is_asked(talk: Talk) -> None:
    talk.says(STORY, "link")

    assert talk.keys == ["first.story", "link.offer"]
    assert talk.done(KeepStory) == [KeepStory((0,))]


def test_the_word_before_a_code_asks_for_no_other(talk: Talk) -> None:
    talk.says("link", CODE)

    assert talk.keys == ["link.done"]
    assert list(talk.effects) == [UseCode(CODE)]


def test_each_code_of_a_burst_is_tried_once(talk: Talk) -> None:
    talk.says(CODE, "PLUM 340 KAYAK 268", CODE.lower())

    assert talk.done(UseCode) == [UseCode(CODE), UseCode("PLUM 340 KAYAK 268")]
    assert talk.keys == ["link.done"]


@pytest.mark.parametrize("words", ["link", CODE])
def test_proof_is_needed(talk: Talk, words: str) -> None:
    talk.says(Message(text=words, details={"verified": False}))

    assert talk.keys == ["not_proved"]
    assert list(talk.effects) == []


def test_two_things_that_need_proof_are_refused_once(told: Talk) -> None:
    told.says(*(Message(text=words, details={"verified": False}) for words in ("status", "link")))

    assert told.keys == ["not_proved"]


@pytest.mark.parametrize("risk", [DANGER, CONCERN])
def test_danger_is_part_of_the_story_whatever_else_the_words_might_be(talk: Talk, risk: object) -> None:
    talk.says(Message(text=CODE, risk=risk))  # type: ignore[arg-type] # a Risk

    assert not talk.done(UseCode)
    assert talk.done(KeepStory)


def test_after_danger_one_may_still_change_the_phone(told: Talk) -> None:
    told.says(Message(text="he is hitting the baby", risk=DANGER))
    told.says("link")

    assert told.keys == ["link.offer"]


@pytest.mark.parametrize("words", ["link", CODE, "read"])
def test_nothing_is_done_in_silence(told: Talk, words: str) -> None:
    told.says(Message(text="stop", network=NetworkKeyword.STOP))
    told.says(words)
    assert (told.keys, list(told.effects), told.silence) == ([], [], "opted_out")
    told.knows(opted_out=False, held=True)
    told.says(words)

    assert (told.keys, list(told.effects), told.silence) == ([], [], "held")


@pytest.mark.parametrize("words", ["READ", "read it", "Show me the message"])
def test_read_is_no_story_and_needs_no_answer_of_its_own(told: Talk, words: str) -> None:
    step = told.conversation.step
    told.says(words)

    assert (told.keys, list(told.effects), told.silence) == ([], [], "asked_to_read")
    assert told.conversation.step == step


def test_read_beside_a_story_takes_nothing_from_it(told: Talk) -> None:
    told.says("read", "And on Friday the bus did not come at all")

    assert told.done(KeepStory) == [KeepStory((1,))]
    assert told.keys


def test_read_from_somebody_we_never_wrote_to_is_greeted(talk: Talk) -> None:
    talk.says("read")

    assert talk.keys == ["first.hello"]


def test_read_long_afterwards_does_not_end_the_experience(told: Talk) -> None:
    told.waits(days=30)
    told.says("read")

    assert told.conversation.experience_open
