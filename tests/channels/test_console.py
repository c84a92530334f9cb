"""The terminal as a channel."""

from __future__ import annotations

from io import StringIO
from uuid import UUID

import pytest

from bot.model import Address
from bot.outgoing import DeliveryStatus, Outgoing
from channels.base import Door
from channels.console import Console
from tests.channels.contract import DoorContract


class TestConsole(DoorContract):
    @pytest.fixture
    def door(self) -> Door:
        return Console(StringIO())

    @pytest.fixture
    def address(self) -> Address:
        return Address("console", "me")


class TestConsoleAsSms(TestConsole):
    @pytest.fixture
    def door(self) -> Door:
        return Console(StringIO(), as_channel="sms")


def _printed(text: str, as_channel: str) -> str:
    stream = StringIO()
    console = Console(stream, as_channel=as_channel)
    console.send(Outgoing(id=UUID(int=1), channel=console.name, address=Address("console", "me"), text=text))
    return stream.getvalue()


def test_each_line_is_printed_as_the_bots() -> None:
    assert _printed("May we?\n1 Yes", "console") == "bot> May we?\nbot> 1 Yes\n"


def test_as_sms_the_cost_stands_under_the_words() -> None:
    assert _printed("Thank you.", "sms") == "bot> Thank you.\nbot> [1 x SMS, 10 GSM-7]\n"


def test_what_is_on_the_screen_has_been_delivered() -> None:
    console = Console(StringIO())
    sent = console.send(Outgoing(id=UUID(int=1), channel=console.name, address=Address("console", "me"), text="Hello"))

    assert sent.status is DeliveryStatus.DELIVERED
