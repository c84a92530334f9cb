"""The questions of a campaign as a person meets them: one at a time, gently, and never instead of what they came to say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.campaign_reading import open_question
from bot.conversation import (
    AnswerInvitation,
    BeginCampaign,
    EndCampaign,
    Ending,
    InvitationAnswer,
    KeepAnswer,
    KeepStory,
    OpenExperience,
    Purpose,
    RecordConsent,
)
from bot.draft import Draft, Step
from bot.model import Locale, Speaker
from tests.bot.talking import DANGER, PHOTO, SCRIPT, WEARY, Message, Talk

FIRST = "1/3: What should the new plan do first?"
HEARD = "2/3: Do you feel listened to when help is planned?"
THING = "3/3: What one thing would make the most difference? Or send SKIP."
LONG = "The taxi came late again and nobody rang us about it"


def arrived(**known: Any) -> Talk:
    """Somebody who came by the campaign's link and said hello."""
    talk = Talk()
    talk.knows(campaign_offer="strategy", **known)
    talk.says("hello")
    return talk


def answers(talk: Talk) -> list[tuple[str, str | None]]:
    return [(effect.question, effect.answer) for effect in talk.done(KeepAnswer)]


def test_whoever_comes_by_the_link_is_told_who_asks_and_asked_the_first_question() -> None:
    talk = arrived()

    assert talk.hears[0].startswith("Hello. A computer asks; people in the SEND team read the answers.")
    assert talk.hears[1].startswith("Somerset is writing a new plan")
    assert talk.hears[1].endswith(FIRST)
    assert talk.done(BeginCampaign) == [BeginCampaign("strategy")]
    assert not talk.done(OpenExperience), "a hello for the questions is no experience"


def test_the_questions_come_one_at_a_time_and_end_with_whether_we_may_ask_again() -> None:
    talk = arrived()
    assert talk.says("1") == [HEARD]
    assert answers(talk) == [("first", "waits")]
    assert talk.says("sometimes") == [THING]
    assert answers(talk) == [("heard", "sometimes")]
    (last,) = talk.says("shorter waits please")
    assert answers(talk) == [("thing", None)]
    assert talk.done(EndCampaign) == [EndCampaign("strategy", Ending.FINISHED)]
    assert last.endswith("May we ask you questions again, now and then?")
    assert talk.says("1") == ["Thank you. We ask now and then, not often."]
    assert talk.done(RecordConsent) == [RecordConsent(Purpose.INVITE_AGAIN, given=True)]


def test_no_more_than_the_questions_and_two_messages_are_said() -> None:
    talk = arrived()
    said = 1
    for text in ("hmm", "hmm", "hmm", "hmm", "hmm"):
        talk.says(text)
        said += len(talk.hears)
        if talk.done(EndCampaign):
            break

    assert said <= len(SCRIPT.campaigns.by_code["strategy"].questions) + 2


def test_an_answer_that_is_none_is_asked_once_more_in_simpler_words_and_then_kept() -> None:
    talk = arrived()
    assert talk.says("purple") == ["Which of these matters most to you? Send its number."]
    assert answers(talk) == [("first", None)]
    assert talk.says("purple again") == [f"We have kept your own words. {HEARD}"]
    assert answers(talk) == [("first", None)]


def test_skip_goes_on_and_done_leaves() -> None:
    talk = arrived()
    assert talk.says("skip") == [HEARD]
    assert not talk.done(KeepAnswer)
    assert talk.says("done") == ["Thank you. We will not ask any more of these. What you told us is kept."]
    assert talk.done(EndCampaign) == [EndCampaign("strategy", Ending.LEFT)]
    assert talk.conversation.campaign == ""


def test_words_that_tell_what_happened_are_an_answer_and_an_experience() -> None:
    talk = arrived()
    talk.says("1")
    talk.says("2")
    said = talk.says(LONG)

    assert answers(talk) == [("thing", None)]
    assert talk.done(OpenExperience)
    assert talk.done(KeepStory) == [KeepStory((0,))]
    assert "Ref RIVER" in said[0]
    assert "That was the last question" in said[-1]


