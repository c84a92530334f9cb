"""A word that the redactor missed is hidden: in every text in clear of its experience, once and for all, and nowhere sealed."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, update

from bot.errors import LeaseLost
from bot.hiding import Hiding, doubtful_words
from bot.model import ENGLISH, Heard, Passage, Polarity, Suggestion
from bot.records import ExperienceView, StaffMember
from bot.translations import NewTranslation
from storage.database import Database
from storage.store import SqlStore
from storage.tables import conversation, inbound_message, matter, matter_told, name_word
from tests.storage.made_up import BORIS, CALM, NOW, SMS, heard
from tests.storage.reading import everything_in
from tests.storage.scene import Scene

WORDS = "Kacper waits for the taxi, but kacper's teacher is lovely."
HIDDEN = "[name removed] waits for the taxi, but [name removed]'s teacher is lovely."
CUT = WORDS.index("kacper")


class At:
    def now(self) -> object:
        return NOW


@pytest.fixture
def sam(scene: Scene) -> StaffMember:
    return scene.employs()


@pytest.fixture
def hiding(store: SqlStore) -> Hiding:
    return Hiding(work=store, clock=At(), new_id=uuid4)  # type: ignore[arg-type] # a clock that stands


def in_two(text: str = WORDS, at: int = CUT) -> Heard:
    """Two passages, the theme of each by its own words."""
    taxi, lovely = text.index("taxi"), text.index("lovely") - at
    return Heard(
        redacted=text,
        passages=(
            Passage(0, at - 1, text[: at - 1], Polarity.BAD, (Suggestion("transport", 0.9, ((taxi, taxi + 4),)),)),
            Passage(at, len(text), text[at:], Polarity.GOOD, (Suggestion("praise", 0.8, ((0, 6), (lovely, lovely + 6))),)),
        ),
    )


def told(scene: Scene, what: Heard, *, reference: str | None = "RIVER 482") -> UUID:
    scene.accepts(what.redacted)
    claim = scene.must_claim()
    talk = scene.talks(claim)
    with scene.store.transaction() as tx:
        tx.hold_turn(claim)
        tx.save_conversation(replace(talk, preview=what.redacted), contact_id=claim.contact.id, now=NOW)
        experience_id = claim.experience_id
        if reference is not None:
            experience_id = scene.new_id()
            tx.open_experience(
                experience_id,
                contact_id=claim.contact.id,
                conversation_id=talk.id,
                channel=SMS,
                reference=reference,
                promised_on=NOW.date(),
                locale=ENGLISH,
                speaker=talk.speaker,
                now=NOW,
            )
        for stored in claim.messages:
            tx.mark_heard(
                stored.seq, what, experience_id=experience_id, question=None, is_story=True, tagger="t", taxonomy="2026-11"
            )
        tx.finish_turn(claim, now=NOW)
    assert experience_id is not None
    return experience_id


def view(scene: Scene, reference: str = "RIVER 482") -> ExperienceView:
    found = scene.store.experience(reference)
    assert found is not None
    return found


def evidence(scene: Scene) -> list[list[str]]:
    return [
        [passage.text[start:end] for suggestion in passage.suggestions for start, end in suggestion.evidence]
        for passage in view(scene).card.passages
    ]


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


def translated(store: SqlStore, sam: StaffMember, text: str, *, version: int) -> None:
    seq = next(row.seq for row in store.export_messages())
    new = NewTranslation(id=uuid4(), inbound_seq=seq, version=version, staff_id=sam.id, text=text)
    with store.transaction() as tx:
        assert tx.add_translation(new, NOW)
        assert tx.mark_translation_heard(new.id, heard(text), tagger="t", taxonomy="2026-11", now=NOW)


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
