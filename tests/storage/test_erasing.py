"""What a person has erased is gone from every place but where safeguarding must keep it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.conversation import Conversation, Purpose
from bot.heard import RiskLevel
from bot.inbox import InboxFilter
from bot.model import ENGLISH
from bot.outgoing import DeliveryStatus, Failure, OutboundState, Priority
from bot.ports import Store
from bot.records import NewDecision
from storage.database import Database
from storage.forgetting import GOES
from storage.people import OWNED
from storage.tables import address, contact, conversation, erased_address, inbound_message, outbound_message, suppression
from tests.storage.made_up import ANNA, ANNA_WHATSAPP, BORIS, CHAT, DANGER, NOW, SMS, SOON, WEBCHAT, heard
from tests.storage.reading import everything_in
from tests.storage.scene import Scene

EVERYTHING = InboxFilter(open_only=False)


def erase(store: Store, contact_id: UUID) -> bool:
    with store.transaction() as tx:
        return tx.erase_contact(contact_id, NOW).kept


def opt_out(store: Store, contact_id: UUID, at: datetime | None) -> None:
    with store.transaction() as tx:
        tx.set_opted_out(contact_id, at)


# --- erase ------------------------------------------------------------------------------------------------------------


def tell_a_life(scene: Scene, store: Store) -> UUID:
    """Everything the store may hold of one person, with a canary in each word of it."""
    experience_id = scene.tells("Canary taxi", ("transport", 0.9), reference="RIVER 482")
    contact_id = scene.contact()
    with store.transaction() as tx:
        tx.describe_experience(experience_id, place="Canary Wharf", service="Canary school", age_band="5-10")
        tx.add_consent(
            contact_id=contact_id,
            experience_id=experience_id,
            purpose=Purpose.WORDS_IN_PUBLIC,
            given=True,
            wording="en-1",
            inbound_seq=1,
            now=NOW,
        )
        tx.add_task(contact_id=contact_id, experience_id=experience_id, kind="call_back", due_on=NOW.date(), now=NOW)
        (passage_id,) = tx.passages_of(experience_id)
        tx.add_decision(NewDecision(passage_id=passage_id, theme="school", verdict=True, staff_id=None, at=NOW))
        talk = Conversation(id=scene.new_id(), channel=WEBCHAT, preview="Canary preview")
        tx.save_conversation(talk, contact_id=contact_id, now=NOW)
        tx.enqueue(scene.outbound("Canary reply", contact_id=contact_id, conversation_id=talk.id), NOW)
    return contact_id


def test_nothing_of_an_erased_person_is_left_in_any_column(store: Store, scene: Scene, database: Database) -> None:
    contact_id = tell_a_life(scene, store)
    assert "Canary" in everything_in(database)

    assert erase(store, contact_id) is False

    left = everything_in(database)
    assert "Canary" not in left
    with database.reading() as connection:
        assert connection.execute(select(address)).all() == []
        for table in (inbound_message, outbound_message):
            for row in connection.execute(select(table)):
                assert (row.sealed, row.address_index, row.contact_id) == (None, None, None)
    assert store.inbox(EVERYTHING).cards == ()
    assert list(store.export_rows("decisions")) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_word_of_an_erased_person_is_left_in_the_file(store: Store, scene: Scene, database: Database) -> None:
    """The raw bytes of the file and of its write-ahead log, while the store is still open.

    (What PostgreSQL has deleted is overwritten by its own vacuum, in its own time.)
    """
    path = database.engine.url.database
    assert path is not None
    contact_id = tell_a_life(scene, store)
    # Long enough to fill pages of its own, which are set free as they are and not written over by what stays.
    scene.tells("Canary " * 3000, reference="HEDGE 7")
    with open(path, "rb") as file, open(f"{path}-wal", "rb") as log:  # noqa: PTH123 - the two raw files as they stand
        assert b"Canary" in file.read() + log.read()

    erase(store, contact_id)

    with open(path, "rb") as file, open(f"{path}-wal", "rb") as log:  # noqa: PTH123 - as above
        assert b"Canary" not in file.read() + log.read()


def test_an_old_repeat_of_an_erased_person_stays_a_repeat(store: Store, scene: Scene, database: Database) -> None:
    seq = scene.accepts("first", external_id="SM1")
    scene.takes_turn()
    erase(store, scene.contact())

    assert scene.accepts("first", external_id="SM1") is None
    with store.transaction() as tx:
        assert tx.seq_of(SMS, "+441134960000", "SM1") == seq
    with database.reading() as connection:
        assert connection.execute(select(address)).all() == []
    (row,) = [row for row in store.export_messages() if row.direction == "inbound"]
    assert (row.text, row.state) == ("", "erased")
    assert re.fullmatch("forgotten:[0-9a-f]{64}", row.external_id or "")


def test_erasures_are_numbered_and_their_list_holds_digests_alone(store: Store, scene: Scene, database: Database) -> None:
    numbers = []
    for sender in (ANNA, BORIS):
        scene.accepts("words", sender=sender)
        contact_id = scene.contact(sender)
        with store.transaction() as tx:
            numbers.append(tx.erase_contact(contact_id, NOW).number)

    assert numbers[1] == numbers[0] + 1
    with database.reading() as connection:
        digests = {row.digest for row in connection.execute(select(erased_address))}
    assert len(digests) == 2
    assert {len(digest) for digest in digests} == {32}


def test_every_column_that_leads_to_a_person_is_seen_to_when_they_are_erased() -> None:
    seen_to = {table.name for table in GOES} | {
        "address", "consent", "task", "experience", "inbound_message", "outbound_message", "conversation", "contact_link",
        "campaign_response", "campaign_invitation",
        "alert",  # stays, for safeguarding
        "deletion_request",  # leads to an empty row
    }  # fmt: skip

    assert {column.table.name for column in OWNED} == seen_to


def test_somebody_erased_who_writes_again_is_a_stranger(store: Store, scene: Scene) -> None:
    before = scene.contact()
    scene.tells("before", reference="RIVER 482")
    erase(store, before)

    scene.accepts("after")

    claim = scene.must_claim()
    assert claim.contact.id != before
    assert claim.contact.greeted_at is None
    assert claim.conversation is None
    assert claim.experience_id is None


def test_numbers_go_on_after_an_erasure(store: Store, scene: Scene) -> None:
    first = scene.accepts("only", external_id="SM1")
    erase(store, scene.contact())
    second = scene.accepts("next", sender=BORIS, external_id="SM2")

    assert first is not None
    assert second is not None
    assert second > first


def test_what_was_still_to_be_said_to_them_is_not_said(store: Store, scene: Scene) -> None:
    scene.says("one")
    claim = scene.must_take_out()
    scene.says("two")
    erase(store, scene.contact())

    scene.settles(claim, provider_id="PR1")  # it had gone already; there is nothing left to note but that

    assert scene.takes_out(now=NOW + timedelta(hours=1)) is None
    assert scene.is_told(DeliveryStatus.DELIVERED, provider_id="PR1") is None
    assert list(scene.states().values()) == ["cancelled", "cancelled"]


def test_others_are_left_as_they_are(store: Store, scene: Scene) -> None:
    scene.tells("Anna's", reference="RIVER 482")
    scene.tells("Boris's", reference="HEDGE 7", sender=BORIS)
    scene.says("to Boris", to=BORIS)
    erase(store, scene.contact(ANNA))

    assert [card.reference for card in store.inbox(EVERYTHING).cards] == ["HEDGE 7"]
    assert scene.must_take_out().outgoing.text == "to Boris"


# --- STOP outlives an erasure ------------------------------------------------------------------------------------------


def test_who_said_stop_and_was_erased_is_not_written_to_again(store: Store, scene: Scene, database: Database) -> None:
    contact_id = scene.contact()
    opt_out(store, contact_id, NOW)
    erase(store, contact_id)

    with database.reading() as connection:
        (left,) = connection.execute(select(suppression)).all()
    assert ANNA.path.encode() not in left.blind_index
    assert left.opted_out_at == NOW
    scene.accepts("I am back", now=NOW + SOON, due=NOW + SOON)
    claim = scene.must_claim(now=NOW + SOON)
    assert claim.contact.id != contact_id
    assert claim.contact.opted_out_at == NOW
    with store.transaction() as tx:
        assert tx.hold_contact(BORIS, (), locale=ENGLISH, now=NOW).opted_out_at is None


def test_start_ends_a_stop_that_outlived_an_erasure(store: Store, scene: Scene, database: Database) -> None:
    first = scene.contact()
    opt_out(store, first, NOW)
    erase(store, first)
    second = scene.contact()
    opt_out(store, second, None)
    erase(store, second)

    with store.transaction() as tx:
        assert tx.hold_contact(ANNA, (), locale=ENGLISH, now=NOW).opted_out_at is None
    with database.reading() as connection:
        assert connection.execute(select(suppression)).all() == []


def test_every_erasure_after_a_stop_keeps_it(store: Store, scene: Scene) -> None:
    for _ in range(2):
        opt_out(store, scene.contact(), NOW)
        erase(store, scene.contact())

    with store.transaction() as tx:
        assert tx.hold_contact(ANNA, (), locale=ENGLISH, now=NOW).opted_out_at == NOW


@pytest.mark.parametrize("said_first", [None, NOW])
def test_the_last_word_of_the_turn_that_erases_counts(store: Store, scene: Scene, said_first: datetime | None) -> None:
    last = None if said_first else NOW
    contact_id = scene.contact()
    with store.transaction() as tx:
        tx.set_opted_out(contact_id, said_first)
        tx.erase_contact(contact_id, NOW)
        tx.set_opted_out(contact_id, last)

    with store.transaction() as tx:
        assert tx.hold_contact(ANNA, (), locale=ENGLISH, now=NOW).opted_out_at == last


def test_an_address_that_was_stopped_stops_the_person_it_turns_out_to_be(store: Store, scene: Scene) -> None:
    contact_id = scene.contact(ANNA)
    opt_out(store, contact_id, NOW)
    erase(store, contact_id)
    scene.contact(ANNA_WHATSAPP)

    with store.transaction() as tx:
        tx.hold_contact(ANNA_WHATSAPP, (ANNA,), locale=ENGLISH, now=NOW)
    with store.transaction() as tx:
        assert tx.hold_contact(ANNA_WHATSAPP, (), locale=ENGLISH, now=NOW).opted_out_at == NOW


# --- what safeguarding keeps ------------------------------------------------------------------------------------------


def test_words_with_an_alert_are_kept_and_the_signpost_still_goes(store: Store, scene: Scene, database: Database) -> None:
    scene.tells("Canary taxi", reference="HEDGE 7")
    seq = scene.accepts("danger", risk=DANGER)
    assert seq is not None
    scene.alerts(seq)
    scene.takes_turn(reference="RIVER 482", risk=RiskLevel.DANGER)

    assert erase(store, scene.contact()) is True

    assert [card.reference for card in store.inbox(InboxFilter()).cards] == ["RIVER 482"]
    view = store.experience("RIVER 482")
    assert view is not None
    assert [line.text for line in view.talk] == ["danger", "Ring 999."]
    signpost = scene.must_take_out()
    assert (signpost.outgoing.text, signpost.outgoing.address) == ("Ring 999.", ANNA)
    assert signpost.last_inbound_at == NOW  # or the service window would look shut
    assert "Canary" not in everything_in(database)
    with database.reading() as connection:
        assert connection.execute(select(address)).all() == []


def test_danger_in_the_same_turn_as_the_wish_to_be_erased_is_kept(store: Store, scene: Scene) -> None:
    """The use case marks as heard after it erased, or before: neither may lose the danger or end in a broken link."""
    scene.tells("the taxi", reference="RIVER 482")
    seq = scene.accepts("danger", risk=DANGER)
    assert seq is not None
    scene.alerts(seq)
    scene.accepts("DELETE 482")
    claim = scene.must_claim()
    with store.transaction() as tx:
        tx.hold_turn(claim)
        assert tx.erase_contact(claim.contact.id, NOW).kept
        for stored in claim.messages:
            tx.mark_heard(
                stored.seq,
                heard(stored.message.text),
                experience_id=claim.experience_id,
                question=None,
                is_story=True,
                tagger="rules-1",
                taxonomy="2026-11",
            )
        assert claim.experience_id is not None
        tx.link_alerts([stored.seq for stored in claim.messages], claim.experience_id)
        tx.finish_turn(claim, now=NOW)

    view = store.experience("RIVER 482")
    assert view is not None
    assert [passage.text for passage in view.card.passages] == ["danger"]
    assert [alert.level for alert in view.alerts] == [RiskLevel.DANGER]


# --- within the turn that erases --------------------------------------------------------------------------------------


def erase_in_a_turn(scene: Scene, store: Store, *, reply_to_web: bool = False) -> None:
    """The turn of the confirming message, in the use case's own order, with the receipt of the erasure."""
    sender, channel = (CHAT, WEBCHAT) if reply_to_web else (ANNA, SMS)
    scene.tells("Canary taxi", reference="RIVER 482", sender=sender, channel=channel)
    scene.accepts("DELETE 482", sender=sender, channel=channel)
    claim = scene.must_claim()
    talk = claim.conversation
    assert talk is not None
    with store.transaction() as tx:
        tx.hold_turn(claim)
        tx.save_conversation(Conversation(id=talk.id, channel=channel, preview="Canary"), contact_id=claim.contact.id, now=NOW)
        tx.mark_heard(
            claim.messages[0].seq,
            heard("DELETE 482"),
            experience_id=claim.experience_id,
            question=None,
            is_story=False,
            tagger="rules-1",
            taxonomy="2026-11",
        )
        tx.erase_contact(claim.contact.id, NOW)
        tx.save_conversation(Conversation(id=talk.id, channel=channel, preview="Canary"), contact_id=claim.contact.id, now=NOW)
        assert claim.experience_id is not None
        tx.describe_experience(claim.experience_id, place="Canary Wharf")
        tx.set_greeted(claim.contact.id, NOW)
        tx.enqueue(
            scene.outbound(
                "All of it is deleted.", to=sender, contact_id=claim.contact.id, conversation_id=talk.id, channel=channel
            ),
            NOW,
        )
        tx.finish_turn(claim, now=NOW)


