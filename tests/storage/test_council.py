"""The council's directory and the last of a role, on the real databases."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from bot.council import Admission, CouncilDoor
from bot.records import NO_PASSWORD, StaffMember
from bot.wall import Role
from cli.doctor_council import kept_roles
from storage.database import Database
from storage.identities import SqlIdentities
from storage.sealing import Sealer
from storage.store import SqlStore
from tests.staff.fakes import FakeClock
from tests.storage.made_up import NOW

ROLES = (("Lead", Role.SAFEGUARDING), ("Admin", Role.ADMIN), ("Reader", Role.REVIEWER))
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
