"""The audit trail: it only grows, and any line changed, lost, moved or added by hand is found."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from bot.ports import Store
from storage.audit import verify_audit
from storage.database import Database
from storage.sealing import Sealer
from tests.conftest import KEYS
from tests.storage.made_up import NOW


def write(store: Store, lines: int) -> None:
    for number in range(lines):
        with store.transaction() as tx:
            tx.audit(who="staff:1", action="open_original", record=f"inbound:{number}", why="asked by the parent", now=NOW)


def past_the_guard(database: Database, *statements: str) -> None:
    """What somebody who owns the database could do: take the guard off, then meddle."""
    take_off = (
        ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete")
        if database.is_sqlite
        else ("SET LOCAL session_replication_role = replica",)
    )
    with database.writing() as connection:
        for statement in (*take_off, *statements):
            connection.execute(text(statement))


def test_a_trail_nobody_touched_is_whole(store: Store, database: Database, sealer: Sealer) -> None:
    assert verify_audit(database, sealer) is None
    write(store, 5)

    assert verify_audit(database, sealer) is None
    assert [row["number"] for row in store.export_rows("audit")] == [1, 2, 3, 4, 5]


def test_odd_characters_do_not_break_the_chain(store: Store, database: Database, sealer: Sealer) -> None:
    with store.transaction() as tx:
        tx.audit(who="staff:1", action="look", record="inbound:1", why="a\0b\ud800 é", now=NOW)

    assert verify_audit(database, sealer) is None
    assert [row["why"] for row in store.export_rows("audit")] == ["ab é"]


def test_what_was_rolled_back_is_not_in_the_trail(store: Store, database: Database, sealer: Sealer) -> None:
    def stumble() -> None:
        with store.transaction() as tx:
            tx.audit(who="staff:1", action="look", record="inbound:1", now=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stumble()
    write(store, 1)

    assert verify_audit(database, sealer) is None
    assert len(list(store.export_rows("audit"))) == 1


def test_lines_written_at_once_make_one_chain(store: Store, database: Database, sealer: Sealer) -> None:
    threads = [threading.Thread(target=write, args=(store, 5)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert verify_audit(database, sealer) is None
    assert len(list(store.export_rows("audit"))) == 20


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET who = 'nobody'", "DELETE FROM audit WHERE number = 2"], ids=["change", "drop"]
)
def test_the_database_itself_refuses_to_change_or_drop_a_line(store: Store, database: Database, statement: str) -> None:
    write(store, 3)

    def meddle() -> None:
        with database.writing() as connection:
            connection.execute(text(statement))

    with pytest.raises(DatabaseError, match="only grows"):
        meddle()
    assert len(list(store.export_rows("audit"))) == 3


@pytest.mark.parametrize(
    ("meddling", "at"),
    [
        (("UPDATE audit SET who = 'staff:2' WHERE number = 2",), 2),
        (("UPDATE audit SET why = '' WHERE number = 5",), 5),
        (("DELETE FROM audit WHERE number = 3",), 3),
        (("DELETE FROM audit WHERE number = 5",), 5),
        (("DELETE FROM audit",), 1),
        (("DELETE FROM audit WHERE number = 5", "UPDATE audit_head SET number = 4"), 5),
        (
            (
                "DELETE FROM audit WHERE number = 5",
                "UPDATE audit_head SET number = 4, mac = (SELECT mac FROM audit WHERE number = 4)",
            ),
            4,
        ),
        (
            (
                "UPDATE audit SET number = 9 WHERE number = 2",
                "UPDATE audit SET number = 2 WHERE number = 3",
                "UPDATE audit SET number = 3 WHERE number = 9",
            ),
            2,
        ),
        (
            ("INSERT INTO audit SELECT 6, at, who, action, record, why, mac FROM audit WHERE number = 5",),
            6,
        ),
        (("DELETE FROM audit_head",), 5),
    ],
    ids=[
        "changed",
        "last changed",
        "taken out",
        "cut off",
        "all gone",
        "cut off, head counted down",
        "cut off, head moved back",
        "swapped",
        "put in",
        "head gone",
    ],
)
def test_meddling_is_found_where_it_begins(
    store: Store, database: Database, sealer: Sealer, meddling: tuple[str, ...], at: int
) -> None:
    write(store, 5)
    past_the_guard(database, *meddling)

    fault = verify_audit(database, sealer)

    assert fault is not None
    assert fault.number == at


def test_another_store_s_key_does_not_verify(store: Store, database: Database) -> None:
    write(store, 1)
    assert verify_audit(database, Sealer(KEYS, b"x" * 32)) is not None
