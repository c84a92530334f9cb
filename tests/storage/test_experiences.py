"""An experience as staff read it: the card, the talk, what was decided and what is owed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.cards import BY_PARENT
from bot.conversation import Command, Purpose
from bot.errors import NotFound
from bot.heard import Heard, Polarity, RiskLevel
from bot.inbox import InboxFilter
from bot.model import Speaker
from bot.outgoing import DeliveryStatus
from bot.ports import Store
from tests.storage.made_up import BORIS, DANGER, NOW, SMS, heard
from tests.storage.scene import Scene

EVERYTHING = InboxFilter(open_only=False)
SECOND = timedelta(seconds=1)


def listed(store: Store, wanted: InboxFilter | None = None) -> list[str]:
    return [card.reference for card in store.inbox(wanted or InboxFilter()).cards]


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


@pytest.mark.parametrize(
    ("day", "promised"), [(date(2026, 11, 23), date(2026, 11, 23)), (date(2026, 11, 30), date(2026, 11, 26))]
)
def test_a_promised_day_is_brought_forward_and_never_put_off(store: Store, scene: Scene, day: date, promised: date) -> None:
    experience_id = scene.tells("The taxi", reference="RIVER 482")
    scene.tells("The bus", reference="HEDGE 207", sender=BORIS)
    with store.transaction() as tx:
        tx.promise_sooner(experience_id, day)

    days = {card.reference: card.promised_on for card in store.inbox(InboxFilter()).cards}
    assert days == {"RIVER 482": promised, "HEDGE 207": date(2026, 11, 26)}


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
    scene.decides(passage_id, "transport", verdict=True)

    assert scene.passage_of("RIVER 482") == passage_id


def test_a_reference_is_taken_once_given(store: Store, scene: Scene) -> None:
    assert store.reference_is_free("RIVER 482")
    scene.tells("The taxi", reference="RIVER 482")

    assert not store.reference_is_free("RIVER 482")
    assert store.experience("HEDGE 7") is None


# --- decisions --------------------------------------------------------------------------------------------------------


def test_decisions_are_added_in_the_order_they_were_made(store: Store, scene: Scene) -> None:
    scene.tells("The taxi", ("transport", 0.6), reference="RIVER 482")
    reader = scene.employs("Sam Reader")
    passage_id = scene.passage_of("RIVER 482")
    scene.decides(passage_id, "transport", verdict=True)
    scene.decides(passage_id, "transport", verdict=False, by=reader, why="taken off")

    (passage,) = store.inbox(InboxFilter()).cards[0].passages
    assert [(each.theme, each.verdict, each.by, each.why) for each in passage.decisions] == [
        ("transport", True, BY_PARENT, ""),
        ("transport", False, "Sam Reader", "taken off"),
    ]
    assert len(passage.suggestions) == 1  # what the machine said is never overwritten


def test_nobody_decides_about_a_passage_that_is_not_there(store: Store, scene: Scene) -> None:
    with pytest.raises(NotFound):
        scene.decides(scene.new_id(), "transport", verdict=True)


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


def test_before_its_words_have_had_their_turn_a_signpost_stands_in_no_earlier_talk(store: Store, scene: Scene) -> None:
    scene.tells("The taxi", reference="RIVER 482")
    seq = scene.accepts("danger", risk=DANGER)
    assert seq is not None
    scene.alerts(seq)

    def talk(reference: str) -> list[str]:
        view = store.experience(reference)
        return [] if view is None else [line.text for line in view.talk]

    before = talk("RIVER 482")
    assert "The taxi" in before
    assert "Ring 999." not in before
    scene.takes_turn(reference="BROOK 377", reply=None)
    assert talk("BROOK 377") == ["danger", "Ring 999."]
    assert talk("RIVER 482") == before


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
