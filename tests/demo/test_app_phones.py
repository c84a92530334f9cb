"""What is written or pressed in Messenger and Telegram arrives as their networks would bring it, through the real gates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.errors import BadSignature
from bot.model import Address, InboundMessage
from channels.base import Gate, Webhook
from channels.messenger import MessengerGate
from channels.messenger_api import MetaPage
from channels.telegram import TelegramAccount, TelegramGate
from demo.app_phones import MessengerPhone, TelegramPhone
from demo.bot_api import BotApi
from demo.clock import DemoClock
from demo.corpus import Attachment
from demo.graph import Graph, MetaApp
from tests.demo.fakes import TEN, TOKEN, URL, DeadEnd

BOT = "7700900123:AAExampleExampleExampleExampleExample"
APP = MetaApp(token=TOKEN, secret=TOKEN)


class Held:
    """One of the two phones, and the gate its messages go through."""

    def __init__(self, name: str, *, secret: str = TOKEN) -> None:
        self.road, clock = DeadEnd(), DemoClock(TEN)
        self.phone: MessengerPhone | TelegramPhone
        self.gate: Gate
        if name == "messenger":
            self.graph = Graph(APP, road=self.road, now=clock.now)
            self.phone = MessengerPhone("5100000000000001", graph=self.graph, clock=clock)
            page = MetaPage(page_id=APP.page_id, token=TOKEN, app_secrets=(secret,), verify_token="word", public_url=URL)
            self.gate = MessengerGate(page)
        else:
            api = BotApi(token=BOT, secret=TOKEN, road=self.road, now=clock.now)
            self.phone = TelegramPhone("5000111222", api=api, clock=clock)
            self.gate = TelegramGate(TelegramAccount(token=BOT, secret=secret, public_url=URL))

    def arrived(self) -> InboundMessage:
        path, body, headers = self.road.posted[-1]
        webhook = Webhook("POST", f"{URL}{path}", body, {name.lower(): value for name, value in headers.items()})
        self.gate.verify(webhook)
        (event,) = self.gate.parse(webhook)
        assert isinstance(event, InboundMessage)
        return event


@pytest.fixture(params=["messenger", "telegram"])
def held(request: pytest.FixtureRequest) -> Iterator[Held]:
    held = Held(request.param)
    yield held
    if request.param == "messenger":
        held.graph.stop()


def test_what_is_written_arrives_word_for_word(held: Held) -> None:
    held.phone.say("Łukasz & the taxi/bus\nlate again 😢")

    assert held.arrived().text == "Łukasz & the taxi/bus\nlate again 😢"
    assert held.arrived().sender == held.phone.address


def test_a_photo_arrives_as_a_photo(held: Held) -> None:
    held.phone.say("", Attachment.PHOTO)

    assert [media.content_type.partition("/")[0] for media in held.arrived().media] == ["image"]


def test_two_messages_are_never_taken_for_one(held: Held) -> None:
    names = set()
    for _ in range(2):
        held.phone.say("hi")
        names.add(held.arrived().external_id)

    assert len(names) == 2


def test_the_exact_body_is_kept_to_be_shown(held: Held) -> None:
    posted = held.phone.say("hi")

    assert posted.body.encode() == held.road.posted[-1][1]
    assert posted.kept


def test_a_pressed_quick_reply_arrives_as_the_answer_it_stands_for() -> None:
    held = Held("messenger")
    held.phone.say("No, team only", press="choice:words_no")
    held.graph.stop()

    assert (held.arrived().text, held.arrived().choice) == ("No, team only", "words_no")


def test_a_pressed_key_of_telegrams_keyboard_is_its_words() -> None:
    held = Held("telegram")
    held.phone.say("No, team only", press="")

    assert (held.arrived().text, held.arrived().choice) == ("No, team only", None)
    assert held.phone.address == Address("telegram", "5000111222")


@pytest.mark.parametrize("name", ["messenger", "telegram"])
def test_another_secret_does_not_open_our_gate(name: str) -> None:
    held = Held(name, secret="another-secret")
    held.phone.say("hi")

    with pytest.raises(BadSignature):
        held.arrived()
