"""Messenger: the gate that Meta's webhooks come through (page comments too), and the door by which messages leave.

https://developers.facebook.com/docs/messenger-platform
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from urllib.parse import parse_qs, urlsplit

from bot.errors import (
    BadSignature,
    ChannelMisconfigured,
    ContactUnreachable,
    ProviderUncertain,
    Rejected,
    WindowShut,
)
from bot.events import Event
from bot.model import ChannelTraits, Media
from bot.outgoing import Choice, DeliveryStatus, Outgoing, Part, Sent, Spoken
from channels.base import Answer, Door, Finding, Gate, Webhook
from channels.loose_json import inner, plain, read_object, rows, words
from channels.messenger_api import GraphApi, MetaPage
from channels.messenger_checks import check_page, connect_page
from channels.messenger_events import CHOICE, MESSENGER, Mine, events, standby
from channels.messenger_files import MetaFiles
from channels.page_comments import comment_events
from channels.rendering import as_text
from channels.segments import split

MESSENGER_PATH = "/webhooks/messenger"

TEXT_LIMIT, MOST_CHOICES, TITLE_LIMIT = 2000, 13, 20
"""Signs of a text and of a button's title, and buttons in all. A longer title Meta would cut itself, anywhere."""

LATE = "late"
"""The name in ``Outgoing.thread`` that marks what a person of the team writes after the window has shut."""

_CLOCKS_APART = timedelta(seconds=2)
_ANSWERED = "EVENT_RECEIVED"
_LISTED = 20

log = logging.getLogger(__name__)


class MessengerGate(Gate):
    """Everything the page is told: messages and what becomes of ours, who has the talk, comments."""

    def __init__(self, page: MetaPage) -> None:
        self._page = page
        self._mine = Mine(page_id=page.page_id, app_id=page.app_id)

    def handshake(self, webhook: Webhook) -> Answer | None:
        """Meta asks by GET whether the address is ours, and wants its own word back: as plain text, for it is anybody's."""
        if webhook.method != "GET":
            return None
        asked = parse_qs(urlsplit(webhook.url).query, keep_blank_values=True)
        mode, token, challenge = (asked.get(f"hub.{name}", [""])[0] for name in ("mode", "verify_token", "challenge"))
        if mode != "subscribe" or not _same(token, self._page.verify_token):
            raise BadSignature
        return Answer(challenge)

    def verify(self, webhook: Webhook) -> None:
        """Over the bytes as they came: Meta escapes what JSON need not, so a body put together again is another one."""
        given = webhook.headers.get("x-hub-signature-256", "").strip()
        for secret in self._page.app_secrets:
            signed = hmac.new(secret.encode(), webhook.body, hashlib.sha256).hexdigest()
            if _same(given, f"sha256={signed}"):
                return
        raise BadSignature

    def parse(self, webhook: Webhook) -> Sequence[Event]:
        """Every event of every entry."""
        content = read_object(webhook.body)
        if content.get("object") != "page":
            log.info("a webhook that is not about a page was ignored")
            return ()
        found: list[Event] = []
        for entry in rows(content, "entry"):
            if plain(entry, "id") not in {"", self._page.page_id}:
                log.info("an entry of another page was ignored")
                continue
            found += chain.from_iterable(events(self._mine, event) for event in rows(entry, "messaging"))
            found += chain.from_iterable(standby(self._mine, event) for event in rows(entry, "standby"))
            found += chain.from_iterable(comment_events(self._page.page_id, change) for change in rows(entry, "changes"))
        return tuple(found)

    def answer(self, events: Sequence[Event] = ()) -> Answer:
        del events
        return Answer(_ANSWERED)


