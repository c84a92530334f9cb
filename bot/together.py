"""Words that are dangerous only together: in one burst, or split over two turns a moment apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.heard import Risk, RiskLevel
from bot.model import Span
from bot.safety import check, check_burst

LOOKS_BACK = timedelta(minutes=10)
"""How long ago words may have come to be read as one with what comes now."""
MOST_EARLIER = 3
"""How many earlier messages are read with it."""


def heard_together(earlier: Sequence[str], texts: Sequence[str], *, alone: RiskLevel) -> Risk:
    """What ``texts`` say only as one, or as one with ``earlier``; no risk where that is no more than was heard already.

    ``alone`` is the worst of ``texts`` one by one. Evidence are spans of all of them joined by one newline each.
    """
    burst = check_burst(texts)
    if burst.level > alone and burst.level.needs_alert:
        shift = sum(len(text) + 1 for text in earlier)
        return Risk(burst.level, burst.kinds, tuple((start + shift, end + shift) for start, end in burst.evidence))
    if not earlier:
        return Risk()
    joined = check("\n".join([*earlier, *texts]))
    if joined.level <= alone or not joined.level.needs_alert:
        return Risk()  # nearly always; the messages one by one are only looked at where there is something to compare
    whole = check_burst([*earlier, *texts])
    is_news = whole.level > max(alone, check_burst(earlier).level)
    return whole if is_news and whole.level.needs_alert else Risk()


def parts_of(texts: Sequence[str], evidence: Sequence[Span]) -> list[int]:
    """The places of those texts, of all joined by one newline each, in which some of the evidence lies."""
    places, at = [], 0
    for place, text in enumerate(texts):
        if any(start < at + len(text) and end > at for start, end in evidence):
            places.append(place)
        at += len(text) + 1
    return places
