"""Accepting: kept once, answered when the burst is over, and danger answered at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from bot.outgoing import DeliveryReceipt, DeliveryStatus
from storage.database import Database
from storage.tables import address, contact
from tests.bot.street import BORIS, SMS, Street


@pytest.fixture
def street(database: Database) -> Street:
    return Street(database)


def test_a_burst_is_one_turn_and_starts_to_wait_again_with_each_message(street: Street) -> None:
    street.text("The taxi was late.")
    street.later(seconds=20)
    street.text("Again.")
    street.later(seconds=20)
    assert street.all_turns() == 0

    street.later(seconds=5)
    assert street.all_turns() == 1

    street.deliver()
    assert len([text for text in street.heard_by_them if "Ref" in text]) == 1


def test_somebody_who_never_stops_writing_is_answered_after_a_minute(street: Street) -> None:
    for _ in range(6):
        street.text("and another thing")
        street.later(seconds=10)

    assert street.all_turns() == 1


def test_a_command_is_answered_at_once(street: Street) -> None:
    street.text("HELP")

    assert street.all_turns() == 1


def test_a_message_that_is_overdue_is_not_put_off_by_the_next_one(street: Street) -> None:
    street.text("The taxi was late.")
    street.later(minutes=10)
    street.text("Is anybody there?")

    assert street.all_turns() == 1


def test_a_message_that_comes_while_a_worker_answers_begins_a_burst_of_its_own(street: Street) -> None:
    street.text("The taxi was late.")
    street.later(minutes=1)
    street.store.claim_turn(worker="other:1", now=street.clock.at, lease=timedelta(seconds=20), one_at_a_time=())
    street.later(seconds=1)
    street.text("And nobody")

    due = street.store.next_turn_at()

    assert due is not None
    assert due >= street.clock.at + timedelta(seconds=20)


def test_danger_is_answered_before_any_turn_and_nothing_settles_first(street: Street) -> None:
    street.text("he has taken all the tablets and he isnt breathing")

    street.deliver()

    assert "999" in street.heard_by_them[0]
    assert len(street.store.alerts_due(street.clock.at)) == 1
    assert street.all_turns() == 1


def test_a_repeat_is_kept_once_and_answered_once(street: Street) -> None:
    message = street.text("The taxi was late again on Monday and nobody rang.")
    street.again(message)
    street.later(minutes=1)
    street.all_turns()
    street.again(message)
    street.later(minutes=1)

    assert street.all_turns() == 0
    assert len(street.rows("inbound")) == 1


def test_a_repeat_of_a_dangerous_message_raises_one_alert_and_one_signpost(street: Street) -> None:
    message = street.text("he is hitting the baby right now please help")
    street.again(message)

    street.deliver()

    assert len(street.store.alerts_due(street.clock.at)) == 1
    assert len(street.heard_by_them) == 1


def test_a_late_repeat_of_what_was_erased_brings_nobody_back(street: Street, database: Database) -> None:
    message = street.text("The taxi was late again on Monday and nobody rang.")
    street.later(minutes=1)
    street.all_turns()
    with street.store.transaction() as tx:
        person = tx.hold_contact(message.sender, (), locale=message.locale or "en", now=street.clock.at)  # type: ignore[arg-type] # a locale
        tx.erase_contact(person.id, street.clock.at)

    street.again(message)

    with database.reading() as connection:
        known = connection.execute(select(func.count()).select_from(address)).scalar_one()
        living = connection.execute(select(func.count()).select_from(contact).where(contact.c.erased_at.is_(None))).scalar_one()
    assert (known, living) == (0, 0)


def test_two_people_are_answered_apart(street: Street) -> None:
    street.text("The taxi was late again and nobody rang us at all.")
    street.text("Portage has been wonderful for us this year.", sender=BORIS)
    street.later(minutes=1)

    assert street.all_turns() == 2


def test_a_receipt_for_a_message_we_do_not_know_is_taken_without_a_word(street: Street) -> None:
    street.intake.receive(
        [DeliveryReceipt(channel=SMS, status=DeliveryStatus.DELIVERED, provider_id="SMunknown", outbound=uuid4())]
    )

    assert street.rows("outbound") == []


def test_a_keyword_of_the_teams_own_counts_as_what_the_provider_says_it_is(street: Street) -> None:
    message = street.text("The taxi was late again on Monday and nobody rang.")
    street.later(minutes=1)
    street.all_turns()

    for number, (word, said, is_out) in enumerate([("ENOUGH", "STOP", True), ("YES", None, True), ("GO ON", "START", False)]):
        details = {"opt_out_type": said} if said else {}
        street.intake.receive([replace(message, external_id=f"SMown{number}", text=word, details=details)])
        street.later(minutes=1)
        street.all_turns()

        assert street.facts()["opted_out"] is is_out
