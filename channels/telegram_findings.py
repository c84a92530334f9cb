"""How the bot stands with Telegram, in plain sentences, and the webhook set or taken away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from telegram import WebhookInfo

from bot.errors import SendError
from channels.base import Finding
from channels.telegram_client import TelegramClient

_PORTS = (443, 80, 88, 8443)
_MANY = 50
_CONNECT = "Run: earshot channels connect telegram"
_TOKEN_FIX = "Copy the token from BotFather (/mybots, API Token) into TELEGRAM_TOKEN."  # noqa: S105 - a sentence


class Webhooks:
    """``url`` is where we want Telegram to post, with ``secret`` in its header; empty: nowhere, for we ask ourselves."""

    def __init__(self, client: TelegramClient, *, url: str, secret: str, wanted: Sequence[str]) -> None:
        self._client = client
        self._url = url
        self._secret = secret
        self._wanted = wanted

    def check(self) -> tuple[Finding, ...]:
        try:
            bot = self._client.call(lambda bot: bot.get_me())
            info = self._client.call(lambda bot: bot.get_webhook_info())
        except SendError as error:
            return (_failed(error),)
        return (Finding(ok=True, text=f"Telegram knows the bot as @{bot.username}."), *self._of(info))

    def connect(self) -> tuple[Finding, ...]:
        if not self._url:
            return self._disconnected()
        if unfit := _unfit(self._url):
            return (unfit,)
        try:
            # What waits at Telegram is not dropped: it is what people wrote meanwhile.
            self._client.call(lambda bot: bot.set_webhook(self._url, secret_token=self._secret, allowed_updates=[*self._wanted]))
        except SendError as error:
            return (_failed(error),)
        return (Finding(ok=True, text=f"Telegram now posts to {self._url}, with our secret."),)

    def _disconnected(self) -> tuple[Finding, ...]:
        try:
            self._client.call(lambda bot: bot.delete_webhook(drop_pending_updates=False))
        except SendError as error:
            return (_failed(error),)
        return (Finding(ok=True, text="Telegram posts nowhere; this machine asks it for new messages."),)

    def _of(self, info: WebhookInfo) -> Iterator[Finding]:
        yield self._place(info.url)
        waiting = info.pending_update_count
        if waiting > _MANY:
            text = f"{waiting} messages wait at Telegram to be taken. It keeps them for 24 hours."
            yield Finding(ok=False, text=text, fix="See that the service runs and can be reached from outside.")
        elif waiting:
            yield Finding(ok=True, text=f"{waiting} of Telegram's messages are on their way.")
        if info.last_error_date is not None and self._url:
            yield _last_error(info, still=waiting > 0)
        if missing := [kind for kind in self._wanted if info.allowed_updates and kind not in info.allowed_updates]:
            yield Finding(ok=False, text=f"Telegram is told not to send: {', '.join(missing)}.", fix=_CONNECT)

    def _place(self, set_to: str) -> Finding:
        if set_to == self._url:
            text = "The webhook is ours." if set_to else "No webhook is set, and this machine asks Telegram itself."
            return Finding(ok=True, text=text)
        if not set_to:
            return Finding(ok=False, text="No webhook is set, so nothing arrives.", fix=_CONNECT)
        host = _host(set_to)
        # The rest of somebody else's address may hold a secret of theirs.
        whose = "another path of this host" if host and host == _host(self._url) else host or "an address that cannot be read"
        return Finding(ok=False, text=f"The webhook leads elsewhere: to {whose}.", fix=_CONNECT)


def _last_error(info: WebhookInfo, *, still: bool) -> Finding:
    said = info.last_error_message or "it does not say why"
    when = f"{info.last_error_date:%d %B %Y, %H:%M} UTC"
    fix = "See that EARSHOT_PUBLIC_URL can be reached from outside, with a certificate the world accepts."
    if "403" in said:
        fix = f"TELEGRAM_SECRET is not the one that the webhook was set with. {_CONNECT}"
    return Finding(ok=not still, text=f"Telegram last failed to deliver on {when}: {said}", fix=fix if still else "")


def _failed(error: SendError) -> Finding:
    fixes = {"401": _TOKEN_FIX, None: "See that this machine can reach api.telegram.org (or TELEGRAM_API_URL)."}
    return Finding(ok=False, text=str(error), fix=fixes.get(error.code, "Try again in a minute."))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _unfit(url: str) -> Finding | None:
    parts = urlsplit(url)
    if parts.scheme == "https" and (parts.port or 443) in _PORTS:
        return None
    text = "Telegram posts only to an https address at port 443, 80, 88 or 8443, and EARSHOT_PUBLIC_URL is none."
    return Finding(
        ok=False, text=text, fix="Set EARSHOT_PUBLIC_URL, or leave TELEGRAM_SECRET out: then this machine asks Telegram."
    )
