"""Taggers as the store keeps them, and what of staff's decisions one may learn from."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from bot.errors import NotFound
from bot.heard import Risk, RiskLevel
from bot.tagger_figures import Figures, Measure, Result
from bot.taggers import SHIPPED, DamagedTagger, Decided, NewTagger, TaggerState
from storage.audit import verify_audit
from storage.database import Database
from storage.sealing import Sealer
from storage.store import SqlStore
from storage.tables import audit, inbound_message, passage, tagger
from storage.taggers import SqlTaggers
from tests.storage.made_up import ANNA, BORIS, NOW
from tests.storage.scene import Scene

ONE = Measure(name="all", count=3, precision=0.5, recall=0.5, f1=0.5)
FIGURES = Figures(sample="three messages", words=Result(messages=3, all_themes=ONE, mean_theme=ONE, themes=(ONE,)))
FIRST = NewTagger(
    version="2026-11-21-0930",
    made_at=NOW,
    made_by="operator:jo",
    rows=9000,
    decisions=12,
    state=TaggerState.CHAMPION,
    says="Not worse on any group of themes.",
    figures=FIGURES,
    file=b"weights",
)
SECOND = replace(FIRST, version="2026-11-22-0930", file=b"other weights")


@pytest.fixture
def taggers(database: Database, sealer: Sealer) -> SqlTaggers:
    return SqlTaggers(database, sealer)


@pytest.fixture
def scene(store: SqlStore) -> Scene:
    return Scene(store)


def states(taggers: SqlTaggers) -> dict[int, TaggerState]:
    return {kept.number: kept.state for kept in taggers.taggers()}


def test_an_empty_house_has_the_tagger_that_comes_with_earshot(taggers: SqlTaggers) -> None:
    assert taggers.champion() == SHIPPED
    assert taggers.taggers() == ()


def test_a_tagger_comes_back_as_it_was_kept(taggers: SqlTaggers) -> None:
    number = taggers.keep(FIRST)
    (kept,) = taggers.taggers()

    assert (taggers.champion(), taggers.file(number)) == (number, b"weights")
    assert (kept.version, kept.made_by, kept.rows, kept.decisions, kept.size) == ("2026-11-21-0930", "operator:jo", 9000, 12, 7)
    assert kept.figures == FIGURES
    assert kept.says == "Not worse on any group of themes."


def test_a_new_champion_retires_the_old_one_and_a_refused_tagger_does_not(taggers: SqlTaggers) -> None:
    taggers.keep(FIRST)
    second = taggers.keep(SECOND)
    taggers.keep(replace(FIRST, version="later", state=TaggerState.REFUSED))

    assert states(taggers) == {1: TaggerState.RETIRED, 2: TaggerState.CHAMPION, 3: TaggerState.REFUSED}
    assert taggers.champion() == second


def test_the_old_one_can_be_put_back_and_so_can_the_one_that_came_with_earshot(taggers: SqlTaggers) -> None:
    first, second = taggers.keep(FIRST), taggers.keep(SECOND)

    taggers.use(first, by="operator:jo", now=NOW)
    assert (taggers.champion(), states(taggers)[second]) == (first, TaggerState.RETIRED)
    taggers.use(SHIPPED, by="operator:jo", now=NOW)
    assert (taggers.champion(), set(states(taggers).values())) == (SHIPPED, {TaggerState.RETIRED})


def test_one_that_is_not_there_cannot_be_put_to_work_and_nothing_changes(taggers: SqlTaggers) -> None:
    first = taggers.keep(FIRST)

    with pytest.raises(NotFound):
        taggers.use(9, by="operator:jo", now=NOW)
    with pytest.raises(NotFound):
        taggers.file(9)

    assert taggers.champion() == first


def test_a_file_that_was_changed_is_refused(taggers: SqlTaggers, database: Database) -> None:
    number = taggers.keep(FIRST)
    with database.writing() as connection:
        connection.execute(update(tagger).values(file=b"weightz", figures="{"))

    with pytest.raises(DamagedTagger):
        taggers.file(number)
    assert taggers.taggers()[0].figures is None


def test_who_put_which_to_work_stands_in_the_audit_trail(taggers: SqlTaggers, database: Database, sealer: Sealer) -> None:
    taggers.use(taggers.keep(FIRST), by="operator:jo", now=NOW)

    with database.reading() as connection:
        lines = connection.execute(select(audit.c.who, audit.c.action, audit.c.record)).all()
    assert [tuple(line) for line in lines] == [
        ("operator:jo", "keep_champion_tagger", "tagger:1"),
        ("operator:jo", "use_tagger", "tagger:1"),
    ]
    assert verify_audit(database, sealer) is None


# --- what can be learnt -----------------------------------------------------------------------------------------------


def learnt(taggers: SqlTaggers) -> dict[str, frozenset[str] | None]:
    return {one.passage.text: one.themes() for one in taggers.decided()}


def test_what_staff_accepted_corrected_and_called_none_of_these_is_learnt(taggers: SqlTaggers, scene: Scene) -> None:
    jo = scene.employs("Jo")
    scene.tells("The taxi was late.", ("transport", 0.9), reference="RIVER 482")
    scene.decides(scene.passage_of("RIVER 482"), "transport", verdict=True, by=jo)
    scene.tells("Nobody rang.", ("transport", 0.6), reference="BROOK 377")
    scene.decides(scene.passage_of("BROOK 377"), "transport", verdict=False, by=jo)
    scene.decides(scene.passage_of("BROOK 377"), "communication", verdict=True, by=jo)
    scene.tells("Hello there.", ("listening", 0.6), reference="MEADOW 215")
    scene.decides(scene.passage_of("MEADOW 215"), "listening", verdict=False, by=jo)
    scene.tells("Not looked at yet.", ("listening", 0.6), reference="ORCHARD 914")

    assert learnt(taggers) == {
        "The taxi was late.": frozenset({"transport"}),
        "Nobody rang.": frozenset({"communication"}),
        "Hello there.": frozenset(),
    }


def test_the_parents_word_counts_where_staff_did_not_overrule_it(taggers: SqlTaggers, scene: Scene) -> None:
    jo = scene.employs("Jo")
    scene.tells("It is the bus.", ("listening", 0.6), reference="RIVER 482")
    scene.decides(scene.passage_of("RIVER 482"), "transport", verdict=True)
    scene.tells("It is the escort.", ("listening", 0.6), reference="BROOK 377")
    scene.decides(scene.passage_of("BROOK 377"), "transport", verdict=True)
    scene.decides(scene.passage_of("BROOK 377"), "transport", verdict=False, by=jo)

    assert learnt(taggers) == {"It is the bus.": frozenset({"transport"}), "It is the escort.": frozenset({"listening"})}


def decided_story(scene: Scene, text: str, reference: str) -> UUID:
    scene.tells(text, ("transport", 0.9), reference=reference)
    scene.decides(scene.passage_of(reference), "transport", verdict=True, by=scene.employs(reference[::-1]))
    return scene.passage_of(reference)


def test_what_was_erased_is_never_learnt(taggers: SqlTaggers, scene: Scene) -> None:
    decided_story(scene, "The taxi was late.", "RIVER 482")
    anna = scene.contact(ANNA)
    with scene.store.transaction() as tx:
        tx.erase_contact(anna, NOW)

    assert learnt(taggers) == {}


def test_what_was_taken_back_is_never_learnt(taggers: SqlTaggers, scene: Scene) -> None:
    decided_story(scene, "The taxi was late.", "RIVER 482")
    anna = scene.contact(ANNA)
    with scene.store.transaction() as tx:
        tx.take_back(anna)

    assert learnt(taggers) == {}


@pytest.mark.parametrize("closed", [False, True])
def test_words_of_danger_are_never_learnt_though_the_alert_be_closed(taggers: SqlTaggers, scene: Scene, closed: bool) -> None:  # noqa: FBT001 - pytest passes it by name
    ruth = scene.employs("Ruth", role="safeguarding")
    seq = scene.accepts("He hurt her in the taxi.", sender=BORIS, risk=Risk(RiskLevel.CONCERN))
    assert seq is not None
    alert_id = scene.alerts(seq, sender=BORIS)
    scene.takes_turn(("transport", 0.9), reference="BROOK 377", reply=None)
    scene.decides(scene.passage_of("BROOK 377"), "transport", verdict=True, by=ruth)
    if closed:
        with scene.store.transaction() as tx:
            tx.close_alert(alert_id, ruth.id, "Seen to.", NOW)

    assert learnt(taggers) == {}


def test_of_another_language_the_translation_is_learnt_and_never_the_original(
    taggers: SqlTaggers, scene: Scene, database: Database
) -> None:
    original = decided_story(scene, "Taksówka nie przyjechała.", "RIVER 482")
    with database.writing() as connection:
        connection.execute(update(inbound_message).values(locale="pl"))
    assert learnt(taggers) == {}

    with database.writing() as connection:
        connection.execute(
            update(passage).where(passage.c.id == original).values(translation_id=uuid4(), text="The taxi did not come.")
        )
    assert learnt(taggers) == {"The taxi did not come.": frozenset({"transport"})}


def test_all_is_found_however_many_there_are(taggers: SqlTaggers, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.taggers._BATCH", 2)
    texts = [f"The taxi was late {number} times." for number in range(5)]
    for number, text in enumerate(texts):
        decided_story(scene, text, f"RIVER 48{number}")

    assert sorted(learnt(taggers)) == texts


def test_a_fifth_of_the_experiences_is_put_aside_and_stays_so() -> None:
    made = [Decided(passage=None, experience_id=UUID(int=n), channel="sms", question=None) for n in range(1000)]  # type: ignore[arg-type]

    assert sum(one.is_held_out for one in made) == 200
