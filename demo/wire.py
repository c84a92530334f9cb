"""The exact requests between the phones' networks and the service, both ways, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from demo.handset import WEBHOOK, Handset, Posted
from demo.provider import Provider, Taken
from demo.talks import inward, outward

_NEWEST = 40
"""So many are shown: a longer list would only slow the page."""
_UNTOLD = "…"
"""Stands for what is random, long and says nothing: a signature, an id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer, as text. ``inbound``: the network posted it to the service."""

    name: str
    at: datetime
    inbound: bool
    channel: str
    phone: str
    request: str
    answer: str


def exchanges(provider: Provider, handsets: Sequence[Handset], others: Mapping[str, str]) -> tuple[Exchange, ...]:
    """What these handsets sent and were sent, and what went to ``others`` (provider's address to a name for it)."""
    found = [*_inbound(handsets), *_outbound(provider, {**{handset.known_as: handset.number for handset in handsets}, **others})]
    return tuple(sorted(found, key=lambda exchange: exchange.at, reverse=True)[:_NEWEST])


def _inbound(handsets: Sequence[Handset]) -> Iterator[Exchange]:
    for handset in handsets:
        for place, posted in enumerate(handset.posted):
            yield Exchange(
                name=inward(handset, place),
                at=posted.at,
                inbound=True,
                channel=handset.channel,
                phone=handset.number,
                request=_posted(posted),
                answer=f"{posted.status} {HTTPStatus(posted.status).phrase}\n{posted.answer}".strip(),
            )


def _posted(posted: Posted) -> str:
    headers = [f"{name}: {value}" for name, value in posted.headers.items()]
    fields = [f"{name}={_on_one_line(value)}" for name, value in posted.fields.items()]
    return "\n".join([f"POST {WEBHOOK}", *headers, "", *fields])


def _outbound(provider: Provider, phones: Mapping[str, str]) -> Iterator[Exchange]:
    for message in provider.taken:
        if message.to in phones:
            yield Exchange(
                name=outward(message),
                at=message.created_at,
                inbound=False,
                channel="whatsapp" if message.to.startswith("whatsapp:") else "sms",
                phone=phones[message.to],
                request=_asked(provider, message),
                answer=f"201 Created\nsid={message.sid}\nstatus={message.status}",
            )


def _asked(provider: Provider, message: Taken) -> str:
    fields = [f"{name}={_on_one_line(value)}" for name, values in message.form.items() for value in values]
    return "\n".join(
        [
            f"POST /2010-04-01/Accounts/{provider.account_sid}/Messages.json",
            f"Authorization: Basic {_UNTOLD}",
            "",
            *fields,
        ]
    )


def _on_one_line(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n")
