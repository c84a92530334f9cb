"""Receipts: upwards only; proof where it was uncertain; another try where a failure may pass."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from bot.model import ENGLISH
from bot.outgoing import DeliveryReceipt, DeliveryStatus, Failure, OutboundState
from bot.ports import Store
from storage.receipts import WAITS
from tests.storage.made_up import ANNA, NOW, SMS, WHATSAPP
from tests.storage.scene import Scene

S = DeliveryStatus


def state(scene: Scene) -> str:
    """The one row's state, in the ladder's words."""
    (word,) = scene.states().values()
    return word


@pytest.fixture
def sent(scene: Scene) -> Scene:
    """One reply that the provider took as PR1."""
    scene.says()
    scene.sends(provider_id="PR1")
    return scene


# --- the ladder -------------------------------------------------------------------------------------------------------


def test_a_message_climbs_and_never_comes_down(sent: Scene) -> None:
    words = []
    for status in (S.SENT, S.DELIVERED, S.SENT, S.QUEUED, S.READ, S.DELIVERED):
        sent.is_told(status, provider_id="PR1")
        words.append(state(sent))

    assert words == ["sent", "delivered", "delivered", "delivered", "read", "read"]


def test_the_contact_of_the_message_is_told(sent: Scene) -> None:
    assert sent.is_told(S.SENT, provider_id="PR1") == sent.contact(ANNA)


def test_a_receipt_for_a_message_we_do_not_know_is_nobody_s(sent: Scene) -> None:
    assert sent.is_told(S.SENT, provider_id="PR9") is None
    assert sent.is_told(S.SENT, provider_id="PR1", channel=WHATSAPP) is None
    assert sent.is_told(S.SENT, outbound=sent.new_id()) is None
    assert sent.is_told(S.SENT) is None
    assert state(sent) == "sent"


def test_what_has_arrived_cannot_fail_to_arrive(sent: Scene) -> None:
    sent.is_told(S.DELIVERED, provider_id="PR1")
    sent.is_told(S.UNDELIVERED, provider_id="PR1", failure=Failure.TRY_LATER)

    assert state(sent) == "delivered"
    assert sent.takes_out(now=NOW + timedelta(days=1)) is None


def test_a_final_failure_says_why(sent: Scene, store: Store) -> None:
    sent.is_told(S.UNDELIVERED, provider_id="PR1", failure=Failure.UNREACHABLE, code="30003")

    assert state(sent) == "undelivered"
    sent.is_told(S.DELIVERED, provider_id="PR1")
    assert state(sent) == "undelivered"


# --- proof ------------------------------------------------------------------------------------------------------------


def test_a_receipt_by_our_own_id_proves_that_an_uncertain_message_was_taken(scene: Scene) -> None:
    outbound_id = scene.says()
    scene.settles(scene.must_take_out(), OutboundState.UNKNOWN, not_before=NOW + timedelta(seconds=5))

    scene.is_told(S.SENT, outbound=outbound_id, provider_id="PR1")

    assert state(scene) == "sent"
    assert scene.takes_out(now=NOW + timedelta(hours=1)) is None


def test_a_receipt_that_is_quicker_than_the_provider_s_answer_stands(scene: Scene) -> None:
    outbound_id = scene.says()
    claim = scene.must_take_out()
    scene.is_told(S.DELIVERED, outbound=outbound_id, provider_id="PR1")
    scene.settles(claim, OutboundState.UNKNOWN, not_before=NOW)

    assert state(scene) == "delivered"
    assert scene.takes_out(now=NOW + timedelta(hours=1)) is None


def test_the_provider_s_id_is_learnt_from_the_late_answer(scene: Scene) -> None:
    outbound_id = scene.says()
    claim = scene.must_take_out()
    scene.is_told(S.SENT, outbound=outbound_id)
    scene.settles(claim, provider_id="PR1")

    scene.is_told(S.DELIVERED, provider_id="PR1")
    assert state(scene) == "delivered"


def test_a_message_we_had_given_up_is_sent_after_all(scene: Scene) -> None:
    outbound_id = scene.says()
    scene.settles(scene.must_take_out(), OutboundState.FAILED, error="Could not be sent for three days.")
    scene.is_told(S.DELIVERED, outbound=outbound_id, provider_id="PR1")

    assert state(scene) == "delivered"


@pytest.mark.parametrize("decided", [OutboundState.CANCELLED, OutboundState.WITHHELD])
def test_what_we_decided_not_to_say_stays_unsaid(scene: Scene, decided: OutboundState) -> None:
    outbound_id = scene.says()
    scene.settles(scene.must_take_out(), decided, error="The person said STOP.")
    scene.is_told(S.FAILED, outbound=outbound_id, failure=Failure.TRY_LATER)

    assert state(scene) == decided.value
    assert scene.takes_out(now=NOW + timedelta(days=1)) is None


# --- another try ------------------------------------------------------------------------------------------------------


def test_a_failure_that_may_pass_is_tried_again_later_and_at_last_has_failed(sent: Scene) -> None:
    now = NOW
    for number, wait in enumerate(WAITS, start=1):
        sent.is_told(S.UNDELIVERED, provider_id=f"PR{number}", failure=Failure.TRY_LATER, code="30008", now=now)
        assert state(sent) == "pending"
        assert sent.takes_out(now=now + wait - timedelta(seconds=1)) is None
        now += wait
        again = sent.must_take_out(now=now)
        assert not again.was_sending
        assert again.attempted_at == now  # to ask about this try, not about the one that failed
        sent.settles(again, provider_id=f"PR{number + 1}", now=now)

    sent.is_told(S.UNDELIVERED, provider_id=f"PR{len(WAITS) + 1}", failure=Failure.TRY_LATER, now=now)
    assert state(sent) == "undelivered"
    assert sent.takes_out(now=now + timedelta(days=1)) is None


def test_a_failure_to_be_tried_once_is_tried_once(sent: Scene) -> None:
    sent.is_told(S.UNDELIVERED, provider_id="PR1", failure=Failure.TRY_ONCE)
    sent.sends(provider_id="PR2", now=NOW + WAITS[0])
    sent.is_told(S.UNDELIVERED, provider_id="PR2", failure=Failure.TRY_ONCE)

    assert state(sent) == "undelivered"


@pytest.mark.parametrize(
    "failure",
    [each for each in Failure if each not in {Failure.TRY_LATER, Failure.TRY_ONCE, Failure.WINDOW_SHUT}],
)
def test_any_other_failure_is_for_good(sent: Scene, failure: Failure) -> None:
    sent.is_told(S.FAILED, provider_id="PR1", failure=failure)

    assert state(sent) == "failed"
    assert sent.takes_out(now=NOW + timedelta(days=1)) is None


def test_what_a_shut_window_stopped_is_withheld_until_it_opens(sent: Scene) -> None:
    sent.is_told(S.FAILED, provider_id="PR1", failure=Failure.WINDOW_SHUT)
    assert state(sent) == "withheld"
    assert sent.takes_out(now=NOW + timedelta(days=1)) is None

    with sent.store.transaction() as tx:
        assert tx.release_withheld(ANNA, SMS, NOW + timedelta(days=1)) == 1
    assert sent.takes_out(now=NOW + timedelta(days=1)) is not None


def test_a_late_word_about_the_try_that_failed_says_nothing_about_the_next(scene: Scene) -> None:
    """Providers repeat their receipts. A repeat that came between two tries would else count as proof of the second."""
    outbound_id = scene.says()
    scene.sends(provider_id="PR1")
    scene.is_told(S.UNDELIVERED, provider_id="PR1", failure=Failure.TRY_LATER)
    for _ in range(2):
        scene.is_told(S.SENT, provider_id="PR1", outbound=outbound_id)
        scene.is_told(S.UNDELIVERED, provider_id="PR1", outbound=outbound_id, failure=Failure.TRY_LATER)

    assert state(scene) == "pending"
    scene.sends(provider_id="PR2", now=NOW + WAITS[0])
    scene.is_told(S.UNDELIVERED, provider_id="PR1", outbound=outbound_id, failure=Failure.UNREACHABLE)
    assert state(scene) == "sent"


def test_a_failure_told_before_the_provider_s_answer_is_tried_again_all_the_same(scene: Scene) -> None:
    outbound_id = scene.says()
    claim = scene.must_take_out()
    scene.is_told(S.FAILED, outbound=outbound_id, failure=Failure.TRY_LATER)
    scene.settles(claim, provider_id="PR1")

    assert state(scene) == "pending"
    scene.is_told(S.SENT, outbound=outbound_id, provider_id="PR1")  # late, of the first try
    assert state(scene) == "pending"
    assert scene.takes_out(now=NOW + WAITS[0]) is not None


# --- the provider says STOP -------------------------------------------------------------------------------------------


def test_a_person_the_provider_says_has_opted_out_has_opted_out(sent: Scene, store: Store) -> None:
    receipt = DeliveryReceipt(channel=SMS, status=S.UNDELIVERED, provider_id="PR1", failure=Failure.OPTED_OUT, code="21610")
    with store.transaction() as tx:
        tx.apply_receipt(receipt, NOW)
        tx.opt_out_outbound(receipt, NOW)
        tx.opt_out_outbound(receipt, NOW + timedelta(hours=1))
    sent.says("again")

    assert sent.must_take_out().opted_out
    with store.transaction() as tx:
        assert tx.hold_contact(ANNA, (), locale=ENGLISH, now=NOW).opted_out_at == NOW


def test_when_the_provider_said_so_is_kept_in_utc_wherever_the_server_stands(
    sent: Scene, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        with store.transaction() as tx:
            tx.opt_out_outbound(DeliveryReceipt(channel=SMS, status=S.UNDELIVERED, provider_id="PR1"), NOW)
        with store.transaction() as tx:
            kept = tx.hold_contact(ANNA, (), locale=ENGLISH, now=NOW).opted_out_at
    time.tzset()

    assert kept == NOW
