"""A word about an action that waits to leave is called off by a cry for help and by a no, and can be said anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.model import ENGLISH
from bot.nudges import NUDGE
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
    with whatsapp.store.transaction() as tx:
        contact = tx.hold_contact(whatsapp.address, (), locale=ENGLISH, now=whatsapp.clock.at)
    whatsapp.wishes(contact.id, told, agrees=False)

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
