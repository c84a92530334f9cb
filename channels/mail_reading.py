"""A mail as it came over the wire into our events. Whatever is wrong with it, it is kept: at worst as one that nobody can read.

RFC 5322. The tables and the rules of each field are in the modules beside this one, ``mail_…``.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Sequence
from email.message import Message

from bot.events import Event
from bot.faults import place
from bot.model import Address, ChannelName, InboundMessage, Manner, Media
from channels.mail_account import MailAccount
from channels.mail_bounces import receipts
from channels.mail_headers import addresses, date, ids, normalised, plain, value, words
from channels.mail_ids import ours_in
from channels.mail_marks import manner
from channels.mail_parts import WHOLE, Contents, contents, parse
from channels.mail_replies import reply_of
from channels.mail_trust import is_proven

EMAIL = ChannelName("email")
TOO_LARGE, UNREADABLE = "too_large", "unreadable"

_NOBODY = "sender-unknown.invalid"
_LONGEST_ID, _LONGEST_SUBJECT, _MOST_REFERENCES = 200, 300, 20
_REF = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ANSWER = re.compile(
    r"\s*(?:(?:re|aw|sv|vs|antw|odp|res|rif|ref|відп|отг|ats|رد|fwd?|fw|wg|tr|pd|enc|doorst)\s*(?:\[\d+\])?\s*[:：]\s*)+",  # noqa: RUF001 - as people's programs write them
    re.IGNORECASE,
)
"""What programs put before the subject of an answer or of a letter passed on."""

_FORWARD = re.compile(r"\s*(?:fwd?|fw|wg|tr|pd|enc|doorst|rv|i)\s*[:：]", re.IGNORECASE)  # noqa: RUF001 - the same

log = logging.getLogger(__name__)


class MailReader:
    """Reads mails for one mailbox. ``is_command``: whether a text alone is one of the words understood anywhere."""

    def __init__(self, account: MailAccount, *, is_command: Callable[[str], bool] = lambda _: False) -> None:
        self._account = account
        self._is_command = is_command

    def read(self, raw: bytes, *, size: int | None = None) -> tuple[Event, ...]:
        """The message in a mail, and what it says of one of ours. Never raises.

        ``size``: of a mail too large to be taken, of which ``raw`` is the beginning only.
        """
        try:
            mail = parse(raw)
            told = tuple(receipts(mail, channel=EMAIL, keys=self._account.keys))
            return (self._message(mail, raw, size=size, is_about_ours=bool(told)), *told)
        except Exception as error:  # noqa: BLE001 - no mail is so strange that it may be lost
            log.warning("a mail could not be read and is kept whole: %s", place(error))
            return (self._unreadable(raw),)

    def _message(self, mail: Message, raw: bytes, *, size: int | None, is_about_ours: bool) -> InboundMessage:
        found = contents(mail, cut_off=size is not None)
        sender, known = _sender(mail, raw)
        answered = next((one for name in ("In-Reply-To", "References") for one in self._ours(mail, name)), None)
        came_back = bool(self._ours(mail, "Message-ID"))
        how, mark = manner(mail, sender=sender if known else "", ours=came_back or self._account.is_ours(sender))
        details = {
            "no_answer_because": mark,
            "answers": "" if answered is None else str(answered),
            "bytes": "" if size is None else str(size),
        }
        return InboundMessage(
            channel=EMAIL,
            account=self._account.address,
            external_id=_external_id(mail, raw, found, sender),
            sender=Address("email", sender),
            # What we said ourselves, signposts among it, is nobody's cry for help when it comes back.
            text="" if came_back or is_about_ours else self._text(mail, found, answers_us=answered is not None),
            media=found.media if size is None else (Media(url="", content_type="message/rfc822", kind=TOO_LARGE),),
            sent_at=date(mail),
            details={name: said for name, said in details.items() if said},
            manner=how,
            ref=self._ref(mail),
            thread=self._thread(mail, sender),
            verified=known and is_proven(mail, authserv_id=self._account.authserv_id),
            raw=raw,
        )

    def _text(self, mail: Message, found: Contents, *, answers_us: bool) -> str:
        """What the person says now, below a subject that says something of its own."""
        subject = words(mail, "Subject")[:_LONGEST_SUBJECT]
        is_first = not ids(mail, "In-Reply-To") and not ids(mail, "References") and not _ANSWER.match(subject)
        # Some servers give our mail another id, and the answer does not lead back; then our address in the quotation tells.
        quotes_us = answers_us or (not is_first and self._account.address in found.text.lower())
        reply = reply_of(found.text, quotes_us=quotes_us and not _FORWARD.match(subject))
        if not any(sign.isalnum() for sign in subject):
            return reply
        if not reply:  # under an answer stands our own subject, unless they have put a word like STOP in its place
            return subject if is_first or self._is_command(subject) else ""
        if not is_first or self._is_command(reply):
            return reply
        told = " ".join(reply.split()).casefold().startswith(subject.casefold().rstrip(" .…"))
        return reply if told else f"{subject}\n\n{reply}"

    def _thread(self, mail: Message, sender: str) -> dict[str, str]:
        """What an answer needs to stand below this mail. An address that is ours is nobody to answer to."""
        replies = [address for address in addresses(mail, "Reply-To") if not self._account.is_ours(normalised(address))]
        named = [*ids(mail, "References"), *ids(mail, "In-Reply-To")]
        thread = {
            "message_id": next(iter(ids(mail, "Message-ID")), ""),
            # The first id names the talk and the last ones its place in it: the middle of a long row can go.
            "references": " ".join(dict.fromkeys(named[:1] + named[1:][-_MOST_REFERENCES:])),
            "subject": words(mail, "Subject")[:_LONGEST_SUBJECT],
            "reply_to": next((address for address in replies if normalised(address) != sender), ""),
        }
        return {name: said for name, said in thread.items() if said}

    def _ref(self, mail: Message) -> str:
        """The code of the poster they came by, where that gave our address with the code behind a plus sign."""
        for name in ("Delivered-To", "X-Original-To", "To", "Cc"):
            for address in addresses(mail, name):
                code = address.rpartition("@")[0].partition("+")[2]
                coded = normalised(address) != self._account.address and self._account.is_ours(normalised(address))
                if coded and _REF.fullmatch(code):
                    return code
        return ""

    def _ours(self, mail: Message, name: str) -> Sequence[object]:
        return tuple(ours_in(" ".join(ids(mail, name)), keys=self._account.keys))

    def _unreadable(self, raw: bytes) -> InboundMessage:
        digest = hashlib.sha256(raw).hexdigest()
        return InboundMessage(
            channel=EMAIL,
            account=self._account.address,
            external_id=f"#{digest}",
            sender=Address("email", f"{digest[:32]}@{_NOBODY}"),
            media=(Media(url=WHOLE, content_type="message/rfc822", kind=UNREADABLE),),
            details={"no_answer_because": "unreadable"},
            manner=Manner.KEEP,
            verified=False,
            raw=raw,
        )


def is_nobody(address: str) -> bool:
    """Whether this is what stands in place of a sender that a mail does not name."""
    return address.endswith(f"@{_NOBODY}")


def has_answer_mark(subject: str) -> bool:
    """Whether it begins as the subject of an answer does; that of a letter passed on does not."""
    return _ANSWER.match(subject) is not None and _FORWARD.match(subject) is None


def _sender(mail: Message, raw: bytes) -> tuple[str, bool]:
    """Who wrote, and whether that is an address at all. Somebody who names none is nobody else who names none."""
    for name in ("From", "Sender", "Reply-To", "Return-Path"):
        for address in map(normalised, addresses(mail, name)):
            if address:
                return address, True
    return f"{hashlib.sha256(raw).hexdigest()[:32]}@{_NOBODY}", False


def _external_id(mail: Message, raw: bytes, found: Contents, sender: str) -> str:
    """The Message-ID with a digest of what is in the mail: one id may be used twice, and a mail may come by two ways.

    What changes on the way (Received, the encoding of a part, a warning in the subject) is no part of the digest. A mail
    without an id is known by all its bytes.
    """
    given = next(iter(ids(mail, "Message-ID")), "") or plain(value(mail, "Message-ID"))
    if not given:
        return f"#{hashlib.sha256(raw).hexdigest()}"
    digest = hashlib.sha256(sender.encode())
    for leaf in found.leaves:
        digest.update(hashlib.sha256(leaf.translate(None, b" \t\r\n")).digest())
    name = given if len(given) <= _LONGEST_ID else hashlib.sha256(given.encode("utf-8", "replace")).hexdigest()
    return f"{name}#{digest.hexdigest()[:32]}"
