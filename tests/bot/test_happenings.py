"""What happens to a talk beside messages, on the real road: changed and unsent words, a block, a person, a link, a call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.byhand import BY_HAND
from bot.cards import ExperienceCard
from bot.errors import StoreUnavailable
from bot.events import Amended, Arrival, Blocked, DeletionAsked, Event, Handover, MissedCall, ReadUpTo, Withdrawn
from bot.inbox import InboxFilter
from bot.model import Address, InboundMessage, Manner
from bot.outgoing import DeliveryReceipt, DeliveryStatus, Failure
from bot.records import NewDecision
from storage.database import Database
from storage.tables import deletion_request, experience
from tests.bot.street import ANNA, BORIS, SMS, Street

LATE = "The taxi was late again on Monday and nobody rang us about it."


@pytest.fixture
def street(database: Database) -> Street:
    return Street(database)


def happens(street: Street, *events: Event) -> None:
    street.intake.receive(events)


def told(street: Street, words: str = LATE, **rest: Any) -> InboundMessage:
    """One message, answered."""
    message = street.text(words, **rest)
    street.later(minutes=1)
    street.all_turns()
    street.deliver()
    return message


def changed(message: InboundMessage, words: str) -> Amended:
    return Amended(channel=message.channel, account=message.account, external_id=message.external_id, text=words)


def cards(street: Street) -> tuple[ExperienceCard, ...]:
    return street.store.inbox(InboxFilter(open_only=False)).cards


def passages(street: Street) -> list[str]:
    return [passage.text for card in cards(street) for passage in card.passages]


def signposts(street: Street) -> list[str]:
    return [words for words in street.heard_by_them if "999" in words and "Ref" not in words]


# --- words that were changed ------------------------------------------------------------------------------------------


def test_changed_words_take_the_place_of_the_old_ones_and_are_not_answered(street: Street) -> None:
    message = told(street)
    answers = len(street.heard_by_them)

    happens(street, changed(message, "The taxi was an hour late and the driver was rude."))
    street.later(minutes=1)
    street.all_turns()
    street.deliver()

    assert passages(street) == ["The taxi was an hour late and the driver was rude."]
    assert len(street.heard_by_them) == answers
    assert [row.text for row in street.rows("inbound")] == ["The taxi was an hour late and the driver was rude."]


def test_words_changed_before_their_turn_are_answered_once_as_they_stand(street: Street) -> None:
    message = street.text(LATE)
    happens(street, changed(message, "The bus was late."))
    street.later(minutes=1)

    assert street.all_turns() == 1
    street.deliver()
    assert passages(street) == ["The bus was late."]
    assert len([words for words in street.heard_by_them if "Ref" in words]) == 1


def test_a_repeat_of_the_same_change_does_nothing(street: Street) -> None:
    message = told(street)
    happens(street, changed(message, LATE))

    street.later(minutes=1)
    assert street.all_turns() == 0


def test_danger_in_changed_words_is_answered_and_alarmed(street: Street) -> None:
    message = told(street)
    happens(street, changed(message, "He took all his tablets and I can't wake him up."))
    street.deliver()

    assert len(signposts(street)) == 1
    assert len(street.store.alerts_due(street.clock.now())) == 1


def test_what_staff_decided_stands_when_words_change(street: Street) -> None:
    message = told(street)
    (passage,) = cards(street)[0].passages
    with street.store.transaction() as tx:
        tx.add_decision(NewDecision(passage_id=passage.id, theme="transport", verdict=True, staff_id=None, at=street.clock.now()))
    happens(street, changed(message, "The taxi was an hour late."))
    street.later(minutes=1)
    street.all_turns()

    (again,) = cards(street)[0].passages
    assert [decision.theme for decision in again.decisions] == ["transport"]
    assert again.id != passage.id


def test_a_change_to_a_message_we_never_had_is_passed_over(street: Street) -> None:
    happens(street, Amended(channel=SMS, account="us", external_id="SM404", text="He is not breathing"))

    assert street.rows("inbound") == []


# --- words that were unsent ---------------------------------------------------------------------------------------------


def test_an_unsent_message_leaves_the_record(street: Street) -> None:
    message = told(street)
    happens(street, Withdrawn(channel=SMS, account="us", external_id=message.external_id))

    assert cards(street) == ()
    assert [row.text for row in street.rows("inbound")] == [""]


def test_a_message_unsent_before_its_turn_is_never_read(street: Street) -> None:
    message = street.text(LATE)
    happens(street, Withdrawn(channel=SMS, account="us", external_id=message.external_id))
    street.later(minutes=1)
    street.all_turns()

    assert cards(street) == ()
    assert street.heard_by_them == []


def test_unsent_danger_is_kept_for_safeguarding(street: Street) -> None:
    message = told(street, "He took all his tablets and I can't wake him up.")
    happens(street, Withdrawn(channel=SMS, account="us", external_id=message.external_id))

    assert [row.text for row in street.rows("inbound")] == ["He took all his tablets and I can't wake him up."]


@pytest.mark.parametrize("becomes", ["unsent", "changed"])
def test_words_that_are_gone_do_not_come_back_in_a_preview(street: Street, becomes: str) -> None:
    message = told(street, "Canary: the taxi was late again on Monday and nobody rang us about it at all.")
    name: dict[str, Any] = {"channel": SMS, "account": "us", "external_id": message.external_id}
    happens(street, Withdrawn(**name) if becomes == "unsent" else Amended(**name, text="The taxi was late."))
    told(street, "SKIP")
    told(street, "SHOW ME")

    assert not any("Canary" in words for words in street.heard_by_them)


# --- the rest -----------------------------------------------------------------------------------------------------------


def test_somebody_who_blocks_us_is_not_written_to_until_they_say_start(street: Street) -> None:
    told(street)
    before = len(street.heard_by_them)
    happens(street, Blocked(channel=SMS, sender=ANNA))
    told(street, "One more thing: the school never rang either.")
    assert len(street.heard_by_them) == before

    told(street, "START")
    assert len(street.heard_by_them) > before


def test_a_block_by_a_stranger_makes_no_contact(street: Street) -> None:
    happens(street, Blocked(channel=SMS, sender=BORIS))

    with street.store.transaction() as tx:
        assert tx.contact_at(BORIS, street.clock.now()) is None


def test_the_bot_is_silent_while_a_person_has_the_talk_and_speaks_when_it_is_given_back(street: Street) -> None:
    told(street)
    before = len(street.heard_by_them)
    happens(street, Handover(channel=SMS, person=ANNA, held=True))
    told(street, "Is anybody there? The taxi did not come today at all.")
    assert len(street.heard_by_them) == before
    assert len(street.rows("inbound")) == 2

    happens(street, Handover(channel=SMS, person=ANNA, held=False))
    told(street, "HELP")
    assert len(street.heard_by_them) > before


def test_a_link_is_remembered_for_the_experience_that_follows_and_for_no_other(street: Street, database: Database) -> None:
    happens(street, Arrival(channel=SMS, sender=ANNA, ref="library-taunton"))
    told(street)
    street.later(days=30)
    told(street, "The school has been kind to him this term and he likes it.")

    with database.reading() as connection:
        refs = list(connection.execute(select(experience.c.ref).order_by(experience.c.opened_at)).scalars())
    assert refs == ["library-taunton", None]


def test_everything_sent_by_then_counts_as_read(street: Street) -> None:
    told(street)
    happens(street, ReadUpTo(channel=SMS, reader=ANNA, at=street.clock.now()))

    view = street.store.experience(cards(street)[0].reference)
    assert view is not None
    assert {line.state for line in view.talk if line.who == "earshot"} == {"read"}


def test_a_call_to_the_number_is_answered_by_a_text_once_a_day(street: Street) -> None:
    for number in range(3):
        happens(street, MissedCall(channel=SMS, account="us", external_id=f"CA{number}", caller=BORIS))
    street.deliver()
    assert len(street.heard_by_them) == 1
    assert "messages only" in street.heard_by_them[0]

    street.later(days=1)
    happens(street, MissedCall(channel=SMS, account="us", external_id="CA9", caller=BORIS))
    street.deliver()
    assert len(street.heard_by_them) == 2


def test_nobody_who_said_stop_is_texted_for_ringing(street: Street) -> None:
    told(street, "STOP")
    before = len(street.heard_by_them)
    happens(street, MissedCall(channel=SMS, account="us", external_id="CA1", caller=ANNA))
    street.deliver()

    assert len(street.heard_by_them) == before


def test_a_wish_to_be_deleted_is_kept_once(street: Street, database: Database) -> None:
    for _ in range(2):
        happens(street, DeletionAsked(channel=SMS, code="HERON 482"))

    with database.reading() as connection:
        rows = connection.execute(select(deletion_request.c.code, deletion_request.c.done_at)).all()
    assert [tuple(row) for row in rows] == [("HERON 482", None)]


# --- feedback nobody waits on, and what is no feedback -----------------------------------------------------------------


def test_feedback_that_asks_for_no_answer_is_filed_whole_and_gets_none(street: Street) -> None:
    told(street, "STOP sending taxis that are late. HELP.", manner=Manner.KEEP, details={"consents": "words_in_public"})

    (card,) = cards(street)
    assert [passage.text for passage in card.passages] == ["STOP sending taxis that are late. HELP."]
    assert dict(card.consents) == {"words_in_public": True}
    assert street.heard_by_them == []


def test_a_word_that_would_be_a_command_is_feedback_in_a_letter(database: Database) -> None:
    street = Street(database, channel=BY_HAND)
    told(street, "STOP", manner=Manner.KEEP)

    assert len(cards(street)) == 1
    with street.store.transaction() as tx:
        person = tx.contact_at(ANNA, street.clock.now())
    assert person is not None
    assert person.opted_out_at is None


def test_what_is_only_recorded_is_no_experience_and_gets_no_answer(street: Street) -> None:
    told(street, "I am out of the office until Monday.", manner=Manner.RECORD)

    assert cards(street) == ()
    assert street.heard_by_them == []
    assert [row.state for row in street.rows("inbound")] == ["heard"]


def test_danger_in_what_is_only_recorded_raises_an_alert_and_sends_nothing(street: Street) -> None:
    told(street, "He took all his tablets and I can't wake him up.", manner=Manner.RECORD)

    assert len(street.store.alerts_due(street.clock.now())) == 1
    assert street.heard_by_them == []


def test_what_is_told_and_what_is_filed_go_their_own_ways_in_one_burst(street: Street) -> None:
    street.text(LATE)
    street.text("Typed in from a letter: the school was kind.", manner=Manner.KEEP)
    street.later(minutes=1)

    assert street.all_turns() == 2
    assert sorted(passages(street)) == [LATE, "Typed in from a letter: the school was kind."]


def test_an_unproved_sender_is_shown_and_changes_nothing(street: Street) -> None:
    told(street)
    told(street, "TAKE BACK", verified=False)

    assert passages(street) == [LATE]
    assert "could not tell" in street.heard_by_them[-1]


# --- a program that answers everything ----------------------------------------------------------------------------------


def test_a_program_that_answers_each_mail_is_answered_a_few_times_and_no_more(database: Database) -> None:
    street = Street(database, channel="email")
    robot = Address("email", "robot@firm.example")
    for number in range(40):
        told(street, f"HELP {'.' * number}", sender=robot)

    assert 3 < len(street.heard_by_them) <= 12
    assert "withheld" in {row.state for row in street.rows("outbound")}

    street.later(hours=2)
    told(street, "HELP", sender=robot)
    assert street.rows("outbound")[-1].state == "sent"


# --- a shut window ----------------------------------------------------------------------------------------------------


def test_what_a_shut_window_held_back_goes_when_the_person_writes_again(database: Database) -> None:
    street = Street(database, channel="whatsapp")
    first = street.text(LATE)
    street.later(hours=25)
    street.all_turns()
    street.deliver()
    assert street.heard_by_them == []

    street.text("Hello?", external_id="SM99")
    street.deliver()
    assert any("Ref" in words for words in street.heard_by_them)
    assert first.external_id != "SM99"


def test_what_the_provider_says_a_shut_window_stopped_goes_later_too(database: Database) -> None:
    street = Street(database, channel="whatsapp")
    told(street)
    row, *others = street.rows("outbound")
    happens(
        street,
        DeliveryReceipt(
            channel=street.channel.name,
            status=DeliveryStatus.FAILED,
            provider_id=row.external_id or "",
            code="63016",
            failure=Failure.WINDOW_SHUT,
        ),
    )
    assert [row.state for row in street.rows("outbound")] == ["withheld", *(other.state for other in others)]

    street.text("Hello?")
    street.deliver()
    assert len([words for words in street.heard_by_them if "Ref" in words]) == 2


# --- a mail whose files have no place ---------------------------------------------------------------------------------


class NoRoom:
    """A blob store that is down."""

    def put(self, content: bytes) -> UUID:
        raise StoreUnavailable

    def get(self, key: UUID) -> bytes:
        raise StoreUnavailable

    def delete(self, key: UUID) -> None:
        raise StoreUnavailable

    def older_than(self, age: timedelta) -> Iterator[UUID]:
        raise StoreUnavailable


def test_danger_in_a_mail_does_not_wait_for_a_place_for_its_files(database: Database) -> None:
    street = Street(database, channel="email")
    street.intake._blobs = NoRoom()
    parent = Address("email", "parent@family.example")

    with pytest.raises(StoreUnavailable):
        street.text(LATE, sender=parent, raw=b"From: parent")
    street.text("He took all his tablets and I can't wake him up.", sender=parent, raw=b"From: parent")
    street.deliver()

    assert len(street.store.alerts_due(street.clock.now())) == 1
    assert len(signposts(street)) == 1
    assert len(street.rows("inbound")) == 1
