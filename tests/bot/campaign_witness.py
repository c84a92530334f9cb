"""What campaigns promise of every turn, on top of what every turn does."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from bot.campaign_reading import GO, INVITATION_ANSWERS, NEVER, STEP
from bot.campaigns import Kind, State
from bot.commands import Phrase, plain
from bot.conversation import (
    AnswerInvitation,
    BeginCampaign,
    Conversation,
    EndCampaign,
    KeepAnswer,
    Purpose,
    RecordConsent,
)
from bot.model import Locale, Speaker
from tests.bot.talking import SCRIPT, Message, Talk
from tests.bot.witness import Witness, is_worried

CAMPAIGNS = SCRIPT.campaigns.by_code
BUTTONS_OF = tuple(
    campaign.button(question, answer)
    for campaign in CAMPAIGNS.values()
    for question in campaign.questions
    for answer in question.answers
)
ASKS = frozenset({"ask.campaign", "ask.campaign_skip", "again.campaign"})
MORE_THAN_QUESTIONS = 2
"""Messages: one question put again, and the close."""


class CampaignWitness(Witness):
    """``said``: our messages of the campaign since it began; ``put``: how often each of its questions was."""

    def __init__(self, talk: Talk) -> None:
        super().__init__(talk)
        self.said = 0
        self.put: Counter[str] = Counter()

    def sees(self, before: Conversation, burst: list[Message], at: datetime) -> None:
        super().sees(before, burst, at)
        self._begins_only_where_it_may(before, burst, at)
        self._ends_where_it_must(before, burst)
        self._stays_within_its_budget()
        for answer in self.talk.done(KeepAnswer):
            _was_said(answer, before, burst, at)
        self._invitations_are_answered_by_them(before, burst)

    def _is_heard(self, message: Message, locale: Locale) -> bool:
        return super()._is_heard(message, locale) or message.choice in INVITATION_ANSWERS

    def _begins_only_where_it_may(self, before: Conversation, burst: list[Message], at: datetime) -> None:
        began, after = self.talk.done(BeginCampaign), self.talk.conversation
        assert len(began) <= 1
        for begin in began:
            self.said, self.put = 0, Counter()
            assert CAMPAIGNS[begin.campaign].state(SCRIPT.hours.today(at)) is State.OPEN
            assert begin.campaign == before.campaign_offer
            assert not before.campaign_done, "whoever has answered is not asked twice"
            assert begin.invited == before.campaign_invited
            if begin.invited:
                assert any(_answers_invitation(message, GO, before.locale) for message in burst), "nobody said yes"
        if (
            after.speaker is Speaker.YOUNG_PERSON
            or after.wellbeing
            or after.danger
            or after.held
            or after.opted_out
            or self.mourns
        ):
            assert not began, "no time for questions"
            assert not ASKS.intersection(self.keys), "no time for questions"

    def _ends_where_it_must(self, before: Conversation, burst: list[Message]) -> None:
        ended, after = self.talk.done(EndCampaign), self.talk.conversation
        begun = {before.campaign, *(begin.campaign for begin in self.talk.done(BeginCampaign))} - {""}
        assert {end.campaign for end in ended} <= begun, "only what was begun ends"
        assert len(ended) <= len(begun)
        if after.step.startswith(STEP):
            assert CAMPAIGNS[after.campaign].question(after.step.removeprefix(STEP)), "no question is open without its campaign"
        if is_worried(burst) or after.opted_out:
            assert not after.campaign
        if self.mourns:
            assert not after.campaign

    def _stays_within_its_budget(self) -> None:
        for say in self.says:
            keys = say.key.split("+")
            asked = ASKS.intersection(keys)
            if asked:
                self.put[say.values["at"]] += 1
            if asked or "campaign.close" in keys:
                self.said += 1
        campaign = CAMPAIGNS.get(self.talk.conversation.campaign)
        assert all(times <= SCRIPT.max_puts for times in self.put.values()), self.put
        assert len([say for say in self.says if ASKS.intersection(say.key.split("+"))]) <= 1
        if campaign is not None:
            assert self.said <= len(campaign.questions) + MORE_THAN_QUESTIONS
            assert self.talk.conversation.campaign_said <= len(campaign.questions) + MORE_THAN_QUESTIONS
        else:
            assert self.said <= max(len(each.questions) for each in CAMPAIGNS.values()) + MORE_THAN_QUESTIONS

    def _invitations_are_answered_by_them(self, before: Conversation, burst: list[Message]) -> None:
        for effect in self.talk.done(AnswerInvitation):
            assert effect.campaign == before.campaign_offer
            wanted = f"invite_{effect.answer.value}"
            assert any(_answers_invitation(message, wanted, before.locale) for message in burst), effect
        for consent in self.talk.done(RecordConsent):
            if consent.purpose is Purpose.INVITE_AGAIN and consent.given:
                assert self.talk.conversation.invites


def _was_said(kept: KeepAnswer, before: Conversation, burst: list[Message], at: datetime) -> None:
    """No answer is made up: it is the button that was pressed, or what the words plainly mean where it was asked."""
    campaign, message = CAMPAIGNS[kept.campaign], burst[kept.position]
    question = campaign.question(kept.question)
    assert question is not None
    assert kept.late == (campaign.state(SCRIPT.hours.today(at)) is not State.OPEN)
    assert not message.risk.level.needs_alert
    if message.choice and SCRIPT.campaigns.of_button(message.choice):
        assert message.choice == campaign.button(question, kept.answer) if kept.answer else kept.late
        return
    assert before.step == STEP + kept.question, "it was not asked"
    assert before.campaign == kept.campaign
    assert kept.answer is None or kept.answer == campaign.answer(question, message.text, before.locale, SCRIPT.commands)
    assert kept.answer is None or question.kind is Kind.CHOICE


def _answers_invitation(message: Message, wanted: str, locale: Locale) -> bool:
    if message.choice in INVITATION_ANSWERS:
        return message.choice == wanted
    commands = SCRIPT.commands
    if wanted == NEVER:
        return plain(message.text) == "3" or commands.phrase(message.text, locale) is Phrase.NO_INVITES
    return commands.answer(message.text, {GO: "yes", "invite_later": "no"}, locale) == wanted
