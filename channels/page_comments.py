"""Comments under the page's posts: shown to staff, who may once ask the writer, in private, to talk to us.

https://developers.facebook.com/docs/graph-api/webhooks/reference/page/#feed and
https://developers.facebook.com/docs/messenger-platform/discovery/private-replies. A comment is public and was not said
to us, so it is a record and no feedback. Nothing is ever written under it: what is answered there all the world reads.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from bot.errors import ProviderUncertain, Rejected
from bot.events import Amended, Event, Withdrawn
from bot.model import Address, ChannelName, ChannelTraits, InboundMessage, Manner, Media
from bot.outgoing import DeliveryStatus, Outgoing, Part, Sent, Spoken
from channels.base import Door
from channels.loose_json import Json, inner, moment, plain, words
from channels.messenger_api import GraphApi, MetaPage
from channels.messenger_files import MetaFiles
from channels.rendering import as_text

COMMENTS = ChannelName("comments")
TEXT_LIMIT = 2000
INVITED_WITHIN = timedelta(days=7)
"""A comment can be answered in private for so long, and once ever. What is answered to that opens an ordinary talk."""

_LONGEST_NAME = 200
_LONGEST_URL = 8000

log = logging.getLogger(__name__)


def comment_events(page_id: str, change: Json) -> Iterator[Event]:
    """What one entry of ``changes`` comes to: a comment, new words for one, one less, or nothing."""
    value = inner(change, "value")
    if plain(change, "field") != "feed" or plain(value, "item") != "comment":
        return
    comment_id = plain(value, "comment_id")
    if not comment_id:
        log.warning("a comment without an id was ignored")
    elif plain(inner(value, "from"), "id") != page_id and (translate := _VERBS.get(plain(value, "verb"))):
        yield translate(page_id, comment_id, value)


def _added(page_id: str, comment_id: str, value: Json) -> Event:
    """``from`` is missing where Meta does not tell the writer; then each comment stands for somebody of its own."""
    writer = inner(value, "from")
    details = {
        "post_id": plain(value, "post_id"),
        "parent_id": plain(value, "parent_id"),
        "author": plain(writer, "name", longest=_LONGEST_NAME),
    }
    return InboundMessage(
        channel=COMMENTS,
        account=page_id,
        external_id=comment_id,
        sender=Address("comment", plain(writer, "id") or comment_id),
        text=words(value, "message"),
        media=tuple(_media(value)),
        sent_at=moment(value, "created_time"),
        details={name: known for name, known in details.items() if known},
        manner=Manner.RECORD,
        thread={"comment_id": comment_id},
    )


def _edited(page_id: str, comment_id: str, value: Json) -> Event:
    return Amended(
        channel=COMMENTS,
        account=page_id,
        external_id=comment_id,
        text=words(value, "message"),
        manner=Manner.RECORD,
        thread={"comment_id": comment_id},
    )


def _gone(page_id: str, comment_id: str, value: Json) -> Event:
    """Taken away by its writer or the page, or hidden from the public."""
    del value
    return Withdrawn(channel=COMMENTS, account=page_id, external_id=comment_id)


_VERBS: Mapping[str, Callable[[str, str, Json], Event]] = {
    "add": _added,
    "edited": _edited,
    "edit": _edited,
    "remove": _gone,
    "delete": _gone,
    "hide": _gone,
}


def _media(value: Json) -> Iterator[Media]:
    for kind, content_type in (("photo", "image/*"), ("video", "video/*")):
        if url := plain(value, kind, longest=_LONGEST_URL):
            yield Media(url=url, content_type=content_type, kind=kind)


class CommentsDoor(Door):
    """The one private invitation to who wrote a comment. The bot itself says nothing here; staff press a button."""

    name = COMMENTS

    def __init__(self, page: MetaPage) -> None:
        self._page_id = page.page_id
        self._api = GraphApi(page)
        self._files = MetaFiles(page)
        self.traits = ChannelTraits(settle=timedelta(0), window_for_people=INVITED_WITHIN, answers=False)

    def render(self, spoken: Spoken) -> tuple[Part, ...]:
        """More than one part cannot arrive: Meta takes one message for a comment, and refuses the rest."""
        return as_text(spoken, limit=TEXT_LIMIT)

    def send(self, outgoing: Outgoing) -> Sent:
        comment_id = outgoing.thread.get("comment_id", "")
        if not comment_id:
            raise Rejected("It is not said which comment this answers.")
        answer = self._api.post(
            f"{self._page_id}/messages",
            {
                "recipient": {"comment_id": comment_id},
                "message": {"text": outgoing.text, "metadata": str(outgoing.id)},
            },
        )
        mid = plain(answer, "message_id")
        if not mid:
            raise ProviderUncertain("Meta took the invitation and gave no id for it.")
        return Sent(mid, DeliveryStatus.SENT)

    def fetch(self, media: Media, raw: bytes | None) -> bytes:
        del raw
        return self._files.get(media)
