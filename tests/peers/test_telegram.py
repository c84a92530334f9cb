"""An emulator of Telegram's Bot API made by others: python-telegram-bot's client and our poller talk to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
import requests

from bot.events import Event
from bot.model import Address, InboundMessage
from bot.outgoing import Choice, Outgoing, Spoken
from channels.telegram import TelegramAccount, TelegramDoor, TelegramPoller
from channels.telegram_client import TelegramClient
from tests.peers.conftest import HERE, free_port, module, running

pytestmark = pytest.mark.slow

TOKEN = "666:" + "A" * 35
PARENT = 700123


@pytest.fixture(scope="module")
def telegram() -> Iterator[str]:
    module("telegram-test-api/package.json")
    port = free_port()
    with running("node", HERE / "telegram.js", str(port), port=port) as url:
        yield url


@pytest.fixture
def client(telegram: str) -> Iterator[TelegramClient]:
    client = TelegramClient(token=TOKEN, url=telegram)
    yield client
    client.close()


@pytest.fixture
def account(telegram: str) -> TelegramAccount:
    return TelegramAccount(token=TOKEN, api_url=telegram)


def says(telegram: str, text: str) -> None:
    """A person writes to the bot, through the emulator's own side door."""
    message = {
        "botToken": TOKEN,
        "from": {"id": PARENT, "first_name": "Sam", "is_bot": False},
        "chat": {"id": PARENT, "type": "private", "first_name": "Sam"},
        "date": 1_795_000_000,
        "text": text,
    }
    requests.post(f"{telegram}/sendMessage", json=message, timeout=5).raise_for_status()


def heard(telegram: str) -> list[dict[str, object]]:
    answer = requests.post(f"{telegram}/getUpdates", json={"token": TOKEN, "chatId": PARENT}, timeout=5)
    return [update["message"] for update in answer.json()["result"]]


def test_what_a_person_writes_comes_in_by_asking(telegram: str, account: TelegramAccount, client: TelegramClient) -> None:
    found: list[Event] = []

    def receive(events: Sequence[Event]) -> None:
        found.extend(events)

    says(telegram, "The taxi was late again, and nobody rang us. Zażółć 🚌")
    TelegramPoller(account, client).poll(receive, wait=timedelta(seconds=1))

    (message,) = found
    assert isinstance(message, InboundMessage)
    assert message.text == "The taxi was late again, and nobody rang us. Zażółć 🚌"
    assert message.sender == Address("telegram", str(PARENT))


def test_what_we_say_gets_there_with_its_choices(telegram: str, account: TelegramAccount, client: TelegramClient) -> None:
    door = TelegramDoor(account, client)
    for number in range(2):  # a second call breaks where every call has an event loop of its own
        (part,) = door.render(Spoken("May we?", (Choice("yes", "Yes"), Choice("no", "No"))))
        sent = door.send(
            Outgoing(
                id=UUID(int=number),
                channel=door.name,
                address=Address("telegram", str(PARENT)),
                text=part.text,
                choices=part.choices,
            )
        )
        assert sent.provider_id

    first, second = heard(telegram)
    assert first["text"] == second["text"] == part.text
    assert first["reply_markup"]


def test_the_token_is_found_to_be_a_bots(client: TelegramClient) -> None:
    assert client.call(lambda bot: bot.get_me()).is_bot
