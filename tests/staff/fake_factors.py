"""Second steps, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from bot.second_step import Factor
from tests.staff.fakes import FakeStore


@dataclass
class FakeFactors:
    factors: dict[UUID, Factor] = field(default_factory=dict)
    steps: dict[UUID, int] = field(default_factory=dict)
    codes: dict[UUID, set[str]] = field(default_factory=dict)
    store: FakeStore | None = None

    def factor(self, staff_id: UUID) -> Factor | None:
        return self.factors.get(staff_id)

    def offer(self, staff_id: UUID, secret: str, *, session_id: UUID, now: datetime) -> None:
        before = self.factors.get(staff_id) or Factor(secret=None, pending=None, since=None)
        self.factors[staff_id] = replace(before, pending=secret, drawn_in=session_id, drawn_at=now)

    def take(self, staff_id: UUID, secret: str, *, step: int, codes: Sequence[str], now: datetime) -> bool:
        factor = self.factors[staff_id]
        if factor.pending != secret:
            return False
        self.factors[staff_id] = Factor(secret=factor.pending, pending=None, since=now)
        self.steps[staff_id] = step
        self.codes[staff_id] = set(codes)
        if self.store is not None:
            self.store.update_staff(staff_id, end_sessions=True)
        return True

    def use_step(self, staff_id: UUID, step: int) -> bool:
        if step <= self.steps.get(staff_id, 0):
            return False
        self.steps[staff_id] = step
        return True

    def use_code(self, staff_id: UUID, code: str, now: datetime) -> bool:
        left = self.codes.get(staff_id, set())
        if code not in left:
            return False
        left.remove(code)
        return True

    def renew_codes(self, staff_id: UUID, codes: Sequence[str]) -> None:
        self.codes[staff_id] = set(codes)

    def codes_left(self, staff_id: UUID) -> int:
        return len(self.codes.get(staff_id, ()))

    def forget(self, staff_id: UUID) -> None:
        for kept in (self.factors, self.steps, self.codes):
            kept.pop(staff_id, None)

    def having(self) -> frozenset[UUID]:
        return frozenset(staff_id for staff_id, factor in self.factors.items() if factor.secret is not None)
