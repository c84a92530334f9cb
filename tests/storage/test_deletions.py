"""Wishes to be deleted as the store keeps them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.deletions import Deletions
from bot.errors import NotFound
from bot.model import ChannelName
from storage.database import Database
from storage.deletions import SqlDeletions
from storage.store import SqlStore
from tests.staff.fakes import FakeClock
from tests.storage.made_up import NOW
from tests.storage.scene import Scene


@pytest.fixture
def deletions(database: Database, store: SqlStore) -> Deletions:
    with store.transaction() as tx:
        for number, code in enumerate(("AB12-CD34", "EF56-GH78", "JK90-MN12")):
            asked_at = NOW + timedelta(minutes=number)
            tx.add_deletion_request(code=code, channel=ChannelName("messenger"), contact_id=None, now=asked_at)
    return Deletions(records=SqlDeletions(database), store=store, clock=FakeClock(NOW))


def test_what_is_still_to_be_done_stands_first(deletions: Deletions, scene: Scene, store: SqlStore) -> None:
    sam = scene.employs()
    for _ in range(2):
        deletions.finish("AB12-CD34", sam)

    assert [(wish.code, wish.done_by) for wish in deletions.all()] == [
        ("EF56-GH78", None),
        ("JK90-MN12", None),
        ("AB12-CD34", "Sam Reader"),
    ]
    assert [(row["action"], row["record"]) for row in store.export_rows("audit")] == [
        ("finish_deletion_request", "deletion:AB12-CD34")
    ]


def test_a_code_is_found_however_it_was_typed_and_nothing_else_is_looked_up(deletions: Deletions, scene: Scene) -> None:
    found = deletions.of("ab12-cd34")
    assert found is not None
    assert (found.code, found.is_known, found.done_at) == ("AB12-CD34", False, None)

    for odd in ("", "AB12", "x" * 300, "a\x00b-c", "' OR 1=1"):
        assert deletions.of(odd) is None
    with pytest.raises(NotFound):
        deletions.finish("ZZZZ-0000", scene.employs())
