"""A mail of ours: what it says, and its way to the submission server.

RFC 3834 for answers by program, RFC 5321 for the way, RFC 3463 for the codes.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from email.header import Header
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, formataddr, parseaddr

from bot.errors import (
    ChannelMisconfigured,
    ContactUnreachable,
    ProviderUnavailable,
    ProviderUncertain,
    Rejected,
    SendError,
    Throttled,
)
from bot.model import Outgoing
from channels.mail_account import MailAccount, MailServer
from channels.mail_headers import normalised, plain
from channels.mail_ids import message_id
from channels.mail_login import Login
from channels.mail_reading import has_answer_mark

TIMEOUT = 15.0
"""Seconds for each word with the server. The outbox holds its lease for a minute."""

SLOW_DOWN = frozenset({"4.3.2", "4.4.5", "4.5.3", "4.7.0", "4.7.1", "4.7.28", "5.7.28"})
"""Codes with which servers say that it was too much too fast."""

NOBODY_THERE = ("5.1", "5.2.1", "5.4", "5.0")
_NO_CODE = ""
_CODE = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_ONE_ID = re.compile(r"<[^<>\s]{1,900}>")
_ID_HEADERS = frozenset({"message-id", "in-reply-to", "references"})
_MOST_REFERENCES, _LONGEST_SUBJECT = 21, 200


class _Policy(EmailPolicy):
    """Ids stand whole and one to a line: the library would write a long one as an encoded word. And between two encoded
    words it loses a space.
    """

    def fold(self, name: str, value: str) -> str:
        wanted = name.lower()
        if wanted in _ID_HEADERS:
            return name + ": " + "\r\n ".join(str(value).split()) + "\r\n"
        if wanted in {"subject", "from"} and not str(value).isascii():
            words = formataddr(parseaddr(str(value)), "utf-8") if wanted == "from" else _encoded(str(value))
            return f"{name}: {words}\r\n"
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


def _encoded(words: str) -> str:
    return Header(words, "utf-8", header_name="Subject").encode(linesep="\r\n")


_POLICY = _Policy(linesep=SMTP.linesep, cte_type="7bit")


def recipient(outgoing: Outgoing) -> str:
    """The one address it goes to: the one asked for in Reply-To, else the one the person wrote from.

    Raises ``ContactUnreachable`` for what is no address of this channel.
    """
    wanted = outgoing.thread.get("reply_to", "")
    address = wanted if normalised(wanted) else outgoing.address.path
    if outgoing.address.scheme != "email" or not normalised(address) or address.endswith(".invalid"):
        raise ContactUnreachable("There is no email address to answer to.")
    return address


def composed(outgoing: Outgoing, account: MailAccount, *, now: datetime) -> EmailMessage:
    """The mail. Whatever of it came from outside is cleaned again here: what is stored may be older than a rule."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Mailbox(display_name=plain(account.name), addr_spec=account.address)
    mail["To"] = _ascii_domain(recipient(outgoing))
    mail["Subject"] = _subject(outgoing.thread)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id(outgoing.id, keys=account.keys, domain=account.domain)
    theirs = _ONE_ID.findall(outgoing.thread.get("message_id", ""))[:1]
    if theirs:
        before = _ONE_ID.findall(outgoing.thread.get("references", ""))
        mail["In-Reply-To"] = theirs[0]
        mail["References"] = " ".join(dict.fromkeys([*before[:1], *before[1:][-_MOST_REFERENCES:], *theirs]))
    if not outgoing.by_person:
        mail["Auto-Submitted"] = "auto-replied" if outgoing.thread else "auto-generated"
        mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    mail.set_content(_sendable(outgoing.text), subtype="plain", charset="utf-8", cte="quoted-printable")
    mail["Content-Language"] = str(outgoing.locale)
    return mail


def envelope_sender(outgoing: Outgoing, account: MailAccount) -> str:
    """Nobody, so that no robot can answer an answer; or where bounces go. What a person wrote is answered to us."""
    return account.bounce_address or (account.address if outgoing.by_person else "")


