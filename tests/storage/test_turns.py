"""The turn: one worker has a person's waiting words, finishes or loses them, and nothing that came meanwhile is lost."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.errors import LeaseLost
from bot.model import Address, ChannelName, Conversation, Locale, Polarity, Purpose, Risk, RiskLevel, Speaker
from bot.ports import Store
from bot.records import InboxFilter, TurnClaim
from storage.database import Database
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import conversation, inbound_message
from tests.storage.scene import ANNA, BORIS, CHAT, DANGER, LEASE, NOW, SMS, SOON, WEBCHAT, WHATSAPP, Scene, heard

SECOND = timedelta(seconds=1)


def hear(store: Store, claim: TurnClaim) -> None:
    """Finish a turn in which nothing is said and nothing is kept."""
    with store.transaction() as tx:
        tx.hold_turn(claim)
        for stored in claim.messages:
            tx.mark_heard(
                stored.seq, heard(stored.message.text), experience_id=None, question=None, is_story=False, tagger="", taxonomy=""
            )
        tx.finish_turn(claim, now=NOW)


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
    hear(store, first)
    second = scene.must_claim(one_at_a_time=(WEBCHAT,))

    assert [[stored.message.text for stored in claim.messages] for claim in (first, second)] == [["one"], ["two"]]


def test_a_claim_is_of_the_channel_of_the_first_message_alone(scene: Scene, store: Store) -> None:
    scene.accepts("by text", sender=ANNA, channel=SMS)
    scene.accepts("by WhatsApp", sender=ANNA, channel=WHATSAPP)
    scene.accepts("by text again", sender=ANNA, channel=SMS)

    first = scene.must_claim()
    hear(store, first)
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


# --- finishing --------------------------------------------------------------------------------------------------------


def test_a_finished_turn_leaves_nobody_due(scene: Scene, store: Store) -> None:
    scene.accepts()
    scene.takes_turn()

    assert store.next_turn_at() is None
    assert scene.claims(now=NOW + LEASE) is None


def test_what_came_in_during_a_turn_has_its_own_turn_at_its_own_time(scene: Scene, store: Store) -> None:
    scene.accepts("one")
    claim = scene.must_claim()
    scene.accepts("two", now=NOW + SECOND, due=NOW + SOON)
    hear(store, claim)

    assert store.next_turn_at() == NOW + SOON
    assert scene.claims(now=NOW + SECOND) is None
    assert [stored.message.text for stored in scene.must_claim(now=NOW + SOON).messages] == ["two"]


def test_a_message_that_came_during_a_failed_turn_is_taken_with_the_others(scene: Scene) -> None:
    scene.accepts("one")
    scene.must_claim("host:1")
    scene.accepts("two", now=NOW + SECOND, due=NOW + SOON)

    claim = scene.must_claim("host:2", now=NOW + LEASE)
    assert [(stored.message.text, stored.attempts) for stored in claim.messages] == [("one", 2), ("two", 1)]


def test_a_turn_put_off_comes_back_at_the_time_it_was_given(scene: Scene, store: Store) -> None:
    scene.accepts()
    claim = scene.must_claim()
    with store.transaction() as tx:
        tx.hold_turn(claim)
        tx.schedule_turn(claim.contact.id, first_waiting_at=NOW, due_at=NOW + SOON)
        tx.finish_turn(claim, now=NOW)

    assert scene.claims(now=NOW + SOON - SECOND) is None
    assert scene.must_claim(now=NOW + SOON).messages[0].attempts == 2


def test_a_contact_who_is_due_with_nothing_waiting_is_let_go(scene: Scene, store: Store) -> None:
    contact_id = scene.contact()
    with store.transaction() as tx:
        tx.schedule_turn(contact_id, first_waiting_at=NOW, due_at=NOW)
    scene.accepts(sender=BORIS, due=NOW + SECOND)

    assert scene.must_claim(now=NOW + SECOND).address == BORIS
    assert store.next_turn_at() is not None  # Boris's lease; the other is nobody's business any more
    assert scene.claims(now=NOW + SECOND) is None


def test_the_web_page_knows_whether_its_turn_is_still_to_come(scene: Scene, store: Store) -> None:
    assert not store.turn_pending(CHAT)
    scene.accepts(sender=CHAT, channel=WEBCHAT)
    assert store.turn_pending(CHAT)

    scene.takes_turn()
    assert not store.turn_pending(CHAT)


# --- the conversation -------------------------------------------------------------------------------------------------


def test_a_conversation_comes_back_as_it_was_left(scene: Scene, store: Store) -> None:
    scene.accepts()
    claim = scene.must_claim()
    left = Conversation(
        id=scene.new_id(),
        channel=SMS,
        locale=Locale("pl"),
        step="consent.public",
        asked={"place": 1},
        questions=1,
        said=2,
        story_words=5,
        experience_open=True,
        spare_reference="HEDGE 7",
        speaker=Speaker.FAMILY,
        place_known=True,
        danger=True,
        wellbeing=True,
        delete_code="482",
        last_at=NOW,
        preview="The taxi [name] was late",
    )
    with store.transaction() as tx:
        tx.hold_turn(claim)
        tx.save_conversation(left, contact_id=claim.contact.id, now=NOW)
        tx.finish_turn(claim, now=NOW)

    again = scene.must_claim().conversation

    assert again == left


def test_what_other_rows_know_is_filled_in(scene: Scene, store: Store) -> None:
    scene.accepts()
    experience_id = scene.takes_turn(("transport", 0.9), reference="RIVER 482")
    reader = scene.employs()
    contact_id = scene.contact()
    with store.transaction() as tx:
        assert experience_id is not None
        for given in (True, False):
            tx.add_consent(
                contact_id=contact_id,
                experience_id=experience_id,
                purpose=Purpose.WORDS_IN_PUBLIC,
                given=given,
                wording="en-1",
                inbound_seq=1,
                now=NOW,
            )
        tx.mark_read(experience_id, reader.id, NOW)
        tx.set_greeted(contact_id, NOW)
        tx.set_opted_out(contact_id, NOW)
    scene.accepts("more")

    claim = scene.must_claim()

    assert claim.experience_id == experience_id
    talk = claim.conversation
    assert talk is not None
    assert (talk.reference, talk.promised_on, talk.read_on) == ("RIVER 482", date(2026, 11, 26), NOW.date())
    assert (talk.greeted, talk.opted_out, talk.held) == (True, True, False)
    assert talk.consents == {Purpose.WORDS_IN_PUBLIC: False}


def test_a_conversation_staff_hold_says_so(scene: Scene, database: Database) -> None:
    scene.accepts()
    scene.takes_turn()
    with database.writing() as connection:
        connection.execute(update(conversation).values(held_at=NOW))
    scene.accepts()

    talk = scene.must_claim().conversation
    assert talk is not None
    assert talk.held


def test_words_may_join_the_newest_experience_of_the_talk(scene: Scene) -> None:
    scene.tells("first", reference="RIVER 482", now=NOW)
    newest = scene.tells("second", reference="HEDGE 7", now=NOW + SECOND)
    scene.accepts("third")

    assert scene.must_claim().experience_id == newest


def test_a_second_open_talk_on_the_same_channel_is_refused_by_the_database(scene: Scene, store: Store) -> None:
    contact_id = scene.contact()

    def open_talk(channel: ChannelName) -> None:
        with store.transaction() as tx:
            talk = Conversation(id=scene.new_id(), channel=channel)
            tx.save_conversation(talk, contact_id=contact_id, now=NOW)

    open_talk(SMS)
    open_talk(WHATSAPP)
    with pytest.raises(IntegrityError):
        open_talk(SMS)


def test_an_older_release_s_conversation_is_understood(scene: Scene, database: Database) -> None:
    """Expand before contract: a state written before a field was there, or after it has gone, must still open."""
    scene.accepts()
    scene.takes_turn()
    with database.writing() as connection:
        row = connection.execute(select(conversation)).one()
        state = {name: value for name, value in row.state.items() if name not in {"preview", "consents", "last_at"}}
        connection.execute(update(conversation).values(state=state | {"mood": "long gone"}))
    scene.accepts()

    talk = scene.must_claim().conversation
    assert talk is not None
    assert (talk.preview, talk.consents, talk.last_at) == ("", {}, None)


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


# --- what was heard ---------------------------------------------------------------------------------------------------


def test_a_message_is_heard_once(scene: Scene, store: Store) -> None:
    seq = scene.accepts()
    experience_id = scene.takes_turn(("transport", 0.9), reference="RIVER 482")
    assert seq is not None
    with store.transaction() as tx:
        again = tx.mark_heard(
            seq, heard("other words"), experience_id=experience_id, question=None, is_story=True, tagger="", taxonomy=""
        )

    assert again == ()
    view = store.experience("RIVER 482")
    assert view is not None
    assert [passage.text for passage in view.card.passages] == ["The taxi was late again."]


def test_an_answer_is_no_story(scene: Scene, store: Store) -> None:
    scene.tells("the taxi", reference="RIVER 482")
    scene.accepts("1")
    scene.takes_turn(story=False, polarity=Polarity.NONE)

    view = store.experience("RIVER 482")
    assert view is not None
    assert len(view.card.passages) == 1
    assert [line.text for line in view.talk if line.who == "parent"] == ["the taxi", "1"]
