"""What an operator is told about the mailbox and the submission server, in sentences with the fix. Nothing is sent or marked."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator

from imap_tools import BaseMailBox

from bot.errors import SendError
from channels.base import Finding
from channels.mail_account import MailAccount, MailServer
from channels.mail_headers import normalised
from channels.mail_in import newest_headers, opened
from channels.mail_login import Tokens
from channels.mail_out import Submission
from channels.mail_parts import parse
from channels.mail_trust import written

_MANY = 50
_HOST = re.compile(r"[a-z0-9._-]{1,200}")


def check_mailbox(account: MailAccount, tokens: Tokens | None, *, context: ssl.SSLContext | None) -> Iterator[Finding]:
    """Whether mail can come in by IMAP, and whether a sender can be proven."""
    if account.imap is None:
        yield Finding(
            ok=True,
            text="EMAIL_IMAP_URL is not set: mail comes in only where a provider posts it to /webhooks/email.",
        )
        yield from _named(account)
        return
    try:
        mailbox = opened(account.imap, tokens, context=context)
    except SendError as error:
        yield Finding(ok=False, text=f"The mailbox cannot be read: {error}", fix=_FIX)
        return
    try:
        yield Finding(ok=True, text="The mailbox can be read.")
        yield from _waiting(mailbox)
        yield from _same_address(account, account.imap, "EMAIL_IMAP_URL")
        yield from _trust(account, mailbox)
    finally:
        mailbox.logout()


def check_submission(account: MailAccount, submission: Submission | None) -> Iterator[Finding]:
    """Whether mail can go out. The server is greeted and logged in at, and no mail is begun."""
    if submission is None or account.smtp is None:
        yield Finding(ok=False, text="No mail can be sent: EMAIL_SMTP_URL is not set.", fix="Set EMAIL_SMTP_URL.")
        return
    try:
        with submission.connected():
            pass
    except SendError as error:
        yield Finding(ok=False, text=f"No mail can be sent: {error}", fix=_FIX)
        return
    yield Finding(ok=True, text="The submission server lets us in. No mail was sent.")
    yield from _same_address(account, account.smtp, "EMAIL_SMTP_URL")
    if not account.bounce_address:
        yield Finding(
            ok=True,
            text="Answers go without an envelope sender, so that no robot answers; what is not delivered is not heard of.",
            fix="To hear of it, or if the server takes no such mail, set EMAIL_BOUNCE_ADDRESS to an address of this mailbox.",
        )


_FIX = "Look at the address, user and password (or the OAuth settings) of that server; the provider may want an app password."


def _waiting(mailbox: BaseMailBox) -> Iterator[Finding]:
    """A mailbox that people have used may hold years of unread mail, and each would be answered."""
    unread = len(mailbox.uids("UNSEEN", charset=None))
    if unread > _MANY:
        yield Finding(
            ok=True,
            text=f"{unread} unread mails wait in the mailbox, and each will be taken in and answered.",
            fix="Mark as read whatever is not meant for this service before it starts, or give it a folder of its own.",
        )


def _same_address(account: MailAccount, server: MailServer, setting: str) -> Iterator[Finding]:
    login = normalised(server.user)
    if login and login != account.address:
        yield Finding(
            ok=True,
            text=f"The user in {setting} is not EMAIL_ADDRESS: answers leave in the name of one address by the login of another.",
            fix="See that this login may send in the name of EMAIL_ADDRESS, and that mail to EMAIL_ADDRESS ends in this mailbox.",
        )


def _named(account: MailAccount) -> Iterator[Finding]:
    if not account.authserv_id:
        yield Finding(
            ok=True,
            text="EMAIL_AUTHSERV_ID is not set, so no sender is proven: mail gives feedback, and reveals or changes nothing.",
            fix="Set it to the name your receiving host puts first in the Authentication-Results of a mail.",
        )


def _trust(account: MailAccount, mailbox: BaseMailBox) -> Iterator[Finding]:
    """What the newest mail shows of who writes Authentication-Results, against what is set."""
    headers = newest_headers(mailbox)
    topmost = next((name for name, _ in written(parse(headers))), "") if headers else ""
    if not _HOST.fullmatch(topmost) or topmost == account.authserv_id:
        yield from _named(account)
        return
    yield Finding(
        ok=not account.authserv_id,
        text=f"The newest mail has its Authentication-Results from {topmost}; "
        + (
            "EMAIL_AUTHSERV_ID says otherwise."
            if account.authserv_id
            else "EMAIL_AUTHSERV_ID is not set, so no sender is proven."
        ),
        fix=f"If that is your own receiving host, set EMAIL_AUTHSERV_ID={topmost}.",
    )