def test_a_story_at_a_choice_is_kept_and_the_choice_put_again() -> None:
    talk = arrived()
    said = talk.says(LONG)

    assert talk.done(KeepStory)
    assert said[-1] == "Which of these matters most to you? Send its number."
    assert talk.says("4") == [HEARD]


def test_a_command_is_answered_and_the_question_stays_open() -> None:
    talk = arrived()
    assert len(talk.says("status")) == 1
    assert talk.says("1") == [HEARD]


@pytest.mark.parametrize("text", ["ok", "thanks", "what?", "👍"])
def test_a_nod_is_no_answer(text: str) -> None:
    talk = arrived()
    talk.says(text)

    assert [answer for answer in answers(talk) if answer[1]] == []
    assert talk.says("2") == [HEARD]


def test_danger_ends_the_questions() -> None:
    talk = arrived()
    talk.says(Message(text="He is going to hurt us", risk=DANGER))

    assert talk.done(EndCampaign) == [EndCampaign("strategy", Ending.DANGER)]
    assert talk.conversation.step == Step.DANGER
    assert not talk.done(KeepAnswer)
    talk.says("1")
    assert not any(say.choices for say in (talk.turn.says if talk.turn else ()))


def test_stop_stops() -> None:
    talk = arrived()
    talk.says("stop")

    assert talk.done(EndCampaign) == [EndCampaign("strategy", Ending.STOPPED)]
    assert talk.says("1") == []


def test_somebody_at_breaking_point_is_asked_no_more() -> None:
    talk = arrived()
    said = talk.says(Message(text="I cannot cope with any of this", risk=WEARY))

    assert "Samaritans" in said[-1]
    assert talk.done(EndCampaign) == [EndCampaign("strategy", Ending.LEFT)]


def test_a_child_is_not_examined() -> None:
    talk = Talk()
    talk.knows(campaign_offer="strategy", speaker=Speaker.YOUNG_PERSON)
    talk.says("hello")

    assert not talk.done(BeginCampaign)


def test_a_talk_about_something_else_is_not_interrupted() -> None:
    talk = Talk()
    talk.says(LONG)
    step = talk.conversation.step
    talk.knows(campaign_offer="strategy")
    talk.says("It was the yellow one, with the new driver from last week")

    assert not talk.done(BeginCampaign)
    assert step != Step.STORY


def test_a_story_told_on_arrival_is_answered_first() -> None:
    talk = Talk()
    talk.knows(campaign_offer="strategy")
    said = talk.says(LONG)

    assert "Ref RIVER 482" in said[0]
    assert said[-1].endswith(FIRST)
    assert talk.done(KeepStory)


def test_after_the_last_day_a_late_answer_is_kept_as_words_and_said_so() -> None:
    talk = arrived()
    talk.now = datetime(2026, 12, 21, 10, tzinfo=UTC)
    said = talk.says("1")

    assert said == ["These questions closed on Fri 18 Dec. We have kept what you wrote."]
    assert talk.done(KeepAnswer) == [KeepAnswer("strategy", "first", 0, None, late=True)]


def test_who_only_came_after_the_last_day_is_not_told_that_words_were_kept() -> None:
    talk = Talk()
    talk.now = datetime(2026, 12, 21, 10, tzinfo=UTC)
    talk.knows(campaign_offer="strategy")

    assert talk.says("hello") == ["These questions closed on Fri 18 Dec. Tell us what happened, good or bad."]
    assert not talk.done(KeepStory)
    assert not talk.done(KeepAnswer)


def test_who_tells_something_after_the_last_day_is_not_asked_to_tell_it() -> None:
    talk = Talk()
    talk.now = datetime(2026, 12, 21, 10, tzinfo=UTC)
    talk.knows(campaign_offer="strategy")
    said = talk.says(LONG)

    assert said[-1] == "These questions closed on Fri 18 Dec."
    assert talk.done(KeepStory)


