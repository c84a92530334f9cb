"""One phone's talk as its screen shows it: what was sent from it and what its network brought, with small print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from bot.records import ChatLine
from channels.segments import Length, measure
from channels.twilio_events import KEYWORDS
from demo.posted import Button, Phone, Posted

PARENT = "parent"
"""Who a chat line is from, when it is not from us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """One message on a phone.

    ``exchange`` names its request below; ``after`` is how long the parent waited for it; ``seq`` is the number it was
    accepted under; ``acted_on``: the network has acted on this word itself; ``length`` is what it cost as an SMS.
    ``buttons`` are what can be pressed now: those of the newest message alone.
    """

    at: datetime
    text: str
    mine: bool
    exchange: str
    attachment: str = ""
    seq: int | None = None
    answer: int = 0
    lost: bool = False
    ends_burst: bool = False
    acted_on: bool = False
    status: str = ""
    length: Length | None = None
    after: timedelta | None = None
    buttons: tuple[Button, ...] = ()


def talk(phone: Phone, lines: Sequence[ChatLine]) -> tuple[Bubble, ...]:
    """``lines``: the talk as the store has it."""
    ours = [
        Bubble(
            at=message.at,
            text=message.text,
            mine=False,
            exchange=message.name,
            status=message.status,
            length=measure(message.text) if phone.channel == "sms" else None,
            buttons=message.buttons,
        )
        for message in phone.arrived()
    ]
    bubbles = sorted([*_sent(phone, lines), *ours], key=lambda bubble: (bubble.at, not bubble.mine))
    return tuple(_with_neighbours(bubbles))


def inward(phone: Phone, place: int) -> str:
    """The name of the request of the phone's message at this place."""
    return f"in-{phone.channel}-{place}"


def _sent(phone: Phone, lines: Sequence[ChatLine]) -> Iterator[Bubble]:
    seqs = _seqs(phone.posted, lines)
    for place, posted in enumerate(phone.posted):
        yield Bubble(
            at=posted.at,
            text=posted.text,
            mine=True,
            exchange=inward(phone, place),
            attachment=posted.attachment or "",
            seq=seqs.get(place),
            answer=posted.status,
            lost=not posted.kept,
            acted_on=phone.channel == "sms" and posted.text.strip().upper() in KEYWORDS,
        )


def _seqs(posted: Sequence[Posted], lines: Sequence[ChatLine]) -> dict[int, int]:
    """Which line of the store each message became, newest first: older ones may have been erased since."""
    kept = [line for line in lines if line.sender == PARENT]
    seqs = {}
    for place in range(len(posted) - 1, -1, -1):
        if kept and posted[place].kept and kept[-1].text == posted[place].text:
            seqs[place] = kept.pop().seq
    return seqs


def _with_neighbours(bubbles: Sequence[Bubble]) -> Iterator[Bubble]:
    asked_at: datetime | None = None
    for bubble, following in pairwise([*bubbles, None]):
        if bubble is None:
            continue
        if bubble.mine:
            asked_at = bubble.at
            yield replace(bubble, ends_burst=following is None or not following.mine)
        else:
            buttons = bubble.buttons if following is None else ()
            yield replace(bubble, after=bubble.at - asked_at if asked_at else None, buttons=buttons)
            asked_at = None
