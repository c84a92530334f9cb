"""The exact requests between the phones' networks, the browsers and the service, both ways, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from demo.posted import Arrived, Phone, Posted
from demo.talks import inward

_NEWEST = 60
"""So many are shown: a longer list would only slow the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer, as text. ``inbound``: it was posted to the service. ``phone`` is who it is from or to."""

    name: str
    at: datetime
    inbound: bool
    channel: str
    phone: str
    request: str
    answer: str


def exchanges(phones: Sequence[Phone], *, others: Iterable[Exchange] = ()) -> tuple[Exchange, ...]:
    """What these phones sent and were sent, among ``others``."""
    found = [*others]
    for phone in phones:
        found += _inbound(phone)
        found += [outbound(message, channel=phone.channel, phone=phone.shown_as) for message in phone.arrived()]
    return tuple(sorted(found, key=lambda exchange: exchange.at, reverse=True)[:_NEWEST])


def outbound(message: Arrived, *, channel: str, phone: str) -> Exchange:
    return Exchange(
        name=message.name,
        at=message.at,
        inbound=False,
        channel=channel,
        phone=phone,
        request=message.request,
        answer=message.answer,
    )


def told(status: int) -> str:
    """``200 OK``: how an answer begins."""
    return f"{status} {HTTPStatus(status).phrase}"


def _inbound(phone: Phone) -> Iterator[Exchange]:
    for place, posted in enumerate(phone.posted):
        yield Exchange(
            name=inward(phone, place),
            at=posted.at,
            inbound=True,
            channel=phone.channel,
            phone=phone.shown_as,
            request=_posted(posted),
            answer=f"{told(posted.status)}\n{posted.answer}".strip(),
        )


def _posted(posted: Posted) -> str:
    headers = [f"{name}: {value}" for name, value in posted.headers.items()]
    return "\n".join([f"POST {posted.path}", *headers, "", posted.body])