def test_the_turn_that_erases_can_end_and_say_so(store: Store, scene: Scene, database: Database) -> None:
    erase_in_a_turn(scene, store)

    assert "Canary" not in everything_in(database)
    assert store.next_turn_at() is None
    with database.reading() as connection:
        assert connection.execute(select(conversation.c.closed_at)).scalar_one() == NOW
    assert scene.must_take_out().outgoing.text == "All of it is deleted."


def test_the_receipt_of_an_erasure_is_forgotten_once_it_has_gone(store: Store, scene: Scene, database: Database) -> None:
    erase_in_a_turn(scene, store)
    claim = scene.must_take_out()
    scene.settles(claim, OutboundState.PENDING, not_before=NOW + SOON)
    scene.sends(provider_id="PR1", now=NOW + SOON)

    with database.reading() as connection:
        for row in connection.execute(select(outbound_message)):
            assert (row.sealed, row.redacted, row.address_index, row.contact_id) == (None, "", None, None)
    scene.is_told(DeliveryStatus.UNDELIVERED, provider_id="PR1", failure=Failure.TRY_LATER)
    assert scene.takes_out(now=NOW + timedelta(days=1)) is None


def test_a_web_page_still_reads_that_all_was_erased(store: Store, scene: Scene) -> None:
    erase_in_a_turn(scene, store, reply_to_web=True)
    scene.sends(provider_id="PR1")

    assert [line.text for line in store.chat_lines(CHAT, after=0, channels=(WEBCHAT,))] == ["All of it is deleted."]


