"""Twilio's fields into our events: an inbound message, or what became of one of ours. Tables first.

https://www.twilio.com/docs/messaging/guides/webhook-request and
https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks. Twilio adds fields without
notice, so what is not named here is ignored. FromCity, FromZip and ProfileName are personal, not needed, and dropped.
"""

from __future__ import annotations

import json
import logging
import math
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from uuid import UUID

from bot.errors import BadWebhook
from bot.model import Address, ChannelName, InboundMessage, Location, Media, NetworkKeyword
from bot.outgoing import DeliveryReceipt, DeliveryStatus, Failure

SMS = ChannelName("sms")
WHATSAPP = ChannelName("whatsapp")

Fields = Mapping[str, str]

STATUSES: Mapping[str, DeliveryStatus] = {
    "accepted": DeliveryStatus.ACCEPTED,
    "scheduled": DeliveryStatus.ACCEPTED,
    "queued": DeliveryStatus.QUEUED,
    "sending": DeliveryStatus.SENDING,
    "sent": DeliveryStatus.SENT,
    "partially_delivered": DeliveryStatus.SENT,  # some of it is missing, so it is not delivered
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "canceled": DeliveryStatus.CANCELLED,
    "undelivered": DeliveryStatus.UNDELIVERED,
    "failed": DeliveryStatus.FAILED,
}

FAILURES: Mapping[str, Failure] = {
    "14107": Failure.TRY_LATER,
    "20429": Failure.TRY_LATER,
    "21211": Failure.UNREACHABLE,
    "21610": Failure.OPTED_OUT,
    "21614": Failure.UNREACHABLE,
    "30001": Failure.TRY_LATER,  # the queue overflowed
    "30002": Failure.MISCONFIGURED,  # the account is suspended
    "30003": Failure.TRY_ONCE,  # the handset is off
    "30004": Failure.BLOCKED,
    "30005": Failure.UNREACHABLE,  # no such number
    "30006": Failure.UNREACHABLE,  # a landline
    "30007": Failure.BLOCKED,  # filtered by the carrier
    "30008": Failure.TRY_ONCE,  # the carrier does not say why
    "30022": Failure.TRY_LATER,
    "63003": Failure.UNREACHABLE,
    "63007": Failure.MISCONFIGURED,
    "63016": Failure.WINDOW_SHUT,
    "63018": Failure.TRY_LATER,
    "63021": Failure.REJECTED,
    "63024": Failure.UNREACHABLE,
    "63033": Failure.BLOCKED,
    "63038": Failure.TRY_LATER,  # the day's cap
}
"""Why a message did not arrive, by Twilio's error code; what is not here is ``REJECTED``."""

