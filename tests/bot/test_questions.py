"""The one useful question, what comes without words, who is speaking, a hard day, other languages."""

from __future__ import annotations

import pytest

from bot.conversation import AddTask, ChangeLocale, KeepStory, Purpose, RecordConsent, SetSpeaker
from bot.heard import Polarity
from bot.model import EASY_READ, Locale, Speaker
from tests.bot.talking import PAPER, PHOTO, PIN, VOICE, WEARY, Message, Talk

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


def test_a_single_word_is_asked_for_a_little_more(talk: Talk) -> None:
    talk.says("rubbish")

    assert talk.keys[1] == "ask.probe_short"


@pytest.mark.parametrize(
    ("feeling", "key"),
    [(Polarity.GOOD, "ask.probe_good"), (Polarity.BAD, "ask.probe_bad"), (Polarity.MIXED, "ask.probe_bad")],
)
def test_a_short_story_is_asked_by_its_feeling(talk: Talk, feeling: Polarity, key: str) -> None:
    talk.says("The taxi was just like always", polarity=feeling)

    assert talk.keys[1] == key


def test_a_story_without_a_place_is_asked_where(talk: Talk) -> None:
    talk.says(STORY)

    assert talk.keys[1] == "ask.where"


def test_a_story_with_its_service_is_not_asked_where(talk: Talk) -> None:
    talk.says(STORY, service="transport", polarity=Polarity.BAD)

    assert talk.keys[1] == "ask.probe_bad"


def test_a_long_story_with_its_place_is_asked_nothing_but_consent(talk: Talk) -> None:
    talk.says(LONG, service="transport")

    assert talk.keys[1] == "ask.consent_words"


def test_only_one_useful_question_is_asked(talk: Talk) -> None:
    talk.says("rubbish")
    talk.says("the taxi")

    assert talk.keys == ["kept.more+ask.consent_words"]


def test_a_no_to_the_useful_question_goes_on_and_is_no_story(talk: Talk) -> None:
    talk.says("rubbish")
    talk.says("no")

    assert talk.keys == ["ask.consent_words"]
    assert not talk.done(KeepStory)


def test_not_knowing_where_is_no_place(talk: Talk) -> None:
    talk.says("The school taxi has come late every day this week again")
    talk.says("dunno")

    assert talk.keys == ["ask.consent_words"]
    assert not talk.done(KeepStory)


def test_a_yes_to_the_useful_question_is_asked_once_more(talk: Talk) -> None:
    talk.says("rubbish")
    talk.says("yes")

    assert talk.keys == ["again.probe"]


def test_the_answer_to_the_question_joins_the_story(talk: Talk) -> None:
    talk.says(STORY)
    talk.says("Hill View, Yeovil")

    assert talk.done(KeepStory) == [KeepStory((0,))]


@pytest.mark.parametrize(
    ("message", "key"),
    [
        (Message(media=(PHOTO,)), "media.photo"),
        (Message(media=(VOICE,)), "media.voice"),
        (Message(media=(PAPER,)), "media.file"),
        (Message(location=PIN), "media.place"),
        (Message(), "media.unknown"),
    ],
)
def test_what_comes_without_words_is_kept_and_asked_about(talk: Talk, message: Message, key: str) -> None:
    talk.says(message)

    assert talk.keys == ["first.story", key]
    assert talk.done(KeepStory) == [KeepStory((0,))]


def test_a_voice_message_is_promised_a_listener_by_the_day(talk: Talk) -> None:
    talk.says(Message(media=(VOICE,)))

    assert "a person will listen to it by Thu 26 Nov" in talk.hears[1]


def test_a_picture_with_words_goes_the_road_of_the_words(talk: Talk) -> None:
    talk.says(Message(text=STORY, media=(PHOTO,)))

    assert talk.keys == ["first.story", "ask.where"]


def test_a_picture_whose_words_are_a_number_is_no_answer(asked: Talk) -> None:
    asked.says(Message(text="1", media=(PHOTO,)))

    assert not asked.done(RecordConsent)
    assert asked.done(KeepStory) == [KeepStory((0,))]


def test_a_place_sent_as_a_pin_is_not_asked_for_again(talk: Talk) -> None:
    talk.says(Message(location=PIN))

    assert talk.conversation.place_known


def test_a_child_is_heard_in_simple_words_and_asked_nothing(talk: Talk) -> None:
    talk.says("I'm 14 and my school is too loud for me")

    assert talk.done(SetSpeaker) == [SetSpeaker(Speaker.YOUNG_PERSON)]
    assert talk.keys == ["first.young"]
    assert "0800 1111" in talk.hears[0]


