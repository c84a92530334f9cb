"""Alerts whose words stand in no experience: who may do what about them, and what is kept of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import NotFound
from bot.loose import BehindTheWall, LooseReview
from bot.wall import NotYours
from tests.staff.fakes import NOW, FakeClock, FakeStore, a_loose_alert, a_member, made_id

JO = a_member("jo", name="Jo Pascoe")
RUTH = a_member("ruth", name="Ruth Adeyemi", role="safeguarding")
ALERT = made_id("loose")


@pytest.fixture
def store() -> FakeStore:
    store = FakeStore()
    for member in (JO, RUTH):
        store.add_staff(member, NOW)
    store.waits(a_loose_alert(), "he has a knife")
    return store


@pytest.fixture
def review(store: FakeStore) -> LooseReview:
    return LooseReview(store.as_store(), FakeClock())


def test_others_are_told_how_many_wait_and_since_when(review: LooseReview, store: FakeStore) -> None:
    store.waits(a_loose_alert("older", raised_at=NOW - timedelta(hours=1)))

    assert review.waiting(JO) == BehindTheWall(2, NOW - timedelta(hours=1))
    assert review.waiting(RUTH) == store.loose_alerts()


def test_no_alert_is_nothing_to_be_told(review: LooseReview, store: FakeStore) -> None:
    store.loose.clear()

    assert review.waiting(JO) == BehindTheWall(0, None)


def test_others_do_not_learn_whether_there_is_such_an_alert(review: LooseReview) -> None:
    for alert_id in (ALERT, made_id("nothing")):
        with pytest.raises(NotYours):
            review.look(alert_id, JO)
    with pytest.raises(NotFound):
        review.look(made_id("nothing"), RUTH)


def test_others_open_no_words(review: LooseReview, store: FakeStore) -> None:
    with pytest.raises(NotYours):
        review.ask_for_words(ALERT, JO, "curious")
    with pytest.raises(NotYours):
        review.open_words(ALERT, JO)
    assert store.lines == []


def test_closing_one_that_nobody_has_takes_it_too(review: LooseReview, store: FakeStore) -> None:
    review.close(ALERT, RUTH, "police: Rang them.")

    alert = store.loose[ALERT].alert
    assert (alert.taken_by, alert.outcome) == ("Ruth Adeyemi", "police: Rang them.")


def test_the_first_outcome_stands(review: LooseReview, store: FakeStore) -> None:
    review.close(ALERT, RUTH, "police: Rang them.")
    review.close(ALERT, RUTH, "family: All well.")

    assert store.loose[ALERT].alert.outcome == "police: Rang them."
    assert store.actions() == ["close_alert"]
