"""Sessions and tries in the store: only digests are kept, and what is counted holds over processes."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from bot.door import FREE, IDLE, KEPT, QUIET, Door, KeptSession, Knock, Way
from bot.errors import NotFound
from bot.records import StaffMember
from storage.database import Database
from storage.door import SqlDoor
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import sign_in_try, staff_session
from tests.storage.made_up import NOW

MEMBER = StaffMember(id=UUID(int=7), name="Jo Pascoe", username="jo", role="reviewer", password_hash="x")
KNOCK = Knock(name="jo", place="203.0.113.9")


class Clock:
    time = NOW

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def records(database: Database, sealer: Sealer) -> SqlDoor:
    return SqlDoor(database, sealer)


@pytest.fixture
def door(records: SqlDoor, store: SqlStore, clock: Clock) -> Door:
    with store.transaction() as tx:
        tx.add_staff(MEMBER, NOW)
    return Door(records=records, store=store, clock=clock)


def test_a_session_is_found_by_its_token_and_comes_back_whole(door: Door, records: SqlDoor) -> None:
    session = KeptSession(
        id=uuid4(),
        staff_id=MEMBER.id,
        version=0,
        begun_at=NOW,
        seen_at=NOW,
        browser="Firefox on Windows",
        way=Way.COUNCIL,
        whole=False,
    )
    records.keep("a token", session)

    assert records.found("a token") == session
    assert records.found("another") is None


def test_the_token_stands_nowhere_in_the_store(door: Door, database: Database) -> None:
    token = door.begin(MEMBER, browser="Firefox")

    with database.reading() as connection:
        assert token not in str(connection.execute(select(staff_session)).all())


def test_a_session_that_was_ended_is_over(door: Door) -> None:
    token = door.begin(MEMBER, browser="")
    inside = door.inside(token)
    assert inside is not None
    door.end(MEMBER, inside.session.id)

    assert door.inside(token) is None
    assert door.living(MEMBER) == ()
    with pytest.raises(NotFound):
        door.end(MEMBER, inside.session.id)


@pytest.mark.parametrize("change", [{"role": "publisher"}, {"end_sessions": True}, {"disabled_at": NOW}])
def test_what_makes_a_member_another_ends_their_sessions(door: Door, store: SqlStore, change: dict[str, object]) -> None:
    token = door.begin(MEMBER, browser="")
    with store.transaction() as tx:
        tx.update_staff(MEMBER.id, **change)  # type: ignore[arg-type] # by name

    assert door.inside(token) is None


def test_being_seen_is_written_once_a_minute(door: Door, clock: Clock, records: SqlDoor) -> None:
    token = door.begin(MEMBER, browser="")
    clock.time = NOW + timedelta(seconds=59)
    door.inside(token)
    assert records.of(MEMBER.id)[0].seen_at == NOW
    clock.time = NOW + timedelta(seconds=60)
    door.inside(token)

    assert records.of(MEMBER.id)[0].seen_at == clock.time


def test_what_a_page_asks_by_its_clock_is_not_somebody_being_there(door: Door, clock: Clock) -> None:
    token = door.begin(MEMBER, browser="")
    for _ in range(13):
        clock.time += IDLE / 12
        here = door.inside(token, by_person=False)

    assert here is None


def test_half_a_session_is_over_after_ten_minutes(door: Door, clock: Clock) -> None:
    token = door.begin(MEMBER, browser="", whole=False)
    clock.time = NOW + timedelta(minutes=9)
    assert door.inside(token) is not None
    clock.time = NOW + timedelta(minutes=10)

    assert door.inside(token) is None


def test_what_is_counted_here_is_counted_there(
    door: Door, database: Database, sealer: Sealer, store: SqlStore, clock: Clock
) -> None:
    """Another process has its own objects over the same tables."""
    other = Door(records=SqlDoor(database, sealer), store=store, clock=clock)
    for number in range(FREE):
        assert (door if number % 2 else other).wait(KNOCK) is None

    assert door.wait(KNOCK) == other.wait(KNOCK) == timedelta(seconds=30)


def test_of_many_tries_at_one_moment_no_more_than_the_free_ones_are_looked_at(door: Door) -> None:
    start, looked_at = Barrier(12), []

    def tries() -> None:
        start.wait()
        looked_at.append(door.wait(KNOCK) is None)

    crowd = [Thread(target=tries) for _ in range(12)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()

    assert sum(looked_at) == FREE


def test_a_refused_try_makes_the_wait_no_longer(door: Door, clock: Clock) -> None:
    for _ in range(FREE):
        door.wait(KNOCK)
    clock.time = NOW + timedelta(seconds=29)
    door.wait(KNOCK)
    clock.time = NOW + timedelta(seconds=30)

    assert door.wait(KNOCK) is None


def test_the_right_answer_begins_the_account_anew_and_takes_one_from_the_place(door: Door, database: Database) -> None:
    door.wait(Knock(name="tom", place=KNOCK.place))
    door.wait(KNOCK)
    door.was_right(KNOCK)

    with database.reading() as connection:
        assert sorted(connection.execute(select(sign_in_try.c.tries)).scalars()) == [1, 1]


def test_after_a_quiet_time_the_count_begins_again(door: Door, clock: Clock) -> None:
    for _ in range(FREE):
        door.wait(KNOCK)
    clock.time = NOW + QUIET
    for _ in range(FREE):
        assert door.wait(KNOCK) is None


def test_no_name_and_no_place_stands_in_the_store(door: Door, database: Database) -> None:
    """People type passwords into the wrong box."""
    door.wait(Knock(name="my secret password", place="203.0.113.9"))

    with database.reading() as connection:
        kept = str(connection.execute(select(sign_in_try)).all())
    assert "secret" not in kept
    assert "203.0" not in kept


def test_what_is_over_long_ago_is_forgotten(door: Door, clock: Clock, database: Database) -> None:
    door.begin(MEMBER, browser="")
    door.wait(KNOCK)
    clock.time = NOW + KEPT + QUIET + timedelta(seconds=1)
    door.begin(MEMBER, browser="")

    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(staff_session)).scalar_one() == 1
        assert connection.execute(select(func.count()).select_from(sign_in_try)).scalar_one() == 0
