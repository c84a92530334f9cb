"""Whatever is said, in whatever order: nothing is lost, nothing is overdone, and no yes is made up.

Some seconds with every run of the tests; `make properties` plays ten thousand talks of each kind, on both cores.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, run_state_machine_as_test

from bot.conversation import Say
from bot.draft import Step
from bot.heard import Polarity
from bot.model import EASY_READ, ENGLISH, Locale
from bot.wording import Wording
from channels.rendering import as_sms
from channels.segments import measure
from tests.bot.campaign_machine import InACampaign
from tests.bot.dialogue_machine import LOCALES, Family
from tests.bot.talking import CALM, SCRIPT, WORDING, Talk
from tests.conftest import LONG

A_FEW, STEPS = 40, 20


class InEnglish(Family):
    @initialize(locale=st.sampled_from((ENGLISH, EASY_READ)))
    def speaks(self, locale: Locale) -> None:
        self.talk.knows(locale=locale)


class InAnotherLanguage(Family):
    @initialize(locale=st.sampled_from([locale for locale in LOCALES if locale.partition("-")[0] != ENGLISH]))
    def speaks(self, locale: Locale) -> None:
        self.talk.knows(locale=locale)


def examples() -> int:
    is_long = settings.get_current_profile_name() == LONG
    return settings.get_profile(LONG).max_examples if is_long else A_FEW


@pytest.mark.parametrize("family", [InEnglish, InAnotherLanguage, InACampaign])
def test_whatever_happens_in_whatever_order_every_promise_is_kept(family: type[Family]) -> None:
    run_state_machine_as_test(
        family,
        settings=settings(
            max_examples=examples(), stateful_step_count=STEPS, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        ),
    )


def longest_theme(locale: Locale) -> str:
    living = SCRIPT.taxonomy.living()
    return max(living, key=lambda theme: len(theme.spoken.get(locale, ""))).code


MOVES: dict[str, dict[str, Any]] = {
    "rubbish": {},
    "The taxi was late again and nobody rang": {"polarity": Polarity.BAD},
    "It was late again. " * 20: {"service": "transport"},
    "1": {},
    "2": {},
    "👍": {},
    "what?": {},
    "skip": {},
    "not sure": {},
}


def segments(wording: Wording, say: Say, locale: Locale) -> int:
    values = {**say.values, "reference": "MEADOW 482", "read_by": "2026-09-23"}
    spoken = wording.speak(replace(say, values=values), locale, Talk().conversation.channel)
    return sum(measure(part.text).segments for part in as_sms(spoken))


@pytest.mark.parametrize("locale", WORDING.locales)
@pytest.mark.parametrize("opening", [None, pytest.param("hi", marks=pytest.mark.slow)])
def test_no_talk_to_its_close_costs_more_than_the_budget(locale: Locale, opening: str | None) -> None:
    """Every order of every kind of move, until the talk is closed: messages, questions and SMS segments."""
    start = Talk()
    start.knows(locale=locale)
    if opening:
        start.says(opening)
    dearest: dict[str, int] = {}
    waiting = [(start, 0)]
    closed = []
    while waiting:
        talk, spent = waiting.pop()
        for text, what in MOVES.items():
            then = Talk(now=talk.now + timedelta(minutes=20), references=list(start.references), together=CALM)
            then.conversation = talk.conversation
            then.takes_turn(text, theme_is_sure=longest_theme(locale), locale=locale, **what)
            assert then.turn is not None
            counted = then.conversation.said - talk.conversation.said
            cost = spent + sum(segments(WORDING, say, then.conversation.locale) for say in then.turn.says[:counted])
            state = repr(replace(then.conversation, last_at=None, preview="", spare_reference="", reference="", story_words=0))
            if dearest.get(state, -1) >= cost:
                continue
            dearest[state] = cost
            if then.conversation.step == Step.CLOSED:
                closed.append((cost, then.conversation.said, then.conversation.questions))
            else:
                waiting.append((then, cost))

    assert len(closed) > 10
    is_narrow = locale in (ENGLISH, EASY_READ)
    assert max(cost for cost, _, _ in closed) <= (SCRIPT.max_segments if is_narrow else SCRIPT.max_wide_segments)
    assert max(said for _, said, _ in closed) <= SCRIPT.max_messages
    assert max(questions for _, _, questions in closed) <= SCRIPT.max_questions
