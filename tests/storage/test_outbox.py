"""The outbox: each row leaves once, in order, or says why not."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from bot.errors import LeaseLost, NotFound
from bot.model import Address
from bot.outgoing import Choice, OutboundState, Priority
from bot.ports import Store
from storage.database import Database
from storage.outbox import NEXT
from storage.tables import outbound_message
from tests.storage.made_up import ANNA, ANNA_WHATSAPP, BORIS, LEASE, NOW, SMS, SOON, WHATSAPP
from tests.storage.scene import Scene

SECOND = timedelta(seconds=1)


# --- putting in -------------------------------------------------------------------------------------------------------


def test_what_is_said_is_taken_out_exactly_as_it_was_put_in(store: Store, scene: Scene) -> None:
    row = scene.outbound("Ring 07700 900123\0 \ud800", choices=(Choice("yes", "Yes"), Choice("no", "No")))
    with store.transaction() as tx:
        tx.enqueue(row, NOW)

    claim = scene.must_take_out()

    assert claim.outgoing.id == row.id
    assert (claim.outgoing.channel, claim.outgoing.address) == (SMS, ANNA)
    assert (claim.outgoing.text, claim.outgoing.choices) == (row.part.text, row.part.choices)
    assert (claim.priority, claim.key, claim.attempts, claim.created_at) == (Priority.REPLY, "promise", 1, NOW)


def test_a_turn_run_twice_says_it_once(store: Store, scene: Scene) -> None:
    with store.transaction() as tx:
        first = tx.enqueue(scene.outbound(dedupe_key="turn:1/promise"), NOW)
        second = tx.enqueue(scene.outbound(dedupe_key="turn:1/promise"), NOW)

    assert first is not None
    assert second is None
    assert len(list(store.export_messages())) == 1


def test_the_words_stand_in_clear_only_as_the_redactor_left_them(database: Database, scene: Scene) -> None:
    scene.says("Ring 07700 900123")

    with database.reading() as connection:
        row = connection.execute(outbound_message.select()).one()
    assert row.redacted == "Ring [phone]"
    assert b"900123" not in row.sealed


# --- taking out -------------------------------------------------------------------------------------------------------


def test_a_row_is_not_taken_before_its_time(store: Store, scene: Scene) -> None:
    with store.transaction() as tx:
        tx.enqueue(scene.outbound(now=NOW + SOON), NOW)

    assert scene.takes_out(now=NOW + SOON - SECOND) is None
    assert scene.takes_out(now=NOW + SOON) is not None


def test_the_bubbles_of_one_person_leave_in_order_each_after_the_one_before(scene: Scene) -> None:
    for said in ("one", "two", "three"):
        scene.says(said)

    left = []
    while (claim := scene.takes_out()) is not None:
        assert scene.takes_out("host:1/1") is None  # the next one waits until this one has left
        left.append(claim.outgoing.text)
        scene.settles(claim, provider_id=f"PR{len(left)}")

    assert left == ["one", "two", "three"]


def test_people_do_not_wait_for_each_other(scene: Scene) -> None:
    scene.says("to Anna", to=ANNA)
    scene.says("to Boris", to=BORIS)

    assert [scene.must_take_out(f"host:1/{n}").outgoing.address for n in range(2)] == [ANNA, BORIS]


@pytest.mark.parametrize("state", [OutboundState.PENDING, OutboundState.UNKNOWN])
def test_what_has_not_left_yet_holds_back_what_comes_after_it(scene: Scene, state: OutboundState) -> None:
    scene.says("first")
    scene.says("second")
    scene.settles(scene.must_take_out(), state, not_before=NOW + SOON)

    assert scene.takes_out() is None
    assert scene.must_take_out(now=NOW + SOON).outgoing.text == "first"


@pytest.mark.parametrize("state", [OutboundState.FAILED, OutboundState.CANCELLED, OutboundState.WITHHELD])
def test_what_will_never_leave_holds_nobody_back(scene: Scene, state: OutboundState) -> None:
    scene.says("first")
    scene.says("second")
    scene.settles(scene.must_take_out(), state, error="The person said STOP.")

    assert scene.must_take_out().outgoing.text == "second"


def test_an_uncertain_row_nobody_asks_about_any_more_holds_nobody_back(scene: Scene) -> None:
    scene.says("first")
    scene.says("second")
    scene.settles(scene.must_take_out(), OutboundState.UNKNOWN)

    assert scene.must_take_out().outgoing.text == "second"


def test_a_signpost_passes_everything_that_waits(store: Store, scene: Scene) -> None:
    scene.says("to Boris first", to=BORIS)
    scene.says("stuck", to=ANNA)
    contact_id = scene.contact(ANNA)
    with store.transaction() as tx:
        tx.enqueue(scene.outbound("Ring 999.", contact_id=contact_id, priority=Priority.SIGNPOST), NOW)

    first = scene.must_take_out("host:1/0")
    assert first.outgoing.text == "Ring 999."
    assert first.priority is Priority.SIGNPOST


def test_a_signpost_goes_while_an_earlier_word_to_the_same_person_is_under_way(store: Store, scene: Scene) -> None:
    scene.says("under way")
    scene.must_take_out("host:1/0")
    with store.transaction() as tx:
        tx.enqueue(scene.outbound("Ring 999.", priority=Priority.SIGNPOST), NOW)

    assert scene.must_take_out("host:1/1").outgoing.text == "Ring 999."


def test_a_channel_whose_breaker_is_open_is_left_alone(store: Store, scene: Scene) -> None:
    scene.says("by text")
    with store.transaction() as tx:
        tx.enqueue(scene.outbound("by WhatsApp", to=ANNA_WHATSAPP, channel=WHATSAPP), NOW)

    claim = scene.takes_out(without=(SMS,))
    assert claim is not None
    assert claim.outgoing.text == "by WhatsApp"
    assert scene.takes_out("host:1/1", without=(SMS, WHATSAPP)) is None


def test_the_sender_learns_when_this_address_last_wrote_and_whether_it_said_stop(store: Store, scene: Scene) -> None:
    scene.accepts(sender=ANNA_WHATSAPP, channel=WHATSAPP, now=NOW)
    scene.accepts(sender=ANNA_WHATSAPP, channel=WHATSAPP, now=NOW + SECOND)
    scene.accepts(sender=ANNA, also=(ANNA_WHATSAPP,), now=NOW + SOON)
    contact_id = scene.contact(ANNA_WHATSAPP)
    with store.transaction() as tx:
        tx.set_opted_out(contact_id, NOW)
        tx.enqueue(scene.outbound(to=ANNA_WHATSAPP, contact_id=contact_id, channel=WHATSAPP, now=NOW), NOW)

    claim = scene.must_take_out()

    assert claim.contact_id == contact_id
    assert claim.last_inbound_at == NOW + SECOND
    assert claim.opted_out


def test_a_text_to_the_rota_has_no_contact(store: Store, scene: Scene) -> None:
    with store.transaction() as tx:
        tx.enqueue(scene.outbound("An alert waits.", priority=Priority.ALERT), NOW)

    claim = scene.must_take_out()
    assert (claim.contact_id, claim.opted_out, claim.last_inbound_at) == (None, False, None)


def test_many_senders_take_each_row_once(scene: Scene) -> None:
    numbers = [f"+4477009000{number:02}" for number in range(16)]
    for path in numbers:
        scene.says(to=Address("tel", path))
    start = threading.Barrier(4)
    taken: list[str] = []

    def send(worker: str) -> None:
        start.wait()
        while (claim := scene.takes_out(worker)) is not None:
            taken.append(claim.outgoing.address.path)
            scene.settles(claim, worker=worker, provider_id=f"PR{claim.outgoing.address.path}")

    threads = [threading.Thread(target=send, args=(f"host:1/{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(taken) == Counter(numbers)


# --- a crash between two steps ----------------------------------------------------------------------------------------


def test_a_row_found_in_sending_comes_back_as_perhaps_sent(scene: Scene) -> None:
    scene.says()
    scene.must_take_out("host:1/0")

    assert scene.takes_out("host:2/0", now=NOW + LEASE - SECOND) is None
    again = scene.must_take_out("host:2/0", now=NOW + LEASE)
    assert (again.was_sending, again.attempts, again.attempted_at) == (True, 2, NOW)


def test_a_row_that_was_not_sent_for_certain_comes_back_as_new(scene: Scene) -> None:
    scene.says()
    scene.settles(scene.must_take_out(), OutboundState.PENDING, not_before=NOW + SECOND, error="Slow down.")

    again = scene.must_take_out(now=NOW + SECOND)
    assert (again.was_sending, again.attempts) == (False, 2)


def test_an_uncertain_row_is_asked_about_and_the_asking_is_counted(store: Store, scene: Scene) -> None:
    scene.says()
    claim = scene.must_take_out()
    with store.transaction() as tx:
        tx.settle_outbound(claim.outgoing.id, "host:1/0", state=OutboundState.UNKNOWN, not_before=NOW + SOON, asked=1, now=NOW)

    again = scene.must_take_out(now=NOW + SOON)
    assert (again.was_sending, again.asked) == (True, 1)


def test_who_was_overtaken_cannot_settle(scene: Scene) -> None:
    scene.says()
    slow = scene.must_take_out("host:1/0")
    scene.must_take_out("host:2/0", now=NOW + LEASE)

    with pytest.raises(LeaseLost):
        scene.settles(slow, worker="host:1/0", provider_id="PR1")


def test_a_row_nobody_knows_cannot_be_settled(store: Store, scene: Scene) -> None:
    with pytest.raises(NotFound), store.transaction() as tx:
        tx.settle_outbound(scene.new_id(), "host:1/0", state=OutboundState.SENT, now=NOW)


def test_words_that_do_not_open_fail_by_name_and_hold_nobody_up(store: Store, scene: Scene, database: Database) -> None:
    scene.says("damaged")
    scene.says("whole")
    with database.writing() as connection:
        connection.execute(update(outbound_message).where(outbound_message.c.redacted == "damaged").values(sealed=b"x" * 60))

    assert scene.must_take_out().outgoing.text == "whole"
    with database.reading() as connection:
        row = connection.execute(outbound_message.select().where(outbound_message.c.redacted == "damaged")).one()
    assert row.state == "failed"
    assert "not among the data keys" in row.error


# --- counting ---------------------------------------------------------------------------------------------------------


def test_what_left_within_the_hour_is_counted_by_channel(store: Store, scene: Scene) -> None:
    for number, minute in enumerate((0, 30, 59)):
        scene.says()
        scene.sends(provider_id=f"PR{number}", now=NOW + timedelta(minutes=minute))
    scene.says()

    assert store.sent_since(SMS, NOW + timedelta(minutes=30)) == 2
    assert store.sent_since(WHATSAPP, NOW) == 0


# --- the plan of the query --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sqlite_looks_for_the_next_row_among_the_live_ones_alone(scene: Scene, database: Database) -> None:
    """With a year of sent rows behind it, the outbox must not read them all to find that nothing is due."""
    statement = NEXT.params(now=NOW, without=["x"]).compile(
        database.engine, compile_kwargs={"literal_binds": True, "render_postcompile": True}
    )
    with database.reading() as connection:
        plan = " ".join(row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {statement}")))

    assert "ix_outbound_message_live" in plan
    assert "ix_outbound_message_line" in plan


def test_a_signpost_and_an_alert_are_tried_even_where_the_breaker_is_open(store: Store, scene: Scene) -> None:
    scene.says("to Anna")
    with store.transaction() as tx:
        tx.enqueue(scene.outbound("An alert waits.", to=BORIS, priority=Priority.ALERT), NOW)
        tx.enqueue(scene.outbound("Ring 999.", priority=Priority.SIGNPOST), NOW)

    claims = [scene.takes_out(f"host:1/{number}", without=(SMS,)) for number in range(3)]

    assert [claim and claim.outgoing.text for claim in claims] == ["Ring 999.", "An alert waits.", None]


def test_the_same_provider_id_is_not_taken_for_two_rows(store: Store, scene: Scene) -> None:
    first, second = scene.says("the same words", to=ANNA), scene.says("the same words", to=BORIS)
    scene.sends(provider_id="PR1")

    assert not store.is_provider_id_of_another(SMS, "PR1", apart_from=first)
    assert store.is_provider_id_of_another(SMS, "PR1", apart_from=second)
    assert not store.is_provider_id_of_another(WHATSAPP, "PR1", apart_from=second)
    assert not store.is_provider_id_of_another(SMS, "PR2", apart_from=second)
