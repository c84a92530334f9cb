"""A strict stand-in for Twilio, for tests, benchmarks, chaos runs and the demo: it refuses what Twilio refuses.

It keeps every call in order, goes wrong when told to (``Trouble``), and posts signed status callbacks. The other way
round, ``sms_form`` and ``whatsapp_form`` make what Twilio would post to us, and ``signed_form`` its headers.
"""

from demo.provider.account import Call, Provider, Taken
from demo.provider.api import provider_blueprint, provider_server
from demo.provider.inbound import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    PARENT,
    SMS_NUMBER,
    WHATSAPP_NUMBER,
    encode_form,
    new_sid,
    signed_form,
    sms_form,
    status_form,
    whatsapp_form,
)
from demo.provider.troubles import (
    ACCEPTED_THEN_DROPPED,
    RESET,
    SERVER_ERROR,
    UNAVAILABLE,
    Trouble,
    hanging,
    refused,
    throttled,
)

__all__ = [
    "ACCEPTED_THEN_DROPPED",
    "ACCOUNT_SID",
    "AUTH_TOKEN",
    "PARENT",
    "RESET",
    "SERVER_ERROR",
    "SMS_NUMBER",
    "UNAVAILABLE",
    "WHATSAPP_NUMBER",
    "Call",
    "Provider",
    "Taken",
    "Trouble",
    "encode_form",
    "hanging",
    "new_sid",
    "provider_blueprint",
    "provider_server",
    "refused",
    "signed_form",
    "sms_form",
    "status_form",
    "throttled",
    "whatsapp_form",
]
