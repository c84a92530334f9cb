"""A word that the redactor missed is hidden: in every text in clear of its experience, once and for all, and nowhere sealed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select

from bot.errors import LeaseLost
from bot.heard import Heard, Passage, Polarity, Suggestion
from bot.hiding import Hiding
from bot.records import StaffMember
from storage.database import Database
from storage.store import SqlStore
from storage.tables import conversation, matter, matter_told
from tests.storage.hiding_scene import HIDDEN, WORDS, At, evidence, in_two, told, translated, view
from tests.storage.made_up import BORIS, CALM, NOW, SMS, heard
from tests.storage.reading import everything_in
from tests.storage.scene import Scene


@pytest.fixture
def sam(scene: Scene) -> StaffMember:
    return scene.employs()


@pytest.fixture
def hiding(store: SqlStore) -> Hiding:
    return Hiding(work=store, clock=At(), new_id=uuid4)


def test_it_is_hidden_wherever_it_stands_and_the_evidence_stays_with_its_words(
    scene: Scene, hiding: Hiding, sam: StaffMember
) -> None:
    told(scene, in_two())
    assert evidence(scene) == [["taxi"], ["kacper", "lovely"]]

    assert hiding.hide(view(scene), sam, "Kacper") == 2
    assert [line.text for line in view(scene).talk] == [HIDDEN]
    cut = HIDDEN.rindex("[")
    assert [passage.text for passage in view(scene).card.passages] == [HIDDEN[: cut - 1], HIDDEN[cut:]]
    assert evidence(scene) == [["taxi"], ["[name removed]", "lovely"]]


def test_it_stands_in_no_column_in_clear_afterwards_and_the_sealed_words_are_as_they_were(
    scene: Scene, hiding: Hiding, sam: StaffMember, database: Database
) -> None:
    told(scene, in_two())
    hiding.hide(view(scene), sam, "Kacper")

    assert "kacper" not in everything_in(database).lower()
    assert [row.text for row in scene.store.export_messages()] == [WORDS]


def test_the_audit_line_says_who_and_where_and_not_what(scene: Scene, hiding: Hiding, sam: StaffMember) -> None:
    experience_id = told(scene, in_two())
    hiding.hide(view(scene), sam, "Kacper")

    (line,) = scene.store.export_rows("audit")
    assert (line["who"], line["action"], line["record"]) == (f"staff:{sam.id}", "hide_word", f"experience:{experience_id}")
    assert line["why"] == ""


@pytest.mark.parametrize("word", ["kacper", "KACPER", "name", "removed"])
def test_a_second_click_changes_nothing(scene: Scene, hiding: Hiding, sam: StaffMember, database: Database, word: str) -> None:
    told(scene, in_two())
    hiding.hide(view(scene), sam, "Kacper")
    before = everything_in(database)

    assert hiding.hide(view(scene), sam, word) == 0
    assert everything_in(database) == before


def test_what_they_write_next_and_what_they_change_is_hidden_too(
    scene: Scene, store: SqlStore, hiding: Hiding, sam: StaffMember
) -> None:
    told(scene, in_two())
    hiding.hide(view(scene), sam, "Kacper")
    told(scene, heard("And Kacper is sad."), reference=None)
    assert [line.text for line in view(scene).talk] == [HIDDEN, "And [name removed] is sad."]

    first = next(iter(store.export_messages()))
    assert first.external_id is not None
    with store.transaction() as tx:
        found = tx.amend_inbound(SMS, "+441134960000", first.external_id, text="Kacper waits.", risk=CALM, now=NOW)
        assert found is not None
        tx.mark_reheard(first.seq, heard("Kacper waits."), tagger="t", taxonomy="2026-11")
    assert [line.text for line in view(scene).talk] == ["[name removed] waits.", "And [name removed] is sad."]
    assert [passage.text for passage in view(scene).card.passages] == ["[name removed] waits.", "And [name removed] is sad."]


def test_it_is_hidden_in_what_staff_say_it_means_before_and_after(
    scene: Scene, store: SqlStore, hiding: Hiding, sam: StaffMember
) -> None:
    told(scene, in_two())
    translated(store, sam, "Kacper waits", version=1)
    assert hiding.hide(view(scene), sam, "Kacper") == 3
    assert view(scene).talk[0].translation == "[name removed] waits"

    translated(store, sam, "Kacper still waits", version=2)
    assert view(scene).talk[0].translation == "[name removed] still waits"
    assert view(scene).card.passages[-1].text == "[name removed] still waits"


def test_it_is_hidden_in_what_we_said_and_in_what_show_me_shows_next(
    scene: Scene, hiding: Hiding, sam: StaffMember, database: Database
) -> None:
    told(scene, in_two())
    scene.says("Thank you for telling us of Kacper.")
    scene.says("Kacper is a name of another family, too.", to=BORIS)
    hiding.hide(view(scene), sam, "Kacper")

    assert [line.text for line in view(scene).talk] == [HIDDEN, "Thank you for telling us of [name removed]."]
    with database.reading() as connection:
        (state,) = connection.execute(select(conversation.c.state)).scalars()
    assert state["preview"] == HIDDEN
    assert "Kacper is a name of another family, too." in everything_in(database)


def test_a_turn_under_way_begins_anew_so_that_it_does_not_write_the_word_back(
    scene: Scene, store: SqlStore, hiding: Hiding, sam: StaffMember
) -> None:
    told(scene, in_two())
    scene.accepts("More of Kacper.")
    claim = scene.must_claim()
    hiding.hide(view(scene), sam, "Kacper")

    with pytest.raises(LeaseLost), store.transaction() as tx:
        tx.hold_turn(claim)
    assert scene.must_claim().messages[0].message.text == "More of Kacper."


def test_other_experiences_of_the_same_person_are_left_alone(scene: Scene, hiding: Hiding, sam: StaffMember) -> None:
    told(scene, in_two())
    told(scene, heard("Another about Kacper."), reference="BROOK 377")
    hiding.hide(view(scene), sam, "Kacper")

    assert view(scene, "BROOK 377").talk[0].text == "Another about Kacper."


def test_what_the_same_person_tells_later_is_hidden_and_what_others_tell_is_not(
    scene: Scene, hiding: Hiding, sam: StaffMember
) -> None:
    taxi = WORDS.index("taxi")
    told(scene, replace(in_two(), doubtful=((taxi, taxi + 4),)))
    hiding.hide(view(scene), sam, "Kacper")
    hiding.leave(view(scene), sam, ["taxi"])
    told(scene, replace(heard("A taxi and Kacper."), doubtful=((2, 6),)), reference="BROOK 377")
    scene.tells("Kacper is a boy in our street.", reference="HEDGE 207", sender=BORIS)

    assert view(scene, "BROOK 377").talk[0].text == "A taxi and [name removed]."
    assert not view(scene, "BROOK 377").card.doubtful
    assert view(scene, "HEDGE 207").talk[0].text == "Kacper is a boy in our street."


def test_a_passage_that_says_what_its_message_does_not_is_masked_by_its_own_words(
    scene: Scene, hiding: Hiding, sam: StaffMember
) -> None:
    odd = Passage(0, 5, "and Kacper again", Polarity.BAD, (Suggestion("transport", 0.9, ((11, 16),)),))
    told(scene, Heard(redacted="Kacper waits", passages=(odd,)))
    hiding.hide(view(scene), sam, "Kacper")

    assert view(scene).card.passages[0].text == "and [name removed] again"
    assert evidence(scene) == [["again"]]


def test_a_message_that_could_not_be_handled_hides_it_too(
    scene: Scene, store: SqlStore, hiding: Hiding, sam: StaffMember
) -> None:
    told(scene, in_two())
    hiding.hide(view(scene), sam, "Kacper")
    scene.accepts("Kacper is here")
    claim = scene.must_claim()
    with store.transaction() as tx:
        tx.hold_turn(claim)
        tx.park(claim, "ValueError", NOW)

    assert view(scene).talk[-1].text == "[name removed] is here"


def test_it_marks_nothing_that_several_people_told_of(scene: Scene, hiding: Hiding, sam: StaffMember, database: Database) -> None:
    told(scene, in_two())
    told(scene, heard("Another of Kacper."), reference="BROOK 377")
    with database.writing() as connection:
        for number, reference in enumerate(("RIVER 482", "BROOK 377")):
            found = UUID(int=number)
            connection.execute(insert(matter), {"id": found, "terms": ["kacper", "taxi"], "found_at": NOW})
            passage_id = view(scene, reference).card.passages[0].id
            connection.execute(insert(matter_told), {"matter_id": found, "passage_id": passage_id})
    hiding.hide(view(scene), sam, "Kacper")

    with database.reading() as connection:
        terms = connection.execute(select(matter.c.terms).order_by(matter.c.id)).scalars().all()
    assert terms == [["taxi"], ["kacper", "taxi"]]


def test_words_that_a_turn_adds_at_the_same_moment_are_hidden_too(
    scene: Scene, store: SqlStore, hiding: Hiding, sam: StaffMember
) -> None:
    told(scene, in_two())
    scene.accepts("More of Kacper.")
    claim, seen = scene.must_claim(), view(scene)
    with ThreadPoolExecutor(1) as other:
        with store.transaction() as tx:
            tx.hold_turn(claim)
            hides = other.submit(hiding.hide, seen, sam, "Kacper")
            tx.mark_heard(
                claim.messages[0].seq,
                heard("More of Kacper."),
                experience_id=seen.card.id,
                question=None,
                is_story=True,
                tagger="t",
                taxonomy="2026-11",
            )
            assert wait([hides], timeout=0.2).not_done, "it waits for the turn"
            tx.finish_turn(claim, now=NOW)
        assert hides.result(timeout=60) == 3

    assert [line.text for line in view(scene).talk] == [HIDDEN, "More of [name removed]."]
