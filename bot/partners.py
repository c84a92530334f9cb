"""What partners see: what families agreed to have seen, and how much came in, read, kept back and why, with small numbers hidden.

Whole months that are over alone are counted, so that two looks on two days do not tell what came in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar
from uuid import UUID

from bot.days import ZONE
from bot.ports import Clock

T = TypeVar("T", bound=StrEnum)

FEWEST = 5
"""A number under this is not told."""
STEP = 5
"""Numbers are told in steps of this, so that two looks, or two months, do not tell of the one or two that came between."""


class Read(StrEnum):
    ON_TIME = "on_time"
    LATE = "late"
    NOT_YET = "not_yet"


class Shown(StrEnum):
    """Whether an experience is shown, and why not."""

    SHOWN = "shown"
    NOT_AGREED = "not_agreed"
    WITH_TEAM = "with_team"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """One experience as partners read it: no reference, no day, no channel. ``month`` is its first day."""

    month: date
    district: str | None
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Every experience of the time has one ``Read`` and one ``Shown``, whatever page is looked at. ``cleared`` is one page of
    those that are shown, newest first; the pages beside it begin from ``newer`` and ``older``.
    """

    read: Mapping[Read, int]
    shown: Mapping[Shown, int]
    cleared: tuple[Cleared, ...]
    newer: UUID | None = None
    older: UUID | None = None


class PartnerRecords(Protocol):
    def tally(self, since: date, before: date, *, at: UUID | None = None, back: bool = False, size: int = 20) -> Tally:
        """``at``: an experience of the time from which the page goes on, to older ones, or ``back`` to newer. It is named by
        its id, which tells no day: a page that began at a moment would tell when a family wrote.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ForPartners:
    """None among the numbers: fewer than ``FEWEST``, or it would tell one that is. ``total`` likewise. All are in steps of
    ``STEP`` but what is shown, which anybody can count on the page.
    """

    since: date
    until: date
    total: int | None
    read: Mapping[Read, int | None]
    shown: Mapping[Shown, int | None]
    cleared: tuple[Cleared, ...]
    newer: UUID | None = None
    older: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Partners:
    records: PartnerRecords
    clock: Clock

    def look(self, at: UUID | None = None, *, back: bool = False) -> ForPartners:
        """One page of words, from ``at`` on. The numbers are of the whole time on each page, and hidden alike."""
        until = self.clock.now().astimezone(ZONE).date().replace(day=1)
        since = until.replace(year=until.year - 1)
        tally = self.records.tally(since, until, at=at, back=back)
        total = sum(tally.read.values())
        kept = total if total >= FEWEST else None
        shown = suppressed(tally.shown, open_ones=frozenset({Shown.SHOWN}))
        read = suppressed(tally.read)
        if shown is None or kept is None:  # the total would tell what is kept back: what is shown can be counted on the page
            nothing: dict[Shown, int | None] = {each: None for each in Shown if each is not Shown.SHOWN}
            return ForPartners(
                since=since,
                until=until,
                total=None,
                read=dict.fromkeys(Read),
                shown={Shown.SHOWN: tally.shown[Shown.SHOWN], **nothing},
                cleared=tally.cleared,
                newer=tally.newer,
                older=tally.older,
            )
        return ForPartners(
            since=since,
            until=until,
            total=_in_steps(kept),
            read={part: _in_steps(count) for part, count in (read or dict.fromkeys(Read)).items()},
            shown={part: count if part is Shown.SHOWN else _in_steps(count) for part, count in shown.items()},
            cleared=tally.cleared,
            newer=tally.newer,
            older=tally.older,
        )


def _in_steps(count: int | None) -> int | None:
    """The nearest step; what is told is five at least, and stays so."""
    return None if count is None else STEP * ((count + STEP // 2) // STEP)


def suppressed(parts: Mapping[T, int], *, open_ones: frozenset[T] = frozenset()) -> dict[T, int | None] | None:
    """The parts of a total that is told, with None for what is hidden. ``open_ones`` can be counted by anybody.

    What is under five is hidden, and the next smallest with it, until those that are hidden cannot be worked out from the
    rest: at least two, at least five together. None: that cannot be reached, and the total must not be told.
    """
    order = sorted((part for part in parts if part not in open_ones), key=lambda part: parts[part])
    hidden = [part for part in order if parts[part] < FEWEST]
    left = [part for part in order if part not in hidden]
    while hidden and (len(hidden) == 1 or sum(parts[part] for part in hidden) < FEWEST):
        if not left:
            return None
        hidden.append(left.pop(0))
    return {part: None if part in hidden else count for part, count in parts.items()}
