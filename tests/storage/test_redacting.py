"""What is stored is masked anew by a better redactor, on both databases: the text, its passages with their evidence, no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from bot.hiding import Hiding
from bot.redacting import MaskedText, RedactAgain, Source
from storage.database import Database
from storage.redacting import SqlMaskedTexts
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import inbound_message, name_word, outbound_message, suggestion, translation
from tests.bot.test_redacting import Masker, run
from tests.conftest import KEYS, masked
from tests.storage.hiding_scene import CUT, HIDDEN, WORDS, At, evidence, in_two, told, translated, view
from tests.storage.made_up import BORIS, NOW, heard
from tests.storage.reading import everything_in
from tests.storage.scene import Scene

KACPER = Masker(("Kacper",))


def sweep_of(database: Database, store: SqlStore, masker: Masker = KACPER) -> RedactAgain:
    records = SqlMaskedTexts(database, Sealer.open(database, KEYS))
    return RedactAgain(records=records, work=store, version=lambda: masker.version, masker=lambda: masker)


def by(database: Database) -> list[str | None]:
    with database.reading() as connection:
        return list(connection.execute(select(inbound_message.c.redactor).order_by(inbound_message.c.seq)).scalars())


@pytest.mark.parametrize("before", ["", "old"])
def test_a_message_an_older_one_masked_is_masked_with_its_passages(
    scene: Scene, store: SqlStore, database: Database, before: str
) -> None:
    told(scene, replace(in_two(), redactor=before))
    run(sweep_of(database, store))

    assert [line.text for line in view(scene).talk] == [HIDDEN]
    cut = HIDDEN.rindex("[")
    assert [passage.text for passage in view(scene).card.passages] == [HIDDEN[: cut - 1], HIDDEN[cut:]]
    assert evidence(scene) == [["taxi"], ["[name removed]", "lovely"]]
    assert by(database) == ["new"]
    assert [row.text for row in store.export_messages()] == [WORDS]


def test_what_the_same_redactor_masked_is_left_alone_and_nothing_is_written_twice(
    scene: Scene, store: SqlStore, database: Database
) -> None:
    told(scene, replace(in_two(), redactor="new"))
    before = everything_in(database)
    run(sweep_of(database, store))
    assert everything_in(database) == before

    told(scene, replace(in_two(), redactor="old"), reference="BROOK 377")
    run(sweep_of(database, store))
    before = everything_in(database)
    run(sweep_of(database, store))
    assert everything_in(database) == before


def test_people_s_decisions_alerts_and_what_waits_to_be_sent_stay_as_they_are(
    scene: Scene, store: SqlStore, database: Database
) -> None:
    told(scene, in_two())
    scene.decides(view(scene).card.passages[0].id, "transport", verdict=True)
    seq = next(row.seq for row in store.export_messages())
    scene.alerts(seq)
    with store.transaction() as tx:
        tx.link_alerts([seq], view(scene).card.id)
    before = view(scene)
    run(sweep_of(database, store))
    after = view(scene)

    assert [passage.decisions for passage in after.card.passages] == [passage.decisions for passage in before.card.passages]
    assert after.alerts == before.alerts
    assert len(after.alerts) == 1
    assert after.card.read_at == before.card.read_at
    with database.reading() as connection:
        assert len(connection.execute(select(outbound_message.c.seq)).all()) == 1
        assert len(connection.execute(select(suggestion.c.id)).all()) == 2


def test_what_staff_have_hidden_stays_hidden_and_what_they_left_is_not_doubted_again(
    scene: Scene, store: SqlStore, database: Database
) -> None:
    sam = scene.employs()
    hiding = Hiding(work=store, clock=At(), new_id=uuid4)
    told(scene, replace(in_two(), doubtful=((CUT, CUT + 6),)))
    hiding.hide(view(scene), sam, "Kacper")
    told(scene, replace(heard("Ned and Ted"), doubtful=((0, 3), (8, 11))), reference=None)
    hiding.leave(view(scene), sam, ["Ned"])
    run(sweep_of(database, store, Masker((), doubts=("Ned", "Ted", "taxi"))))

    first, second = view(scene).talk
    assert first.text == HIDDEN
    assert [first.text[start:end] for start, end in first.doubtful] == ["taxi"]
    assert [second.text[start:end] for start, end in second.doubtful] == ["Ted"]


def test_a_parked_message_is_looked_through_for_names(scene: Scene, store: SqlStore, database: Database) -> None:
    scene.accepts("Kacper waits, ring 07700 900123")
    claim = scene.must_claim()
    with store.transaction() as tx:
        tx.hold_turn(claim)
        tx.park(claim, "ValueError", NOW)
    assert "Kacper waits, ring [phone]" in everything_in(database)
    run(sweep_of(database, store))

    assert "[name removed] waits, ring [phone]" in everything_in(database)


def test_what_staff_wrote_and_what_they_say_it_means_are_too_and_our_own_wording_is_not(
    scene: Scene, store: SqlStore, database: Database
) -> None:
    sam = scene.employs()
    told(scene, heard("Taxi spóźnia się"))
    translated(store, sam, "Kacper waits", version=1)
    scene.says("Kacper the bot says thank you.")
    letter = replace(scene.outbound("Dear Kacper", contact_id=scene.contact()), staff_id=sam.id, by_person=True)
    with store.transaction() as tx:
        tx.enqueue(letter, NOW)
    run(sweep_of(database, store))

    with database.reading() as connection:
        assert connection.execute(select(translation.c.redacted)).scalar_one() == "[name removed] waits"
        said = connection.execute(select(outbound_message.c.redacted).order_by(outbound_message.c.seq)).scalars().all()
    assert said == ["Kacper the bot says thank you.", "Dear [name removed]"]
    assert view(scene).card.passages[-1].text == "[name removed] waits"


def test_words_that_do_not_open_are_masked_as_they_are_shown(
    scene: Scene, store: SqlStore, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    told(scene, in_two())
    with database.writing() as connection:
        connection.execute(update(inbound_message).values(sealed=b"x" * 60))
    run(sweep_of(database, store))

    assert [line.text for line in view(scene).talk] == [HIDDEN]
    assert "cannot be opened" in caplog.text


def test_what_was_hidden_between_reading_and_writing_is_not_shown_again(
    scene: Scene, store: SqlStore, database: Database
) -> None:
    sam = scene.employs()
    told(scene, in_two())

    class Slow(Masker):
        def redact(self, text: str, *, english: bool = True) -> object:  # type: ignore[override] # what it gives is passed on
            if "lovely" in text:
                Hiding(work=store, clock=At(), new_id=uuid4).hide(view(scene), sam, "lovely")
            return super().redact(text, english=english)

    run(sweep_of(database, store, Slow(("Kacper",))))

    assert view(scene).talk[0].text == HIDDEN.replace("lovely", "[name removed]")


def test_how_many_are_left_is_told_and_erased_ones_are_none(scene: Scene, store: SqlStore, database: Database) -> None:
    records = SqlMaskedTexts(database, Sealer.open(database, KEYS))
    told(scene, in_two())
    scene.accepts("Another", sender=BORIS)
    assert records.count("new") == 1
    person = scene.contact()
    with store.transaction() as tx:
        tx.erase_contact(person, NOW)

    assert records.count("new") == 0
    assert keys(records.older("new", Source.MESSAGE, after=None, limit=10)) == []


def keys(texts: Sequence[MaskedText]) -> list[object]:
    return [text.key for text in texts]


def test_what_staff_hid_by_mistake_comes_back_when_it_is_heard_afresh(scene: Scene, store: SqlStore, database: Database) -> None:
    sam = scene.employs()
    told(scene, in_two())
    Hiding(work=store, clock=At(), new_id=uuid4).hide(view(scene), sam, "taxi")
    scene.decides(view(scene).card.passages[1].id, "praise", verdict=True)
    with store.transaction() as tx:
        assert tx.hear_afresh(view(scene).card.id, NOW) == 1
    assert "taxi" not in view(scene).talk[0].text

    claim = scene.must_claim()
    assert [(stored.message.text, stored.amended) for stored in claim.messages] == [(WORDS, True)]
    with store.transaction() as tx:
        tx.hold_turn(claim)
        tx.mark_reheard(claim.messages[0].seq, in_two(), tagger="t", taxonomy="2026-11")
        tx.finish_turn(claim, now=NOW)
    assert view(scene).talk[0].text == WORDS
    assert [decision.theme for decision in view(scene).card.passages[1].decisions] == ["praise"]
    with database.reading() as connection:
        assert connection.execute(select(name_word.c.id)).all() == []


def test_a_store_masks_what_people_write_apart_from_what_we_say(database: Database, sealer: Sealer) -> None:
    store = SqlStore(database, sealer, masked, people=lambda text: masked(text).replace("Kacper", "[name removed]"))
    scene = Scene(store)
    sam = scene.employs()
    scene.accepts("Kacper waits")
    claim = scene.must_claim()
    with store.transaction() as tx:
        tx.hold_turn(claim)
        tx.park(claim, "ValueError", NOW)
    with store.transaction() as tx:
        tx.enqueue(scene.outbound("Kacper the bot", contact_id=claim.contact.id), NOW)
        tx.enqueue(replace(scene.outbound("Dear Kacper", contact_id=claim.contact.id), staff_id=sam.id, by_person=True), NOW)

    shown = everything_in(database)
    assert "[name removed] waits" in shown
    assert "Dear [name removed]" in shown
    assert "Kacper the bot" in shown