KEYWORDS: Mapping[str, NetworkKeyword] = {
    **dict.fromkeys(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"), NetworkKeyword.STOP),
    **dict.fromkeys(("START", "YES", "UNSTOP"), NetworkKeyword.START),
    **dict.fromkeys(("HELP", "INFO"), NetworkKeyword.HELP),
}
"""What Twilio answers itself on an SMS number, when it is the whole message, in any case."""

DETAILS: Mapping[str, str] = {
    "MessageType": "message_type",
    "OptOutType": "opt_out_type",
    "MessagingServiceSid": "messaging_service",
    "Forwarded": "forwarded",
    "FrequentlyForwarded": "frequently_forwarded",
    "OriginalRepliedMessageSid": "replied_to",
    "ButtonText": "button_text",
    "ListTitle": "list_title",
    "ListDescription": "list_description",
    "ReferralBody": "referral_body",
    "ReferralHeadline": "referral_headline",
    "ReferralSourceId": "referral_source_id",
    "ReferralSourceType": "referral_source_type",
    "ReferralSourceUrl": "referral_source_url",
    "ReferralCtwaClid": "referral_click_id",
}
"""What else carries meaning. ReferralNumMedia=0 stands on ordinary messages too, and is no sign of an advert."""

_NOTHING = frozenset({"", "false", "0"})
_INBOUND_WORDS = frozenset({"received", "receiving"})
_WHATSAPP_PREFIX = "whatsapp:"
_SCOPED = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")
_UNKEEPABLE = dict.fromkeys((*range(0x20), 0x7F, *range(0xD800, 0xE000)))
_LONGEST_ID, _LONGEST_ADDRESS, _LONGEST_DETAIL, _MOST_MEDIA = 64, 200, 1000, 10

log = logging.getLogger(__name__)


def is_receipt(fields: Fields) -> bool:
    """Whether this tells of one of our own messages. SmsStatus stands on inbound ones too, so there the word decides."""
    if word := _word(fields, "MessageStatus"):
        return word not in _INBOUND_WORDS
    return _word(fields, "SmsStatus") in STATUSES


def receipt(fields: Fields, query: Fields) -> DeliveryReceipt:
    """A status callback. ``query`` holds our own id, if it is still legible; else Twilio's id has to do."""
    word = _word(fields, "MessageStatus") or _word(fields, "SmsStatus")
    status = STATUSES.get(word, DeliveryStatus.UNKNOWN)
    if status is DeliveryStatus.UNKNOWN:
        log.warning("Twilio reports a status that is not known here: %.20r", word)
    code = _plain(fields, "ErrorCode")[:_LONGEST_ID]
    code = "" if code == "0" else code
    went_wrong = status in {DeliveryStatus.UNDELIVERED, DeliveryStatus.FAILED}
    return DeliveryReceipt(
        channel=WHATSAPP if _is_whatsapp(fields) else SMS,
        status=status,
        provider_id=_plain(fields, "MessageSid")[:_LONGEST_ID] or _plain(fields, "SmsSid")[:_LONGEST_ID],
        outbound=_uuid(query.get("m", "")),
        code=code or None,
        failure=FAILURES.get(code, Failure.REJECTED) if went_wrong else None,
    )


def message(fields: Fields, *, account: str) -> InboundMessage:
    """An inbound message. Raises ``BadWebhook`` where it cannot be told apart or answered: no MessageSid, no From."""
    external_id, whatsapp = _id(fields), _is_whatsapp(fields)
    sender = _sender(fields, whatsapp=whatsapp)
    text, details = _text(fields, whatsapp=whatsapp), _details(fields)
    if (decoded := _from_base64(text)) is not None:
        text, details["body_encoding"] = decoded, "base64"
    return InboundMessage(
        channel=WHATSAPP if whatsapp else SMS,
        account=account,
        external_id=external_id,
        sender=sender,
        also=tuple(dict.fromkeys(address for address in _also(fields) if address != sender)) if whatsapp else (),
        text=text,
        choice=(_plain(fields, "ButtonPayload") or _plain(fields, "ListId") or None) if whatsapp else None,
        media=tuple(_media(fields)),
        location=_location(fields),
        network_keyword=_network_keyword(fields, text, whatsapp=whatsapp),
        details=details,
    )


def _word(fields: Fields, name: str) -> str:
    return _plain(fields, name).lower()


def _plain(fields: Fields, name: str) -> str:
    """A field that is not a person's words, without control signs and halves of pairs: no index or log can hold those."""
    return fields.get(name, "").translate(_UNKEEPABLE).strip()


def _id(fields: Fields) -> str:
    found = next((sid for name in ("MessageSid", "SmsMessageSid", "SmsSid") if (sid := _plain(fields, name))), "")
    if not found or len(found) > _LONGEST_ID:
        raise BadWebhook("The form has no MessageSid.")
    return found


def _is_whatsapp(fields: Fields) -> bool:
    if any(_plain(fields, name).lower().startswith(_WHATSAPP_PREFIX) for name in ("From", "To")):
        return True
    if _plain(fields, "ChannelPrefix").lower() == "whatsapp":
        return True
    try:
        metadata = json.loads(fields.get("ChannelMetadata") or "null")
    except (ValueError, RecursionError):
        return False
    return isinstance(metadata, dict) and str(metadata.get("type")).lower() == "whatsapp"


def _sender(fields: Fields, *, whatsapp: bool) -> Address:
    """``tel:+44…`` or a short code; ``whatsapp:44…`` without the plus; ``whatsapp:GB.…`` for a hidden number."""
    given = _plain(fields, "From")
    # Twilio falls back to SMS for people on RCS, so their number is their address.
    address = _whatsapp_address(given) if whatsapp else Address("tel", given.removeprefix("rcs:"))
    if not 0 < len(address.path) <= _LONGEST_ADDRESS:
        raise BadWebhook("The form has no From.")
    if ":" in address.path:
        raise BadWebhook("The form is of a channel that is not served here.")
    return address


def _whatsapp_address(given: str) -> Address:
    path = given[len(_WHATSAPP_PREFIX) :] if given.lower().startswith(_WHATSAPP_PREFIX) else given
    return Address("whatsapp", path.removeprefix("+"))


def _also(fields: Fields) -> Iterator[Address]:
    """The same person's other ids. One that is not well formed is left out; the message is kept all the same."""
    for name in ("ExternalUserId", "ParentExternalUserId"):
        address = _whatsapp_address(_plain(fields, name))
        if _SCOPED.fullmatch(address.path):
            yield address
    number = _plain(fields, "WaId")
    if number.isascii() and number.isdigit() and len(number) <= _LONGEST_ID:
        yield Address("whatsapp", number)


def _text(fields: Fields, *, whatsapp: bool) -> str:
    """The words as they came, NUL and all; on WhatsApp a pressed button's words where Body has none."""
    body = fields.get("Body", "")
    if body or not whatsapp:
        return body
    return fields.get("ButtonText") or fields.get("ListTitle") or ""


def _from_base64(body: str) -> str | None:
    """Some carriers hand over a long SMS in base64. Decoded only where nothing else can be meant.

    That is: forty signs or more of the alphabet, whole groups of four, and underneath clean UTF-8 that can be read and
    has a space or a letter beyond ASCII in it.
    """
    packed = body.strip().replace("\r", "").replace("\n", "")
    if len(packed) % 4 or not _BASE64.fullmatch(packed):
        return None
    try:
        text = b64decode(packed, validate=True).decode()
    except ValueError:
        return None
    readable = all(sign.isprintable() or sign in "\r\n\t" for sign in text)
    return text if readable and any(sign.isspace() or not sign.isascii() for sign in text) else None


def _media(fields: Fields) -> Iterator[Media]:
    """What MediaUrl0 to MediaUrl9 list. NumMedia is text like any other and is not relied upon."""
    for number in range(_MOST_MEDIA):
        if url := _plain(fields, f"MediaUrl{number}"):
            content_type = _plain(fields, f"MediaContentType{number}")[:_LONGEST_ID]
            yield Media(url=url, content_type=content_type, provider_id=url.rstrip("/").rpartition("/")[2][:_LONGEST_ID])


def _location(fields: Fields) -> Location | None:
    try:
        latitude, longitude = float(fields.get("Latitude") or "nan"), float(fields.get("Longitude") or "nan")
    except ValueError:
        return None
    if not (math.fabs(latitude) <= 90 and math.fabs(longitude) <= 180):  # noqa: PLR2004 - degrees on a globe; NaN fails too
        return None
    label = ", ".join(part for name in ("Label", "Address") if (part := _plain(fields, name)))
    return Location(latitude=latitude, longitude=longitude, label=label[:_LONGEST_DETAIL])


def _network_keyword(fields: Fields, text: str, *, whatsapp: bool) -> NetworkKeyword | None:
    """Where Advanced Opt-Out is on Twilio says what it did; else the default words, which count on SMS only."""
    if (said := _plain(fields, "OptOutType").upper()) in NetworkKeyword.__members__:
        return NetworkKeyword[said]
    return None if whatsapp else KEYWORDS.get(text.strip().upper())


def _details(fields: Fields) -> dict[str, str]:
    found = {ours: _plain(fields, theirs)[:_LONGEST_DETAIL] for theirs, ours in DETAILS.items() if theirs in fields}
    return {name: value for name, value in found.items() if value.lower() not in _NOTHING}


def _uuid(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None
