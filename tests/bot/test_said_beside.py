"""Two things in one turn: neither is lost beside the other. Each of these was found by the talks of ``dialogue_machine``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.conversation import (
    AddTask,
    AnswerInvitation,
    BeginCampaign,
    EndCampaign,
    Ending,
    EraseContact,
    InvitationAnswer,
    KeepAnswer,
    KeepStory,
    OptOut,
    Purpose,
    RecordConsent,
)
from bot.draft import MOURNING, Silence, Step
from bot.heard import Heard
from bot.model import NetworkKeyword, Speaker
from tests.bot.talking import CONCERN, DANGER, PHOTO, Message, Talk

LONG = "The taxi came late again and nobody rang us about it"
DEATH = "My son died in August"
HEARD = "2/3: Do you feel listened to when help is planned?"


def asked(**known: Any) -> Talk:
    """Somebody at the first question of a campaign."""
    talk = Talk()
    talk.knows(campaign_offer="strategy", **known)
    talk.says("hello")
    return talk


def invited(**known: Any) -> Talk:
    talk = Talk()
    talk.knows(campaign_offer="strategy", campaign_invited=True, greeted=True, invites=True, **known)
    return talk


def listener_worries(text: str) -> Message:
    """Danger that no rule heard, so that no text for it has gone out."""
    return Message(text=text, heard=Heard(redacted=text, risk=CONCERN))


@pytest.mark.parametrize(("text", "answer"), [("1", "waits"), ("purple", None)])
@pytest.mark.parametrize(("then", "how"), [("stop", Ending.STOPPED), (DEATH, Ending.LEFT), ("do not ask again", Ending.LEFT)])
def test_an_answer_is_kept_whatever_ends_the_questions_in_the_same_turn(text: str, answer: str, then: str, how: Ending) -> None:
    talk = asked()
    talk.says(text, then)

    assert talk.done(KeepAnswer) == [KeepAnswer("strategy", "first", 0, answer)]
    assert talk.done(EndCampaign) == [EndCampaign("strategy", how)]


def test_an_answer_before_stop_and_start_is_kept_once() -> None:
    talk = asked()
    talk.says("1", "stop", "start")

    assert talk.done(KeepAnswer) == [KeepAnswer("strategy", "first", 0, "waits")]


def test_a_button_that_is_pressed_after_stop_is_kept() -> None:
    talk = asked()
    talk.says("stop")
    talk.says(Message(choice="strategy.first.told"))

    assert talk.done(KeepAnswer) == [KeepAnswer("strategy", "first", 0, "told")]
    assert talk.silence == Silence.OPTED_OUT


@pytest.mark.parametrize("danger", [Message(text="He is going to hurt us", risk=DANGER), listener_worries("He comes at night")])
def test_a_few_words_beside_danger_are_part_of_what_happened(danger: Message) -> None:
    talk = asked()
    talk.says("at home", danger)

    assert talk.done(KeepStory) == [KeepStory((0, 1))]
    assert not talk.done(KeepAnswer)


def test_a_few_words_that_are_danger_only_together_are_kept_as_what_happened() -> None:
    talk = asked()
    talk.together = DANGER
    talk.says("he hits", "my boy")

    assert talk.done(KeepStory) == [KeepStory((0, 1))]
    assert talk.conversation.step == Step.DANGER


def test_a_consent_that_is_pressed_while_a_campaign_asks_is_recorded_and_said() -> None:
    talk = Talk()
    talk.says(LONG)
    talk.knows(step="campaign.first", campaign="strategy")
    said = talk.says(Message(text="No", choice="words_no"))

    assert talk.done(RecordConsent) == [RecordConsent(Purpose.WORDS_IN_PUBLIC, given=False)]
    assert said == ["Thank you, we have changed that."]
    assert talk.says("1") == [HEARD]


def test_a_photo_under_a_pressed_button_is_acknowledged_while_a_campaign_asks() -> None:
    talk = asked(experience_open=True)
    said = talk.says(Message(text="skip", choice="nonsense", media=(PHOTO,)), Message(choice="strategy.first.nonsense"))

    assert talk.done(KeepStory)
    assert said


def test_a_late_answer_to_a_campaign_leaves_the_question_of_the_talk_its_answer() -> None:
    talk = Talk()
    talk.says(LONG)
    talk.says("skip")
    assert talk.conversation.step == "consent_words"
    talk.says(Message(text="Shorter waits", choice="strategy.first.waits"), "2")

    assert talk.done(KeepAnswer) == [KeepAnswer("strategy", "first", 0, "waits")]
    assert talk.done(RecordConsent) == [RecordConsent(Purpose.WORDS_IN_PUBLIC, given=False)]
    assert talk.keys == ["kept.corrected", "noted.words_no+ask.consent_changes"]


def test_a_consent_to_be_invited_that_is_pressed_late_closes_no_other_talk() -> None:
    talk = asked()
    talk.knows(experience_open=True)
    talk.says(Message(choice="invite_yes"))

    assert talk.done(RecordConsent) == [RecordConsent(Purpose.INVITE_AGAIN, given=True)]
    assert talk.says("1") == [HEARD]


@pytest.mark.parametrize(
    ("press", "answer"),
    [("invite_go", InvitationAnswer.GO), ("invite_later", InvitationAnswer.LATER), ("invite_never", InvitationAnswer.NEVER)],
)
def test_what_happened_is_promised_a_day_beside_the_answer_to_an_invitation(press: str, answer: InvitationAnswer) -> None:
    talk = invited()
    said = talk.says(Message(choice=press), LONG)

    assert talk.done(AnswerInvitation) == [AnswerInvitation("strategy", answer)]
    assert any("Ref RIVER 482" in text for text in said)


def test_stop_holds_beside_the_code_of_a_deletion() -> None:
    talk = Talk()
    talk.says(LONG)
    talk.says("delete")
    talk.says("stop", "482")

    assert talk.done(EraseContact)
    assert talk.done(OptOut)
    assert talk.conversation.opted_out
    assert talk.keys == ["stop.done"]
    talk.says("hello")
    assert talk.silence == Silence.OPTED_OUT


def test_nothing_is_said_beside_a_deletion_where_the_network_has_answered_stop() -> None:
    talk = Talk()
    talk.says(LONG)
    talk.says("delete")
    talk.says(Message(text="stop", network=NetworkKeyword.STOP), "482")

    assert talk.keys == []
    assert talk.silence == Silence.OPTED_OUT


def test_after_a_death_nothing_automatic_answers_what_only_the_listener_worries_about() -> None:
    talk = Talk()
    talk.says(DEATH)
    talk.waits(days=9)
    talk.says(listener_worries("It is not good at home for her"))

    assert talk.keys == []
    assert talk.silence == Silence.A_PERSON_WRITES
    assert [task.kind for task in talk.done(AddTask)] == ["write_by_hand"]
    assert talk.conversation.step == Step.DANGER


def test_a_death_is_remembered_where_danger_is_told_beside_it() -> None:
    talk = Talk()
    talk.says(Message(text="I cannot go on, I will end it", risk=DANGER), DEATH)

    assert talk.keys == [], "the text for danger has gone out"
    assert talk.conversation.asked.get(MOURNING)
    talk.now += timedelta(days=9)
    talk.says(LONG)
    assert talk.silence == Silence.A_PERSON_WRITES


def test_a_death_in_words_that_only_the_listener_worries_about_is_answered_as_a_death() -> None:
    talk = Talk()
    talk.says(listener_worries(DEATH))

    assert talk.keys == ["death.told"]
    assert talk.conversation.step == Step.DANGER


def test_a_link_that_looks_like_spam_is_acknowledged_while_a_campaign_asks() -> None:
    talk = asked()
    talk.says(LONG)
    talk.says("https://prize.example/x")

    assert [task.kind for task in talk.done(AddTask)] == ["spam"]
    assert talk.keys == ["kept.more"]
    assert talk.says("1") == [HEARD]


@pytest.mark.parametrize("known", [{"speaker": Speaker.YOUNG_PERSON}, {"wellbeing": True}])
def test_a_yes_to_an_invitation_begins_nothing_for_a_child_or_a_carer_at_breaking_point(known: dict[str, Any]) -> None:
    talk = invited(**known)
    talk.says(Message(text="", choice="invite_go"))

    assert talk.done(BeginCampaign) == []
    assert talk.keys == ["hello.again"]


def test_another_language_asked_for_beside_the_last_answer_puts_one_question_and_not_two() -> None:
    talk = asked()
    for answer in ("1", "1"):
        talk.says(answer)
    talk.says("More speech therapy in our town", "polski")

    assert talk.turn is not None
    assert [say.key for say in talk.turn.says if say.choices] == ["campaign.close+ask.invite_again"]
    assert talk.conversation.locale == "pl"


def test_whoever_first_wishes_never_to_be_asked_and_another_language_gets_a_reference() -> None:
    talk = Talk()
    talk.says("do not ask again", "polski")

    assert talk.keys == ["campaign.never", "first.hello", "language.done"]
