"""Whom Telegram's gate lets in, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest

from bot.errors import BadSettings, BadWebhook
from channels.base import Answer, Gate, Webhook
from channels.telegram import TelegramAccount, TelegramGate
from tests.channels.contract import WORDS, GateContract
from tests.channels.telegram_host import SECRET, TOKEN, update
from tests.channels.telegram_payloads import account, payload, posted, told


class TestTelegramGate(GateContract):
    signature_header = "x-telegram-bot-api-secret-token"
    signs_address = False
    signs_body = False

    @pytest.fixture
    def gate(self) -> Gate:
        return TelegramGate(account())

    @pytest.fixture
    def genuine(self) -> Webhook:
        content = update("text")
        content["message"]["text"] = f"Hello, {WORDS}"
        return posted(json.dumps(content).encode())

    @pytest.fixture
    def sign(self) -> Callable[[bytes], Webhook]:
        return posted

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return (TOKEN, SECRET)


@pytest.mark.parametrize(
    "body", [b"", b"not JSON", b"[]", b'"x"', b"null", b"{", b"[" * 20_000, b"\xff\xfe", b'{"a": ' + b"9" * 5000 + b"}"]
)
def test_g4_what_is_not_json_is_said_to_be_so(body: bytes) -> None:
    webhook = posted(body)
    gate = TelegramGate(account())
    gate.verify(webhook)

    with pytest.raises(BadWebhook):
        gate.parse(webhook)


def test_g3_an_update_without_a_message_is_taken_and_ignored() -> None:
    assert told("without_message") == ()
    assert TelegramGate(account()).answer(()) == Answer()


def test_a_pressed_button_is_answered_with_the_answer_to_its_own_webhook() -> None:
    """Until it is, the button shows that it waits. The answer says nothing."""
    gate = TelegramGate(account())

    answer = gate.answer(gate.parse(payload("button_pressed")))

    assert json.loads(answer.body) == {"method": "answerCallbackQuery", "callback_query_id": "4382bfdwdsb323b2d9"}
    assert (answer.status, answer.content_type) == (200, "application/json")


def test_a_message_is_answered_with_nothing() -> None:
    gate = TelegramGate(account())

    assert gate.answer(gate.parse(payload("text"))) == Answer()


def test_a_gate_without_a_secret_is_not_made() -> None:
    with pytest.raises(BadSettings, match="TELEGRAM_SECRET"):
        TelegramGate(account(secret=""))


@pytest.mark.parametrize(
    "token", ["", "no token", "1234567890", "1234567890:short", f"{TOKEN} ", f"bot{TOKEN}", "\uff11\uff12:AAExampleExample"]
)
def test_a_token_that_is_none_is_said_to_be_so_and_not_repeated(token: str) -> None:
    with pytest.raises(BadSettings, match="TELEGRAM_TOKEN") as raised:
        account(token=token)
    assert not token or token not in str(raised.value)


@pytest.mark.parametrize("secret", ["a b", "é", "x" * 257, "a.b", "line\n"])
def test_a_secret_that_telegram_would_not_take_is_said_to_be_so(secret: str) -> None:
    with pytest.raises(BadSettings, match="TELEGRAM_SECRET") as raised:
        account(secret=secret)
    assert secret not in str(raised.value)


def test_no_secret_shows_when_an_account_is_printed() -> None:
    shown = repr(account())

    assert TOKEN not in shown
    assert SECRET not in shown


def test_the_account_knows_the_bots_number_and_where_its_webhook_is() -> None:
    known = TelegramAccount(token=TOKEN, secret=SECRET, public_url="https://earshot.example/")

    assert known.bot_id == "1234567890"
    assert known.webhook_url == "https://earshot.example/webhooks/telegram"
