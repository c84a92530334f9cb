"""What Twilio would post to us: the forms of an SMS, a WhatsApp message and a status callback, and their signature.

Signed with Twilio's own library, so that our gate is tried against something it did not write itself.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import uuid4

from twilio.request_validator import RequestValidator

ACCOUNT_SID = "AC00000000000000000000000000000d0e"
AUTH_TOKEN = "0123456789abcdef0123456789abcdef"  # noqa: S105 - the stand-in's own, worth nothing elsewhere
SMS_NUMBER = "+447700900001"
WHATSAPP_NUMBER = "+447700900002"
PARENT = "+447700900123"
"""Numbers of Ofcom's range for drama, which reach nobody."""


def new_sid(prefix: str = "SM") -> str:
    """An id as Twilio's are: two letters and 32 hex digits."""
    return prefix + uuid4().hex


def sms_form(
    body: str,
    *,
    sender: str = PARENT,
    to: str = SMS_NUMBER,
    account_sid: str = ACCOUNT_SID,
    sid: str | None = None,
    **more: str,
) -> dict[str, str]:
    """A text as Twilio posts it, blanks and all. ``more`` replaces or adds fields: ``MediaUrl0``, ``OptOutType``."""
    sid = sid or new_sid()
    place = {f"{end}{what}": "" for end in ("From", "To") for what in ("City", "State", "Zip")}
    return {
        **_shared(body, sid=sid, sender=sender, to=to, account_sid=account_sid),
        **place,
        "FromCountry": "GB",
        "ToCountry": "GB",
        **more,
    }


def whatsapp_form(
    body: str,
    *,
    sender: str = PARENT,
    to: str = WHATSAPP_NUMBER,
    account_sid: str = ACCOUNT_SID,
    sid: str | None = None,
    **more: str,
) -> dict[str, str]:
    """A WhatsApp message. ``sender`` is a number, or a business-scoped id (``GB.x1``) of a person who shows none."""
    sid = sid or new_sid()
    digits = sender.removeprefix("+") if sender.startswith("+") else ""
    context = {"ProfileName": "Sam", **({"WaId": digits} if digits else {})}
    return {
        **_shared(body, sid=sid, sender=f"whatsapp:{sender}", to=f"whatsapp:{to}", account_sid=account_sid),
        **context,
        "MessageType": "text",
        "ReferralNumMedia": "0",
        "ChannelMetadata": json.dumps({"type": "whatsapp", "data": {"context": context}}),
        **more,
    }


def status_form(
    status: str,
    *,
    sid: str,
    to: str = PARENT,
    sender: str = SMS_NUMBER,
    account_sid: str = ACCOUNT_SID,
    error_code: int | None = None,
    done_at: str = "",
) -> dict[str, str]:
    """A status callback. ``to`` and ``sender`` as Twilio writes them (``whatsapp:+44…``); ``done_at`` as YYMMDDhhmm."""
    form = {
        "AccountSid": account_sid,
        "ApiVersion": "2010-04-01",
        "From": sender,
        "To": to,
        "MessageSid": sid,
        "MessageStatus": status,
        "SmsSid": sid,
        "SmsStatus": status,
    }
    if to.startswith("whatsapp:"):
        form["ChannelPrefix"] = "whatsapp"
    elif done_at:
        form["RawDlrDoneDate"] = done_at
    if error_code is not None:
        form["ErrorCode"] = str(error_code)
    return form


def encode_form(fields: Mapping[str, str]) -> bytes:
    """The body of the request. Halves of surrogate pairs go as the three bytes they would be."""
    return urlencode(fields, errors="surrogatepass").encode()


def signed_form(url: str, fields: Mapping[str, str], token: str = AUTH_TOKEN) -> dict[str, str]:
    """The headers with which Twilio posts these fields to this URL (as it is configured at Twilio, query included)."""
    return {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "User-Agent": "TwilioProxy/1.1",
        "I-Twilio-Idempotency-Token": str(uuid4()),
        "X-Twilio-Signature": _signature(url, fields, token),
    }


def _signature(url: str, fields: Mapping[str, str], token: str) -> str:
    """Twilio's library signs text; half of a surrogate pair is none, so such a form is signed as the bytes it is sent in."""
    try:
        signature: str = RequestValidator(token).compute_signature(url, dict(fields))
    except UnicodeEncodeError:
        signed = url + "".join(name + value for name, value in sorted(fields.items()))
        digest = hmac.new(token.encode(), signed.encode("utf-8", "surrogatepass"), hashlib.sha1).digest()
        return b64encode(digest).decode()
    return signature


def _shared(body: str, *, sid: str, sender: str, to: str, account_sid: str) -> dict[str, str]:
    return {
        "AccountSid": account_sid,
        "ApiVersion": "2010-04-01",
        "Body": body,
        "From": sender,
        "MessageSid": sid,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "SmsStatus": "received",
        "To": to,
    }
