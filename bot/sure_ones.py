"""The very sure accepted at once: only after ten of that very set were read one by one, and undone as one.

Nobody has read the words of the others, so their experiences stay unread and keep their promised day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from random import Random
from typing import Protocol
from uuid import UUID

from bot.errors import NotFound
from bot.ports import Clock
from bot.records import StaffMember

THRESHOLDS = (0.95, 0.9, 0.85, 0.8)
"""Scores from which a set may be taken. Below, the tagger does not call itself sure."""
SAMPLE = 10
FEWEST_READ = 8
"""Of the ten, where others decided some meanwhile."""
MOST_WRONG = 1
MOST_AT_ONCE = 500
_STEP = 20
"""Passages that one transaction accepts: it is over in less than 50 ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SureOne:
    """A waiting passage of which every suggestion has at least this score, and no person has said a word of."""

    passage_id: UUID
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A set that somebody wants to accept, and the ten of it that are read first."""

    id: UUID
    staff_id: UUID
    threshold: float
    at: datetime
    passages: tuple[UUID, ...]
    sample: tuple[UUID, ...]
    accepted_at: datetime | None = None

    @property
    def others(self) -> tuple[UUID, ...]:
        return tuple(each for each in self.passages if each not in set(self.sample))


class Verdict(StrEnum):
    """How a check stands."""

    READING = "reading"
    FINE = "fine"
    TOO_WRONG = "too_wrong"
    TOO_FEW = "too_few"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``read`` of the sample by this member, ``right`` as suggested; ``left`` still waits; ``others`` would be accepted."""

    check: Check
    read: int
    right: int
    left: int
    others: int

    @property
    def verdict(self) -> Verdict:
        if self.check.accepted_at is not None:
            return Verdict.ACCEPTED
        if self.read - self.right > MOST_WRONG:
            return Verdict.TOO_WRONG
        if self.left:
            return Verdict.READING
        return Verdict.FINE if self.read >= FEWEST_READ else Verdict.TOO_FEW


class SureRecords(Protocol):
    def sure(self, *, least: float, limit: int) -> Sequence[SureOne]:
        """Of the whole queue, the surest first; nothing with a risk, and nothing anybody was unsure of."""
        ...

    def add_check(self, check: Check) -> None: ...

    def check(self, check_id: UUID, staff_id: UUID) -> Check | None: ...

    def read_as_suggested(self, passages: Sequence[UUID], staff_id: UUID) -> dict[UUID, bool]:
        """Of these, those that this member has decided; whether they left the suggestions as they are."""
        ...

    def still_sure(self, passages: Sequence[UUID], *, least: float) -> int: ...

    def waiting_of(self, passages: Sequence[UUID], staff_id: UUID, now: datetime) -> int: ...

    def accept(
        self,
        passages: Sequence[UUID],
        *,
        check: Check,
        member: StaffMember,
        taxonomy: str,
        sampled: Callable[[], bool],
        now: datetime,
    ) -> int:
        """Say yes to every suggestion of those that are still sure, in one transaction. Returns how many passages."""
        ...

    def end_check(self, check_id: UUID, now: datetime) -> bool:
        """False: it was accepted before."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SureOnes:
    records: SureRecords
    clock: Clock
    taxonomy: str
    new_id: Callable[[], UUID]
    random: Random
    share: Callable[[], float]
    """Per cent of what is accepted that a second person reads."""

    def sizes(self) -> tuple[tuple[float, int], ...]:
        """For each threshold how many passages there are, up to the most that are accepted at once."""
        found = self.records.sure(least=THRESHOLDS[-1], limit=MOST_AT_ONCE)
        return tuple((least, sum(each.score >= least for each in found)) for least in THRESHOLDS)

    def begin(self, member: StaffMember, threshold: float) -> Check | None:
        """Draw the ten. None: there are too few to be worth it. Raises ``NotFound`` for a threshold that is not offered."""
        if threshold not in THRESHOLDS:
            raise NotFound
        found = [each.passage_id for each in self.records.sure(least=threshold, limit=MOST_AT_ONCE)]
        if len(found) <= SAMPLE:
            return None
        check = Check(
            id=self.new_id(),
            staff_id=member.id,
            threshold=threshold,
            at=self.clock.now(),
            passages=tuple(found),
            sample=tuple(self.random.sample(found, SAMPLE)),
        )
        self.records.add_check(check)
        return check

    def standing(self, check_id: UUID, member: StaffMember) -> Standing:
        """Raises ``NotFound``: a check is its maker's alone."""
        check = self.records.check(check_id, member.id)
        if check is None:
            raise NotFound
        read = self.records.read_as_suggested(check.sample, member.id)
        return Standing(
            check=check,
            read=len(read),
            right=sum(read.values()),
            left=self.records.waiting_of(check.sample, member.id, self.clock.now()),
            others=self.records.still_sure(check.others, least=check.threshold),
        )

    def accept(self, check_id: UUID, member: StaffMember) -> int:
        """Accept the others, step by step. 0: the ten do not speak for it, or it was done before. Raises ``NotFound``."""
        standing = self.standing(check_id, member)
        now = self.clock.now()
        if standing.verdict is not Verdict.FINE or not self.records.end_check(check_id, now):
            return 0
        share = self.share()
        others, done = standing.check.others, 0
        for begin in range(0, len(others), _STEP):
            done += self.records.accept(
                others[begin : begin + _STEP],
                check=standing.check,
                member=member,
                taxonomy=self.taxonomy,
                sampled=lambda: self.random.random() * 100 < share,
                now=now,
            )
        return done
