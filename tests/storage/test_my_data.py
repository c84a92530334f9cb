"""What the page of MY DATA is given, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import NotFound
from bot.ports import Store
from storage.blobs import SealedBlobs
from storage.database import Database
from storage.mydata import SqlHoldings
from storage.sealing import Sealer
from tests.storage.made_up import ANNA, BORIS, NOW
from tests.storage.scene import Scene


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