class Messenger(Door):
    """Messages in a talk with the page. What the bot says goes within 24 hours; only people may write for seven days."""

    name = MESSENGER

    def __init__(self, page: MetaPage, *, settle: timedelta = timedelta(seconds=10)) -> None:
        self._page = page
        self._api = GraphApi(page)
        self._files = MetaFiles(page)
        self.traits = ChannelTraits(settle=settle, service_window=timedelta(hours=24), window_for_people=timedelta(days=7))

    def render(self, spoken: Spoken) -> tuple[Part, ...]:
        """The choices stand in the words as well: buttons are gone with the next message, and not every screen has them."""
        *before, last = as_text(spoken, limit=TEXT_LIMIT)
        return (*before, replace(last, choices=spoken.choices))

    def send(self, outgoing: Outgoing) -> Sent:
        """As an answer; what a person wrote goes as theirs where the window is marked, or found, to be shut."""
        late = outgoing.by_person and bool(outgoing.thread.get(LATE))
        try:
            return self._send(outgoing, late=late)
        except WindowShut:
            if not outgoing.by_person or late:
                raise
        return self._send(outgoing, late=True)

    def find(self, outgoing: Outgoing, *, since: datetime) -> Sent | None:
        """The message to this person with these words that the page sent since then. Raises ``SendError`` when Meta is away.

        Where the page may not be asked at all, nothing is found: then the echo is the only one to tell.
        """
        try:
            conversations = self._api.get(
                f"{self._page.page_id}/conversations",
                platform="messenger",
                user_id=self._to(outgoing),
                fields=f"messages.limit({_LISTED}){{id,created_time,from,message}}",
            )
        except (Rejected, ChannelMisconfigured, ContactUnreachable) as error:
            log.warning("Meta does not let us look for a message: %s", error.code)
            return None
        earliest = since.replace(microsecond=0) - _CLOCKS_APART
        for conversation in rows(conversations, "data"):
            for message in rows(inner(conversation, "messages"), "data"):
                ours = plain(inner(message, "from"), "id") == self._page.page_id
                same = words(message, "message").strip() == outgoing.text.strip()
                at = _created_at(plain(message, "created_time"))
                if ours and same and at is not None and at >= earliest:
                    return Sent(plain(message, "id") or None, DeliveryStatus.SENT)
        return None

    def fetch(self, media: Media, raw: bytes | None) -> bytes:
        del raw
        return self._files.get(media)

    def check(self) -> tuple[Finding, ...]:
        return check_page(self._page, self._api)

    def connect(self) -> tuple[Finding, ...]:
        return connect_page(self._page, self._api, webhook=f"{self._page.public_url.rstrip('/')}{MESSENGER_PATH}")

    def _send(self, outgoing: Outgoing, *, late: bool) -> Sent:
        manner = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"} if late else {"messaging_type": "RESPONSE"}
        answer = self._api.post(
            f"{self._page.page_id}/messages", {"recipient": {"id": self._to(outgoing)}, **manner, "message": _content(outgoing)}
        )
        mid = plain(answer, "message_id")
        if not mid:
            raise ProviderUncertain("Meta took a message and gave no id for it.")
        return Sent(mid, DeliveryStatus.SENT)

    def _to(self, outgoing: Outgoing) -> str:
        if outgoing.address.scheme != "messenger":
            raise ContactUnreachable("This address is not a Messenger one.")
        return outgoing.address.path


def _content(outgoing: Outgoing) -> Mapping[str, object]:
    """Our own id goes with the words and comes back with their echo, so that we know them for ours."""
    content: dict[str, object] = {"text": outgoing.text, "metadata": str(outgoing.id)}
    if buttons := [_quick_reply(number, choice) for number, choice in enumerate(outgoing.choices[:MOST_CHOICES], start=1)]:
        content["quick_replies"] = buttons
    return content


def _quick_reply(number: int, choice: Choice) -> Mapping[str, str]:
    return {"content_type": "text", "title": title_of(choice.label) or str(number), "payload": f"{CHOICE}{choice.key}"}


def title_of(label: str) -> str:
    """What fits on a button, cut after a word where there is one, and never within a sign."""
    whole = split(label.strip(), TITLE_LIMIT)
    return whole[0] if len(whole) == 1 else f"{split(label.strip(), TITLE_LIMIT - 1)[0]}…"


def _created_at(given: str) -> datetime | None:
    """``2026-11-21T10:00:00+0000``, as the Graph API writes a time."""
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), right.encode())
