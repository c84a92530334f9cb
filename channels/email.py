"""Email: the gate of inbound-parse webhooks, and the door by which answers leave. The poller of the mailbox is ``mail_in``."""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from bot.errors import ChannelMisconfigured, MediaError, MediaRefused, ProviderUncertain, Rejected, SendError
from bot.events import Event
from bot.faults import place
from bot.model import ChannelTraits, Media
from bot.outgoing import DeliveryStatus, Outgoing, Part, Sent, Spoken
from channels.base import Answer, Door, Finding, Gate, Webhook
from channels.mail_account import MailAccount
from channels.mail_checks import check_mailbox, check_submission
from channels.mail_forms import MailSecrets, mail_in
from channels.mail_ids import message_id
from channels.mail_login import Login, Tokens
from channels.mail_out import Submission
from channels.mail_parts import taken_out
from channels.mail_reading import EMAIL, TOO_LARGE, MailReader
from channels.mail_writing import composed, envelope_sender, recipient
from channels.rendering import as_text

MAX_MAIL = 35 * 1024 * 1024
"""Bytes. What the large providers let their people send, written as mail writes files."""

LIMIT = 100_000
"""UTF-16 units in one mail of ours: more than we ever say, so that an answer is one mail."""

SIGNED_INSIDE = "/mime"
"""The end of the address that Mailgun posts raw mail to; its signature is a part of the form."""

ANSWERS_AN_HOUR = 10
"""To one address: more than a talk takes, and an end to one with a program that does not say it is one."""

log = logging.getLogger(__name__)


class EmailGate(Gate):
    """Mails that a provider posts. Each tries again for hours where it is not told that all is well."""

    max_body = MAX_MAIL

    def __init__(self, reader: MailReader, *, secrets: tuple[str, ...], seconds: Callable[[], float] = time.time) -> None:
        self._reader = reader
        self._secrets = MailSecrets(secrets, seconds=seconds)

    def glance(self, webhook: Webhook) -> None:
        """A mail may be large: who shows no secret and is not Mailgun, whose signature is inside, is not listened to."""
        if not urlsplit(webhook.url).path.rstrip("/").endswith(SIGNED_INSIDE):
            self._secrets.check_shown(webhook)

    def verify(self, webhook: Webhook) -> None:
        self._secrets.check(webhook)

    def parse(self, webhook: Webhook) -> Sequence[Event]:
        try:
            return self._reader.read(mail_in(webhook))
        except ChannelMisconfigured as error:
            log.error("%s", error)  # noqa: TRY400 - the sentence says it all; where it was raised says nothing more
            raise

    def answer(self, events: Sequence[Event] = ()) -> Answer:
        del events
        return Answer()


class EmailDoor(Door):
    """Answers, from our address to the one person who wrote."""

    name = EMAIL

    def __init__(
        self,
        account: MailAccount,
        *,
        settle: timedelta = timedelta(0),
        tokens: Tokens | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._account = account
        self._now = now
        self._tokens = tokens
        self._context = context
        server = account.smtp
        self._submission = None if server is None else Submission(server, Login(server, tokens), context=context)
        self.traits = ChannelTraits(settle=settle, most_an_hour=ANSWERS_AN_HOUR)

    def render(self, spoken: Spoken) -> tuple[Part, ...]:
        return as_text(spoken, limit=LIMIT)

    def send(self, outgoing: Outgoing) -> Sent:
        """Our Message-ID is the provider's id: bounces name it."""
        if self._submission is None:
            raise ChannelMisconfigured("Nothing can be sent by email until EMAIL_SMTP_URL is set.")
        to = recipient(outgoing)
        try:
            mail = composed(outgoing, self._account, now=self._now())
        except Exception as error:  # noqa: BLE001 - no library's exception gets out: it may hold the address
            log.warning("a mail could not be written: %s", place(error))
            raise Rejected("The mail could not be written.") from None
        try:
            self._submission.send(mail, envelope=envelope_sender(outgoing, self._account), to=to)
        except SendError:
            raise
        except Exception as error:  # noqa: BLE001 - the same; and the mail may have left
            log.warning("what became of a mail is not known: %s", place(error))
            raise ProviderUncertain from None
        ours = message_id(outgoing.id, keys=self._account.keys, domain=self._account.domain)
        return Sent(ours, DeliveryStatus.SENT)

    def fetch(self, media: Media, raw: bytes | None) -> bytes:
        if media.kind == TOO_LARGE:
            raise MediaRefused("The mail is larger than is taken in; it stands whole in the mailbox.")
        try:
            return taken_out(media, raw)
        except MediaError:
            raise
        except Exception:  # noqa: BLE001 - what a mail holds may break the library that takes it apart
            raise MediaRefused("The mail cannot be taken apart.") from None

    def check(self) -> tuple[Finding, ...]:
        """Log in at both servers. No mail is sent, none is read and none is marked."""
        with suppress(Exception):
            return (
                *check_mailbox(self._account, self._tokens, context=self._context),
                *check_submission(self._account, self._submission),
            )
        return (Finding(ok=False, text="The mail servers could not be asked.", fix="Try again; see the log if it stays so."),)

    def connect(self) -> tuple[Finding, ...]:
        """A mailbox is asked by us; a provider that posts is told so on its own site."""
        return (
            Finding(
                ok=self._account.imap is not None,
                text="A mailbox needs no connecting: with EMAIL_IMAP_URL set, new mail is fetched by itself.",
                fix=""
                if self._account.imap is not None
                else (
                    "Set EMAIL_IMAP_URL; or set EMAIL_WEBHOOK_SECRET and give your mail provider, on its own site, the address "
                    "/webhooks/email of this service, with the raw, full MIME message (SendGrid and Postmark: the secret as "
                    "password in the address; Mailgun: its signing key as EMAIL_WEBHOOK_SECRET and an address ending in "
                    "/webhooks/email/mime)."
                ),
            ),
        )
