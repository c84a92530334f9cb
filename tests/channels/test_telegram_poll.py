"""Asking Telegram for what is new, on a machine that it cannot reach."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from threading import Timer

import pytest

from bot.errors import ProviderUnavailable, StoreUnavailable
from bot.events import Event
from bot.model import InboundMessage
from channels.telegram import TelegramPoller
from channels.telegram_events import HANDLED, name_of
from tests.channels.telegram_host import BotApi, update
from tests.channels.telegram_payloads import ADDRESS

pytestmark = pytest.mark.filterwarnings("ignore:.*retry_after:telegram.warnings.PTBDeprecationWarning")

NOW = timedelta(0)


class Intake:
    """Keeps what it is given, unless it is ``broken``."""

    def __init__(self) -> None:
        self.kept: list[Event] = []
        self.broken = False

    def receive(self, events: Sequence[Event]) -> None:
        if self.broken:
            raise StoreUnavailable
        self.kept += events


@pytest.fixture
def intake() -> Intake:
    return Intake()


def test_what_is_new_is_handed_on_in_order_and_once(bots: BotApi, poller: TelegramPoller, intake: Intake) -> None:
    bots.arrives("text", "voice")

    assert poller.poll(intake.receive, wait=NOW)
    assert not poller.poll(intake.receive, wait=NOW)
    kept = [event.external_id for event in intake.kept if isinstance(event, InboundMessage)]
    assert kept == [name_of(ADDRESS, "41"), name_of(ADDRESS, "53")]


def test_it_is_the_same_event_as_by_webhook(bots: BotApi, poller: TelegramPoller, intake: Intake) -> None:
    from tests.channels.telegram_payloads import told

    bots.arrives("photo_with_caption")
    poller.poll(intake.receive, wait=NOW)

    assert tuple(intake.kept) == told("photo_with_caption")


def test_it_asks_for_the_kinds_that_are_handled_and_confirms_what_was_taken(
    bots: BotApi, poller: TelegramPoller, intake: Intake
) -> None:
    bots.arrives("text")
    poller.poll(intake.receive, wait=NOW)
    poller.poll(intake.receive, wait=NOW)

    first, second = bots.asked("getupdates")
    assert "offset" not in first
    assert second["offset"] == str(update("text")["update_id"] + 1)
    assert all(kind in first["allowed_updates"] for kind in HANDLED)
    assert bots.updates == []


def test_what_was_not_kept_comes_again(bots: BotApi, poller: TelegramPoller, intake: Intake) -> None:
    bots.arrives("text", "voice")
    intake.broken = True
    with pytest.raises(StoreUnavailable):
        poller.poll(intake.receive, wait=NOW)

    intake.broken = False
    poller.poll(intake.receive, wait=NOW)

    assert len(intake.kept) == 2


def test_what_was_kept_before_a_failure_does_not_come_again(bots: BotApi, poller: TelegramPoller, intake: Intake) -> None:
    bots.arrives("text", "voice")

    def one_only(events: Sequence[Event]) -> None:
        if intake.kept:
            raise StoreUnavailable
        intake.receive(events)

    with pytest.raises(StoreUnavailable):
        poller.poll(one_only, wait=NOW)
    poller.poll(intake.receive, wait=NOW)

    assert len(intake.kept) == 2


def test_another_process_that_takes_over_is_given_what_was_not_confirmed(
    bots: BotApi, poller: TelegramPoller, intake: Intake
) -> None:
    """It comes twice then, under the same name, and the store takes it once."""
    bots.arrives("text")
    poller.poll(intake.receive, wait=NOW)

    TelegramPoller(poller._account, poller._client).poll(intake.receive, wait=NOW)

    assert len(intake.kept) == 2
    assert intake.kept[0] == intake.kept[1]


def test_an_update_that_cannot_be_read_does_not_hold_up_the_others(
    bots: BotApi, poller: TelegramPoller, intake: Intake, caplog: pytest.LogCaptureFixture
) -> None:
    """The library's own reading gives up the whole lot for one; a poller that did would be stuck for ever."""
    bots.updates += [
        {"update_id": 1, "message": {"text": "no chat"}},
        {"update_id": 2, "message": {"chat": 5, "from": [], "poll": 1}},
    ]
    bots.arrives("text")

    assert poller.poll(intake.receive, wait=NOW)
    assert len(intake.kept) == 1
    assert "no chat" not in caplog.text
    assert "could not be read" in caplog.text


