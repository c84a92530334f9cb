"""Telegram: the gate its webhook comes through, the door messages leave by, and the poller that asks where no webhook can come.

https://core.telegram.org/bots/api. A text has at most 4096 characters; about one message a second goes to one chat.
"""

from __future__ import annotations

import hmac
import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from telegram import KeyboardButton, LinkPreviewOptions, ReplyKeyboardMarkup, ReplyKeyboardRemove

from bot.errors import (
    BadSettings,
    BadSignature,
    BadWebhook,
    ContactUnreachable,
    MediaGone,
    MediaRefused,
    ProviderUnavailable,
    Rejected,
    SendError,
    StoreUnavailable,
)
from bot.events import Event
from bot.model import ChannelTraits, Media
from bot.outgoing import Choice, DeliveryStatus, Outgoing, Part, Sent, Spoken
from channels.base import Answer, Door, Finding, Gate, Webhook
from channels.calls import is_loopback
from channels.fetching import Download
from channels.loose_json import read_object
from channels.rendering import as_text
from channels.telegram_client import READ, TELEGRAM_API, TelegramClient
from channels.telegram_events import HANDLED, TELEGRAM, events, name_of, press_of
from channels.telegram_findings import Webhooks

WEBHOOK_PATH = "/webhooks/telegram"
LIMIT = 4096
"""Characters of a text; counted here in UTF-16 units, which are never fewer."""

_SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the name of the header, not what stands in it
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{10,200}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_ROW = 24
"""Characters of labels side by side; what is longer gets a row to itself."""
_LONGEST_WAIT = 50
_AT_ONCE = 100

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramAccount:
    """The bot and where both sides are. Without a ``secret`` there is no webhook, and the poller asks instead.

    ``public_url`` is our own address; ``api_url`` is Telegram's, or that of a Bot API server of one's own.
    """

    token: str = field(repr=False)
    secret: str = field(default="", repr=False)
    public_url: str = ""
    api_url: str = TELEGRAM_API

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.token):
            raise BadSettings(
                "TELEGRAM_TOKEN is not a bot's token: it is a number, a colon and a long word, as BotFather gives it."
            )
        if self.secret and not _SECRET.fullmatch(self.secret):
            raise BadSettings("TELEGRAM_SECRET may have up to 256 letters, digits, _ and - only.")

    @property
    def bot_id(self) -> str:
        return self.token.partition(":")[0]

    @property
    def webhook_url(self) -> str:
        return f"{self.public_url.rstrip('/')}{WEBHOOK_PATH}"


class TelegramGate(Gate):
    """Updates by webhook. Telegram signs nothing: a secret in a header, which we chose, is all there is."""

    def __init__(self, account: TelegramAccount) -> None:
        if not account.secret:
            # With an empty secret anybody could say they are Telegram.
            raise BadSettings("Telegram's webhook needs TELEGRAM_SECRET.")
        self._account = account

    def verify(self, webhook: Webhook) -> None:
        given = webhook.headers.get(_SECRET_HEADER, "").encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(given, self._account.secret.encode()):
            raise BadSignature

    def parse(self, webhook: Webhook) -> Sequence[Event]:
        return events(read_object(webhook.body), account=self._account.bot_id)

    def answer(self, events: Sequence[Event] = ()) -> Answer:
        """A pressed button shows as waiting until it is answered, and the answer may ride on this one."""
        if press := next(filter(None, map(press_of, events)), ""):
            called = {"method": "answerCallbackQuery", "callback_query_id": press}
            return Answer(json.dumps(called), content_type="application/json")
        return Answer()


class TelegramDoor(Door):
    """Messages to people, as plain text: no parse mode, so that no sign in them can be a fault of form."""

    name = TELEGRAM

    def __init__(self, account: TelegramAccount, client: TelegramClient, *, settle: timedelta = timedelta(seconds=10)) -> None:
        self.traits = ChannelTraits(settle=settle)
        self._client = client
        self._webhooks = Webhooks(
            client, url=account.webhook_url if account.secret else "", secret=account.secret, wanted=HANDLED
        )
        self._download = Download(hosts=[client.host], allow_loopback=is_loopback(client.host))

    def render(self, spoken: Spoken) -> tuple[Part, ...]:
        """The choices as lines too: not every program shows a keyboard, and a voice that reads aloud comes to the lines first."""
        *before, last = as_text(spoken, limit=LIMIT)
        return (*before, replace(last, choices=spoken.choices))

    def send(self, outgoing: Outgoing) -> Sent:
        if outgoing.address.scheme != TELEGRAM:
            raise ContactUnreachable("This address is not a Telegram chat.")
        chat, text, keyboard = outgoing.address.path, outgoing.text, _keyboard(outgoing.choices)
        message = self._client.call(
            lambda bot: bot.send_message(
                chat, text, reply_markup=keyboard, link_preview_options=LinkPreviewOptions(is_disabled=True)
            )
        )
        if not message.message_id:
            raise Rejected("Telegram took the message and gave no number for it, so it is not on its way.")
        return Sent(name_of(outgoing.address, str(message.message_id)), DeliveryStatus.SENT)

    def fetch(self, media: Media, raw: bytes | None) -> bytes:
        """By the file's id, which is good for long. The link behind it lasts an hour, and holds the token: it stays here."""
        del raw
        if not media.url:
            raise MediaRefused("Telegram gives no id for this file.")
        try:
            file = self._client.call(lambda bot: bot.get_file(media.url))
        except Rejected as refused:
            raise _unfetched(str(refused)) from None
        except SendError as failed:
            raise ProviderUnavailable(str(failed), code=failed.code, retry_after=failed.retry_after) from None
        if not file.file_path:
            raise MediaRefused("Telegram says that it has this file, and not where.")
        return self._download.get(file.file_path)

    def check(self) -> tuple[Finding, ...]:
        return self._webhooks.check()

    def connect(self) -> tuple[Finding, ...]:
        return self._webhooks.connect()


