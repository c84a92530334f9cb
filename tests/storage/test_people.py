"""People: found by any of their addresses, made once, joined when the provider says that two are one."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.conversation import Conversation
from bot.errors import LeaseLost
from bot.model import ENGLISH, Address, Locale
from bot.ports import Store
from storage.database import Database
from storage.people import OWNED
from storage.tables import METADATA, address, contact, conversation
from tests.storage.made_up import ANNA, ANNA_HIDDEN, ANNA_WHATSAPP, BORIS, CHAT, NOW, WHATSAPP
from tests.storage.scene import Scene


def how_many(database: Database) -> tuple[int, int]:
    """Contacts and addresses."""
    with database.reading() as connection:
        contacts = connection.execute(select(func.count()).select_from(contact)).scalar_one()
        addresses = connection.execute(select(func.count()).select_from(address)).scalar_one()
    return contacts, addresses


def test_somebody_who_writes_again_is_the_same_person(scene: Scene, database: Database) -> None:
    assert scene.contact(ANNA) == scene.contact(ANNA)
    assert scene.contact(BORIS) != scene.contact(ANNA)
    assert how_many(database) == (2, 2)


def test_a_new_person_has_the_locale_they_came_with(store: Store) -> None:
    with store.transaction() as tx:
        tx.hold_contact(ANNA, (), locale=Locale("pl"), now=NOW)
    with store.transaction() as tx:
        again = tx.hold_contact(ANNA, (), locale=ENGLISH, now=NOW)

    assert again.locale == "pl"


def test_nobody_is_known_by_their_number_in_clear(scene: Scene, database: Database) -> None:
    scene.contact(ANNA)

    with database.reading() as connection:
        row = connection.execute(select(address)).one()
    assert ANNA.path.encode() not in row.sealed + row.blind_index


def test_what_is_said_of_a_person_is_kept(store: Store, scene: Scene) -> None:
    contact_id = scene.contact()
    with store.transaction() as tx:
        tx.set_greeted(contact_id, NOW)
        tx.set_opted_out(contact_id, NOW + timedelta(minutes=1))
        tx.set_locale(contact_id, Locale("pl"))

    with store.transaction() as tx:
        again = tx.hold_contact(ANNA, (), locale=ENGLISH, now=NOW)
    assert (again.greeted_at, again.opted_out_at, again.locale) == (NOW, NOW + timedelta(minutes=1), "pl")


def test_start_after_stop_is_kept(store: Store, scene: Scene) -> None:
    contact_id = scene.contact()
    with store.transaction() as tx:
        tx.set_opted_out(contact_id, NOW)
    with store.transaction() as tx:
        tx.set_opted_out(contact_id, None)

    with store.transaction() as tx:
        assert tx.hold_contact(ANNA, (), locale=ENGLISH, now=NOW).opted_out_at is None


def test_a_person_who_hides_their_number_is_found_by_either_address(scene: Scene, database: Database) -> None:
    scene.accepts(sender=ANNA_WHATSAPP, also=(ANNA_HIDDEN,), channel=WHATSAPP)

    assert scene.contact(ANNA_HIDDEN) == scene.contact(ANNA_WHATSAPP)
    assert how_many(database) == (1, 2)


def test_an_address_learnt_later_is_linked(scene: Scene) -> None:
    first = scene.contact(ANNA_WHATSAPP)
    scene.accepts(sender=ANNA_HIDDEN, also=(ANNA_WHATSAPP,), channel=WHATSAPP)

    assert scene.contact(ANNA_HIDDEN) == first


def test_two_who_turn_out_to_be_one_become_one_with_all_their_words(store: Store, scene: Scene, database: Database) -> None:
    scene.accepts("one", sender=ANNA_WHATSAPP, channel=WHATSAPP)
    scene.accepts("two", sender=ANNA_HIDDEN, channel=WHATSAPP)
    scene.accepts("three", sender=ANNA_WHATSAPP, also=(ANNA_HIDDEN,), channel=WHATSAPP)

    claim = scene.must_claim()
    assert [stored.message.text for stored in claim.messages] == ["one", "two", "three"]
    assert scene.contact(ANNA_HIDDEN) == scene.contact(ANNA_WHATSAPP) == claim.contact.id
    assert how_many(database) == (1, 2)
    assert [row["action"] for row in store.export_rows("audit")] == ["join contacts"]


def test_stop_on_one_address_silences_the_other_when_they_are_joined(store: Store, scene: Scene) -> None:
    hidden = scene.contact(ANNA_HIDDEN)
    with store.transaction() as tx:
        tx.set_opted_out(hidden, NOW)
    scene.contact(ANNA_WHATSAPP)

    with store.transaction() as tx:
        joined = tx.hold_contact(ANNA_WHATSAPP, (ANNA_HIDDEN,), locale=ENGLISH, now=NOW)
    with store.transaction() as tx:
        again = tx.hold_contact(ANNA_WHATSAPP, (), locale=ENGLISH, now=NOW)

    assert joined.opted_out_at == again.opted_out_at == NOW


def test_two_open_talks_on_one_channel_become_one_when_their_people_are_joined(store: Store, scene: Scene) -> None:
    kept, closed = scene.new_id(), scene.new_id()
    for conversation_id, sender in ((kept, ANNA_WHATSAPP), (closed, ANNA_HIDDEN)):
        contact_id = scene.contact(sender)
        with store.transaction() as tx:
            talk = Conversation(id=conversation_id, channel=WHATSAPP)
            tx.save_conversation(talk, contact_id=contact_id, now=NOW)

    scene.accepts(sender=ANNA_WHATSAPP, also=(ANNA_HIDDEN,), channel=WHATSAPP)

    claim = scene.must_claim()
    assert claim.conversation is not None
    assert claim.conversation.id == kept


def test_a_worker_answering_somebody_who_was_just_joined_leaves_it_alone(store: Store, scene: Scene) -> None:
    """The other contact is gone; its waiting words are answered as the joined person's."""
    scene.accepts("two", sender=ANNA_HIDDEN, channel=WHATSAPP)
    claim = scene.must_claim("host:1")
    scene.contact(ANNA_WHATSAPP)
    scene.accepts("three", sender=ANNA_WHATSAPP, also=(ANNA_HIDDEN,), channel=WHATSAPP)

    with pytest.raises(LeaseLost), store.transaction() as tx:
        tx.hold_turn(claim)
    assert [stored.message.text for stored in scene.must_claim("host:2").messages] == ["two", "three"]


