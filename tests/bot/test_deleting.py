"""DELETE and TAKE BACK: one word deletes nothing, and a confirmed wish deletes everything."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.conversation import EraseContact, KeepStory, Purpose, RecordConsent, TakeBack
from tests.bot.talking import DANGER, Message, Talk

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


@pytest.mark.parametrize("wrong", ["delete 428", "428"])
def test_a_wrong_code_is_refused_with_a_fresh_one_that_is_accepted(told: Talk, wrong: str) -> None:
    told.says("delete")
    told.says(wrong)
    assert told.hears == ["Nothing is deleted yet. To delete everything you sent us, reply DELETE 480."]
    assert not told.done(KeepStory)
    told.says("480")

    assert told.done(EraseContact) == [EraseContact()]


def test_whoever_only_knows_the_reference_deletes_nothing_in_another_s_name(told: Talk) -> None:
    """Mail says it is from anybody; the code goes to the true address, and is not the number of the reference."""
    told.says(Message(text="delete", details={"verified": False}))
    assert told.keys == ["delete.confirm"]
    told.says(Message(text="delete 482", details={"verified": False}))
    assert not told.done(EraseContact)
    code = told.conversation.delete_code
    told.says(Message(text=f"delete {code}", details={"verified": False}))

    assert told.done(EraseContact) == [EraseContact()]


def test_nobody_comes_nearer_to_a_code_by_guessing(told: Talk) -> None:
    told.says("delete")
    codes = []
    for _ in range(5):
        told.says("delete 428")
        codes.append(told.conversation.delete_code)
    told.says("482")

    assert len(set(codes)) == 5
    assert not told.done(EraseContact)


def test_a_right_code_beside_a_wrong_one_is_accepted(told: Talk) -> None:
    told.says("delete")
    told.says("428", "482")

    assert told.done(EraseContact) == [EraseContact()]


@pytest.mark.parametrize("text", ["482", "DELETE 482"])
@pytest.mark.parametrize("between", ["actually the taxi came on time today", "skip", "1", "status", "help", "👍", "stop"])
def test_the_code_is_good_for_a_quarter_of_an_hour_whatever_is_written_in_between(told: Talk, between: str, text: str) -> None:
    told.says("delete")
    told.says(between)
    told.waits(minutes=13)
    told.says(text)

    assert told.done(EraseContact) == [EraseContact()]


@pytest.mark.parametrize("text", ["482", "DELETE 482"])
def test_after_a_quarter_of_an_hour_the_code_is_refused_and_a_fresh_one_given(told: Talk, text: str) -> None:
    told.says("delete")
    told.waits(minutes=14, seconds=1)
    told.says(text)
    assert not told.done(EraseContact)
    assert not told.done(KeepStory)
    assert told.hears == [
        "That number is too old now, so nothing is deleted. To delete everything you sent us, reply DELETE 480."
    ]

    told.says("480")
    assert told.done(EraseContact) == [EraseContact()]


def test_a_code_that_was_sent_in_time_is_good_however_late_its_turn(told: Talk) -> None:
    told.says("delete")
    told.waits(hours=2)
    told.says(Message(text="482", waited=timedelta(hours=1, minutes=50)))

    assert told.done(EraseContact) == [EraseContact()]


@pytest.mark.parametrize(("old", "fresh"), [("482", "582"), ("100", "200"), ("897", "997"), ("998", "200")])
def test_a_fresh_code_is_never_the_old_one_whatever_chance_draws(told: Talk, old: str, fresh: str) -> None:
    told.knows(reference=f"RIVER {old}")
    told.says("delete")
    told.waits(minutes=20)
    told.references.insert(0, f"RIVER {old}")
    told.says("delete")

    assert told.conversation.delete_code == fresh


def test_delete_after_a_quarter_of_an_hour_gives_a_fresh_code(told: Talk) -> None:
    told.says("delete")
    told.waits(minutes=20)
    told.says("delete")

    assert told.hears == ["Delete everything you sent us? If so, reply DELETE 480. If not, you need do nothing."]


def test_a_code_that_is_said_again_is_good_for_as_long_again(told: Talk) -> None:
    told.says("delete")
    told.waits(minutes=10)
    told.says("delete")
    told.waits(minutes=10)
    told.says("482")

    assert told.done(EraseContact) == [EraseContact()]


def test_a_yes_is_about_the_question_that_was_put_last(told: Talk) -> None:
    told.says("delete")
    told.says("skip")
    assert told.keys[-1].endswith("ask.consent_words")
    told.says("1")

    assert told.done(RecordConsent) == [RecordConsent(Purpose.WORDS_IN_PUBLIC, given=True)]
    assert told.conversation.delete_code == "482"


def test_a_yes_after_other_words_is_not_about_the_deletion(told: Talk) -> None:
    told.says("delete")
    told.says("It was the taxi to Elmfield, and he missed his lessons")
    told.says("yes")

    assert "delete.again" not in told.keys


def test_three_digits_of_another_kind_are_words_once_the_subject_has_changed(told: Talk) -> None:
    told.says("delete")
    told.says("It was the taxi to Elmfield, and he missed his lessons")
    told.says("bus 128")
    told.says("128")

    assert told.done(KeepStory) == [KeepStory((0,))]


def test_a_wrong_code_is_refused_after_other_words_too(told: Talk) -> None:
    told.says("delete")
    told.says("It was the taxi to Elmfield, and he missed his lessons")
    told.says("delete 428")

    assert told.hears == ["Nothing is deleted yet. To delete everything you sent us, reply DELETE 479."]


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
