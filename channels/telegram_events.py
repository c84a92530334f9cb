"""Telegram's updates into our events: a message, an edit, a pressed button, a block. Tables first.

https://core.telegram.org/bots/api#update. Fields are added without notice, so what is not named here is ignored; names,
user names and the telephone numbers in contact cards are personal, not needed, and dropped.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Mapping

from bot.conversation import Command
from bot.errors import BadWebhook
from bot.events import Amended, Blocked, Event
from bot.model import Address, ChannelName, InboundMessage, Location, Media
from channels.fetching import MAX_MEDIA
from channels.loose_json import Json, as_plain, inner, moment, number, plain, rows, words

TELEGRAM = ChannelName("telegram")

HANDLED = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update we ask for. The last is how we hear that somebody has blocked us."""

FILES: Mapping[str, str] = {
    "voice": "audio/ogg",
    "audio": "audio/mpeg",
    "video": "video/mp4",
    "video_note": "video/mp4",
    "animation": "video/mp4",
    "document": "",
}
"""What holds one file, and of what type it is where Telegram does not say."""

NOTED = ("contact", "poll", "checklist", "game", "story", "paid_media", "invoice", "giveaway", "sticker", "location")
"""What a person may send that we keep nothing of but that it came: a contact card holds somebody else's number."""

WORDS = frozenset(command.value for command in Command)
"""Our commands, as Telegram's menu writes them: ``/stop`` is ``stop``."""

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@[A-Za-z0-9_]{1,64})?(?:\s+(.*))?", re.DOTALL)
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NUMBER = re.compile(r"-?[0-9]{1,19}")
_LONGEST_NAME, _LONGEST_DETAIL, _LONGEST_FILE_ID = 200, 1000, 1000


def events(update: Json, *, account: str) -> tuple[Event, ...]:
    """What an update tells; nothing for groups, channels, bots and kinds we do not serve. Raises ``BadWebhook``."""
    if content := inner(update, "message"):
        return tuple(_message(content, update, account=account))
    if content := inner(update, "edited_message"):
        return tuple(_amended(content, account=account))
    if content := inner(update, "callback_query"):
        return tuple(_pressed(content, account=account))
    if content := inner(update, "my_chat_member"):
        return tuple(_membership(content))
    return ()


def press_of(event: Event) -> str:
    """The id by which Telegram wants a pressed button answered; empty for anything else."""
    return event.details.get("callback_query", "") if isinstance(event, InboundMessage) else ""


def _message(content: Json, update: Json, *, account: str) -> Iterator[Event]:
    if not _is_private(content):
        return
    chat, details = _chat(content), _details(content)
    text, ref = _words(content, details)
    media, location = tuple(_media(content)), _location(content)
    if not (text or media or location):
        kind = next((kind for kind in (*NOTED, "photo", *FILES) if content.get(kind)), "")
        if not kind:  # "you pinned a message" and its like: nobody has said anything
            return
        details["kind"] = kind
    yield InboundMessage(
        channel=TELEGRAM,
        account=account,
        external_id=_name(chat, content, update),
        sender=chat,
        text=text,
        media=media,
        location=location,
        sent_at=moment(content, "date"),
        details=details,
        ref=ref,
    )


def _amended(content: Json, *, account: str) -> Iterator[Event]:
    """A live location sends itself as an edit every few seconds; only new words are of interest."""
    text, _ = _words(content, {})
    if _is_private(content) and text:
        yield Amended(channel=TELEGRAM, account=account, external_id=_name(_chat(content), content, {}), text=text)


def _pressed(press: Json, *, account: str) -> Iterator[Event]:
    """A button under a message. Our own buttons are a keyboard and come as words; this is for one that is not."""
    message, choice, name = inner(press, "message"), plain(press, "data"), plain(press, "id")
    # Of a message that is old Telegram shows nothing; in a private chat the person's id is the chat's.
    chat = message if inner(message, "chat") else {"chat": {"id": inner(press, "from").get("id"), "type": "private"}}
    if not (choice and name) or inner(press, "from").get("is_bot") is True or not _is_private({**chat, "from": {}}):
        return
    sender = _chat(chat)
    keyboard = inner(message, "reply_markup").get("inline_keyboard")
    buttons = [button for row in keyboard if isinstance(row, list) for button in row] if isinstance(keyboard, list) else []
    yield InboundMessage(
        channel=TELEGRAM,
        account=account,
        external_id=name_of(sender, f"press:{name}"),
        sender=sender,
        text=next(
            (words(button, "text") for button in rows({"all": buttons}, "all") if plain(button, "callback_data") == choice), ""
        ),
        choice=choice,
        details={"callback_query": name},
    )


