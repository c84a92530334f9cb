"""The review queue in the store: what waits for whom, what a decision changes, and that it can be taken back whole."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from bot.cards import ExperienceView, PassageView
from bot.heard import Polarity, Risk, RiskLevel
from bot.inbox import InboxFilter
from bot.records import NewDecision, StaffMember
from bot.review import Answer, Review, Voice, tags
from bot.review_records import NewReading, Outcome, Overtaken
from bot.reviewing import CLAIM, KEYS, SHARE, Reviewing, as_first_read
from bot.themes import Taxonomy
from storage.database import Database
from storage.reviewing import SqlReviews
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import decision, inbound_message, passage, reading
from tests.staff.fakes import FakeClock
from tests.storage.made_up import ANNA, BORIS, NOW
from tests.storage.scene import Scene

TAXONOMY = Taxonomy.load()


@pytest.fixture
def scene(store: SqlStore) -> Scene:
    return Scene(store)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW + timedelta(hours=1))


@pytest.fixture
def use(store: SqlStore, database: Database, sealer: Sealer, clock: FakeClock) -> Reviewing:
    codes = frozenset(theme.code for theme in TAXONOMY.living())
    records = SqlReviews(database, sealer)
    return Reviewing(
        store=store,
        records=records,
        review=Review(store, clock, TAXONOMY.version, codes),
        clock=clock,
        taxonomy=TAXONOMY,
        new_id=uuid4,
        random=Random(1),
    )


@pytest.fixture
def jo(scene: Scene) -> StaffMember:
    return scene.employs("Jo Pascoe")


@pytest.fixture
def tom(scene: Scene) -> StaffMember:
    return scene.employs("Tom Calloway")


def view_of(scene: Scene, reference: str) -> ExperienceView:
    view = scene.store.experience(reference)
    assert view is not None
    return view


def accepts(use: Reviewing, member: StaffMember, *themes: str) -> UUID:
    """Tick these and accept; without any, what stands. Returns the passage."""
    work = use.next(member)
    assert work is not None
    shown = frozenset(tag.theme for tag in tags(work.passage))
    answer = Answer(passage_id=work.passage.id, shown=shown, ticked=frozenset(themes) or shown)
    assert use.decide(member, work.passage.id, answer, seen=work.seen)
    return work.passage.id


def no_second(use: Reviewing, member: StaffMember) -> None:
    use.records.set(SHARE, "0", member, NOW)


# --- what waits ---------------------------------------------------------------------------------------------------------


def test_the_day_promised_first_and_what_the_tagger_is_least_sure_of_come_first(
    scene: Scene, use: Reviewing, jo: StaffMember
) -> None:
    no_second(use, jo)
    scene.tells("late", ("transport", 0.9), reference="A 1", promised_on=date(2026, 11, 27))
    scene.tells("sure", ("transport", 0.9), reference="B 1", sender=BORIS)
    scene.tells("unsure", ("transport", 0.5), reference="C 1", sender=BORIS)

    order = []
    while (work := use.next(jo)) is not None:
        order.append((work.view.card.reference, work.left))
        accepts(use, jo)
    assert order == [("C 1", 3), ("B 1", 2), ("A 1", 1)]


def test_what_is_with_safeguarding_is_in_no_queue_until_its_alert_is_closed(
    scene: Scene, use: Reviewing, jo: StaffMember
) -> None:
    ruth = scene.employs("Ruth", role="safeguarding")
    seq = scene.accepts("he hurt her", risk=Risk(RiskLevel.CONCERN))
    assert seq is not None
    alert_id = scene.alerts(seq)
    scene.takes_turn(("transport", 0.9), reference="RIVER 482", risk=RiskLevel.CONCERN, reply=None)
    passage_id = scene.passage_of("RIVER 482")

    for member in (jo, ruth):
        assert use.next(member) is None
        assert use.next(member, passage_id=passage_id) is None
        with pytest.raises(Overtaken):
            use.pass_on(member, passage_id)
        assert use.records.waiting(member.id, NOW) == (None, 0)
    with scene.store.transaction() as tx:
        tx.close_alert(alert_id, ruth.id, "family: safe", NOW)
    assert use.next(jo) is None
    with scene.store.transaction() as tx:
        assert tx.clear_alert(alert_id, ruth.id, "They ask for a call.", NOW)
    assert use.next(jo) is not None


def test_an_alert_hides_what_was_decided_before_it_from_the_last_decisions_too(
    scene: Scene, use: Reviewing, jo: StaffMember
) -> None:
    scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482")
    accepts(use, jo)
    assert [done.reference for done in use.records.done(jo.id, limit=10)] == ["RIVER 482"]
    scene.alerts(1)
    with scene.store.transaction() as tx:
        tx.link_alerts([1], view_of(scene, "RIVER 482").card.id)

    assert use.records.done(jo.id, limit=10) == ()
    assert use.undo(jo) is None


@pytest.mark.parametrize("kind", ["spam", "threat"])
def test_what_looks_like_spam_or_a_threat_waits_for_a_look_elsewhere(
    scene: Scene, use: Reviewing, jo: StaffMember, kind: str
) -> None:
    experience_id = scene.tells("buy now", ("transport", 0.9), reference="RIVER 482")
    contact_id = scene.contact()
    with scene.store.transaction() as tx:
        later = NOW + timedelta(minutes=1)
        tx.add_task(contact_id=contact_id, experience_id=experience_id, kind=kind, due_on=NOW.date(), now=later)

    assert use.next(jo) is None


def test_words_in_another_language_wait_for_their_translation(
    scene: Scene, use: Reviewing, jo: StaffMember, database: Database
) -> None:
    scene.tells("Autobus nie przyjechał.", reference="RIVER 482")
    with database.writing() as connection:
        connection.execute(update(inbound_message).values(locale="pl"))

    assert use.next(jo) is None


# --- deciding -----------------------------------------------------------------------------------------------------------


def test_accepting_adds_decisions_and_marks_as_read_what_is_all_read(scene: Scene, use: Reviewing, jo: StaffMember) -> None:
    scene.tells("The taxi was late.", ("transport", 0.9), ("communication", 0.6), reference="RIVER 482")
    before = view_of(scene, "RIVER 482").card.passages[0].suggestions
    accepts(use, jo, "transport", "disputes")

    card = view_of(scene, "RIVER 482").card
    assert card.passages[0].suggestions == before
    assert {(row.theme, row.verdict, row.by, row.why) for row in card.passages[0].decisions} == {
        ("transport", True, "Jo Pascoe", "accepted"),
        ("communication", False, "Jo Pascoe", "taken off"),
        ("disputes", True, "Jo Pascoe", "added"),
    }
    assert card.read_by == "Jo Pascoe"


def test_an_experience_of_two_passages_is_read_with_the_second(scene: Scene, use: Reviewing, jo: StaffMember) -> None:
    no_second(use, jo)
    scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482")
    scene.accepts("And the plan is wrong.", now=NOW + timedelta(minutes=1))
    scene.takes_turn(("ehc_content", 0.8), now=NOW + timedelta(minutes=1))

    accepts(use, jo)
    assert view_of(scene, "RIVER 482").card.read_at is None
    accepts(use, jo)
    assert view_of(scene, "RIVER 482").card.read_at is not None


def test_no_theme_is_an_answer_too(scene: Scene, use: Reviewing, jo: StaffMember) -> None:
    scene.tells("Thank you.", reference="RIVER 482")
    accepts(use, jo)

    (done,) = use.records.done(jo.id, limit=10)
    assert (done.outcome, done.themes) == (Outcome.DECIDED, ())
    assert view_of(scene, "RIVER 482").card.read_by == "Jo Pascoe"


def test_words_that_came_in_meanwhile_keep_it_unread(scene: Scene, use: Reviewing, jo: StaffMember) -> None:
    scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482")
    work = use.next(jo)
    assert work is not None
    scene.accepts("And again.", now=NOW + timedelta(minutes=1))
    scene.takes_turn(("transport", 0.8), now=NOW + timedelta(minutes=1))
    answer = Answer(passage_id=work.passage.id, shown=frozenset({"transport"}), ticked=frozenset({"transport"}))
    use.decide(jo, work.passage.id, answer, seen=work.seen)

    assert view_of(scene, "RIVER 482").card.read_at is None
    assert [passage.decisions != () for passage in view_of(scene, "RIVER 482").card.passages] == [True, False]


def test_whoever_decides_second_is_told_and_nothing_of_theirs_is_kept(
    scene: Scene, use: Reviewing, jo: StaffMember, tom: StaffMember
) -> None:
    no_second(use, jo)
    scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482")
    passage_id = accepts(use, jo)
    with pytest.raises(Overtaken):
        use.decide(tom, passage_id, Answer(passage_id=passage_id, shown=frozenset(), ticked=frozenset({"disputes"})), seen=9)

    assert len(view_of(scene, "RIVER 482").card.passages[0].decisions) == 1


def test_what_somebody_is_not_sure_of_waits_for_the_others(
    scene: Scene, use: Reviewing, jo: StaffMember, tom: StaffMember
) -> None:
    scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482")
    use.pass_on(jo, scene.passage_of("RIVER 482"))

    assert use.next(jo) is None
    work = use.next(tom)
    assert work is not None
    assert work.unsure == ("Jo Pascoe",)
    assert view_of(scene, "RIVER 482").card.read_at is None


def test_what_nobody_was_sure_of_comes_again_the_next_morning(
    scene: Scene, use: Reviewing, jo: StaffMember, tom: StaffMember, clock: FakeClock
) -> None:
    scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482")
    for member in (jo, tom):
        use.pass_on(member, scene.passage_of("RIVER 482"))
        assert use.next(member) is None
    clock.move(timedelta(hours=20))

    work = use.next(jo)
    assert work is not None
    assert work.unsure == ("Jo Pascoe", "Tom Calloway")
    accepts(use, jo)
    assert use.next(tom) is None


def test_what_was_accepted_with_many_at_once_is_not_read_when_the_rest_is(
    scene: Scene, use: Reviewing, jo: StaffMember, tom: StaffMember, database: Database
) -> None:
    no_second(use, jo)
    whole = scene.tells("The taxi was late.", ("transport", 0.97), reference="RIVER 482")
    rest = scene.tells("And nobody rang us back.", ("communication", 0.5), reference="BROOK 377")
    with database.writing() as connection:
        for table in (inbound_message, passage):
            connection.execute(update(table).where(table.c.experience_id == rest).values(experience_id=whole))
    of_many, other = (each.id for each in view_of(scene, "RIVER 482").card.passages)
    one = NewReading(
        id=uuid4(),
        passage_id=of_many,
        experience_id=whole,
        member=tom,
        at=NOW,
        outcome=Outcome.DECIDED,
        is_second=False,
        sampled=False,
        themes=("transport",),
        decisions=(
            NewDecision(
                passage_id=of_many, theme="transport", verdict=True, staff_id=tom.id, why="accepted", taxonomy="1", at=NOW
            ),
        ),
        batch=uuid4(),
    )
    with database.writing() as connection:
        use.records.put(connection, one, seen=None)  # type: ignore[attr-defined] # of the store

    assert accepts(use, jo) == other
    assert view_of(scene, "RIVER 482").card.read_at is None


# --- undoing ------------------------------------------------------------------------------------------------------------


def test_undo_puts_everything_back_and_keeps_what_was_said(
    scene: Scene, use: Reviewing, jo: StaffMember, database: Database
) -> None:
    scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482")
    before = view_of(scene, "RIVER 482")
    passage_id = accepts(use, jo, "disputes")
    done = use.undo(jo)

    assert done is not None
    assert (done.passage_id, done.themes) == (passage_id, ("disputes",))
    assert view_of(scene, "RIVER 482") == before
    work = use.next(jo)
    assert work is not None
    assert [tag.voice for tag in tags(work.passage)] == [Voice.TAGGER]
    with database.reading() as connection:
        assert {row.undone_by for row in connection.execute(select(decision))} == {jo.id}
        assert connection.execute(select(reading.c.undone_at)).scalar_one() is not None
    assert use.undo(jo) is None
    assert [row["action"] for row in scene.store.export_rows("audit")][-3:] == ["mark_read", "decide", "undo_reading"]


def test_nobody_undoes_what_another_said(scene: Scene, use: Reviewing, jo: StaffMember, tom: StaffMember) -> None:
    scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482")
    accepts(use, jo)
    (done,) = use.records.done(jo.id, limit=10)

    assert use.undo(tom, done.id) is None
    assert view_of(scene, "RIVER 482").card.passages[0].decisions != ()


def test_undo_leaves_it_read_where_somebody_has_read_it_since(
    scene: Scene, use: Reviewing, jo: StaffMember, tom: StaffMember
) -> None:
    scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482")
    accepts(use, jo)
    with scene.store.transaction() as tx:
        tx.mark_read(view_of(scene, "RIVER 482").card.id, tom.id, NOW + timedelta(hours=2))
    use.undo(jo)

    assert view_of(scene, "RIVER 482").card.read_by == "Tom Calloway"


# --- pace and settings --------------------------------------------------------------------------------------------------


def test_the_time_left_is_reckoned_from_the_members_own_pace_without_their_breaks(
    scene: Scene, use: Reviewing, jo: StaffMember, clock: FakeClock
) -> None:
    no_second(use, jo)
    for number in range(9):
        scene.tells(f"text {number}", ("transport", 0.9), reference=f"RIVER {number}", sender=(ANNA, BORIS)[number % 2])
    assert use.pace(jo).seconds is None
    for number in range(7):
        accepts(use, jo)
        clock.move(timedelta(seconds=20) if number != 3 else timedelta(hours=1))

    pace = use.pace(jo)
    assert (pace.today, pace.seconds) == (7, 20.0)
    assert pace.time_for(2) == timedelta(seconds=40)


def test_the_keys_are_switched_off_for_one_member_alone(use: Reviewing, jo: StaffMember, tom: StaffMember) -> None:
    use.records.prefer(jo.id, KEYS, "off")
    assert (use.has_keys(jo), use.has_keys(tom)) == (False, True)

    use.records.prefer(jo.id, KEYS, "on")
    assert use.has_keys(jo)


def test_the_digits_go_to_what_is_suggested_then_to_what_is_mistaken_for_it(
    scene: Scene, use: Reviewing, jo: StaffMember
) -> None:
    scene.tells("We wait for the diagnosis.", ("early_identification", 0.9), reference="RIVER 482")
    work = use.next(jo)

    assert work is not None
    assert work.choices[:3] == ("early_identification", "nd_assessment", "ehc_request")
    assert len(set(work.choices)) == 9


def test_two_are_not_given_the_same_passage_at_once(scene: Scene, use: Reviewing, jo: StaffMember, tom: StaffMember) -> None:
    scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482")
    scene.tells("The plan is wrong.", ("ehc_content", 0.9), reference="BROOK 377", sender=BORIS)
    first, second = use.next(jo), use.next(tom)

    assert first is not None
    assert second is not None
    assert first.passage.id != second.passage.id
    assert use.next(jo) is not None, "one's own stays before one"
    assert (use.left(jo), use.with_others(jo)) == (1, 1)


def test_what_somebody_left_lying_comes_to_others_some_minutes_later(
    scene: Scene, use: Reviewing, clock: FakeClock, jo: StaffMember, tom: StaffMember
) -> None:
    scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482")
    use.next(jo)
    assert use.next(tom) is None
    clock.move(CLAIM + timedelta(seconds=1))

    assert use.next(tom) is not None


def test_of_two_who_come_at_once_one_is_given_it(scene: Scene, use: Reviewing, jo: StaffMember, tom: StaffMember) -> None:
    scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482")
    waiting, _ = use.records.waiting(tom.id, NOW)
    assert waiting is not None
    since = use.clock.now() - CLAIM

    assert use.records.claim(waiting.passage_id, jo.id, use.clock.now(), since=since)
    assert not use.records.claim(waiting.passage_id, tom.id, use.clock.now(), since=since)


def test_a_feeling_is_said_anew_and_taken_back_and_what_was_heard_stays(
    scene: Scene, use: Reviewing, store: SqlStore, jo: StaffMember
) -> None:
    scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482")
    work = use.next(jo)
    assert work is not None
    answer = Answer(passage_id=work.passage.id, shown=frozenset({"transport"}), ticked=frozenset({"transport"}))
    use.decide(jo, work.passage.id, answer, seen=work.seen, feeling=Polarity.MIXED)
    said = _passage(store)
    found = store.inbox(InboxFilter(open_only=False, polarity=("mixed",)))
    use.undo(jo)

    assert (said.polarity, said.heard) == (Polarity.MIXED, Polarity.BAD)
    assert found.total == 1
    assert (_passage(store).polarity, _passage(store).heard) == (Polarity.BAD, None)


def test_the_second_reader_is_shown_what_was_heard_and_not_what_the_first_one_said(
    scene: Scene, use: Reviewing, store: SqlStore, jo: StaffMember
) -> None:
    scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482")
    work = use.next(jo)
    assert work is not None
    answer = Answer(passage_id=work.passage.id, shown=frozenset(), ticked=frozenset())
    use.decide(jo, work.passage.id, answer, seen=work.seen, feeling=Polarity.GOOD)

    assert as_first_read(_passage(store)).polarity == Polarity.BAD


def _passage(store: SqlStore) -> PassageView:
    view = store.experience("RIVER 482")
    assert view is not None
    return view.card.passages[0]
