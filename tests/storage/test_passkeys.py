"""Keys of the team in the store: each is somebody's, none is there twice, and a copy is noticed."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from bot.passkeys import Passkey
from bot.records import StaffMember
from storage.database import Database
from storage.passkeys import SqlPasskeys
from storage.sealing import Sealer
from storage.second_step import SqlFactors
from storage.store import SqlStore
from tests.storage.made_up import NOW

ME, OTHER = UUID(int=7), UUID(int=8)
KEY = Passkey(id=UUID(int=1), staff_id=ME, credential=b"key", public=b"public", count=3, name="The blue one", added_at=NOW)


def test_a_key_is_kept_used_renamed_and_goes_with_the_second_step(database: Database, sealer: Sealer, store: SqlStore) -> None:
    with store.transaction() as tx:
        for staff_id, name in ((ME, "jo"), (OTHER, "tom")):
            tx.add_staff(StaffMember(id=staff_id, name=name, username=name, role="reviewer", password_hash="x"), NOW)
    keys = SqlPasskeys(database)
    silent = replace(KEY, id=UUID(int=2), credential=b"silent", count=0)
    assert keys.add(KEY)
    assert keys.add(silent)
    assert not keys.add(replace(KEY, id=UUID(int=3), staff_id=OTHER)), "it is somebody's already"
    assert keys.of(ME) == (KEY, silent)
    assert [keys.use(KEY.id, count, NOW) for count in (4, 4, 3, 0, 9)] == [True, False, False, False, True]
    assert [keys.use(silent.id, count, NOW) for count in (0, 0)] == [True, True], "a key that does not count says 0 each time"
    assert not keys.rename(KEY.id, OTHER, "Mine")
    assert not keys.remove(KEY.id, OTHER)
    assert keys.rename(KEY.id, ME, "The red one")
    assert keys.of(ME)[0] == replace(KEY, name="The red one", count=9, used_at=NOW)
    SqlFactors(database, sealer).forget(ME)

    assert keys.of(ME) == ()
