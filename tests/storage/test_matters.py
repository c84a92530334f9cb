"""New matters in the store: what may be looked through, what is kept of a round, and what is shown of it later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from bot.heard import Risk, RiskLevel
from bot.matters import Cursor, MatterView, NewMatter, Told
from bot.model import Address
from storage.database import Database
from storage.matters import SqlMatters
from storage.store import SqlStore
from storage.tables import inbound_message, matter_told
from tests.storage.made_up import NOW
from tests.storage.scene import Scene

LATER = NOW + timedelta(hours=1)
ME = UUID(int=4711)


def person(number: int) -> Address:
    return Address("tel", f"+4477009{number:05}")


@pytest.fixture
def scene(store: SqlStore) -> Scene:
    return Scene(store)


@pytest.fixture
def matters(database: Database) -> SqlMatters:
    return SqlMatters(database)


def story(scene: Scene, number: int, text: str = "The hoist at the pool is broken.", **tells: object) -> UUID:
    return scene.tells(text, reference=f"RIVER {number:03}", sender=person(number), **tells)  # type: ignore[arg-type]


def everything(matters: SqlMatters, *, limit: int = 2, since: datetime = NOW - timedelta(days=1)) -> list[Told]:
    found: list[Told] = []
    after: Cursor | None = None
    while True:
        told, after = matters.told(since=since, after=after, limit=limit)
        found += told
        if after is None:
            return found


def ends(matters: SqlMatters, *groups: tuple[str, Sequence[Told]], now: datetime = NOW) -> None:
    assert matters.hold_round(ME, now=now, until=now + timedelta(minutes=1))
    found = [NewMatter(terms=(name,), told=tuple(told)) for name, told in groups]
    assert matters.end_round(ME, found, now=now)


def names(views: Sequence[MatterView]) -> list[tuple[str, ...]]:
    return [view.terms for view in views]


# --- what may be looked through -----------------------------------------------------------------------------------------


def test_all_of_the_last_months_is_told_in_order_however_small_the_steps(scene: Scene, matters: SqlMatters) -> None:
    for number in range(1, 6):
        story(scene, number, f"text {number}", now=NOW + timedelta(minutes=number // 2))
    story(scene, 9, "long ago", now=NOW - timedelta(days=2))

    for limit in (1, 2, 5, 50):
        assert sorted(one.passage.text for one in everything(matters, limit=limit)) == [f"text {n}" for n in range(1, 6)]


def test_it_comes_with_what_was_suggested_and_decided(scene: Scene, matters: SqlMatters) -> None:
    jo = scene.employs("Jo")
    scene.tells("The taxi was late.", ("transport", 0.4), reference="RIVER 482")
    assert [one.chance for one in everything(matters)] == [0.4]

    scene.decides(scene.passage_of("RIVER 482"), "transport", verdict=True, by=jo)
    assert [one.chance for one in everything(matters)] == [1.0]


@pytest.mark.parametrize("closed", [False, True])
def test_nothing_that_ever_had_an_alert_is_looked_through(scene: Scene, matters: SqlMatters, *, closed: bool) -> None:
    ruth = scene.employs("Ruth", role="safeguarding")
    seq = scene.accepts("He hurt her.", sender=person(1), risk=Risk(RiskLevel.CONCERN))
    assert seq is not None
    alert_id = scene.alerts(seq, sender=person(1))
    scene.takes_turn(reference="BROOK 377", reply=None)
    if closed:
        with scene.store.transaction() as tx:
            tx.close_alert(alert_id, ruth.id, "not_safeguarding: A game.", NOW)

    assert everything(matters) == []


def test_a_worry_whose_alert_is_not_linked_yet_is_not_looked_through(scene: Scene, matters: SqlMatters) -> None:
    story(scene, 1, risk=RiskLevel.CONCERN)

    assert everything(matters) == []


@pytest.mark.parametrize("kind", ["spam", "threat"])
def test_what_looks_like_spam_or_a_threat_is_not_looked_through(scene: Scene, matters: SqlMatters, kind: str) -> None:
    experience_id = story(scene, 1)
    contact_id = scene.contact(person(1))
    with scene.store.transaction() as tx:
        tx.add_task(contact_id=contact_id, experience_id=experience_id, kind=kind, due_on=NOW.date(), now=NOW)

    assert everything(matters) == []


def test_words_in_another_language_and_words_that_are_gone_are_not_looked_through(
    scene: Scene, matters: SqlMatters, database: Database
) -> None:
    story(scene, 1)
    story(scene, 2)
    with database.writing() as connection:
        connection.execute(update(inbound_message).where(inbound_message.c.seq == 1).values(locale="pl"))
    anna = scene.contact(person(2))
    with scene.store.transaction() as tx:
        tx.erase_contact(anna, NOW)

    assert everything(matters) == []


# --- one round at a time ------------------------------------------------------------------------------------------------


def test_one_has_the_round_until_its_time_is_over_or_it_has_ended_it(matters: SqlMatters) -> None:
    other = UUID(int=1)
    assert matters.last_round() is None
    assert matters.hold_round(ME, now=NOW, until=LATER)
    assert matters.hold_round(ME, now=NOW, until=LATER)
    assert not matters.hold_round(other, now=NOW, until=LATER)
    assert not matters.end_round(other, [], now=NOW)

    assert matters.hold_round(other, now=LATER, until=LATER + timedelta(hours=1))
    assert not matters.end_round(ME, [], now=LATER)
    assert matters.end_round(other, [], now=LATER)
    assert matters.last_round() == LATER
    assert matters.hold_round(ME, now=LATER, until=LATER)


# --- what is kept and shown ---------------------------------------------------------------------------------------------


def hoist(scene: Scene, people: int, *, first: int = 1) -> None:
    for number in range(first, first + people):
        story(scene, number, f"The hoist at the pool is broken, {number}.", now=NOW + timedelta(days=number))


def test_a_matter_is_shown_with_its_size_its_days_and_the_newest_of_what_was_told(scene: Scene, matters: SqlMatters) -> None:
    hoist(scene, 4)
    scene.tells("And the hoist again.", reference="RIVER 099", sender=person(2), now=NOW + timedelta(days=5))
    ends(matters, ("hoist", everything(matters)))

    (view,) = matters.matters()
    assert (view.terms, view.people, view.experiences) == (("hoist",), 4, 5)
    assert (view.first_on, view.last_on) == ((NOW + timedelta(days=1)).date(), (NOW + timedelta(days=5)).date())
    assert [one.text for one in view.examples] == [
        "And the hoist again.",
        "The hoist at the pool is broken, 4.",
        "The hoist at the pool is broken, 3.",
    ]
    assert view.examples[0].reference == "RIVER 099"
    assert view.is_for_the_team_alone


def test_the_most_told_comes_first_and_what_fewer_than_three_told_is_not_shown(scene: Scene, matters: SqlMatters) -> None:
    hoist(scene, 10)
    told = everything(matters)
    ends(matters, ("three", told[:3]), ("five", told[3:8]), ("two", told[8:]))

    shown = matters.matters()
    assert names(shown) == [("five",), ("three",)]
    assert not shown[0].is_for_the_team_alone


def test_what_has_an_alert_since_or_is_erased_is_no_part_of_it_at_once(scene: Scene, matters: SqlMatters) -> None:
    hoist(scene, 5)
    told = everything(matters)
    ends(matters, ("hoist", told))
    scene.alerts(1, sender=person(1))
    gone = scene.contact(person(2))
    with scene.store.transaction() as tx:
        tx.erase_contact(gone, NOW)

    (view,) = matters.matters()
    assert view.people == 3
    assert not {"RIVER 001", "RIVER 002"} & {one.reference for one in view.examples}

    scene.alerts(3, sender=person(3))
    assert matters.matters() == ()


def test_the_next_round_takes_its_place_and_what_is_found_again_stays_the_same(scene: Scene, matters: SqlMatters) -> None:
    hoist(scene, 8)
    told = everything(matters)
    ends(matters, ("hoist", told[:4]), ("gone", told[4:]))
    before = {view.terms: view.id for view in matters.matters()}

    ends(matters, ("pool", [*told[1:4], told[7]]), now=LATER)

    (view,) = matters.matters()
    assert (view.id, view.terms, view.people) == (before[("hoist",)], ("pool",), 4)


def test_what_was_set_aside_stays_so_though_it_is_told_again(scene: Scene, matters: SqlMatters) -> None:
    pia = scene.employs("Pia Publisher", role="publisher")
    hoist(scene, 4)
    ends(matters, ("hoist", everything(matters)))
    (view,) = matters.matters()
    assert matters.set_aside(view.id, pia.id, NOW)
    assert not matters.set_aside(view.id, pia.id, NOW)

    ends(matters, now=LATER)
    hoist(scene, 3, first=11)
    ends(matters, ("hoist", everything(matters)), now=LATER)

    (view,) = matters.matters()
    assert (view.people, view.set_aside_at, view.set_aside_by) == (7, NOW, "Pia Publisher")
    assert matters.set_aside(view.id, None, LATER)
    assert matters.matters()[0].set_aside_at is None


def test_what_was_set_aside_is_forgotten_with_the_words_it_was_told_by(
    scene: Scene, matters: SqlMatters, database: Database
) -> None:
    pia = scene.employs("Pia Publisher", role="publisher")
    hoist(scene, 3)
    ends(matters, ("hoist", everything(matters)))
    matters.set_aside(matters.matters()[0].id, pia.id, NOW)
    gone = scene.contact(person(2))
    with scene.store.transaction() as tx:
        tx.erase_contact(gone, NOW)

    ends(matters, now=LATER)

    assert matters.matters() == ()
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(matter_told)).scalar_one() == 0


def test_there_is_nothing_to_set_aside_that_is_not_there(matters: SqlMatters) -> None:
    assert not matters.set_aside(uuid4(), None, NOW)
