"""Is Twilio ready? What it says of the account and the number, in plain sentences with the fix; and to set its addresses.

https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource and, for the part after ``#``,
https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.errors import ChannelMisconfigured, SendError
from channels.base import Finding
from channels.twilio_api import TwilioApi

SITE = "https://console.twilio.com"
INBOUND_PATH = "/webhooks/twilio"
VOICE_PATH = "/webhooks/twilio/voice"
COME_AGAIN = "#rc=4&rp=5xx,ct,rt"
"""By itself Twilio comes again only where it could not connect, and once; what we could not keep would be lost."""

_CONNECT = "Run: earshot channels connect sms"


def check_sms(api: TwilioApi, *, number: str, public_url: str, service: str) -> tuple[Finding, ...]:
    """Asks and changes nothing. Never raises."""
    return tuple(_findings(lambda: _checked_sms(api, number, public_url, service)))


def check_whatsapp(api: TwilioApi, *, public_url: str) -> tuple[Finding, ...]:
    return tuple(_findings(lambda: _checked_whatsapp(api, public_url)))


def connect_sms(api: TwilioApi, *, number: str, public_url: str, service: str) -> tuple[Finding, ...]:
    """Sets the number's addresses for texts and calls to ours. Never raises."""
    return tuple(_findings(lambda: _connected(api, number, public_url, service)))


def _findings(step: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What a step finds; where a call fails, that is what was found."""
    try:
        yield from step()
    except ChannelMisconfigured as error:
        yield Finding(ok=False, text=str(error), fix=f"Look up both at {SITE} and set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.")
    except SendError as error:
        yield Finding(ok=False, text=str(error), fix="Try again in a few minutes.")


def _checked_account(api: TwilioApi) -> Iterator[Finding]:
    status = api.account_status()
    if status == "active":
        yield Finding(ok=True, text="Twilio accepts the account and its token.")
    else:
        yield Finding(ok=False, text=f"Twilio says the account is {status or 'not active'}.", fix=f"Open it again at {SITE}.")


def _checked_sms(api: TwilioApi, number: str, public_url: str, service: str) -> Iterator[Finding]:
    yield from _checked_account(api)
    if service:
        yield Finding(ok=True, text=_of_service(public_url))
    if not number:
        return
    owned = api.number(number)
    if owned is None:
        yield _not_ours()
        return
    yield Finding(ok=True, text="The number in TWILIO_SMS_NUMBER is this account's.")
    if not owned.sms:
        yield Finding(
            ok=False, text="The number cannot take texts.", fix=f"Buy one that can at {SITE}, and set TWILIO_SMS_NUMBER."
        )
    yield _about_address("Texts", owned.sms_url, owned.sms_method, f"{public_url}{INBOUND_PATH}")
    if owned.voice:
        yield _about_address("Calls", owned.voice_url, owned.voice_method, f"{public_url}{VOICE_PATH}")


def _about_address(what: str, url: str, method: str, ours: str) -> Finding:
    address, _, overrides = url.partition("#")
    if address != ours or method.upper() != "POST":
        where = f"by {method or 'POST'} to {address}" if address else "nowhere"
        return Finding(ok=False, text=f"{what} to the number go {where}, and not by POST to {ours}.", fix=_CONNECT)
    if what == "Texts" and "rp=" not in overrides:
        return Finding(ok=False, text="Twilio does not come again with a text that we could not keep.", fix=_CONNECT)
    return Finding(ok=True, text=f"{what} to the number come to {ours}.")


def _checked_whatsapp(api: TwilioApi, public_url: str) -> Iterator[Finding]:
    yield from _checked_account(api)
    yield Finding(ok=True, text=f"Earshot cannot see where WhatsApp messages go. {_by_hand(public_url)}")


def _connected(api: TwilioApi, number: str, public_url: str, service: str) -> Iterator[Finding]:
    if service:
        yield Finding(ok=True, text=_of_service(public_url))
    if not number:
        return
    owned = api.number(number)
    if owned is None:
        yield _not_ours()
        return
    texts, calls = f"{public_url}{INBOUND_PATH}", f"{public_url}{VOICE_PATH}"
    # An application that is set for the number would win over these addresses; the fallback is asked where all else failed.
    fields = {"sms_application_sid": "", "sms_url": f"{texts}{COME_AGAIN}", "sms_method": "POST"}
    fields |= {"sms_fallback_url": texts, "sms_fallback_method": "POST"}
    if owned.voice:
        fields |= {"voice_application_sid": "", "voice_url": calls, "voice_method": "POST"}
    api.set_number(owned.sid, **fields)
    yield Finding(ok=True, text=f"Texts to the number now come to {texts}.")
    if owned.voice:
        yield Finding(ok=True, text=f"Calls to the number now come to {calls}.")


def by_hand_alone(public_url: str) -> Finding:
    """What ``connect`` says of WhatsApp."""
    return Finding(ok=False, text="Earshot cannot set where WhatsApp messages go.", fix=_by_hand(public_url))


def _by_hand(public_url: str) -> str:
    return (
        f"See at {SITE}, under Messaging, Senders, WhatsApp senders: the webhook for incoming messages must be "
        f"{public_url}{INBOUND_PATH}{COME_AGAIN}, by POST."
    )


def _not_ours() -> Finding:
    return Finding(
        ok=False,
        text="The number in TWILIO_SMS_NUMBER is not this account's.",
        fix=f"Set it to one of those at {SITE}, under Phone Numbers, Active numbers.",
    )


def _of_service(public_url: str) -> str:
    return (
        f"Texts go out through the Messaging Service. See at {SITE}, under Messaging, Services, Integration, that incoming "
        f"ones are left to the sender's webhook, or sent to {public_url}{INBOUND_PATH}{COME_AGAIN}."
    )
