"""What the team does beside reading, on the real databases: kept, undone, seen by others, and gone with the family's words."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from bot.cards import ExperienceCard
from bot.desk_work import DeskWork, GoneOnError, PromisedBeforeError, TooFarError
from bot.errors import NotFound
from bot.heard import RiskLevel
from bot.inbox import InboxFilter
from bot.records import NO_PASSWORD, StaffMember
from bot.saved_views import MOST, SavedViews, TooManyViewsError
from storage.database import Database
from storage.desk_work import SqlDeskWork
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.views import SqlViews
from tests.staff.fakes import FakeClock
from tests.storage.made_up import ANNA, BORIS, NOW
from tests.storage.scene import Scene

TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def work(database: Database, sealer: Sealer, store: SqlStore, clock: FakeClock) -> DeskWork:
    return DeskWork(SqlDeskWork(database, sealer), store, clock)


def card(store: SqlStore, reference: str = "RIVER 482") -> ExperienceCard:
    view = store.experience(reference)
    assert view is not None
    return view.card


def listed(store: SqlStore, today: date = TODAY, **more: object) -> list[str]:
    return [each.reference for each in store.inbox(InboxFilter(today=today, **more)).cards]  # type: ignore[arg-type] # the right ones


def test_what_is_given_to_somebody_is_theirs_until_it_is_undone(store: SqlStore, scene: Scene, work: DeskWork) -> None:
    jo, toni = scene.employs("Jo Pascoe"), scene.employs("Toni Reader")
    scene.tells("The taxi", reference="RIVER 482")
    done = work.give(card(store), jo, toni.id)
    assert done is not None
    assert card(store).owner == "Toni Reader"
    assert work.give(card(store), jo, toni.id) is None
    with pytest.raises(NotFound):
        work.undo(done.id, toni)
    work.undo(done.id, jo)

    assert card(store).owner_id is None
    assert [each.undone for each in work.last(jo, with_safeguarding=False)] == [True]
    assert [row["action"] for row in store.export_rows("audit")][-2:] == ["desk_give", "undo_give"]


@pytest.mark.parametrize("role", ["admin", "partner", "viewer", "invited"])
def test_nothing_is_given_to_who_does_not_work_with_it(store: SqlStore, scene: Scene, work: DeskWork, role: str) -> None:
    jo = scene.employs("Jo Pascoe")
    scene.tells("The taxi", reference="RIVER 482")
    given, known = ("reviewer", NO_PASSWORD) if role == "invited" else (role, "$argon2 x")
    other = StaffMember(id=uuid4(), name="Toni", username="toni", role=given, password_hash=known)
    with store.transaction() as tx:
        tx.add_staff(other, NOW)
    with pytest.raises(NotFound):
        work.give(card(store), jo, other.id)

    assert card(store).owner_id is None


def test_what_others_changed_since_is_not_undone(store: SqlStore, scene: Scene, work: DeskWork) -> None:
    jo, toni = scene.employs("Jo Pascoe"), scene.employs("Toni Reader")
    scene.tells("The taxi", reference="RIVER 482")
    done = work.give(card(store), jo, jo.id)
    work.give(card(store), toni, toni.id)
    assert done is not None

    with pytest.raises(GoneOnError):
        work.undo(done.id, jo)
    assert card(store).owner_id == toni.id


def test_what_is_snoozed_leaves_the_inbox_and_comes_back_by_itself(store: SqlStore, scene: Scene, work: DeskWork) -> None:
    jo = scene.employs("Jo Pascoe")
    scene.tells("The taxi", reference="RIVER 482", promised_on=TODAY + 3 * DAY)
    work.snooze(card(store), jo, TODAY + 2 * DAY)

    assert listed(store) == listed(store, TODAY + DAY) == []
    assert listed(store, asleep=True, open_only=False) == ["RIVER 482"]
    page = store.inbox(InboxFilter(today=TODAY))
    assert (page.open_count, page.asleep) == (0, 1)
    assert listed(store, TODAY + 2 * DAY) == ["RIVER 482"]


def test_new_words_and_any_worry_wake_it(store: SqlStore, scene: Scene, work: DeskWork) -> None:
    jo = scene.employs("Jo Pascoe")
    for sender, reference in ((ANNA, "RIVER 482"), (BORIS, "BROOK 377")):
        scene.tells("The taxi", reference=reference, sender=sender, promised_on=TODAY + 3 * DAY)
        work.snooze(card(store, reference), jo, TODAY + 2 * DAY)
    scene.accepts("And late again")
    scene.takes_turn()
    with store.transaction() as tx:
        tx.describe_experience(card(store, "BROOK 377").id, risk=RiskLevel.CONCERN)

    assert sorted(listed(store)) == ["BROOK 377", "RIVER 482"]


def test_nothing_sleeps_past_the_day_it_was_promised_for(store: SqlStore, scene: Scene, work: DeskWork) -> None:
    jo = scene.employs("Jo Pascoe")
    told = scene.tells("The taxi", reference="RIVER 482", promised_on=TODAY + 3 * DAY)
    for until, error in ((TODAY + 4 * DAY, PromisedBeforeError), (TODAY, TooFarError), (TODAY + 400 * DAY, TooFarError)):
        with pytest.raises(error):
            work.snooze(card(store), jo, until)
    with store.transaction() as tx:
        tx.mark_read(told, jo.id, NOW)

    assert work.snooze(card(store), jo, TODAY + 30 * DAY) is not None


def test_a_note_is_for_the_team_sealed_and_goes_with_the_words(
    store: SqlStore, scene: Scene, work: DeskWork, database: Database, clock: FakeClock
) -> None:
    jo = scene.employs("Jo Pascoe")
    scene.tells("The taxi", reference="RIVER 482")
    done = work.write(card(store), jo, "Ask about the zeppelin", once=uuid4())
    clock.move(timedelta(minutes=1))
    work.write(card(store), jo, "And the bus", once=uuid4())
    assert [(note.text, note.by) for note in work.notes(card(store))] == [
        ("Ask about the zeppelin", "Jo Pascoe"),
        ("And the bus", "Jo Pascoe"),
    ]
    work.undo(done.id, jo)
    assert [note.text for note in work.notes(card(store))] == ["And the bus"]
    assert not [row for row in store.export_rows("audit") if "zeppelin" in str(row)]
    if database.is_sqlite:
        assert b"zeppelin" not in Path(str(database.engine.url.database)).read_bytes()
    contact_id, its = scene.contact(), card(store)
    with store.transaction() as tx:
        tx.erase_contact(contact_id, NOW)
    assert work.notes(its) == ()


def test_others_see_who_has_it_open_for_two_minutes(store: SqlStore, scene: Scene, work: DeskWork, clock: FakeClock) -> None:
    jo, toni = scene.employs("Jo Pascoe"), scene.employs("Toni Reader")
    scene.tells("The taxi", reference="RIVER 482")
    its = card(store)

    assert work.open(its, jo) == ()
    assert work.open(its, toni) == ("Jo Pascoe",)
    assert work.open(its, jo) == ("Toni Reader",)
    assert work.others([its], jo) == {its.id: ("Toni Reader",)}
    clock.move(timedelta(minutes=3))
    assert work.others([its], jo) == {}


def test_the_last_ten_do_not_name_what_is_with_safeguarding_now(store: SqlStore, scene: Scene, work: DeskWork) -> None:
    jo = scene.employs("Jo Pascoe")
    told = scene.tells("The taxi", reference="RIVER 482")
    for number in range(12):
        work.set_due(card(store), jo, TODAY + number * DAY)
    assert len(work.last(jo, with_safeguarding=False)) == 10
    with store.transaction() as tx:
        tx.describe_experience(told, risk=RiskLevel.CONCERN)

    assert work.last(jo, with_safeguarding=False) == ()
    assert len(work.last(jo, with_safeguarding=True)) == 10


def test_the_same_note_by_the_same_page_is_kept_once_and_other_words_are_another(
    store: SqlStore, scene: Scene, work: DeskWork
) -> None:
    jo, once = scene.employs("Jo Pascoe"), uuid4()
    scene.tells("The taxi", reference="RIVER 482")
    first = work.write(card(store), jo, "Ask the school", once=once)
    second = work.write(card(store), jo, "Ask the school", once=once)
    work.write(card(store), jo, "And the driver", once=once)

    assert second.id == first.id
    assert sorted(note.text for note in work.notes(card(store))) == ["And the driver", "Ask the school"]
    assert len(work.last(jo, with_safeguarding=False)) == 2
    assert [row["action"] for row in store.export_rows("audit")].count("desk_note") == 2


def test_a_note_that_was_undone_stands_again_where_its_page_is_pressed_again(
    store: SqlStore, scene: Scene, work: DeskWork
) -> None:
    jo, once = scene.employs("Jo Pascoe"), uuid4()
    scene.tells("The taxi", reference="RIVER 482")
    for _ in range(2):
        done = work.write(card(store), jo, "Ask the school", once=once)
        assert [note.text for note in work.notes(card(store))] == ["Ask the school"]
        work.undo(done.id, jo)

    assert work.notes(card(store)) == ()


def test_two_members_with_the_page_of_one_write_a_note_each(store: SqlStore, scene: Scene, work: DeskWork) -> None:
    jo, toni, once = scene.employs("Jo Pascoe"), scene.employs("Toni Reader"), uuid4()
    scene.tells("The taxi", reference="RIVER 482")
    for member in (jo, toni):
        work.write(card(store), member, "Ask the school", once=once)

    assert sorted(note.by for note in work.notes(card(store))) == ["Jo Pascoe", "Toni Reader"]


def test_a_view_that_is_saved_twice_by_one_page_is_one_also_where_it_was_the_last(
    store: SqlStore, database: Database, scene: Scene, clock: FakeClock
) -> None:
    jo, once = scene.employs("Jo Pascoe"), uuid4()
    views = SavedViews(SqlViews(database), store, clock)
    for number in range(MOST - 1):
        views.save(jo, f"View {number}", {"show": ["open"]}, shared=False, once=once)
    first = views.save(jo, "Buses", {"theme": ["transport"]}, shared=True, once=once)

    assert views.save(jo, "Buses", {"theme": ["transport"]}, shared=True, once=once) == first
    assert len(views.seen_by(jo)) == MOST
    assert [row["action"] for row in store.export_rows("audit")].count("save_view") == MOST
    with pytest.raises(TooManyViewsError):
        views.save(jo, "Buses", {"theme": ["transport"]}, shared=True, once=uuid4())
