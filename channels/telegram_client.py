"""Telegram's Bot API through python-telegram-bot: from threads to its event loop, and what each refusal means to us.

https://core.telegram.org/bots/api#making-requests

The library is asynchronous and its connections belong to one event loop. A loop for each call breaks at the second call
("Event loop is closed", after the message has left), and a loop's thread does not live on in a forked child, whose calls
then wait for ever. So there is one loop in one thread for each process, made at the first call in that process.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Lock, Thread
from typing import TypeVar

import httpx
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from bot.errors import (
    BadSettings,
    ChannelMisconfigured,
    ContactOptedOut,
    ContactUnreachable,
    ProviderUnavailable,
    ProviderUncertain,
    Rejected,
    SendError,
    Throttled,
)
from channels.calls import host_of, is_loopback

TELEGRAM_API = "https://api.telegram.org"
CONNECT, READ = 5.0, 15.0
"""Seconds. The outbox holds its lease longer than both together."""

REFUSALS: Mapping[str, type[SendError]] = {
    "bot was blocked by the user": ContactOptedOut,
    "user is deactivated": ContactUnreachable,
    "bot can't initiate conversation": ContactUnreachable,
    "bot can't send messages to bots": ContactUnreachable,
    "bot was kicked": ContactUnreachable,
    "chat not found": ContactUnreachable,
    "user not found": ContactUnreachable,
    "peer_id_invalid": ContactUnreachable,
    "too many requests": Throttled,
}
"""What Telegram's sentences mean to us; it has no codes of its own. A 403 that is not here is unreachable, a 400 rejected."""

_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
_LONGEST_PAUSE = timedelta(days=1)
_REDIRECT = re.compile(r"[A-Z][A-Za-z ]+ \(3\d\d\)")
_PERSONAL = re.compile(r"\"[^\"]*\"?|\S*\d\S*|@\S+")
"""What Telegram may repeat of us in its sentences; those go to logs and to the office."""
_SAID = 200

_UNREAD = partial(ProviderUncertain, "Telegram's answer could not be read.")
_BAD_TOKEN = partial(ChannelMisconfigured, "Telegram did not accept TELEGRAM_TOKEN.", code="401")
_OURS: Mapping[type[TelegramError], Callable[[], SendError]] = {
    InvalidToken: _BAD_TOKEN,
    EndPointNotFound: _BAD_TOKEN,
    ChatMigrated: partial(ContactUnreachable, "This chat has become another one.", code="400"),
}

_T = TypeVar("_T")
Ask = Callable[[Bot], Awaitable[_T]]


class TelegramClient:
    """Calls the Bot API from any thread of any process. No exception of a library gets out of it.

    Made of an address that is none it raises ``BadSettings``; later only ``SendError``.
    """

    def __init__(self, *, token: str, url: str = TELEGRAM_API) -> None:
        if set(url) & set("{}?#"):
            raise BadSettings("TELEGRAM_API_URL is not an address.")
        self.host = host_of(url, setting="TELEGRAM_API_URL")
        self._make = _Maker(token, url.rstrip("/"), through_proxy=not is_loopback(self.host))
        # Those of other processes stay where they are: to close an inherited loop would disturb the parent's.
        self._loops: dict[int, _Loop] = {}
        for name, level in (("httpx", logging.WARNING), ("httpcore", logging.WARNING), ("telegram", logging.CRITICAL)):
            # They write addresses with the token in them, and what was sent and answered, as low as DEBUG and as high as ERROR.
            logging.getLogger(name).setLevel(level)

    def call(self, ask: Ask[_T], *, seconds: float = CONNECT + READ + 5) -> _T:
        """What the bot's method gives. ``seconds``: when to stop waiting for it. Raises ``SendError``."""
        process = os.getpid()
        loop = self._loops.get(process) or self._loops.setdefault(process, _Loop(self._make))
        try:
            return loop.run(ask, seconds)
        except TelegramError as error:
            raise _meaning(error) from None
        except SendError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a strange answer does to the client, the message may have left
            raise ProviderUncertain(f"Telegram's answer could not be read ({type(error).__name__}).") from None

    def close(self) -> None:
        """Let go of connections and thread; the next call makes new ones."""
        if loop := self._loops.pop(os.getpid(), None):
            loop.close()