class TelegramPoller:
    """For a machine that Telegram cannot reach: it asks. Fits ``bot.ports.Poller``.

    An update counts as taken only when the next round asks for what comes after it. One that nobody can take is asked for
    again, and does not keep back those after it: they come again with it, and are repeats.
    """

    name = str(TELEGRAM)

    def __init__(self, account: TelegramAccount, client: TelegramClient) -> None:
        self._account = account
        self._client = client
        self._next: int | None = None

    def poll(self, receive: Callable[[Sequence[Event]], object], *, wait: timedelta) -> bool:
        """Raises ``ProviderUnavailable``, and whatever ``receive`` raises; what it did not take then comes again."""
        updates = self._asked(min(max(int(wait.total_seconds()), 0), _LONGEST_WAIT))
        failed: Exception | None = None
        for update in updates:
            try:
                self._hand_on(update, receive)
            except StoreUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, it goes to whoever polls, once the others are kept
                failed = failed or error
            if failed is None and isinstance(number := update.get("update_id"), int):
                self._next = number + 1
        if failed is not None:
            raise failed
        if not updates:
            # All is confirmed. After a quiet week Telegram counts on from any number, and one below ours would be forgotten.
            self._next = None
        return bool(updates)

    def close(self) -> None:
        """Nothing is held between rounds but the client's own connection, which serves the door too."""

    def _asked(self, seconds: int) -> list[Mapping[str, object]]:
        """What is new, as it came. The library's own ``get_updates`` gives nothing at all if a single one is malformed."""
        wanted: dict[str, Any] = {
            "timeout": seconds,
            "limit": _AT_ONCE,
            "allowed_updates": [*HANDLED],
            **({} if self._next is None else {"offset": self._next}),
        }
        try:
            # Methods have no case at Telegram; spelt like this, the library does not point to its own.
            found = self._client.call(
                lambda bot: bot.do_api_request("getupdates", wanted, read_timeout=READ + seconds), seconds=READ + seconds + 10
            )
        except ProviderUnavailable:
            raise
        except SendError as failed:
            raise ProviderUnavailable(str(failed), code=failed.code, retry_after=failed.retry_after) from None
        return [update for update in found if isinstance(update, dict)] if isinstance(found, list) else []

    def _hand_on(self, update: Mapping[str, object], receive: Callable[[Sequence[Event]], object]) -> None:
        try:
            found = events(update, account=self._account.bot_id)
        except BadWebhook as error:
            log.warning("an update of Telegram's could not be read and is left out: %s", error)
            return
        if found:
            receive(found)
        for press in filter(None, map(press_of, found)):
            with suppress(SendError):  # the person's button looks as if it waited, no more
                self._client.call(lambda bot, press=press: bot.answer_callback_query(press))  # type: ignore[misc] # bound now


def _keyboard(choices: Sequence[Choice]) -> ReplyKeyboardMarkup | ReplyKeyboardRemove:
    """A press comes back as the label's words. Without choices the last question's keyboard goes away."""
    if not choices:
        return ReplyKeyboardRemove()
    rows: list[list[KeyboardButton]] = []
    room = 0
    for choice in choices:
        room -= len(choice.label)
        if room < 0:
            rows.append([])
            room = _ROW - len(choice.label)
        rows[-1].append(KeyboardButton(choice.label))
    return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)


def _unfetched(said: str) -> Exception:
    if "too big" in said.lower():
        return MediaRefused("The file is larger than the 20 MB that Telegram gives to a bot.")
    if "temporarily unavailable" in said.lower():
        return ProviderUnavailable("Telegram cannot give this file at present.")
    return MediaGone("Telegram does not know this file.")
