"""Two people whom staff found to be one: all of it goes over, the STOP of either holds, and all of it can go back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.conversation import Purpose
from bot.errors import LeaseLost, NotFound
from bot.model import ENGLISH, Address
from bot.records import StaffMember
from bot.same_person import NotLinkableError, Refusal, SamePerson
from storage.contact_links import SqlContactLinks
from storage.database import Database
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import conversation, experience, inbound_message, outbound_message
from tests.staff.fakes import FakeClock
from tests.storage.made_up import ANNA, BORIS, DANGER, NOW, WHATSAPP
from tests.storage.scene import Scene

LATER = NOW + timedelta(days=1)
MUCH_LATER = NOW + timedelta(days=2)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(LATER)


@pytest.fixture
def same(database: Database, sealer: Sealer, store: SqlStore, clock: FakeClock) -> SamePerson:
    return SamePerson(records=SqlContactLinks(database, sealer), store=store, clock=clock)


@pytest.fixture
def sam(scene: Scene) -> StaffMember:
    scene.employs("Ruth Lead", role="safeguarding")
    return scene.employs()


@pytest.fixture
def two(scene: Scene) -> None:
    """Anna told RIVER 482 by text, Boris told BROOK 377 by WhatsApp."""
    scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482")
    scene.tells("The plan was late.", ("ehc_content", 0.9), reference="BROOK 377", sender=BORIS, channel=WHATSAPP)


def link(same: SamePerson, sam: StaffMember) -> UUID:
    same.join("RIVER 482", "BROOK 377", sam, "She told me so on the phone.")
    (found,) = same.links("RIVER 482", sam)
    return found.id


def owners(database: Database) -> dict[str, set[str]]:
    """Whose each row is, by what can be told apart."""
    with database.reading() as connection:
        experiences = connection.execute(select(experience.c.reference, experience.c.contact_id)).all()
        rows = {
            table.name: {str(each) for each in connection.execute(select(table.c.contact_id).distinct()).scalars()}
            for table in (conversation, inbound_message, outbound_message)
        }
    return rows | {row.reference: {str(row.contact_id)} for row in experiences}


def person_of(same: SamePerson, reference: str) -> UUID:
    person = same.records.person(reference)
    assert person is not None
    return person.contact_id


@pytest.mark.usefixtures("two")
def test_before_it_is_said_the_two_are_shown_without_their_addresses(same: SamePerson, sam: StaffMember) -> None:
    here, there = same.both("RIVER 482", "BROOK 377", sam)

    assert (here.person.references, here.person.doors) == (("RIVER 482",), ("sms",))
    assert (there.person.references, there.person.doors) == (("BROOK 377",), ("whatsapp",))
    for address in (ANNA, BORIS):
        assert address.path not in repr((here, there))


@pytest.mark.usefixtures("two")
def test_everything_goes_over_and_words_from_either_door_are_one_persons(
    same: SamePerson, sam: StaffMember, scene: Scene, database: Database, store: SqlStore
) -> None:
    link(same, sam)

    (anna,) = owners(database)["RIVER 482"]
    assert owners(database)["BROOK 377"] == owners(database)["inbound_message"] == {anna}
    assert scene.contact(BORIS) == scene.contact(ANNA) == UUID(anna)
    person = same.records.person("BROOK 377")
    assert person is not None
    assert (person.references, person.doors) == (("RIVER 482", "BROOK 377"), ("sms", "whatsapp"))
    lines = [(row["action"], row["who"]) for row in store.export_rows("audit")]
    assert lines == [("link_contacts", f"staff:{sam.id}")]


@pytest.mark.usefixtures("two")
def test_undone_everything_is_as_it_was(same: SamePerson, sam: StaffMember, scene: Scene, database: Database) -> None:
    before = owners(database)
    link_id = link(same, sam)
    same.part("BROOK 377", link_id, sam)

    assert owners(database) == before
    assert scene.contact(BORIS) != scene.contact(ANNA)
    assert same.links("RIVER 482", sam) == same.links("BROOK 377", sam) == ()
    with pytest.raises(NotFound):
        same.part("RIVER 482", link_id, sam)


@pytest.mark.usefixtures("two")
def test_the_stop_of_either_holds_for_both(same: SamePerson, sam: StaffMember, scene: Scene, store: SqlStore) -> None:
    boris = scene.contact(BORIS)
    with store.transaction() as tx:
        tx.set_opted_out(boris, NOW)
    link_id = link(same, sam)
    assert _stopped(store, ANNA)

    same.part("RIVER 482", link_id, sam)
    assert _stopped(store, BORIS)
    assert not _stopped(store, ANNA), "it was never hers"


@pytest.mark.usefixtures("two")
def test_a_stop_said_while_they_were_one_stays_with_both(
    same: SamePerson, sam: StaffMember, scene: Scene, store: SqlStore, clock: FakeClock
) -> None:
    link_id = link(same, sam)
    anna = scene.contact(ANNA)
    with store.transaction() as tx:
        tx.set_opted_out(anna, MUCH_LATER)
    clock.time = MUCH_LATER
    same.part("RIVER 482", link_id, sam)

    assert _stopped(store, ANNA)
    assert _stopped(store, BORIS)


@pytest.mark.usefixtures("two")
def test_a_start_said_while_they_were_one_does_not_undo_the_others_stop(
    same: SamePerson, sam: StaffMember, scene: Scene, store: SqlStore
) -> None:
    boris = scene.contact(BORIS)
    with store.transaction() as tx:
        tx.set_opted_out(boris, NOW)
    link_id = link(same, sam)
    anna = scene.contact(ANNA)
    with store.transaction() as tx:
        tx.set_opted_out(anna, None)
    same.part("RIVER 482", link_id, sam)

    assert (_stopped(store, ANNA), _stopped(store, BORIS)) == (False, True)


@pytest.mark.usefixtures("two")
def test_what_was_said_since_goes_back_with_its_door(
    same: SamePerson, sam: StaffMember, scene: Scene, database: Database, clock: FakeClock
) -> None:
    link_id = link(same, sam)
    scene.tells(
        "New: the review was late.", ("ehc_review", 0.9), reference="MEADOW 111", sender=BORIS, channel=WHATSAPP, now=MUCH_LATER
    )
    waiting = scene.accepts("And another.", sender=BORIS, channel=WHATSAPP, now=MUCH_LATER)
    assert waiting is not None
    clock.time = MUCH_LATER
    same.part("RIVER 482", link_id, sam)

    assert person_of(same, "MEADOW 111") == person_of(same, "BROOK 377") != person_of(same, "RIVER 482")
    claim = scene.must_claim(now=MUCH_LATER)
    assert (claim.contact.id, [each.seq for each in claim.messages]) == (person_of(same, "BROOK 377"), [waiting])
    assert scene.claims("host:2", now=MUCH_LATER) is None, "nothing waits behind the other side"


def test_a_worker_in_the_middle_of_a_turn_loses_it_and_nothing_is_done_twice(
    same: SamePerson, sam: StaffMember, scene: Scene, store: SqlStore
) -> None:
    scene.tells("The taxi was late.", reference="RIVER 482", sender=ANNA)
    scene.tells("The plan was late.", reference="BROOK 377", sender=BORIS)
    scene.accepts("More of it.", sender=BORIS, now=LATER)
    claim = scene.must_claim(now=LATER)
    link(same, sam)

    with pytest.raises(LeaseLost), store.transaction() as tx:
        tx.hold_turn(claim)
    again = scene.must_claim("host:2", now=LATER)
    assert [each.message.text for each in again.messages] == ["More of it."]
    assert again.contact.id == person_of(same, "RIVER 482")


def test_of_two_open_talks_on_one_channel_one_goes_on_and_both_do_when_parted(
    same: SamePerson, sam: StaffMember, scene: Scene, database: Database
) -> None:
    scene.tells("The taxi was late.", reference="RIVER 482", sender=ANNA)
    scene.tells("The plan was late.", reference="BROOK 377", sender=BORIS)
    link_id = link(same, sam)
    assert _open_talks(database) == 1
    same.part("RIVER 482", link_id, sam)

    assert _open_talks(database) == 2


@pytest.mark.usefixtures("two")
def test_after_an_erasure_there_is_no_way_back(same: SamePerson, sam: StaffMember, scene: Scene, store: SqlStore) -> None:
    seq = scene.accepts("He held him down.", sender=ANNA, risk=DANGER, now=LATER)
    assert seq is not None
    scene.alerts(seq)
    scene.takes_turn(now=LATER, risk=DANGER.level)
    link_id = link(same, scene.employs("Lea Lead", role="safeguarding"))
    anna = scene.contact(ANNA)
    with store.transaction() as tx:
        tx.erase_contact(anna, LATER)

    assert [found.can_part for found in same.records.links(anna)] == [False]
    assert not same.records.part(link_id, anna, staff_id=sam.id, now=LATER)
    assert not same.records.join(anna, scene.contact(Address("tel", "+447700900999")), staff_id=sam.id, why="", now=LATER)


@pytest.mark.usefixtures("two")
def test_what_cannot_be_linked_is_refused(same: SamePerson, sam: StaffMember, scene: Scene) -> None:
    with pytest.raises(NotFound):
        same.both("RIVER 482", "NOBODY 999", sam)
    with pytest.raises(NotLinkableError) as refused:
        same.both("RIVER 482", "RIVER 482", sam)
    assert refused.value.refusal is Refusal.SAME_REFERENCE
    link(same, sam)
    with pytest.raises(NotLinkableError) as refused:
        same.both("RIVER 482", "BROOK 377", sam)
    assert refused.value.refusal is Refusal.ONE_ALREADY


@pytest.mark.usefixtures("two")
def test_what_is_with_safeguarding_is_not_to_be_found_by_a_reviewer(same: SamePerson, sam: StaffMember, scene: Scene) -> None:
    seq = scene.accepts("He held him down.", sender=BORIS, channel=WHATSAPP, risk=DANGER)
    assert seq is not None
    scene.alerts(seq, sender=BORIS)
    scene.takes_turn(risk=DANGER.level)

    with pytest.raises(NotFound):
        same.both("RIVER 482", "BROOK 377", sam)
    with pytest.raises(NotFound):
        same.both("BROOK 377", "RIVER 482", sam)


@pytest.mark.usefixtures("two")
def test_a_withdrawal_after_the_link_reaches_both_sides(
    same: SamePerson, sam: StaffMember, scene: Scene, store: SqlStore
) -> None:
    boris, brook = scene.contact(BORIS), _id_of(store, "BROOK 377")
    with store.transaction() as tx:
        tx.add_consent(
            contact_id=boris,
            experience_id=brook,
            purpose=Purpose.WORDS_IN_PUBLIC,
            given=True,
            wording="en@1",
            inbound_seq=None,
            now=NOW,
        )
    link(same, sam)
    anna, river = scene.contact(ANNA), _id_of(store, "RIVER 482")
    with store.transaction() as tx:
        tx.add_consent(
            contact_id=anna,
            experience_id=river,
            purpose=Purpose.WORDS_IN_PUBLIC,
            given=False,
            wording="en@1",
            inbound_seq=None,
            now=LATER,
            everywhere=True,
        )
    view = store.experience("BROOK 377")

    assert view is not None
    assert view.card.consents == {Purpose.WORDS_IN_PUBLIC: False}


def _id_of(store: SqlStore, reference: str) -> UUID:
    view = store.experience(reference)
    assert view is not None
    return view.card.id


def _stopped(store: SqlStore, address: Address) -> bool:
    with store.transaction() as tx:
        return tx.hold_contact(address, (), locale=ENGLISH, now=MUCH_LATER).opted_out_at is not None


def _open_talks(database: Database) -> int:
    with database.reading() as connection:
        return len(connection.execute(select(conversation.c.id).where(conversation.c.closed_at.is_(None))).all())