class _Maker:
    """Makes the library's client, and what it sends its requests through. The loop it is used on is the one it belongs to."""

    def __init__(self, token: str, url: str, *, through_proxy: bool) -> None:
        self._token = token
        self._url = url
        self._through_proxy = through_proxy

    def __call__(self) -> tuple[Bot, tuple[HTTPXRequest, HTTPXRequest]]:
        requests = self._request(connections=16), self._request(connections=1)
        bot = Bot(
            self._token,
            base_url=f"{self._url}/bot",
            base_file_url=f"{self._url}/file/bot",
            request=requests[0],
            get_updates_request=requests[1],
        )
        return bot, requests

    def _request(self, *, connections: int) -> HTTPXRequest:
        return HTTPXRequest(
            connection_pool_size=connections,
            connect_timeout=CONNECT,
            read_timeout=READ,
            write_timeout=READ,
            pool_timeout=CONNECT,
            # A stand-in on this machine is never behind the proxy that the environment names for the rest of the world.
            httpx_kwargs={"trust_env": self._through_proxy},
        )


@dataclass(frozen=True, slots=True)
class _Running:
    loop: asyncio.AbstractEventLoop
    thread: Thread
    bot: Bot
    requests: Sequence[HTTPXRequest]

    def close(self) -> None:
        async def shut() -> None:
            for request in self.requests:
                await request.shutdown()

        asyncio.run_coroutine_threadsafe(shut(), self.loop).result(CONNECT)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


class _Loop:
    """One event loop in a thread of its own, and the bot that lives on it; both made when they are first needed."""

    def __init__(self, make: _Maker) -> None:
        self._make = make
        self._lock = Lock()
        self._running: _Running | None = None

    def run(self, ask: Ask[_T], seconds: float) -> _T:
        running = self._started()

        async def asked() -> _T:
            return await ask(running.bot)

        future = asyncio.run_coroutine_threadsafe(asked(), running.loop)
        try:
            return future.result(seconds)
        finally:
            future.cancel()

    def close(self) -> None:
        with self._lock:
            running, self._running = self._running, None
        if running is not None:
            running.close()

    def _started(self) -> _Running:
        with self._lock:
            if self._running is None:
                bot, requests = self._made()
                loop = asyncio.new_event_loop()
                thread = Thread(target=loop.run_forever, name="telegram", daemon=True)
                self._running = _Running(loop, thread, bot, requests)
                thread.start()
            return self._running

    def _made(self) -> tuple[Bot, Sequence[HTTPXRequest]]:
        try:
            return self._make()
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing has left
            kind = type(error).__name__
            raise ChannelMisconfigured(
                f"Telegram's client cannot be made ({kind}). Look at the proxy and CA variables; socks proxies are not served."
            ) from None


def _meaning(error: TelegramError) -> SendError:
    """The library's tree of errors in our words; BadRequest is one of its network errors."""
    if isinstance(error, RetryAfter):
        return Throttled(code="429", retry_after=_pause(error.retry_after))
    if isinstance(error, Forbidden | BadRequest):
        return _refused(error)
    if isinstance(error, Conflict):
        return ProviderUnavailable(_conflict(error.message.lower()), code="409")
    if isinstance(error, NetworkError):
        return _lost(error)
    return next((made for kind, made in _OURS.items() if isinstance(error, kind)), _UNREAD)()


def _refused(error: Forbidden | BadRequest) -> SendError:
    """In Telegram's own words, without what they may repeat of a person."""
    code, otherwise = ("403", ContactUnreachable) if isinstance(error, Forbidden) else ("400", Rejected)
    told = _PERSONAL.sub("…", error.message)[:_SAID]
    return (_known(error) or otherwise)(f"Telegram refused it: {told}", code=code)


def _known(error: TelegramError) -> type[SendError] | None:
    said = error.message.lower()
    return next((kind for sentence, kind in REFUSALS.items() if sentence in said), None)


def _lost(error: NetworkError) -> SendError:
    """No answer, or none of Telegram's. Only where the request surely did not leave may it be sent again without asking."""
    if _known(error) is Throttled:
        return Throttled(code="429")
    causes = tuple(_causes(error))
    if any(isinstance(cause, UnicodeEncodeError) for cause in causes):
        return Rejected("The message holds a sign that cannot be sent.")
    if any(isinstance(cause, _NEVER_LEFT) for cause in causes):
        return ProviderUnavailable("Telegram could not be reached.")
    if _REDIRECT.match(error.message):
        return ChannelMisconfigured("TELEGRAM_API_URL points to something that answers with a redirect.")
    if any(isinstance(cause, httpx.HTTPError) for cause in causes):
        return ProviderUncertain("The connection to Telegram broke before it answered.")
    return ProviderUncertain("Telegram is unwell, and does not say whether it took the message.")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _conflict(said: str) -> str:
    if "webhook" in said:
        return "Telegram sends this bot's messages to a webhook, and so gives nothing to whoever asks for them."
    return "Somebody else is asking Telegram for this bot's messages."


def _pause(given: float | timedelta) -> timedelta:
    """Seconds or a timedelta: which of them it is the PTB_TIMEDELTA variable decides."""
    pause = given if isinstance(given, timedelta) else timedelta(seconds=given)
    return min(max(pause, timedelta(0)), _LONGEST_PAUSE)
