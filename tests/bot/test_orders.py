"""PRIVATE, SHARE, STATUS, HUMAN and the other commands."""

from __future__ import annotations

from datetime import date

import pytest

from bot.conversation import AddTask, ChangeLocale, KeepStory, OfferMyData, OpenExperience, Purpose, RecordConsent
from bot.model import EASY_READ, ENGLISH, Locale
from tests.bot.talking import Message, Talk

STORY = "The school taxi has come late every day this week and nobody rings to tell us"


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.fixture
def told() -> Talk:
    """A talk with a story in it, at the useful question."""
    talk = Talk()
    talk.says(STORY)
    return talk


@pytest.mark.parametrize(("word", "given"), [("PRIVATE", False), ("SHARE", True)])
def test_private_and_share_change_the_consent_at_any_time(told: Talk, word: str, *, given: bool) -> None:
    told.says("done")
    told.says(word)

    assert told.done(RecordConsent) == [RecordConsent(Purpose.WORDS_IN_PUBLIC, given, everywhere=not given)]
    assert told.conversation.consents == {Purpose.WORDS_IN_PUBLIC: given}


def test_private_answers_the_question_when_it_is_open(told: Talk) -> None:
    told.says("skip")
    told.says("private")

    assert told.done(RecordConsent) == [RecordConsent(Purpose.WORDS_IN_PUBLIC, given=False)]
    assert told.conversation.step == "consent_changes"


def test_share_before_anything_was_said_shares_nothing(talk: Talk) -> None:
    talk.knows(greeted=True)
    talk.says("share")

    assert not talk.done(RecordConsent)


def test_status_says_the_promised_day(told: Talk) -> None:
    told.says("status")

    assert told.hears == ["Ref RIVER 482. Not read yet. The SEND team reads it by Thu 26 Nov."]


def test_status_says_when_it_was_read(told: Talk) -> None:
    told.knows(read_on=date(2026, 11, 24))
    told.says("status")

    assert told.hears == ["Ref RIVER 482. A person in the SEND team read it on Tue 24 Nov."]


def test_status_says_that_we_are_late_and_sets_a_person_on_it(told: Talk) -> None:
    told.says("done")
    told.waits(days=8)
    told.says("status")

    assert "We are late" in told.hears[0]
    assert [task.kind for task in told.done(AddTask)] == ["look_again"]


def test_human_says_the_day_and_the_hours_and_adds_the_task_once(told: Talk) -> None:
    told.says("human", "call me")

    assert told.done(AddTask) == [AddTask("call_back", date(2026, 11, 20))]
    assert told.hears == [
        "Someone in the team will get in touch by Fri 20 Nov. We are here 9am to 5pm, Monday to Friday. In an emergency ring 999."
    ]


def test_human_as_a_first_word_opens_a_record_that_staff_can_see(talk: Talk) -> None:
    talk.knows(greeted=True)
    talk.says("human")

    assert talk.done(OpenExperience)
    assert talk.done(AddTask)


def test_a_web_chat_has_no_number_to_ring_so_it_asks_for_one() -> None:
    talk = Talk(channel="webchat")
    talk.says(STORY)
    talk.says("human")

    assert "how to reach you" in talk.hears[0]


def test_my_data_is_a_link(told: Talk) -> None:
    told.says("my data")

    assert told.done(OfferMyData) == [OfferMyData()]
    assert not told.done(AddTask)
    assert told.keys == ["my_data.link+my_data.hint"]


def test_whoever_asks_for_my_data_again_is_sent_it_by_a_person_too(told: Talk) -> None:
    told.says("my data")
    told.says("my data")

    assert told.done(OfferMyData) == [OfferMyData()]
    assert told.done(AddTask) == [AddTask("my_data", date(2026, 12, 3))]
    assert told.keys == ["my_data.link+mydata"]
    assert "Thu 3 Dec" in told.hears[0]


