"""Who has looked, and the words as they came, on the real databases."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from bot.alert_desk import AlertDesk
from bot.cards import ExperienceView
from bot.errors import NotFound, StoreUnavailable
from bot.inbox import InboxFilter
from bot.jobs import Job, JobKind, JobState
from bot.originals import Originals
from bot.records import StaffMember
from bot.trail import Trail
from bot.wall import NotYours
from storage.alert_sheets import SqlAlertRecords
from storage.audit import verify_audit
from storage.database import Database
from storage.exports import SqlExports
from storage.jobs import SqlJobs
from storage.originals import SqlOriginals
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.trail import SqlTrail
from tests.staff.fakes import FakeClock
from tests.storage.made_up import ANNA, BORIS, DANGER, NOW
from tests.storage.scene import Scene

RAW = "The taxi was late, ring 07700 900123"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def trail(database: Database, sealer: Sealer, store: SqlStore, clock: FakeClock) -> Trail:
    return Trail(SqlTrail(database, sealer), store, clock)


@pytest.fixture
def originals(database: Database, sealer: Sealer, store: SqlStore, clock: FakeClock) -> Originals:
    return Originals(SqlOriginals(database, sealer), store, clock)


def view(store: SqlStore, reference: str = "RIVER 482") -> ExperienceView:
    found = store.experience(reference)
    assert found is not None
    return found


def acts(trail: Trail, member: StaffMember, reference: str = "RIVER 482") -> list[tuple[str, str]]:
    return [(line.who, line.action) for line in trail.of(reference, member).lines]


def danger(scene: Scene, store: SqlStore) -> None:
    seq = scene.accepts("He held him down", sender=BORIS, risk=DANGER)
    assert seq is not None
    scene.alerts(seq, sender=BORIS)
    scene.takes_turn(reference="BROOK 377", risk=DANGER.level)


def test_a_reading_is_one_line_for_each_person_and_sitting(
    store: SqlStore, scene: Scene, trail: Trail, database: Database, sealer: Sealer
) -> None:
    jo, pia = scene.employs("Jo Pascoe"), scene.employs("Pia Publisher", role="publisher")
    its, monday, tuesday = scene.tells(RAW, reference="RIVER 482"), uuid4(), uuid4()
    for member, sitting in ((jo, monday), (jo, monday), (pia, monday), (jo, tuesday), (jo, tuesday)):
        trail.note_reading(its, member, sitting)

    read = "read_experience"
    assert acts(trail, pia) == [("Jo Pascoe", read), ("Pia Publisher", read), ("Jo Pascoe", read)]
    assert verify_audit(database, sealer) is None


def test_a_store_too_busy_for_the_line_keeps_nobody_from_reading(
    store: SqlStore, scene: Scene, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    class Busy(SqlTrail):
        def __init__(self) -> None:
            pass

        def note(self, *_: object) -> None:
            raise StoreUnavailable

    jo = scene.employs("Jo Pascoe")
    Trail(Busy(), store, clock).note_reading(uuid4(), jo, uuid4())

    assert "could not be kept" in caplog.text


def test_only_who_handles_alerts_sees_that_a_passage_of_one_was_released(
    store: SqlStore, scene: Scene, database: Database, sealer: Sealer, clock: FakeClock
) -> None:
    danger(scene, store)
    lead, told = scene.employs("Ruth Lead", role="safeguarding"), view(store, "BROOK 377")
    desk = AlertDesk(records=SqlAlertRecords(database, sealer), work=store, store=store, clock=clock)
    assert desk.release(told, lead, [told.card.passages[0].id]) == 1
    with store.transaction() as tx:  # as it was written once
        tx.audit(who=f"staff:{lead.id}", action="release_passage", record=f"passage:{told.card.passages[0].id}", now=NOW)

    def seen(*, alerts: bool) -> list[str]:
        return [line.action for line in SqlTrail(database, sealer).lines(told.card.id, alerts=alerts, limit=100)]

    assert "release_passage" not in seen(alerts=False)
    assert seen(alerts=True).count("release_passage") == 2


def test_what_was_done_with_all_that_hangs_on_it_is_in_its_trail_and_nobody_elses(
    store: SqlStore, scene: Scene, trail: Trail
) -> None:
    jo, ada = scene.employs("Jo Pascoe"), scene.employs("Ada Admin", role="admin")
    its = scene.tells(RAW, reference="RIVER 482")
    scene.tells("Another", reference="HERON 100", sender=BORIS)
    passage, contact = scene.passage_of("RIVER 482"), scene.contact()
    with store.transaction() as tx:
        for action, record, why in (
            ("decide", f"experience:{its}", ""),
            ("split_passage", f"passage:{passage}", ""),
            ("reveal_address", f"experience:{its}", "to ring them"),
            ("give_task", f"experience:{its}", "nobody"),
            ("show_my_data", f"contact:{contact}", ""),
        ):
            who = "person" if action == "show_my_data" else f"staff:{jo.id}"
            tx.audit(who=who, action=action, record=record, why=why, now=NOW)

    seen = trail.of("RIVER 482", jo).lines
    assert [(line.action, line.why) for line in seen] == [
        ("show_my_data", ""),
        ("give_task", ""),
        ("reveal_address", "to ring them"),
        ("split_passage", ""),
        ("decide", ""),
    ]
    assert [(line.who, line.of_team) for line in seen[:2]] == [("person", False), ("Jo Pascoe", True)]
    assert {line.why for line in trail.of("RIVER 482", ada).lines} == {""}
    assert acts(trail, jo, "HERON 100") == []


def test_exports_since_it_began_could_have_held_it(store: SqlStore, scene: Scene, trail: Trail) -> None:
    jo = scene.employs("Jo Pascoe")
    for days, what in ((-1, "messages"), (1, "experiences"), (2, "audit")):
        with store.transaction() as tx:
            tx.audit(who="operator:sam", action="export", record=what, now=NOW + timedelta(days=days))
    scene.tells(RAW, reference="RIVER 482")

    assert [(each.who, each.what) for each in trail.of("RIVER 482", jo).exports] == [("operator:sam", "experiences")]


def test_a_file_of_the_inbox_is_told_of_by_what_it_holds(
    database: Database, sealer: Sealer, store: SqlStore, scene: Scene, trail: Trail
) -> None:
    pia = scene.employs("Pia Publisher", role="publisher")
    for reference, sender in (("RIVER 482", ANNA), ("BROOK 377", BORIS)):
        scene.tells(RAW, reference=reference, sender=sender)
    jobs, exports = SqlJobs(database, sealer), SqlExports(database)
    job = Job(id=uuid4(), kind=JobKind.EXPORT, state=JobState.WORKING, name="", by=pia.name, owner_id=pia.id, asked_at=NOW)
    jobs.add(job, [])
    exports.next(job.id, "experiences", InboxFilter(), after="", limit=1)
    for action in ("export", "fetch_export"):
        jobs.note(job, pia, action, NOW)

    found = [[(each.who, each.what) for each in trail.of(which, pia).exports] for which in ("RIVER 482", "BROOK 377")]
    assert sorted(found) == [[], [("Pia Publisher", "fetch_export file"), ("Pia Publisher", "export file")]]


def test_what_is_with_safeguarding_has_a_trail_only_for_those_who_handle_it(store: SqlStore, scene: Scene, trail: Trail) -> None:
    ruth, pia = scene.employs("Ruth Lead", role="safeguarding"), scene.employs("Pia Publisher", role="publisher")
    ada = scene.employs("Ada Admin", role="admin")
    danger(scene, store)
    (alert,) = view(store, "BROOK 377").alerts
    with store.transaction() as tx:
        tx.audit(who=f"staff:{ruth.id}", action="take_alert", record=f"alert:{alert.id}", now=NOW)
    for outside in (pia, ada):
        with pytest.raises(NotFound):
            trail.of("BROOK 377", outside)
        with pytest.raises(NotYours):
            trail.of_alert(alert.id, outside)
    assert acts(trail, ruth, "BROOK 377") == [("Ruth Lead", "take_alert")]
    assert [line.action for line in trail.of_alert(alert.id, ruth)] == ["take_alert"]
    with store.transaction() as tx:
        tx.close_alert(alert.id, ruth.id, "family: safe", NOW)
    with pytest.raises(NotFound):
        trail.of("BROOK 377", pia)
    with store.transaction() as tx:
        assert tx.clear_alert(alert.id, ruth.id, "They ask for a call.", NOW)

    assert acts(trail, pia, "BROOK 377") == acts(trail, ada, "BROOK 377") == []


def test_who_looked_stays_on_record_when_the_words_are_erased(store: SqlStore, scene: Scene, trail: Trail) -> None:
    jo = scene.employs("Jo Pascoe")
    trail.note_reading(scene.tells(RAW, reference="RIVER 482"), jo, uuid4())
    contact = scene.contact()
    with store.transaction() as tx:
        tx.erase_contact(contact, NOW)

    assert acts(trail, jo) == [("Jo Pascoe", "read_experience")]


def test_the_words_as_they_came_are_opened_for_a_reason_by_who_may(store: SqlStore, scene: Scene, originals: Originals) -> None:
    scene.tells(RAW, reference="RIVER 482")
    members = {
        role: scene.employs(role, role=role) for role in ("viewer", "reviewer", "publisher", "admin", "partner", "safeguarding")
    }

    may = [role for role, member in members.items() if originals.ask(view(store), member, "To put a name right")]
    assert may == ["reviewer", "publisher", "safeguarding"]
    assert [each.text for each in originals.open(view(store), members["reviewer"])] == [RAW]
    assert originals.open(view(store), members["admin"]) == originals.open(view(store), members["viewer"]) == ()
    lines = [row for row in store.export_rows("audit") if row["action"] == "open_original"]
    assert [(row["record"], row["why"]) for row in lines] == [(f"experience:{view(store).card.id}", "To put a name right")] * 3


def test_words_with_safeguarding_are_opened_by_nobody_else_and_taken_back_ones_by_nobody_but_them(
    store: SqlStore, scene: Scene, originals: Originals
) -> None:
    jo, ruth = scene.employs("Jo Pascoe"), scene.employs("Ruth Lead", role="safeguarding")
    danger(scene, store)
    scene.tells(RAW, reference="RIVER 482")
    assert not originals.ask(view(store, "BROOK 377"), jo, "why not")
    assert originals.open(view(store, "BROOK 377"), jo) == ()
    theirs = [scene.contact(sender) for sender in (BORIS, ANNA)]
    with store.transaction() as tx:
        for contact in theirs:
            tx.take_back(contact)

    (kept,) = originals.open(view(store, "BROOK 377"), ruth)
    assert (kept.text, kept.taken_back) == ("He held him down", True)
