"""What a mail server says became of a mail of ours: a bounce, a delay, a receipt. Only about mails that we signed.

RFC 3464; RFC 3463 for the codes. A delay is no end, so it says nothing yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from email.message import Message
from uuid import UUID

from bot.model import ChannelName
from bot.outgoing import DeliveryReceipt, DeliveryStatus, Failure
from channels.mail_headers import ids, value, values
from channels.mail_ids import ours_in

ACTIONS: Mapping[str, DeliveryStatus] = {
    "failed": DeliveryStatus.UNDELIVERED,
    "delivered": DeliveryStatus.DELIVERED,
    "relayed": DeliveryStatus.SENT,
    "expanded": DeliveryStatus.SENT,
}

FAILURES: Mapping[str, Failure] = {
    "5.0": Failure.UNREACHABLE,
    "5.1": Failure.UNREACHABLE,  # no such mailbox, no such host
    "5.2.1": Failure.UNREACHABLE,  # the mailbox takes nothing any more
    "5.2": Failure.TRY_ONCE,  # the mailbox is full
    "5.3": Failure.TRY_ONCE,
    "5.4": Failure.UNREACHABLE,  # no way there
    "5.6": Failure.REJECTED,
    "5.7": Failure.BLOCKED,  # refused by policy
    "4": Failure.TRY_ONCE,  # it was tried for days, and given up
}
"""Why a mail did not arrive, by the longest beginning of its status code that stands here; else ``REJECTED``."""

_CODE = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_LONGEST_QUOTATION = 65_536


def receipts(mail: Message, *, channel: ChannelName, keys: Sequence[bytes]) -> Iterator[DeliveryReceipt]:
    """One receipt, or none: for a report on one of ours, or a bounce of the old kind (X-Failed-Recipients)."""
    if mail.get_content_type() == "multipart/report":
        said = [block for part in mail.walk() if part.get_content_type() == "message/delivery-status" for block in _blocks(part)]
        status, code = _outcome(said)
    elif values(mail, "X-Failed-Recipients"):
        status, code = DeliveryStatus.UNDELIVERED, ""
    else:
        return
    outbound = _which(mail, keys)
    if outbound is None or status is DeliveryStatus.UNKNOWN:
        return
    yield DeliveryReceipt(
        channel=channel,
        status=status,
        outbound=outbound,
        code=code or None,
        failure=_failure(code) if status is DeliveryStatus.UNDELIVERED else None,
    )


def _blocks(part: Message) -> list[Message]:
    """The groups of fields in a delivery status; the parser makes a small mail of each."""
    payload = part.get_payload() if part.is_multipart() else []
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _outcome(blocks: Sequence[Message]) -> tuple[DeliveryStatus, str]:
    for block in blocks:
        status = ACTIONS.get(value(block, "Action").strip().lower(), DeliveryStatus.UNKNOWN)
        if status is not DeliveryStatus.UNKNOWN:
            code = _CODE.search(value(block, "Status"))
            return status, code[0] if code else ""
    return DeliveryStatus.UNKNOWN, ""


def _failure(code: str) -> Failure:
    beginnings = (code, code.rpartition(".")[0], code.partition(".")[0]) if code else ("5.0",)
    return next((FAILURES[beginning] for beginning in beginnings if beginning in FAILURES), Failure.REJECTED)


def _which(mail: Message, keys: Sequence[bytes]) -> UUID | None:
    """The mail of ours that this is about: by what it answers, else by what is quoted of it, else none."""
    named = [*ids(mail, "In-Reply-To"), *ids(mail, "References"), *ids(mail, "X-Original-Message-ID")]
    for part in mail.walk():
        named += ids(part, "Message-ID") if part is not mail else ()
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            named += [payload[:_LONGEST_QUOTATION].decode("latin-1")] if isinstance(payload, bytes) else []
    return next((outbound for text in named for outbound in ours_in(text, keys=keys)), None)
