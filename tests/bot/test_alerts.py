"""Alerts are called out until somebody has taken them, one more rung every fifteen minutes, without a word of the family."""

from __future__ import annotations

from uuid import uuid4

import pytest

from bot.alerts import Alerts
from bot.records import StaffMember
from bot.replies import Replies
from storage.database import Database
from tests.bot.street import BORIS, Street
from tests.journeys.stage import wording

FIRST = StaffMember(
    id=uuid4(), name="Ada Example", username="ada", role="safeguarding", password_hash="x", mobile="+447700900801"
)
SECOND = StaffMember(
    id=uuid4(), name="Ben Example", username="ben", role="safeguarding", password_hash="x", mobile="+447700900802"
)


@pytest.fixture
def street(database: Database) -> Street:
    return Street(database)


@pytest.fixture
def alerts(street: Street) -> Alerts:
    channels = {street.channel.name: street.channel}
    return Alerts(
        store=street.store,
        clock=street.clock,
        replies=Replies(wording=wording(), channels=channels, new_id=uuid4),
        channels=channels,
        staff_url="https://earshot.example/staff",
        new_id=uuid4,
    )


def hire(street: Street, *members: StaffMember) -> None:
    with street.store.transaction() as tx:
        for member in members:
            tx.add_staff(member, street.clock.at)


def called(street: Street) -> list[str]:
    street.deliver()
    return [outgoing.address.path for outgoing in street.channel.sent if "/staff" in outgoing.text]


def test_the_first_on_the_rota_is_called_at_once(street: Street, alerts: Alerts) -> None:
    hire(street, FIRST, SECOND)
    street.text("he is hitting the baby right now please help")

    alerts.chase()

    assert called(street) == [FIRST.mobile]


def test_the_call_holds_no_word_of_the_family_and_no_number(street: Street, alerts: Alerts) -> None:
    hire(street, FIRST)
    street.text("he is hitting the baby right now please help")

    alerts.chase()
    street.deliver()

    call = next(outgoing.text for outgoing in street.channel.sent if "/staff" in outgoing.text)
    assert not {"hitting", "baby", "900123"} & set(call.split())
    assert "900123" not in call


def test_calls_repeat_every_five_minutes_and_climb_the_rota(street: Street, alerts: Alerts) -> None:
    hire(street, FIRST, SECOND)
    street.text("he is hitting the baby right now please help")
    for _ in range(16):
        alerts.chase()
        street.later(minutes=1)

    assert called(street) == [FIRST.mobile] * 3 + [FIRST.mobile, SECOND.mobile]


def test_somebody_who_has_taken_it_has_four_hours_and_then_the_rota_is_climbed_again(street: Street, alerts: Alerts) -> None:
    hire(street, FIRST, SECOND)
    street.text("he is hitting the baby right now please help")
    alert = street.store.alerts_due(street.clock.at)[0]
    with street.store.transaction() as tx:
        tx.take_alert(alert.id, FIRST.id, street.clock.at)
    for _ in range(47):
        alerts.chase()
        street.later(minutes=5)
    assert called(street) == []

    for _ in range(7):
        street.later(minutes=5)
        alerts.chase()

    assert called(street) == [FIRST.mobile] + [FIRST.mobile, SECOND.mobile] * 2
    assert all("still has no outcome" in text for text in calls(street))


def test_nobody_is_called_once_an_outcome_stands(street: Street, alerts: Alerts) -> None:
    hire(street, FIRST)
    street.text("he is hitting the baby right now please help")
    alert = street.store.alerts_due(street.clock.at)[0]
    with street.store.transaction() as tx:
        tx.take_alert(alert.id, FIRST.id, street.clock.at)
        tx.close_alert(alert.id, FIRST.id, "spoke with the family", street.clock.at)
    street.later(days=2)

    assert alerts.chase() == 0
    assert called(street) == []


# --- several alerts of one person -------------------------------------------------------------------------------------


def calls(street: Street) -> list[str]:
    """The texts of the calls so far."""
    street.deliver()
    return [outgoing.text for outgoing in street.channel.sent if "/staff" in outgoing.text]