def test_one_person_is_made_when_two_threads_meet_them_at_once(store: Store, scene: Scene, database: Database) -> None:
    start = threading.Barrier(6)
    met: list[object] = []

    def meet() -> None:
        start.wait()
        with store.transaction() as tx:
            met.append(tx.hold_contact(ANNA, (), locale=ENGLISH, now=NOW).id)

    threads = [threading.Thread(target=meet) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(met) == 6
    assert len(set(met)) == 1
    assert how_many(database) == (1, 1)


def test_people_with_two_addresses_meet_at_once_from_either_side(store: Store, scene: Scene, database: Database) -> None:
    start = threading.Barrier(4)
    met: list[object] = []

    def meet(sender: Address, also: Address) -> None:
        start.wait()
        with store.transaction() as tx:
            met.append(tx.hold_contact(sender, (also,), locale=ENGLISH, now=NOW).id)

    pairs = [(ANNA, BORIS), (BORIS, ANNA)] * 2
    threads = [threading.Thread(target=meet, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(met) == 4
    assert len(set(met)) == 1
    assert how_many(database) == (1, 2)


def test_a_new_burst_is_timed_from_its_own_first_message(store: Store, scene: Scene) -> None:
    """While a worker answers what waited, the next message begins anew: it is not rushed by the old one's age."""
    scene.accepts(now=NOW)
    scene.must_claim(now=NOW)

    with store.transaction() as tx:
        during = tx.hold_contact(ANNA, (), locale=ENGLISH, now=NOW + timedelta(seconds=1))
    with store.transaction() as tx:
        after_a_crash = tx.hold_contact(ANNA, (), locale=ENGLISH, now=NOW + timedelta(minutes=2))

    assert during.first_waiting_at is None
    assert after_a_crash.first_waiting_at == NOW


# --- joined by a code ---------------------------------------------------------------------------------------------------


def joins(store: Store, scene: Scene, here: Address = ANNA, there: Address = BORIS) -> None:
    mine = scene.contact(here)
    with store.transaction() as tx:
        tx.join_contact(mine, there, NOW)


def test_whoever_is_reached_there_is_joined_to_the_contact_at_hand(store: Store, scene: Scene, database: Database) -> None:
    mine, other = scene.contact(ANNA), scene.contact(BORIS)
    joins(store, scene)

    assert scene.contact(BORIS) == scene.contact(ANNA) == mine
    assert how_many(database) == (1, 2)
    (line,) = store.export_rows("audit")
    assert (line["who"], line["action"], line["record"], line["why"]) == (
        "code",
        "join contacts",
        f"contact:{mine}",
        f"contact:{other}",
    )


def test_two_who_are_one_already_are_left_alone(store: Store, scene: Scene) -> None:
    joins(store, scene)
    joins(store, scene)
    joins(store, scene, ANNA, ANNA)

    assert len(list(store.export_rows("audit"))) == 1


def test_an_address_nobody_has_written_from_becomes_theirs(store: Store, scene: Scene, database: Database) -> None:
    joins(store, scene, ANNA, CHAT)

    assert scene.contact(CHAT) == scene.contact(ANNA)
    assert how_many(database) == (1, 2)
    assert [row["action"] for row in store.export_rows("audit")] == ["link address"]


def test_the_stop_of_somebody_who_was_erased_holds_for_whoever_takes_their_address(store: Store, scene: Scene) -> None:
    boris = scene.contact(BORIS)
    with store.transaction() as tx:
        tx.set_opted_out(boris, NOW)
        tx.erase_contact(boris, NOW)
    joins(store, scene)

    with store.transaction() as tx:
        assert tx.hold_contact(ANNA, (), locale=ENGLISH, now=NOW).opted_out_at == NOW


def test_a_stop_on_either_side_holds_for_both(store: Store, scene: Scene) -> None:
    boris = scene.contact(BORIS)
    with store.transaction() as tx:
        tx.set_opted_out(boris, NOW)
    joins(store, scene)

    with store.transaction() as tx:
        assert tx.hold_contact(ANNA, (), locale=ENGLISH, now=NOW).opted_out_at == NOW


def test_the_talk_with_a_story_in_it_is_the_one_that_goes_on(store: Store, scene: Scene, database: Database) -> None:
    scene.tells("The taxi was late.", reference="RIVER 482", sender=BORIS)
    scene.accepts("link", sender=ANNA)
    scene.takes_turn()
    joins(store, scene)

    scene.accepts("and again", sender=ANNA)
    claim = scene.must_claim()
    assert claim.conversation is not None
    assert claim.conversation.reference == "RIVER 482"
    with database.reading() as connection:
        assert len(connection.execute(select(conversation).where(conversation.c.closed_at.is_(None))).all()) == 1


def test_a_talk_without_an_experience_of_its_own_knows_the_newest_of_any_door(store: Store, scene: Scene) -> None:
    scene.tells("The taxi was late.", reference="RIVER 482", sender=BORIS)
    joins(store, scene, ANNA_WHATSAPP, BORIS)
    boris = scene.contact(BORIS)
    with store.transaction() as tx:
        tx.set_greeted(boris, NOW)

    scene.accepts("status", sender=ANNA_WHATSAPP, channel=WHATSAPP)
    claim = scene.must_claim()
    assert claim.experience_id is None
    assert claim.last is not None
    assert (claim.last.reference, claim.last.read_on) == ("RIVER 482", None)


def test_a_wish_to_be_deleted_goes_over_with_the_person(store: Store, scene: Scene) -> None:
    boris = scene.contact(BORIS)
    with store.transaction() as tx:
        tx.add_deletion_request(code="x1", channel=WHATSAPP, contact_id=boris, now=NOW)

    joins(store, scene)

    assert scene.contact(BORIS) == scene.contact(ANNA)


def test_nothing_that_belongs_to_a_contact_is_forgotten_when_two_are_joined() -> None:
    """A new table that names a contact needs nothing here; this says that it is found."""
    owned = {column.table.name for column in OWNED}

    assert owned >= {"address", "conversation", "experience", "inbound_message", "outbound_message", "consent", "task", "alert"}
    assert owned == {
        table.name for table in METADATA.tables.values() for key in table.foreign_keys if key.target_fullname == "contact.id"
    }
