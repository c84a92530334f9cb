"""Alerts are called out until somebody has taken them, one more rung every fifteen minutes, without a word of the family."""

from __future__ import annotations

from uuid import uuid4

import pytest

from bot.alerts import Alerts
from bot.records import StaffMember
from bot.replies import Replies
from storage.database import Database
from tests.bot.street import Street
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


def test_somebody_who_has_taken_it_has_four_hours_and_then_is_asked_for_an_outcome(street: Street, alerts: Alerts) -> None:
    hire(street, FIRST, SECOND)
    street.text("he is hitting the baby right now please help")
    alert = street.store.alerts_due(street.clock.at)[0]
    with street.store.transaction() as tx:
        tx.take_alert(alert.id, FIRST.id, street.clock.at)
    for _ in range(47):
        alerts.chase()
        street.later(minutes=5)
    assert called(street) == []

    for _ in range(13):
        street.later(minutes=5)
        alerts.chase()

    assert called(street) == [FIRST.mobile, FIRST.mobile]


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


def test_an_empty_rota_is_shouted_about_and_asked_again(street: Street, alerts: Alerts, caplog: pytest.LogCaptureFixture) -> None:
    street.text("he is hitting the baby right now please help")

    assert alerts.chase() == 1
    street.later(minutes=6)
    assert alerts.chase() == 1

    assert sum("nobody can be called" in record.message for record in caplog.records) == 2
