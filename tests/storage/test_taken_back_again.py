"""The list of erasures knows what was taken back one by one, and takes it out of a store that was brought back."""

from __future__ import annotations

import pytest

from bot.erasures import Listed, read, read_taken_back, written
from bot.errors import BadContent
from bot.inbox import InboxFilter
from storage.database import Database
from storage.erase_by_hand import SqlErasures
from storage.erasures import digest_of_message, digest_of_words
from storage.sealing import Sealer
from storage.store import SqlStore
from tests.conftest import KEYS
from tests.storage.made_up import DANGER, NOW, SMS
from tests.storage.reading import everything_in
from tests.storage.scene import Scene

EVERYTHING = InboxFilter(open_only=False)


@pytest.fixture
def erasures(database: Database, store: SqlStore) -> SqlErasures:
    return SqlErasures(database, Sealer.open(database, KEYS), store)


def test_each_that_is_taken_back_goes_on_the_list_as_digests(
    store: SqlStore, scene: Scene, erasures: SqlErasures, database: Database
) -> None:
    before = erasures.last()
    scene.accepts("first", external_id="SM-one")
    scene.takes_turn(reference="RIVER 482")
    person = scene.contact()
    with store.transaction() as tx:
        tx.take_back(person)
    said = written(erasures.listed(), erasures.taken_back())

    assert erasures.last() > before, "so that the copy beside the files is written again"
    assert set(erasures.taken_back()) == {_digest(database, "SM-one"), _digest_of_words(database, "SM-one", "first")}
    assert "SM-one" not in said
    assert "first" not in said
    assert all(digest in said for digest in erasures.taken_back())


def test_a_message_unsent_at_the_provider_is_on_it_too_and_once(
    store: SqlStore, scene: Scene, erasures: SqlErasures, database: Database
) -> None:
    scene.accepts("first", external_id="SM1")
    for _ in range(2):
        with store.transaction() as tx:
            tx.withdraw_inbound(SMS, "+441134960000", "SM1", NOW)

    assert sorted(erasures.taken_back()) == sorted([_digest(database, "SM1"), _digest_of_words(database, "SM1", "first")])


def test_what_was_taken_back_goes_again_and_what_was_not_stays(
    store: SqlStore, scene: Scene, erasures: SqlErasures, database: Database
) -> None:
    """The digest of another store's list, on a store that has the message still: as after a copy was brought back."""
    scene.accepts("Canary first", external_id="SM1")
    scene.takes_turn(reference="RIVER 482")
    scene.accepts("second", external_id="SM2")
    scene.takes_turn()
    erasures.add([], [_digest(database, "SM1")])
    again = erasures.once_more(who="operator:test", now=NOW)

    assert (again.taken_back, again.erased) == (1, 0)
    assert "Canary" not in everything_in(database)
    assert [passage.text for card in store.inbox(EVERYTHING).cards for passage in card.passages] == ["second"]
    assert "take_back_again" in [row["action"] for row in store.export_rows("audit")]
    assert erasures.once_more(who="operator:test", now=NOW).taken_back == 0


def test_what_raised_an_alert_keeps_its_words_for_safeguarding(
    store: SqlStore, scene: Scene, erasures: SqlErasures, database: Database
) -> None:
    seq = scene.accepts("He held him down.", external_id="SM1", risk=DANGER)
    assert seq is not None
    scene.alerts(seq)
    scene.takes_turn(reference="RIVER 482")
    erasures.add([], [_digest(database, "SM1")])

    assert erasures.once_more(who="operator:test", now=NOW).taken_back == 1
    assert [row.text for row in store.export_messages() if row.direction == "inbound"] == ["He held him down."]
    assert [card.passages for card in store.inbox(EVERYTHING).cards] == [()]


def test_the_list_as_text_is_read_as_it_was_written() -> None:
    listed = (Listed(number=4, at=NOW, kept=True, digests=("0a0b",)),)
    text = written(listed, ("0c0d", "0c0d"))

    assert (read(text), read_taken_back(text)) == (listed, ("0c0d",))
    with pytest.raises(BadContent):
        read_taken_back('{"taken_back": "no digits"}')


def _digest(database: Database, external_id: str) -> str:
    return digest_of_message(Sealer.open(database, KEYS), SMS, "+441134960000", external_id).hex()


def _digest_of_words(database: Database, external_id: str, text: str) -> str:
    return digest_of_words(Sealer.open(database, KEYS), SMS, "+441134960000", external_id, text).hex()
