"""When danger is heard, when staff hold the talk, when somebody said STOP; and the commands."""

from __future__ import annotations

from datetime import date

import pytest

from bot.model import (
    EASY_READ,
    ENGLISH,
    AddTask,
    ChangeLocale,
    EraseContact,
    Heard,
    KeepStory,
    NetworkKeyword,
    OpenExperience,
    OptIn,
    OptOut,
    Purpose,
    RecordConsent,
    TakeBack,
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


# --- danger ----------------------------------------------------------------------------------------------------------


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


# --- staff hold the talk ------------------------------------------------------------------------------------------------


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

    assert told.done(RecordConsent) == [RecordConsent(Purpose.WORDS_IN_PUBLIC, given=False)]
    assert told.silence == "held"


def test_danger_while_staff_hold_the_talk_is_noted(told: Talk) -> None:
    told.knows(held=True)
    told.says(HARM)

    assert told.conversation.danger
    assert told.silence == "held"


# --- STOP and START --------------------------------------------------------------------------------------------------------


def test_stop_is_confirmed_once(told: Talk) -> None:
    told.says("STOP")

    assert told.done(OptOut) == [OptOut()]
    assert told.keys == ["stop.done"]

    told.says("STOP")

    assert told.silence == "opted_out"
    assert not told.done(OptOut)


def test_a_stop_the_network_has_answered_gets_no_text_of_ours(told: Talk) -> None:
    told.says(Message(text="STOP", network=NetworkKeyword.STOP))

    assert told.done(OptOut)
    assert told.silence == "network_answered"


def test_a_stop_inside_a_sentence_is_a_story(talk: Talk) -> None:
    talk.says("please stop sending the taxi late, he misses the bell every day")

    assert not talk.done(OptOut)
    assert talk.keys[0] == "first.story"


def test_a_stop_as_the_very_first_word_opens_nothing(talk: Talk) -> None:
    talk.says("stop")

    assert not talk.done(OpenExperience)
    assert talk.keys == ["stop.done"]


def test_after_a_stop_words_are_kept_in_silence(told: Talk) -> None:
    told.says("STOP")
    told.says("the taxi again")

    assert told.silence == "opted_out"
    assert told.done(KeepStory) == [KeepStory((0,))]


def test_after_a_stop_danger_is_noted(told: Talk) -> None:
    told.says("STOP")
    told.says(HARM)

    assert told.conversation.danger
    assert told.silence == "opted_out"


@pytest.mark.parametrize("word", ["HUMAN", "MYDATA", "DELETE"])
def test_after_a_stop_what_a_person_must_do_is_still_put_before_one(told: Talk, word: str) -> None:
    told.says("STOP")
    told.says(word)

    assert told.done(AddTask)
    assert told.silence == "opted_out"


def test_start_ends_the_silence(told: Talk) -> None:
    told.says("STOP")
    told.says("START")

    assert told.done(OptIn) == [OptIn()]
    assert told.keys == ["start.done"]
    assert not told.conversation.opted_out


def test_a_start_the_network_has_answered_gets_no_text_of_ours(told: Talk) -> None:
    told.says("STOP")
    told.says(Message(text="START", network=NetworkKeyword.START))

    assert told.done(OptIn)
    assert told.silence == "network_answered"


def test_start_after_danger_and_stop_is_confirmed(talk: Talk) -> None:
    talk.says(HARM)
    talk.says("stop")
    talk.says("start")

    assert talk.keys == ["start.done"]


def test_start_from_a_poster_is_welcomed_like_a_hello(talk: Talk) -> None:
    talk.says("START")

    assert talk.keys == ["first.hello"]


def test_of_stop_and_start_in_one_burst_the_last_holds(told: Talk) -> None:
    told.says("stop", "start")
    assert not told.conversation.opted_out

    told.says("start", "stop")
    assert told.conversation.opted_out


# --- DELETE, TAKE BACK -------------------------------------------------------------------------------------------------------


def test_a_deletion_is_asked_to_be_confirmed_with_the_number_of_the_reference(told: Talk) -> None:
    told.says("delete")

    assert told.hears == ["Delete everything you sent us? If so, reply DELETE 482. If not, you need do nothing."]
    assert not told.done(EraseContact)


@pytest.mark.parametrize("text", ["DELETE 482", "delete482", "482", "Delete 482 please"])
def test_a_confirmed_deletion_erases_everything_and_gives_a_receipt(told: Talk, text: str) -> None:
    told.says("delete")
    told.says(text)

    assert told.done(EraseContact) == [EraseContact()]
    assert told.keys == ["delete.done"]
    assert told.conversation.reference is None
    assert not told.conversation.greeted


@pytest.mark.parametrize("text", ["DELETE 483", "yes", "1", "483"])
def test_nothing_else_confirms_a_deletion(told: Talk, text: str) -> None:
    told.says("delete")
    told.says(text)

    assert not told.done(EraseContact)


@pytest.mark.parametrize("text", ["yes", "1", "yes please"])
def test_a_yes_to_a_deletion_is_asked_for_the_code_and_is_no_consent(told: Talk, text: str) -> None:
    told.says("skip")
    told.says("delete")
    told.says(text)

    assert told.keys == ["delete.again"]
    assert not told.done(RecordConsent)
    assert not told.done(KeepStory)


def test_a_no_to_a_deletion_keeps_everything_and_the_code_means_nothing_any_more(told: Talk) -> None:
    told.says("delete")
    told.says("no")
    assert told.hears == ["Nothing is deleted."]

    told.says("482")

    assert not told.done(EraseContact)


def test_the_code_means_nothing_after_other_words(told: Talk) -> None:
    told.says("delete")
    told.says("actually the taxi came on time today")
    told.says("482")

    assert not told.done(EraseContact)


def test_the_code_means_nothing_before_a_deletion_was_asked_for(told: Talk) -> None:
    told.says("delete 482")

    assert not told.done(EraseContact)
    assert told.keys == ["delete.confirm"]


def test_delete_said_twice_says_that_nothing_is_deleted_yet(told: Talk) -> None:
    told.says("delete")
    told.says("delete")

    assert told.hears == ["Nothing is deleted yet. To delete everything you sent us, reply DELETE 482."]


def test_a_deletion_after_danger_says_what_is_kept_and_why(talk: Talk) -> None:
    talk.says(HARM)
    talk.says("delete")
    talk.says("delete 482")

    assert talk.done(EraseContact)
    assert talk.keys == ["delete.done_kept"]


def test_whoever_writes_after_a_deletion_is_new(told: Talk) -> None:
    told.says("delete")
    told.says("delete 482")
    told.says(STORY)

    assert told.keys[0] == "first.story"


def test_a_deletion_by_somebody_who_never_wrote_anything_else_can_be_confirmed(talk: Talk) -> None:
    talk.says("delete")
    talk.says("delete 482")

    assert talk.done(EraseContact)


def test_the_last_message_is_taken_back(told: Talk) -> None:
    told.says("take that back")

    assert told.done(TakeBack) == [TakeBack()]
    assert told.conversation.preview == ""


def test_there_is_nothing_to_take_back_where_nothing_is(talk: Talk) -> None:
    talk.knows(greeted=True)
    talk.says("take back")

    assert not talk.done(TakeBack)
    assert talk.keys == ["takeback.nothing"]


def test_a_message_taken_back_in_the_same_burst_is_kept_first_and_then_out(talk: Talk) -> None:
    talk.says(STORY, "take that back")

    kinds = [type(effect) for effect in talk.effects]
    assert kinds.index(KeepStory) < kinds.index(TakeBack)


# --- PRIVATE, SHARE, STATUS and the others -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "given"), [("PRIVATE", False), ("SHARE", True)])
def test_private_and_share_change_the_consent_at_any_time(told: Talk, word: str, *, given: bool) -> None:
    told.says("done")
    told.says(word)

    assert told.done(RecordConsent) == [RecordConsent(Purpose.WORDS_IN_PUBLIC, given)]
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


def test_my_data_is_a_task_with_a_day(told: Talk) -> None:
    told.says("my data")

    assert told.done(AddTask) == [AddTask("my_data", date(2026, 12, 3))]
    assert "Thu 3 Dec" in told.hears[0]


def test_easy_changes_the_locale_and_shows_the_open_question_again(told: Talk) -> None:
    told.says("easy")

    assert told.done(ChangeLocale) == [ChangeLocale(EASY_READ)]
    assert told.keys == ["language.done", "again.where"]
    assert told.hears[1] == "What is the name of the school or service? What town is it in? Or send SKIP."


def test_english_changes_it_back(told: Talk) -> None:
    told.says("easy")
    told.says("English please")

    assert told.done(ChangeLocale) == [ChangeLocale(ENGLISH)]


def test_language_lists_what_we_speak(told: Talk) -> None:
    told.says("language")

    assert told.hears == ["We write in: English, Easy Read. Send the one you want."]


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
