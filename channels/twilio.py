"""Twilio: the gate its webhooks come through, and the doors by which SMS and WhatsApp messages leave.

https://www.twilio.com/docs/messaging
"""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.errors import BadSettings, BadSignature, ChannelMisconfigured, ContactUnreachable, Rejected
from bot.events import Event
from bot.model import Address, ChannelName, ChannelTraits, Locale, Media
from bot.outgoing import DeliveryStatus, Outgoing, Part, Sent, Spoken
from channels.base import Answer, Door, Finding, Gate, Webhook
from channels.rendering import as_sms, as_text
from channels.twilio_api import CONTENT, TWILIO, Message, TwilioApi
from channels.twilio_checks import by_hand_alone, check_sms, check_whatsapp, connect_sms
from channels.twilio_content import IsFixed, QuickReplies
from channels.twilio_events import SMS, STATUSES, WHATSAPP, is_receipt, message, receipt
from channels.twilio_forms import check_signature, query_of, read_fields
from channels.twilio_media import TwilioMedia

STATUS_PATH = "/webhooks/twilio/status"

_CLOCKS_APART = timedelta(seconds=2)
"""How far Twilio's clock, which counts whole seconds, may be behind ours."""

Templates = Mapping[tuple[str, Locale], str]
"""Ids of approved templates, by the key of their words and the locale."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioAccount:
    """The account and where both sides are. ``tokens``: auth tokens, several while they are being changed.

    ``public_url`` is our own address as Twilio knows and signs it; ``api_url`` and ``content_url`` are Twilio's, or those of
    a stand-in.
    """

    sid: str
    tokens: tuple[str, ...] = field(repr=False)
    public_url: str
    api_url: str = TWILIO
    content_url: str = CONTENT
    messaging_service_sid: str | None = None

    def __post_init__(self) -> None:
        if not self.sid or not self.tokens or not all(self.tokens):
            # With an empty token anybody could sign.
            raise BadSettings("Twilio needs TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.")


class TwilioSigned(Gate):
    """What every address that Twilio calls has in common: the signature and the account."""

    def __init__(self, account: TwilioAccount) -> None:
        self.account = account

    def verify(self, webhook: Webhook) -> None:
        check_signature(webhook, self.account.tokens)

    def check_account(self, fields: Mapping[str, str]) -> None:
        """Raises ``BadSignature`` for another account's request.

        That one is refused and not passed over, so that it stands in Twilio's error log: with a wrong
        TWILIO_ACCOUNT_SID every message would otherwise be lost in silence.
        """
        if fields.get("AccountSid", self.account.sid) != self.account.sid:
            log.error("a webhook for a Twilio account that is not TWILIO_ACCOUNT_SID was refused")
            raise BadSignature


class TwilioGate(TwilioSigned):
    """Inbound messages and status callbacks. Which it is the fields say, so that either is understood at either address."""

    def parse(self, webhook: Webhook) -> Sequence[Event]:
        """One event, or none."""
        fields = read_fields(webhook)
        self.check_account(fields)
        if is_receipt(fields):
            return (receipt(fields, query_of(webhook)),)
        if urlsplit(webhook.url).path.endswith(STATUS_PATH) and not fields.get("From"):
            log.warning("a status callback without a status was ignored")
            return ()
        return (message(fields, account=self.account.sid),)

    def answer(self, events: Sequence[Event] = ()) -> Answer:
        del events
        return Answer("<Response/>", content_type="text/xml; charset=utf-8")


class _TwilioDoor(Door):
    """What SMS and WhatsApp have in common: they differ in address, sender and rendering."""

    def __init__(self, account: TwilioAccount, sender: Mapping[str, str]) -> None:
        self._public_url = account.public_url.rstrip("/")
        self._callback = f"{self._public_url}{STATUS_PATH}"
        self._sender = sender
        self.api = TwilioApi(sid=account.sid, tokens=account.tokens, url=account.api_url, content_url=account.content_url)
        self._media = TwilioMedia(sid=account.sid, tokens=account.tokens, url=account.api_url)

    @abstractmethod
    def to(self, address: Address) -> str:
        """The address as Twilio writes it. Raises ``ContactUnreachable`` for one of another channel."""

    def send(self, outgoing: Outgoing) -> Sent:
        taken = self.create(outgoing)
        if not taken.sid:
            log.warning("Twilio took a message and gave no id for it: outbound %s", outgoing.id)
        return _sent(taken)

    def create(self, outgoing: Outgoing) -> Message:
        return self.ask(outgoing, body=outgoing.text)

    def ask(self, outgoing: Outgoing, **what: str) -> Message:
        """One call that makes a message of ``what``."""
        return self.api.create(
            to=self.to(outgoing.address),
            # Our own id comes back with each receipt, and proves that Twilio has the message even where its answer was lost.
            status_callback=f"{self._callback}?m={outgoing.id}",
            **self._sender,
            **what,
        )

    def find(self, outgoing: Outgoing, *, since: datetime) -> Sent | None:
        """The message to this address with these words that Twilio made since then. Raises ``SendError`` when it cannot say.

        With message redaction on Twilio shows no words, and this finds nothing: then only a receipt can tell.
        """
        earliest = since.replace(microsecond=0) - _CLOCKS_APART
        for record in self.api.newest_to(self.to(outgoing.address)):
            recent = record.created_at is not None and record.created_at >= earliest
            if recent and record.outbound and record.body.strip() == outgoing.text.strip():
                return _sent(record)
        return None

    def fetch(self, media: Media, raw: bytes | None) -> bytes:
        del raw
        return self._media.get(media)

    def forget(self, media: Media) -> None:
        self._media.forget(media)


class TwilioSms(_TwilioDoor):
    """Texts, from a number or a Messaging Service."""

    name = SMS

    def __init__(self, account: TwilioAccount, *, number: str = "", settle: timedelta = timedelta(seconds=25)) -> None:
        sender = {"messaging_service_sid": account.messaging_service_sid or "", "from_": number}
        if not any(sender.values()):
            raise BadSettings("SMS needs TWILIO_SMS_NUMBER or TWILIO_MESSAGING_SERVICE_SID.")
        super().__init__(account, {name: value for name, value in sender.items() if value})
        self._where = {"number": number, "public_url": self._public_url, "service": account.messaging_service_sid or ""}
        self.traits = ChannelTraits(settle=settle, network_answers_stop=True, counts_segments=True)

    def render(self, spoken: Spoken) -> tuple[Part, ...]:
        return as_sms(spoken)

    def check(self) -> tuple[Finding, ...]:
        return check_sms(self.api, **self._where)

    def connect(self) -> tuple[Finding, ...]:
        return connect_sms(self.api, **self._where)

    def to(self, address: Address) -> str:
        if address.scheme != "tel":
            raise ContactUnreachable("This address is not a telephone number.")
        return address.path


class TwilioWhatsApp(_TwilioDoor):
    """WhatsApp, always from its own number: a Messaging Service may not hold it, and then nothing would go."""

    name = WHATSAPP

    def __init__(
        self,
        account: TwilioAccount,
        *,
        number: str,
        settle: timedelta = timedelta(seconds=10),
        templates: Templates | None = None,
        fixed: IsFixed | None = None,
    ) -> None:
        """``templates``: the approved ones, by key of the wording and locale. ``fixed``: whether certain words of ours are
        the same for everybody; where it is given, questions with such words go with buttons.
        """
        if not number:
            raise BadSettings("WhatsApp needs TWILIO_WHATSAPP_NUMBER.")
        super().__init__(account, {"from_": f"whatsapp:{number.removeprefix('whatsapp:')}"})
        self.traits = ChannelTraits(settle=settle, service_window=timedelta(hours=24))
        self._templates = templates or {}
        self._quick_replies = None if fixed is None else QuickReplies(self.api, fixed)

    def render(self, spoken: Spoken) -> tuple[Part, ...]:
        """The choices as numbered lines always, and beside them where they may become buttons."""
        parts = as_text(spoken)
        if self._quick_replies is None or not spoken.choices:
            return parts
        return (*parts[:-1], replace(parts[-1], choices=spoken.choices))

    def check(self) -> tuple[Finding, ...]:
        return check_whatsapp(self.api, public_url=self._public_url)

    def connect(self) -> tuple[Finding, ...]:
        return (by_hand_alone(self._public_url),)

    def template_for(self, key: str, locale: Locale) -> str | None:
        return self._templates.get((key, locale))

    def create(self, outgoing: Outgoing) -> Message:
        """As an approved template, or with buttons; else, and where Twilio refuses the buttons, in plain words."""
        if template := self.template_for(outgoing.key, outgoing.locale):
            return self.ask(outgoing, content_sid=template)
        if self._quick_replies is not None and (content := self._quick_replies.sid_for(outgoing)):
            try:
                return self.ask(outgoing, content_sid=content)
            except (Rejected, ChannelMisconfigured) as error:
                log.warning("Twilio refused the buttons of outbound %s (%s)", outgoing.id, error.code or "no code")
        return super().create(outgoing)

    def to(self, address: Address) -> str:
        if address.scheme != "whatsapp":
            raise ContactUnreachable("This address is not a WhatsApp one.")
        return f"whatsapp:+{address.path}" if address.path.isascii() and address.path.isdigit() else f"whatsapp:{address.path}"


class Unsendable(Door):
    """SMS or WhatsApp without a sender of ours. The gate hears them all the same: what comes is kept, the answers wait.

    With the ``account`` the files that come can be had too.
    """

    def __init__(self, name: ChannelName, *, missing: str, settle: timedelta, account: TwilioAccount | None = None) -> None:
        self.name = name
        self.missing = missing
        self._media = account and TwilioMedia(sid=account.sid, tokens=account.tokens, url=account.api_url)
        self.traits = ChannelTraits(settle=settle, network_answers_stop=name == SMS, counts_segments=name == SMS)

    def render(self, spoken: Spoken) -> tuple[Part, ...]:
        return as_sms(spoken) if self.name == SMS else as_text(spoken)

    def send(self, outgoing: Outgoing) -> Sent:
        raise ChannelMisconfigured(f"Nothing can be sent on {outgoing.channel} until {self.missing} is set.")

    def check(self) -> tuple[Finding, ...]:
        """No fault here: a house may want but one of the two. What would be one, the doctor says."""
        return (Finding(ok=True, text=f"It is off. What comes all the same is kept, unanswered. Set {self.missing} to use it."),)

    def fetch(self, media: Media, raw: bytes | None) -> bytes:
        return self._media.get(media) if self._media else super().fetch(media, raw)

    def forget(self, media: Media) -> None:
        if self._media:
            self._media.forget(media)


def _sent(taken: Message) -> Sent:
    """Twilio sends no callback for the status it answers with, so this is where that one is kept."""
    return Sent(taken.sid, STATUSES.get(taken.status, DeliveryStatus.ACCEPTED))