def test_a_word_that_is_no_answer_after_the_last_day_is_not_said_to_be_kept() -> None:
    talk = arrived()
    talk.now = datetime(2026, 12, 21, 10, tzinfo=UTC)

    assert talk.says("skip") == ["These questions closed on Fri 18 Dec."]
    assert not talk.done(KeepAnswer)


def test_a_link_to_questions_that_are_not_open_says_when() -> None:
    talk = Talk()
    talk.knows(campaign_offer="term")
    assert talk.says("hello")[0].startswith("These questions open on Mon 7 Dec.")


def test_who_has_answered_is_not_asked_twice() -> None:
    assert arrived(campaign_done=True, greeted=True).hears == [
        "We have your answers to these questions. Thank you. Tell us what happened, good or bad."
    ]


def test_a_locale_without_words_gets_english_and_is_told_so() -> None:
    talk = arrived(locale=Locale("uk"))

    assert "англійською" in talk.hears[1]
    assert FIRST in talk.hears[1]


def test_a_button_pressed_late_changes_that_answer_and_no_other() -> None:
    talk = arrived()
    talk.says("1")
    talk.says("2")
    said = talk.says(Message(text="More help in school", choice="strategy.first.school"))

    assert answers(talk) == [("first", "school")]
    assert said == ["Thank you, we have put that right."]
    assert talk.conversation.step == "campaign.thing"


@pytest.mark.parametrize(
    ("text", "answer"),
    [("1", InvitationAnswer.GO), ("yes", InvitationAnswer.GO), ("2", InvitationAnswer.LATER), ("3", InvitationAnswer.NEVER)],
)
def test_an_invitation_is_answered_by_number_or_word(text: str, answer: InvitationAnswer) -> None:
    talk = Talk()
    talk.knows(campaign_offer="strategy", campaign_invited=True, greeted=True, invites=True)
    talk.says(text)

    assert talk.done(AnswerInvitation) == [AnswerInvitation("strategy", answer)]
    assert bool(talk.done(BeginCampaign)) == (answer is InvitationAnswer.GO)
    assert bool(talk.done(RecordConsent)) == (answer is InvitationAnswer.NEVER)


def test_who_was_invited_is_not_asked_whether_we_may_ask() -> None:
    talk = Talk()
    talk.knows(campaign_offer="strategy", campaign_invited=True, greeted=True, invites=True)
    for text in ("yes", "1", "1", "less waiting"):
        talk.says(text)

    assert talk.hears == ["Thank you. That was the last question. The SEND team reads all the answers."]


def test_other_words_after_an_invitation_are_words_like_any_others() -> None:
    talk = Talk()
    talk.knows(campaign_offer="strategy", campaign_invited=True, greeted=True, invites=True)
    talk.says(LONG)

    assert talk.done(KeepStory)
    assert not talk.done(BeginCampaign)


@pytest.mark.parametrize("text", ["do not ask again", "no more invitations"])
def test_a_word_takes_the_consent_back_anywhere(text: str) -> None:
    talk = Talk()
    talk.says(LONG)
    assert talk.says(text) == ["Done. We will not ask you again. You can still write to us any time."]
    assert talk.done(RecordConsent) == [RecordConsent(Purpose.INVITE_AGAIN, given=False)]


def test_while_staff_hold_the_talk_every_word_is_theirs_to_read() -> None:
    talk = arrived()
    talk.knows(held=True)
    assert talk.says("1") == []
    assert talk.done(KeepStory)
    assert open_question(Draft.begin(SCRIPT, talk.conversation, talk.now, looks_back=False)) is None


def test_a_picture_at_a_question_for_words_is_kept() -> None:
    talk = arrived()
    talk.says("1")
    talk.says("2")
    talk.says(Message(media=(PHOTO,)))

    assert talk.done(KeepStory)
    assert answers(talk) == [("thing", None)]


def test_after_danger_a_withdrawal_holds_all_the_same() -> None:
    talk = arrived()
    talk.says(Message(text="He is going to hurt us", risk=DANGER))
    talk.says("do not ask again")

    assert talk.done(RecordConsent) == [RecordConsent(Purpose.INVITE_AGAIN, given=False)]