def test_a_flood_of_dangerous_messages_is_one_call(street: Street, alerts: Alerts) -> None:
    hire(street, FIRST)
    for _ in range(6):
        street.text("he is hitting the baby right now please help")

    assert alerts.chase() == 6
    assert called(street) == [FIRST.mobile]
    assert street.store.alerts_due(street.clock.at) == ()


def test_two_people_in_danger_are_two_calls(street: Street, alerts: Alerts) -> None:
    hire(street, FIRST)
    street.text("he is hitting the baby right now please help")
    street.text("he is hitting the baby right now please help", sender=BORIS)

    alerts.chase()

    assert called(street) == [FIRST.mobile] * 2


def test_danger_from_somebody_just_called_about_joins_the_next_round(street: Street, alerts: Alerts) -> None:
    hire(street, FIRST)
    for minute in range(5):
        street.text(f"he is hitting the baby right now please help {minute}")
        alerts.chase()
        street.later(seconds=59)
    assert called(street) == [FIRST.mobile]

    street.later(seconds=5)
    assert alerts.chase() == 5
    assert called(street) == [FIRST.mobile] * 2


def test_danger_that_waits_for_the_next_round_never_waits_longer_than_five_minutes(street: Street, alerts: Alerts) -> None:
    """Even when the alert of the last call has been taken meanwhile, and so has no next round."""
    hire(street, FIRST)
    street.text("he is hitting the baby right now please help")
    first = street.store.alerts_due(street.clock.at)[0]
    alerts.chase()
    with street.store.transaction() as tx:
        tx.take_alert(first.id, FIRST.id, street.clock.at)
    street.later(seconds=1)
    street.text("he is hitting the baby right now please help again")
    alerts.chase()
    assert called(street) == [FIRST.mobile]

    street.later(minutes=4, seconds=59)
    alerts.chase()

    assert called(street) == [FIRST.mobile] * 2


def test_danger_is_called_out_at_once_when_the_last_call_was_five_minutes_ago(street: Street, alerts: Alerts) -> None:
    hire(street, FIRST)
    street.text("he is hitting the baby right now please help")
    first = street.store.alerts_due(street.clock.at)[0]
    alerts.chase()
    with street.store.transaction() as tx:
        tx.take_alert(first.id, FIRST.id, street.clock.at)
    street.later(minutes=5)
    street.text("he is hitting the baby right now please help again")
    alerts.chase()

    assert called(street) == [FIRST.mobile] * 2


def test_one_round_climbs_the_rota_for_the_oldest_alert(street: Street, alerts: Alerts) -> None:
    hire(street, FIRST, SECOND)
    for minute in range(16):
        street.text(f"he is hitting the baby right now please help {minute}")
        alerts.chase()
        street.later(minutes=1)

    assert called(street) == [FIRST.mobile] * 3 + [FIRST.mobile, SECOND.mobile]


def test_two_workers_at_once_make_one_call(street: Street, alerts: Alerts) -> None:
    hire(street, FIRST)
    street.text("he is hitting the baby right now please help")
    due = street.store.alerts_due(street.clock.at)
    alerts._chase(due, street.clock.at)
    alerts._chase(due, street.clock.at)

    assert called(street) == [FIRST.mobile]


def test_the_call_gives_no_reference_before_there_is_one(street: Street, alerts: Alerts) -> None:
    hire(street, FIRST)
    street.text("he is hitting the baby right now please help")

    alerts.chase()

    assert calls(street) == ["Earshot: a message needs a person now. Please log in and take it: https://earshot.example/staff"]


def test_the_call_names_the_newest_experience_that_has_a_reference(street: Street, alerts: Alerts) -> None:
    hire(street, FIRST)
    for days in (8, 8, 0):
        street.text("he is hitting the baby right now please help")
        if days:
            street.all_turns()
            street.later(days=days)
    newest = street.facts()["references"][-1]

    alerts.chase()

    assert len(street.facts()["references"]) == 2
    assert calls(street)[-1].endswith(f"https://earshot.example/staff Ref {newest}")


def test_an_empty_rota_is_shouted_about_and_asked_again(street: Street, alerts: Alerts, caplog: pytest.LogCaptureFixture) -> None:
    street.text("he is hitting the baby right now please help")

    assert alerts.chase() == 1
    street.later(minutes=6)
    assert alerts.chase() == 1

    assert sum("nobody can be called" in record.message for record in caplog.records) == 2