def test_words_that_came_in_after_the_wish_are_not_erased_with_it(store: Store, scene: Scene) -> None:
    """Nobody who asks for the past to be forgotten asks for what they are about to say to be lost."""
    scene.tells("the past", reference="RIVER 482")
    scene.accepts("DELETE 482")
    claim = scene.must_claim()
    scene.accepts("danger", risk=DANGER, now=NOW + SOON, due=NOW + SOON)
    with store.transaction() as tx:
        tx.hold_turn(claim)
        tx.set_opted_out(claim.contact.id, NOW)
        tx.erase_contact(claim.contact.id, NOW)
        tx.finish_turn(claim, now=NOW)

    later = scene.must_claim(now=NOW + SOON)
    assert [stored.message.text for stored in later.messages] == ["danger"]
    assert later.contact.id != claim.contact.id
    assert later.contact.opted_out_at == NOW
    with store.transaction() as tx:
        assert tx.hold_contact(ANNA, (), locale=ENGLISH, now=NOW).id == later.contact.id


def test_an_erased_person_s_lease_ends_with_the_turn(store: Store, scene: Scene, database: Database) -> None:
    erase_in_a_turn(scene, store)

    with database.reading() as connection:
        row = connection.execute(select(contact)).one()
    assert (row.lease_owner, row.turn_due_at, row.erased_at) == (None, None, NOW)


def test_a_signpost_after_the_erasure_keeps_its_words(store: Store, scene: Scene) -> None:
    seq = scene.accepts("danger", risk=DANGER)
    assert seq is not None
    scene.alerts(seq)
    erase(store, scene.contact())
    claim = scene.sends(provider_id="PR1")

    assert claim.priority is Priority.SIGNPOST
    assert [row.text for row in store.export_messages()] == ["danger", "Ring 999."]
