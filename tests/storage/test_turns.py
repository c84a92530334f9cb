"""The turn: what it leaves behind, and that nothing that came meanwhile is lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.conversation import Conversation, Purpose
from bot.heard import Polarity
from bot.model import ChannelName, Locale, Speaker
from bot.ports import Store
from storage.database import Database
from storage.tables import conversation
from tests.storage.made_up import BORIS, CHAT, LEASE, NOW, SMS, SOON, WEBCHAT, WHATSAPP, heard
from tests.storage.scene import Scene

SECOND = timedelta(seconds=1)


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
    scene.hears(claim)

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
        delete_until=NOW,
        delete_asked=True,
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
