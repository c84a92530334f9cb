"""Drafts and versions of the words as the store keeps them: added, never changed, and refused when they are damaged."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select, update

from bot.conversation import Say
from bot.errors import NotFound
from bot.live_words import LiveTongues
from bot.model import ENGLISH, ChannelName
from bot.records import StaffMember
from bot.word_desk import WordDesk
from bot.word_versions import FILES, BadVersion, digest_of
from storage.audit import verify_audit
from storage.database import Database
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import audit, word_version
from storage.words import SqlWords
from tests.bot.sayings import CHECKS, WORDING
from tests.bot.word_scene import DANGER, KEPT, NOW, OURS, TODAY, StillClock, change, made

JO = StaffMember(id=UUID(int=7), name="Jo Pascoe", username="jo", role="publisher", mobile=None, password_hash="x")
PLACE = (ENGLISH, KEPT, "text")


@pytest.fixture
def words(database: Database, sealer: Sealer, store: SqlStore) -> SqlWords:
    with store.transaction() as tx:
        tx.add_staff(JO, NOW)
    return SqlWords(database, sealer)


@pytest.fixture
def desk(words: SqlWords) -> WordDesk:
    return WordDesk(base=WORDING, records=words, checks=CHECKS, clock=StillClock())


def publish(desk: WordDesk, text: str) -> int:
    desk.propose(JO, ENGLISH, KEPT, {"text": text})
    board = desk.board()
    return desk.publish(JO, [PLACE], why="Clearer.", seen=desk.edition(board, [PLACE]).seen, signed={}, today=TODAY)


def test_a_version_is_kept_as_it_was_published(desk: WordDesk, words: SqlWords) -> None:
    number = publish(desk, "Thank you: “all” of it, we have.")
    version = words.version(number)

    assert (words.latest(), version.why, version.by_id, version.at) == (number, "Clearer.", JO.id, NOW)
    assert [row.text for row in version.changes] == ["Thank you: “all” of it, we have."]
    assert version.changes[0].over == WORDING.tongues[ENGLISH].stamp(KEPT)
    assert words.drafts() == ()


def test_an_empty_house_speaks_the_files(words: SqlWords) -> None:
    assert words.latest() == FILES
    assert words.versions() == ()
    with pytest.raises(NotFound):
        words.version(1)


def test_a_draft_stands_once_at_its_place_and_can_be_taken_away(desk: WordDesk, words: SqlWords) -> None:
    desk.propose(JO, ENGLISH, KEPT, {"text": "One."})
    desk.propose(JO, ENGLISH, KEPT, {"text": OURS, "sms": "Two."})
    both = [(draft.channel, draft.text) for draft in words.drafts()]
    words.propose([], drop=[PLACE], by_id=JO.id, now=NOW)

    assert both == [("sms", "Two."), ("text", OURS)]
    assert [draft.channel for draft in words.drafts()] == ["sms"]


def test_of_two_who_publish_at_once_one_is_told_to_look_again(desk: WordDesk, words: SqlWords) -> None:
    publish(desk, OURS)
    late = replace(made(1, change("Late.")), by_id=JO.id)

    assert not words.publish(late, drop=[])
    assert words.version(1).changes[0].text == OURS


def test_a_row_that_was_changed_by_hand_is_not_spoken(desk: WordDesk, words: SqlWords, database: Database) -> None:
    publish(desk, OURS)
    with database.writing() as connection:
        row = connection.execute(select(word_version)).one()
        connection.execute(update(word_version).values(changes=row.changes.replace("kept", "lost")))
    live = LiveTongues.over(WORDING, words, seconds=lambda: 0.0)

    with pytest.raises(BadVersion):
        words.version(1)
    assert words.versions() == ((1, None),)
    assert desk.board().is_broken
    assert live.speak(Say(KEPT), ENGLISH, ChannelName("sms")).text == WORDING.tongues[ENGLISH].texts[KEPT]["text"]


@pytest.mark.parametrize("damage", ["", "[]x", "{}", '[{"locale": 3}]', '[{"key": "a"}]', "null"])
def test_no_damage_stops_a_text_about_danger(desk: WordDesk, words: SqlWords, database: Database, damage: str) -> None:
    publish(desk, OURS)
    with database.writing() as connection:
        connection.execute(update(word_version).values(changes=damage, digest=digest_of(damage, "{}")))
    live = LiveTongues.over(WORDING, words, seconds=lambda: 0.0)

    assert "ring 999" in live.speak(Say(DANGER, {"emergency": "999"}), ENGLISH, ChannelName("sms")).text
    assert desk.board().version is None


def test_every_act_stands_in_the_audit_trail_without_a_word_of_it(desk: WordDesk, database: Database, sealer: Sealer) -> None:
    publish(desk, OURS)
    desk.go_back(JO, FILES, why="Back.", seen=desk.back_to(desk.board(), FILES).seen)
    with database.reading() as connection:
        lines = [(row.action, row.record, row.why) for row in connection.execute(select(audit).order_by(audit.c.number))]

    assert lines == [
        ("propose_words", "words:draft", ""),
        ("publish_words", "words:1", ""),
        ("publish_words", "words:2", ""),
    ]
    assert verify_audit(database, sealer) is None
