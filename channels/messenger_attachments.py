"""What came with the words of a Messenger message: photos, voice notes, papers, stickers, places, and what is no file.

https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messages
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from bot.model import Location, Media
from channels.loose_json import Json, inner, number, plain, rows, words

STICKERS: Mapping[str, str] = dict.fromkeys(("369239263222822", "369239343222814", "369239383222810"), "\N{THUMBS UP SIGN}")
"""The thumb in its three sizes. Of other stickers Meta tells no meaning."""
SOME_STICKER = "\N{FRAME WITH PICTURE}"

FILES: Mapping[str, str] = {"image": "image/*", "audio": "audio/*", "video": "video/*", "file": ""}
"""Attachments that can be fetched, and what is known of their type. All others are listed by kind without an address.

A reel, a shared post: the link leads to a page and not to what is seen. The person is told that we could not open it.
"""

_NO_LINKS = frozenset({*FILES, "location", "sticker"})

UNREADABLE = "unsupported"
"""The kind of a message in which there was nothing that we know of."""

_LONGEST_NAME = 1000
_LONGEST_URL = 8000
_MOST = 30


def sticker_of(message: Json) -> str:
    """The sign for a sticker, in Meta's new form (its own type) or its old one (a picture with a sticker's number)."""
    for attachment in rows(message, "attachments"):
        sticker_id = plain(inner(attachment, "payload"), "sticker_id")
        if sticker_id or plain(attachment, "type") == "sticker":
            return STICKERS.get(sticker_id, SOME_STICKER)
    return ""


def media_of(message: Json) -> Iterator[Media]:
    """What came with the words. A link that was shared stands in the words already; without words it is at least named."""
    for attachment in rows(message, "attachments")[:_MOST]:
        kind, payload = plain(attachment, "type"), inner(attachment, "payload")
        if kind in {"location", "sticker"} or plain(payload, "sticker_id"):
            continue
        if kind == "fallback" and words(message, "text"):
            continue
        url = _url(payload) if kind in FILES else ""
        name = plain(payload, "title", longest=_LONGEST_NAME) or plain(attachment, "title", longest=_LONGEST_NAME)
        yield Media(url=url, content_type=FILES.get(kind, ""), kind=kind or UNREADABLE, name=name)


def shared_link(message: Json) -> str:
    """Where something that is no file can be seen, for staff."""
    shared = (_url(inner(row, "payload")) for row in rows(message, "attachments") if plain(row, "type") not in _NO_LINKS)
    return next(filter(None, shared), "")


def _url(payload: Json) -> str:
    return plain(payload, "url", longest=_LONGEST_URL)


def location_of(message: Json) -> Location | None:
    for attachment in rows(message, "attachments"):
        point = inner(attachment, "payload", "coordinates")
        latitude, longitude = number(point, "lat"), number(point, "long")
        if latitude is None or longitude is None:
            continue
        if math.fabs(latitude) <= 90 and math.fabs(longitude) <= 180:  # noqa: PLR2004 - degrees on a globe; NaN fails too
            return Location(latitude=latitude, longitude=longitude, label=plain(attachment, "title", longest=_LONGEST_NAME))
    return None
