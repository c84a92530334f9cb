"""A mail of ours as it is written: to one person, in its thread, so that no robot answers it and no header can be smuggled in.

RFC 5322; RFC 3834 for answers by program.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from email.header import Header
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, formataddr, parseaddr

from bot.errors import ContactUnreachable
from bot.outgoing import Outgoing
from channels.mail_account import MailAccount
from channels.mail_headers import normalised, plain
from channels.mail_ids import message_id
from channels.mail_reading import has_answer_mark

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
    mail["To"] = ascii_domain(recipient(outgoing))
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


def _subject(thread: Mapping[str, str]) -> str:
    subject = plain(thread.get("subject", ""))[:_LONGEST_SUBJECT]
    return subject if has_answer_mark(subject) or thread.get("begins") else f"Re: {subject}".strip()


def _sendable(text: str) -> str:
    return text.encode("utf-8", "ignore").decode().replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def ascii_domain(address: str) -> str:
    """The address with an international domain as servers write it."""
    local, _, domain = address.rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    return f"{local}@{domain}"
