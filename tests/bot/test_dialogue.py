"""The road of the talk, one behaviour at a time."""

from __future__ import annotations

from datetime import date

import pytest

from bot.model import (
    EASY_READ,
    AddTask,
    ChangeLocale,
    CloseExperience,
    CorrectTheme,
    KeepStory,
    Locale,
    OpenExperience,
    Polarity,
    Purpose,
    RecordConsent,
    SetSpeaker,
    Speaker,
    Suggestion,
)
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


# --- the first reply ----------------------------------------------------------------------------------------------


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


# --- what is said back ---------------------------------------------------------------------------------------------


def test_the_theme_is_said_back_when_the_listener_is_sure(talk: Talk) -> None:
    talk.says(STORY, theme_is_sure="transport")

    assert talk.hears[1].startswith("What you have told us so far is about transport to school or college.")


def test_no_theme_is_said_back_when_the_listener_is_not_sure(talk: Talk) -> None:
    talk.says(STORY)

    assert "about transport" not in talk.hears[1]


def test_two_sure_themes_are_not_chosen_between(talk: Talk) -> None:
    from bot.model import Heard

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


# --- the one useful question ----------------------------------------------------------------------------------------


def test_a_single_word_is_asked_for_a_little_more(talk: Talk) -> None:
    talk.says("rubbish")

    assert talk.keys[1] == "ask.probe_short"


@pytest.mark.parametrize(
    ("feeling", "key"),
    [(Polarity.GOOD, "ask.probe_good"), (Polarity.BAD, "ask.probe_bad"), (Polarity.MIXED, "ask.probe_short")],
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


def test_the_answer_to_the_question_joins_the_story(talk: Talk) -> None:
    talk.says(STORY)
    talk.says("Hill View, Yeovil")

    assert talk.done(KeepStory) == [KeepStory((0,))]


# --- consents ------------------------------------------------------------------------------------------------------


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
    from bot.model import Heard

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


# --- after the close -----------------------------------------------------------------------------------------------


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
    closed.says(text)

    assert closed.done(KeepStory) == [KeepStory((0,))]
    assert not closed.done(RecordConsent)


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


# --- pictures, voices, places ----------------------------------------------------------------------------------------


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


# --- who is speaking -------------------------------------------------------------------------------------------------


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


# --- a hard day, other languages -------------------------------------------------------------------------------------


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
    talk.says("Czekamy na logopede od lutego", locale=Locale("pl"), needs_translation=True)

    assert talk.keys == ["first.story", "language.unknown"]
    assert talk.done(KeepStory) == [KeepStory((0,))]
    assert not talk.done(ChangeLocale)


def test_somebody_we_do_not_understand_is_asked_for_no_consent(talk: Talk) -> None:
    talk.says("Czekamy na logopede od lutego", needs_translation=True)
    talk.says("Prosze o pomoc dla syna", needs_translation=True)

    assert talk.keys == ["kept.more"]


def test_easy_read_is_a_choice_that_english_words_do_not_undo(talk: Talk) -> None:
    talk.says("easy")
    talk.says(STORY, locale=Locale("en"), locale_score=1.0)

    assert talk.conversation.locale == EASY_READ
