"""Words that might be names: asked about until somebody has hidden or left them; and what goes with the person."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from bot.heard import Heard
from bot.hiding import Hiding, doubtful_words
from bot.records import StaffMember
from storage.database import Database
from storage.store import SqlStore
from storage.tables import inbound_message, name_word
from tests.storage.hiding_scene import CUT, WORDS, At, in_two, told, view
from tests.storage.made_up import NOW, heard
from tests.storage.reading import everything_in
from tests.storage.scene import Scene


@pytest.fixture
def sam(scene: Scene) -> StaffMember:
    return scene.employs()


@pytest.fixture
def hiding(store: SqlStore) -> Hiding:
    return Hiding(work=store, clock=At(), new_id=uuid4)


# --- words that might be names --------------------------------------------------------------------------------------


def doubted() -> Heard:
    """Two words of it might be names."""
    return replace(in_two(), doubtful=((0, 6), (CUT, CUT + 6), (WORDS.index("taxi"), WORDS.index("taxi") + 4)))


def test_the_page_and_the_inbox_ask_for_a_look_until_somebody_has_hidden_or_left_them(
    scene: Scene, hiding: Hiding, sam: StaffMember
) -> None:
    told(scene, doubted())
    assert doubtful_words(view(scene)) == ("kacper", "taxi")
    assert view(scene).card.doubtful

    hiding.hide(view(scene), sam, "kacper")
    assert doubtful_words(view(scene)) == ("taxi",)
    assert view(scene).card.doubtful

    assert hiding.leave(view(scene), sam, ["taxi", "lorry"]) == 1
    assert doubtful_words(view(scene)) == ()
    assert not view(scene).card.doubtful
    assert [line["action"] for line in scene.store.export_rows("audit")] == ["hide_word", "leave_word"]


def test_what_was_left_is_not_asked_about_again_and_left_twice_changes_nothing(
    scene: Scene, hiding: Hiding, sam: StaffMember, database: Database
) -> None:
    told(scene, doubted())
    hiding.leave(view(scene), sam, ["taxi"])
    before = everything_in(database)
    assert hiding.leave(view(scene), sam, ["taxi"]) == 0
    assert everything_in(database) == before

    told(scene, replace(heard("No taxi. Ask Ned."), doubtful=((3, 7), (13, 16))), reference=None)
    assert doubtful_words(view(scene)) == ("kacper", "Ned")


def test_what_was_left_can_be_hidden_later(scene: Scene, hiding: Hiding, sam: StaffMember) -> None:
    told(scene, doubted())
    hiding.leave(view(scene), sam, ["kacper"])
    hiding.hide(view(scene), sam, "kacper")
    told(scene, heard("Kacper again"), reference=None)

    assert view(scene).talk[-1].text == "[name removed] again"


# --- what goes with the person --------------------------------------------------------------------------------------


def test_the_words_go_with_the_person_and_with_what_is_taken_back(
    scene: Scene, store: SqlStore, hiding: Hiding, sam: StaffMember, database: Database
) -> None:
    told(scene, doubted())
    hiding.hide(view(scene), sam, "Kacper")
    assert len(said(database)) == 1
    person = scene.contact()
    with store.transaction() as tx:
        tx.take_back(person)
    assert said(database) == []

    told(scene, doubted(), reference="BROOK 377")
    hiding.hide(view(scene, "BROOK 377"), sam, "Kacper")
    with store.transaction() as tx:
        tx.erase_contact(person, NOW)
    assert said(database) == []
    with database.reading() as connection:
        assert set(connection.execute(select(inbound_message.c.doubtful, inbound_message.c.redactor)).all()) == {(None, None)}


def said(database: Database) -> list[UUID]:
    with database.reading() as connection:
        return list(connection.execute(select(name_word.c.id)).scalars())


def test_a_kept_word_that_cannot_be_opened_holds_up_no_turn(
    scene: Scene, hiding: Hiding, sam: StaffMember, database: Database
) -> None:
    told(scene, in_two())
    hiding.hide(view(scene), sam, "Kacper")
    with database.writing() as connection:
        connection.execute(update(name_word).values(sealed=b"x" * 60))

    told(scene, heard("More."), reference=None)
    assert view(scene).talk[-1].text == "More."


def test_nothing_is_hidden_in_what_was_erased_meanwhile(scene: Scene, store: SqlStore, hiding: Hiding, sam: StaffMember) -> None:
    told(scene, in_two())
    seen, person = view(scene), scene.contact()
    with store.transaction() as tx:
        tx.erase_contact(person, NOW)

    assert hiding.hide(seen, sam, "Kacper") == 0
    assert hiding.leave(seen, sam, ["Kacper"]) == 0
    assert list(store.export_rows("audit")) == []
