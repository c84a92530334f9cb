"""The library's event loop, used from threads and after a fork; and what becomes of calls that get no answer."""

from __future__ import annotations

import logging
import multiprocessing
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Thread, active_count
from threading import enumerate as threads

import pytest

from bot.errors import BadSettings, ChannelMisconfigured, ProviderUnavailable, ProviderUncertain
from channels import telegram_client
from channels.telegram import TelegramDoor
from channels.telegram_client import TelegramClient
from tests.channels.file_host import FileHost, file_host
from tests.channels.telegram_host import PARENT, TOKEN, BotApi
from tests.channels.telegram_payloads import account, outgoing


def _loops_since(before: set[Thread]) -> list[Thread]:
    """Those started since: another test of this process may have left a client of its own."""
    return [thread for thread in threads() if thread.name == "telegram" and thread not in before]


def test_one_call_after_the_other_goes_through_one_loop(bots: BotApi, telegram: TelegramDoor) -> None:
    """A loop for each call breaks at the second, after the message has left."""
    before = set(threads())
    for _ in range(3):
        telegram.send(outgoing())

    assert bots.sent == 103
    assert len(_loops_since(before)) == 1


def test_many_threads_share_it(bots: BotApi, telegram: TelegramDoor) -> None:
    before = set(threads())
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda number: telegram.send(outgoing(f"word{number}")), range(24)))

    assert len({row.provider_id for row in sent}) == 24
    assert len(_loops_since(before)) == 1


def _send_in_a_child(telegram: TelegramDoor, done: object) -> None:
    telegram.send(outgoing("from the child"))
    done.put("sent")  # type: ignore[attr-defined] # a queue


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_makes_a_loop_of_its_own_and_the_parents_goes_on(bots: BotApi, telegram: TelegramDoor) -> None:
    """As gunicorn does with --preload: the loop's thread does not live on in the child."""
    telegram.send(outgoing("before"))
    forking = multiprocessing.get_context("fork")
    done = forking.Queue()
    child = forking.Process(target=_send_in_a_child, args=(telegram, done))
    child.start()

    assert done.get(timeout=20) == "sent"
    child.join(20)
    telegram.send(outgoing("after"))
    assert [call["text"] for call in bots.asked("sendmessage")] == ["before", "from the child", "after"]


def test_nothing_starts_before_the_first_call(bots: BotApi) -> None:
    before = active_count()

    TelegramDoor(account(api_url=bots.url), TelegramClient(token=TOKEN, url=bots.url))

    assert active_count() == before


def test_a_closed_client_can_be_used_again(bots: BotApi, telegram_client: TelegramClient, telegram: TelegramDoor) -> None:
    telegram.send(outgoing())
    telegram_client.close()
    telegram_client.close()

    telegram.send(outgoing())

    assert bots.sent == 102


def test_a_machine_that_cannot_be_reached_got_nothing() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        client = TelegramClient(token=TOKEN, url=f"http://127.0.0.1:{closed.getsockname()[1]}")
        with pytest.raises(ProviderUnavailable):
            client.call(lambda bot: bot.send_message(PARENT, "x"))
        client.close()


def test_a_connection_that_says_nothing_may_have_taken_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram_client, "READ", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        client = TelegramClient(token=TOKEN, url=f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(ProviderUncertain):
            client.call(lambda bot: bot.send_message(PARENT, "x"))
        client.close()


def test_a_call_that_takes_too_long_is_given_up(telegram_client: TelegramClient) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        slow = TelegramClient(token=TOKEN, url=f"http://127.0.0.1:{silent.getsockname()[1]}")
        started = time.monotonic()
        with pytest.raises(ProviderUncertain):
            slow.call(lambda bot: bot.send_message(PARENT, "x"), seconds=0.2)
        assert time.monotonic() - started < 5
        slow.close()


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileHost]:
    with file_host() as running:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, running.url)
            monkeypatch.setenv(name.lower(), running.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        yield running


def test_the_standard_proxy_variables_are_honoured(proxy: FileHost) -> None:
    client = TelegramClient(token=TOKEN)

    with pytest.raises(ProviderUnavailable):
        client.call(lambda bot: bot.get_me())
    assert proxy.asked == ["CONNECT api.telegram.org:443"]
    client.close()


def test_a_proxy_that_cannot_be_used_is_told_and_nothing_counts_as_sent(proxy: FileHost, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "socks9://127.0.0.1:1")

    with pytest.raises(ChannelMisconfigured, match="proxy"):
        TelegramClient(token=TOKEN).call(lambda bot: bot.get_me())


def test_a_stand_in_on_this_machine_is_not_behind_the_proxy(proxy: FileHost, telegram: TelegramDoor) -> None:
    telegram.send(outgoing())

    assert proxy.asked == []


@pytest.mark.parametrize(
    "url", ["", "api.telegram.org", "ftp://x", "https://", "https://[half", "https://x/{token}", "https://x/?a"]
)
def test_an_address_that_is_none_is_said_to_be_so(url: str) -> None:
    with pytest.raises(BadSettings, match="TELEGRAM_API_URL"):
        TelegramClient(token=TOKEN, url=url)


def test_nothing_that_is_sent_or_answered_is_logged(
    bots: BotApi, telegram: TelegramDoor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    telegram.send(outgoing("nobody rang us back"))
    bots.fail_next(200, '{"ok": true, "result": nobody rang us back')
    with pytest.raises(ProviderUncertain):
        telegram.send(outgoing("nobody rang us back"))

    assert not any(private in caplog.text for private in ("nobody rang", TOKEN, str(PARENT)))


def test_no_secret_shows_when_a_client_is_printed(bots: BotApi, telegram_client: TelegramClient, telegram: TelegramDoor) -> None:
    telegram.send(outgoing())

    assert TOKEN not in repr(telegram_client) + str(vars(telegram_client)) + repr(telegram)