def test_one_that_nobody_can_take_holds_up_no_other_and_is_asked_for_again(
    bots: BotApi, poller: TelegramPoller, intake: Intake
) -> None:
    """A fault of ours over one message must not keep a cry for help behind it from being read."""
    bots.arrives("text", "voice")
    stuck, after = name_of(ADDRESS, "41"), name_of(ADDRESS, "53")

    def stumbles(events: Sequence[Event]) -> None:
        if any(isinstance(event, InboundMessage) and event.external_id == stuck for event in events):
            raise KeyError("stuck")
        intake.receive(events)

    for _ in range(2):
        with pytest.raises(KeyError, match="stuck"):
            poller.poll(stumbles, wait=NOW)
    poller.poll(intake.receive, wait=NOW)

    assert [event.external_id for event in intake.kept if isinstance(event, InboundMessage)] == [after, after, stuck, after]


def test_a_number_below_the_last_is_taken_too(bots: BotApi, poller: TelegramPoller, intake: Intake) -> None:
    """After a week without any update the next one has any number; what is below the one asked for, Telegram forgets."""
    bots.updates.append({**update("voice"), "update_id": 9_000})
    poller.poll(intake.receive, wait=NOW)
    poller.poll(intake.receive, wait=NOW)
    bots.updates.append({**update("text"), "update_id": 17})

    assert poller.poll(intake.receive, wait=NOW)
    assert len(intake.kept) == 2


def test_it_waits_for_what_comes_meanwhile(bots: BotApi, poller: TelegramPoller, intake: Intake) -> None:
    soon = Timer(0.2, bots.arrives, ("text",))
    soon.start()

    assert poller.poll(intake.receive, wait=timedelta(seconds=20))
    assert bots.asked("getupdates")[0]["timeout"] == "20"
    soon.join()


def test_it_never_waits_longer_than_telegram_does(bots: BotApi, poller: TelegramPoller, intake: Intake) -> None:
    bots.arrives("text")
    poller.poll(intake.receive, wait=timedelta(minutes=10))

    assert bots.asked("getupdates")[0]["timeout"] == "50"


def test_a_pressed_button_is_answered_once_it_is_kept(bots: BotApi, poller: TelegramPoller, intake: Intake) -> None:
    bots.arrives("button_pressed")
    intake.broken = True
    with pytest.raises(StoreUnavailable):
        poller.poll(intake.receive, wait=NOW)
    assert bots.answered == []

    intake.broken = False
    poller.poll(intake.receive, wait=NOW)

    assert bots.answered == ["4382bfdwdsb323b2d9"]


def test_a_button_that_can_no_longer_be_answered_stops_nothing(bots: BotApi, poller: TelegramPoller, intake: Intake) -> None:
    press = update("button_pressed")
    press["callback_query"]["id"] = "old"
    bots.updates.append(press)

    assert poller.poll(intake.receive, wait=NOW)
    assert len(intake.kept) == 1


def test_beside_a_webhook_it_says_why_nothing_comes(bots: BotApi, poller: TelegramPoller, intake: Intake) -> None:
    bots.webhook = {"url": "https://earshot.example/webhooks/telegram"}

    with pytest.raises(ProviderUnavailable, match="to a webhook"):
        poller.poll(intake.receive, wait=NOW)


def test_beside_another_poller_it_says_so(bots: BotApi, poller: TelegramPoller, intake: Intake) -> None:
    bots.refuse_next(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")

    with pytest.raises(ProviderUnavailable, match="Somebody else"):
        poller.poll(intake.receive, wait=NOW)


@pytest.mark.parametrize(
    ("status", "body"),
    [(401, '{"ok": false, "error_code": 401, "description": "Unauthorized"}'), (502, "<html>"), (200, "<html>")],
)
def test_whatever_else_fails_is_for_later(bots: BotApi, poller: TelegramPoller, intake: Intake, status: int, body: str) -> None:
    bots.fail_next(status, body)

    with pytest.raises(ProviderUnavailable):
        poller.poll(intake.receive, wait=NOW)


def test_a_pause_that_is_asked_for_is_handed_on(bots: BotApi, poller: TelegramPoller, intake: Intake) -> None:
    bots.refuse_next(429, "Too Many Requests: retry after 3", retry_after=3)

    with pytest.raises(ProviderUnavailable) as raised:
        poller.poll(intake.receive, wait=NOW)
    assert raised.value.retry_after == timedelta(seconds=3)


def test_after_closing_it_goes_on_where_it_was(bots: BotApi, poller: TelegramPoller, intake: Intake) -> None:
    bots.arrives("text")
    poller.poll(intake.receive, wait=NOW)
    poller.close()

    assert not poller.poll(intake.receive, wait=NOW)
    assert len(intake.kept) == 1
