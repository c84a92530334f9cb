"""Which made-up stories come, when, and from whom: a month of a small service, drawn from the corpus."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import cycle, islice
from random import Random

from bot.days import ZONE
from bot.heard import RiskLevel
from bot.model import ENGLISH
from demo.corpus import Story
from demo.provider import SMS_NUMBER, WHATSAPP_NUMBER

MONTH = timedelta(days=30)
WEEK = timedelta(days=7)
FRESH_ALERT = timedelta(minutes=2)
"""So long ago came the newest message in danger: an alert nobody has taken yet waits in the inbox."""
LATEST = timedelta(minutes=40)
"""Nothing else comes later than this, so that every talk has had its answers when the demo opens."""

DRAMA = "+4477009"
OURS = {"sms": SMS_NUMBER, "whatsapp": WHATSAPP_NUMBER}
"""The service's own numbers."""
PHONES = {"whatsapp": f"{DRAMA}00482", "sms": f"{DRAMA}00207"}
"""The numbers of the phones one can hold."""
_FIRST = {channel: int(number.removeprefix("+")) for channel, number in PHONES.items()}
PARENTS = 60
"""So many new parents can hold them one after the other; then the first is back."""
ROTA = tuple(f"{DRAMA}0090{digit}" for digit in range(4))
"""The numbers of invented staff."""

DESK_PHONES = (f"{DRAMA}00960", f"{DRAMA}00961")
"""The numbers of those who are in danger in the last hour, beside the month (``demo.desk``)."""

_WRITING_HOURS = {
    7: 3,
    8: 5,
    9: 6,
    10: 5,
    11: 4,
    12: 5,
    13: 4,
    14: 3,
    15: 6,
    16: 5,
    17: 3,
    18: 4,
    19: 7,
    20: 10,
    21: 11,
    22: 8,
    23: 4,
}
"""When parents write, by the hour: the school run, and once the children are asleep."""


def number_of(channel: str, parent: int) -> str:
    """The number on which the visitor's nth parent (from 0) holds this phone. Nobody of the month has one of these."""
    return f"+{_FIRST[channel] + parent % PARENTS}"


_TAKEN = frozenset(
    {
        *OURS.values(),
        *ROTA,
        *DESK_PHONES,
        *(number_of(channel, parent) for channel in PHONES for parent in range(PARENTS)),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One story, when it comes, and the telephone number of whoever sends it (the web chat needs none).

    ``again``: the corpus was used up, so these words have come before from somebody else.
    """

    at: datetime
    story: Story
    number: str
    again: bool = False


def arrange(stories: Sequence[Story], count: int, *, now: datetime, random: Random) -> tuple[Arrival, ...]:
    """``count`` arrivals over the month before ``now``, in the order in which they come."""
    chosen = list(islice(_in_fair_order(stories, random), count))
    newest_danger = next((number for number, story in enumerate(chosen) if story.risk is RiskLevel.DANGER), None)
    arrivals = [
        Arrival(
            at=now - FRESH_ALERT if place == newest_danger else _when(story, now=now, random=random),
            story=story,
            number=number,
            again=place >= len(stories),
        )
        for place, (story, number) in enumerate(zip(chosen, _numbers(), strict=False))
    ]
    return tuple(sorted(arrivals, key=lambda arrival: arrival.at))


def _in_fair_order(stories: Sequence[Story], random: Random) -> Iterator[Story]:
    """One of each section and language in turn, so that a short month is as varied as a long one; all before any again.

    Danger comes first, so that the shortest month has an alert to show.
    """
    sections: dict[str, list[Story]] = defaultdict(list, danger=[])
    for story in random.sample(stories, len(stories)):
        sections[story.section if story.locale == ENGLISH else story.locale].append(story)
    order: list[Story] = []
    while any(sections.values()):
        order += [rest.pop() for rest in sections.values() if rest]
    return cycle(order)


def _numbers() -> Iterator[str]:
    """A number for each person, from those kept for drama; where there are no more, somebody writes a second time."""
    return cycle(number for tail in range(1000) if (number := f"{DRAMA}00{tail:03}") not in _TAKEN)


def _when(story: Story, *, now: datetime, random: Random) -> datetime:
    span = WEEK if story.recent else MONTH
    day = (now - timedelta(days=random.randrange(span.days))).astimezone(ZONE).date()
    hour = random.choices(list(_WRITING_HOURS), weights=list(_WRITING_HOURS.values()))[0]
    at = datetime.combine(day, time(hour, random.randrange(60), random.randrange(60)), ZONE).astimezone(now.tzinfo)
    return at if at <= now - LATEST else at - timedelta(days=1)
