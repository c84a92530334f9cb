"""What looks like spam is set aside, never dropped: counted, put back by one press, and by whatever shows a family."""

from __future__ import annotations

from datetime import date, timedelta

from bot.heard import RiskLevel
from bot.inbox import InboxFilter
from bot.ports import Store
from tests.storage.made_up import BORIS, DANGER, NOW
from tests.storage.scene import Scene

ASIDE = InboxFilter(set_aside=True)
LATER = NOW + timedelta(hours=1)


def listed(store: Store, wanted: InboxFilter | None = None) -> list[str]:
    return [card.reference for card in store.inbox(wanted or InboxFilter()).cards]


def doubts(store: Store, scene: Scene, reference: str = "LINK") -> None:
    """Somebody sent a link and nothing else."""
    experience_id = scene.tells("https://prize.example", reference=reference)
    contact_id = scene.contact()
    with store.transaction() as tx:
        tx.add_task(contact_id=contact_id, experience_id=experience_id, kind="spam", due_on=date(2026, 11, 26), now=NOW)


def test_it_is_in_no_list_of_what_is_open_and_is_counted_apart(store: Store, scene: Scene) -> None:
    doubts(store, scene)
    scene.tells("The taxi was late", reference="FAMILY", sender=BORIS)
    page = store.inbox(InboxFilter())

    assert listed(store) == ["FAMILY"]
    assert (page.open_count, page.set_aside) == (1, 1)
    assert listed(store, ASIDE) == ["LINK"]
    assert set(listed(store, InboxFilter(open_only=False))) == {"FAMILY", "LINK"}


def test_a_person_puts_it_back_by_finishing_its_task(store: Store, scene: Scene) -> None:
    doubts(store, scene)
    view = store.experience("LINK")
    assert view is not None
    jo = scene.employs("Jo Example")
    with store.transaction() as tx:
        tx.finish_task(view.card.tasks[0].id, jo.id, LATER)

    assert listed(store) == ["LINK"]
    assert listed(store, ASIDE) == []


def test_a_story_that_follows_brings_it_back(store: Store, scene: Scene) -> None:
    doubts(store, scene)
    scene.accepts("Sorry, that was my phone. She has no school", now=LATER)
    scene.takes_turn(now=LATER)

    assert listed(store) == ["LINK"]
    assert store.inbox(InboxFilter()).set_aside == 0


def test_danger_in_it_is_never_set_aside(store: Store, scene: Scene) -> None:
    doubts(store, scene)
    seq = scene.accepts("he is hitting her", risk=DANGER, now=LATER)
    assert seq is not None
    scene.alerts(seq)
    scene.takes_turn(story=False, risk=RiskLevel.DANGER, now=LATER)

    assert listed(store) == ["LINK"]
    assert listed(store, ASIDE) == []


def test_a_family_says_that_two_passages_are_one_thing(store: Store, scene: Scene) -> None:
    experience_id = scene.tells("The taxi, and his therapy", reference="BOTH")
    with store.transaction() as tx:
        tx.count_as_one(experience_id)
    view = store.experience("BOTH")

    assert view is not None
    assert view.card.as_one