class Submission:
    """Our submission server. A connection for each mail: they are few, and one that waits is soon thrown out."""

    def __init__(self, server: MailServer, login: Login, *, context: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._login = login
        self._context = context

    @contextmanager
    def connected(self) -> Iterator[smtplib.SMTP]:
        """Logged in. Raises ``ChannelMisconfigured`` or ``ProviderUnavailable``; nothing was sent."""
        client = self._connect()
        try:
            self._greet(client)
            self._login.smtp(client)
            yield client
        finally:
            with suppress(smtplib.SMTPException, OSError):
                client.quit()
            client.close()

    def send(self, mail: EmailMessage, *, envelope: str, to: str) -> None:
        """Hand it over. Raises a ``SendError``; ``ProviderUncertain`` where the answer to the whole mail was lost."""
        to = _ascii_domain(to)
        with self.connected() as client:
            if not to.isascii() and not client.has_extn("smtputf8"):
                raise ContactUnreachable("The mail server cannot write to an address with such letters.")
            options = ("SMTPUTF8",) if not to.isascii() else ()
            _answered(lambda: client.mail(envelope, options), _sender_refused(empty=not envelope))
            _answered(lambda: client.rcpt(to), _recipient_refused)
            _hand_over(client, mail.as_bytes())

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        try:
            if server.tls:
                return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=self._tls())
            return smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
        except smtplib.SMTPConnectError as error:
            raise ProviderUnavailable("The mail server takes no mail just now.", code=str(error.smtp_code)) from None
        except ssl.SSLCertVerificationError:
            raise ProviderUnavailable("The mail server's certificate is not valid for its name.") from None
        except (smtplib.SMTPException, OSError):
            raise ProviderUnavailable("The mail server could not be reached.") from None

    def _greet(self, client: smtplib.SMTP) -> None:
        """Say hello, and go over to TLS where the connection began without: a password never travels in the clear."""
        try:
            client.ehlo_or_helo_if_needed()
            if not self._server.tls and (self._context or not self._server.loopback):
                client.starttls(context=self._tls())
                client.ehlo_or_helo_if_needed()
        except smtplib.SMTPNotSupportedError:
            raise ChannelMisconfigured(
                "The mail server of EMAIL_SMTP_URL offers no STARTTLS; use smtps:// or its other port."
            ) from None
        except ssl.SSLCertVerificationError:
            raise ProviderUnavailable("The mail server's certificate is not valid for its name.") from None
        except (smtplib.SMTPException, OSError):
            raise ProviderUnavailable("The mail server broke off at the greeting.") from None

    def _tls(self) -> ssl.SSLContext:
        return self._context or ssl.create_default_context()


_Refusal = Callable[[int, str], SendError]


def _answered(ask: Callable[[], tuple[int, bytes]], refusal: _Refusal) -> None:
    try:
        status, said = ask()
    except (smtplib.SMTPException, OSError):
        raise ProviderUnavailable("The mail server broke off before it had the mail.") from None
    if status >= 300:  # noqa: PLR2004 - of SMTP's replies only 2xx is a yes
        raise refusal(status, _code(said))


def _hand_over(client: smtplib.SMTP, mail: bytes) -> None:
    try:
        status, said = client.data(mail)
    except smtplib.SMTPDataError as error:  # it did not want to hear it at all
        raise _not_now_or(Rejected)(error.smtp_code, _code(error.smtp_error)) from None
    except (smtplib.SMTPException, OSError):
        raise ProviderUncertain("The connection broke before the mail server said whether it had the mail.") from None
    if status >= 300:  # noqa: PLR2004 - the same
        raise _not_now_or(Rejected)(status, _code(said))


def _sender_refused(*, empty: bool) -> _Refusal:
    fix = "; it takes none without an envelope sender: set EMAIL_BOUNCE_ADDRESS to an address of ours" if empty else ""
    return _not_now_or(ChannelMisconfigured, f"The mail server refused us as the sender{fix}.")


def _recipient_refused(status: int, code: str) -> SendError:
    gone = not code or code.startswith(NOBODY_THERE)
    return _not_now_or(ContactUnreachable if gone else Rejected, "The mail server refused the recipient.")(status, code)


def _not_now_or(kind: type[SendError], sentence: str = "The mail server refused the mail.") -> _Refusal:
    def refusal(status: int, code: str) -> SendError:
        name = code or str(status)
        if code in SLOW_DOWN:
            return Throttled(code=name, retry_after=timedelta(minutes=5))
        if status < 500:  # noqa: PLR2004 - 4xx: not now
            return ProviderUnavailable("The mail server takes this mail later only.", code=name)
        return kind(sentence, code=name)

    return refusal


def _code(said: bytes | str) -> str:
    """The enhanced code in a reply. The rest of it repeats addresses, and goes nowhere."""
    found = _CODE.search(said.decode("ascii", "replace") if isinstance(said, bytes) else said)
    return found[1] if found else _NO_CODE


def _subject(thread: Mapping[str, str]) -> str:
    subject = plain(thread.get("subject", ""))[:_LONGEST_SUBJECT]
    return subject if has_answer_mark(subject) else f"Re: {subject}".strip()


def _sendable(text: str) -> str:
    return text.encode("utf-8", "ignore").decode().replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def _ascii_domain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    return f"{local}@{domain}"
