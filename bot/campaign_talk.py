"""The questions of a campaign, asked one at a time beside the road of the talk. Pure.

Whoever comes by a campaign's link, or says yes to an invitation, is asked. An answer that is none is asked for once more in
simpler words, then kept as words, and the talk goes on. What they tell beside it is kept as any other experience.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.campaign_reading import GO, LATER, NEVER, STEP, is_open, open_question
from bot.campaigns import Campaign, Kind, Question, State
from bot.conversation import (
    AnswerInvitation,
    BeginCampaign,
    Command,
    EndCampaign,
    Ending,
    InvitationAnswer,
    KeepAnswer,
    Purpose,
    RecordConsent,
)
from bot.draft import Draft, Step
from bot.model import Speaker
from bot.reading import CAMPAIGNS, Reading, only_comes
from bot.reading import Kind as What
from bot.road import Words, go_on, greet, take_answers

INVITE_AGAIN = "invite_again"
"""The question of the script at the end of a campaign."""
MORE_MESSAGES = 2
"""A campaign says at most as many messages as it has questions, and these: one question put again, and the close."""
_SMALL = (What.HELLO, What.THANKS, What.NOD, What.PUZZLED)
_SAID = (What.STORY, What.ASIDE, What.REPEAT, What.UNSURE)


def is_asking(draft: Draft, readings: Sequence[Reading]) -> bool:
    """Whether these words are for the campaign to go on with."""
    return has_answers(readings) or open_question(draft) is not None or begins(draft, readings)


def has_answers(readings: Sequence[Reading]) -> bool:
    return any(reading.kind in CAMPAIGNS for reading in readings)


def ask_on(draft: Draft, words: Words) -> None:
    """Keep what they answered, and ask the next question; or begin; or leave it."""
    here = open_question(draft)
    asked_for = next((reading.answer for reading in words.readings if reading.kind is What.INVITED), "")
    if asked_for == NEVER or (asked_for and here is None):
        _answer_invitation(draft, asked_for, words)
        return
    if here is None and not begins(draft, words.readings):
        keep_answers(draft, words.readings)
        _say_of_late_press(draft, words.readings)
        _go_on_beside(draft, words)
        return
    _greet_beside(draft, words)
    if here is None:
        _begin(draft)
        return
    answered, noted = keep_answers(draft, words.readings), take_answers(draft, words.readings)
    if not is_open(draft, here[0]):
        _over(draft, here[0], kept=words.has(*_SAID, What.CAMPAIGN))
    else:
        _go_on(draft, words, *here, answered=answered, noted=noted)


def _greet_beside(draft: Draft, words: Words) -> None:
    """An experience that opens in the same turn is answered first; the question that was open stays so."""
    if draft.opened:
        step = draft.conversation.step
        greet(draft, words)
        draft.change(step=step if step.startswith(STEP) else draft.conversation.step)


def _go_on_beside(draft: Draft, words: Words) -> None:
    """What came with an answer to a campaign, and is none itself, goes its own road."""
    rest = [reading for reading in words.readings if reading.kind not in CAMPAIGNS]
    if rest:
        go_on(draft, replace(words, readings=rest))
    else:
        _greet_beside(draft, words)


def end(draft: Draft, how: Ending, readings: Sequence[Reading]) -> None:
    """No more of these questions, whatever comes; said by nobody. What was answered beside it is kept."""
    keep_answers(draft, [reading for reading in readings if reading.kind in CAMPAIGNS])
    talk = draft.conversation
    if talk.campaign:
        draft.do(EndCampaign(talk.campaign, how))
    if talk.campaign or talk.campaign_offer:
        step = Step.STORY if talk.step.startswith(STEP) else talk.step
        draft.change(campaign="", campaign_said=0, campaign_offer="", campaign_invited=False, step=step)


def begins(draft: Draft, readings: Sequence[Reading]) -> bool:
    """They came by the link: at once where nothing else is talked about, else when it is not any more."""
    talk = draft.conversation
    if not talk.campaign_offer or talk.campaign_invited or talk.held or draft.at_question is not None:
        return False
    if _is_spared(draft):
        return False
    if any(reading.command not in (None, Command.START) for reading in readings):
        return False
    return draft.opened or all(only_comes(reading) for reading in readings)


def _is_spared(draft: Draft) -> bool:
    """A child is not examined, nor a carer at breaking point."""
    return draft.conversation.speaker is Speaker.YOUNG_PERSON or draft.conversation.wellbeing


def _begin(draft: Draft) -> None:
    talk = draft.conversation
    code, invited, done = talk.campaign_offer, talk.campaign_invited, talk.campaign_done
    draft.change(campaign_offer="", campaign_invited=False)
    campaign = draft.script.campaigns.get(code)
    if campaign is None:
        return
    state = campaign.state(draft.script.hours.today(draft.now))
    anew = [] if draft.opened else ["tell.us"]  # whoever has just told us something is not asked to
    if state is State.SOON:
        draft.say("campaign.soon", *anew, values={"day": campaign.first.isoformat()})
    elif state is State.OVER:
        draft.say("campaign.ended", *anew, values={"day": campaign.last.isoformat()})
    elif done:
        draft.say("campaign.twice", *anew)
    else:
        if not draft.conversation.greeted:
            draft.say("campaign.hello")
        draft.do(BeginCampaign(code, invited=invited))
        draft.change(campaign=code, campaign_said=0)
        lead = [] if campaign.speaks(talk.locale) else ["campaign.english"]
        _put(draft, campaign, campaign.questions[0], [*lead, "campaign.begin"])
    draft.change(greeted=True)


def withdraw_quietly(draft: Draft, readings: Sequence[Reading]) -> None:
    """Where nothing is said of it, a withdrawal holds all the same."""
    if any(reading.kind is What.INVITED and reading.answer == NEVER for reading in readings):
        draft.do(RecordConsent(Purpose.INVITE_AGAIN, given=False))
        draft.change(invites=False)


def _answer_invitation(draft: Draft, answer: str, words: Words) -> None:
    talk = draft.conversation
    if talk.campaign_offer:
        draft.do(AnswerInvitation(talk.campaign_offer, InvitationAnswer(answer.removeprefix("invite_"))))
    if answer == GO and talk.campaign_offer and not _is_spared(draft):
        _greet_beside(draft, words)
        if noted := take_answers(draft, words.readings):
            draft.say(*noted)
        _begin(draft)
        return
    draft.change(campaign_offer="", campaign_invited=False)
    if answer == NEVER:
        _withdraw(draft, words)
    else:  # not now; or a yes to questions that are no longer asked
        keep_answers(draft, words.readings)
        draft.say("campaign.later" if answer == LATER else "hello.again")
    _go_on_beside(draft, words)


def _withdraw(draft: Draft, words: Words) -> None:
    end(draft, Ending.LEFT, words.readings)
    draft.do(RecordConsent(Purpose.INVITE_AGAIN, given=False))
    draft.change(invites=False)
    draft.say("campaign.never")


def keep_answers(draft: Draft, readings: Sequence[Reading]) -> bool:
    """Keep every answer. Returns whether the open question has one."""
    here, answered = open_question(draft), False
    for reading in readings:
        pressed = draft.script.campaigns.of_button(reading.answer) if reading.kind is What.CAMPAIGN else None
        if pressed is not None:
            campaign, question, answer = pressed
            late = not is_open(draft, campaign)
            _keep(draft, KeepAnswer(campaign.code, question.key, reading.position, None if late else answer, late=late))
            answered = answered or here == (campaign, question)
        elif here is not None and reading.kind in _SAID and not reading.stored.risk.level.needs_alert:
            late = not is_open(draft, here[0])
            _keep(draft, KeepAnswer(here[0].code, here[1].key, reading.position, None, late=late))
            answered = answered or here[1].kind is Kind.WORDS or reading.kind is What.UNSURE
    return answered


def _keep(draft: Draft, answer: KeepAnswer) -> None:
    if answer not in draft.effects:  # STOP and START in one turn come by here twice
        draft.do(answer)


def _go_on(draft: Draft, words: Words, campaign: Campaign, question: Question, *, answered: bool, noted: list[str]) -> None:
    """``noted``: what is to be said of a consent that was answered beside it."""
    if words.ends:
        _leave(draft, "campaign.left")
    elif draft.conversation.speaker is Speaker.YOUNG_PERSON:
        _leave(draft, "campaign.left")  # a child is not examined
    elif draft.conversation.wellbeing and not draft.was_weary:
        _leave(draft, "wellbeing.support")
    elif answered or words.skips:
        _next(draft, campaign, question, noted)
    elif words.has(*_SAID, *_SMALL):
        _miss(draft, words, campaign, question)
    elif words.has(What.CAMPAIGN):
        draft.say("kept.corrected")  # a button of an earlier question
    elif noted or any(reading.has_more for reading in words.readings):
        draft.say(*(noted or ["kept.more"]))


def _miss(draft: Draft, words: Words, campaign: Campaign, question: Question) -> None:
    """No answer: once more in simpler words, where the budget holds that, and words with it; else on to the next."""
    talk = draft.conversation
    left = len(campaign.questions) - int(campaign.place(question.key).partition("/")[0])
    holds = talk.campaign_said + left + len(("once more", "the close")) <= len(campaign.questions) + MORE_MESSAGES
    is_first = talk.asked.get(_counted(campaign, question), 0) < len(("asked", "once more"))
    if is_first and holds and words.may_ask:
        _put(draft, campaign, question, [], again=True)
    elif not words.may_ask:  # what they asked for is answered; the question stays open
        if words.stories and not draft.opened:
            draft.say("kept.more")
    else:
        _next(draft, campaign, question, ["campaign.kept"] if words.has(*_SAID) else [])


def _next(draft: Draft, campaign: Campaign, question: Question, lead: Sequence[str]) -> None:
    following = campaign.after(question.key)
    if following is not None:
        _put(draft, campaign, following, lead)
        return
    draft.do(EndCampaign(campaign.code, Ending.FINISHED))
    draft.change(campaign="", step=Step.STORY)
    asks = draft.conversation.invites is None and not draft.conversation.asked.get(INVITE_AGAIN)
    draft.close()
    if asks:
        choices = tuple(draft.script.questions[INVITE_AGAIN].choices)
        draft.say(*lead, "campaign.close", f"ask.{INVITE_AGAIN}", choices=choices)
        draft.change(step=INVITE_AGAIN, asked={**draft.conversation.asked, INVITE_AGAIN: 1})
    else:
        draft.say(*lead, "campaign.close")


def _put(draft: Draft, campaign: Campaign, question: Question, lead: Sequence[str], *, again: bool = False) -> None:
    talk, words = draft.conversation, campaign.in_words(draft.conversation.locale)
    counted = _counted(campaign, question)
    draft.change(
        step=STEP + question.key,
        campaign_said=talk.campaign_said + 1,
        asked={**talk.asked, counted: talk.asked.get(counted, 0) + 1},
    )
    asks = words.again if again else words.ask
    says = {"about": words.about, "question": asks[question.key], "at": campaign.place(question.key)}
    labels: Mapping[str, str] = {
        campaign.button(question, answer): words.labels[question.key][answer] for answer in question.answers
    }
    key = "again.campaign" if again else "ask.campaign_skip" if question.skip else "ask.campaign"
    noticed = ["language.noticed"] if draft.noticed and not draft.opened else []
    draft.say(*noticed, *lead, key, choices=tuple(labels), labels=labels, values=says)


def _leave(draft: Draft, key: str) -> None:
    end(draft, Ending.LEFT, [])
    draft.close()
    draft.say(key)


def _over(draft: Draft, campaign: Campaign, *, kept: bool) -> None:
    """The last day passed while a question was open: what they wrote is kept, and counts no more."""
    end(draft, Ending.OVER, [])
    draft.say("campaign.over" if kept else "campaign.ended", values={"day": campaign.last.isoformat()})


def _say_of_late_press(draft: Draft, readings: Sequence[Reading]) -> None:
    """A button of before: it has changed their answer, or it came after the last day."""
    pressed = [found for reading in readings if (found := draft.script.campaigns.of_button(reading.answer))]
    for campaign, _, _ in pressed[-1:]:
        if is_open(draft, campaign):
            draft.say("kept.corrected")
        else:
            draft.say("campaign.over", values={"day": campaign.last.isoformat()})


def _counted(campaign: Campaign, question: Question) -> str:
    return f"{STEP}{campaign.code}.{question.key}"
