"""The turn: committed whole or not at all, tried again, and in the end put before a person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import StoreUnavailable
from bot.heard import Heard
from bot.inbox import InboxFilter
from storage.database import Database
from tests.bot.street import BORIS, Street
from tests.journeys.given import GivenListener


class PoisonedListener(GivenListener):
    """Fails at one word, as a bug would; hears everything else."""

    def hear(self, text: str, *, question: str | None = None) -> Heard:
        if "poison" in text:
            raise ValueError(text)
        return super().hear(text, question=question)


@pytest.fixture
def street(database: Database) -> Street:
    return Street(database)


@pytest.fixture
def poisoned(street: Street) -> Street:
    street.turns._listener = PoisonedListener()
    return street


def test_a_message_that_cannot_be_handled_is_tried_five_times_and_put_before_a_person(poisoned: Street) -> None:
    poisoned.text("poison in every word of this one")
    tries = 0
    for _ in range(20):
        poisoned.later(minutes=6)
        tries += poisoned.all_turns()

    cards = poisoned.store.inbox(InboxFilter()).cards
    assert tries == 5
    assert [card.parked for card in cards] == [True]
    assert poisoned.rows("inbound")[0].state == "parked"


def test_later_words_of_the_same_person_go_on_after_a_parked_one(poisoned: Street) -> None:
    poisoned.text("poison in every word of this one")
    for _ in range(6):
        poisoned.later(minutes=6)
        poisoned.all_turns()
    poisoned.text("The taxi was late again on Monday and nobody rang.")
    poisoned.later(minutes=1)

    poisoned.all_turns()
    poisoned.deliver()

    assert any("Ref" in text for text in poisoned.heard_by_them)


def test_one_persons_poison_holds_up_nobody_else(poisoned: Street) -> None:
    poisoned.text("poison in every word of this one")
    poisoned.text("Portage has been wonderful for us this year.", sender=BORIS)
    poisoned.later(minutes=1)

    poisoned.all_turns()
    poisoned.deliver()

    assert len(poisoned.heard_by_them) > 0


def test_a_dangerous_message_that_cannot_be_handled_has_raised_its_alert_all_the_same(poisoned: Street) -> None:
    poisoned.text("poison he is hitting the baby right now")

    poisoned.deliver()

    assert len(poisoned.store.alerts_due(poisoned.clock.at)) == 1
    assert "999" in poisoned.heard_by_them[0]


def test_a_turn_whose_lease_was_taken_over_changes_nothing(street: Street) -> None:
    street.text("The taxi was late again on Monday and nobody rang.")
    street.later(minutes=1)
    slow = street.store.claim_turn(worker="slow:1", now=street.clock.at, lease=timedelta(seconds=20), one_at_a_time=())
    assert slow is not None
    street.later(seconds=21)
    assert street.turn("quick:1")
    before = [row.text for row in street.rows("outbound")]

    street.chance.begin()
    with pytest.raises(Exception, match="Another worker"):
        street.turns._take(slow)

    assert [row.text for row in street.rows("outbound")] == before


def test_a_killed_worker_holds_a_turn_up_no_longer_than_its_lease(street: Street) -> None:
    street.text("The taxi was late again on Monday and nobody rang.")
    street.later(minutes=1)
    street.store.claim_turn(worker="dead:1", now=street.clock.at, lease=timedelta(seconds=20), one_at_a_time=())
    assert not street.turn()

    street.later(seconds=21)

    assert street.turn()


def test_words_that_are_dangerous_only_together_raise_an_alert_with_the_turn(street: Street) -> None:
    street.text("i am going to end")
    street.text("my life tonight")
    assert street.store.alerts_due(street.clock.at) == ()
    street.later(minutes=1)

    street.all_turns()
    street.deliver()

    assert len(street.store.alerts_due(street.clock.at)) == 1
    assert "999" in street.heard_by_them[0]


def test_a_store_in_trouble_is_told_to_the_worker_and_costs_no_try(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    street.text("The taxi was late again on Monday and nobody rang.")
    street.later(minutes=1)

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(street.store, "transaction", away)
        street.chance.begin()
        with pytest.raises(StoreUnavailable):
            street.turns.take_due("a:1")
    street.later(seconds=30)

    assert street.all_turns() == 1


def test_danger_split_over_two_turns_raises_an_alert_and_the_signposts(street: Street) -> None:
    street.text("I want to")
    street.later(seconds=27)
    assert street.all_turns() == 1
    street.text("die")
    street.later(minutes=1)
    street.all_turns()
    street.deliver()

    assert len(street.store.alerts_due(street.clock.at)) == 1
    assert "116 123" in street.heard_by_them[0]


def test_danger_that_comes_later_brings_the_promised_day_forward(street: Street) -> None:
    street.text("The taxi was late again on Monday and nobody rang.")
    street.later(minutes=1)
    street.all_turns()
    assert street.facts()["promised"] == "2026-11-30"
    street.text("I want to")
    street.later(minutes=1)
    street.all_turns()
    street.text("die")
    street.later(minutes=1)
    street.all_turns()

    assert street.facts()["promised"] == "2026-11-23"


def test_words_of_long_ago_are_not_read_as_one_with_those_of_now(street: Street) -> None:
    street.text("I want to")
    street.later(minutes=11)
    street.all_turns()
    street.text("die")
    street.later(minutes=1)
    street.all_turns()

    assert street.store.alerts_due(street.clock.at) == ()


def test_danger_that_was_heard_raises_no_new_alert_with_every_later_word(street: Street) -> None:
    for words in ("I want to", "die", "thank you", "and the taxi was late"):
        street.text(words)
        street.later(seconds=40)
        street.all_turns()

    assert len(street.store.alerts_due(street.clock.at)) == 1


def test_words_dangerous_only_together_are_kept_when_the_code_of_a_deletion_comes_with_them(street: Street) -> None:
    street.text("The taxi was late again on Monday and nobody rang.")
    street.later(minutes=11)
    street.all_turns()
    street.text("delete")
    street.all_turns()
    street.deliver()
    code = street.heard_by_them[-1].partition("DELETE ")[2][:3]
    street.text("i am going to end")
    street.text("my life tonight")
    street.text(f"DELETE {code}")
    street.later(minutes=1)
    street.all_turns()
    street.deliver()

    assert len(street.store.alerts_due(street.clock.at)) == 1
    kept = [row.text for row in street.rows("inbound") if row.text]
    assert kept == ["i am going to end", "my life tonight"]
    assert "safe" in street.heard_by_them[-1]
