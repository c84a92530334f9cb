"""The inbox and the experience page: what staff read, in the order in which it matters."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event

from bot.errors import NotFound
from bot.model import Command, DeliveryStatus, Heard, Polarity, Purpose, Risk, RiskKind, RiskLevel, Speaker
from bot.ports import Store
from bot.records import BY_PARENT, InboxFilter, NewDecision
from storage.database import Database
from tests.storage.scene import ANNA, BORIS, CHAT, DANGER, NOW, SMS, WEBCHAT, Scene, heard

EVERYTHING = InboxFilter(open_only=False)
SECOND = timedelta(seconds=1)


def listed(store: Store, wanted: InboxFilter | None = None) -> list[str]:
    return [card.reference for card in store.inbox(wanted or InboxFilter()).cards]


def passage_of(store: Store, reference: str) -> UUID:
    view = store.experience(reference)
    assert view is not None
    return view.card.passages[0].id


def decide(store: Store, passage_id: UUID, theme: str, *, verdict: bool, staff_id: UUID | None = None, why: str = "") -> None:
    with store.transaction() as tx:
        tx.add_decision(
            NewDecision(
                passage_id=passage_id, theme=theme, verdict=verdict, staff_id=staff_id, why=why, taxonomy="2026-11", at=NOW
            )
        )


# --- what a card says -------------------------------------------------------------------------------------------------


def test_a_card_says_what_was_heard(store: Store, scene: Scene) -> None:
    experience_id = scene.tells("The taxi was late.", ("transport", 0.9), ("staff", 0.55), reference="RIVER 482")
    contact_id = scene.contact()
    with store.transaction() as tx:
        tx.describe_experience(
            experience_id,
            speaker=Speaker.FAMILY,
            place="Ramsey",
            district="north",
            service="transport",
            age_band="5-10",
            needs_translation=True,
        )
        tx.add_consent(
            contact_id=contact_id,
            experience_id=experience_id,
            purpose=Purpose.TELL_WHAT_CHANGED,
            given=True,
            wording="en-1",
            inbound_seq=None,
            now=NOW,
        )

    view = store.experience("RIVER 482")

    assert view is not None
    card = view.card
    assert (card.id, card.channel, card.speaker, card.place) == (experience_id, "sms", Speaker.FAMILY, "Ramsey")
    assert (card.promised_on, card.opened_at, card.messages) == (date(2026, 11, 26), NOW, 1)
    assert (card.needs_translation, card.parked, card.read_at, card.read_by) == (True, False, None, None)
    assert card.consents == {Purpose.TELL_WHAT_CHANGED: True}
    assert (view.service, view.age_band) == ("transport", "5-10")
    (passage,) = card.passages
    assert (passage.text, passage.polarity) == ("The taxi was late.", Polarity.BAD)
    assert [(each.theme, each.score, each.evidence, each.tagger) for each in passage.suggestions] == [
        ("transport", 0.9, ((0, 3),), "rules-1"),
        ("staff", 0.55, ((0, 3),), "rules-1"),
    ]


def test_what_is_learnt_later_is_added_and_nothing_is_unlearnt(store: Store, scene: Scene) -> None:
    experience_id = scene.tells("The taxi", reference="RIVER 482")
    with store.transaction() as tx:
        tx.describe_experience(experience_id, place="Ramsey", risk=RiskLevel.CONCERN)
        tx.describe_experience(experience_id, age_band="5-10", risk=RiskLevel.NONE)
        tx.describe_experience(experience_id)

    view = store.experience("RIVER 482")
    assert view is not None
    assert (view.card.place, view.card.risk, view.age_band) == ("Ramsey", RiskLevel.CONCERN, "5-10")


def test_a_story_without_words_can_still_be_tagged(store: Store, scene: Scene) -> None:
    """A photo alone: there must be something a tag can hang on."""
    scene.accepts("")
    claim = scene.must_claim()
    conversation, experience_id = scene.talks(claim), scene.new_id()
    with store.transaction() as tx:
        tx.save_conversation(conversation, contact_id=claim.contact.id, now=NOW)
        tx.open_experience(
            experience_id,
            contact_id=claim.contact.id,
            conversation_id=conversation.id,
            channel=SMS,
            reference="RIVER 482",
            promised_on=date(2026, 11, 26),
            locale=claim.contact.locale,
            speaker=Speaker.PARENT,
            now=NOW,
        )
        (passage_id,) = tx.mark_heard(
            claim.messages[0].seq,
            Heard(redacted=""),
            experience_id=experience_id,
            question=None,
            is_story=True,
            tagger="rules-1",
            taxonomy="2026-11",
        )
        assert tx.passages_of(experience_id) == (passage_id,)
    decide(store, passage_id, "transport", verdict=True)

    assert passage_of(store, "RIVER 482") == passage_id


def test_a_reference_is_taken_once_given(store: Store, scene: Scene) -> None:
    assert store.reference_is_free("RIVER 482")
    scene.tells("The taxi", reference="RIVER 482")

    assert not store.reference_is_free("RIVER 482")
    assert store.experience("HEDGE 7") is None


# --- decisions --------------------------------------------------------------------------------------------------------


def test_decisions_are_added_in_the_order_they_were_made(store: Store, scene: Scene) -> None:
    scene.tells("The taxi", ("transport", 0.6), reference="RIVER 482")
    reader = scene.employs("Sam Reader")
    passage_id = passage_of(store, "RIVER 482")
    decide(store, passage_id, "transport", verdict=True)
    decide(store, passage_id, "transport", verdict=False, staff_id=reader.id, why="taken off")

    (passage,) = store.inbox(InboxFilter()).cards[0].passages
    assert [(each.theme, each.verdict, each.by, each.why) for each in passage.decisions] == [
        ("transport", True, BY_PARENT, ""),
        ("transport", False, "Sam Reader", "taken off"),
    ]
    assert len(passage.suggestions) == 1  # what the machine said is never overwritten


def test_nobody_decides_about_a_passage_that_is_not_there(store: Store, scene: Scene) -> None:
    with pytest.raises(NotFound):
        decide(store, scene.new_id(), "transport", verdict=True)


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

    decide(store, passage_of(store, "DECIDED"), "transport", verdict=True)

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


def test_an_answer_to_a_question_does_not_make_it_unread(store: Store, scene: Scene) -> None:
    experience_id = scene.tells("The taxi", reference="RIVER 482")
    reader = scene.employs()
    with store.transaction() as tx:
        tx.mark_read(experience_id, reader.id, NOW)
    scene.accepts("1")
    scene.takes_turn(story=False)

    assert listed(store) == []


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
    decide(store, passage_of(store, "PARENT SAID NO"), "transport", verdict=False)
    decide(store, passage_of(store, "STAFF SAID YES"), "transport", verdict=True, staff_id=reader.id)
    decide(store, passage_of(store, "STAFF SAID YES"), "transport", verdict=False)
    decide(store, passage_of(store, "STAFF THEN NO"), "transport", verdict=True, staff_id=reader.id)
    decide(store, passage_of(store, "STAFF THEN NO"), "transport", verdict=False, staff_id=reader.id)
    decide(store, passage_of(store, "ADDED"), "transport", verdict=True, staff_id=reader.id)

    assert set(listed(store, InboxFilter(themes=("transport",)))) == {"SUGGESTED", "STAFF SAID YES", "ADDED"}
    assert set(listed(store, InboxFilter(themes=("school", "transport")))) == {"SUGGESTED", "STAFF SAID YES", "ADDED"}
    assert listed(store, InboxFilter(themes=("school",))) == []


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_inbox_has_pages(store: Store, scene: Scene) -> None:
    for number in range(5):
        scene.tells(f"story {number}", reference=f"RIVER {number}", now=NOW + number * SECOND)

    pages = [store.inbox(InboxFilter(), page=number, size=2) for number in (1, 2, 3)]

    assert [len(page.cards) for page in pages] == [2, 2, 1]
    assert sorted(card.reference for page in pages for card in page.cards) == [f"RIVER {number}" for number in range(5)]
    assert {(page.total, page.open_count, page.pages) for page in pages} == {(5, 5, 3)}


def test_a_page_that_is_not_there_is_the_nearest_that_is(store: Store, scene: Scene) -> None:
    empty = store.inbox(InboxFilter(), page=7)
    assert (empty.cards, empty.total, empty.page, empty.pages) == ((), 0, 1, 1)

    scene.tells("story", reference="RIVER 1")
    assert store.inbox(InboxFilter(), page=9, size=2).page == 1
    assert store.inbox(InboxFilter(), page=-1, size=2).page == 1


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
        decide(store, passage_of(store, f"RIVER {number}"), "transport", verdict=True, staff_id=reader.id)

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


# --- the talk ---------------------------------------------------------------------------------------------------------


def test_the_talk_has_both_voices_in_order_and_no_original_words(store: Store, scene: Scene) -> None:
    scene.accepts("The taxi was late")
    scene.takes_turn(reference="RIVER 482", reply="Thank you. Ring 07700 900123.")
    scene.sends(provider_id="PR1")
    scene.is_told(DeliveryStatus.DELIVERED, provider_id="PR1")
    scene.accepts("1", command=Command.DONE)
    scene.takes_turn(story=False, reply="Kept.")

    view = store.experience("RIVER 482")
    assert view is not None
    assert [(line.who, line.text, line.state) for line in view.talk] == [
        ("parent", "The taxi was late", ""),
        ("earshot", "Thank you. Ring [phone].", "delivered"),
        ("parent", "1", ""),
        ("earshot", "Kept.", "pending"),
    ]


def test_each_experience_has_its_own_part_of_the_talk(store: Store, scene: Scene) -> None:
    scene.accepts("The taxi")
    scene.takes_turn(reference="RIVER 482", reply="first")
    scene.accepts("The school", sender=BORIS)
    scene.takes_turn(reference="BORIS 1", reply="to Boris")
    scene.accepts("The therapy")
    scene.takes_turn(reference="HEDGE 7", reply="second")

    talks = {}
    for reference in ("RIVER 482", "HEDGE 7"):
        view = store.experience(reference)
        assert view is not None
        talks[reference] = [line.text for line in view.talk]
    assert talks == {"RIVER 482": ["The taxi", "first"], "HEDGE 7": ["The therapy", "second"]}


def test_a_signpost_stands_in_the_talk_and_its_fate_on_the_alert(store: Store, scene: Scene) -> None:
    seq = scene.accepts("danger", risk=DANGER)
    assert seq is not None
    alert_id = scene.alerts(seq)
    scene.takes_turn(reference="RIVER 482", reply=None)
    scene.sends(provider_id="PR1")
    scene.is_told(DeliveryStatus.UNDELIVERED, provider_id="PR1")

    view = store.experience("RIVER 482")
    assert view is not None
    assert [(line.who, line.text) for line in view.talk] == [("parent", "danger"), ("earshot", "Ring 999.")]
    (alert,) = view.alerts
    assert (alert.id, alert.level, alert.kinds) == (alert_id, RiskLevel.DANGER, ("life_now",))
    assert (alert.signpost_state, alert.taken_by, alert.outcome) == ("undelivered", None, None)
    assert view.card.alerts == view.alerts


def test_the_newest_experience_is_what_status_speaks_of(store: Store, scene: Scene) -> None:
    assert store.status_of(scene.contact()) is None
    scene.tells("The taxi", reference="RIVER 482")
    scene.tells("The bus", reference="HEDGE 7", now=NOW + SECOND)

    card = store.status_of(scene.contact())
    assert card is not None
    assert card.reference == "HEDGE 7"


def test_a_closed_experience_takes_later_words(store: Store, scene: Scene) -> None:
    experience_id = scene.tells("The taxi", reference="RIVER 482")
    with store.transaction() as tx:
        tx.close_experience(experience_id, NOW)
    (row,) = store.export_rows("experiences")
    assert row["closed_at"] == NOW

    scene.accepts("more")
    scene.takes_turn()

    (row,) = store.export_rows("experiences")
    assert (row["closed_at"], row["messages"]) == (None, 2)


def test_a_task_is_owed_until_it_is_done_by_somebody(store: Store, scene: Scene) -> None:
    experience_id = scene.tells("Please ring me", reference="RIVER 482")
    first, second = scene.employs("Sam Reader"), scene.employs("Alex Other")
    contact_id = scene.contact()
    with store.transaction() as tx:
        tx.add_task(contact_id=contact_id, experience_id=experience_id, kind="call_back", due_on=date(2026, 11, 24), now=NOW)
    (task,) = store.inbox(InboxFilter()).cards[0].tasks
    assert (task.kind, task.due_on, task.done_at) == ("call_back", date(2026, 11, 24), None)

    with store.transaction() as tx:
        tx.finish_task(task.id, first.id, NOW)
        tx.finish_task(task.id, second.id, NOW + SECOND)

    (task,) = store.inbox(InboxFilter()).cards[0].tasks
    assert (task.done_at, task.done_by) == (NOW, "Sam Reader")


def test_what_has_been_read_and_still_owes_a_call_stays_open(store: Store, scene: Scene) -> None:
    experience_id = scene.tells("Please ring me", reference="RIVER 482")
    reader = scene.employs("Sam Reader")
    contact_id = scene.contact()
    with store.transaction() as tx:
        tx.add_task(contact_id=contact_id, experience_id=experience_id, kind="call_back", due_on=date(2026, 11, 24), now=NOW)
        tx.mark_read(experience_id, reader.id, NOW)
    assert listed(store) == ["RIVER 482"]

    (task,) = store.inbox(InboxFilter()).cards[0].tasks
    with store.transaction() as tx:
        tx.finish_task(task.id, reader.id, NOW)

    assert listed(store) == []


def test_words_of_the_listener_that_no_page_could_show_are_left_out(store: Store, scene: Scene) -> None:
    scene.accepts("odd\0 words\ud800")
    claim = scene.must_claim()
    with store.transaction() as tx:
        tx.mark_heard(
            claim.messages[0].seq,
            heard("odd\0 words\ud800"),
            experience_id=None,
            question=None,
            is_story=False,
            tagger="rules-1",
            taxonomy="2026-11",
        )
        tx.finish_turn(claim, now=NOW)

    assert [row.text for row in store.export_messages()] == ["odd\0 words\ud800"]


def test_a_withdrawal_everywhere_reaches_each_experience_that_had_said_yes(store: Store, scene: Scene) -> None:
    experiences = {
        reference: scene.tells(reference, reference=reference, now=NOW + number * SECOND)
        for number, reference in enumerate(("FIRST", "SECOND", "NEVER ASKED"))
    }
    contact_id = scene.contact()
    with store.transaction() as tx:
        for reference in ("FIRST", "SECOND"):
            tx.add_consent(
                contact_id=contact_id,
                experience_id=experiences[reference],
                purpose=Purpose.WORDS_IN_PUBLIC,
                given=True,
                wording="en-1",
                inbound_seq=None,
                now=NOW,
            )
        tx.add_consent(
            contact_id=contact_id,
            experience_id=experiences["SECOND"],
            purpose=Purpose.WORDS_IN_PUBLIC,
            given=False,
            wording="en-1",
            inbound_seq=None,
            now=NOW,
            everywhere=True,
        )

    consents = {card.reference: card.consents for card in store.inbox(EVERYTHING).cards}
    assert consents == {
        "FIRST": {Purpose.WORDS_IN_PUBLIC: False},
        "SECOND": {Purpose.WORDS_IN_PUBLIC: False},
        "NEVER ASKED": {},
    }
