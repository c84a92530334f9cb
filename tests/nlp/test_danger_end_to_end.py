"""One message on the real road with the real listener: the rules are silent, the scorer is not, and somebody is called."""

from __future__ import annotations

import pytest

from bot.heard import RiskLevel
from bot.inbox import InboxFilter
from bot.safety import check
from nlp.listener import SpacyListener
from storage.database import Database
from tests.bot.street import BORIS, Street

HINT = "He tells me every night that he wants it all to be over and he has given his phone to his sister."
PLAIN = "The taxi was late again on Monday and nobody rang us about it."


@pytest.fixture
def street(database: Database, listener: SpacyListener) -> Street:
    street = Street(database)
    street.turns._listener = listener
    return street


def test_what_only_the_scorer_hears_calls_people_and_what_it_does_not_hear_calls_nobody(street: Street) -> None:
    assert check(HINT).level is RiskLevel.NONE
    street.text(HINT)
    street.text(PLAIN, sender=BORIS)
    street.later(minutes=1)

    street.all_turns()
    street.deliver()

    cards = street.store.inbox(InboxFilter(open_only=False)).cards
    assert sorted((card.risk, len(card.alerts)) for card in cards) == [(RiskLevel.NONE, 0), (RiskLevel.CONCERN, 1)]
    assert len(street.store.alerts_due(street.clock.at)) == 1
    assert not any("being told now" in text for text in street.heard_by_them)


def test_the_risk_says_who_heard_it_and_by_which_words(listener: SpacyListener) -> None:
    risk = listener.hear(HINT).risk

    assert (risk.level, risk.by_scorer) == (RiskLevel.CONCERN, True)
    assert risk.evidence
    assert all(HINT[start:end].strip() for start, end in risk.evidence)
    assert listener.hear("He is not breathing").risk == check("He is not breathing")
