"""Search on the real databases: word forms and near-misses, redacted words only, and nothing that has gone is found again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.heard import RiskLevel
from bot.inbox import InboxFilter, InboxPage
from bot.masks import hiding
from bot.ports import Store
from storage.database import Database
from storage.search import learn_vocabulary, wipe
from storage.search_upkeep import SearchUpkeep
from storage.store import SqlStore
from storage.tables import search_text, search_vocabulary
from tests.staff.fakes import FakeClock
from tests.storage.made_up import ANNA, BORIS, CHAT, DANGER, NOW, WEBCHAT
from tests.storage.scene import Scene


def found(store: Store, words: str, **more: object) -> list[str]:
    return [card.reference for card in search(store, words, **more).cards]


def search(store: Store, words: str, **more: object) -> InboxPage:
    return store.inbox(InboxFilter(words=words, open_only=False, **more))  # type: ignore[arg-type] # a test gives the right ones


def known(database: Database) -> set[str]:
    with database.reading() as connection:
        return set(connection.execute(select(search_vocabulary.c.word)).scalars())


def bodies(database: Database) -> str:
    with database.reading() as connection:
        return "\n".join(connection.execute(select(search_text.c.body)).scalars())


# --- what is found ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["taxi", "taxis", "TAXIS", "cancelling", "cancels taxi", "river 482", "RIVER-482", "482"])
def test_any_form_of_a_word_is_found_and_the_reference_too(store: Store, scene: Scene, words: str) -> None:
    scene.tells("They cancelled both taxis.", reference="RIVER 482")
    scene.tells("The bus came.", reference="HEDGE 7", sender=BORIS)

    assert found(store, words) == ["RIVER 482"]


def test_all_the_words_must_stand_in_it_in_whichever_message(store: Store, scene: Scene) -> None:
    scene.tells("The taxi was late.late again", reference="RIVER 482")
    scene.accepts("And the driver shouted", now=NOW + timedelta(hours=1))
    scene.takes_turn(now=NOW + timedelta(hours=1))
    scene.tells("A taxi", reference="HEDGE 7", sender=BORIS)

    assert found(store, "driver taxi late again") == ["RIVER 482"]
    assert found(store, "driver bus") == []


def test_what_was_found_is_marked_as_it_is_written(store: Store, scene: Scene) -> None:
    scene.tells("They cancelled both taxis.", reference="RIVER 482")

    assert search(store, "taxi cancel").marked == {"taxis", "cancelled"}


def test_a_search_goes_together_with_the_filters(store: Store, scene: Scene) -> None:
    scene.tells("The taxi", ("transport", 0.9), reference="RIVER 482")
    scene.tells("The taxi", reference="HEDGE 7", sender=CHAT, channel=WEBCHAT)

    assert found(store, "taxi", channels=("webchat",)) == ["HEDGE 7"]
    assert found(store, "taxi", themes=("transport",)) == ["RIVER 482"]
    assert found(store, "taxi", themes=("transport",), channels=("webchat",)) == []
    assert search(store, "taxi").total == 2


# --- near-misses ------------------------------------------------------------------------------------------------------


@pytest.fixture
def misspelt(store: Store, scene: Scene, database: Database) -> None:
    scene.tells("Home transport is late", reference="RIGHT")
    scene.tells("the trasnport never came", reference="SLIP", sender=BORIS)
    scene.tells("A portable bus", reference="OTHER", sender=CHAT, channel=WEBCHAT)
    learn_vocabulary(database)


@pytest.mark.parametrize("words", ["transport", "trasnport", "tranport", "Transports"])
@pytest.mark.usefixtures("misspelt")
def test_a_slip_of_the_pen_is_found_whoever_made_it(store: Store, words: str) -> None:
    assert sorted(found(store, words)) == ["RIGHT", "SLIP"]


@pytest.mark.usefixtures("misspelt")
def test_exactly_is_exactly(store: Store) -> None:
    assert found(store, "transport", exactly=True) == ["RIGHT"]
    assert found(store, "tranport", exactly=True) == []


@pytest.mark.usefixtures("misspelt")
def test_near_misses_are_marked(store: Store) -> None:
    assert search(store, "transport").marked == {"transport", "trasnport"}


def test_a_short_word_one_letter_away_is_another_word(store: Store, scene: Scene, database: Database) -> None:
    scene.tells("The bus", reference="BUS")
    scene.tells("The bed", reference="BED", sender=BORIS)
    learn_vocabulary(database)

    assert found(store, "bes") == []


def test_a_common_word_is_no_slip_of_another(store: Store, scene: Scene, database: Database) -> None:
    for number in range(5):
        scene.tells("The house", reference=f"HOUSE {number}", now=NOW + timedelta(minutes=number))
    scene.tells("The horse", reference="HORSE", sender=BORIS)
    learn_vocabulary(database)

    assert found(store, "horse") == ["HORSE"]


def test_the_worker_learns_the_words_by_and_by(store: Store, scene: Scene, database: Database) -> None:
    scene.tells("Home transport", reference="RIGHT")
    clock = FakeClock(NOW)
    upkeep = SearchUpkeep(database, clock)
    assert not upkeep.sweep()
    assert "transport" in known(database)
    scene.tells("A wheelchair", reference="CHAIR", sender=BORIS)
    upkeep.sweep()
    assert "wheelchair" not in known(database)
    clock.move(timedelta(hours=1))
    upkeep.sweep()

    assert {"wheelchair", "transport"} <= known(database)


# --- words that go ----------------------------------------------------------------------------------------------------


def test_only_redacted_words_are_searched_in(store: Store, scene: Scene, database: Database) -> None:
    scene.accepts("Ring 07700 900123")
    claim = scene.must_claim()
    with store.transaction() as tx:
        tx.park(claim, "Tried five times.", NOW)

    assert found(store, "900123") == []
    assert "900123" not in bodies(database)


def test_what_staff_hide_is_found_no_more(store: SqlStore, scene: Scene, database: Database) -> None:
    told = scene.tells("Zebedee drove the taxi", reference="RIVER 482")
    learn_vocabulary(database)
    assert found(store, "zebedee") == ["RIVER 482"]
    with store.transaction() as tx:
        tx.hold_experience(told)
        assert tx.hide(told, hiding("Zebedee"))

    assert found(store, "zebedee") == []
    assert found(store, "taxi") == ["RIVER 482"]
    assert "zebede" not in known(database)


def test_what_is_taken_back_is_found_no_more(store: Store, scene: Scene) -> None:
    scene.tells("The taxi", reference="RIVER 482")
    scene.accepts("And a wheelchair", now=NOW + timedelta(hours=1))
    scene.takes_turn(now=NOW + timedelta(hours=1))
    assert found(store, "wheelchair") == ["RIVER 482"]
    contact_id = scene.contact()
    with store.transaction() as tx:
        tx.take_back(contact_id)

    assert found(store, "wheelchair") == []
    assert found(store, "taxi") == ["RIVER 482"]


def test_what_is_erased_is_wiped_from_the_index_itself(store: Store, scene: Scene, database: Database) -> None:
    for number in range(4):
        scene.tells(f"A zeppelin number {number}", reference=f"RIVER {number}", now=NOW + timedelta(minutes=number))
    scene.tells("The bus", reference="HEDGE 7", sender=BORIS)
    learn_vocabulary(database)
    contact_id = scene.contact(ANNA)
    with store.transaction() as tx:
        tx.erase_contact(contact_id, NOW)

    assert found(store, "zeppelin") == []
    assert found(store, "bus") == ["HEDGE 7"]
    assert "zeppelin" not in known(database)
    assert "zeppelin" not in bodies(database)
    if database.is_sqlite:
        with database.reading() as connection:
            blocks = connection.execute(text("SELECT block FROM search_words_data")).scalars()
            assert b"zeppelin" not in b"".join(blocks)
        assert not wipe(database)


def test_a_transaction_that_fails_leaves_the_index_as_it_was(store: SqlStore, scene: Scene) -> None:
    scene.tells("The taxi", reference="RIVER 482")
    contact_id = scene.contact()

    def take_back_and_fail() -> None:
        with store.transaction() as tx:
            tx.take_back(contact_id)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        take_back_and_fail()
    assert found(store, "taxi") == ["RIVER 482"]


# --- the wall ---------------------------------------------------------------------------------------------------------


def test_the_wall_holds_in_what_is_found_counted_and_marked(store: Store, scene: Scene, database: Database) -> None:
    seq = scene.accepts("the helicopter landed", risk=DANGER)
    assert seq is not None
    scene.alerts(seq)
    scene.takes_turn(reference="GRAVE", risk=RiskLevel.DANGER)
    scene.tells("a helicoptr flew over", reference="OPEN", sender=BORIS)
    learn_vocabulary(database)
    page = search(store, "helicopter", with_safeguarding=False)

    assert [card.reference for card in page.cards] == ["OPEN"]
    assert page.total == 1
    assert page.marked == {"helicoptr"}
    assert found(store, "helicopter", with_safeguarding=True) == ["GRAVE", "OPEN"]


# --- whatever is typed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        *(
            '"',
            "'",
            '""""',
            "taxi OR",
            "NEAR(taxi bus)",
            "NOT taxi",
            "taxi*",
            "^taxi",
            "body:taxi",
            "(taxi",
            "taxi)",
            "-taxi",
            "+",
        ),
        *("taxi & !bus | (", "taxi:*", "<->", "\\", "%", "_", "taxi\x00bus", "' OR 1=1 --", "$$", "search_words", "{x}", ":q"),
        *("the", "and or not", "\u202etaxi\u2066", "\u200b\u200d", "ta\u200dxi", "\ud800", "ß", "İstanbul", "数学", "الخطة"),
        *("x" * 10_000, "taxi " * 2_000, '"' * 10_000, "a b c d e f g h i j k l m n o p", "1" * 40, "١٢٣"),
    ],
)
def test_whatever_is_typed_is_only_words(store: Store, scene: Scene, database: Database, words: str) -> None:
    scene.tells("The bus came", reference="HEDGE 7")
    learn_vocabulary(database)

    page = search(store, words)
    assert {card.reference for card in page.cards} <= {"HEDGE 7"}
    assert page.total == len(page.cards)


def test_letters_of_other_alphabets_are_words(store: Store, scene: Scene) -> None:
    scene.tells("Czekamy na żółty autobus. الخطة", reference="RIVER 482")

    for words in ("autobus", "żółty", "الخطة"):
        assert found(store, words) == ["RIVER 482"], words
