"""Words that are changed or unsent while a worker answers them: the turn begins anew, and nothing old comes back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation import Conversation
from bot.errors import LeaseLost
from bot.ports import Store
from bot.records import TurnClaim
from storage.database import Database
from tests.storage.made_up import CALM, NOW, SMS
from tests.storage.reading import everything_in
from tests.storage.scene import Scene

ACCOUNT = "+441134960000"


def amend(store: Store, external_id: str, text: str) -> None:
    with store.transaction() as tx:
        assert tx.amend_inbound(SMS, ACCOUNT, external_id, text=text, risk=CALM, now=NOW) is not None


def withdraw(store: Store, external_id: str) -> None:
    with store.transaction() as tx:
        assert tx.withdraw_inbound(SMS, ACCOUNT, external_id, NOW)


def save(store: Store, claim: TurnClaim, talk: Conversation) -> None:
    with store.transaction() as tx:
        tx.hold_turn(claim)
        tx.save_conversation(talk, contact_id=claim.contact.id, now=NOW)


def test_words_changed_while_they_are_answered_are_answered_as_they_stand(store: Store, scene: Scene) -> None:
    """The turn under way heard the old words: committed, they would stand in the record as what the person says."""
    scene.accepts("The taxi was late.", external_id="one")
    scene.accepts("And the driver new.", external_id="two")
    claim = scene.must_claim()

    amend(store, "two", "And the driver rude.")

    with pytest.raises(LeaseLost):
        scene.hears(claim)
    again = scene.must_claim("host:2")
    assert [stored.message.text for stored in again.messages] == ["The taxi was late.", "And the driver rude."]
    scene.hears(again)
    assert scene.claims() is None


def test_words_unsent_while_a_later_turn_is_taken_do_not_come_back_in_its_preview(
    store: Store, scene: Scene, database: Database
) -> None:
    """The worker took up the talk with the preview in it, and would save it as it was."""
    scene.accepts("Canary taxi", external_id="one")
    scene.takes_turn(reference="RIVER 482", reply=None)
    scene.accepts("1", external_id="two")
    claim = scene.must_claim()
    assert claim.conversation is not None
    talk = replace(claim.conversation, preview="Canary taxi")

    withdraw(store, "one")

    with pytest.raises(LeaseLost):
        save(store, claim, talk)
    assert "Canary" not in everything_in(database)
    again = scene.must_claim("host:2")
    assert [stored.message.text for stored in again.messages] == ["1"]


def test_a_message_unsent_while_it_is_answered_leaves_nobody_waiting(store: Store, scene: Scene) -> None:
    scene.accepts("The taxi was late.", external_id="one")
    claim = scene.must_claim()

    withdraw(store, "one")

    with pytest.raises(LeaseLost):
        scene.hears(claim)
    assert scene.claims() is None
    assert store.next_turn_at() is None
