"""The mailbox: new mail is waited for (IDLE), handed over one by one, and marked as read only once it is kept.

RFC 9051, RFC 2177. A mail that somebody has opened in the mailbox while this runs is taken all the same, by its number.
"""

from __future__ import annotations

import logging
import re
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from imaplib import IMAP4, Internaldate2tuple
from itertools import chain

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from bot.errors import BadSettings, ChannelMisconfigured, ProviderUnavailable, StoreUnavailable
from bot.events import Event
from bot.faults import place
from bot.model import InboundMessage, Manner
from channels.mail_account import MailAccount, MailServer
from channels.mail_login import Login, Tokens
from channels.mail_reading import EMAIL, MailReader

MAX_MAIL = 35 * 1024 * 1024
BEGINNING = 1024 * 1024
"""Bytes that are taken of a larger mail: its headers and, in nearly every one, all of its words."""

TIMEOUT = 30.0
"""Seconds the server may take for one answer."""

LONGEST_IDLE = timedelta(minutes=9)
"""Servers break off at 29 minutes (RFC 2177); what stands between breaks off sooner, and says nothing."""

WITHOUT_IDLE = timedelta(seconds=20)
_MOST_AT_ONCE = 25
"""Mails in one round, so that it ends well before the poller's lease does."""

OLD = timedelta(days=3)
"""From then on a mail that only now comes to us is kept and not answered: nobody waits for a line from a machine any more."""

_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")

log = logging.getLogger(__name__)


def opened(server: MailServer, tokens: Tokens | None, *, context: ssl.SSLContext | None = None) -> BaseMailBox:
    """The folder, logged in and selected. Raises ``ProviderUnavailable`` or ``ChannelMisconfigured``."""
    mailbox = _connected(server, context)
    try:
        Login(server, tokens).imap(mailbox.client)
        mailbox.folder.set(server.folder)
    except (IMAP4.abort, OSError):
        _close(mailbox)
        raise ProviderUnavailable("The mail server broke off while the mailbox was opened.") from None
    except (ImapToolsError, IMAP4.error):
        _close(mailbox)
        raise ChannelMisconfigured("The mailbox has no folder of the name in EMAIL_IMAP_URL.") from None
    except BaseException:
        _close(mailbox)
        raise
    return mailbox


class _NotTakenError(Exception):
    """``receive`` did not keep a mail, and why."""

    def __init__(self, reason: Exception) -> None:
        super().__init__()
        self.reason = reason


