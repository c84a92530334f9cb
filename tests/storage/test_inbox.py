"""The inbox: what waits for the team, in the order in which it matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import event, update

from bot.conversation import Purpose
from bot.heard import Polarity, Risk, RiskKind, RiskLevel
from bot.inbox import Answered, InboxFilter
from bot.inbox_place import Place
from bot.ports import Store
from storage.database import Database
from storage.tables import experience
from tests.storage.made_up import ANNA, BORIS, CHAT, DANGER, NOW, WEBCHAT, heard
from tests.storage.scene import Scene

EVERYTHING = InboxFilter(open_only=False)
SECOND = timedelta(seconds=1)


def listed(store: Store, wanted: InboxFilter | None = None) -> list[str]:
    return [card.reference for card in store.inbox(wanted or InboxFilter()).cards]


# --- order ------------------------------------------------------------------------------------------------------------


def test_the_gravest_comes_first_then_the_day_promised_then_the_least_sure(store: Store, scene: Scene) -> None:
    def tell(reference: str, score: float, day: int, risk: RiskLevel | None = None) -> None:
        scene.tells(reference, ("transport", score), reference=reference, promised_on=date(2026, 11, day), risk=risk)

    tell("SURE", 0.9, 26)
    tell("UNSURE", 0.5, 26)
    tell("EARLIER", 0.9, 24)
    tell("TIRED", 0.9, 28, RiskLevel.WELLBEING)

    assert listed(store) == ["TIRED", "EARLIER", "UNSURE", "SURE"]


def test_an_open_alert_stands_above_a_graver_one_that_is_closed(store: Store, scene: Scene) -> None:
    lead = scene.employs("Lee Lead", role="safeguarding")
    alerts = {}
    for reference, sender, risk in (
        ("CLOSED", ANNA, DANGER),
        ("STILL OPEN", BORIS, Risk(RiskLevel.CONCERN, (RiskKind.CHILD_NOT_SAFE,))),
    ):
        seq = scene.accepts("danger", sender=sender, risk=risk)
        assert seq is not None
        alerts[reference] = scene.alerts(seq, risk=risk, sender=sender)
        scene.takes_turn(reference=reference, risk=risk.level)
    with store.transaction() as tx:
        tx.close_alert(alerts["CLOSED"], lead.id, "Spoke to the family.", NOW)

    assert listed(store) == ["STILL OPEN", "CLOSED"]


@pytest.mark.parametrize("outcome", ["police: Rang them.", "Spoke to the family.", "not_safeguarding: A game."])
def test_behind_the_wall_is_what_was_closed_as_real_until_the_team_is_let_see_it(
    store: Store, scene: Scene, outcome: str
) -> None:
    lead = scene.employs("Lee Lead", role="safeguarding")
    seq = scene.accepts("danger", risk=DANGER)
    assert seq is not None
    alert_id = scene.alerts(seq)
    scene.takes_turn(reference="RIVER 482", risk=RiskLevel.DANGER)
    is_real = not outcome.startswith("not_")

    def seen() -> tuple[list[str], int | None, int, int]:
        page = store.inbox(InboxFilter(with_safeguarding=False))
        return [card.reference for card in page.cards], page.total, page.open_count, page.hidden

    with store.transaction() as tx:
        assert not tx.clear_alert(alert_id, lead.id, "It is open.", NOW)
        tx.close_alert(alert_id, lead.id, outcome, NOW)
    assert seen() == (([], 0, 0, 1) if is_real else (["RIVER 482"], 1, 1, 0))
    assert listed(store) == ["RIVER 482"]
    with store.transaction() as tx:
        assert tx.clear_alert(alert_id, lead.id, "They ask for a call.", NOW) == is_real
    assert seen() == (["RIVER 482"], 1, 1, 0)


def test_a_worry_stays_in_the_inbox_until_its_alert_is_closed(store: Store, scene: Scene) -> None:
    lead = scene.employs("Lee Lead", role="safeguarding")
    seq = scene.accepts("danger", risk=DANGER)
    assert seq is not None
    alert_id = scene.alerts(seq)
    experience_id = scene.takes_turn(reference="RIVER 482", risk=RiskLevel.DANGER)
    assert experience_id is not None
    with store.transaction() as tx:
        tx.mark_read(experience_id, lead.id, NOW)

    assert listed(store) == ["RIVER 482"]
    with store.transaction() as tx:
        tx.take_alert(alert_id, lead.id, NOW)
        tx.close_alert(alert_id, lead.id, "Spoke to the family.", NOW)
    assert listed(store) == []


def test_a_passage_a_person_has_decided_about_is_not_unsure_any_more(store: Store, scene: Scene) -> None:
    scene.tells("one", ("transport", 0.5), reference="DECIDED")
    scene.tells("two", ("transport", 0.7), reference="WAITING", sender=BORIS)
    assert listed(store) == ["DECIDED", "WAITING"]

    scene.decides(scene.passage_of("DECIDED"), "transport", verdict=True)

    assert listed(store) == ["WAITING", "DECIDED"]
    assert [round(card.least_sure, 3) for card in store.inbox(InboxFilter()).cards] == [0.3, 0.0]


def test_words_without_a_suggestion_are_the_least_sure_of_all(store: Store, scene: Scene) -> None:
    scene.tells("something else", reference="RIVER 482")

    assert store.inbox(InboxFilter()).cards[0].least_sure == 1.0


# --- read and unread --------------------------------------------------------------------------------------------------


def test_what_has_been_read_leaves_the_open_list(store: Store, scene: Scene) -> None:
    experience_id = scene.tells("The taxi", reference="RIVER 482")
    scene.tells("The bus", reference="HEDGE 7", sender=BORIS)
    reader = scene.employs("Sam Reader")
    with store.transaction() as tx:
        tx.mark_read(experience_id, reader.id, NOW)

    assert listed(store) == ["HEDGE 7"]
    assert set(listed(store, EVERYTHING)) == {"RIVER 482", "HEDGE 7"}
    view = store.experience("RIVER 482")
    assert view is not None
    assert (view.card.read_at, view.card.read_by) == (NOW, "Sam Reader")


def test_new_words_make_it_unread_even_if_they_came_before_it_was_read(store: Store, scene: Scene) -> None:
    """They were accepted, then it was read without them, then they had their turn: nobody has seen them."""
    experience_id = scene.tells("The taxi", reference="RIVER 482")
    reader = scene.employs()
    scene.accepts("And the driver shouted.", now=NOW)
    with store.transaction() as tx:
        tx.mark_read(experience_id, reader.id, NOW + SECOND)
    scene.takes_turn(now=NOW + 2 * SECOND)

    (card,) = store.inbox(InboxFilter()).cards
    assert (card.reference, card.read_at, card.messages) == ("RIVER 482", None, 2)


def test_words_that_came_after_the_page_was_opened_keep_it_unread(store: Store, scene: Scene) -> None:
    experience_id = scene.tells("The taxi", reference="RIVER 482")
    reader = scene.employs()
    view = store.experience("RIVER 482")
    assert view is not None
    shown = max(line.seq for line in view.talk)
    scene.accepts("And the driver shouted.")
    scene.takes_turn()

    with store.transaction() as tx:
        assert not tx.mark_read(experience_id, reader.id, NOW, seen=shown)
    assert listed(store) == ["RIVER 482"]

    view = store.experience("RIVER 482")
    assert view is not None
    with store.transaction() as tx:
        assert tx.mark_read(experience_id, reader.id, NOW, seen=max(line.seq for line in view.talk))
    assert listed(store) == []


def test_an_answer_that_came_after_the_page_was_opened_does_not_keep_it_unread(store: Store, scene: Scene) -> None:
    experience_id = scene.tells("The taxi", reference="RIVER 482")
    reader = scene.employs()
    scene.accepts("1")
    scene.takes_turn(story=False)

    with store.transaction() as tx:
        assert tx.mark_read(experience_id, reader.id, NOW, seen=1)
    assert listed(store) == []


def test_reading_waits_for_a_turn_that_is_adding_words_and_sees_them(store: Store, scene: Scene, database: Database) -> None:
    """The turn has locked the experience and is not committed: the reader must not decide by what was there before."""
    experience_id = scene.tells("The taxi", reference="RIVER 482")
    reader = scene.employs()
    scene.accepts("And the driver shouted.")
    claim = scene.must_claim()
    marked: list[bool] = []

    def read() -> None:
        with store.transaction() as tx:
            marked.append(tx.mark_read(experience_id, reader.id, NOW, seen=1))

    reading = Thread(target=read)
    with store.transaction() as tx:
        tx.hold_turn(claim)
        for stored in claim.messages:
            tx.mark_heard(
                stored.seq,
                heard(stored.message.text),
                experience_id=experience_id,
                question=None,
                is_story=True,
                tagger="rules-1",
                taxonomy="2026-11",
            )
        reading.start()
        reading.join(timeout=0.3)
        assert marked == []
        tx.finish_turn(claim, now=NOW)
    reading.join(timeout=60)

    assert marked == [False]
    assert listed(store) == ["RIVER 482"]


def test_an_answer_to_a_question_does_not_make_it_unread(store: Store, scene: Scene) -> None:
    experience_id = scene.tells("The taxi", reference="RIVER 482")
    reader = scene.employs()
    with store.transaction() as tx:
        tx.mark_read(experience_id, reader.id, NOW)
    scene.accepts("1")
    scene.takes_turn(story=False)

    assert listed(store) == []


# --- the wall ---------------------------------------------------------------------------------------------------------


def test_what_is_with_safeguarding_is_left_out_of_cards_totals_and_pages_for_others(store: Store, scene: Scene) -> None:
    for reference in ("ONE", "TWO", "THREE"):
        scene.tells(reference, reference=reference)
    seq = scene.accepts("danger", risk=DANGER, sender=BORIS)
    assert seq is not None
    scene.alerts(seq, sender=BORIS, now=NOW - SECOND)
    scene.takes_turn(reference="GRAVE", risk=RiskLevel.DANGER)
    scene.tells("a worry whose alert is not linked", reference="UNLINKED", risk=RiskLevel.CONCERN)

    walled = store.inbox(InboxFilter(with_safeguarding=False), size=2)
    second = store.inbox(InboxFilter(with_safeguarding=False), at=walled.after, size=2)
    assert [card.reference for card in (*walled.cards, *second.cards)] == ["ONE", "TWO", "THREE"]
    assert (walled.total, walled.open_count, second.after) == (3, 3, None)
    assert (walled.hidden, walled.hidden_since) == (2, NOW - SECOND)
    whole = store.inbox(InboxFilter(), size=2)
    assert {card.reference for card in whole.cards} == {"GRAVE", "UNLINKED"}
    assert (whole.total, whole.open_count, whole.hidden) == (5, 5, 0)


def test_how_much_is_hidden_does_not_depend_on_what_is_searched_for(store: Store, scene: Scene) -> None:
    scene.tells("a worry about a bus", reference="UNLINKED", risk=RiskLevel.CONCERN)

    pages = [store.inbox(InboxFilter(with_safeguarding=False, words=words)) for words in ("bus", "train")]
    assert [(page.total, page.hidden, page.hidden_since) for page in pages] == [(0, 1, NOW), (0, 1, NOW)]


# --- filters ----------------------------------------------------------------------------------------------------------


def test_the_inbox_is_narrowed_by_channel_feeling_and_words(store: Store, scene: Scene) -> None:
    scene.tells("The taxi was late", reference="RIVER 482")
    scene.tells("The bus came, thank you", reference="HEDGE 7", sender=CHAT, channel=WEBCHAT, polarity=Polarity.GOOD)

    assert listed(store, InboxFilter(channels=("webchat",))) == ["HEDGE 7"]
    assert listed(store, InboxFilter(polarity=("bad",))) == ["RIVER 482"]
    assert listed(store, InboxFilter(polarity=("bad", "good"))) == ["RIVER 482", "HEDGE 7"]
    assert listed(store, InboxFilter(words="LATE taxi")) == ["RIVER 482"]
    assert listed(store, InboxFilter(words="taxi bus")) == []
    assert listed(store, InboxFilter(words="hedge 7")) == ["HEDGE 7"]


@pytest.mark.parametrize("words", ["%", "_axi", "100%", "\\", "' OR 1=1 --"])
def test_words_looked_for_are_taken_as_they_stand(store: Store, scene: Scene, words: str) -> None:
    scene.tells("The taxi was late", reference="RIVER 482")

    assert listed(store, InboxFilter(words=words)) == []


def test_the_original_words_are_not_searched(store: Store, scene: Scene) -> None:
    scene.accepts("Ring 07700 900123")
    claim = scene.must_claim()
    with store.transaction() as tx:
        tx.park(claim, "Tried five times.", NOW)

    assert listed(store, InboxFilter(words="900123")) == []
    assert len(listed(store, InboxFilter(words="[phone]"))) == 1


def test_a_theme_is_found_where_the_tag_stands(store: Store, scene: Scene) -> None:
    """Staff outrank the parent, the parent outranks the tagger; of two words of one rank the later stands."""
    reader = scene.employs()
    for reference in ("SUGGESTED", "PARENT SAID NO", "STAFF SAID YES", "STAFF THEN NO", "ADDED"):
        scene.tells(reference, *([] if reference == "ADDED" else [("transport", 0.9)]), reference=reference)
    scene.decides(scene.passage_of("PARENT SAID NO"), "transport", verdict=False)
    scene.decides(scene.passage_of("STAFF SAID YES"), "transport", verdict=True, by=reader)
    scene.decides(scene.passage_of("STAFF SAID YES"), "transport", verdict=False)
    scene.decides(scene.passage_of("STAFF THEN NO"), "transport", verdict=True, by=reader)
    scene.decides(scene.passage_of("STAFF THEN NO"), "transport", verdict=False, by=reader)
    scene.decides(scene.passage_of("ADDED"), "transport", verdict=True, by=reader)

    assert set(listed(store, InboxFilter(themes=("transport",)))) == {"SUGGESTED", "STAFF SAID YES", "ADDED"}
    assert set(listed(store, InboxFilter(themes=("school", "transport")))) == {"SUGGESTED", "STAFF SAID YES", "ADDED"}
    assert listed(store, InboxFilter(themes=("school",))) == []


def test_the_inbox_is_narrowed_by_place_age_language_day_and_whose_it_is(store: Store, scene: Scene, database: Database) -> None:
    reader = scene.employs()
    one = scene.tells("The taxi", reference="ONE")
    scene.tells("The bus", reference="TWO", sender=BORIS, now=NOW + timedelta(days=2), promised_on=date(2026, 11, 30))
    with store.transaction() as tx:
        tx.describe_experience(one, district="Mendip", age_band="5-10", needs_translation=True)
    with database.writing() as connection:
        connection.execute(update(experience).where(experience.c.reference == "ONE").values(owner_id=reader.id, locale="pl"))

    for wanted in (
        InboxFilter(districts=("Mendip", "Sedgemoor")),
        InboxFilter(ages=("5-10",)),
        InboxFilter(locales=("pl",)),
        InboxFilter(until=NOW + timedelta(days=1)),
        InboxFilter(owner=reader.id),
        InboxFilter(promised_by=date(2026, 11, 26)),
        InboxFilter(needs_translation=True),
        InboxFilter(districts=("Mendip",), ages=("5-10",), locales=("pl",), owner=reader.id, open_only=False),
    ):
        assert listed(store, wanted) == ["ONE"], wanted
    for wanted in (InboxFilter(since=NOW + timedelta(days=1)), InboxFilter(unowned=True)):
        assert listed(store, wanted) == ["TWO"], wanted
    assert listed(store, InboxFilter(districts=("Mendip",), unowned=True)) == []


def test_the_inbox_is_narrowed_by_the_newest_answer_to_a_consent(store: Store, scene: Scene) -> None:
    for reference, answers in (("YES", [False, True]), ("NO", [True, False]), ("NOT ASKED", [])):
        told = scene.tells(reference, reference=reference)
        agreed = {"contact_id": scene.contact(), "experience_id": told, "wording": "en-1", "inbound_seq": None, "now": NOW}
        for given in answers:
            with store.transaction() as tx:
                tx.add_consent(purpose=Purpose.WORDS_IN_PUBLIC, given=given, **agreed)  # type: ignore[arg-type] # the right ones

    found = {each: listed(store, InboxFilter(consents=((Purpose.WORDS_IN_PUBLIC, each),))) for each in Answered}
    assert found == {Answered.YES: ["YES"], Answered.NO: ["NO"], Answered.NOT: ["NOT ASKED"]}


def test_of_several_sets_of_themes_one_of_each_must_stand(store: Store, scene: Scene) -> None:
    scene.tells("one", ("transport", 0.9), ("school", 0.9), reference="BOTH")
    scene.tells("two", ("transport", 0.9), reference="ONE", sender=BORIS)

    assert listed(store, InboxFilter(themes=("transport",), and_themes=(("school", "health"),))) == ["BOTH"]
    assert set(listed(store, InboxFilter(and_themes=(("transport", "health"),)))) == {"BOTH", "ONE"}


# --- at any size ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shelf", [InboxFilter(), EVERYTHING])
def test_where_there_are_many_the_same_is_found_and_only_what_is_cheap_is_counted(
    store: Store, long_inbox: list[str], shelf: InboxFilter, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrowed = replace(shelf, themes=("transport",))
    few = [listed(store, wanted) for wanted in (shelf, narrowed)]
    for name in ("storage.inbox.FEW_EXPERIENCES", "storage.inbox.MOST_COUNTED"):
        monkeypatch.setattr(name, 3)
    monkeypatch.setattr("storage.inbox.driver", lambda *_: None)

    assert [listed(store, wanted) for wanted in (shelf, narrowed)] == few
    page = store.inbox(shelf)
    assert page.open_count == 4
    assert page.total == (4 if shelf.open_only else None)


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def long_inbox(store: Store, scene: Scene) -> list[str]:
    """References in their order: of each risk, of several days, with open alerts and one that is still owed for."""
    for number in range(12):
        risk = (RiskLevel.NONE, RiskLevel.NONE, RiskLevel.WELLBEING)[number % 3]
        sureness = ("transport", 0.5 + number % 2 / 4)
        day = date(2026, 11, 24 + number % 4)
        scene.tells(
            f"story {number}", sureness, reference=f"RIVER {number}", promised_on=day, risk=risk, now=NOW + number * SECOND
        )
    for sender, reference in ((BORIS, "GRAVE"), (CHAT, "GRAVER")):
        seq = scene.accepts("danger", risk=DANGER, sender=sender)
        assert seq is not None
        scene.alerts(seq, sender=sender)
        scene.takes_turn(reference=reference, risk=RiskLevel.CONCERN if reference == "GRAVE" else RiskLevel.DANGER)
    scene.tells("a worry whose alert is not linked", reference="UNLINKED", risk=RiskLevel.CONCERN)
    owed = scene.tells("Please ring me", reference="OWED")
    contact_id, reader = scene.contact(), scene.employs()
    with store.transaction() as tx:
        tx.add_task(contact_id=contact_id, experience_id=owed, kind="call_back", due_on=date(2026, 11, 24), now=NOW)
        tx.mark_read(owed, reader.id, NOW)
    return listed(store, InboxFilter())


SHELVES = [InboxFilter(), EVERYTHING, InboxFilter(with_safeguarding=False), InboxFilter(themes=("transport",))]


@pytest.mark.parametrize("shelf", SHELVES)
def test_pages_go_on_where_the_last_one_ended_and_lead_back(store: Store, long_inbox: list[str], shelf: InboxFilter) -> None:
    whole = listed(store, shelf)
    assert len(whole) > 10
    page = store.inbox(shelf, size=3)
    assert page.before is None
    pages = [page]
    while page.after is not None:
        page = store.inbox(shelf, at=page.after, size=3)
        pages.append(page)
    assert [card.reference for each in pages for card in each.cards] == whole

    there_and_back = [page]
    while page.before is not None:
        page = store.inbox(shelf, at=page.before, back=True, size=3)
        there_and_back.insert(0, page)
    assert [card.reference for each in there_and_back for card in each.cards] == whole
    assert {each.total for each in pages} == {len(whole)}


def test_what_is_read_and_still_owed_for_stands_in_its_place_among_the_unread(store: Store, long_inbox: list[str]) -> None:
    assert long_inbox[:3] == ["GRAVER", "GRAVE", "UNLINKED"]
    assert long_inbox.index("RIVER 0") < long_inbox.index("OWED") < long_inbox.index("RIVER 3")
    assert len(long_inbox) == 16


def test_a_page_goes_on_though_what_it_began_after_was_read_meanwhile(store: Store, scene: Scene, long_inbox: list[str]) -> None:
    first = store.inbox(InboxFilter(), size=6)
    reader = scene.employs("Toni Second")
    with store.transaction() as tx:
        tx.mark_read(first.cards[-1].id, reader.id, NOW)

    assert [card.reference for card in store.inbox(InboxFilter(), at=first.after, size=6).cards] == long_inbox[6:12]


def test_an_address_holds_a_place_and_nothing_else_is_one() -> None:
    place = Place(
        alert=False, risk=1, promised_on=date(2026, 11, 26), least_sure=0.30000000000000004, opened_at=NOW, id=UUID(int=7)
    )

    assert Place.read(str(place)) == place
    assert Place.read(str(replace(place, least_sure=5e-05))) == replace(place, least_sure=5e-05)
    name = "0" * 32
    for odd in ("", "1", f"{place}0", f"0_1_20261399_0.5_1_{name}", f"0_7_20261126_0.5_1_{name}", "x" * 9999):
        assert Place.read(odd) is None


def test_what_is_open_is_counted_whatever_is_looked_for(store: Store, scene: Scene) -> None:
    scene.tells("The taxi", reference="RIVER 482")
    scene.tells("The bus", reference="HEDGE 7", sender=BORIS)

    page = store.inbox(InboxFilter(words="taxi"))
    assert (page.total, page.open_count) == (1, 2)


def test_a_longer_inbox_needs_no_more_queries(store: Store, scene: Scene, database: Database) -> None:
    reader = scene.employs()
    queries: list[str] = []

    def tell(number: int) -> None:
        sender = CHAT
        seq = scene.accepts(f"story {number}", sender=sender, channel=WEBCHAT, risk=DANGER)
        assert seq is not None
        scene.alerts(seq, sender=sender)
        scene.takes_turn(("transport", 0.6), reference=f"RIVER {number}")
        scene.decides(scene.passage_of(f"RIVER {number}"), "transport", verdict=True, by=reader)

    def count() -> int:
        queries.clear()
        store.inbox(InboxFilter())
        return len(queries)

    event.listen(database.engine, "before_cursor_execute", lambda *call: queries.append(call[2]))
    tell(1)
    for_one = count()
    for number in range(2, 9):
        tell(number)

    assert count() == for_one
    assert len(store.inbox(InboxFilter()).cards) == 8
