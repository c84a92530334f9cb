"""New matters: what several people told of lately and no theme fits. The worker looks for them once a day; whoever may publish
looks at them, and sets aside what is none.

Only words that were read for danger and have none stand in them: nothing with an alert, open or closed, ever.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from bot.alerted import audit
from bot.cards import PassageView
from bot.days import ZONE
from bot.errors import NotFound
from bot.ports import Clock, Store
from bot.records import StaffMember
from bot.review import Voice, tags
from bot.wall import may_publish

WITHIN = timedelta(days=183)
"""How far back a matter is looked for."""
FEWEST = 3
"""People who must have told of a matter before the team sees it."""
FEWEST_OUTSIDE = 5
"""Fewer people than these could be known by it: nothing of it goes outside the team."""
EXAMPLES = 3
_AT_ONCE = 40
"""Experiences that one step reads: of their vectors a step takes less than half a second."""
_NOT_BEFORE = time(3)
"""By the team's clock: at night it is in nobody's way."""
_LEASE = timedelta(minutes=30)
"""After this long without a step another worker begins the round anew."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One passage that may be looked at, as staff see it, and whose it is."""

    passage: PassageView
    experience_id: UUID
    contact_id: UUID

    @property
    def chance(self) -> float:
        """How likely its likeliest theme is. One that a person gave it is certain; one that was taken off is none."""
        standing = tags(self.passage)
        if any(tag.voice is not Voice.TAGGER for tag in standing):
            return 1.0
        named = {tag.theme for tag in standing}
        return max((one.score for one in self.passage.suggestions if one.theme in named), default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMatter:
    """``terms`` are the words that mark it, most telling first."""

    terms: tuple[str, ...]
    told: tuple[Told, ...]


class Grouping(Protocol):
    """One round: learns what was told, then says what belongs together."""

    def learn(self, told: Sequence[Told]) -> None: ...

    def found(self) -> Sequence[NewMatter]:
        """Of at least ``FEWEST`` people each, the most told first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    reference: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterView:
    """As it stands today: what was erased, taken back or has an alert since is no part of it any more."""

    id: UUID
    terms: tuple[str, ...]
    people: int
    experiences: int
    first_on: date
    last_on: date
    examples: tuple[Example, ...]
    set_aside_at: datetime | None = None
    set_aside_by: str | None = None

    @property
    def is_for_the_team_alone(self) -> bool:
        return self.people < FEWEST_OUTSIDE


Cursor = tuple[datetime, UUID]
"""When an experience was opened, and which it is."""


class MatterRecords(Protocol):
    """Short transactions of its own, each. Raises ``StoreUnavailable``."""

    def last_round(self) -> datetime | None:
        """When the last round ended; None: there was none."""
        ...

    def hold_round(self, holder: UUID, *, now: datetime, until: datetime) -> bool:
        """Begin a round, or go on with one's own. False: another worker has it."""
        ...

    def told(self, *, since: datetime, after: Cursor | None, limit: int) -> tuple[Sequence[Told], Cursor | None]:
        """Of so many experiences after that one, oldest first, and the last of them; None: there are no more."""
        ...

    def end_round(self, holder: UUID, found: Sequence[NewMatter], *, now: datetime) -> bool:
        """What was found takes the place of what was found before; a matter that is found again, with half of what it was
        told by, stays the same one, and set aside if it was. False: another worker has the round.
        """
        ...

    def matters(self) -> tuple[MatterView, ...]:
        """The most told first, and of at least ``FEWEST`` people."""
        ...

    def set_aside(self, matter_id: UUID, staff_id: UUID | None, now: datetime) -> bool:
        """By whom; None: it is looked at again. False: there is none, or nothing was changed."""
        ...


@dataclass(frozen=True, slots=True)
class Matters:
    """What staff see and do. For those who may not publish there is nothing here: each raises ``NotFound``."""

    records: MatterRecords
    store: Store
    clock: Clock

    def listed(self, member: StaffMember) -> tuple[MatterView, ...]:
        _check(member)
        return self.records.matters()

    def looked_at(self) -> datetime | None:
        """When the worker last looked."""
        return self.records.last_round()

    def set_aside(self, matter_id: UUID, member: StaffMember) -> None:
        """Raises ``NotFound``."""
        self._move(matter_id, member, "set_matter_aside", by=member.id)

    def put_back(self, matter_id: UUID, member: StaffMember) -> None:
        """Raises ``NotFound``."""
        self._move(matter_id, member, "put_matter_back", by=None)

    def _move(self, matter_id: UUID, member: StaffMember, action: str, *, by: UUID | None) -> None:
        if all(matter.id != matter_id for matter in self.listed(member)):
            raise NotFound
        now = self.clock.now()
        if self.records.set_aside(matter_id, by, now):
            with self.store.transaction() as tx:
                audit(tx, member, action, f"matter:{matter_id}", now)


@dataclass(slots=True)
class _Round:
    """One look at everything, in steps. Nothing is written before its end, so it may be broken off anywhere."""

    grouping: Grouping
    since: datetime
    holder: UUID = field(default_factory=uuid4)
    after: Cursor | None = None


class MatterSweep:
    """The worker's look, once a day, a small step at a time; one worker at a time."""

    def __init__(self, records: MatterRecords, clock: Clock, new_grouping: Callable[[], Grouping]) -> None:
        self._records = records
        self._clock = clock
        self._new_grouping = new_grouping
        self._round: _Round | None = None

    def sweep(self) -> bool:
        now = self._clock.now()
        if self._round is None and not self._is_due(now):
            return False
        current, self._round = self._round or _Round(self._new_grouping(), now - WITHIN), None
        if not self._records.hold_round(current.holder, now=now, until=now + _LEASE):
            return False
        told, current.after = self._records.told(since=current.since, after=current.after, limit=_AT_ONCE)
        current.grouping.learn(told)
        if current.after is None:
            self._records.end_round(current.holder, current.grouping.found(), now=self._clock.now())
            return False
        self._round = current  # whatever goes wrong in a step ends the round: it begins anew when its lease has run out
        return True

    def _is_due(self, now: datetime) -> bool:
        """Once a day, at night; where it was missed, as soon as a worker runs."""
        last, local = self._records.last_round(), now.astimezone(ZONE)
        due = datetime.combine(local.date(), _NOT_BEFORE, ZONE)
        if local < due:
            due -= timedelta(days=1)
        return last is None or last < due


def _check(member: StaffMember) -> None:
    if not may_publish(member):
        raise NotFound
