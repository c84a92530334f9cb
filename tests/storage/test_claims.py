"""Claims and leases: one worker has a person's waiting words, and loses them when it dies."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest

from bot.conversation import Conversation
from bot.errors import LeaseLost
from bot.model import Address
from bot.ports import Store
from tests.storage.made_up import ANNA, BORIS, CHAT, LEASE, NOW, SMS, SOON, WEBCHAT, WHATSAPP
from tests.storage.scene import Scene

SECOND = timedelta(seconds=1)


# --- claiming ---------------------------------------------------------------------------------------------------------


def test_a_turn_is_claimed_once_it_is_due(scene: Scene) -> None:
    scene.accepts(due=NOW + SOON)

    assert scene.claims(now=NOW + SOON - SECOND) is None
    assert scene.claims(now=NOW + SOON) is not None


def test_the_store_says_when_the_next_turn_falls_due(store: Store, scene: Scene) -> None:
    assert store.next_turn_at() is None

    scene.accepts(due=NOW + SOON)
    scene.accepts(sender=BORIS, due=NOW + 2 * SOON)
    assert store.next_turn_at() == NOW + SOON

    scene.must_claim(now=NOW + SOON)
    assert store.next_turn_at() == NOW + 2 * SOON


def test_a_leased_turn_falls_due_again_when_its_lease_runs_out(store: Store, scene: Scene) -> None:
    scene.accepts()
    scene.must_claim()

    assert store.next_turn_at() == NOW + LEASE


def test_who_has_waited_longest_is_first(scene: Scene) -> None:
    scene.accepts(sender=BORIS, due=NOW - SECOND)
    scene.accepts(sender=ANNA, due=NOW - 2 * SECOND)

    assert [scene.must_claim().address for _ in range(2)] == [ANNA, BORIS]


def test_a_burst_is_one_claim_in_the_order_of_acceptance(scene: Scene) -> None:
    for text in ("one", "two", "three"):
        scene.accepts(text)

    claim = scene.must_claim()
    assert [stored.message.text for stored in claim.messages] == ["one", "two", "three"]
    assert [stored.attempts for stored in claim.messages] == [1, 1, 1]


def test_without_settling_each_message_is_a_turn_of_its_own(scene: Scene, store: Store) -> None:
    scene.accepts("one", sender=CHAT, channel=WEBCHAT)
    scene.accepts("two", sender=CHAT, channel=WEBCHAT)

    first = scene.must_claim(one_at_a_time=(WEBCHAT,))
    scene.hears(first)
    second = scene.must_claim(one_at_a_time=(WEBCHAT,))

    assert [[stored.message.text for stored in claim.messages] for claim in (first, second)] == [["one"], ["two"]]


def test_a_claim_is_of_the_channel_of_the_first_message_alone(scene: Scene, store: Store) -> None:
    scene.accepts("by text", sender=ANNA, channel=SMS)
    scene.accepts("by WhatsApp", sender=ANNA, channel=WHATSAPP)
    scene.accepts("by text again", sender=ANNA, channel=SMS)

    first = scene.must_claim()
    scene.hears(first)
    second = scene.must_claim()

    assert [stored.message.text for stored in first.messages] == ["by text", "by text again"]
    assert [stored.message.text for stored in second.messages] == ["by WhatsApp"]


def test_two_workers_never_hold_the_same_person(scene: Scene, store: Store) -> None:
    people = [f"+4477009000{number:02}" for number in range(12)]
    for path in people:
        scene.accepts(sender=Address("tel", path))
    start = threading.Barrier(4)
    claimed: list[str] = []

    def work(worker: str) -> None:
        start.wait()
        while (claim := scene.claims(worker)) is not None:
            claimed.append(claim.address.path)

    threads = [threading.Thread(target=work, args=(f"host:{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(claimed) == Counter(people)


def test_looking_for_work_when_there_is_none_changes_nothing(scene: Scene, store: Store) -> None:
    assert scene.claims() is None
    assert store.next_turn_at() is None


# --- leases -----------------------------------------------------------------------------------------------------------


def test_a_worker_that_died_loses_its_turn_to_another_and_the_try_is_counted(scene: Scene) -> None:
    scene.accepts()
    scene.must_claim("host:1")

    assert scene.claims("host:2", now=NOW + LEASE - SECOND) is None
    again = scene.must_claim("host:2", now=NOW + LEASE)
    assert [stored.attempts for stored in again.messages] == [2]


def test_who_was_overtaken_can_neither_hold_nor_finish(scene: Scene, store: Store) -> None:
    scene.accepts()
    slow = scene.must_claim("host:1")
    scene.must_claim("host:2", now=NOW + LEASE)

    with pytest.raises(LeaseLost), store.transaction() as tx:
        tx.hold_turn(slow)
    with pytest.raises(LeaseLost), store.transaction() as tx:
        tx.finish_turn(slow, now=NOW)


def test_an_old_claim_of_the_same_worker_is_told_from_its_new_one(scene: Scene, store: Store) -> None:
    scene.accepts()
    old = scene.must_claim("host:1")
    new = scene.must_claim("host:1", now=NOW + LEASE)

    with pytest.raises(LeaseLost), store.transaction() as tx:
        tx.hold_turn(old)
    with store.transaction() as tx:
        tx.hold_turn(new)


def test_a_worker_that_is_late_but_was_not_overtaken_may_finish(scene: Scene, store: Store) -> None:
    scene.accepts()
    claim = scene.must_claim()

    with store.transaction() as tx:
        tx.hold_turn(claim)
        tx.finish_turn(claim, now=NOW + 10 * LEASE)


def test_a_turn_that_failed_half_way_has_done_nothing(scene: Scene, store: Store) -> None:
    scene.accepts()
    claim = scene.must_claim()

    def fail_half_way() -> None:
        with store.transaction() as tx:
            tx.hold_turn(claim)
            tx.save_conversation(Conversation(id=scene.new_id(), channel=SMS), contact_id=claim.contact.id, now=NOW)
            tx.enqueue(scene.outbound(), NOW)
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        fail_half_way()

    assert scene.takes_out() is None
    assert scene.must_claim(now=NOW + LEASE).conversation is None
