"""Second steps in the store: sealed and digested, and nothing opens twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.council import Admission, CouncilDoor, CouncilWork
from bot.records import StaffMember
from bot.second_step import PENDING_FOR
from bot.wall import Role
from storage.database import Database
from storage.identities import SqlIdentities
from storage.sealing import Sealer
from storage.second_step import SqlFactors
from storage.store import SqlStore
from storage.tables import recovery_code, second_step
from tests.storage.made_up import NOW

ME, OTHER = UUID(int=7), UUID(int=8)
HERE = UUID(int=9)


@pytest.fixture
def factors(database: Database, sealer: Sealer, store: SqlStore) -> SqlFactors:
    with store.transaction() as tx:
        for number, name in enumerate(("jo", "tom"), start=7):
            tx.add_staff(StaffMember(id=UUID(int=number), name=name, username=name, role="reviewer", password_hash="x"), NOW)
    return SqlFactors(database, sealer)


def test_a_secret_counts_only_when_it_was_taken(factors: SqlFactors) -> None:
    factors.offer(ME, "FIRST", session_id=HERE, now=NOW)
    factors.offer(ME, "SECOND", session_id=HERE, now=NOW)
    offered = factors.factor(ME)
    assert offered is not None
    assert (offered.secret, offered.pending) == (None, "SECOND")
    assert factors.having() == frozenset()
    assert factors.take(ME, "SECOND", step=10, codes=["aaaa"], now=NOW)

    taken = factors.factor(ME)
    assert taken is not None
    assert (taken.secret, taken.pending, taken.since) == ("SECOND", None, NOW)
    assert factors.having() == {ME}


def test_taking_it_ends_every_session_that_was_begun_without(factors: SqlFactors, store: SqlStore) -> None:
    before = store.staff(ME)
    factors.offer(ME, "SECRET", session_id=HERE, now=NOW)
    assert store.staff(ME) == before
    factors.take(ME, "SECRET", step=10, codes=["aaaa"], now=NOW)

    after, other = store.staff(ME), store.staff(OTHER)
    assert before is not None
    assert after is not None
    assert other is not None
    assert (after.session_version, other.session_version) == (before.session_version + 1, 0)


def test_what_was_drawn_anew_meanwhile_is_not_taken_for_what_was_shown(factors: SqlFactors) -> None:
    factors.offer(ME, "MINE", session_id=HERE, now=NOW)
    factors.offer(ME, "THEIRS", session_id=OTHER, now=NOW)

    assert not factors.take(ME, "MINE", step=10, codes=["aaaa"], now=NOW)
    assert factors.having() == frozenset()


def test_a_pending_secret_says_in_which_session_it_was_drawn_and_runs_out(factors: SqlFactors) -> None:
    factors.offer(ME, "SECRET", session_id=HERE, now=NOW)
    factor = factors.factor(ME)

    assert factor is not None
    assert factor.pending_in(HERE, NOW) == "SECRET"
    assert factor.pending_in(OTHER, NOW) is None
    assert factor.pending_in(HERE, NOW + PENDING_FOR) is None


def test_a_new_phone_leaves_the_old_one_until_it_is_taken(factors: SqlFactors) -> None:
    factors.offer(ME, "OLD", session_id=HERE, now=NOW)
    factors.take(ME, "OLD", step=10, codes=["aaaa"], now=NOW)
    factors.offer(ME, "NEW", session_id=HERE, now=NOW)

    factor = factors.factor(ME)
    assert factor is not None
    assert (factor.secret, factor.pending) == ("OLD", "NEW")


def test_nothing_is_taken_that_is_not_pending(factors: SqlFactors) -> None:
    assert not factors.take(ME, "NEW", step=10, codes=[], now=NOW)


def test_a_moment_is_used_once_and_so_are_those_before_it(factors: SqlFactors) -> None:
    factors.offer(ME, "SECRET", session_id=HERE, now=NOW)
    factors.take(ME, "SECRET", step=10, codes=["aaaa"], now=NOW)

    assert [factors.use_step(ME, step) for step in (10, 12, 12, 11, 13)] == [False, True, False, False, True]


def test_a_code_is_used_once_and_is_nobody_elses(factors: SqlFactors) -> None:
    factors.offer(ME, "SECRET", session_id=HERE, now=NOW)
    factors.take(ME, "SECRET", step=10, codes=["aaaa", "bbbb"], now=NOW)

    assert not factors.use_code(OTHER, "aaaa", NOW)
    assert factors.use_code(ME, "aaaa", NOW)
    assert not factors.use_code(ME, "aaaa", NOW)
    assert factors.codes_left(ME) == 1


def test_of_two_who_use_a_code_at_one_moment_one_gets_in(factors: SqlFactors) -> None:
    factors.offer(ME, "SECRET", session_id=HERE, now=NOW)
    factors.take(ME, "SECRET", step=10, codes=["aaaa"], now=NOW)
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
        factors.offer(who, "SECRET", session_id=HERE, now=NOW)
        factors.take(who, "SECRET", step=10, codes=["aaaa"], now=NOW)

    assert factors.use_code(ME, "aaaa", NOW)
    assert factors.use_code(OTHER, "aaaa", NOW)


def test_neither_secret_nor_code_stands_in_the_store(factors: SqlFactors, database: Database) -> None:
    factors.offer(ME, "SECRETSECRET", session_id=HERE, now=NOW)
    factors.take(ME, "SECRETSECRET", step=10, codes=["paperpaper"], now=NOW)
    factors.offer(ME, "PENDINGPENDING", session_id=HERE, now=NOW)

    with database.reading() as connection:
        kept = str([connection.execute(select(table)).all() for table in (second_step, recovery_code)])
    assert not any(word in kept for word in ("SECRETSECRET", "PENDINGPENDING", "paperpaper"))


def test_what_is_forgotten_is_gone_whole(factors: SqlFactors) -> None:
    factors.offer(ME, "SECRET", session_id=HERE, now=NOW)
    factors.take(ME, "SECRET", step=10, codes=["aaaa"], now=NOW)
    factors.forget(ME)

    assert factors.factor(ME) is None
    assert factors.codes_left(ME) == 0
    assert not factors.use_code(ME, "aaaa", NOW)


def test_an_account_of_the_council_is_found_by_issuer_and_subject_together(
    factors: SqlFactors, database: Database, sealer: Sealer, store: SqlStore
) -> None:
    identities = SqlIdentities(database, sealer)
    with store.transaction() as tx:
        tx.keep_identity("https://one.example", "AAAA", ME)
        tx.keep_identity("https://two.example", "AAAA", OTHER)

    assert identities.member_of("https://one.example", "AAAA") == ME
    assert identities.member_of("https://two.example", "AAAA") == OTHER
    assert identities.member_of("https://one.example", "BBBB") is None


class Clock:
    def now(self) -> datetime:
        return NOW


class Cut(Exception):  # noqa: N818 - the machine stopped, which is nobody's error
    pass


class CutOff:
    """The store of a machine that stops at the first word about whose account it is, if it is told to."""

    def __init__(self, store: SqlStore) -> None:
        self.store, self.stops = store, True

    @contextmanager
    def transaction(self) -> Iterator[CouncilWork]:
        with self.store.transaction() as tx:
            yield tx
            if self.stops:
                raise Cut


def test_a_first_sign_in_that_is_cut_off_leaves_nothing_that_keeps_its_owner_out(
    database: Database, sealer: Sealer, store: SqlStore
) -> None:
    work = CutOff(store)
    admission = Admission(roles=(("Reader", Role.REVIEWER),))
    identities = SqlIdentities(database, sealer)
    door = CouncilDoor(identities=identities, store=store, work=work, clock=Clock(), admission=admission)
    claims = {"iss": "https://one.example", "sub": "AAAA", "roles": ["Reader"], "preferred_username": "una@council.example"}
    with pytest.raises(Cut):
        door.let_in(claims)
    assert store.staff_by_username("una@council.example") is None

    work.stops = False
    assert identities.member_of("https://one.example", "AAAA") is None
    assert door.let_in(claims).id == identities.member_of("https://one.example", "AAAA")
