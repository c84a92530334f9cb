"""Messenger and Telegram on a phone: what is written or pressed there goes to the service as Meta or Telegram would post it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from bot.model import Address, ChannelName
from bot.ports import Clock
from demo.bot_api import WEBHOOK as TELEGRAM_WEBHOOK
from demo.bot_api import BotApi
from demo.corpus import Attachment
from demo.graph import WEBHOOK as MESSENGER_WEBHOOK
from demo.graph import Graph
from demo.posted import Arrived, Posted
from demo.road import Reply

_FILES: Mapping[Attachment, Mapping[str, object]] = {
    Attachment.PHOTO: {"photo": [{"file_id": "photo", "file_unique_id": "p", "width": 1080, "height": 1380, "file_size": 90000}]},
    Attachment.VOICE: {
        "voice": {"file_id": "voice", "file_unique_id": "v", "duration": 2, "mime_type": "audio/ogg", "file_size": 32000}
    },
}
"""As Telegram tells of them."""
_KINDS = {Attachment.PHOTO: "image", Attachment.VOICE: "audio"}
"""As Messenger names them."""


class MessengerPhone:
    """One person in a talk with the page. ``person`` is the number Meta gives them for this page."""

    channel = ChannelName("messenger")

    def __init__(self, person: str, *, graph: Graph, clock: Clock) -> None:
        self.person = person
        self.posted: list[Posted] = []
        self._graph = graph
        self._clock = clock

    @property
    def address(self) -> Address:
        return Address("messenger", self.person)

    @property
    def shown_as(self) -> str:
        return f"person …{self.person[-4:]}"

    def arrived(self) -> Sequence[Arrived]:
        return self._graph.to(self.person)

    def say(self, text: str, attachment: Attachment | None = None, press: str = "") -> Posted:
        message: dict[str, object] = {"mid": f"m_{uuid4().hex}"}
        if text:
            message["text"] = text
        if press:
            message["quick_reply"] = {"payload": press}
        if attachment is not None:
            file = {"url": f"https://lookaside.fbsbx.com/made-up/{attachment}"}
            message["attachments"] = [{"type": _KINDS[attachment], "payload": file}]
        at = self._clock.now()
        event = {"timestamp": self._graph.moment(), "message": message}
        body, headers, reply = self._graph.post(self.person, event)
        posted = _posted(at, text, MESSENGER_WEBHOOK, headers, body, reply, attachment)
        self.posted.append(posted)
        return posted


class TelegramPhone:
    """One person in a talk with the bot. ``chat`` is the number of their chat."""

    channel = ChannelName("telegram")

    def __init__(self, chat: str, *, api: BotApi, clock: Clock) -> None:
        self.chat = chat
        self.posted: list[Posted] = []
        self._api = api
        self._clock = clock

    @property
    def address(self) -> Address:
        return Address("telegram", self.chat)

    @property
    def shown_as(self) -> str:
        return f"chat {self.chat}"

    def arrived(self) -> Sequence[Arrived]:
        return self._api.to(self.chat)

    def say(self, text: str, attachment: Attachment | None = None, press: str = "") -> Posted:
        """A pressed key of the keyboard is its words, and nothing more."""
        del press
        said: dict[str, object] = {"text": text} if attachment is None else dict(_FILES[attachment])
        if attachment is not None and text:
            said["caption"] = text
        at = self._clock.now()
        body, headers, reply = self._api.post(self.chat, said)
        posted = _posted(at, text, TELEGRAM_WEBHOOK, headers, body, reply, attachment)
        self.posted.append(posted)
        return posted


def _posted(
    at: datetime,
    text: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    reply: Reply,
    attachment: Attachment | None,
) -> Posted:
    return Posted(
        at=at,
        text=text,
        path=path,
        headers=headers,
        body=body.decode(),
        status=reply.status,
        answer=reply.body.decode(errors="replace"),
        attachment=attachment,
    )
