"""Two routes, each on its own; rounds that a kill neither loses nor doubles; a crowd of alerts; and the fire drill."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import time
from typing import Any
from uuid import UUID, uuid4

import pytest

from bot.alerts import Alerts
from bot.errors import Rejected
from bot.hand_over import reachable
from bot.model import Address
from bot.outgoing import Outgoing, Sent
from bot.records import StaffMember
from bot.replies import Replies
from bot.rota import Rung, When
from storage.alert_story import drills, story
from storage.database import Database
from tests.bot.street import Street
from tests.bot.test_alerts import FIRST
from tests.journeys.stage import wording

DANGER = "he is hitting the baby right now please help"
STAFF = "https://earshot.example/staff/alerts"
RUTH = Rung(id=UUID(int=1), name="Ruth", mobile="+447700900801", email="ruth@somerset.example")
HUW = Rung(id=UUID(int=2), name="Huw", mobile="+447700900802", email="huw@somerset.example")
NIGHT = Rung(id=UUID(int=3), name="Night team", mobile="+447700900803", when=When.OUT_OF_HOURS)


class Killed(Exception):  # noqa: N818 - what happened
    pass


class DyingStore:
    """The store of a worker that dies before the ``step``-th thing it does in a transaction, or right after the commit."""

    def __init__(self, store: Any, step: int) -> None:
        self._store = store
        self.left = step

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with self._store.transaction() as tx:
            yield DyingWork(self, tx)
        self.count()

    def count(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed


class DyingWork:
    def __init__(self, store: DyingStore, tx: Any) -> None:
        self._store, self._tx = store, tx

    def __getattr__(self, name: str) -> Any:
        self._store.count()
        return getattr(self._tx, name)


@pytest.fixture
def street(database: Database) -> Street:
    street = Street(database, also=("email",))
    with street.store.transaction() as tx:
        tx.add_staff(FIRST, street.clock.at)
    return street


def alerts_of(street: Street, store: Any = None) -> Alerts:
    channels: dict[Any, Any] = dict(street.doors)
    return Alerts(
        store=store or street.store,
        clock=street.clock,
        replies=Replies(wording=wording(), channels=channels, new_id=uuid4),
        channels=channels,
        staff_url=STAFF,
        new_id=uuid4,
    )


def keep(street: Street, *rungs: Rung, after: int = 0) -> None:
    with street.store.transaction() as tx:
        tx.keep_rota(rungs, rota_id=uuid4(), after=after, by=FIRST.id, now=street.clock.at)


def called(street: Street) -> list[str]:
    """Who was reached, by text first."""
    street.deliver()
    return [outgoing.address.path for door in street.doors.values() for outgoing in door.sent if "/staff" in outgoing.text]


def test_each_rung_is_called_by_text_and_by_email(street: Street) -> None:
    keep(street, RUTH, HUW)
    street.text(DANGER)
    alerts_of(street).chase()

    assert called(street) == [RUTH.mobile, RUTH.email]
    (mail,) = [out for out in street.doors["email"].sent if "/staff" in out.text]  # type: ignore[index]
    assert mail.thread == {"subject": "Earshot: a message needs a person now", "begins": "yes"}
    assert "baby" not in mail.text


def test_who_was_locked_out_is_called_no_more_a_desk_and_who_has_the_same_mobile_are(street: Street) -> None:
    gone = StaffMember(
        id=UUID(int=71), name="Ruth", username="ruth@somerset.example", role="safeguarding", password_hash="x", mobile=HUW.mobile
    )
    with street.store.transaction() as tx:
        tx.add_staff(gone, street.clock.at)
        tx.add_staff(replace(gone, id=UUID(int=72), name="Huw", username="huw"), street.clock.at)
        tx.update_staff(gone.id, disabled_at=street.clock.at)
    ruth, desk = replace(RUTH, mobile="+447700900809"), replace(NIGHT, when=When.ALWAYS)
    keep(street, ruth, HUW, desk)
    street.text(DANGER)
    alerts_of(street).chase()

    rota = street.store.standing_rota()
    assert called(street) == [HUW.mobile, HUW.email]
    assert [rung.name for rung in rota.left_out] == ["Ruth"]
    assert [rung.name for rung in rota.ladder(street.clock.at)] == ["Huw", "Night team"]
    assert ruth not in reachable(rota, street.store.all_staff())


def test_a_rota_on_which_everybody_was_locked_out_calls_the_leads(street: Street) -> None:
    gone = StaffMember(id=RUTH.id, name="Ruth", username="ruth", role="safeguarding", password_hash="x")
    with street.store.transaction() as tx:
        tx.add_staff(replace(gone, disabled_at=street.clock.at), street.clock.at)
    keep(street, replace(RUTH, mobile="+447700900809"))

    rota = street.store.standing_rota()
    assert [rung.id for rung in rota.ladder(street.clock.at)] == [FIRST.id]
    assert rota.holes(street.clock.at) == ()


def test_a_route_that_fails_does_not_hold_up_the_other(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(street, RUTH)
    street.text(DANGER)
    alert_id = street.store.alerts_due(street.clock.at)[0].id
    real = type(street.channel).send

    def send(door: Any, outgoing: Outgoing) -> Sent:
        if outgoing.address == Address("tel", RUTH.mobile or ""):
            raise Rejected("No such number.")
        return real(door, outgoing)

    monkeypatch.setattr(type(street.channel), "send", send)
    alerts_of(street).chase()

    assert called(street) == [RUTH.email]
    told = story(street.database, alert_id)
    assert [(call.name, call.route, call.state) for call in told] == [("Ruth", "email", "sent"), ("Ruth", "sms", "failed")]


def test_out_of_hours_the_night_team_is_called(street: Street) -> None:
    office = Rung(
        id=RUTH.id, name="Ruth", mobile=RUTH.mobile, when=When.HOURS, days=frozenset({1}), opens=time(9), closes=time(17)
    )
    keep(street, office, NIGHT)
    street.later(hours=10)
    street.text(DANGER)
    alerts_of(street).chase()

    assert called(street) == [NIGHT.mobile]


def test_in_office_hours_the_night_team_is_called_where_the_office_does_not_take_it(street: Street) -> None:
    office = replace(RUTH, email=None, when=When.HOURS, days=frozenset({1, 2, 3, 4, 5}))
    keep(street, office, NIGHT)
    street.text(DANGER)
    for minutes in (0, 5, 5, 5):
        street.later(minutes=minutes)
        alerts_of(street).chase()

    assert called(street) == [RUTH.mobile, RUTH.mobile, RUTH.mobile, RUTH.mobile, NIGHT.mobile]


@pytest.mark.parametrize("step", [1, 2, 5, 9, 10])
def test_a_worker_killed_at_any_step_of_a_round_has_called_everybody_once_in_the_end(street: Street, step: int) -> None:
    keep(street, RUTH, HUW)
    street.text(DANGER)
    street.later(minutes=16)
    dying = DyingStore(street.store, step)
    dies = True
    try:
        alerts_of(street, dying).chase()
        dies = False
    except Killed:
        pass
    alerts_of(street).chase()

    assert called(street) == [RUTH.mobile, HUW.mobile, RUTH.email, HUW.email]
    assert dies, "else this killed nobody"


def test_many_people_at_once_are_one_text_that_says_how_many(street: Street) -> None:
    keep(street, RUTH)
    for number in range(20):
        street.text(DANGER, sender=Address("tel", f"+4477009004{number:02}"))
    alerts_of(street).chase()

    assert called(street) == [RUTH.mobile, RUTH.email]
    (text,) = [out.text for out in street.channel.sent if "/staff" in out.text]
    assert text == f"Earshot: 20 messages need a person now. Please log in and take them: {STAFF}"
    later = street.store.alerts_due(street.clock.at)
    assert later == ()


def test_in_a_crowd_no_more_than_one_text_a_minute_goes_out_and_nobody_waits_longer(street: Street) -> None:
    keep(street, RUTH)
    alerts = alerts_of(street)
    for number in range(24):
        street.text(DANGER, sender=Address("tel", f"+4477009004{number:02}"))
        alerts.chase()
        street.later(seconds=5)
    texts = [out for out in called(street) if out == RUTH.mobile]

    assert 5 < len(texts) <= 8
    street.later(minutes=1)
    alerts.chase()
    assert all(due.chases for due in street.store.alerts_due(street.clock.at.replace(year=2027)))


def test_a_call_for_many_stands_in_the_story_of_each(street: Street) -> None:
    keep(street, RUTH)
    for number in range(20):
        street.text(DANGER, sender=Address("tel", f"+4477009004{number:02}"))
    due = street.store.alerts_due(street.clock.at)
    alerts_of(street).chase()

    assert {len(story(street.database, alert.id)) for alert in due} == {2}


# --- the drill --------------------------------------------------------------------------------------------------------


def test_a_drill_climbs_the_rota_by_both_routes_and_says_that_it_is_one(street: Street) -> None:
    keep(street, RUTH, HUW)
    drill_id = uuid4()
    with street.store.transaction() as tx:
        tx.start_drill(drill_id, by="operator", now=street.clock.at)
    alerts = alerts_of(street)
    for _ in range(17):
        alerts.chase()
        street.later(minutes=1)

    assert called(street).count(HUW.mobile or "") == 1
    assert called(street).count(RUTH.mobile or "") == 4
    words = [out.text for door in street.doors.values() for out in door.sent]
    assert all(said.startswith("This is a drill.") and said.endswith(f"{STAFF}/drills/{drill_id}") for said in words)
    assert street.store.alerts_due(street.clock.at) == ()
    assert street.store.loose_alerts() == ()


def test_a_drill_that_was_acknowledged_calls_nobody_any_more_and_tells_how_long_it_took(street: Street) -> None:
    keep(street, RUTH, HUW)
    drill_id = uuid4()
    with street.store.transaction() as tx:
        tx.start_drill(drill_id, by="operator", now=street.clock.at)
    alerts = alerts_of(street)
    alerts.chase()
    street.deliver()
    street.later(minutes=4)
    with street.store.transaction() as tx:
        assert tx.take_drill(drill_id, FIRST.id, street.clock.at)
        assert not tx.take_drill(drill_id, FIRST.id, street.clock.at)
    street.later(hours=1)
    alerts.chase()

    assert called(street) == [RUTH.mobile, RUTH.email]
    (drill,) = drills(street.database, limit=5)
    assert (drill.taken_by, drill.minutes) == ("Ada Example", 4)
    assert [(call.name, call.rung) for call in drill.calls] == [("Ruth", 1), ("Ruth", 1)]


def test_a_drill_makes_no_round_of_real_calls_wait(street: Street) -> None:
    keep(street, RUTH)
    with street.store.transaction() as tx:
        for _ in range(6):
            tx.start_drill(uuid4(), by="operator", now=street.clock.at)
    street.text(DANGER)
    alerts_of(street).chase()

    texts = [out.text for out in street.channel.sent] if called(street) else []
    assert sum(text.startswith("Earshot: a message needs a person now.") for text in texts) == 1


# --- who can be reached -----------------------------------------------------------------------------------------------

NO_MOBILE = Rung(id=UUID(int=4), name="Desk", email="desk@somerset.example")
TAKER = StaffMember(
    id=UUID(int=5), name="Tam Example", username="tam@somerset.example", role="safeguarding", password_hash="x", mobile=None
)


def test_a_rung_that_cannot_be_called_now_is_passed_over(database: Database) -> None:
    street = Street(database)
    with street.store.transaction() as tx:
        tx.add_staff(FIRST, street.clock.at)
    keep(street, NO_MOBILE, HUW)
    street.text(DANGER)
    alerts_of(street).chase()

    assert called(street) == [HUW.mobile]


def test_where_nobody_on_duty_can_be_called_whoever_else_can_be_is(database: Database) -> None:
    street = Street(database)
    with street.store.transaction() as tx:
        tx.add_staff(FIRST, street.clock.at)
    keep(street, NO_MOBILE, replace(NIGHT, when=When.HOURS, days=frozenset({6}), opens=time(9), closes=time(10)))
    street.text(DANGER)
    alerts_of(street).chase()

    assert called(street) == [NIGHT.mobile]


def test_a_drill_too_passes_over_a_rung_that_cannot_be_called_now(database: Database) -> None:
    street = Street(database)
    with street.store.transaction() as tx:
        tx.add_staff(FIRST, street.clock.at)
    keep(street, NO_MOBILE, HUW)
    with street.store.transaction() as tx:
        tx.start_drill(uuid4(), by="operator", now=street.clock.at)
    alerts_of(street).chase()

    assert called(street) == [HUW.mobile]


def overdue(street: Street, taker: StaffMember) -> None:
    """An alert that the taker has had for longer than they have it in peace."""
    with street.store.transaction() as tx:
        tx.add_staff(taker, street.clock.at)
    street.text(DANGER)
    (alert,) = street.store.alerts_due(street.clock.at)
    with street.store.transaction() as tx:
        tx.take_alert(alert.id, taker.id, street.clock.at)
    street.later(hours=4, minutes=1)


def test_a_taker_without_a_mobile_is_reminded_beside_a_rung_without_one(street: Street) -> None:
    keep(street, NO_MOBILE)
    overdue(street, TAKER)
    alerts_of(street).chase()

    assert called(street) == [NO_MOBILE.email, TAKER.username]


def test_a_taker_whose_number_is_called_as_it_is_is_not_called_twice(street: Street) -> None:
    keep(street, RUTH)
    overdue(street, replace(TAKER, username="tam", mobile=RUTH.mobile))
    alerts_of(street).chase()

    assert called(street) == [RUTH.mobile, RUTH.email]


def test_a_taker_who_has_left_the_team_is_not_reminded(street: Street) -> None:
    keep(street, RUTH)
    overdue(street, TAKER)
    with street.store.transaction() as tx:
        tx.update_staff(TAKER.id, disabled_at=street.clock.at)
    alerts_of(street).chase()

    assert called(street) == [RUTH.mobile, RUTH.email]


def test_the_email_about_an_overdue_outcome_is_headed_by_what_it_asks(street: Street) -> None:
    keep(street, NO_MOBILE)
    overdue(street, replace(TAKER, username="tam"))
    alerts_of(street).chase()

    assert called(street) == [NO_MOBILE.email]
    (mail,) = [out for out in street.doors["email"].sent if "/staff" in out.text]  # type: ignore[index]
    assert mail.thread == {"subject": "Earshot: please say what came of a message", "begins": "yes"}
