"""Invitations and changes of accounts in the store: digests alone, nothing opens twice, and somebody keeps the accounts."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.cards import ExperienceCard
from bot.council import Admission, CouncilDoor
from bot.desk_work import DeskWork
from bot.errors import NotFound
from bot.records import StaffMember
from bot.team import EMAIL, INVITED_FOR, LastAdminError, LastLeadError, Mail, Team, What
from bot.wall import Role
from storage.database import Database
from storage.desk_work import SqlDeskWork
from storage.identities import SqlIdentities
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import outbound_message, staff_invitation, task
from storage.team import SqlTeam
from tests.staff.fakes import FakeClock
from tests.storage.made_up import DANGER, NOW
from tests.storage.scene import Scene, said

ADA, BO, RUTH = (UUID(int=number) for number in (7, 8, 9))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def team(database: Database, sealer: Sealer, store: SqlStore, clock: FakeClock) -> Team:
    with store.transaction() as tx:
        for staff_id, name, role in ((ADA, "ada", "admin"), (BO, "bo", "admin"), (RUTH, "ruth", "safeguarding")):
            tx.add_staff(StaffMember(id=staff_id, name=name, username=name, role=role, password_hash="$argon2 x"), NOW)
    return Team(store=store, work=store, records=SqlTeam(database, sealer), clock=clock)


def card(store: SqlStore) -> ExperienceCard:
    view = store.experience("RIVER 482")
    assert view is not None
    return view.card


def member(team: Team, staff_id: UUID) -> StaffMember:
    found = team.store.staff(staff_id)
    assert found is not None
    return found


def test_an_invitation_opens_once_and_is_kept_as_a_digest(team: Team, database: Database) -> None:
    noor, token = team.invite(name="Noor", username="noor", role=Role.VIEWER, by=member(team, ADA))
    with database.reading() as connection:
        assert token not in str(connection.execute(select(staff_invitation)).all())
    assert team.records.invitations() == {noor.id: NOW + INVITED_FOR}
    assert team.invited(token) == team.invited(token) == noor
    accepted = team.accept(token, "$argon2 new")

    assert (accepted.password_hash, accepted.session_version) == ("$argon2 new", 1)
    with pytest.raises(NotFound):
        team.accept(token, "$argon2 other")
    assert team.records.invitations() == {}


def test_an_old_link_and_one_of_somebody_locked_out_open_nothing(team: Team, clock: FakeClock) -> None:
    bo, ada = member(team, BO), member(team, ADA)
    first, second = team.invite_again(bo, by=ada), team.invite_again(bo, by=ada)
    assert team.invited(first) is None
    assert team.invited(second) is not None
    team.remove(bo, by=ada)
    team.let_in(member(team, BO), by=ada)
    assert team.invited(second) is None
    third = team.invite_again(member(team, BO), by=ada)
    clock.move(INVITED_FOR)

    assert team.invited(third) is None


def test_the_mail_with_the_link_is_sealed_alone(team: Team, database: Database, store: SqlStore) -> None:
    mail = Mail(to="noor@council.example", subject="Your invitation", words=lambda token: f"Open /{token}")
    _, token = team.invite(name="Noor", username="noor", role=Role.VIEWER, by=member(team, ADA), mail=mail)
    with database.reading() as connection:
        (row,) = connection.execute(select(outbound_message)).all()
    claim = store.claim_outbound(worker="w", now=NOW, lease=timedelta(minutes=1), without=())

    assert (row.channel, row.redacted) == (EMAIL, "")
    assert token not in str(row)
    assert claim is not None
    assert token in claim.outgoing.text


def test_of_two_administrators_who_lock_each_other_out_at_once_one_stays(team: Team) -> None:
    barrier, refused = Barrier(2), []

    def lock_out(own: UUID, other: UUID) -> None:
        by, whom = member(team, own), member(team, other)
        barrier.wait()
        try:
            team.remove(whom, by=by)
        except LastAdminError:
            refused.append(own)

    threads = [Thread(target=lock_out, args=pair) for pair in ((ADA, BO), (BO, ADA))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert [each.disabled_at is None for each in (member(team, ADA), member(team, BO))].count(True) == 1


def test_the_last_lead_who_has_come_in_stays(team: Team) -> None:
    ruth, ada = member(team, RUTH), member(team, ADA)
    noor, token = team.invite(name="Noor", username="noor", role=Role.SAFEGUARDING, by=ada)
    with pytest.raises(LastLeadError):
        team.remove(ruth, by=ada)
    with pytest.raises(LastLeadError):
        team.change_role(ruth, Role.REVIEWER, by=ada)
    team.remove(noor, by=ada)
    team.let_in(member(team, noor.id), by=ada)
    team.accept(team.invite_again(member(team, noor.id), by=ada), "$argon2 new")
    team.remove(ruth, by=ada)

    assert token
    assert member(team, RUTH).disabled_at is not None
    with pytest.raises(LastLeadError):
        team.remove(member(team, noor.id), by=ada)


def test_a_lead_who_never_came_in_is_not_the_last(team: Team, store: SqlStore) -> None:
    ada = member(team, ADA)
    with store.transaction() as tx:
        tx.update_staff(RUTH, role="viewer")
    noor, _ = team.invite(name="Noor", username="noor", role=Role.SAFEGUARDING, by=ada)
    team.remove(noor, by=ada)

    assert member(team, noor.id).disabled_at is not None


def test_what_somebody_had_taken_is_called_out_again_when_they_are_locked_out(
    team: Team, store: SqlStore, scene: Scene, clock: FakeClock
) -> None:
    lee = scene.employs("Lee Lead", role="safeguarding")
    seq = scene.accepts("danger", risk=DANGER)
    assert seq is not None
    alert_id = scene.alerts(seq)
    with store.transaction() as tx:
        tx.take_alert(alert_id, lee.id, NOW)
        tx.chased(alert_id, taken_at=NOW, next_at=NOW + timedelta(hours=4))
    clock.move(timedelta(minutes=1))
    team.remove(lee, by=member(team, ADA))

    (due,) = store.alerts_due(clock.now())
    assert (due.taken_at, due.taker) == (None, None)
    assert [row["action"] for row in store.export_rows("audit")][-2:] == ["remove_staff", "leave_alert"]


@pytest.mark.parametrize("way", ["removed", "viewer", "reviewer"])
def test_what_somebody_owned_is_nobodys_once_they_do_not_work_with_it(
    team: Team, store: SqlStore, scene: Scene, database: Database, sealer: Sealer, way: str
) -> None:
    lee = scene.employs("Lee Lead", role="safeguarding")
    experience_id = scene.tells("The taxi", reference="RIVER 482")
    contact_id = scene.contact()
    with store.transaction() as tx:
        for kind in ("call_back", "my_data"):
            tx.add_task(contact_id=contact_id, experience_id=experience_id, kind=kind, due_on=NOW.date(), now=NOW)
        ids = {row.kind: row.id for row in tx.connection.execute(select(task.c.kind, task.c.id))}
        for task_id in ids.values():
            tx.give_task(task_id, lee.id)
        tx.finish_task(ids["my_data"], lee.id, NOW)
    work = DeskWork(SqlDeskWork(database, sealer), store, team.clock)
    work.give(card(store), lee, lee.id)
    if way == "removed":
        team.remove(lee, by=member(team, ADA))
    else:
        team.change_role(lee, Role(way), by=member(team, ADA))

    stays = way == "reviewer"
    with database.reading() as connection:
        owners = {row.kind: row.owner_id for row in connection.execute(select(task.c.kind, task.c.owner_id))}
    assert owners == {"call_back": lee.id if stays else None, "my_data": lee.id}
    assert card(store).owner_id == (lee.id if stays else None)
    lines = [str(row["action"]) for row in store.export_rows("audit")]
    assert [line for line in lines if line.startswith("leave_")] == ([] if stays else ["leave_experience", "leave_task"])


@pytest.mark.parametrize("way", ["removed", "role", "council"])
def test_all_that_somebody_leaves_is_held_before_the_end_of_the_trail_as_everybody_holds_it(
    team: Team, store: SqlStore, scene: Scene, database: Database, sealer: Sealer, way: str
) -> None:
    identities = SqlIdentities(database, sealer)
    door = CouncilDoor(
        identities=identities,
        store=store,
        work=store,
        clock=team.clock,
        admission=Admission(roles=(("Lead", Role.SAFEGUARDING), ("Viewer", Role.VIEWER))),
    )
    claims = {"iss": "https://one.example", "sub": "una", "preferred_username": "una@council.example"}
    una = door.let_in(claims | {"roles": ["Lead"]})
    scene.tells("The taxi", reference="RIVER 482")
    DeskWork(SqlDeskWork(database, sealer), store, team.clock).give(card(store), una, una.id)
    seq = scene.accepts("danger", risk=DANGER)
    assert seq is not None
    alert_id = scene.alerts(seq)
    with store.transaction() as tx:
        tx.take_alert(alert_id, una.id, NOW)
    with said(database) as statements:
        if way == "removed":
            team.remove(una, by=member(team, ADA))
        elif way == "role":
            team.change_role(una, Role.VIEWER, by=member(team, ADA))
        else:
            door.let_in(claims | {"roles": ["Viewer"]})
    changes = [each.split()[1] for each in statements if each.startswith("UPDATE")]

    assert {"alert", "experience", "task"} <= set(changes)
    first = changes.index("audit_head")
    assert not {"staff", "alert", "experience", "task"} & set(changes[first:])


@pytest.mark.parametrize("way", ["invited", "role", "let in", "council"])
def test_what_a_stand_in_had_taken_is_called_out_again_when_the_first_lead_is_here(
    team: Team, store: SqlStore, scene: Scene, clock: FakeClock, database: Database, sealer: Sealer, way: str
) -> None:
    ada, noor = member(team, ADA), scene.employs("Noor Nearby", role="reviewer")
    with store.transaction() as tx:
        tx.update_staff(RUTH, disabled_at=NOW)
    seq = scene.accepts("danger", risk=DANGER)
    assert seq is not None
    alert_id = scene.alerts(seq)
    with store.transaction() as tx:
        tx.take_alert(alert_id, noor.id, NOW)
        tx.chased(alert_id, taken_at=NOW, next_at=NOW + timedelta(hours=4))
    clock.move(timedelta(minutes=1))
    _, token = team.invite(name="Lee", username="lee", role=Role.SAFEGUARDING, by=ada)
    assert not store.alerts_due(clock.now()), "who has not come yet takes nothing over"
    if way == "invited":
        team.accept(token, "$argon2 new")
    elif way == "role":
        team.change_role(member(team, BO), Role.SAFEGUARDING, by=ada)
    elif way == "council":
        admission = Admission(roles=(("Lead", Role.SAFEGUARDING),))
        door = CouncilDoor(identities=SqlIdentities(database, sealer), store=store, work=store, clock=clock, admission=admission)
        door.let_in({"iss": "https://one.example", "sub": "A", "roles": ["Lead"], "preferred_username": "una@council.example"})
    else:
        team.let_in(member(team, RUTH), by=ada)

    (due,) = store.alerts_due(clock.now())
    assert due.taker is None
    assert [row["action"] for row in store.export_rows("audit")].count("leave_alert") == 1


def test_who_comes_in_beside_the_stand_ins_and_leads_nothing_takes_nothing_from_them(
    team: Team, store: SqlStore, scene: Scene, clock: FakeClock
) -> None:
    noor = scene.employs("Noor Nearby", role="reviewer")
    with store.transaction() as tx:
        tx.update_staff(RUTH, disabled_at=NOW)
    seq = scene.accepts("danger", risk=DANGER)
    assert seq is not None
    alert_id = scene.alerts(seq)
    with store.transaction() as tx:
        tx.take_alert(alert_id, noor.id, NOW)
    _, token = team.invite(name="Lee", username="lee", role=Role.REVIEWER, by=member(team, ADA))
    team.accept(token, "$argon2 new")

    assert "leave_alert" not in [row["action"] for row in store.export_rows("audit")]


def test_what_lets_somebody_read_waits_for_a_second_person(team: Team, store: SqlStore) -> None:
    ada, bo, ruth = (member(team, each) for each in (ADA, BO, RUTH))
    team.change_role(bo, Role.PUBLISHER, by=ada)
    team.invite(name="Kim", username="kim", role=Role.PARTNER, by=ada)
    team.note_reset(member(team, BO), by=ada)
    assert team.unseen(ada) == team.unseen(member(team, BO)) == ()
    changes = team.unseen(ruth)
    assert {(change.what, change.by) for change in changes} == {(What.ROLE, ADA), (What.STEP, ADA)}
    for own in (ada, member(team, BO)):
        with pytest.raises(NotFound):
            team.see(changes[0].id, own)
    team.see(changes[0].id, ruth)
    with pytest.raises(NotFound):
        team.see(changes[0].id, ruth)

    assert team.unseen(ruth) == changes[1:]
    assert [row["action"] for row in store.export_rows("audit")][-1] == "see_team_change"


def test_a_password_of_ones_own_ends_the_links_too(team: Team) -> None:
    token = team.invite_again(member(team, BO), by=member(team, ADA))
    changed = team.change_password(member(team, BO), "$argon2 mine")

    assert (changed.password_hash, changed.session_version) == ("$argon2 mine", 1)
    assert team.invited(token) is None


def test_one_person_under_several_names_is_never_their_own_second(team: Team) -> None:
    ada, ruth = member(team, ADA), member(team, RUTH)
    second, _ = team.invite(name="Ada Two", username="ada2", role=Role.ADMIN, by=ada)
    third, _ = team.invite(name="Ada Three", username="ada3", role=Role.ADMIN, by=second)
    lead, _ = team.invite(name="Noor", username="noor", role=Role.SAFEGUARDING, by=third)
    changes = {change.staff_id: change.id for change in team.unseen(ruth)}
    assert set(changes) == {second.id, third.id, lead.id}
    for own in (ada, second, third, lead):
        assert not [change for change in team.unseen(own) if change.may_say]
        for change_id in changes.values():
            with pytest.raises(NotFound):
                team.see(change_id, own)
    for change_id in changes.values():
        team.see(change_id, ruth)

    assert team.unseen(ruth) == ()


def test_an_account_that_a_second_person_has_seen_is_a_second_person(team: Team) -> None:
    ada, bo, ruth = (member(team, each) for each in (ADA, BO, RUTH))
    team.invite_again(bo, by=ada)
    team.invite_again(ada, by=bo)
    for change in team.unseen(ruth):
        team.see(change.id, ruth)
    noor, _ = team.invite(name="Noor", username="noor", role=Role.VIEWER, by=ada)
    (change,) = team.unseen(bo)
    team.see(change.id, bo)

    assert change.staff_id == noor.id


@pytest.fixture
def alone(team: Team, store: SqlStore) -> StaffMember:
    """The one administrator of a team in which everybody else comes in by her hand."""
    team.remove(member(team, BO), by=None)
    with store.transaction() as tx:  # the last lead stays, where this is asked of the team
        tx.update_staff(RUTH, disabled_at=NOW)
    return member(team, ADA)


def comes_in(team: Team, name: str, role: Role, by: StaffMember) -> StaffMember:
    _, token = team.invite(name=name, username=name, role=role, by=by)
    return team.accept(token, "$argon2 own")


def test_where_nobody_can_be_the_second_person_those_who_could_not_look_are_told_so(team: Team, alone: StaffMember) -> None:
    lead = comes_in(team, "noor", Role.SAFEGUARDING, alone)
    publisher = comes_in(team, "kit", Role.PUBLISHER, alone)
    for own in (alone, lead):
        assert [(each.may_say, each.is_stuck) for each in team.unseen(own)] == [(False, True)] * 2
        for change in team.unseen(own):
            with pytest.raises(NotFound):
                team.see(change.id, own)

    assert team.unseen(publisher) == ()


def test_one_more_person_of_the_operators_sets_it_free(team: Team, alone: StaffMember, store: SqlStore) -> None:
    lead = comes_in(team, "noor", Role.SAFEGUARDING, alone)
    bea = StaffMember(id=UUID(int=10), name="Bea", username="bea", role="safeguarding", password_hash="$argon2 x")
    with store.transaction() as tx:
        tx.add_staff(bea, NOW)
    assert team.unseen(alone) == ()
    (change,) = team.unseen(bea)
    team.see(change.id, bea)
    other = comes_in(team, "kit", Role.REVIEWER, alone)

    assert [(each.staff_id, each.may_say) for each in team.unseen(lead)] == [(other.id, True)]


def test_a_publisher_of_the_operators_is_asked_only_where_no_lead_or_administrator_can_look(
    team: Team, alone: StaffMember, store: SqlStore
) -> None:
    kit = StaffMember(id=UUID(int=10), name="Kit", username="kit", role="publisher", password_hash="$argon2 x")
    with store.transaction() as tx:
        tx.add_staff(kit, NOW)
    lead = comes_in(team, "noor", Role.SAFEGUARDING, alone)
    (change,) = team.unseen(kit)
    assert team.unseen(alone) == ()
    team.see(change.id, kit)
    other = comes_in(team, "tam", Role.REVIEWER, alone)

    assert team.unseen(kit) == (), "the lead can look now"
    assert [each.staff_id for each in team.unseen(lead)] == [other.id]


def test_what_the_operator_did_holds_nobody_back(team: Team, scene: Scene) -> None:
    scene.employs("Lee Lead", role="safeguarding")
    team.change_role(member(team, RUTH), Role.PUBLISHER, by=None)
    team.change_role(member(team, RUTH), Role.SAFEGUARDING, by=None)
    noor, _ = team.invite(name="Noor", username="noor", role=Role.VIEWER, by=member(team, ADA))
    (change,) = team.unseen(member(team, RUTH))
    team.see(change.id, member(team, RUTH))

    assert change.staff_id == noor.id
