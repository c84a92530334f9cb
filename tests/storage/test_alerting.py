"""Alerts are called out until somebody has them; and the people who work here."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.errors import NotFound
from bot.heard import Risk, RiskKind, RiskLevel
from bot.inbox import InboxFilter
from bot.outgoing import Priority
from bot.ports import Store
from bot.records import StaffMember
from storage.database import Database
from storage.tables import alert as alert_table
from storage.tables import staff
from tests.storage.made_up import ANNA, BORIS, DANGER, NOW
from tests.storage.scene import Scene

CONCERN = Risk(RiskLevel.CONCERN, (RiskKind.CHILD_NOT_SAFE,))
EVERY = timedelta(minutes=5)


def test_an_alert_is_due_at_once_and_says_whose_it_is_once_that_is_known(store: Store, scene: Scene) -> None:
    seq = scene.accepts("danger", risk=DANGER)
    assert seq is not None
    alert_id = scene.alerts(seq)

    (due,) = store.alerts_due(NOW)
    assert (due.id, due.level, due.raised_at, due.chases, due.reference) == (alert_id, RiskLevel.DANGER, NOW, 0, None)

    scene.takes_turn(reference="RIVER 482")
    assert [due.reference for due in store.alerts_due(NOW)] == ["RIVER 482"]


def test_the_gravest_alert_is_called_first(store: Store, scene: Scene) -> None:
    for sender_number, risk in enumerate((CONCERN, DANGER)):
        seq = scene.accepts(f"worry {sender_number}", risk=risk)
        assert seq is not None
        scene.alerts(seq, risk=risk)

    assert [due.level for due in store.alerts_due(NOW)] == [RiskLevel.DANGER, RiskLevel.CONCERN]


def test_an_alert_is_chased_again_later_until_an_outcome_stands(store: Store, scene: Scene) -> None:
    lead = scene.employs("Lee Lead", role="safeguarding")
    seq = scene.accepts("danger", risk=DANGER)
    assert seq is not None
    alert_id = scene.alerts(seq)
    with store.transaction() as tx:
        tx.chased(alert_id, taken_at=None, next_at=NOW + EVERY)

    assert store.alerts_due(NOW + EVERY - timedelta(seconds=1)) == ()
    assert [due.chases for due in store.alerts_due(NOW + EVERY)] == [1]

    with store.transaction() as tx:
        tx.take_alert(alert_id, lead.id, NOW)
    assert [due.taken_at for due in store.alerts_due(NOW + timedelta(days=1))] == [NOW]

    with store.transaction() as tx:
        tx.close_alert(alert_id, lead.id, "spoke with the family", NOW)
    assert store.alerts_due(NOW + timedelta(days=1)) == ()


def test_who_took_an_alert_first_has_it_and_the_first_outcome_stands(store: Store, scene: Scene) -> None:
    first, second = scene.employs("Lee Lead", role="safeguarding"), scene.employs("Kit Other", role="safeguarding")
    seq = scene.accepts("danger", risk=DANGER)
    assert seq is not None
    alert_id = scene.alerts(seq)
    scene.takes_turn(reference="RIVER 482")
    done = []
    with store.transaction() as tx:
        for number, member in enumerate((first, second)):
            done.append(tx.take_alert(alert_id, member.id, NOW + timedelta(minutes=number)))
            done.append(tx.close_alert(alert_id, member.id, f"Outcome {number}", NOW + timedelta(minutes=number)))

    (alert,) = store.inbox(InboxFilter(open_only=False)).cards[0].alerts
    assert (alert.taken_by, alert.taken_at, alert.outcome) == ("Lee Lead", NOW, "Outcome 0")
    assert done == [True, True, False, False]


def test_a_round_that_was_worked_out_before_an_alert_was_given_back_does_not_put_off_the_next_call(
    store: Store, scene: Scene, database: Database
) -> None:
    lead = scene.employs("Lee Lead", role="safeguarding")
    seq = scene.accepts("danger", risk=DANGER)
    assert seq is not None
    alert_id = scene.alerts(seq)
    with store.transaction() as tx:
        tx.take_alert(alert_id, lead.id, NOW)
    (read,) = store.alerts_due(NOW)
    with database.writing() as connection:
        connection.execute(update(alert_table).values(taken_by=None, taken_at=None))
    with store.transaction() as tx:
        assert not tx.chased(alert_id, taken_at=read.taken_at, next_at=NOW + timedelta(hours=4))

    assert [due.chases for due in store.alerts_due(NOW)] == [0]


def test_when_a_person_was_last_called_about_counts_for_all_their_alerts_and_for_nobody_else_s(
    store: Store, scene: Scene
) -> None:
    ids = {}
    for name, sender in (("old", ANNA), ("new", ANNA), ("other", BORIS)):
        seq = scene.accepts(f"danger {name}", sender=sender, risk=DANGER)
        assert seq is not None
        ids[name] = scene.alerts(seq, sender=sender)
    assert {due.called_at for due in store.alerts_due(NOW)} == {None}

    for minutes in (1, 2):
        at = NOW + timedelta(minutes=minutes)
        with store.transaction() as tx:
            call = scene.outbound("Log in.", contact_id=None, priority=Priority.ALERT, alert_id=ids["old"], now=at)
            tx.enqueue(call, at)

    due = {each.id: each for each in store.alerts_due(NOW)}
    assert due[ids["old"]].contact_id == due[ids["new"]].contact_id == scene.contact(ANNA)
    assert {name: due[alert_id].called_at for name, alert_id in ids.items()} == {
        "old": NOW + timedelta(minutes=2),
        "new": NOW + timedelta(minutes=2),
        "other": None,
    }


def test_an_alert_that_is_not_there_cannot_be_chased(store: Store, scene: Scene) -> None:
    with pytest.raises(NotFound), store.transaction() as tx:
        tx.chased(scene.new_id(), taken_at=None, next_at=NOW)


def test_an_alert_is_linked_to_its_own_person_s_experience(store: Store, scene: Scene) -> None:
    for sender, reference in ((ANNA, "HERS"), (BORIS, "HIS")):
        seq = scene.accepts("danger", sender=sender, risk=DANGER)
        assert seq is not None
        scene.alerts(seq, sender=sender)
        scene.takes_turn(reference=reference)

    assert {due.reference for due in store.alerts_due(NOW)} == {"HERS", "HIS"}


# --- staff ------------------------------------------------------------------------------------------------------------


def test_staff_are_found_by_name_and_by_id(store: Store, scene: Scene) -> None:
    member = scene.employs("Sam Reader", mobile="+447700900777")

    assert store.staff_by_username("sam") == member
    assert store.staff(member.id) == member
    assert store.staff_by_username("nobody") is None
    assert store.staff(scene.new_id()) is None
    assert store.all_staff() == (member,)


def test_a_member_s_number_is_sealed(database: Database, scene: Scene) -> None:
    scene.employs(mobile="+447700900777")

    with database.reading() as connection:
        row = connection.execute(select(staff)).one()
    assert b"900777" not in row.sealed_mobile


def test_a_member_is_changed_only_in_what_is_given(store: Store, scene: Scene) -> None:
    member = scene.employs()
    with store.transaction() as tx:
        tx.update_staff(member.id, password_hash="new", end_sessions=True)
    with store.transaction() as tx:
        tx.update_staff(member.id, disabled_at=NOW)
        tx.update_staff(member.id)

    changed = store.staff(member.id)
    assert changed is not None
    assert (changed.password_hash, changed.session_version, changed.disabled_at, changed.name) == (
        "new",
        1,
        NOW,
        "Sam Reader",
    )


def test_somebody_who_does_not_work_here_cannot_be_changed(store: Store, scene: Scene) -> None:
    with pytest.raises(NotFound), store.transaction() as tx:
        tx.update_staff(scene.new_id(), end_sessions=True)


def test_the_rota_is_the_safeguarding_staff_one_can_ring_in_the_order_they_were_added(store: Store, scene: Scene) -> None:
    scene.employs("Ann First", role="safeguarding", mobile="+447700900701", now=NOW)
    scene.employs("Bea Reader", role="reviewer", mobile="+447700900702", now=NOW + timedelta(minutes=1))
    scene.employs("Cal Nomobile", role="safeguarding", now=NOW + timedelta(minutes=2))
    mail = StaffMember(
        id=scene.new_id(), name="Eve Mail", username="eve@somerset.example", role="safeguarding", password_hash="x"
    )
    with store.transaction() as tx:
        tx.add_staff(mail, NOW + timedelta(minutes=5))
    gone = scene.employs("Dee Gone", role="safeguarding", mobile="+447700900704", now=NOW + timedelta(minutes=3))
    scene.employs("Abe Second", role="safeguarding", mobile="+447700900705", now=NOW + timedelta(minutes=4))
    with store.transaction() as tx:
        tx.update_staff(gone.id, disabled_at=NOW)

    assert [(member.name, member.mobile) for member in store.rota()] == [
        ("Ann First", "+447700900701"),
        ("Abe Second", "+447700900705"),
        ("Eve Mail", None),
    ]
