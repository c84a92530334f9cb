"""Where somebody's newest experience stands, as the record has it: what counts, what is left out, which days hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bot.conversation import Owed, Standing
from bot.heard import RiskLevel
from bot.milestones import MilestoneKind, NewMilestone
from bot.model import Address
from bot.records import StaffMember
from bot.terms import Terms
from storage.database import Database
from storage.milestones import SqlMilestones
from storage.standing import SqlStandings
from tests.storage.made_up import ANNA, DANGER, NOW
from tests.storage.scene import Scene

SEPTEMBER = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)
AUGUST = datetime(2026, 8, 30, 9, 0, tzinfo=UTC)
TAXI = ("transport", 0.9)


def standing(scene: Scene, database: Database, *, now: datetime = NOW) -> Standing:
    found = SqlStandings(database, Terms.load()).of(scene.contact(ANNA), now)
    assert found is not None
    return found


def others(scene: Scene, number: int, *themes: tuple[str, float], now: datetime = NOW, start: int = 0, **rest: Any) -> None:
    for place in range(start, start + number):
        sender = Address("tel", f"+4477009{place:05}")
        scene.tells("The taxi was late.", *(themes or (TAXI,)), reference=f"HEDGE {100 + place}", sender=sender, now=now, **rest)


def gives(
    database: Database,
    member: StaffMember,
    kind: MilestoneKind,
    day: date,
    *,
    experience: UUID | None = None,
    since: date | None = None,
    now: datetime = NOW,
    number: int = 1,
) -> UUID:
    theme = "transport" if experience is None else None
    new = NewMilestone(id=UUID(int=9000 + number), kind=kind, day=day, experience_id=experience, theme=theme, since=since)
    assert SqlMilestones(database).add(new, member.id, now)
    return new.id


def test_somebody_with_nothing_in_the_record_stands_nowhere(scene: Scene, database: Database) -> None:
    scene.accepts("Hello")

    assert SqlStandings(database, Terms.load()).of(scene.contact(ANNA), NOW) is None


def test_those_of_this_term_with_the_same_top_theme_are_counted_itself_too(scene: Scene, database: Database) -> None:
    others(scene, 5, now=SEPTEMBER)
    scene.tells("The taxi was late.", TAXI, reference="RIVER 482")

    found = standing(scene, database)

    assert (found.reference, found.theme, found.alike) == ("RIVER 482", "transport", 6)


def test_a_few_are_not_counted_out_loud(scene: Scene, database: Database) -> None:
    others(scene, 3)
    scene.tells("The taxi was late.", TAXI, reference="RIVER 482")

    assert standing(scene, database).alike == 0


def test_those_of_an_earlier_term_are_not_counted(scene: Scene, database: Database) -> None:
    others(scene, 5, now=AUGUST)
    scene.tells("The taxi was late.", TAXI, reference="RIVER 482")

    assert standing(scene, database).alike == 0


def test_one_of_an_earlier_term_is_none_of_this_one(scene: Scene, database: Database) -> None:
    scene.tells("The taxi was late.", TAXI, reference="RIVER 482", now=AUGUST)
    others(scene, 6)

    assert standing(scene, database).alike == 0


def test_another_top_theme_is_not_counted(scene: Scene, database: Database) -> None:
    others(scene, 5, ("ehcp_content", 0.95), TAXI)
    scene.tells("The taxi was late.", TAXI, reference="RIVER 482")

    assert standing(scene, database).alike == 0


def test_what_staff_decided_counts_over_what_was_suggested(scene: Scene, database: Database) -> None:
    member = scene.employs()
    others(scene, 5, ("ehcp_content", 0.95), TAXI)
    for place in range(5):
        scene.decides(scene.passage_of(f"HEDGE {100 + place}"), "ehcp_content", verdict=False, by=member)
    scene.tells("The taxi was late.", TAXI, reference="RIVER 482")

    assert standing(scene, database).alike == 6


def test_what_is_with_safeguarding_is_not_counted(scene: Scene, database: Database) -> None:
    others(scene, 4)
    others(scene, 3, start=10, risk=RiskLevel.CONCERN)
    scene.tells("The taxi was late.", TAXI, reference="RIVER 482")

    assert standing(scene, database).alike == 5


def test_what_was_taken_back_is_not_counted(scene: Scene, database: Database) -> None:
    others(scene, 4)
    one_of_them = scene.contact(Address("tel", "+447700900000"))
    with scene.store.transaction() as tx:
        tx.take_back(one_of_them)
    scene.tells("The taxi was late.", TAXI, reference="RIVER 482")

    assert standing(scene, database).alike == 0


def test_to_somebody_whose_words_are_with_safeguarding_no_count_is_told(scene: Scene, database: Database) -> None:
    others(scene, 6)
    seq = scene.accepts("He held him down in the taxi.", risk=DANGER)
    assert seq is not None
    scene.alerts(seq)
    scene.takes_turn(TAXI, reference="RIVER 482", risk=RiskLevel.DANGER)

    found = standing(scene, database)

    assert (found.theme, found.alike) == (None, 0)


def test_the_newest_is_told_and_how_many_more(scene: Scene, database: Database) -> None:
    scene.tells("The taxi was late.", TAXI, reference="HEDGE 207", now=NOW - timedelta(days=40))
    scene.tells("The plan is good.", ("ehcp_content", 0.9), reference="RIVER 482")

    found = standing(scene, database)

    assert (found.reference, found.others) == ("RIVER 482", 1)


def test_words_that_came_after_it_was_read_are_unread(scene: Scene, database: Database) -> None:
    member = scene.employs()
    experience = scene.tells("The taxi was late.", TAXI, reference="RIVER 482")
    with scene.store.transaction() as tx:
        tx.mark_read(experience, member.id, NOW)
    before = standing(scene, database)
    scene.accepts("And again today.")
    scene.takes_turn(TAXI)

    after = standing(scene, database)

    assert (before.read_on, before.is_unread) == (date(2026, 11, 21), False)
    assert (after.read_on, after.is_unread) == (date(2026, 11, 21), True)


# --- milestones -------------------------------------------------------------------------------------------------------


@pytest.fixture
def member(scene: Scene) -> StaffMember:
    return scene.employs()


def test_a_day_given_for_one_experience_is_told(scene: Scene, database: Database, member: StaffMember) -> None:
    experience = scene.tells("The taxi was late.", TAXI, reference="RIVER 482")
    gives(database, member, MilestoneKind.TALKED_ABOUT, date(2026, 12, 4), experience=experience)
    gives(database, member, MilestoneKind.ANSWER_DUE, date(2026, 12, 20), experience=experience, number=2)

    found = standing(scene, database)

    assert (found.talked_on, found.answer_on) == (date(2026, 12, 4), date(2026, 12, 20))


def test_a_day_given_for_a_theme_is_told_to_those_who_came_before_it(
    scene: Scene, database: Database, member: StaffMember
) -> None:
    scene.tells("The taxi was late.", TAXI, reference="RIVER 482")
    later = NOW + timedelta(days=14)
    gives(database, member, MilestoneKind.TALKED_ABOUT, date(2026, 12, 4), since=date(2026, 9, 1), now=later)

    assert standing(scene, database).talked_on == date(2026, 12, 4)


def test_what_came_after_the_team_talked_was_not_talked_about(scene: Scene, database: Database, member: StaffMember) -> None:
    gives(database, member, MilestoneKind.TALKED_ABOUT, date(2026, 11, 19), since=date(2026, 9, 1), now=NOW + timedelta(days=2))
    scene.tells("The taxi was late.", TAXI, reference="RIVER 482")

    assert standing(scene, database).talked_on is None


def test_what_came_before_the_day_it_counts_from_is_left_out(scene: Scene, database: Database, member: StaffMember) -> None:
    scene.tells("The taxi was late.", TAXI, reference="RIVER 482", now=AUGUST)
    gives(database, member, MilestoneKind.ANSWER_DUE, date(2026, 12, 20), since=date(2026, 9, 1))

    assert standing(scene, database).answer_on is None


def test_another_theme_is_told_nothing_of_it(scene: Scene, database: Database, member: StaffMember) -> None:
    scene.tells("The plan is good.", ("ehcp_content", 0.9), reference="RIVER 482")
    gives(database, member, MilestoneKind.ANSWER_DUE, date(2026, 12, 20), since=date(2026, 9, 1))

    assert standing(scene, database).answer_on is None


def test_what_was_taken_back_is_told_no_more(scene: Scene, database: Database, member: StaffMember) -> None:
    experience = scene.tells("The taxi was late.", TAXI, reference="RIVER 482")
    given = gives(database, member, MilestoneKind.ANSWER_DUE, date(2026, 12, 20), experience=experience)
    records = SqlMilestones(database)

    assert records.take_back(given, member.id, NOW)
    assert not records.take_back(given, member.id, NOW)
    assert standing(scene, database).answer_on is None
    assert records.of_experience(experience) == ()


def test_the_newest_word_on_a_day_stands(scene: Scene, database: Database, member: StaffMember) -> None:
    experience = scene.tells("The taxi was late.", TAXI, reference="RIVER 482")
    gives(database, member, MilestoneKind.ANSWER_DUE, date(2026, 12, 20), experience=experience)
    later = NOW + timedelta(hours=1)
    gives(database, member, MilestoneKind.ANSWER_DUE, date(2027, 1, 8), experience=experience, number=2, now=later)

    assert standing(scene, database).answer_on == date(2027, 1, 8)


def test_a_form_sent_twice_is_kept_once(database: Database, member: StaffMember) -> None:
    records = SqlMilestones(database)
    new = NewMilestone(
        id=UUID(int=1), kind=MilestoneKind.ANSWER_DUE, day=date(2026, 12, 20), theme="transport", since=date(2026, 9, 1)
    )

    assert [records.add(new, member.id, NOW), records.add(new, member.id, NOW)] == [True, False]
    (kept,) = records.of_themes()
    assert (kept.theme, kept.by, kept.taken_back_by) == ("transport", "Sam Reader", None)


# --- what is owed -----------------------------------------------------------------------------------------------------


def test_what_is_owed_and_not_done_is_told(scene: Scene, database: Database) -> None:
    member = scene.employs()
    experience = scene.tells("The taxi was late.", TAXI, reference="RIVER 482")
    contact = scene.contact()
    with scene.store.transaction() as tx:
        for kind, day in (("call_back", 23), ("question", 24), ("look_again", 22), ("threat", 22)):
            tx.add_task(contact_id=contact, experience_id=experience, kind=kind, due_on=date(2026, 11, day), now=NOW)
    found = standing(scene, database)
    view = scene.store.experience("RIVER 482")
    assert view is not None
    with scene.store.transaction() as tx:
        tx.finish_task(next(task.id for task in view.card.tasks if task.kind == "call_back"), member.id, NOW)

    assert found.owed == (Owed("call_back", date(2026, 11, 23)), Owed("question", date(2026, 11, 24)))
    assert found.looking_by == date(2026, 11, 22)
    assert standing(scene, database).owed == (Owed("question", date(2026, 11, 24)),)
