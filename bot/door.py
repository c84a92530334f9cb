"""Who is in: sessions kept in the store, and how long somebody waits who guesses.

A session is known by a token that only its browser has; the store keeps a digest. It ends by itself, by its owner, and
with everything that makes its owner another: another password, another role, being removed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Protocol
from uuid import UUID, uuid4

from bot.errors import NotFound
from bot.ports import Clock, Store
from bot.records import StaffMember

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
HALFWAY = timedelta(minutes=10)
"""From the password to the second step."""
REFRESH = timedelta(minutes=1)
"""When somebody was last seen is written at most this often."""
KEPT = timedelta(days=90)
"""What is known of a session that is over is forgotten after this."""

FREE = 5
"""Tries at one account from one place, before there is a wait."""
FREE_OF_A_DEVICE = 10
"""The same on a device on which its owner has signed in before: strangers cannot use these up."""
FREE_OF_A_PLACE = 50
"""From one place, whatever the account."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
QUIET = timedelta(hours=12)
"""After so long without a try the count begins again."""

COUNCIL = "council"
"""The step of those who come back from the council's own page."""


class Way(StrEnum):
    """How somebody came in."""

    PASSWORD = "password"  # noqa: S105 - a way in, not one
    COUNCIL = "council"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSession:
    """``browser`` is what it said it is, in words. Not ``whole``: the second step is still to come; ``stepped``: it was
    made.
    """

    id: UUID
    staff_id: UUID
    version: int
    begun_at: datetime
    seen_at: datetime
    browser: str
    way: Way
    whole: bool
    stepped: bool = False
    ended_at: datetime | None = None

    def is_over(self, member: StaffMember, now: datetime) -> bool:
        if self.ended_at is not None or self.version != member.session_version or member.disabled_at is not None:
            return True
        if not self.whole:
            return now - self.begun_at >= HALFWAY
        return now - self.seen_at >= IDLE or now - self.begun_at >= LONGEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A living session and whose it is."""

    session: KeptSession
    member: StaffMember


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """How often one key was tried. Until ``until`` no try is looked at."""

    count: int
    last_at: datetime
    until: datetime | None = None

    def is_shut(self, now: datetime) -> bool:
        return self.until is not None and self.until > now


def one_more(before: Tries | None, now: datetime, *, free: int) -> Tries:
    """One try is counted before it is looked at, so that of several at one moment none goes uncounted."""
    count = 1 if before is None or now - before.last_at >= QUIET else before.count + 1
    over = count - free
    if over < 0:
        return Tries(count=count, last_at=now)
    wait = LONGEST_WAIT if over >= 5 else min(FIRST_WAIT * 2**over, LONGEST_WAIT)  # noqa: PLR2004 - 30 s five times doubled
    return Tries(count=count, last_at=now, until=now + wait)


class DoorRecords(Protocol):
    """What the door keeps. Each call is a transaction of its own."""

    def keep(self, token: str, session: KeptSession) -> None: ...

    def found(self, token: str) -> KeptSession | None: ...

    def seen(self, session_id: UUID, now: datetime) -> None: ...

    def end(self, session_id: UUID, now: datetime) -> None: ...

    def of(self, staff_id: UUID) -> tuple[KeptSession, ...]:
        """Those that were not ended, the newest first. Some may have run out."""
        ...

    def forget_before(self, moment: datetime) -> None:
        """Sessions that were seen last before it, and tries older than ``QUIET`` at that."""
        ...

    def count_try(self, free: Mapping[str, int], now: datetime) -> datetime | None:
        """Count one try under each key, with how many are free. A moment: not before then, and nothing was counted."""
        ...

    def give_back(self, *, forget: tuple[str, ...], one_less: tuple[str, ...]) -> None:
        """The try was a right one: some keys begin anew, others lose only this try."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """Who tries to come in: as whom, from which address, on which device (None: one we do not know as theirs)."""

    name: str
    place: str
    device: str | None = None
    step: str = "password"

    @property
    def own(self) -> dict[str, int]:
        """What is counted for this account, and given up whole after the right answer."""
        if self.device is not None:
            return {f"{self.step}|device|{self.device}|{self.name}": FREE_OF_A_DEVICE}
        if self.step == COUNCIL:  # as whom, only the council's page knows
            return {}
        return {f"{self.step}|both|{self.place}|{self.name}": FREE}

    @property
    def shared(self) -> dict[str, int]:
        """What is counted for the place. Whoever comes on a device of theirs does not pay for others there."""
        return {} if self.device is not None or self.step == "code" else {f"place|{self.place}": FREE_OF_A_PLACE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    records: DoorRecords
    store: Store
    clock: Clock
    new_token: Callable[[], str] = field(default=partial(secrets.token_urlsafe, 32))
    new_id: Callable[[], UUID] = uuid4

    # --- trying

    def wait(self, knock: Knock) -> timedelta | None:
        """Count one try. None: it may be looked at. Else how long to wait; this one must not be looked at."""
        now = self.clock.now()
        until = self.records.count_try({**knock.own, **knock.shared}, now)
        return None if until is None else until - now

    def was_right(self, knock: Knock) -> None:
        self.records.give_back(forget=tuple(knock.own), one_less=tuple(knock.shared))

    # --- being in

    def begin(
        self, member: StaffMember, *, browser: str, way: Way = Way.PASSWORD, whole: bool = True, stepped: bool = False
    ) -> str:
        """The token of a new session; it is told this once."""
        now, token = self.clock.now(), self.new_token()
        self.records.forget_before(now - KEPT)
        session = KeptSession(
            id=self.new_id(),
            staff_id=member.id,
            version=member.session_version,
            begun_at=now,
            seen_at=now,
            browser=browser,
            way=way,
            whole=whole,
            stepped=stepped,
        )
        self.records.keep(token, session)
        return token

    def inside(self, token: str, *, by_person: bool = True) -> Inside | None:
        """Whose session this is; None when it is over, was ended from elsewhere, or never was.

        ``by_person``: somebody pressed or typed. What an open page asks by its own clock does not keep anybody in.
        """
        session, now = self.records.found(token), self.clock.now()
        member = None if session is None else self.store.staff(session.staff_id)
        if session is None or member is None or session.is_over(member, now):
            return None
        if by_person and now - session.seen_at >= REFRESH:
            self.records.seen(session.id, now)
        return Inside(session=session, member=member)

    def pass_on(self, inside: Inside) -> None:
        """What was half, or less, gives way to a new session: nobody can have prepared that one."""
        self.records.end(inside.session.id, self.clock.now())

    def leave(self, inside: Inside) -> None:
        self.records.end(inside.session.id, self.clock.now())
        self._audit(inside.member, "sign_out")

    def leave_everywhere(self, member: StaffMember) -> None:
        now = self.clock.now()
        with self.store.transaction() as tx:
            tx.update_staff(member.id, end_sessions=True)
            tx.audit(who=f"staff:{member.id}", action="sign_out_everywhere", record=f"staff:{member.id}", now=now)

    def living(self, member: StaffMember) -> tuple[KeptSession, ...]:
        """This member's sessions that go on, the newest first."""
        now = self.clock.now()
        return tuple(session for session in self.records.of(member.id) if session.whole and not session.is_over(member, now))

    def end(self, member: StaffMember, session_id: UUID) -> None:
        """One session of the member's own. Raises ``NotFound`` for any other."""
        if all(session.id != session_id for session in self.living(member)):
            raise NotFound
        self.records.end(session_id, self.clock.now())
        self._audit(member, "end_session")

    def _audit(self, member: StaffMember, action: str) -> None:
        with self.store.transaction() as tx:
            tx.audit(who=f"staff:{member.id}", action=action, record=f"staff:{member.id}", now=self.clock.now())
