"""Messenger's events into ours. Tables first.

https://developers.facebook.com/docs/messenger-platform/reference/webhook-events. Meta adds kinds of event and fields
without notice, so what is not named here is ignored. Names and pictures of people are not sent, and not asked for.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from bot.events import Amended, Arrival, Event, Handover, ReadUpTo, Withdrawn
from bot.model import Address, ChannelName, InboundMessage, Media
from bot.outgoing import DeliveryReceipt, DeliveryStatus
from channels.loose_json import Json, as_plain, inner, moment, plain, words
from channels.messenger_attachments import UNREADABLE, location_of, media_of, shared_link, sticker_of

MESSENGER = ChannelName("messenger")

CHOICE = "choice:"
"""What stands before the key of a choice in a payload of ours; payloads of others are not ours to read."""

GET_STARTED = "get_started"
"""The payload of the button that a person presses before they can write for the first time."""

_SPOKEN = frozenset({"message", "postback"})

DETAILS: Mapping[str, str] = {
    "source": "referral_source",
    "type": "referral_type",
    "ad_id": "referral_ad_id",
    "referer_uri": "referral_url",
}

_LONGEST_ID = 64
_LONGEST_REF = 200
_LONGEST_DETAIL = 1000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """Whose events these are: the page, and the app by whose number our own messages are told (it may be unknown)."""

    page_id: str
    app_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Happening:
    """One event, taken apart. ``person`` is the one outside the page, on whichever side they stand."""

    mine: Mine
    person: Address
    event: Json
    kind: str

    @property
    def what(self) -> Json:
        return inner(self.event, self.kind)

    @property
    def external_id(self) -> str:
        """The message's id; for a press that has none a name that is the same when it comes again, and tells nobody's id."""
        if mid := plain(self.what, "mid"):
            return mid
        told = "|".join((self.person.path, as_plain(self.event.get("timestamp")), self.kind, plain(self.what, "payload")))
        return hashlib.sha256(told.encode()).hexdigest()


def events(mine: Mine, event: Json) -> Iterator[Event]:
    """What one event of ``messaging`` comes to for us: mostly one thing, or nothing."""
    if (happening := _happening(mine, event)) is not None:
        yield from _KINDS[happening.kind](happening)


def standby(mine: Mine, event: Json) -> Iterator[Event]:
    """An event that went to another app, and to us for our information: somebody else has this talk."""
    happening = _happening(mine, event)
    if happening is not None and happening.kind in _SPOKEN and _ours(happening.what) is None:
        yield Handover(channel=MESSENGER, person=happening.person, held=True)


def _happening(mine: Mine, event: Json) -> _Happening | None:
    kind = next((kind for kind in _KINDS if isinstance(event.get(kind), dict)), None)
    if kind is None:
        return None
    sides = [plain(inner(event, side), "id") for side in ("sender", "recipient")]
    if mine.page_id not in sides:
        log.info("an event of another page was ignored")
        return None
    person = sides[1] if sides[0] == mine.page_id else sides[0]
    if not (person.isascii() and person.isdigit() and len(person) <= _LONGEST_ID) or person == mine.page_id:
        log.warning("an event without a person was ignored: %s", kind)
        return None
    return _Happening(mine=mine, person=Address("messenger", person), event=event, kind=kind)


def _message(happening: _Happening) -> Iterator[Event]:
    message, mid = happening.what, plain(happening.what, "mid")
    if message.get("is_echo") is True:
        yield from _echo(happening)
    elif plain(inner(happening.event, "sender"), "id") == happening.mine.page_id:
        log.warning("a message of the page itself, not marked as an echo, was ignored")
    elif message.get("is_deleted") is True:
        if mid:
            yield Withdrawn(channel=MESSENGER, account=happening.mine.page_id, external_id=mid)
    else:
        yield _said(happening)


def _said(happening: _Happening) -> InboundMessage:
    message = happening.what
    text, media, location = words(message, "text"), tuple(media_of(message)), location_of(message)
    if not text and (sticker := sticker_of(message)):
        text = sticker
    if not text and not media and location is None:
        media = (Media(url="", kind=UNREADABLE),)
    details = _details(inner(message, "referral"))
    if replied_to := plain(inner(message, "reply_to"), "mid"):
        details["replied_to"] = replied_to
    if link := shared_link(message):
        details["shared_link"] = link
    return InboundMessage(
        channel=MESSENGER,
        account=happening.mine.page_id,
        external_id=happening.external_id,
        sender=happening.person,
        text=text,
        choice=_choice(inner(message, "quick_reply")),
        media=media,
        location=location,
        sent_at=moment(happening.event, "timestamp"),
        details=details,
        ref=_ref(inner(message, "referral")),
    )


def _echo(happening: _Happening) -> Iterator[Event]:
    """What the page itself has said. Our own words prove that Meta has them; those of anybody else, that a person answers."""
    message = happening.what
    if (ours := _ours(message)) is not None:
        yield DeliveryReceipt(channel=MESSENGER, status=DeliveryStatus.SENT, provider_id=plain(message, "mid"), outbound=ours)
    elif not happening.mine.app_id or plain(message, "app_id") != happening.mine.app_id:
        yield Handover(channel=MESSENGER, person=happening.person, held=True, word=True)


def _edit(happening: _Happening) -> Iterator[Event]:
    mid, text = plain(happening.what, "mid"), words(happening.what, "text")
    if mid and text:
        yield Amended(channel=MESSENGER, account=happening.mine.page_id, external_id=mid, text=text)


def _postback(happening: _Happening) -> Iterator[Event]:
    """A pressed button. The one that begins a talk is a START, in whatever language its title is."""
    postback = happening.what
    referral = inner(postback, "referral")
    details = _details(referral)
    if plain(postback, "payload") == GET_STARTED:
        details["opt_out_type"] = "START"
    yield InboundMessage(
        channel=MESSENGER,
        account=happening.mine.page_id,
        external_id=happening.external_id,
        sender=happening.person,
        text=words(postback, "title"),
        choice=_choice(postback),
        sent_at=moment(happening.event, "timestamp"),
        details=details,
        ref=_ref(referral),
    )


def _arrival(happening: _Happening) -> Iterator[Event]:
    """A link or code that was followed, or a box that was ticked on a page: who came by it says nothing yet."""
    is_subscription = plain(happening.what, "type") == "notification_messages"
    if not is_subscription and (ref := _ref(happening.what)):
        yield Arrival(channel=MESSENGER, sender=happening.person, ref=ref)


def _delivery(happening: _Happening) -> Iterator[Event]:
    mids = happening.what.get("mids")
    for mid in map(as_plain, mids if isinstance(mids, list) else ()):
        if mid:
            yield DeliveryReceipt(channel=MESSENGER, status=DeliveryStatus.DELIVERED, provider_id=mid)


def _read(happening: _Happening) -> Iterator[Event]:
    if (at := moment(happening.what, "watermark")) is not None:
        yield ReadUpTo(channel=MESSENGER, reader=happening.person, at=at)


def _control(happening: _Happening) -> Iterator[Event]:
    """Who has the talk now. Without our app's number: ``pass`` is told to the new owner, ``take`` to the one before."""
    owner, app_id = plain(happening.what, "new_owner_app_id"), happening.mine.app_id
    is_ours = owner == app_id if app_id and owner else happening.kind == "pass_thread_control"
    yield Handover(channel=MESSENGER, person=happening.person, held=not is_ours)


_KINDS: Mapping[str, Callable[[_Happening], Iterator[Event]]] = {
    "message": _message,
    "message_edit": _edit,
    "postback": _postback,
    "referral": _arrival,
    "optin": _arrival,
    "delivery": _delivery,
    "read": _read,
    "pass_thread_control": _control,
    "take_thread_control": _control,
}
"""Reactions are not among them: a thumb under a question is no answer to it."""


def _choice(pressed: Json) -> str | None:
    payload = plain(pressed, "payload", longest=_LONGEST_DETAIL)
    return payload.removeprefix(CHOICE) or None if payload.startswith(CHOICE) else None


def _ref(referral: Json) -> str:
    return plain(referral, "ref", longest=_LONGEST_REF)


def _details(referral: Json) -> dict[str, str]:
    found = {ours: plain(referral, theirs, longest=_LONGEST_DETAIL) for theirs, ours in DETAILS.items()}
    return {name: value for name, value in found.items() if value}


def _ours(message: Json) -> UUID | None:
    """Our own id for a message, which we gave Meta with it and which stands on its echo."""
    try:
        return UUID(words(message, "metadata"))
    except ValueError:
        return None
