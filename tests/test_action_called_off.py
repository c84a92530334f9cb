"""A word about an action that waits to leave is called off by a cry for help and by a no, and can be said anew."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.actions_told import TOLD
from bot.model import ENGLISH
from bot.nudges import NUDGE
from bot.records import OutboundClaim, Stays
from bot.telling_records import Fate
from storage.database import Database
from storage.tables import outbound_message
from tests.journeys.stage import PUBLISHER
from tests.test_action_road import MONDAY, Street, begun

NEWS = "News from the SEND team."


@pytest.fixture
def street(database: Database) -> Street:
    return begun(Street("sms", database=database, start=MONDAY))


@pytest.fixture
def whatsapp(database: Database, monkeypatch: pytest.MonkeyPatch) -> Street:
    monkeypatch.setattr(Street, "scheme", "whatsapp")
    street = begun(Street("whatsapp", database=database, start=MONDAY))
    monkeypatch.setattr(street.channel.door, "template_for", lambda key, locale: "HX1" if key == NUDGE else None)
    return street


def waits_behind_the_window(street: Street) -> None:
    street.publishes()
    street.wait(timedelta(hours=25))
    street.presses()
    street.sweeps()
    assert states(street) == {"withheld"}


def contact_of(street: Street) -> UUID:
    with street.store.transaction() as tx:
        return tx.hold_contact(street.address, (), locale=ENGLISH, now=street.clock.at).id


def states(street: Street) -> set[str]:
    its = outbound_message.c.dedupe_key.startswith("action:")
    with street.database.reading() as connection:
        return set(connection.execute(select(outbound_message.c.state).where(its)).scalars())


def test_a_cry_for_help_calls_off_the_word_that_waited_for_them_to_write(whatsapp: Street) -> None:
    whatsapp.tells(1)
    waits_behind_the_window(whatsapp)

    heard = whatsapp.hears("I want to kill myself")
    assert heard, "the signpost"
    assert not any(text.startswith(NEWS) for text in heard)
    assert states(whatsapp) == {"cancelled"}
    assert whatsapp.fates() == {Fate.STOPPED: 1}


def test_a_no_calls_off_the_word_that_waited_for_them_to_write(whatsapp: Street) -> None:
    told = whatsapp.tells(1)
    waits_behind_the_window(whatsapp)
    whatsapp.wishes(contact_of(whatsapp), told, agrees=False)

    assert not any(text.startswith(NEWS) for text in whatsapp.hears("read"))
    assert states(whatsapp) == {"cancelled"}


def test_who_was_called_off_by_taking_back_hears_it_once_when_it_is_told_again(street: Street) -> None:
    street.tells(1)
    street.publishes()
    street.presses()
    while street.actions.telling.sweep():
        pass
    street.actions.actions.take_back(street.action, PUBLISHER)
    assert states(street) == {"cancelled"}
    street.publishes()
    street.presses()

    (said,) = street.sweeps()
    assert said.startswith(NEWS)
    assert street.presses() == 0, "they have heard"
    assert street.sweeps() == []


@pytest.mark.parametrize("said", ["I want to kill myself", "no"])
def test_a_word_that_the_outbox_has_in_hand_does_not_leave_after_a_cry_for_help_or_a_no(
    street: Street, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    told = street.tells(1)
    street.publishes()
    street.presses()
    look = street.actions.telling.last_look

    def a_moment_before(claim: OutboundClaim) -> Stays | None:
        if said == "no":
            street.wishes(contact_of(street), told, agrees=False)
        else:
            street.intake.receive([street._message(said, "", street.address)])
        return look(claim)

    monkeypatch.setattr(street.outbox, "_last_looks", {TOLD: a_moment_before})

    assert not [text for text in street.sweeps() if text.startswith(NEWS)]
    assert states(street) == {"cancelled"}
    assert street.fates() == {Fate.HELD_BACK: 1}


def test_a_word_that_may_have_left_before_a_cry_for_help_counts_as_one_that_did(street: Street) -> None:
    street.tells(1)
    street.publishes()
    street.presses()
    while street.actions.telling.sweep():
        pass
    assert street.store.claim_outbound(worker="dead:1", now=street.clock.at, lease=timedelta(seconds=30), without=())
    street.intake.receive([street._message("I want to kill myself", "", street.address)])
    for _ in range(3):
        street.wait(timedelta(minutes=1))
        assert not [text for text in street.sweeps() if text.startswith(NEWS)]

    assert states(street) == {"unknown"}
    assert street.fates() == {Fate.ON_ITS_WAY: 1}
    assert street.presses() == 0
