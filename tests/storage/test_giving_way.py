"""Turns that give way: thousands of imported rows never stand before a living talk."""

from __future__ import annotations

from datetime import timedelta

from bot.model import ENGLISH, Address
from storage.store import SqlStore
from tests.storage.made_up import ANNA, CALM, NOW, message
from tests.storage.scene import Scene

LATER = NOW + timedelta(hours=1)


def is_imported(store: SqlStore, scene: Scene, number: int) -> None:
    sender = Address("import", f"row {number}")
    row = message(f"Row {number}", external_id=f"row {number}", sender=sender)
    with store.transaction() as tx:
        contact = tx.hold_contact(sender, (), locale=ENGLISH, now=NOW)
        tx.add_inbound(contact, row, inbound_id=scene.new_id(), risk=CALM, command=None, now=NOW)
        tx.schedule_turn(contact.id, first_waiting_at=NOW, due_at=NOW, gives_way=True)


def test_whoever_writes_has_their_turn_before_rows_that_have_waited_longer(store: SqlStore, scene: Scene) -> None:
    for number in range(3):
        is_imported(store, scene, number)
    scene.accepts("The taxi was late.", sender=ANNA, now=LATER, due=LATER)

    assert scene.must_claim(now=LATER).address == ANNA
    assert scene.must_claim("host:2", now=LATER).address.scheme == "import"


def test_a_living_talk_that_is_not_due_yet_keeps_no_row_waiting(store: SqlStore, scene: Scene) -> None:
    is_imported(store, scene, 1)
    scene.accepts("The taxi was late.", sender=ANNA, now=NOW, due=LATER)

    assert scene.must_claim(now=NOW).address.scheme == "import"
    assert scene.store.next_turn_at() is not None


def test_rows_have_their_turns_in_the_order_in_which_they_came(store: SqlStore, scene: Scene) -> None:
    for number in range(3):
        is_imported(store, scene, number)

    taken = [scene.must_claim(f"host:{number}") for number in range(3)]
    assert sorted(claim.messages[0].message.text for claim in taken) == ["Row 0", "Row 1", "Row 2"]


def test_a_row_whose_turn_failed_is_taken_again_and_is_never_lost(store: SqlStore, scene: Scene) -> None:
    is_imported(store, scene, 1)
    claim = scene.must_claim()
    with store.transaction() as tx:
        tx.hold_turn(claim)
        tx.schedule_turn(claim.contact.id, first_waiting_at=NOW, due_at=LATER)
        tx.finish_turn(claim, now=NOW)

    assert scene.claims(now=NOW) is None
    assert scene.must_claim(now=LATER).messages[0].attempts == 2
