"""Undoing what was noted with its line of the trail: everything is as it was, once, and only while it still stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.cards import ExperienceView
from bot.desk_work import Act, Deed, DeskWork, GoneOnError
from bot.errors import NotFound
from bot.records import StaffMember
from bot.review import Answer, Review, tags
from bot.tasks import Show
from bot.wall import is_with_safeguarding
from storage.database import Database
from storage.desk_work import SqlDeskWork
from storage.nobodys import NEVER
from storage.peace import peace_of
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import alert, experience
from storage.tasks import SqlTasks
from tests.staff.fakes import FakeClock
from tests.storage.made_up import BORIS, DANGER, NOW, WHATSAPP
from tests.storage.scene import Scene

TAXONOMY = frozenset({"transport", "school"})
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def work(database: Database, sealer: Sealer, store: SqlStore, clock: FakeClock) -> DeskWork:
    return DeskWork(SqlDeskWork(database, sealer), store, clock)


@pytest.fixture
def review(store: SqlStore, clock: FakeClock) -> Review:
    return Review(store, clock, "1", TAXONOMY)


def view(store: SqlStore, reference: str = "RIVER 482") -> ExperienceView:
    found = store.experience(reference)
    assert found is not None
    return found


def last(work: DeskWork, member: StaffMember) -> Deed:
    return work.last(member, with_safeguarding=True)[0]


def ticks(store: SqlStore, review: Review, member: StaffMember, *themes: str) -> None:
    its = view(store)
    answer = Answer(passage_id=its.card.passages[0].id, shown=TAXONOMY, ticked=frozenset(themes))
    review.correct(its, member, answers=[answer], seen=99)


def test_what_was_decided_and_read_with_one_press_is_undone_with_one(
    store: SqlStore, scene: Scene, work: DeskWork, review: Review, clock: FakeClock, database: Database
) -> None:
    jo, toni = scene.employs("Jo Pascoe"), scene.employs("Toni Reader")
    scene.tells("The taxi", ("transport", 0.9), reference="RIVER 482")
    ticks(store, review, toni, "transport")
    clock.move(MINUTE)
    scene.accepts("And late again")
    scene.takes_turn()
    ticks(store, review, jo, "school")
    done = last(work, jo)
    assert (done.act, done.reference, [each.act for each in work.last(jo, with_safeguarding=False)]) == (
        Act.DECIDE,
        "RIVER 482",
        [Act.DECIDE],
    )
    with pytest.raises(NotFound):
        work.undo(done.id, toni)
    work.undo(done.id, jo)
    again = view(store).card
    with pytest.raises(NotFound):
        work.undo(done.id, jo)

    assert [tag.theme for tag in tags(again.passages[0])] == ["transport"]
    with database.reading() as connection:
        row = connection.execute(select(experience)).one()
    assert (row.unread, row.read_at, row.read_by) == (True, NOW, toni.id), "as it was read before the new words"
    assert [row["action"] for row in store.export_rows("audit")][-1] == "undo_decide"


def test_a_theme_that_somebody_else_decided_since_stays_as_they_said(
    store: SqlStore, scene: Scene, work: DeskWork, review: Review, clock: FakeClock
) -> None:
    jo, toni = scene.employs("Jo Pascoe"), scene.employs("Toni Reader")
    scene.tells("The taxi", ("transport", 0.9), reference="RIVER 482")
    ticks(store, review, jo, "transport")
    clock.move(MINUTE)
    ticks(store, review, toni, "school")

    with pytest.raises(GoneOnError):
        work.undo(last(work, jo).id, jo)
    assert [tag.theme for tag in tags(view(store).card.passages[0])] == ["school"]


def test_what_was_marked_as_read_waits_again_unless_it_was_read_since(
    store: SqlStore, scene: Scene, work: DeskWork, review: Review, clock: FakeClock
) -> None:
    jo = scene.employs("Jo Pascoe")
    scene.tells("The taxi", reference="RIVER 482")
    review.mark_read(view(store), jo, seen=99)
    first = last(work, jo)
    work.undo(first.id, jo)
    assert view(store).card.read_at is None
    clock.move(MINUTE)
    review.mark_read(view(store), jo, seen=99)
    second = last(work, jo)
    its, toni = view(store).card.id, scene.employs("Toni Reader")
    with store.transaction() as tx:
        tx.mark_read(its, toni.id, clock.now())

    with pytest.raises(GoneOnError):
        work.undo(second.id, jo)
    assert view(store).card.read_by == "Toni Reader"


def owed(store: SqlStore, scene: Scene, kind: str, *, experience_id: UUID | None = None) -> None:
    contact_id = scene.contact()
    with store.transaction() as tx:
        tx.add_task(contact_id=contact_id, experience_id=experience_id, kind=kind, due_on=NOW.date(), now=NOW)


def still_owed(tasks: SqlTasks) -> list[tuple[UUID, UUID | None]]:
    """The tasks that stand in no experience, and whose each is."""
    found = tasks.tasks(Show.OPEN, staff_id=UUID(int=0), today=NOW.date(), done_since=NOW, with_safeguarding=True)
    return [(each.id, each.owner_id) for each in found if each.reference is None]


def test_what_was_taken_for_no_spam_is_set_aside_again(store: SqlStore, scene: Scene, work: DeskWork, review: Review) -> None:
    jo = scene.employs("Jo Pascoe")
    owed(store, scene, "spam", experience_id=scene.tells("The taxi", reference="RIVER 482"))
    review.release(view(store), jo)
    assert view(store).card.tasks[0].done_at is not None
    work.undo(last(work, jo).id, jo)

    assert view(store).card.tasks[0].done_at is None


def test_of_two_who_finish_or_release_at_once_the_second_leaves_no_line(store: SqlStore, scene: Scene, review: Review) -> None:
    jo, toni = scene.employs("Jo Pascoe"), scene.employs("Toni Reader")
    experience_id = scene.tells("The taxi", reference="RIVER 482")
    for kind in ("spam", "call_back"):
        owed(store, scene, kind, experience_id=experience_id)
    read = view(store)
    (call,) = [each.id for each in read.card.tasks if each.kind == "call_back"]
    for member in (jo, toni):
        review.finish_task(read, call, member)
        review.release(read, member)

    lines = [(row["who"], row["action"]) for row in store.export_rows("audit")]
    assert lines[-2:] == [(f"staff:{jo.id}", "finish_task"), (f"staff:{jo.id}", "release")]


def test_a_task_goes_back_to_whoever_had_it(
    store: SqlStore, scene: Scene, work: DeskWork, clock: FakeClock, database: Database, sealer: Sealer
) -> None:
    jo, toni = scene.employs("Jo Pascoe"), scene.employs("Toni Reader")
    scene.tells("The taxi", reference="RIVER 482")
    owed(store, scene, "my_data")
    tasks = SqlTasks(database, sealer)
    ((task_id, _),) = still_owed(tasks)
    for to in (toni, jo):
        clock.move(MINUTE)
        with store.transaction() as tx:
            tx.give_task(task_id, to.id)
            tx.audit(who=f"staff:{jo.id}", action="give_task", record=f"task:{task_id}", why=f"staff:{to.id}", now=clock.now())
    work.undo(last(work, jo).id, jo)

    assert still_owed(tasks) == [(task_id, toni.id)]


def test_nothing_goes_back_to_somebody_who_was_locked_out_meanwhile(
    store: SqlStore, scene: Scene, work: DeskWork, clock: FakeClock, database: Database, sealer: Sealer
) -> None:
    jo, toni = scene.employs("Jo Pascoe"), scene.employs("Toni Reader")
    scene.tells("The taxi", reference="RIVER 482")
    owed(store, scene, "my_data")
    tasks = SqlTasks(database, sealer)
    ((task_id, _),) = still_owed(tasks)
    for to in (toni, jo):
        clock.move(MINUTE)
        work.give(view(store).card, jo, to.id)
        with store.transaction() as tx:
            tx.give_task(task_id, to.id)
            tx.audit(who=f"staff:{jo.id}", action="give_task", record=f"task:{task_id}", why=f"staff:{to.id}", now=clock.now())
    with store.transaction() as tx:
        tx.update_staff(toni.id, disabled_at=clock.now(), end_sessions=True)
    for done in work.last(jo, with_safeguarding=True)[:2]:
        work.undo(done.id, jo)

    assert still_owed(tasks) == [(task_id, None)]
    assert view(store).card.owner_id is None


def test_nothing_is_given_to_somebody_who_was_locked_out_in_the_same_moment(
    store: SqlStore, scene: Scene, clock: FakeClock, database: Database, sealer: Sealer
) -> None:
    """The list of whom it may be given to was read before they were."""
    jo, toni = scene.employs("Jo Pascoe"), scene.employs("Toni Reader")
    scene.tells("The taxi", reference="RIVER 482")
    owed(store, scene, "my_data")
    tasks = SqlTasks(database, sealer)
    ((task_id, _),) = still_owed(tasks)
    its = view(store).card
    deed = Deed(id=UUID(int=5), act=Act.GIVE, experience_id=its.id, reference=None, before=None, after=str(toni.id), at=NOW)
    with store.transaction() as tx:
        tx.update_staff(toni.id, disabled_at=clock.now(), end_sessions=True)

    with pytest.raises(NotFound):
        SqlDeskWork(database, sealer).do(deed, jo)
    with pytest.raises(NotFound), store.transaction() as tx:
        tx.give_task(task_id, toni.id)
    assert (view(store).card.owner_id, still_owed(tasks)) == (None, [(task_id, None)])


def test_a_task_that_was_done_is_owed_again_and_behind_the_wall_with_its_person(
    store: SqlStore, scene: Scene, work: DeskWork, database: Database, sealer: Sealer
) -> None:
    jo = scene.employs("Jo Pascoe")
    scene.tells("The taxi", reference="RIVER 482")
    owed(store, scene, "my_data")
    tasks, desk = SqlTasks(database, sealer), SqlDeskWork(database, sealer)
    ((task_id, _),) = still_owed(tasks)
    with store.transaction() as tx:
        tx.close_task(task_id, jo.id, "Sent", NOW)
        tx.audit(who=f"staff:{jo.id}", action="finish_task", record=f"task:{task_id}", now=NOW)
    done = last(work, jo)
    seq = scene.accepts("He held him down.", risk=DANGER)
    assert seq is not None
    scene.alerts(seq)
    assert work.last(jo, with_safeguarding=False) == ()
    with pytest.raises(NotFound):
        desk.undo(done.id, jo, NOW, with_safeguarding=False)
    assert still_owed(tasks) == []
    assert desk.undo(done.id, jo, NOW, with_safeguarding=True)

    assert still_owed(tasks) == [(task_id, None)]


def test_an_alert_that_was_taken_by_mistake_is_called_out_again_but_not_once_it_is_closed(
    store: SqlStore, scene: Scene, work: DeskWork, clock: FakeClock, database: Database
) -> None:
    ruth = scene.employs("Ruth Lead", role="safeguarding")
    scene.tells("The taxi", reference="RIVER 482", sender=BORIS, channel=WHATSAPP)
    seq = scene.accepts("He held him down.", sender=BORIS, channel=WHATSAPP, risk=DANGER)
    assert seq is not None
    alert_id = scene.alerts(seq, sender=BORIS)

    def takes() -> Deed:
        clock.move(MINUTE)
        with store.transaction() as tx:
            tx.take_alert(alert_id, ruth.id, clock.now())
            tx.chased(alert_id, taken_at=clock.now(), next_at=clock.now() + timedelta(hours=4))
            tx.audit(who=f"staff:{ruth.id}", action="take_alert", record=f"alert:{alert_id}", now=clock.now())
        return last(work, ruth)

    first = takes()
    assert first.reference is None
    assert work.last(ruth, with_safeguarding=False) == ()
    work.undo(first.id, ruth)
    with database.reading() as connection:
        row = connection.execute(select(alert).where(alert.c.id == alert_id)).one()
    assert (row.taken_by, row.taken_at, row.next_at) == (None, None, clock.now())
    second = takes()
    with store.transaction() as tx:
        tx.close_alert(alert_id, ruth.id, "family: rung", clock.now())

    with pytest.raises(GoneOnError):
        work.undo(second.id, ruth)


def test_what_the_team_was_let_see_is_with_safeguarding_again(
    store: SqlStore, scene: Scene, work: DeskWork, review: Review, clock: FakeClock
) -> None:
    ruth = scene.employs("Ruth Lead", role="safeguarding")
    seq = scene.accepts("He held him down.", risk=DANGER)
    assert seq is not None
    alert_id = scene.alerts(seq)
    scene.takes_turn(reference="RIVER 482", risk=DANGER.level)
    with store.transaction() as tx:
        tx.close_alert(alert_id, ruth.id, "police: rung", clock.now())
    clock.move(MINUTE)
    review.clear_alerts(view(store), ruth, "The family asks for a call.")
    card = view(store).card
    assert not is_with_safeguarding(card)
    assert (card.alerts[0].cleared_by, card.alerts[0].cleared_why) == ("Ruth Lead", "The family asks for a call.")
    assert work.last(ruth, with_safeguarding=False) == ()

    work.undo(last(work, ruth).id, ruth)

    assert is_with_safeguarding(view(store).card)


def left_in_peace(database: Database, scene: Scene) -> bool:
    with database.reading() as connection:
        return peace_of(connection, scene.contact()).is_for(scene.contact())


def test_an_alert_closed_as_none_by_a_wrong_press_is_with_safeguarding_again_and_keeps_its_outcome(
    store: SqlStore, scene: Scene, work: DeskWork, review: Review, database: Database
) -> None:
    ruth = scene.employs("Ruth Lead", role="safeguarding")
    seq = scene.accepts("He held him down.", risk=DANGER)
    assert seq is not None
    alert_id = scene.alerts(seq)
    scene.takes_turn(reference="RIVER 482", risk=DANGER.level)
    assert review.close_alert(view(store), alert_id, ruth, "not_safeguarding: A game.")
    assert not is_with_safeguarding(view(store).card)
    assert not left_in_peace(database, scene)

    work.undo(last(work, ruth).id, ruth)

    assert left_in_peace(database, scene), "no machine writes to them of its own accord"
    card = view(store).card
    assert is_with_safeguarding(card)
    assert (card.alerts[0].outcome, card.alerts[0].cleared_at) == ("not_safeguarding: A game.", None)
    assert review.clear_alerts(view(store), ruth, "It was a game after all.")


def test_what_was_read_and_undone_twice_was_never_read(
    store: SqlStore, scene: Scene, work: DeskWork, review: Review, clock: FakeClock, database: Database
) -> None:
    jo = scene.employs("Jo Pascoe")
    scene.tells("The taxi", ("transport", 0.9), reference="RIVER 482")
    for _ in range(2):
        clock.move(MINUTE)
        review.mark_read(view(store), jo, seen=99)
        work.undo(last(work, jo).id, jo)
    clock.move(MINUTE)
    ticks(store, review, jo, "transport")
    work.undo(last(work, jo).id, jo)

    with database.reading() as connection:
        row = connection.execute(select(experience)).one()
    assert (row.unread, row.read_at, row.read_by) == (True, None, None)


def test_a_task_that_was_given_and_taken_back_twice_is_nobodys(
    store: SqlStore, scene: Scene, work: DeskWork, clock: FakeClock, database: Database, sealer: Sealer
) -> None:
    jo, toni = scene.employs("Jo Pascoe"), scene.employs("Toni Reader")
    scene.tells("The taxi", reference="RIVER 482")
    owed(store, scene, "my_data")
    tasks = SqlTasks(database, sealer)
    ((task_id, _),) = still_owed(tasks)
    for to in (toni, jo):
        clock.move(MINUTE)
        with store.transaction() as tx:
            tx.give_task(task_id, to.id)
            tx.audit(who=f"staff:{jo.id}", action="give_task", record=f"task:{task_id}", why=f"staff:{to.id}", now=clock.now())
        work.undo(last(work, jo).id, jo)

    assert still_owed(tasks) == [(task_id, None)]


@pytest.mark.parametrize("calls_nobody", [False, True])
def test_an_alert_is_left_on_the_29th_of_february_too(
    store: SqlStore, scene: Scene, work: DeskWork, clock: FakeClock, database: Database, *, calls_nobody: bool
) -> None:
    ruth = scene.employs("Ruth Lead", role="safeguarding")
    seq = scene.accepts("He held him down.", sender=BORIS, channel=WHATSAPP, risk=DANGER)
    assert seq is not None
    alert_id = scene.alerts(seq, sender=BORIS)
    clock.time = datetime(2028, 2, 29, 9, 0, tzinfo=UTC)
    with store.transaction() as tx:
        tx.take_alert(alert_id, ruth.id, clock.now())
        tx.chased(alert_id, taken_at=clock.now(), next_at=NEVER if calls_nobody else clock.now() + timedelta(hours=4))
        tx.audit(who=f"staff:{ruth.id}", action="take_alert", record=f"alert:{alert_id}", now=clock.now())
    work.undo(last(work, ruth).id, ruth)

    with database.reading() as connection:
        row = connection.execute(select(alert).where(alert.c.id == alert_id)).one()
    assert (row.taken_by, row.next_at) == (None, NEVER if calls_nobody else clock.now())