def test_a_childs_later_words_are_kept_and_nothing_is_asked(talk: Talk) -> None:
    talk.says("I'm 14 and my school is too loud for me")
    talk.says("they put me in the corridor")

    assert talk.hears == ["Thank you, we have kept that too."]


def test_a_child_who_is_known_late_is_asked_no_further(asked: Talk) -> None:
    asked.says("I'm 14 and I don't know what that means")

    assert asked.keys == ["kept.more+close.more"]
    assert asked.conversation.consents == {}


def test_a_grown_up_young_person_is_not_sent_to_childline(talk: Talk) -> None:
    talk.says("I'm 22 and nobody helps me find work")

    assert talk.done(SetSpeaker) == [SetSpeaker(Speaker.YOUNG_PERSON)]
    assert "0800 1111" not in talk.hears[0]


def test_a_childs_share_is_for_a_person_to_talk_over(talk: Talk) -> None:
    talk.says("I'm 14 and my school is too loud for me")
    talk.says("share")

    assert not talk.done(RecordConsent)
    assert [task.kind for task in talk.done(AddTask)] == ["look_again"]


def test_a_professional_and_other_family_are_noted_and_go_the_same_road(talk: Talk) -> None:
    talk.says("I am a SENCo at a primary school and the referral form is impossible to fill in")

    assert talk.done(SetSpeaker) == [SetSpeaker(Speaker.PROFESSIONAL)]
    assert talk.keys == ["first.story", "ask.where"]


def test_a_tap_that_says_who_speaks_stands(talk: Talk) -> None:
    talk.says(Message(text="my son is stuck at home", details={"speaker": Speaker.FAMILY}))

    assert talk.done(SetSpeaker) == [SetSpeaker(Speaker.FAMILY)]


def test_a_parent_is_not_announced(talk: Talk) -> None:
    talk.says("my son is 14 and stuck at home")

    assert not talk.done(SetSpeaker)


def test_a_parent_at_breaking_point_gets_one_line_of_support_and_no_question(talk: Talk) -> None:
    talk.says(Message(text="I can't do this any more, I am so tired", risk=WEARY))

    assert talk.keys == ["first.story", "wellbeing.support"]
    assert talk.conversation.wellbeing
    assert "116 123" in talk.hears[1]


def test_after_a_hard_day_the_road_goes_on_without_a_probe(talk: Talk) -> None:
    talk.says(Message(text="I can't do this any more", risk=WEARY))
    talk.says("he has not slept for a week")

    assert talk.keys == ["kept.more+ask.consent_words"]


def test_a_hard_day_told_at_a_question_gets_the_line_and_keeps_the_question_open(asked: Talk) -> None:
    asked.says(Message(text="honestly I am at the end of my strength", risk=WEARY))
    assert asked.keys == ["kept.more+wellbeing.support"]

    asked.says("1")

    assert asked.done(RecordConsent) == [RecordConsent(Purpose.WORDS_IN_PUBLIC, given=True)]


def test_words_we_do_not_speak_are_kept_and_answered_in_one_line_of_english(talk: Talk) -> None:
    talk.says("Şubattan beri konuşma terapisti bekliyoruz", locale=Locale("tr"), locale_score=1.0, needs_translation=True)

    assert talk.keys == ["first.story", "language.unspoken"]
    assert talk.done(KeepStory) == [KeepStory((0,))]
    assert not talk.done(ChangeLocale)


def test_somebody_we_do_not_understand_is_asked_for_no_consent(talk: Talk) -> None:
    talk.says("Şubattan beri konuşma terapisti bekliyoruz", locale=Locale("tr"), needs_translation=True)
    talk.says("Oğlum hiçbir yere gidemiyor", locale=Locale("tr"), needs_translation=True)

    assert talk.keys == ["kept.more"]


def test_that_we_do_not_speak_their_language_is_said_once_in_a_talk_whenever_it_is_heard(talk: Talk) -> None:
    talk.says("hello")
    talk.says("Şubattan beri konuşma terapisti bekliyoruz", locale=Locale("tr"), needs_translation=True)

    assert talk.keys == ["kept.plain+language.unspoken"]


def test_easy_read_is_a_choice_that_english_words_do_not_undo(talk: Talk) -> None:
    talk.says("easy")
    talk.says(STORY, locale=Locale("en"), locale_score=1.0)

    assert talk.conversation.locale == EASY_READ
