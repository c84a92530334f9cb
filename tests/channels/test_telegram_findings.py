"""How the bot stands with Telegram, said in sentences an office can act on."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from channels.base import Finding
from channels.telegram import TelegramDoor
from channels.telegram_client import TelegramClient
from channels.telegram_events import HANDLED
from tests.channels.telegram_host import SECRET, TOKEN, BotApi
from tests.channels.telegram_payloads import account

OURS = "https://earshot.example/webhooks/telegram"


def wrong(findings: Sequence[Finding]) -> list[str]:
    return [finding.text for finding in findings if not finding.ok]


def test_once_connected_all_is_well(bots: BotApi, telegram: TelegramDoor) -> None:
    assert telegram.connect() == (Finding(ok=True, text=f"Telegram now posts to {OURS}, with our secret."),)

    assert bots.webhook == {"url": OURS, "secret": SECRET, "allowed_updates": [*HANDLED]}
    assert telegram.check() == (
        Finding(ok=True, text="Telegram knows the bot as @earshot_example_bot."),
        Finding(ok=True, text="The webhook is ours."),
    )


def test_connecting_drops_nothing_of_what_people_wrote_meanwhile(bots: BotApi, telegram: TelegramDoor) -> None:
    bots.arrives("text")
    telegram.connect()

    assert len(bots.updates) == 1


def test_checking_changes_nothing(bots: BotApi, telegram: TelegramDoor) -> None:
    telegram.check()

    assert [method for method, _ in bots.calls] == ["getme", "getwebhookinfo"]


def test_before_that_nothing_arrives_and_it_says_what_to_do(telegram: TelegramDoor) -> None:
    _, place = telegram.check()

    assert place == Finding(ok=False, text="No webhook is set, so nothing arrives.", fix="Run: earshot channels connect telegram")


@pytest.mark.parametrize(
    ("url", "whose"),
    [
        ("https://elsewhere.example/secret-path", "elsewhere.example"),
        ("https://earshot.example/old/secret-path", "another path of this host"),
        ("https://[half/secret-path", "an address"),
    ],
)
def test_a_webhook_that_leads_elsewhere_is_named_by_its_host_alone(
    bots: BotApi, telegram: TelegramDoor, url: str, whose: str
) -> None:
    bots.webhook = {"url": url}

    _, place = telegram.check()

    assert not place.ok
    assert whose in place.text
    assert "secret-path" not in place.text


def test_a_delivery_that_keeps_failing_is_told_with_its_reason(bots: BotApi, telegram: TelegramDoor) -> None:
    telegram.connect()
    bots.arrives("text")
    bots.last_error = {"last_error_date": 1795255200, "last_error_message": "Wrong response from the webhook: 403 Forbidden"}

    *_, last = telegram.check()

    assert not last.ok
    assert (
        last.text
        == "Telegram last failed to deliver on 21 November 2026, 10:00 UTC: Wrong response from the webhook: 403 Forbidden"
    )
    assert "TELEGRAM_SECRET" in last.fix


def test_a_delivery_that_failed_once_and_is_over_is_told_as_past(bots: BotApi, telegram: TelegramDoor) -> None:
    telegram.connect()
    bots.last_error = {"last_error_date": 1795255200, "last_error_message": "Connection timed out"}

    assert wrong(telegram.check()) == []
    assert "Connection timed out" in telegram.check()[-1].text


def test_many_waiting_messages_are_a_fault_and_a_few_are_not(bots: BotApi, telegram: TelegramDoor) -> None:
    telegram.connect()
    bots.arrives("text")
    assert wrong(telegram.check()) == []

    bots.arrives(*["text"] * 60)
    assert wrong(telegram.check()) == ["61 messages wait at Telegram to be taken. It keeps them for 24 hours."]


def test_kinds_of_update_that_are_held_back_are_named(bots: BotApi, telegram: TelegramDoor) -> None:
    bots.webhook = {"url": OURS, "allowed_updates": ["message"]}

    assert wrong(telegram.check()) == ["Telegram is told not to send: edited_message, callback_query, my_chat_member."]


@pytest.mark.parametrize("public_url", ["http://earshot.example", "https://earshot.example:5000", "http://localhost:8000", ""])
def test_an_address_telegram_would_not_post_to_is_said_before_it_is_asked(
    bots: BotApi, telegram_client: TelegramClient, public_url: str
) -> None:
    door = TelegramDoor(account(api_url=bots.url, public_url=public_url), telegram_client)

    (finding,) = door.connect()

    assert not finding.ok
    assert "EARSHOT_PUBLIC_URL" in finding.text
    assert bots.calls == []


class TestWithoutASecret:
    """Then this machine asks Telegram itself, and a webhook would be in the way."""

    @pytest.fixture
    def door(self, bots: BotApi, telegram_client: TelegramClient) -> TelegramDoor:
        return TelegramDoor(account(api_url=bots.url, secret="", public_url="http://localhost:8000"), telegram_client)

    def test_no_webhook_is_as_it_must_be(self, door: TelegramDoor) -> None:
        assert wrong(door.check()) == []

    def test_a_webhook_is_in_the_way(self, bots: BotApi, door: TelegramDoor) -> None:
        bots.webhook = {"url": OURS}

        assert wrong(door.check()) == ["The webhook leads elsewhere: to earshot.example."]

    def test_connecting_takes_it_away_and_drops_nothing(self, bots: BotApi, door: TelegramDoor) -> None:
        bots.webhook = {"url": OURS}
        bots.arrives("text")

        assert wrong(door.connect()) == []
        assert bots.webhook == {"url": ""}
        assert len(bots.updates) == 1


@pytest.mark.parametrize(
    ("status", "body", "fix"),
    [
        (401, '{"ok": false, "error_code": 401, "description": "Unauthorized"}', "BotFather"),
        (502, "<html>", "reach"),
        (200, "<html>", "reach"),
    ],
)
def test_what_cannot_be_asked_is_a_finding_and_nothing_is_raised(
    bots: BotApi, telegram: TelegramDoor, status: int, body: str, fix: str
) -> None:
    for ask in (telegram.check, telegram.connect):
        bots.fail_next(status, body)
        (finding,) = ask()

        assert not finding.ok
        assert fix in finding.fix
        assert TOKEN not in finding.text + finding.fix
        assert SECRET not in finding.text + finding.fix
