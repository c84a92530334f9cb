"""The second step at the door: six digits from a phone, or one of ten codes on paper, each of which opens once."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from bot.errors import NotFound
from bot.ports import Clock, Store
from bot.records import StaffMember

CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is easily taken for another
PENDING_FOR = timedelta(minutes=10)
"""A new secret that was not confirmed by then counts for nothing any more."""
_LENGTH = 10
"""About 49 bits a code, behind a count of tries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """``secret`` is what the phone and we both know, None until the phone has shown that it does; ``pending`` a new one,
    which belongs to the session in which it was drawn.
    """

    secret: str | None = field(repr=False)
    pending: str | None = field(repr=False)
    since: datetime | None
    drawn_in: UUID | None = None
    drawn_at: datetime | None = None

    def pending_in(self, session_id: UUID, now: datetime) -> str | None:
        """What may be shown and confirmed in this session: nothing that another began, and nothing that ran out."""
        if self.drawn_in != session_id or self.drawn_at is None or now - self.drawn_at >= PENDING_FOR:
            return None
        return self.pending


class FactorRecords(Protocol):
    """Secrets are sealed, codes are digests. Each call is a transaction of its own."""

    def factor(self, staff_id: UUID) -> Factor | None: ...

    def offer(self, staff_id: UUID, secret: str, *, session_id: UUID, now: datetime) -> None:
        """A new secret, which counts for nothing until ``take``."""
        ...

    def take(self, staff_id: UUID, secret: str, *, step: int, codes: Sequence[str], now: datetime) -> bool:
        """This pending secret is the one that counts from now on, with these codes and no others, and every session of the
        member's is over: they were begun without it. False: it is not what is pending.
        """
        ...

    def use_step(self, staff_id: UUID, step: int) -> bool:
        """False: that moment's digits, or later ones, have been used already."""
        ...

    def use_code(self, staff_id: UUID, code: str, now: datetime) -> bool:
        """False: it is none of theirs, or was used."""
        ...

    def renew_codes(self, staff_id: UUID, codes: Sequence[str]) -> None: ...

    def codes_left(self, staff_id: UUID) -> int: ...

    def forget(self, staff_id: UUID) -> None: ...

    def having(self) -> frozenset[UUID]:
        """Whose phone counts."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondStep:
    """``step_of`` says which half minute these digits belong to, near a moment (None: to none). ``needed_for``: roles that do
    not come further without.
    """

    records: FactorRecords
    store: Store
    clock: Clock
    step_of: Callable[[str, str, datetime], int | None]
    new_secret: Callable[[], str]
    needed_for: frozenset[str] = frozenset()
    choose: Callable[[str], str] = secrets.choice

    def is_needed(self, member: StaffMember) -> bool:
        return member.role in self.needed_for

    def is_set_up(self, member: StaffMember) -> bool:
        factor = self.records.factor(member.id)
        return factor is not None and factor.secret is not None

    def offer(self, member: StaffMember, session_id: UUID) -> None:
        self.records.offer(member.id, self.new_secret(), session_id=session_id, now=self.clock.now())

    def pending(self, member: StaffMember, session_id: UUID) -> str | None:
        factor = self.records.factor(member.id)
        return None if factor is None else factor.pending_in(session_id, self.clock.now())

    def confirm(self, member: StaffMember, said: str, session_id: UUID) -> tuple[str, ...]:
        """The codes on paper, told this once; none when the digits are not those of the secret that pends in this session.
        Every session of the member's is over then, this one too: it gives way to a new one.
        """
        now, pending = self.clock.now(), self.pending(member, session_id)
        if pending is None:
            return ()
        step = self.step_of(pending, _digits(said), now)
        if step is None:
            return ()
        codes = self._codes()
        if not self.records.take(member.id, pending, step=step, codes=[_plain(code) for code in codes], now=now):
            return ()
        self._audit(member, member, "set_up_second_step")
        return codes

    def is_right(self, member: StaffMember, said: str) -> bool:
        factor, now = self.records.factor(member.id), self.clock.now()
        if factor is None or factor.secret is None:
            return False
        step = self.step_of(factor.secret, _digits(said), now)
        if step is not None:
            return self.records.use_step(member.id, step)
        if len(_plain(said)) == _LENGTH and self.records.use_code(member.id, _plain(said), now):
            self._audit(member, member, "used_recovery_code")
            return True
        return False

    def renew_codes(self, member: StaffMember) -> tuple[str, ...]:
        if not self.is_set_up(member):
            raise NotFound
        codes = self._codes()
        self.records.renew_codes(member.id, [_plain(code) for code in codes])
        self._audit(member, member, "renew_recovery_codes")
        return codes

    def reset(self, other: StaffMember, *, by: StaffMember | None) -> None:
        """Somebody lost phone and paper. They are signed out everywhere. ``by`` None: the operator."""
        with self.store.transaction() as tx:
            tx.update_staff(other.id, end_sessions=True)
        self.records.forget(other.id)
        self._audit(by, other, "reset_second_step")

    def _codes(self) -> tuple[str, ...]:
        made = ("".join(self.choose(_LETTERS) for _ in range(_LENGTH)) for _ in range(CODES))
        return tuple(f"{code[:5]}-{code[5:]}" for code in made)

    def _audit(self, by: StaffMember | None, whose: StaffMember, action: str) -> None:
        who = "operator" if by is None else f"staff:{by.id}"
        with self.store.transaction() as tx:
            tx.audit(who=who, action=action, record=f"staff:{whose.id}", now=self.clock.now())


def _digits(said: str) -> str:
    return re.sub(r"[\s-]", "", said)


def _plain(code: str) -> str:
    return re.sub(r"[^a-z0-9]", "", code.casefold())
