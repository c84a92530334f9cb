"""What Twilio refuses when a message is to be made, and how it says so.

https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource and the pages of each error below
https://www.twilio.com/docs/api/errors. The sentences repeat the number, as Twilio's do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

SENTENCES: Mapping[int, str] = {
    14107: "Message rate limit exceeded",
    20001: "Unknown parameter {field}",
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "An internal server error has occurred",
    20503: "Service Unavailable",
    21211: "The 'To' number {to} is not a valid phone number.",
    21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}.",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21606: "The From phone number {sender} is not a valid, SMS-capable inbound phone number or short code for your account.",
    21609: "The StatusCallback URL is not a valid URL.",
    21610: "Attempt to send to unsubscribed recipient: {to}",
    21614: "'To' number is not a valid mobile number: {to}",
    21617: "The concatenated message body exceeds the 1600 character limit.",
    21619: "A text message body or media urls must be specified.",
    21620: "Invalid media URL(s)",
    21623: "Number of media files exceeds allowed limit.",
    21655: "The ContentSid is Invalid.",
    21656: "The ContentVariables Parameter is invalid.",
    21701: "The Messaging Service does not exist.",
    21910: "Invalid From and To pair. From and To should be of the same channel.",
    63007: "Twilio could not find a Channel with the specified From address {sender}.",
    63016: "Failed to send freeform message because you are outside the allowed window to {to}.",
    63018: "Rate limit exceeded for Channel",
}

BODY_LIMIT, MEDIA_LIMIT = 1600, 10

# fmt: off
PARAMETERS = frozenset((
    "To", "From", "FallbackFrom", "MessagingServiceSid", "Body", "MediaUrl",
    "ContentSid", "ContentVariables", "StatusCallback", "ApplicationSid", "MaxPrice", "ProvideFeedback",
    "Attempt", "ValidityPeriod", "ForceDelivery", "ContentRetention", "AddressRetention", "SmartEncoded",
    "PersistentAction", "TrafficType", "ShortenUrls", "ScheduleType", "SendAt", "SendAsMms",
    "MessageIntent", "RiskCheck",
))
# fmt: on
"""Every parameter of the call, as the official client has them. Twilio passes over others; here they are a mistake."""

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_SCOPED = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
_CONTENT = re.compile(r"HX[0-9a-fA-F]{32}")

Form = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error of Twilio's: its code, its HTTP status, its sentence."""

    code: int
    message: str
    status: int = HTTPStatus.BAD_REQUEST

    def as_json(self) -> str:
        more = f"https://www.twilio.com/docs/errors/{self.code}"
        return json.dumps({"code": self.code, "message": self.message, "more_info": more, "status": int(self.status)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an account may do: its senders (``whatsapp:+44…`` for those), its services, whom it may not write to."""

    senders: Collection[str]
    services: Collection[str]
    opted_out: Collection[str]


def check_message(form: Form, rules: Rules) -> Refusal | None:
    """The first thing Twilio would find wrong with these parameters."""
    opted_out = 21610 if _one(form, "To") in rules.opted_out else None
    code = _address_fault(form, rules) or _content_fault(form) or opted_out
    if code is None:
        return None
    return refusal(code, to=_one(form, "To"), sender=_one(form, "From"), field=", ".join(sorted(set(form) - PARAMETERS)))


def refusal(code: int, *, status: int = HTTPStatus.BAD_REQUEST, to: str = "", sender: str = "", field: str = "") -> Refusal:
    return Refusal(code, SENTENCES.get(code, "Something is wrong").format(to=to, sender=sender, field=field), status)


def _one(form: Form, name: str) -> str:
    return form.get(name, [""])[0]


def _address_fault(form: Form, rules: Rules) -> int | None:
    to, sender, service = (_one(form, name) for name in ("To", "From", "MessagingServiceSid"))
    whatsapp = to.startswith("whatsapp:")
    checks = {
        21604: not to,
        21211: not _is_address(to),
        21603: not sender and not service,
        21701: bool(service) and (not _SERVICE.fullmatch(service) or service not in rules.services),
        21910: bool(sender) and sender.startswith("whatsapp:") != whatsapp,
        63007 if whatsapp else 21606: bool(sender) and sender not in rules.senders,
    }
    return _first(checks)


def _is_address(to: str) -> bool:
    path = to.removeprefix("whatsapp:")
    return bool(_NUMBER.fullmatch(path) or (path != to and _SCOPED.fullmatch(path)))


def _content_fault(form: Form) -> int | None:
    body, media, content = form.get("Body"), form.get("MediaUrl", []), _one(form, "ContentSid")
    checks = {
        20001: bool(set(form) - PARAMETERS),
        21619: body is None and not media and not content,
        21602: body == [""] and not media and not content,
        21617: body is not None and len(body[0].encode("utf-16-le")) // 2 > BODY_LIMIT,
        21623: len(media) > MEDIA_LIMIT,
        21620: not all(_is_url(url) for url in media),
        21655: bool(content) and not _CONTENT.fullmatch(content),
        21656: not _are_variables(_one(form, "ContentVariables"), content=content),
        21609: "StatusCallback" in form and not _is_url(_one(form, "StatusCallback")),
    }
    return _first(checks)


def _first(checks: Mapping[int, bool]) -> int | None:
    return next((code for code, wrong in checks.items() if wrong), None)


def _are_variables(given: str, *, content: str) -> bool:
    """A JSON object of texts, and only beside a ContentSid."""
    if not given:
        return True
    try:
        variables = json.loads(given)
    except (ValueError, RecursionError):
        return False
    return bool(content) and isinstance(variables, dict) and all(isinstance(value, str) for value in variables.values())


def _is_url(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "_" not in (parts.hostname or "")
