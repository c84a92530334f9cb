"""Codes as the store keeps them: nobody who reads it can say one, and none opens anything twice."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.model import Address
from storage.database import Database
from storage.resuming import SqlResumeCodes
from storage.sealing import Sealer
from storage.tables import resume_code, resume_try
from tests.storage.made_up import NOW
from tests.storage.reading import everything_in

ANNA = Address("web", "anna-in-a-browser")
BEN = Address("web", "ben-in-a-browser")
CODE = "ACORN 482 TULIP 915"
LATER = NOW + timedelta(minutes=15)


@pytest.fixture
def codes(database: Database, sealer: Sealer) -> SqlResumeCodes:
    return SqlResumeCodes(database, sealer)


def test_a_kept_code_leads_to_its_address_once(codes: SqlResumeCodes) -> None:
    codes.keep(CODE, ANNA, until=LATER, now=NOW)

    assert codes.use(CODE, now=NOW) == ANNA
    assert codes.use(CODE, now=NOW) is None


def test_a_code_that_has_run_out_leads_nowhere_and_is_gone(codes: SqlResumeCodes, database: Database) -> None:
    codes.keep(CODE, ANNA, until=LATER, now=NOW)

    assert codes.use(CODE, now=LATER) is None
    with database.reading() as connection:
        assert connection.execute(select(resume_code)).all() == []


def test_a_new_code_ends_the_one_before_and_nobody_elses(codes: SqlResumeCodes) -> None:
    codes.keep(CODE, ANNA, until=LATER, now=NOW)
    codes.keep("PIANO 200 PIANO 200", BEN, until=LATER, now=NOW)
    codes.keep("RADIO 300 RADIO 300", ANNA, until=LATER, now=NOW)

    assert codes.use(CODE, now=NOW) is None
    assert codes.use("PIANO 200 PIANO 200", now=NOW) == BEN


def test_neither_code_nor_address_stands_in_the_tables(codes: SqlResumeCodes, database: Database) -> None:
    codes.keep(CODE, ANNA, until=LATER, now=NOW)
    codes.count_try("192.0.2.77", now=NOW, since=NOW)

    said = everything_in(database)
    for secret in (*CODE.split()[::2], ANNA.path, "192.0.2.77"):
        assert secret not in said


def test_tries_are_counted_by_place_and_old_ones_are_forgotten(codes: SqlResumeCodes, database: Database) -> None:
    counts = [codes.count_try("here", now=NOW + timedelta(seconds=n), since=NOW) for n in range(3)]
    codes.count_try("there", now=LATER, since=NOW + timedelta(seconds=2))

    assert counts == [1, 2, 3]
    with database.reading() as connection:
        assert len(connection.execute(select(resume_try)).all()) == 2


def test_of_many_who_use_a_code_at_once_one_gets_in(codes: SqlResumeCodes) -> None:
    codes.keep(CODE, ANNA, until=LATER, now=NOW)
    found: list[Address | None] = []
    threads = [threading.Thread(target=lambda: found.append(codes.use(CODE, now=NOW))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found, key=str) == sorted([ANNA, None, None, None, None], key=str)