def _membership(change: Json) -> Iterator[Event]:
    if _is_private({**change, "from": {}}) and inner(change, "new_chat_member").get("status") == "kicked":
        yield Blocked(channel=TELEGRAM, sender=_chat(change))


def _is_private(content: Json) -> bool:
    """Whether one person wrote this to us alone. A message without a word on the chat's kind is one if its id is a person's."""
    kind = plain(inner(content, "chat"), "type")
    if inner(content, "from").get("is_bot") is True:
        return False
    return kind == "private" or (not kind and not as_plain(inner(content, "chat").get("id")).startswith("-"))


def _chat(content: Json) -> Address:
    found = as_plain(inner(content, "chat").get("id"))
    if not _NUMBER.fullmatch(found):
        raise BadWebhook("The update does not say which chat it is of.")
    return Address("telegram", found)


def _name(chat: Address, content: Json, update: Json) -> str:
    """Message numbers are counted chat by chat. Without one the update's own number has to do."""
    if _NUMBER.fullmatch(counted := as_plain(content.get("message_id"))):
        return name_of(chat, counted)
    if _NUMBER.fullmatch(counted := as_plain(update.get("update_id"))):
        return name_of(chat, f"update:{counted}")
    raise BadWebhook("The message has no number.")


def name_of(chat: Address, counted: str) -> str:
    """What a message is called in the store. The chat is the person, so its number does not stand there in clear."""
    return hashlib.sha256(f"{chat}:{counted}".encode()).hexdigest()


def _words(content: Json, details: dict[str, str]) -> tuple[str, str]:
    """What was said, and by which link the person came. Raises nothing; ``details`` keeps a command as it was typed."""
    if said := words(content, "text"):
        return _command(said, details)
    if caption := words(content, "caption"):
        return caption, ""
    if venue := inner(content, "venue"):
        return _label(venue), ""
    return words(inner(content, "sticker"), "emoji") or words(inner(content, "dice"), "emoji"), ""


def _command(said: str, details: dict[str, str]) -> tuple[str, str]:
    """``/stop`` and ``/stop@our_bot`` are STOP, ``/start x`` came by the link ``x``; other commands are words like any others."""
    typed = _COMMAND.fullmatch(said.strip())
    if typed is None or (word := typed[1].lower()) not in WORDS:
        return said, ""
    rest = (typed[2] or "").strip()
    is_link = word == Command.START and _PAYLOAD.fullmatch(rest) is not None
    if word == Command.START and rest and not is_link:
        return said, ""
    details["command"] = said[:_LONGEST_DETAIL]
    return (word, rest) if is_link else (f"{word} {rest}".rstrip(), "")


def _media(content: Json) -> Iterator[Media]:
    if sizes := [size for size in rows(content, "photo") if plain(size, "file_id")]:
        fitting = [size for size in sizes if _weight(size) <= MAX_MEDIA]
        largest = max(fitting, key=lambda size: (number(size, "width") or 0, _weight(size))) if fitting else sizes[0]
        yield _file(largest, "photo", "image/jpeg")
    for kind, content_type in FILES.items():
        # An animation is there a second time as a document, for programs that know none.
        if (file := inner(content, kind)) and plain(file, "file_id") and not (kind == "document" and inner(content, "animation")):
            yield _file(file, kind, plain(file, "mime_type", longest=_LONGEST_NAME) or content_type)


def _file(file: Json, kind: str, content_type: str) -> Media:
    return Media(
        url=plain(file, "file_id", longest=_LONGEST_FILE_ID),
        content_type=content_type,
        provider_id=plain(file, "file_unique_id"),
        kind=kind,
        name=plain(file, "file_name", longest=_LONGEST_NAME),
    )


def _weight(size: Json) -> float:
    return number(size, "file_size") or 0


def _location(content: Json) -> Location | None:
    pin, venue = inner(content, "location") or inner(content, "venue", "location"), inner(content, "venue")
    latitude, longitude = number(pin, "latitude"), number(pin, "longitude")
    if latitude is None or longitude is None:
        return None
    if not (math.fabs(latitude) <= 90 and math.fabs(longitude) <= 180):  # noqa: PLR2004 - degrees on a globe; NaN fails too
        return None
    return Location(latitude=latitude, longitude=longitude, label=_label(venue))


def _label(venue: Json) -> str:
    return ", ".join(part for name in ("title", "address") if (part := plain(venue, name, longest=_LONGEST_NAME)))


def _details(content: Json) -> dict[str, str]:
    found: dict[str, str] = {}
    if inner(content, "forward_origin"):
        found["forwarded"] = "true"
    if replied_to := as_plain(inner(content, "reply_to_message").get("message_id")):
        found["replied_to"] = replied_to
    if album := plain(content, "media_group_id"):
        found["album"] = album
    return found