class MailPoller:
    """The mailbox as a way in; fits ``bot.ports.Poller``. Used by one thread at a time."""

    name = f"{EMAIL}:imap"

    def __init__(
        self,
        account: MailAccount,
        reader: MailReader,
        *,
        tokens: Tokens | None = None,
        context: ssl.SSLContext | None = None,
        sleep: Callable[[float], object] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if account.imap is None:
            raise BadSettings("The mailbox needs EMAIL_IMAP_URL.")
        self._server = account.imap
        self._reader = reader
        self._tokens = tokens
        self._context = context
        self._sleep = sleep
        self._now = now
        self._mailbox: BaseMailBox | None = None
        self._folder_is: object = None
        self._handed: set[int] = set()
        self._stuck: set[int] = set()
        self._next = 0

    def poll(self, receive: Callable[[Sequence[Event]], object], *, wait: timedelta) -> bool:
        """One round. What ``receive`` raises comes through, and that mail stays unread for the next round."""
        try:
            mailbox = self._opened()
            if self._take(mailbox, receive):
                return True
            self._idle(mailbox, wait)
            return self._take(mailbox, receive)
        except _NotTakenError as error:
            raise error.reason from None
        except (ImapToolsError, IMAP4.error, OSError, ValueError) as error:
            self.close()
            log.warning("the mailbox could not be read: %s", place(error))
            raise ProviderUnavailable("The connection to the mailbox broke.") from None
        except ChannelMisconfigured as error:
            self.close()
            log.error("%s", error)  # noqa: TRY400 - the sentence is for the operator, and says it all
            raise ProviderUnavailable(str(error), code=error.code) from None
        except ProviderUnavailable:
            self.close()
            raise

    def close(self) -> None:
        mailbox, self._mailbox = self._mailbox, None
        if mailbox is not None:
            _close(mailbox)

    def _opened(self) -> BaseMailBox:
        if self._mailbox is None:
            mailbox = opened(self._server, self._tokens, context=self._context)
            known = tuple(_number(mailbox, name) for name in ("UIDVALIDITY", "UIDNEXT"))
            if known[0] != self._folder_is:  # the folder was made anew, and its numbers mean other mails
                self._folder_is, self._next = known
                self._handed.clear()
                self._stuck.clear()
            self._mailbox = mailbox
        return self._mailbox

    def _take(self, mailbox: BaseMailBox, receive: Callable[[Sequence[Event]], object]) -> bool:
        """Hand over what is new, oldest first. One that nobody can take does not keep back those after it: next time it is
        tried after them, so that many such do not either.
        """
        waiting = self._waiting(mailbox)
        failed: _NotTakenError | None = None
        for uid in waiting[:_MOST_AT_ONCE]:
            try:
                self._hand_over(mailbox, uid, receive)
            except _NotTakenError as error:
                failed = error
                if isinstance(error.reason, StoreUnavailable):
                    break
                self._stuck.add(uid)
        if failed is not None:
            raise failed
        if waiting and len(waiting) <= _MOST_AT_ONCE:
            self._next = max(self._next, max(waiting) + 1)
        return bool(waiting)

    def _waiting(self, mailbox: BaseMailBox) -> list[int]:
        """Mails that are unread, and those that came since the folder was opened, whoever has read them meanwhile."""
        mailbox.client.noop()
        searches = ("UNSEEN", f"UID {self._next}:*") if self._next else ("UNSEEN",)
        unread, *rest = ([int(uid) for uid in mailbox.uids(search, charset=None)] for search in searches)
        # "UID 7:*" names the last mail even where there is no seventh.
        came = (uid for uid in chain.from_iterable(rest) if uid >= self._next)
        return sorted({*unread, *came} - self._handed, key=lambda uid: (uid in self._stuck, uid))

    def _hand_over(self, mailbox: BaseMailBox, uid: int, receive: Callable[[Sequence[Event]], object]) -> None:
        known = self._known(mailbox, uid)
        if known is None:  # somebody has deleted it meanwhile
            return
        size, came_at = known
        too_large = size > MAX_MAIL
        raw = _body(mailbox, uid, f"BODY.PEEK[]<0.{BEGINNING}>" if too_large else "BODY.PEEK[]")
        if raw is None:
            return
        events = self._reader.read(raw, size=size if too_large else None)
        if came_at is not None and self._now() - came_at > OLD:
            events = tuple(_unanswered(event) for event in events)
        try:
            receive(events)
        except Exception as error:  # noqa: BLE001 - whatever it is, it goes to whoever polls, and the mail stays unread
            raise _NotTakenError(error) from None
        answer, _ = mailbox.client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")
        if answer != "OK":  # a folder that may only be read; a repeat would be recognised, and nothing is lost
            log.warning("the mail server did not let a mail be marked as read")
        self._stuck.discard(uid)
        self._handed.add(uid)  # where the line broke before this it comes again, and is a repeat

    def _known(self, mailbox: BaseMailBox, uid: int) -> tuple[int, datetime | None] | None:
        """Its size in bytes and when it came, as the server knows it; None: it is there no more."""
        _, lines = mailbox.client.uid("FETCH", str(uid), "(RFC822.SIZE INTERNALDATE)")
        line = next((line for line in lines if isinstance(line, bytes) and _SIZE.search(line)), None)
        size = None if line is None else _SIZE.search(line)
        if line is None or size is None:
            return None
        came = Internaldate2tuple(line)
        return int(size[1]), None if came is None else datetime.fromtimestamp(time.mktime(came), UTC)

    def _idle(self, mailbox: BaseMailBox, wait: timedelta) -> None:
        """Until something comes, or the time is over."""
        if "IDLE" in mailbox.client.capabilities:
            mailbox.idle.wait(timeout=min(wait, LONGEST_IDLE).total_seconds())
        else:
            self._sleep(min(wait, WITHOUT_IDLE).total_seconds())


def _unanswered(event: Event) -> Event:
    """A mailbox that is connected for the first time may be full of old mail: it is kept, and nobody is written to."""
    if not isinstance(event, InboundMessage) or event.manner is not Manner.TALK:
        return event
    return replace(event, manner=Manner.KEEP, details={**event.details, "no_answer_because": "old"})


def newest_headers(mailbox: BaseMailBox) -> bytes | None:
    """The headers of the newest mail, which stays as read or unread as it is."""
    last = max((int(uid) for uid in mailbox.uids("ALL", charset=None)), default=None)
    return None if last is None else _body(mailbox, last, "BODY.PEEK[HEADER]")


def _connected(server: MailServer, context: ssl.SSLContext | None) -> BaseMailBox:
    try:
        if server.tls:
            return MailBox(server.host, server.port, timeout=TIMEOUT, ssl_context=context or ssl.create_default_context())
        if server.loopback and context is None:
            return MailBoxUnencrypted(server.host, server.port, timeout=TIMEOUT)
        return MailBoxStartTls(server.host, server.port, timeout=TIMEOUT, ssl_context=context or ssl.create_default_context())
    except ssl.SSLCertVerificationError:
        raise ProviderUnavailable("The mail server's certificate is not valid for its name.") from None
    except (IMAP4.abort, OSError):
        raise ProviderUnavailable("The mail server could not be reached.") from None
    except (ImapToolsError, IMAP4.error, ValueError):
        raise ChannelMisconfigured("The mail server of EMAIL_IMAP_URL speaks no IMAP with TLS there; use imaps://.") from None


def _body(mailbox: BaseMailBox, uid: int, item: str) -> bytes | None:
    _, lines = mailbox.client.uid("FETCH", str(uid), f"({item})")
    return next((bytes(line[1]) for line in lines if isinstance(line, tuple)), None)


def _number(mailbox: BaseMailBox, name: str) -> int:
    """What the server said of the folder as it was selected; 0 where it did not."""
    _, said = mailbox.client.response(name)
    given = (said or [None])[-1]
    return int(given) if isinstance(given, bytes) and given.isdigit() else 0


def _close(mailbox: BaseMailBox) -> None:
    with suppress(Exception):  # the connection may be gone already; then there is nothing to say goodbye to
        mailbox.logout()
    with suppress(Exception):
        mailbox.client.shutdown()
