"""From Telegram's updates to what goes back, on the real road: gate, intake, turns, outbox and door, on both kinds of store."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from bot.events import Event
from bot.model import ChannelName
from channels.telegram import TelegramDoor, TelegramPoller
from channels.telegram_events import events
from storage.database import Database
from storage.tables import experience
from tests.bot.street import Street
from tests.channels.telegram_host import PARENT, BotApi, update
from tests.channels.telegram_payloads import ADDRESS, told
from tests.journeys import stage

LATE = "The taxi was late again and nobody rang us"
LONG = "The taxi to Example School in Taunton was late again and nobody rang us " * 5


class TelegramStreet(Street):
    """The street as Telegram sees it: updates come in, and what is said goes to the stand-in."""

    def __init__(self, database: Database, bots: BotApi) -> None:
        super().__init__(database, channel="telegram")
        self.bots = bots
        self._numbered = count(2000)

    def hears(self, *bursts: Sequence[Event]) -> list[str]:
        """Take these in, one burst; returns what was sent for them."""
        before = len(self.bots.asked("sendmessage"))
        for found in bursts:
            self.intake.receive(found)
        self.later(seconds=10)
        self.all_turns()
        self.deliver()
        return [call["text"] for call in self.bots.asked("sendmessage")[before:]]

    def words(self, text: str) -> Sequence[Event]:
        """What a text of theirs comes as."""
        content: dict[str, Any] = copy.deepcopy(update("text"))
        number = next(self._numbered)
        content["update_id"] = number
        content["message"] |= {"text": text, "message_id": number}
        return events(content, account="1234567890")

    def last_keyboard(self) -> str:
        return self.bots.asked("sendmessage")[-1]["reply_markup"]


@pytest.fixture
def street(database: Database, bots: BotApi, telegram: TelegramDoor, monkeypatch: pytest.MonkeyPatch) -> TelegramStreet:
    """The stage would only note what is said; here it goes out of the door itself."""
    monkeypatch.setattr(stage, "_door", lambda _: telegram)
    monkeypatch.setattr(stage, "Noted", lambda door: door)
    monkeypatch.setitem(stage.ADDRESSES, "telegram", ADDRESS)
    return TelegramStreet(database, bots)


def test_g1_a_message_is_kept_and_answered_once_however_often_it_comes(street: TelegramStreet) -> None:
    answers = street.hears(told("text"), told("text"))

    assert len(street.rows("inbound")) == 1
    assert len([answer for answer in answers if "Ref" in answer]) == 1
    assert street.hears(told("text")) == []


def test_g2_who_presses_start_is_welcomed(street: TelegramStreet) -> None:
    (welcome,) = street.hears(told("start"))

    assert "Tell us what happened" in welcome


def test_g2_the_link_is_on_the_experience_that_follows(street: TelegramStreet) -> None:
    street.hears(told("start_with_payload"))
    street.hears(street.words(LATE))

    with street.database.reading() as connection:
        assert connection.scalars(select(experience.c.ref)).all() == ["RIVER-library_7"]


def test_stop_with_a_slash_is_stop_and_start_undoes_it(street: TelegramStreet) -> None:
    street.hears(street.words(LATE))
    assert len(street.hears(told("stop"))) == 1
    assert street.facts()["opted_out"] is True
    assert street.hears(street.words("And today too")) == []

    street.hears(told("start"))
    assert street.facts()["opted_out"] is False


def test_who_blocks_the_bot_has_said_stop(street: TelegramStreet) -> None:
    street.hears(street.words(LATE))
    street.intake.receive(told("blocked"))

    assert street.facts()["opted_out"] is True


def test_gs7_who_has_blocked_it_meanwhile_is_found_out_when_written_to(street: TelegramStreet) -> None:
    street.bots.blocked.add(str(PARENT))
    assert street.hears(street.words(LATE))

    assert street.facts()["opted_out"] is True


def test_gs2_a_pressed_label_answers_its_question_and_the_keyboard_goes_away(street: TelegramStreet) -> None:
    street.hears(street.words(LONG))
    street.hears(street.words("SKIP"))
    assert "No, team only" in street.last_keyboard()

    street.hears(street.words("No, team only"))
    assert street.facts()["consents"] == {"words_in_public": False}


def test_a_pressed_button_under_a_message_answers_too(street: TelegramStreet) -> None:
    street.hears(street.words(LONG))
    street.hears(street.words("SKIP"))

    street.hears(told("button_pressed"))
    assert street.facts()["consents"] == {"words_in_public": False}


def test_a_thumb_under_the_question_is_no_yes(street: TelegramStreet) -> None:
    street.hears(street.words(LONG))
    street.hears(street.words("SKIP"))

    street.hears(told("without_message"), street.words("\U0001f44d"))
    assert street.facts()["consents"] == {}


@pytest.mark.parametrize("name", ["voice", "photo_of_an_album", "document", "video", "location", "contact", "poll", "sticker"])
def test_whatever_comes_without_words_is_kept_and_answered(street: TelegramStreet, name: str) -> None:
    assert street.hears(told(name))
    assert len(street.rows("inbound")) == 1


def test_g12_nothing_of_a_contact_card_is_kept(street: TelegramStreet) -> None:
    street.hears(told("contact"))

    assert not any(private in str(row) for row in street.rows("inbound") for private in ("447700900321", "Bea", "Okafor"))


def test_an_edit_changes_the_words_and_is_not_answered_as_new(street: TelegramStreet) -> None:
    content = update("edited")
    content["edited_message"]["message_id"] = update("text")["message"]["message_id"]
    street.hears(told("text"))

    street.hears(events(content, account="1234567890"))

    assert [row.text for row in street.rows("inbound")] == ["The taxi was late again, twice"]
    assert len(street.facts()["references"]) == 1


def test_danger_is_answered_at_once_with_the_numbers_to_ring(street: TelegramStreet) -> None:
    street.intake.receive(street.words("he has taken all the tablets"))
    street.deliver()

    assert any("999" in call["text"] for call in street.bots.asked("sendmessage"))


def test_what_was_polled_and_then_comes_by_webhook_is_answered_once(street: TelegramStreet, poller: TelegramPoller) -> None:
    street.bots.arrives("text")
    poller.poll(street.intake.receive, wait=timedelta(0))

    street.hears(told("text"))

    assert len(street.rows("inbound")) == 1


def test_a_rush_is_waited_out_and_nothing_is_lost(street: TelegramStreet) -> None:
    street.bots.refuse_next(429, "Too Many Requests")
    street.hears(street.words(LATE))
    for _ in range(3):
        street.later(minutes=2)
        street.deliver()

    sent = [call["text"] for call in street.bots.asked("sendmessage")]
    assert street.bots.sent - 100 == len(set(sent)) == len(sent) - 1


def test_two_bots_or_two_chats_never_mix_up_their_numbers(street: TelegramStreet) -> None:
    """Telegram counts messages chat by chat, so the same number comes from many people."""
    other = copy.deepcopy(update("text"))
    other["message"]["chat"]["id"] = other["message"]["from"]["id"] = 5000999888
    street.bots.chats.add("5000999888")

    street.hears(told("text"), events(other, account="1234567890"))

    assert len(street.rows("inbound")) == 2
    assert {call["chat_id"] for call in street.bots.asked("sendmessage")} == {str(PARENT), "5000999888"}


def test_the_channel_is_the_one_the_script_knows(street: TelegramStreet) -> None:
    assert street.channel.traits.settle == stage.script().settle(ChannelName("telegram")) == timedelta(seconds=10)
