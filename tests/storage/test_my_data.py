"""What the page of MY DATA is given, on both databases."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from bot.desk_work import DeskWork
from bot.errors import NotFound
from bot.passing_on import Kind
from bot.ports import Store
from storage.blobs import SealedBlobs
from storage.database import Database
from storage.desk_work import SqlDeskWork
from storage.mydata import SqlHoldings
from storage.sealing import Sealer
from storage.store import SqlStore
from tests.conftest import masked
from tests.staff.fakes import FakeClock
from tests.storage.made_up import ANNA, BORIS, DANGER, NOW
from tests.storage.scene import Scene
from tests.storage.test_passing import Office


@pytest.fixture
def holdings(database: Database, sealer: Sealer, tmp_path: Path) -> SqlHoldings:
    return SqlHoldings(database, sealer, SealedBlobs(str(tmp_path / "media"), sealer))


def test_all_of_one_person_and_nothing_of_another(holdings: SqlHoldings, store: Store, scene: Scene) -> None:
    scene.tells("Taxi", ("transport", 0.9), reference="RIVER 482")
    scene.accepts("Bus of Boris", sender=BORIS)
    contact_id = holdings.contact_of(ANNA)
    assert contact_id is not None
    with store.transaction() as tx:
        tx.add_task(contact_id=contact_id, experience_id=None, kind="call_back", due_on=NOW.date(), now=NOW)
        tx.add_task(contact_id=contact_id, experience_id=None, kind="threat", due_on=NOW.date(), now=NOW)

    held = holdings.held(contact_id)

    assert held is not None
    assert [sent.text for sent in held.sent] == ["Taxi"]
    assert [(told.reference, told.themes) for told in held.told] == [("RIVER 482", ("transport",))]
    assert [owed.kind for owed in held.owed] == ["call_back"]
    assert held.doors == (ANNA,)


def test_nobody_is_there_after_an_erasure(holdings: SqlHoldings, store: Store, scene: Scene) -> None:
    scene.tells("Taxi", reference="RIVER 482")
    contact_id = scene.contact()
    with store.transaction() as tx:
        tx.erase_contact(contact_id, NOW)

    assert holdings.contact_of(ANNA) is None
    assert holdings.held(contact_id) is None
    with pytest.raises(NotFound):
        holdings.content(contact_id, contact_id)


def test_what_staff_noted_is_there_without_their_names_and_nothing_once_there_was_an_alert(
    database: Database, sealer: Sealer, holdings: SqlHoldings, store: SqlStore, scene: Scene
) -> None:
    jo = scene.employs("Jo Pascoe")
    scene.tells("Taxi", reference="RIVER 482")
    scene.tells("Bus of Boris", reference="BROOK 377", sender=BORIS)
    desk = DeskWork(SqlDeskWork(database, sealer), store, FakeClock(NOW))
    for reference, note in (
        ("RIVER 482", "Jo rang. Pascoe waits"),
        ("RIVER 482", "A slip"),
        ("BROOK 377", "Of Boris"),
    ):
        view = store.experience(reference)
        assert view is not None
        done = desk.write(view.card, jo, note, once=uuid4())
        if note == "A slip":
            desk.undo(done.id, jo)

    held = holdings.held(scene.contact())
    assert held is not None
    assert [(noted.reference, noted.text) for noted in held.noted] == [("RIVER 482", "[…] rang. […] waits")]
    seq = scene.accepts("He held him down.", risk=DANGER)
    assert seq is not None
    scene.alerts(seq)
    held = holdings.held(scene.contact())
    assert held is not None
    assert held.noted == ()


def test_what_was_passed_on_is_there_as_it_went_and_what_never_left_is_not(
    database: Database, sealer: Sealer, store: SqlStore, scene: Scene, tmp_path: Path
) -> None:
    office = Office(store, scene, database, sealer)
    office.told()
    left = office.sends(Kind.REQUEST)
    office.deliver()
    office.use.write_answer(office.look(left), office.jo, "Jo, we ring 07700 900123")
    office.sends()
    holdings = SqlHoldings(database, sealer, SealedBlobs(str(tmp_path / "media"), sealer), mask=masked)

    held = holdings.held(scene.contact())
    assert held is not None
    (sent,) = held.sent_on
    assert (sent.to, sent.reference, sent.answer) == (
        "Yeovil school transport",
        "RIVER 482",
        f"[…], we ring {masked('07700 900123')}",
    )
    assert "Her teaching assistant is a star" in sent.text
    assert "service_answer" not in [owed.kind for owed in held.owed]
