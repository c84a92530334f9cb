"""The stand-ins for Meta and Telegram refuse what those refuse, and show on the phone what they took. Asked by our own doors."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.serving import make_server

from bot.errors import ChannelMisconfigured, ContactUnreachable, WindowShut
from bot.model import Address
from bot.outgoing import Choice, Outgoing, Spoken
from channels.base import Door
from channels.messenger import Messenger
from channels.messenger_api import MetaPage
from channels.telegram import TelegramAccount, TelegramDoor
from channels.telegram_client import TelegramClient
from demo.app_phones import MessengerPhone, TelegramPhone
from demo.bot_api import BotApi, RefusedError, bot_api_blueprint
from demo.clock import DemoClock
from demo.graph import Graph, MetaApp, Refusal, graph_blueprint
from demo.posted import Button, Phone
from tests.demo.fakes import TEN, TOKEN, URL, DeadEnd

BOT = "7700900123:AAExampleExampleExampleExampleExample"
APP = MetaApp(token=TOKEN, secret=TOKEN)
CHOICES = (Choice("words_yes", "Yes"), Choice("words_no", "No, team only"))


class House:
    """Both stand-ins on one loopback server, a phone and a door for each."""

    def __init__(self, url: str, clock: DemoClock, graph: Graph, api: BotApi) -> None:
        self.url, self.clock, self.graph, self.api = url, clock, graph, api
        self.phones: dict[str, Phone] = {
            "messenger": MessengerPhone("5100000000000001", graph=graph, clock=clock),
            "telegram": TelegramPhone("5000111222", api=api, clock=clock),
        }
        self._client = TelegramClient(token=BOT, url=f"{url}/telegram")
        account = TelegramAccount(token=BOT, secret=TOKEN, public_url=URL, api_url=f"{url}/telegram")
        self.doors: dict[str, Door] = {
            "messenger": self.messenger(TOKEN),
            "telegram": TelegramDoor(account, self._client),
        }

    def messenger(self, token: str) -> Messenger:
        page = MetaPage(
            page_id=APP.page_id,
            token=token,
            app_secrets=(TOKEN,),
            verify_token="word",
            public_url=URL,
            api_url=f"{self.url}/graph",
        )
        return Messenger(page)

    def send(self, name: str, text: str, **more: Any) -> None:
        door, phone = self.doors[name], self.phones[name]
        for part in door.render(Spoken(text, more.pop("choices", ()))):
            door.send(
                Outgoing(id=uuid4(), channel=door.name, address=phone.address, text=part.text, choices=part.choices, **more)
            )

    def close(self) -> None:
        self._client.close()
        self.graph.stop()


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    clock, app, road = DemoClock(TEN), Flask("stand-ins"), DeadEnd()
    graph = Graph(APP, road=road, now=clock.now)
    api = BotApi(token=BOT, secret=TOKEN, road=road, now=clock.now)
    app.register_blueprint(graph_blueprint(graph, url_prefix="/graph"))
    app.register_blueprint(bot_api_blueprint(api, url_prefix="/telegram"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    house = House(f"http://127.0.0.1:{server.server_port}", clock, graph, api)
    yield house
    house.close()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("name", ["messenger", "telegram"])
class TestBoth:
    def test_what_we_send_stands_on_the_phone_with_the_call_that_sent_it(self, house: House, name: str) -> None:
        house.phones[name].say("hi")
        house.send(name, "Thank you. Łukasz")
        arrived = house.phones[name].arrived()[-1]

        assert arrived.text == "Thank you. Łukasz"
        assert "Thank" in arrived.request

    def test_answers_become_what_can_be_pressed(self, house: House, name: str) -> None:
        house.phones[name].say("hi")
        house.send(name, "May we?", choices=CHOICES)

        assert [button.label for button in house.phones[name].arrived()[-1].buttons] == ["Yes", "No, team only"]

    def test_nobody_is_written_to_who_has_not_written_first(self, house: House, name: str) -> None:
        stranger = Address(name, "5000999888")
        with pytest.raises(ContactUnreachable):
            house.doors[name].send(Outgoing(id=uuid4(), channel=house.doors[name].name, address=stranger, text="hi", choices=()))


def test_a_press_in_messenger_carries_the_key_of_the_answer(house: House) -> None:
    house.phones["messenger"].say("hi")
    house.send("messenger", "May we?", choices=CHOICES)

    assert Button("No, team only", "choice:words_no") in house.phones["messenger"].arrived()[-1].buttons


def test_after_a_day_messengers_window_is_shut_but_not_to_people(house: House) -> None:
    house.phones["messenger"].say("hi")
    house.clock.move_on(timedelta(hours=25))

    with pytest.raises(WindowShut):
        house.send("messenger", "Thank you")
    house.send("messenger", "It is Jo of the team", by_person=True)
    assert house.phones["messenger"].arrived()[-1].text == "It is Jo of the team"


def test_another_token_is_not_the_pages(house: House) -> None:
    house.phones["messenger"].say("hi")
    with pytest.raises(ChannelMisconfigured):
        house.messenger("e" * 32).send(
            Outgoing(
                id=uuid4(),
                channel=house.doors["messenger"].name,
                address=house.phones["messenger"].address,
                text="hi",
                choices=(),
            )
        )


def test_a_title_that_meta_would_cut_is_a_fault(house: House) -> None:
    button = {"content_type": "text", "title": "x" * 21, "payload": "choice:x"}
    message = {"text": "May we?", "quick_replies": [button]}
    content = {"recipient": {"id": "5100000000000001"}, "messaging_type": "RESPONSE", "message": message}

    assert isinstance(house.graph.send(content, ""), Refusal)


def test_a_message_of_blanks_is_none_to_telegram(house: House) -> None:
    house.phones["telegram"].say("hi")

    with pytest.raises(RefusedError, match="empty"):
        house.api.send({"chat_id": "5000111222", "text": "  "}, "")


def test_messengers_reports_say_first_that_it_was_said_and_then_that_it_arrived() -> None:
    road, clock = DeadEnd(), DemoClock(TEN)
    graph = Graph(APP, road=road, now=clock.now)
    phone = MessengerPhone("5100000000000001", graph=graph, clock=clock)
    phone.say("hi")
    content = {"recipient": {"id": phone.person}, "messaging_type": "RESPONSE", "message": {"text": "Thank you"}}
    graph.send(content, "")
    graph.reported()
    graph.stop()

    assert [b'"is_echo":true' in body for _, body, _ in road.posted] == [False, True, False]
    assert b'"delivery"' in road.posted[-1][1]
    assert phone.arrived()[-1].status == "delivered"
