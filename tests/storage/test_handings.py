"""Handing an alert on, on the store: who may, what ends it, and what undoing it or the taking over gives back to whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from bot.desk_work import Act, DeskWork, GoneOnError
from bot.hand_over import End, NewHanding
from bot.loose import LooseReview
from bot.records import StaffMember
from bot.team import Team
from bot.wall import Role
from storage.database import Database
from storage.desk_work import SqlDeskWork
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import alert, alert_handing
from storage.team import SqlTeam
from tests.staff.fakes import FakeClock
from tests.storage.made_up import DANGER, NOW
from tests.storage.scene import Scene, said


class Leads:
    """Amy has an alert since the first minute; Bo and Cy are leads too. Every act comes a minute after the one before."""

    def __init__(self, store: SqlStore, scene: Scene, database: Database, sealer: Sealer) -> None:
        self.store, self.database, self.clock = store, database, FakeClock(NOW)
        self.amy, self.bo, self.cy = (scene.employs(f"{name} Lead", role="safeguarding") for name in ("Amy", "Bo", "Cy"))
        seq = scene.accepts("He held him down.", risk=DANGER)
        assert seq is not None
        self.alert_id = scene.alerts(seq)
        self.work = DeskWork(SqlDeskWork(database, sealer), store, self.clock)
        self.team = Team(store=store, work=store, records=SqlTeam(database, sealer), clock=self.clock)
        self.take(self.amy)

    def now(self) -> datetime:
        self.clock.move(timedelta(minutes=1))
        return self.clock.now()

    def take(self, member: StaffMember) -> datetime:
        at = self.now()
        assert LooseReview(self.store, self.clock).take(self.alert_id, member)
        return at

    def hand(self, by: StaffMember, to: StaffMember) -> bool:
        one = NewHanding(id=uuid4(), alert_id=self.alert_id, rung_id=to.id, name=to.name, by=by.id, at=self.now())
        with self.store.transaction() as tx:
            handed = tx.hand_over(one)
            if handed:
                tx.audit(who=f"staff:{by.id}", action="hand_alert", record=f"alert:{self.alert_id}", now=one.at)
        return handed

    def undo(self, member: StaffMember, act: Act, *, newest: int = 0) -> datetime:
        at = self.now()
        mine = [deed for deed in self.work.last(member, with_safeguarding=True) if deed.act is act]
        self.work.undo(mine[newest].id, member)
        return at

    def had(self) -> tuple[UUID | None, datetime | None, datetime]:
        """Whose it is, since when it was taken over, and when the next call is."""
        with self.database.reading() as connection:
            row = connection.execute(select(alert).where(alert.c.id == self.alert_id)).one()
        return row.taken_by, row.taken_over_at, row.next_at

    def ends(self) -> list[str | None]:
        """How each handing ended, the oldest first; None: it is open."""
        with self.database.reading() as connection:
            return list(connection.execute(select(alert_handing.c.ending).order_by(alert_handing.c.handed_at)).scalars())


@pytest.fixture
def leads(store: SqlStore, scene: Scene, database: Database, sealer: Sealer) -> Leads:
    return Leads(store, scene, database, sealer)


def test_only_who_has_an_alert_hands_it_on(leads: Leads) -> None:
    assert not leads.hand(leads.bo, leads.cy)
    assert leads.ends() == []


def test_a_taking_over_undone_is_again_of_who_took_it_over_before_and_since_then(leads: Leads) -> None:
    leads.hand(leads.amy, leads.bo)
    since = leads.take(leads.bo)
    leads.hand(leads.bo, leads.cy)
    leads.take(leads.cy)
    leads.undo(leads.cy, Act.ALERT)

    assert leads.had()[:2] == (leads.bo.id, since)
    assert leads.ends() == [End.TAKEN, None]


def test_a_taking_over_is_not_undone_once_it_is_handed_on(leads: Leads) -> None:
    leads.hand(leads.amy, leads.bo)
    leads.take(leads.bo)
    leads.hand(leads.bo, leads.cy)
    with pytest.raises(GoneOnError):
        leads.undo(leads.bo, Act.ALERT)

    assert leads.had()[0] == leads.bo.id
    assert leads.ends() == [End.TAKEN, None]


@pytest.mark.parametrize("locked_out", [True, False])
def test_a_taking_over_undone_makes_it_nobodys_where_who_handed_it_on_handles_alerts_no_more(
    leads: Leads, *, locked_out: bool
) -> None:
    leads.hand(leads.amy, leads.bo)
    leads.take(leads.bo)
    if locked_out:
        leads.team.remove(leads.amy, by=leads.cy)
    else:
        leads.team.change_role(leads.amy, Role.REVIEWER, by=leads.cy)
    at = leads.undo(leads.bo, Act.ALERT)

    assert leads.had() == (None, None, at)
    assert leads.ends() == [End.TAKEN]
    assert [(due.taken_at, due.taker) for due in leads.store.alerts_due(at)] == [(None, None)]


def test_who_handed_it_on_is_held_before_the_alert_as_where_they_are_removed(leads: Leads) -> None:
    leads.hand(leads.amy, leads.bo)
    leads.take(leads.bo)
    with said(leads.database) as statements:
        leads.undo(leads.bo, Act.ALERT)
    held = [("staff.role" in each, each.startswith("UPDATE alert ")) for each in statements]

    assert leads.had()[0] == leads.amy.id
    of_staff = [at for at, (staff, _) in enumerate(held) if staff and "disabled_at" in statements[at]]
    of_alert = [at for at, (_, alerts) in enumerate(held) if alerts]
    assert of_staff[-1] < of_alert[0]


def test_undoing_a_handing_calls_off_that_one_and_no_other(leads: Leads) -> None:
    leads.hand(leads.amy, leads.bo)
    (first,) = leads.store.handings_due(leads.now())
    with leads.store.transaction() as tx:
        tx.end_handing(first.id, End.UNANSWERED, leads.now())
    leads.hand(leads.amy, leads.cy)
    with pytest.raises(GoneOnError):
        leads.undo(leads.amy, Act.HAND, newest=1)

    assert leads.ends() == [End.UNANSWERED, None]
    leads.undo(leads.amy, Act.HAND)
    assert leads.ends() == [End.UNANSWERED, End.CALLED_OFF]


def test_a_taking_undone_calls_nobody_about_handing_it_on(leads: Leads) -> None:
    leads.hand(leads.amy, leads.bo)
    leads.undo(leads.amy, Act.ALERT)

    assert leads.had()[0] is None
    assert leads.ends() == [End.CALLED_OFF]


@pytest.mark.parametrize("locked_out", [True, False])
def test_who_leaves_leaves_nobody_to_be_called_about_what_they_handed_on(leads: Leads, *, locked_out: bool) -> None:
    leads.hand(leads.amy, leads.bo)
    if locked_out:
        leads.team.remove(leads.amy, by=leads.cy)
    else:
        leads.team.change_role(leads.amy, Role.REVIEWER, by=leads.cy)

    assert leads.had()[0] is None
    assert leads.ends() == [End.CALLED_OFF]
