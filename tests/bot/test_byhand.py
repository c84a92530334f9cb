"""An account that was typed in, on the real road: kept and themed like any message, and nobody is written to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from bot.byhand import BY_HAND, IMPORTED, ByHand, Entry, Kind, Origin, noon
from bot.cards import ExperienceView
from bot.conversation import Purpose
from bot.errors import NotFound
from bot.filing import READ_BY
from bot.heard import RiskLevel
from bot.model import ENGLISH, Address, InboundMessage, Manner, Speaker
from channels.manual import by_hand, imported
from storage.accounts import SqlAccounts
from storage.database import Database
from tests.bot.street import MONDAY, Street
from tests.journeys import stage

STORY = "She said the taxi came an hour late again and nobody rang."
DANGER = "She said he has a knife and he will kill her tonight."
STAFF = UUID(int=7)
FIRST = UUID(int=101)


@pytest.fixture
def street(database: Database, monkeypatch: pytest.MonkeyPatch) -> Street:
    doors = {"byhand": by_hand, "import": imported}
    monkeypatch.setattr(stage, "_door", lambda channel: doors[channel]())
    return Street(database, channel="byhand")


@pytest.fixture
def hand(street: Street) -> ByHand:
    return ByHand(intake=street.intake, accounts=SqlAccounts(street.database), locales=(ENGLISH,))


def an_entry(**changes: Any) -> Entry:
    usual = Entry(id=FIRST, kind=Kind.EVENT, words=STORY, on=MONDAY.date(), locale=ENGLISH)
    return replace(usual, **changes)


def the_one(street: Street, hand: ByHand) -> ExperienceView:
    reference = hand.kept(Kind.EVENT, FIRST).reference
    assert reference is not None
    view = street.store.experience(reference)
    assert view is not None
    return view


def test_it_joins_the_record_with_all_that_was_said_about_it_and_nothing_is_sent(street: Street, hand: ByHand) -> None:
    consents = {Purpose.WORDS_IN_PUBLIC: True, Purpose.TELL_WHAT_CHANGED: False}
    hand.enter(an_entry(place="Fern Hill School", speaker=Speaker.FAMILY, consents=consents), STAFF)
    assert hand.kept(Kind.EVENT, FIRST).reference is None, "the worker has not read it"
    street.all_turns()
    street.deliver()

    card = the_one(street, hand).card
    assert card.passages[0].text == STORY
    assert (card.place, card.speaker, card.channel) == ("Fern Hill School", Speaker.FAMILY, BY_HAND)
    assert card.consents == consents
    assert street.rows("outbound") == []


def test_where_it_came_from_and_when_it_was_said_stay_known(street: Street, hand: ByHand) -> None:
    hand.enter(an_entry(on=date(2026, 11, 2)), STAFF)
    street.all_turns()

    assert hand.accounts.origin(the_one(street, hand).card.reference) == Origin("event", date(2026, 11, 2))
    assert hand.accounts.origin("NOBODY 999") is None


def test_the_same_entry_twice_is_one(street: Street, hand: ByHand) -> None:
    for _ in range(2):
        hand.enter(an_entry(), STAFF)
    street.all_turns()

    assert len(street.rows("inbound")) == 1


def test_two_who_gave_the_same_number_stay_two(street: Street, hand: ByHand) -> None:
    hand.enter(an_entry(phone="+447700900123"), STAFF)
    hand.enter(an_entry(id=UUID(int=102), phone="+447700900123"), STAFF)
    street.all_turns()

    assert len({row.contact for row in street.rows("inbound")}) == 2


def test_how_they_are_reached_is_what_they_gave(street: Street, hand: ByHand) -> None:
    hand.enter(an_entry(phone="+447700900123"), STAFF)
    hand.enter(an_entry(id=UUID(int=102), email="mum@family.example"), STAFF)
    hand.enter(an_entry(id=UUID(int=103)), STAFF)
    street.all_turns()

    reached = [street.store.reach(hand.kept(Kind.EVENT, UUID(int=number)).reference or "") for number in (101, 102, 103)]
    assert [found and found.address for found in reached] == [
        Address("tel", "+447700900123"),
        Address("email", "mum@family.example"),
        Address("byhand", str(UUID(int=103))),
    ]


def test_danger_raises_an_alert_that_calls_and_there_is_nobody_to_signpost(street: Street, hand: ByHand) -> None:
    hand.enter(an_entry(words=DANGER), STAFF)

    kept = hand.kept(Kind.EVENT, FIRST)
    assert kept.risk is RiskLevel.DANGER
    (due,) = street.store.alerts_due(street.clock.at)
    assert due.id == kept.alert_id
    street.all_turns()
    assert street.rows("outbound") == []


@pytest.mark.parametrize(("days", "calls"), [(90, True), (91, False), (400, False)])
def test_danger_of_long_ago_stands_first_in_the_inbox_and_wakes_nobody(
    street: Street, hand: ByHand, *, days: int, calls: bool
) -> None:
    hand.enter(an_entry(words=DANGER, on=MONDAY.date() - timedelta(days=days)), STAFF)
    street.all_turns()

    (alert,) = the_one(street, hand).alerts
    assert alert.outcome is None
    assert bool(street.store.alerts_due(street.clock.at + timedelta(days=30))) is calls


def test_a_text_that_was_long_on_its_way_still_calls(street: Street) -> None:
    street.text(DANGER, sent_at=MONDAY - timedelta(days=200))

    assert len(street.store.alerts_due(street.clock.at)) == 1


def test_a_mail_whose_clock_is_wrong_still_calls(database: Database) -> None:
    street = Street(database, channel="email")
    street.text(DANGER, sender=Address("email", "mum@family.example"), sent_at=noon(date(1970, 1, 1)), manner=Manner.KEEP)

    assert len(street.store.alerts_due(street.clock.at)) == 1


def test_a_day_to_read_by_takes_the_place_of_the_promise_nobody_was_given(street: Street, hand: ByHand) -> None:
    message = InboundMessage(
        channel=BY_HAND,
        account=Kind.EVENT,
        external_id=str(FIRST),
        sender=Address("byhand", "x"),
        text=STORY,
        manner=Manner.KEEP,
        details={READ_BY: "2027-01-15"},
    )
    street.intake.receive([message])
    street.all_turns()

    assert the_one(street, hand).card.promised_on == date(2027, 1, 15)


def test_what_was_never_entered_is_not_found(hand: ByHand) -> None:
    with pytest.raises(NotFound):
        hand.kept(Kind.PHONE, FIRST)


def test_a_day_is_the_same_day_on_the_teams_wall() -> None:
    assert noon(date(2026, 7, 1)).isoformat() == "2026-07-01T12:00:00+00:00"


def test_only_an_import_gives_way() -> None:
    assert (by_hand().traits.gives_way, imported().traits.gives_way) == (False, True)
    assert imported().name == IMPORTED
