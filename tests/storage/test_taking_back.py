"""Taking back: the last story comes out of the record."""

from __future__ import annotations

from uuid import UUID

from bot.heard import RiskLevel
from bot.inbox import InboxFilter
from bot.ports import Store
from bot.records import TakenBack
from storage.database import Database
from tests.storage.made_up import DANGER, NOW
from tests.storage.reading import everything_in
from tests.storage.scene import Scene

EVERYTHING = InboxFilter(open_only=False)


def take_back(store: Store, contact_id: UUID) -> TakenBack:
    with store.transaction() as tx:
        return tx.take_back(contact_id)


# --- take back --------------------------------------------------------------------------------------------------------


def test_the_last_story_is_taken_back_with_its_passages_and_tags(store: Store, scene: Scene, database: Database) -> None:
    scene.tells("first", ("transport", 0.9), reference="RIVER 482")
    scene.accepts("Canary last")
    scene.takes_turn(("school", 0.9))
    scene.accepts("1")
    scene.takes_turn(story=False)

    assert take_back(store, scene.contact()) is TakenBack.OUT

    view = store.experience("RIVER 482")
    assert view is not None
    assert [passage.text for passage in view.card.passages] == ["first"]
    assert [line.text for line in view.talk if line.who == "parent"] == ["first", "", "1"]
    assert [row.text for row in store.export_messages() if row.direction == "inbound"] == ["first", "", "1"]
    assert "Canary" not in everything_in(database)


def test_taking_back_again_takes_the_one_before(store: Store, scene: Scene) -> None:
    scene.tells("first", reference="RIVER 482")
    scene.accepts("second")
    scene.takes_turn()

    assert [take_back(store, scene.contact()) for _ in range(3)] == [TakenBack.OUT, TakenBack.OUT, TakenBack.NOTHING]
    assert list(scene.states().values())[:2] == ["taken_back", "taken_back"]


def test_an_experience_without_words_leaves_the_inbox_and_its_reference_stays_taken(store: Store, scene: Scene) -> None:
    scene.tells("only", reference="RIVER 482")
    take_back(store, scene.contact())

    assert store.inbox(EVERYTHING).cards == ()
    assert store.experience("RIVER 482") is None
    assert store.status_of(scene.contact()) is None
    assert list(store.export_rows("experiences")) == []
    assert not store.reference_is_free("RIVER 482")


def test_the_word_that_takes_back_does_not_keep_an_emptied_experience(store: Store, scene: Scene) -> None:
    scene.tells("only", reference="RIVER 482")
    scene.accepts("TAKE BACK")
    scene.takes_turn(story=False)
    take_back(store, scene.contact())

    assert store.inbox(EVERYTHING).cards == ()
    assert store.experience("RIVER 482") is None


def test_a_message_that_could_not_be_handled_keeps_its_experience(store: Store, scene: Scene) -> None:
    scene.tells("only", reference="RIVER 482")
    scene.accepts("stuck")
    claim = scene.must_claim()
    with store.transaction() as tx:
        tx.park(claim, "it would not go", NOW)
    take_back(store, scene.contact())

    assert [card.reference for card in store.inbox(EVERYTHING).cards] == ["RIVER 482"]


def test_new_words_bring_an_emptied_experience_back(store: Store, scene: Scene) -> None:
    """The talk may still have it open: words that join it must be seen."""
    scene.tells("taken back", reference="RIVER 482")
    take_back(store, scene.contact())
    scene.accepts("what I meant to say")
    scene.takes_turn()

    view = store.experience("RIVER 482")
    assert view is not None
    assert [passage.text for passage in view.card.passages] == ["what I meant to say"]
    assert [card.reference for card in store.inbox(InboxFilter()).cards] == ["RIVER 482"]


def test_words_with_an_alert_are_taken_out_of_the_record_but_kept_for_safeguarding(store: Store, scene: Scene) -> None:
    seq = scene.accepts("danger", risk=DANGER)
    assert seq is not None
    scene.alerts(seq)
    scene.takes_turn(reference="RIVER 482", risk=RiskLevel.DANGER)

    assert take_back(store, scene.contact()) is TakenBack.KEPT

    view = store.experience("RIVER 482")
    assert view is not None
    assert view.card.passages == ()
    assert [line.text for line in view.talk if line.who == "parent"] == ["danger"]
    assert len(view.alerts) == 1


def test_somebody_who_has_told_nothing_has_nothing_to_take_back(store: Store, scene: Scene) -> None:
    assert take_back(store, scene.contact()) is TakenBack.NOTHING
