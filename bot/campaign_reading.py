"""What a message is to a campaign: an answer to its question, an answer to our invitation, a few words beside it. Pure."""

from __future__ import annotations

from enum import Enum, auto

from bot.campaigns import Campaign, Kind, Question, State
from bot.commands import Phrase, plain
from bot.draft import Draft
from bot.heard import RiskLevel
from bot.records import StoredInbound

STEP = "campaign."
"""At a campaign's question the step of the talk is this and the question's key."""
GO, LATER, NEVER = "invite_go", "invite_later", "invite_never"
INVITATION_ANSWERS = (GO, LATER, NEVER)
"""The answers to an invitation, in the order shown."""
_TELLS_FROM = 4
"""Words. Fewer are an answer to our question, and no account of what happened."""
_MEANS = {GO: "yes", LATER: "no"}


class Part(Enum):
    ANSWER = auto()
    INVITED = auto()
    ASIDE = auto()


def is_open(draft: Draft, campaign: Campaign) -> bool:
    """Whether answers count today."""
    return campaign.state(draft.script.hours.today(draft.now)) is State.OPEN


def open_question(draft: Draft) -> tuple[Campaign, Question] | None:
    """The campaign's question that is open, unless nothing may be asked of this person now."""
    talk = draft.conversation
    if not talk.step.startswith(STEP) or talk.held or talk.opted_out or talk.danger:
        return None
    campaign = draft.script.campaigns.get(talk.campaign)
    question = campaign.question(talk.step.removeprefix(STEP)) if campaign else None
    return (campaign, question) if campaign and question else None


def part_of(draft: Draft, stored: StoredInbound) -> tuple[Part, str] | None:
    """None: nothing to it. Danger and commands have been seen to before."""
    message, locale, commands = stored.message, draft.conversation.locale, draft.script.commands
    if draft.conversation.held or draft.conversation.danger:  # every word is for a person to read, but for a withdrawal
        is_withdrawal = commands.phrase(message.text, locale) is Phrase.NO_INVITES and not (message.media or message.location)
        return (Part.INVITED, NEVER) if is_withdrawal else None
    if message.choice and draft.script.campaigns.of_button(message.choice):
        return Part.ANSWER, message.choice
    if answer := _to_invitation(draft, stored):
        return Part.INVITED, answer
    here = open_question(draft)
    if here is None or message.media or message.location:
        return None
    campaign, question = here
    if is_open(draft, campaign) and question.kind is Kind.CHOICE:
        chosen = campaign.answer(question, message.text, locale, commands)
        if chosen is not None:
            return Part.ANSWER, campaign.button(question, chosen)
    is_short = len(plain(message.text).split()) < _TELLS_FROM and stored.risk.level is RiskLevel.NONE
    return (Part.ASIDE, "") if is_short and commands.phrase(message.text, locale) is None else None


def _to_invitation(draft: Draft, stored: StoredInbound) -> str:
    """An answer to our invitation: a press, whenever it comes; words only while it is the last thing we said to them."""
    message, talk = stored.message, draft.conversation
    if message.choice in INVITATION_ANSWERS:
        return message.choice
    if draft.script.commands.phrase(message.text, talk.locale) is Phrase.NO_INVITES:
        return NEVER
    if not (talk.campaign_offer and talk.campaign_invited) or message.media or message.location:
        return ""
    if plain(message.text) == str(len(INVITATION_ANSWERS)):
        return NEVER
    return draft.script.commands.answer(message.text, _MEANS, talk.locale) or ""
