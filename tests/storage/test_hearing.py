"""What arrives: kept once, in one numbering, exactly as it came."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.conversation import Command
from bot.model import Address, ChannelName
from bot.ports import Store
from storage.database import Database
from storage.tables import address, contact, inbound_message
from tests.storage.made_up import ANNA, BORIS, DANGER, NOW, SMS, WHATSAPP
from tests.storage.scene import Scene


def test_messages_are_numbered_in_the_order_of_acceptance_across_both_directions(store: Store, scene: Scene) -> None:
    first = scene.accepts("one")
    scene.says("two")
    third = scene.accepts("three", sender=BORIS)
    scene.says("four")

    assert [row.seq for row in store.export_messages()] == sorted(row.seq for row in store.export_messages())
    assert [row.text for row in store.export_messages()] == ["one", "two", "three", "four"]
    assert first is not None
    assert third is not None
    assert first < third


def test_a_repeat_is_told_by_channel_account_and_id(store: Store, scene: Scene) -> None:
    assert scene.accepts("once", external_id="SM1") is not None
    assert scene.accepts("twice", external_id="SM1") is None
    assert scene.accepts("elsewhere", external_id="SM1", channel=WHATSAPP) is not None

    assert [row.text for row in store.export_messages()] == ["once", "elsewhere"]


def test_the_number_of_a_message_is_found_again(store: Store, scene: Scene) -> None:
    seq = scene.accepts(external_id="SM1")

    with store.transaction() as tx:
        assert tx.seq_of(SMS, "+441134960000", "SM1") == seq
        assert tx.seq_of(SMS, "+441134960000", "SM2") is None


def test_looking_a_number_up_does_not_wait_for_a_writer(store: Store, scene: Scene) -> None:
    seq = scene.accepts(external_id="SM1")

    with store.transaction():
        assert store.seq_of(SMS, "+441134960000", "SM1") == seq
        assert store.seq_of(SMS, "+441134960000", "SM2") is None


def test_a_repeat_from_somebody_unknown_leaves_no_trace_of_them(scene: Scene, database: Database) -> None:
    """A late repeat of an erased person's message must not bring their address back into the store."""
    scene.accepts(external_id="SM1", sender=ANNA)
    scene.accepts(external_id="SM1", sender=BORIS)

    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(contact)).scalar_one() == 1
        assert connection.execute(select(func.count()).select_from(address)).scalar_one() == 1


def test_one_of_two_repeats_accepted_at_once_is_kept(store: Store, scene: Scene) -> None:
    start = threading.Barrier(6)
    seqs: list[int | None] = []

    def accept() -> None:
        start.wait()
        seqs.append(scene.accepts("the same", external_id="SM1"))

    threads = [threading.Thread(target=accept) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(seq is not None for seq in seqs) == 1
    assert [row.text for row in store.export_messages()] == ["the same"]


def test_messages_of_one_person_accepted_at_once_are_numbered_as_they_were_committed(store: Store, scene: Scene) -> None:
    """Whoever polls after the number they saw last must not miss a lower one that is committed later."""
    seen: list[int] = []
    done = threading.Event()

    def accept(thread: int) -> None:
        for number in range(8):
            scene.accepts(f"{thread}-{number}", external_id=f"SM-{thread}-{number}")

    def poll() -> None:
        last = 0
        while True:
            finished = done.is_set()
            for line in store.chat_lines(ANNA, after=last, channels=(SMS,)):
                seen.append(line.seq)
                last = line.seq
            if finished:
                return

    threads = [threading.Thread(target=accept, args=(number,)) for number in range(3)]
    polling = threading.Thread(target=poll)
    polling.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    polling.join()

    assert seen == [row.seq for row in store.export_messages()]
    assert len(seen) == 24


@pytest.mark.parametrize("text", ["\0", "a\0b\ud800", "\ud83d\ude00", "\U0001f600", "x" * 200_000, ""])
def test_text_no_database_would_take_is_exported_as_it_came(store: Store, scene: Scene, text: str) -> None:
    scene.accepts(text)

    assert [row.text for row in store.export_messages()] == [text]
    assert scene.must_claim().messages[0].message.text == text


@pytest.mark.parametrize("odd", ["SM\0one", "SM\ud800", "S" * 5000, "'; DROP TABLE contact; --"])
def test_an_id_no_column_would_hold_still_tells_a_repeat(store: Store, scene: Scene, odd: str) -> None:
    assert scene.accepts(external_id=odd) is not None
    assert scene.accepts(external_id=odd) is None
    assert scene.accepts(external_id=odd + "1") is not None

    with store.transaction() as tx:
        assert tx.seq_of(SMS, "+441134960000", odd) is not None
    assert [row.external_id for row in store.export_messages()] == [odd, odd + "1"]


def test_a_sender_made_of_rubbish_is_a_person_like_any_other(store: Store, scene: Scene) -> None:
    rubbish = Address("tel", "\0+44\ud800")
    scene.accepts(sender=rubbish)
    scene.accepts(sender=rubbish)

    assert {stored.message.sender for stored in scene.must_claim().messages} == {rubbish}
    assert len(store.chat_lines(rubbish, after=0, channels=(SMS,))) == 2


def test_nothing_of_the_words_stands_in_clear_before_they_were_redacted(scene: Scene, database: Database) -> None:
    scene.accepts("Mrs Canary of 3 Mill Lane")

    with database.reading() as connection:
        row = connection.execute(select(inbound_message)).one()
    assert row.redacted == ""
    assert b"Canary" not in row.sealed
    assert not any("Canary" in str(value) for value in row)


def test_risk_and_command_come_back_with_the_message(scene: Scene) -> None:
    scene.accepts("STOP", risk=DANGER, command=Command.STOP)

    (stored,) = scene.must_claim().messages
    assert stored.risk == DANGER
    assert stored.command is Command.STOP


def test_messages_since_then_are_counted_by_address(store: Store, scene: Scene) -> None:
    for minute in range(4):
        scene.accepts(now=NOW + timedelta(minutes=minute))
    scene.accepts(sender=BORIS, now=NOW + timedelta(minutes=3))

    assert store.inbound_since(ANNA, NOW + timedelta(minutes=2)) == 2
    assert store.inbound_since(ANNA, NOW + timedelta(hours=1)) == 0


def test_a_channel_nobody_has_heard_of_is_kept(store: Store, scene: Scene) -> None:
    """The list of channels is open: a new one needs no change of the tables."""
    scene.accepts("by pigeon", channel=ChannelName("pigeon"))

    assert [row.channel for row in store.export_messages()] == ["pigeon"]
