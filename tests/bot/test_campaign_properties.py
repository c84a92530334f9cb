"""Whatever is said in a campaign, in whatever order: nothing is lost, nothing is overdone, and danger ends it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.campaign_reading import STEP
from bot.conversation import BeginCampaign, EndCampaign, KeepAnswer, KeepStory
from bot.model import Locale, Risk
from tests.bot.talking import CALM, DANGER, PHOTO, SCRIPT, WEARY, WORDING, Message, Talk

QUESTIONS = len(SCRIPT.campaigns.by_code["strategy"].questions)
SAYS = st.sampled_from(
    [
        *("1", "2", "3", "5", "9", "yes", "no", "sometimes", "Shorter waits", "skip", "done", "stop", "start", "status", "help"),
        *("hi", "thanks", "ok", "what?", "not sure", "👍", "", " ", "\x00", "\ud800", "delete", "take back", "private", "polski"),
        *("The taxi came late again and nobody rang us", "My son died in August", "do not ask again", "#strategy", "x" * 3000),
        *("Who do I ring about transport?", "I want to make a formal complaint", "I am 14 and nobody listens to me"),
    ]
)
CHOICES = st.sampled_from([None, None, None, "strategy.first.school", "term.how.well", "invite_go", "invite_never", "words_yes"])
RISKS = st.sampled_from([CALM] * 12 + [WEARY, DANGER])
messages = st.builds(
    lambda text, choice, risk, photo: Message(text=text, choice=choice, risk=risk, media=(PHOTO,) if photo else ()),
    SAYS,
    CHOICES,
    RISKS,
    st.sampled_from([False] * 8 + [True]),
)
talks = st.lists(st.tuples(st.lists(messages, min_size=1, max_size=3), st.integers(0, 60 * 24 * 20)), min_size=1, max_size=10)


@settings(max_examples=200, deadline=None)
@given(talks, st.booleans(), st.sampled_from([None, True, False]), st.sampled_from(["en", "en-x-easyread", "pl", "uk"]))
def test_any_campaign_keeps_the_rules(
    turns: list[tuple[list[Message], int]],
    invited: bool,  # noqa: FBT001 - drawn by hypothesis, as all of these
    invites: bool | None,  # noqa: FBT001 - the same
    locale: str,
) -> None:
    talk = Talk()
    talk.knows(campaign_offer="strategy", campaign_invited=invited, greeted=invited, invites=invites, locale=Locale(locale))
    asked = 0
    for burst, minutes in turns:
        talk.waits(minutes=minutes)
        before = talk.conversation
        talk.says(*burst)
        turn = talk.turn
        assert turn is not None
        assert bool(turn.says) != bool(turn.silence), "a reply, or a stated reason for silence"
        for say in turn.says:
            WORDING.speak(say, turn.conversation.locale, turn.conversation.channel)
        if talk.done(BeginCampaign):
            asked = 0
        asked += len([say for say in turn.says if "campaign" in say.key.rpartition("+")[2] and say.key.endswith(ASKS)])
        assert asked <= QUESTIONS + 1, "each question once, and one of them once more"
        assert turn.conversation.campaign_said <= QUESTIONS + 1
        _check_danger(talk, [message.risk for message in burst])
        if turn.conversation.step.startswith(STEP):
            assert turn.conversation.campaign, "no question is open without its campaign"
        _check_nothing_lost(talk, burst, was_asked=before.step.startswith(STEP))


ASKS = ("ask.campaign", "ask.campaign_skip", "again.campaign")


def _check_danger(talk: Talk, risks: list[Risk]) -> None:
    assert talk.turn is not None
    if any(risk.level.needs_alert for risk in risks):
        assert not talk.conversation.campaign
        assert not any(say.choices for say in talk.turn.says)
        assert not talk.done(BeginCampaign)


def _check_nothing_lost(talk: Talk, burst: list[Message], *, was_asked: bool) -> None:
    """A text of four words or more is feedback; a shorter one at a question is an answer, in its own words if need be."""
    kept = {position for effect in talk.done(KeepStory) for position in effect.positions}
    answered = {effect.position for effect in talk.done(KeepAnswer)}
    for position, message in enumerate(burst):
        if message.text == "The taxi came late again and nobody rang us" and message.choice is None:
            again = any(earlier.text == message.text for earlier in burst[:position])
            assert position in kept | answered or again or message.text in talk.conversation.preview
        if message.text == "9" and was_asked and not message.choice and not talk.conversation.danger and len(burst) == 1:
            assert position in kept | answered or talk.done(EndCampaign) or not talk.conversation.campaign


@settings(max_examples=60, deadline=None)
@given(talks)
def test_the_same_campaign_always_comes_to_the_same(turns: list[tuple[list[Message], int]]) -> None:
    one, other = Talk(), Talk()
    for talk in (one, other):
        talk.conversation = replace(talk.conversation, campaign_offer="strategy")
    for burst, minutes in turns:
        for talk in (one, other):
            talk.waits(minutes=minutes)
            talk.says(*burst)
        assert one.turn == other.turn
