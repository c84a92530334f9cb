"""The council's directory and the last of a role, on the real databases."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.council import Admission, CouncilDoor
from bot.records import NO_PASSWORD, StaffMember
from bot.wall import Role
from cli.doctor_council import kept_roles
from storage.database import Database
from storage.identities import SqlIdentities
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import task
from tests.staff.fakes import FakeClock
from tests.storage.made_up import DANGER, NOW
from tests.storage.scene import Scene

ROLES = (("Lead", Role.SAFEGUARDING), ("Admin", Role.ADMIN), ("Reader", Role.REVIEWER), ("Viewer", Role.VIEWER))
SignIn = Callable[..., StaffMember]


@pytest.fixture
def identities(database: Database, sealer: Sealer) -> SqlIdentities:
    return SqlIdentities(database, sealer)


@pytest.fixture
def signs_in(store: SqlStore, identities: SqlIdentities) -> SignIn:
    door = CouncilDoor(identities=identities, store=store, work=store, clock=FakeClock(NOW), admission=Admission(roles=ROLES))

    def let_in(name: str, role: str) -> StaffMember:
        claims = {"iss": "https://one.example", "sub": name, "roles": [role], "preferred_username": f"{name}@council.example"}
        return door.let_in(claims)

    return let_in


def actions(store: SqlStore) -> list[tuple[str, str]]:
    return [(str(row["action"]), str(row["why"])) for row in store.export_rows("audit")]


@pytest.mark.parametrize("role", ["Lead", "Admin"])
def test_the_last_of_a_role_keeps_it_and_comes_in_and_that_is_written_down_once(
    store: SqlStore, identities: SqlIdentities, signs_in: SignIn, role: str
) -> None:
    una = signs_in("una", role)
    for _ in range(2):
        assert signs_in("una", "Reader").role == una.role

    assert identities.kept_roles() == {una.id: "reviewer"}
    assert actions(store).count(("keep_role", f"{una.role}, not reviewer")) == 1
    assert "change_role" not in dict(actions(store))


@pytest.mark.parametrize("role", ["Reader", "Viewer"])
def test_what_somebody_had_whom_the_directory_gives_another_role_is_nobodys(
    store: SqlStore, scene: Scene, signs_in: SignIn, role: str
) -> None:
    una, _ = signs_in("una", "Lead"), signs_in("due", "Lead")
    seq = scene.accepts("danger", risk=DANGER)
    assert seq is not None
    alert_id, contact_id = scene.alerts(seq), scene.contact()
    with store.transaction() as tx:
        tx.take_alert(alert_id, una.id, NOW)
        tx.add_task(contact_id=contact_id, experience_id=None, kind="call_back", due_on=NOW.date(), now=NOW)
        tx.give_task(tx.connection.execute(select(task.c.id)).scalar_one(), una.id)
    signs_in("una", role)

    assert store.loose_alert(alert_id).alert.taken_by is None  # type: ignore[union-attr]
    assert ("leave_task" in dict(actions(store))) == (role == "Viewer")


@pytest.mark.parametrize("role", ["Lead", "Admin"])
def test_with_another_of_the_role_the_next_sign_in_takes_it(
    store: SqlStore, identities: SqlIdentities, signs_in: SignIn, role: str
) -> None:
    signs_in("una", role)
    signs_in("una", "Reader")
    signs_in("due", role)

    assert signs_in("una", "Reader").role == "reviewer"
    assert identities.kept_roles() == {}
    assert ("change_role", "reviewer") in actions(store)


def test_nothing_is_said_any_more_where_the_directory_gives_the_role_back(identities: SqlIdentities, signs_in: SignIn) -> None:
    signs_in("una", "Lead")
    signs_in("una", "Reader")
    signs_in("una", "Lead")

    assert identities.kept_roles() == {}


def test_the_doctor_says_who_keeps_what_and_why(store: SqlStore, identities: SqlIdentities, signs_in: SignIn) -> None:
    assert not list(kept_roles(identities, store.all_staff()))
    signs_in("una", "Lead")
    signs_in("una", "Reader")
    ((kind, says),) = kept_roles(identities, store.all_staff())

    assert kind == "note"
    assert says.startswith("The council's directory makes una@council.example reviewer, and they stay safeguarding here")
    assert "because nobody else was when they last signed in." in says


def test_nothing_is_said_of_who_was_given_another_role_by_hand(
    store: SqlStore, identities: SqlIdentities, signs_in: SignIn
) -> None:
    una = signs_in("una", "Lead")
    signs_in("una", "Viewer")
    with store.transaction() as tx:
        tx.update_staff(una.id, role="reviewer")

    assert identities.kept_roles() == {}


def test_of_two_leads_who_both_lose_the_role_one_keeps_it(identities: SqlIdentities, signs_in: SignIn) -> None:
    signs_in("una", "Lead")
    due = signs_in("due", "Lead")

    assert signs_in("una", "Reader").role == "reviewer"
    assert signs_in("due", "Reader").role == "safeguarding"
    assert identities.kept_roles() == {due.id: "reviewer"}


def test_who_was_invited_and_has_not_come_yet_is_no_other_lead(store: SqlStore, signs_in: SignIn) -> None:
    signs_in("una", "Lead")
    invited = StaffMember(id=UUID(int=7), name="Due", username="due", role="safeguarding", password_hash=NO_PASSWORD)
    with store.transaction() as tx:
        tx.add_staff(invited, NOW)

    assert signs_in("una", "Reader").role == "safeguarding"
