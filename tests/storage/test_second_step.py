"""Second steps in the store: sealed and digested, and nothing opens twice."""

from __future__ import annotations

from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.records import StaffMember
from storage.database import Database
from storage.identities import SqlIdentities
from storage.sealing import Sealer
from storage.second_step import SqlFactors
from storage.store import SqlStore
from storage.tables import recovery_code, second_step
from tests.storage.made_up import NOW

ME, OTHER = UUID(int=7), UUID(int=8)


@pytest.fixture
def factors(database: Database, sealer: Sealer, store: SqlStore) -> SqlFactors:
    with store.transaction() as tx:
        for number, name in enumerate(("jo", "tom"), start=7):
            tx.add_staff(StaffMember(id=UUID(int=number), name=name, username=name, role="reviewer", password_hash="x"), NOW)
    return SqlFactors(database, sealer)


def test_a_secret_counts_only_when_it_was_taken(factors: SqlFactors) -> None:
    factors.offer(ME, "FIRST")
    factors.offer(ME, "SECOND")
    offered = factors.factor(ME)
    assert offered is not None
    assert (offered.secret, offered.pending) == (None, "SECOND")
    assert factors.having() == frozenset()
    assert factors.take(ME, step=10, codes=["aaaa"], now=NOW)

    taken = factors.factor(ME)
    assert taken is not None
    assert (taken.secret, taken.pending, taken.since) == ("SECOND", None, NOW)
    assert factors.having() == {ME}


def test_a_new_phone_leaves_the_old_one_until_it_is_taken(factors: SqlFactors) -> None:
    factors.offer(ME, "OLD")
    factors.take(ME, step=10, codes=["aaaa"], now=NOW)
    factors.offer(ME, "NEW")

    factor = factors.factor(ME)
    assert factor is not None
    assert (factor.secret, factor.pending) == ("OLD", "NEW")


def test_nothing_is_taken_that_is_not_pending(factors: SqlFactors) -> None:
    assert not factors.take(ME, step=10, codes=[], now=NOW)


def test_a_moment_is_used_once_and_so_are_those_before_it(factors: SqlFactors) -> None:
    factors.offer(ME, "SECRET")
    factors.take(ME, step=10, codes=["aaaa"], now=NOW)

    assert [factors.use_step(ME, step) for step in (10, 12, 12, 11, 13)] == [False, True, False, False, True]


def test_a_code_is_used_once_and_is_nobody_elses(factors: SqlFactors) -> None:
    factors.offer(ME, "SECRET")
    factors.take(ME, step=10, codes=["aaaa", "bbbb"], now=NOW)

    assert not factors.use_code(OTHER, "aaaa", NOW)
    assert factors.use_code(ME, "aaaa", NOW)
    assert not factors.use_code(ME, "aaaa", NOW)
    assert factors.codes_left(ME) == 1


def test_of_two_who_use_a_code_at_one_moment_one_gets_in(factors: SqlFactors) -> None:
    factors.offer(ME, "SECRET")
    factors.take(ME, step=10, codes=["aaaa"], now=NOW)
    start, inside = Barrier(4), []

    def use() -> None:
        start.wait()
        inside.append(factors.use_code(ME, "aaaa", NOW))

    crowd = [Thread(target=use) for _ in range(4)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()

    assert sum(inside) == 1


def test_the_same_code_may_be_two_peoples(factors: SqlFactors) -> None:
    for who in (ME, OTHER):
        factors.offer(who, "SECRET")
        factors.take(who, step=10, codes=["aaaa"], now=NOW)

    assert factors.use_code(ME, "aaaa", NOW)
    assert factors.use_code(OTHER, "aaaa", NOW)


def test_neither_secret_nor_code_stands_in_the_store(factors: SqlFactors, database: Database) -> None:
    factors.offer(ME, "SECRETSECRET")
    factors.take(ME, step=10, codes=["paperpaper"], now=NOW)
    factors.offer(ME, "PENDINGPENDING")

    with database.reading() as connection:
        kept = str([connection.execute(select(table)).all() for table in (second_step, recovery_code)])
    assert not any(word in kept for word in ("SECRETSECRET", "PENDINGPENDING", "paperpaper"))


def test_what_is_forgotten_is_gone_whole(factors: SqlFactors) -> None:
    factors.offer(ME, "SECRET")
    factors.take(ME, step=10, codes=["aaaa"], now=NOW)
    factors.forget(ME)

    assert factors.factor(ME) is None
    assert factors.codes_left(ME) == 0
    assert not factors.use_code(ME, "aaaa", NOW)


def test_an_account_of_the_council_is_found_by_issuer_and_subject_together(
    factors: SqlFactors, database: Database, sealer: Sealer
) -> None:
    identities = SqlIdentities(database, sealer)
    identities.keep("https://one.example", "AAAA", ME)
    identities.keep("https://two.example", "AAAA", OTHER)

    assert identities.member_of("https://one.example", "AAAA") == ME
    assert identities.member_of("https://two.example", "AAAA") == OTHER
    assert identities.member_of("https://one.example", "BBBB") is None