def test_a_third_wish_for_my_data_is_no_third_task(told: Talk) -> None:
    for _ in range(3):
        told.says("my data")

    assert not told.done(AddTask)
    assert told.keys == ["my_data.link"]


def test_my_data_after_months_begins_nothing_new(told: Talk) -> None:
    told.waits(days=90)
    told.says("my data")

    assert not told.done(OpenExperience)
    assert told.done(OfferMyData)


def test_mail_that_may_be_another_s_gets_no_link(told: Talk) -> None:
    told.says(Message(text="my data", details={"verified": False}))

    assert not told.done(OfferMyData)
    assert told.keys == ["not_proved"]


def test_easy_changes_the_locale_and_shows_the_open_question_again(told: Talk) -> None:
    told.says("easy")

    assert told.done(ChangeLocale) == [ChangeLocale(EASY_READ)]
    assert told.keys == ["language.done", "again.where"]
    assert told.hears[1] == "What is the name of the school or service? What town is it in? Or send SKIP."


@pytest.mark.parametrize(
    ("locale", "word"),
    [("pl", "prościej"), ("ro", "simplu"), ("pt", "simples"), ("uk", "ПРОСТО"), ("lt", "lengvai"), ("ar", "سهل")],
)
def test_whoever_asks_for_simpler_words_in_another_language_is_not_put_into_english(talk: Talk, locale: str, word: str) -> None:
    talk.knows(locale=Locale(locale), greeted=True)
    talk.says(word)

    assert talk.keys == ["language.list"]
    assert talk.conversation.locale == locale


def test_easy_read_is_had_from_another_language_by_its_name(talk: Talk) -> None:
    talk.knows(locale=Locale("pl"), greeted=True)
    talk.says("Easy Read")

    assert talk.conversation.locale == EASY_READ


def test_english_changes_it_back(told: Talk) -> None:
    told.says("easy")
    told.says("English please")

    assert told.done(ChangeLocale) == [ChangeLocale(ENGLISH)]


def test_language_lists_what_we_speak(told: Talk) -> None:
    told.says("language")

    (said,) = told.hears
    assert said.startswith("We write in: English, Easy Read, ")
    assert {"Polski", "Română", "Українська", "العربية"} <= set(said.partition(": ")[2].partition(".")[0].split(", "))


def test_privacy_tells_where_to_read_more(told: Talk) -> None:
    told.says("is this confidential?")

    assert "https://earshot.example/privacy" in told.hears[0]


def test_human_as_a_first_word_is_told_of_999_once(talk: Talk) -> None:
    talk.says("human")

    assert talk.keys == ["human", "first.after_answer"]
    assert " ".join(talk.hears).count("999") == 1


def test_help_as_a_first_word_is_answered_and_told_what_every_new_contact_is_told(talk: Talk) -> None:
    talk.says("help")

    assert talk.keys == ["help", "first.after_answer"]
    assert "999" in " ".join(talk.hears)
    assert "tell others" in " ".join(talk.hears)


@pytest.mark.parametrize("word", ["status", "privacy", "language", "my data", "take back", "easy", "private", "share"])
def test_any_command_as_a_first_word_is_answered_with_the_welcome(talk: Talk, word: str) -> None:
    talk.says(word)

    assert talk.keys[-1] == "first.hello"
    assert talk.done(KeepStory) == [KeepStory((0,))]


@pytest.mark.parametrize("word", ["skip", "done"])
def test_nothing_to_skip_as_a_first_word_is_a_welcome(talk: Talk, word: str) -> None:
    talk.says(word)

    assert talk.keys == ["first.hello"]


def test_a_command_beside_a_story_is_answered_and_no_question_is_asked(talk: Talk) -> None:
    talk.says(STORY, "human")

    assert talk.keys == ["first.story", "human"]
    assert talk.done(KeepStory) == [KeepStory((0, 1))]


def test_a_turn_of_nothing_says_nothing(talk: Talk) -> None:
    talk.says()

    assert talk.silence == "nothing_came"
