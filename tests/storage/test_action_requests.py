"""Requests to publishers as the store keeps them: one of a kind at a time, answered once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from time import monotonic
from uuid import UUID, uuid4

from sqlalchemy import insert, update

from bot.action_requests import NewRequest, Wish
from bot.actions import Draft, State, Words
from storage.action_requests import SqlActionRequests
from storage.actions import SqlActions
from storage.database import Database
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import action, action_request
from tests.storage.made_up import NOW
from tests.storage.scene import Scene


def asked(action_id: UUID, by: UUID) -> NewRequest:
    return NewRequest(id=uuid4(), action_id=action_id, wish=Wish.PUBLISH, word="Please.", by=by, at=NOW)


def test_a_request_stands_once_and_is_answered_once(scene: Scene, store: SqlStore, database: Database, sealer: Sealer) -> None:
    priya, tom = scene.employs("Priya", role="reviewer").id, scene.employs("Tom", role="publisher").id
    action_id = uuid4()
    SqlActions(database, sealer).add(action_id, Draft(words=Words(title="A club"), state=State.PLANNED), priya, NOW)
    records = SqlActionRequests(database, sealer)

    assert records.ask(asked(action_id, priya))
    assert not records.ask(asked(action_id, priya))
    (one,) = records.open()
    assert (one.title, one.by, one.word, one.yes) == ("A club", "Priya", "Please.", None)
    later = NOW + timedelta(hours=1)
    assert records.answer(one.id, tom, later, yes=False, word="Not yet.")
    assert not records.answer(one.id, tom, later, yes=True, word="")

    assert records.open() == ()
    (answered,) = records.answered(priya, NOW)
    assert (answered.answered_by, answered.yes, answered.answer) == ("Tom", False, "Not yet.")
    assert records.ask(asked(action_id, priya))
    trail = [row["action"] for row in store.export_rows("audit")]
    assert trail[-3:] == ["ask_to_publish", "refuse_request", "ask_to_publish"]


def somebody_waits(database: Database) -> bool:
    with database.reading() as connection:
        here = "datname = current_database() AND wait_event_type = 'Lock'"
        return bool(connection.exec_driver_sql(f"SELECT count(*) FROM pg_stat_activity WHERE {here}").scalar_one())


def test_of_two_who_ask_at_once_one_comes_second(scene: Scene, database: Database, sealer: Sealer) -> None:
    priya, action_id = scene.employs("Priya", role="reviewer").id, uuid4()
    SqlActions(database, sealer).add(action_id, Draft(words=Words(title="A club"), state=State.PLANNED), priya, NOW)
    records = SqlActionRequests(database, sealer)
    with ThreadPoolExecutor(1) as other:
        with database.writing() as connection:
            connection.execute(update(action).where(action.c.id == action_id).values(changed_at=action.c.changed_at))
            first = {"id": uuid4(), "action_id": action_id, "wish": "publish", "word": "", "asked_by": priya, "asked_at": NOW}
            connection.execute(insert(action_request), first | {"answer": ""})
            second = other.submit(records.ask, asked(action_id, priya))
            deadline = monotonic() + 60
            while not (database.is_sqlite or second.done() or somebody_waits(database)):
                assert monotonic() < deadline
                wait([second], timeout=0.02)

        assert not second.result(timeout=60)
    assert len(records.open()) == 1


def test_a_request_is_taken_back_by_whoever_asked_and_only_until_it_is_answered(
    scene: Scene, store: SqlStore, database: Database, sealer: Sealer
) -> None:
    priya, tom = scene.employs("Priya", role="reviewer").id, scene.employs("Tom", role="publisher").id
    action_id = uuid4()
    SqlActions(database, sealer).add(action_id, Draft(words=Words(title="A club"), state=State.PLANNED), priya, NOW)
    records, first, second = SqlActionRequests(database, sealer), asked(action_id, priya), asked(action_id, priya)

    assert records.ask(first)
    assert not records.withdraw(first.id, tom, NOW)
    assert records.withdraw(first.id, priya, NOW)
    assert not records.withdraw(first.id, priya, NOW)
    assert not records.answer(first.id, tom, NOW, yes=True, word="")
    assert records.open() == records.of_action(action_id) == ()
    assert records.ask(second)
    assert records.answer(second.id, tom, NOW, yes=False, word="Not yet.")
    assert not records.withdraw(second.id, priya, NOW)
    assert [each.id for each in records.answered(priya, NOW)] == [second.id]
    trail = [row["action"] for row in store.export_rows("audit")]
    assert trail[-4:] == ["ask_to_publish", "withdraw_request", "ask_to_publish", "refuse_request"]
