"""What stands of a person beside their words is erased with them: links, codes, posters they came by, late changes."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from bot.alert_desk import AlertDesk
from bot.conversation import Conversation
from bot.model import ENGLISH, Speaker
from bot.ports import Store
from storage.alert_sheets import SqlAlertRecords
from storage.contact_links import SqlContactLinks
from storage.database import Database
from storage.resuming import SqlResumeCodes
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import contact, experience, inbound_message, resume_code
from tests.staff.fakes import FakeClock
from tests.storage.made_up import ANNA, BORIS, DANGER, NOW, SOON, WEBCHAT, WHATSAPP
from tests.storage.reading import everything_in
from tests.storage.scene import Scene


def erase(store: Store, contact_id: UUID) -> None:
    with store.transaction() as tx:
        tx.erase_contact(contact_id, NOW)


def test_the_link_or_poster_they_came_by_is_erased(store: Store, scene: Scene, database: Database) -> None:
    """A link may be made for one family alone."""
    scene.tells("The taxi was late.", reference="RIVER 482")
    contact_id = scene.contact()
    with store.transaction() as tx:
        tx.remember_ref(contact_id, "Canary poster")
        talk = Conversation(id=scene.new_id(), channel=WEBCHAT)
        tx.save_conversation(talk, contact_id=contact_id, now=NOW)
        tx.open_experience(
            scene.new_id(),
            contact_id=contact_id,
            conversation_id=talk.id,
            channel=WEBCHAT,
            reference="BROOK 377",
            promised_on=NOW.date(),
            locale=ENGLISH,
            speaker=Speaker.PARENT,
            ref="Canary link",
            now=NOW,
        )
    assert "Canary" in everything_in(database)

    erase(store, contact_id)

    with database.reading() as connection:
        assert set(connection.execute(select(contact.c.ref)).scalars()) == {None}
        assert set(connection.execute(select(experience.c.ref)).scalars()) == {None}


def test_why_staff_linked_them_and_what_went_over_is_erased(
    store: Store, scene: Scene, database: Database, sealer: Sealer
) -> None:
    sam = scene.employs()
    scene.tells("The taxi was late.", reference="RIVER 482")
    scene.tells("The plan was late.", reference="BROOK 377", sender=BORIS, channel=WHATSAPP)
    anna, boris = scene.contact(), scene.contact(BORIS)
    links = SqlContactLinks(database, sealer)
    assert links.join(anna, boris, staff_id=sam.id, why="Canary told me so.", now=NOW)
    assert "Canary" in everything_in(database)

    erase(store, anna)

    assert "Canary" not in everything_in(database)
    (link,) = links.links(anna)
    assert not link.can_part
    assert not links.part(link.id, anna, staff_id=sam.id, now=NOW)


def test_a_code_for_another_phone_is_erased(store: Store, scene: Scene, database: Database, sealer: Sealer) -> None:
    scene.tells("The taxi was late.", reference="RIVER 482")
    codes = SqlResumeCodes(database, sealer)
    codes.keep("HERON 482 TEAL 915", ANNA, until=NOW + timedelta(minutes=15), now=NOW)

    erase(store, scene.contact())

    with database.reading() as connection:
        assert connection.execute(select(resume_code)).all() == []
    assert codes.use("HERON 482 TEAL 915", now=NOW) is None


def test_old_words_that_are_changed_after_the_wish_are_erased_all_the_same(
    store: Store, scene: Scene, database: Database
) -> None:
    """They wait to be heard again, but they are no new words: their past was to be forgotten."""
    scene.accepts("The taxi was late.", external_id="old")
    scene.takes_turn(reference="RIVER 482", reply=None)
    scene.accepts("DELETE 482")
    claim = scene.must_claim()
    with database.writing() as connection:  # as a change leaves it that comes while the worker answers
        waits = inbound_message.update().where(inbound_message.c.external_id == "old")
        connection.execute(waits.values(state="waiting", amended_at=NOW + SOON, attempts=0))
    with store.transaction() as tx:
        tx.hold_turn(claim)
        tx.erase_contact(claim.contact.id, NOW)
        tx.finish_turn(claim, now=NOW)

    with database.reading() as connection:
        rows = connection.execute(select(inbound_message.c.state, inbound_message.c.sealed, inbound_message.c.contact_id)).all()
    assert {tuple(row) for row in rows} == {("erased", None, None)}
    assert scene.claims(now=NOW + SOON) is None


def test_a_passage_released_as_feedback_is_shown_to_nobody_once_all_is_erased(
    store: SqlStore, scene: Scene, database: Database, sealer: Sealer
) -> None:
    """The words stay, for safeguarding alone."""
    seq = scene.accepts("He held him down", risk=DANGER)
    assert seq is not None
    scene.alerts(seq)
    scene.takes_turn(reference="RIVER 482", risk=DANGER.level)
    lead = scene.employs("Ruth Lead", role="safeguarding")
    desk = AlertDesk(records=SqlAlertRecords(database, sealer), work=store, store=store, clock=FakeClock(NOW))
    told = store.experience("RIVER 482")
    assert told is not None
    assert desk.release(told, lead, [told.card.passages[0].id]) == 1
    assert len(desk.feedback()) == 1

    erase(store, scene.contact())

    kept = store.experience("RIVER 482")
    assert kept is not None
    assert kept.card.passages, "safeguarding keeps what was dangerous"
    assert desk.feedback() == ()
