"""The way of a mail of ours to the submission server, and what each refusal there means to us. Tables first.

RFC 5321; RFC 3463 for the codes.
"""

from __future__ import annotations

import re
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from email.message import EmailMessage

from bot.errors import (
    ChannelMisconfigured,
    ContactUnreachable,
    ProviderUnavailable,
    ProviderUncertain,
    Rejected,
    SendError,
    Throttled,
)
from channels.mail_account import MailServer
from channels.mail_login import Login
from channels.mail_writing import ascii_domain

TIMEOUT, BUDGET = 15.0, 45.0
"""Seconds for each word with the server, and for all of them: the outbox holds its lease for a minute."""

SLOW_DOWN = frozenset({"4.3.2", "4.4.5", "4.5.3", "4.7.0", "4.7.1", "4.7.28", "5.7.28"})
"""Codes with which servers say that it was too much too fast."""

NOBODY_THERE = ("5.1", "5.2.1", "5.4", "5.0")
_NO_CODE = ""
_CODE = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_WORDS_LEFT = 3
"""What is still to be said once we are in: whose mail, for whom, and the mail."""


class Submission:
    """Our submission server. A connection for each mail: they are few, and one that waits is soon thrown out."""

    def __init__(
        self,
        server: MailServer,
        login: Login,
        *,
        context: ssl.SSLContext | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server = server
        self._login = login
        self._context = context
        self._seconds = seconds

    @contextmanager
    def connected(self) -> Iterator[smtplib.SMTP]:
        """Logged in. Raises ``ChannelMisconfigured`` or ``ProviderUnavailable``; nothing was sent."""
        ends = self._seconds() + BUDGET
        client = self._connect()
        try:
            self._greet(client)
            self._hurry(client, ends)
            self._login.smtp(client)
            self._hurry(client, ends)
            yield client
        finally:
            with suppress(smtplib.SMTPException, OSError):
                client.quit()
            client.close()

    def send(self, mail: EmailMessage, *, envelope: str, to: str) -> None:
        """Hand it over. Raises a ``SendError``; ``ProviderUncertain`` where the answer to the whole mail was lost."""
        to = ascii_domain(to)
        with self.connected() as client:
            if not to.isascii() and not client.has_extn("smtputf8"):
                raise ContactUnreachable("The mail server cannot write to an address with such letters.")
            options = ("SMTPUTF8",) if not to.isascii() else ()
            _answered(lambda: client.mail(envelope, options), _sender_refused(empty=not envelope))
            _answered(lambda: client.rcpt(to), _recipient_refused)
            _hand_over(client, mail.as_bytes())

    def _hurry(self, client: smtplib.SMTP, ends: float) -> None:
        """Nothing is begun that could end after the outbox has given the mail to another worker."""
        left = (ends - self._seconds()) / _WORDS_LEFT
        if left <= 0 or client.sock is None:
            raise ProviderUnavailable("The mail server is too slow.")
        client.sock.settimeout(min(TIMEOUT, left))

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
