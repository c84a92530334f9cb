"""Words that cannot be handled stand in the inbox, and hold nobody up."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from bot.heard import Risk, RiskLevel
from bot.inbox import InboxFilter
from bot.ports import Store
from storage.database import Database
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import inbound_message
from tests.storage.made_up import BORIS, DANGER, NOW
from tests.storage.scene import Scene

SECOND = timedelta(seconds=1)


# --- parking ----------------------------------------------------------------------------------------------------------


def test_words_that_cannot_be_handled_stand_in_the_inbox_with_a_flag(scene: Scene, store: Store) -> None:
    scene.accepts("Ring me on 07700 900123", risk=Risk(RiskLevel.WELLBEING))
    claim = scene.must_claim()
    with store.transaction() as tx:
        tx.hold_turn(claim)
        tx.park(claim, "Tried five times.", NOW)
        tx.finish_turn(claim, now=NOW)

    (card,) = store.inbox(InboxFilter()).cards
    view = store.experience(card.reference)

    assert card.parked
    assert (card.risk, card.promised_on, card.messages) == (RiskLevel.WELLBEING, NOW.date(), 1)
    assert view is not None
    assert [(line.text, line.redacted) for line in view.talk] == [("Ring me on [phone]", True)]
    assert store.next_turn_at() is None


def test_later_words_of_a_person_go_on_after_a_poisoned_one(scene: Scene, store: Store) -> None:
    scene.accepts("poison")
    claim = scene.must_claim()
    scene.accepts("and now the weather", now=NOW + SECOND, due=NOW + SECOND)
    with store.transaction() as tx:
        tx.park(claim, "Tried five times.", NOW)

    assert [stored.message.text for stored in scene.must_claim(now=NOW + SECOND).messages] == ["and now the weather"]


def test_poison_within_an_experience_is_parked_there(scene: Scene, store: Store) -> None:
    scene.tells("the taxi", reference="RIVER 482")
    scene.accepts("poison")
    claim = scene.must_claim()
    with store.transaction() as tx:
        tx.park(claim, "Tried five times.", NOW)

    view = store.experience("RIVER 482")
    assert view is not None
    assert view.card.parked
    assert [(line.text, line.state) for line in view.talk] == [("the taxi", ""), ("poison", "parked")]


def test_a_redactor_that_fails_on_the_words_does_not_keep_them_from_being_parked(
    scene: Scene, database: Database, sealer: Sealer
) -> None:
    def broken(text: str) -> str:
        raise ValueError(len(text))

    store = SqlStore(database, sealer, broken)
    scene.accepts("poison")
    claim = scene.must_claim()
    with store.transaction() as tx:
        tx.park(claim, "ValueError", NOW)

    view = store.experience(store.inbox(InboxFilter()).cards[0].reference)
    assert view is not None
    assert [(line.text, line.redacted) for line in view.talk] == [("", False)]
    assert [row.text for row in store.export_messages()] == ["poison"]


def test_an_alert_goes_with_its_message_when_that_is_parked(scene: Scene, store: Store) -> None:
    seq = scene.accepts("danger", risk=DANGER)
    assert seq is not None
    alert_id = scene.alerts(seq)
    claim = scene.must_claim()
    with store.transaction() as tx:
        tx.park(claim, "Tried five times.", NOW)

    (card,) = store.inbox(InboxFilter()).cards
    assert [alert.id for alert in card.alerts] == [alert_id]
    assert card.risk is RiskLevel.DANGER


def test_words_that_do_not_open_are_parked_and_hold_nobody_up(scene: Scene, store: Store, database: Database) -> None:
    """A sealed value that was damaged would otherwise be claimed first for ever."""
    seq = scene.accepts("damaged")
    scene.accepts("whole", sender=BORIS, due=NOW + SECOND)
    with database.writing() as connection:
        connection.execute(update(inbound_message).where(inbound_message.c.seq == seq).values(sealed=b"\x01" + b"x" * 60))

    claim = scene.must_claim(now=NOW + SECOND)

    assert claim.address == BORIS
    (card,) = store.inbox(InboxFilter()).cards
    assert card.parked
