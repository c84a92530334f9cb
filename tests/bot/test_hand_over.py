"""Handing an alert on: the other is called by both routes, the clock goes on, and it stays with who handed it on until taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bot.alert_desk import AlertDesk
from bot.alert_records import AlertView
from bot.alerted import close, take
from storage.alert_sheets import SqlAlertRecords
from storage.database import Database
from storage.sealing import Sealer
from tests.bot.street import Street
from tests.bot.test_alerts import FIRST
from tests.bot.test_call_outs import DANGER, HUW, RUTH, DyingStore, Killed, alerts_of, called, keep, street
from tests.conftest import KEYS

__all__ = ("street",)

LEAD = replace(FIRST, id=uuid4(), username="lee", name="Lee Example", mobile=None)


@pytest.fixture
def desk(street: Street, database: Database) -> AlertDesk:
    records = SqlAlertRecords(database, Sealer.open(database, KEYS))
    with street.store.transaction() as tx:
        tx.add_staff(LEAD, street.clock.at)
    return AlertDesk(records=records, work=street.store, store=street.store, clock=street.clock)


def view(street: Street, alert_id: UUID) -> AlertView:
    found = street.store.loose_alert(alert_id)
    assert found is not None
    return found.alert


@pytest.fixture
def alert_id(street: Street, desk: AlertDesk) -> UUID:
    """Ada has taken it a minute after it came, and hands it to Huw an hour later."""
    keep(street, replace(RUTH, id=FIRST.id, name=FIRST.name, mobile=FIRST.mobile), HUW)
    street.text(DANGER)
    alert_id = street.store.alerts_due(street.clock.at)[0].id
    street.later(minutes=1)
    take(street.store, view(street, alert_id), FIRST, street.clock.at)
    street.later(hours=1)
    assert desk.hand_over(alert_id, FIRST, HUW.id) == "Huw"
    return alert_id


def test_whoever_it_is_handed_to_is_called_by_both_routes_every_five_minutes(street: Street, alert_id: UUID) -> None:
    for _ in range(12):
        alerts_of(street).chase()
        street.later(minutes=1)

    assert sorted(called(street)) == sorted([HUW.mobile, HUW.email] * 3)  # type: ignore[type-var]
    (text, *_) = [out.text for out in street.channel.sent if "/staff" in out.text]
    assert text.endswith(f"https://earshot.example/staff/alerts/{alert_id}")
    assert "baby" not in text


def test_after_a_quarter_of_an_hour_who_handed_it_on_is_told_and_the_other_called_no_more(
    street: Street, desk: AlertDesk, alert_id: UUID
) -> None:
    alerts_of(street).chase()
    called(street)
    street.later(minutes=15)
    for _ in range(4):
        alerts_of(street).chase()
        street.later(minutes=5)

    street.deliver()
    texts = [(out.address.path, out.text) for out in street.channel.sent if "/staff" in out.text]
    assert [path for path, _ in texts] == [HUW.mobile, FIRST.mobile]
    assert "It is still yours" in texts[-1][1]
    assert view(street, alert_id).taken_by == FIRST.name
    (told,) = desk.records.handings(alert_id)
    assert told.end == "unanswered"
    assert desk.hand_over(alert_id, FIRST, HUW.id) == "Huw"


def test_who_handed_it_on_and_was_locked_out_is_not_called_about_it(street: Street, alert_id: UUID) -> None:
    del alert_id
    with street.store.transaction() as tx:
        tx.update_staff(FIRST.id, disabled_at=street.clock.at)
    street.later(minutes=15)
    alerts_of(street).chase()

    assert FIRST.mobile not in called(street)


def test_the_clock_of_the_outcome_goes_on_when_the_other_takes_it(street: Street, desk: AlertDesk, alert_id: UUID) -> None:
    due = desk.outcome_due(view(street, alert_id))
    take(street.store, view(street, alert_id), LEAD, street.clock.at)

    after = view(street, alert_id)
    assert (after.taken_by, after.had_since, after.handed) == (LEAD.name, street.clock.at, None)
    assert desk.outcome_due(after) == due == street.clock.at + timedelta(hours=3)
    street.later(hours=3)
    alerts_of(street).chase()
    assert called(street) == [FIRST.mobile, RUTH.email]


def test_nobody_is_called_once_it_is_taken_or_closed(street: Street, desk: AlertDesk, alert_id: UUID) -> None:
    take(street.store, view(street, alert_id), LEAD, street.clock.at)
    street.later(minutes=1)
    desk.hand_over(alert_id, LEAD, HUW.id)
    close(street.store, view(street, alert_id), LEAD, "family: spoke", street.clock.at)
    alerts_of(street).chase()

    assert called(street) == []
    assert [each.end for each in desk.records.handings(alert_id)] == ["taken", "closed"]


def test_who_handed_it_on_does_not_take_it_over(street: Street, alert_id: UUID) -> None:
    before = view(street, alert_id)
    take(street.store, before, FIRST, street.clock.at)
    with street.store.transaction() as tx:
        assert not tx.take_over_alert(alert_id, FIRST.id, street.clock.at)

    assert view(street, alert_id) == before


def test_of_two_who_take_it_over_the_first_has_it(street: Street, alert_id: UUID) -> None:
    before = view(street, alert_id)
    third = replace(LEAD, id=uuid4(), username="third", name="Third Example")
    with street.store.transaction() as tx:
        tx.add_staff(third, street.clock.at)
    take(street.store, before, LEAD, street.clock.at)
    take(street.store, before, third, street.clock.at)

    assert view(street, alert_id).taken_by == LEAD.name


@pytest.mark.parametrize("step", [1, 3, 5, 6])
def test_a_kill_at_any_moment_neither_loses_nor_doubles_a_call(street: Street, alert_id: UUID, step: int) -> None:
    del alert_id
    dying = DyingStore(street.store, step)
    try:
        alerts_of(street, dying).chase()
    except Killed:
        alerts_of(street).chase()

    assert called(street) == [HUW.mobile, HUW.email]


def test_another_alert_of_the_same_person_does_not_wait_for_the_calls_of_a_handing(street: Street, alert_id: UUID) -> None:
    del alert_id
    alerts_of(street).chase()
    street.text(DANGER)
    alerts_of(street).chase()

    assert FIRST.mobile in called(street)
