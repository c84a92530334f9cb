"""`earshot staff`: people are added, removed and reset, and no password is ever kept or shown but once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from click.testing import CliRunner, Result

from bot.ports import Store
from bot.second_step import SecondStep
from bot.team import LastLeadError, Team
from bot.wall import Role
from cli.staff import staff
from staff.passwords import Passwords
from tests.staff.fake_factors import FakeFactors
from tests.staff.fakes import NOW, FakeClock, FakeStore, a_member, made_id

PASSWORD = "three plain words"


@dataclass
class Start:
    fake: FakeStore
    factors: FakeFactors = field(default_factory=FakeFactors)

    def store(self) -> Store:
        return self.fake.as_store()

    def second_step(self) -> SecondStep:
        return SecondStep(
            records=self.factors, store=self.store(), clock=FakeClock(), step_of=lambda *_: None, new_secret=lambda: "SECRET"
        )

    def team(self) -> Team:
        return Team(store=self.store(), work=self.fake.as_team_store(), records=self.fake.team, clock=FakeClock())


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


def run(store: FakeStore, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(staff, arguments, obj=Start(store), input=typed)


def add(store: FakeStore, *more: str, typed: str = f"{PASSWORD}\n", role: str = "reviewer") -> Result:
    return run(store, "add", "Jo  Pascoe", "--username", "Jo.Pascoe", "--role", role, "--password-stdin", *more, typed=typed)


def test_whoever_is_added_can_sign_in_with_the_password_that_was_given(store: FakeStore) -> None:
    result = add(store)

    member = store.staff_by_username("jo.pascoe")
    assert result.exit_code == 0
    assert member is not None
    assert (member.name, member.role, member.mobile) == ("Jo Pascoe", "reviewer", None)
    assert Passwords().is_right(member, PASSWORD)


def test_a_given_password_is_never_printed(store: FakeStore) -> None:
    assert PASSWORD not in add(store).output


def test_a_typed_password_is_asked_for_twice_and_not_shown(store: FakeStore) -> None:
    result = run(store, "add", "Jo", "--username", "jo", "--role", "admin", typed=f"{PASSWORD}\n{PASSWORD}\n")

    member = store.staff_by_username("jo")
    assert member is not None
    assert Passwords().is_right(member, PASSWORD)
    assert PASSWORD not in result.output
    assert "Repeat" in result.output


def test_a_made_password_is_printed_once_and_works(store: FakeStore) -> None:
    result = run(store, "add", "Jo", "--username", "jo", "--role", "admin", "--make-password")

    made = re.findall(r"\b(?:[a-z2-9]{4}-){4}[a-z2-9]{4}\b", result.output)
    member = store.staff_by_username("jo")
    assert len(made) == 1
    assert member is not None
    assert Passwords().is_right(member, made[0])


def test_adding_is_audited_by_id(store: FakeStore) -> None:
    add(store)

    (line,) = store.lines
    member = store.staff_by_username("jo.pascoe")
    assert member is not None
    assert (line.who, line.action, line.record) == ("operator", "add_staff", f"staff:{member.id}")


def test_a_mobile_number_may_be_written_with_spaces(store: FakeStore) -> None:
    add(store, "--mobile", "+44 7700 900123", role="safeguarding")

    member = store.staff_by_username("jo.pascoe")
    assert member is not None
    assert member.mobile == "+447700900123"


def test_a_safeguarding_lead_without_a_number_is_warned_about(store: FakeStore) -> None:
    assert "no alert will reach them" in add(store, role="safeguarding").output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["Jo", "--username", "jo", "--role", "reviewer", "--mobile", "07700 900123"], "country code"),
        (["Jo", "--username", "j", "--role", "reviewer"], "2 to 64"),
        (["Jo", "--username", "jo pascoe", "--role", "reviewer"], "2 to 64"),
        (["  ", "--username", "jo", "--role", "reviewer"], "NAME must be"),
        (["Parent", "--username", "jo", "--role", "reviewer"], "NAME must be"),
        (["Jo", "--username", "jo", "--role", "boss"], "boss"),
        (["Jo", "--username", "jo", "--role", "reviewer", "--make-password"], "Choose one"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_added(store: FakeStore, arguments: list[str], says: str) -> None:
    result = run(store, "add", *arguments, "--password-stdin", typed=f"{PASSWORD}\n")

    assert result.exit_code != 0
    assert says in result.output
    assert store.all_staff() == ()


@pytest.mark.parametrize("password", ["too short", "", "x" * 201])
def test_a_poor_password_is_refused(store: FakeStore, password: str) -> None:
    result = add(store, typed=f"{password}\n")

    assert result.exit_code == 1
    assert "12 to 200 characters" in result.output
    assert store.all_staff() == ()


def test_a_user_name_is_given_once_even_after_its_owner_left(store: FakeStore) -> None:
    add(store)
    run(store, "remove", "jo.pascoe")

    result = add(store)
    assert result.exit_code == 1
    assert "is taken" in result.output
    assert len(store.all_staff()) == 1


def test_whoever_is_removed_is_out_at_once_and_stays_in_the_record(store: FakeStore) -> None:
    store.add_staff(a_member("jo"), NOW)
    result = run(store, "remove", "JO")

    member = store.members[made_id("staff jo")]
    assert result.exit_code == 0
    assert member.disabled_at is not None
    assert member.session_version == 1
    assert store.actions() == ["remove_staff"]


@pytest.mark.parametrize("act", [("remove", "ruth"), ("role", "ruth", "admin")])
def test_the_last_safeguarding_lead_stays(store: FakeStore, act: tuple[str, ...]) -> None:
    store.add_staff(a_member("ruth", role="safeguarding"), NOW)
    store.add_staff(a_member("jo"), NOW)
    result = run(store, *act)

    assert isinstance(result.exception, LastLeadError)
    member = store.members[made_id("staff ruth")]
    assert (member.role, member.disabled_at) == ("safeguarding", None)


def test_where_nobody_is_for_safeguarding_removing_somebody_says_so(store: FakeStore) -> None:
    store.add_staff(a_member("jo"), NOW)

    assert "Nobody is left for safeguarding" in run(store, "remove", "jo").output


def test_another_role_is_given_and_ends_every_session(store: FakeStore) -> None:
    store.add_staff(a_member("jo"), NOW)
    result = run(store, "role", "jo", "safeguarding")

    member = store.members[made_id("staff jo")]
    assert (member.role, member.session_version) == ("safeguarding", 1)
    assert "Jo Pascoe is now safeguarding" in result.output
    assert (store.lines[-1].who, store.lines[-1].action, store.lines[-1].why) == ("operator", "change_role", "safeguarding")


@pytest.mark.parametrize("role", list(Role))
def test_every_role_can_be_added(store: FakeStore, role: Role) -> None:
    assert add(store, role=role.value).exit_code == 0
    assert store.staff_by_username("jo.pascoe").role == role  # type: ignore[union-attr]


def test_the_list_says_who_may_sign_in_and_as_what(store: FakeStore) -> None:
    store.add_staff(a_member("jo"), NOW)
    store.add_staff(a_member("huw", disabled_at=NOW), NOW)

    assert run(store, "list").output == "jo\treviewer\tJo Pascoe\n"


def test_a_lost_phone_is_helped_with_on_the_machine(store: FakeStore) -> None:
    store.add_staff(a_member("jo"), NOW)
    start = Start(store)
    start.factors.offer(made_id("staff jo"), "SECRET", session_id=made_id("staff jo"), now=NOW)
    start.factors.take(made_id("staff jo"), "SECRET", step=1, codes=[], now=NOW)
    result = CliRunner().invoke(staff, ["reset-second-step", "jo"], obj=start)

    assert result.exit_code == 0
    assert start.factors.having() == frozenset()
    assert (store.lines[-1].who, store.lines[-1].action) == ("operator", "reset_second_step")


def test_a_reset_gives_a_new_password_and_ends_every_session(store: FakeStore) -> None:
    store.add_staff(a_member("jo"), NOW)
    result = run(store, "reset", "jo", "--password-stdin", typed=f"{PASSWORD}\n")

    member = store.members[made_id("staff jo")]
    assert result.exit_code == 0
    assert Passwords().is_right(member, PASSWORD)
    assert member.session_version == 1
    assert store.actions() == ["reset_staff"]


@pytest.mark.parametrize("command", ["remove", "reset"])
def test_somebody_unknown_or_removed_cannot_be_changed(store: FakeStore, command: str) -> None:
    store.add_staff(a_member("huw", disabled_at=NOW), NOW)
    for username in ("huw", "nobody"):
        result = run(store, command, username)

        assert result.exit_code == 1
        assert f"Nobody signs in as {username}." in result.output
    assert store.actions() == []
