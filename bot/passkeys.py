"""Keys at the door: passkeys and security keys as a second step beside the phone, several for each person, each with a name."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol
from uuid import UUID, uuid4

from bot.errors import NotFound
from bot.ports import Clock, Store
from bot.records import StaffMember

MOST = 10
"""Keys of one person."""
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """``credential`` is how the key calls itself; ``public`` what its signatures are checked with; ``count`` how often it says it
    has signed, 0 where it does not count.
    """

    id: UUID
    staff_id: UUID
    credential: bytes
    public: bytes = field(repr=False)
    count: int
    name: str
    added_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a new key said of itself."""

    credential: bytes
    public: bytes
    count: int


class PasskeyRecords(Protocol):
    """Each call is a transaction of its own."""

    def of(self, staff_id: UUID) -> tuple[Passkey, ...]:
        """In the order they were added."""
        ...

    def add(self, key: Passkey) -> bool:
        """False: the key is known here already."""
        ...

    def rename(self, key_id: UUID, staff_id: UUID, name: str) -> bool: ...

    def remove(self, key_id: UUID, staff_id: UUID) -> bool: ...

    def use(self, key_id: UUID, count: int, now: datetime) -> bool:
        """False: it has signed with this count, or a later one, before: it was copied."""
        ...


class PasskeyCheck(Protocol):
    """The checking of what browsers say (WebAuthn). What is not whole, not of this site, or another's, is None."""

    def to_make(self, member: StaffMember, known: Sequence[Passkey], challenge: str) -> str:
        """What the browser is asked, as JSON."""
        ...

    def made(self, said: str, challenge: str) -> Made | None: ...

    def to_ask(self, known: Sequence[Passkey], challenge: str) -> str: ...

    def answered(self, said: str, challenge: str, known: Sequence[Passkey]) -> tuple[Passkey, int] | None:
        """Which key it was, and its new count."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkeys:
    records: PasskeyRecords
    check: PasskeyCheck
    store: Store
    clock: Clock
    new_challenge: Callable[[], str] = field(default=partial(secrets.token_urlsafe, 32))
    new_id: Callable[[], UUID] = uuid4

    def of(self, member: StaffMember) -> tuple[Passkey, ...]:
        return self.records.of(member.id)

    def to_make(self, member: StaffMember, challenge: str) -> str:
        return self.check.to_make(member, self.of(member), challenge)

    def to_ask(self, member: StaffMember, challenge: str) -> str:
        return self.check.to_ask(self.of(member), challenge)

    def add(self, member: StaffMember, name: str, said: str, challenge: str) -> bool:
        """False: it is none, is known already, or would be one too many."""
        made, now = self.check.made(said, challenge), self.clock.now()
        if made is None or len(self.of(member)) >= MOST:
            return False
        key = Passkey(
            id=self.new_id(),
            staff_id=member.id,
            credential=made.credential,
            public=made.public,
            count=made.count,
            name=name,
            added_at=now,
        )
        if not self.records.add(key):
            return False
        self._audit(member, "add_passkey")
        return True

    def is_right(self, member: StaffMember, said: str, challenge: str) -> bool:
        found = self.check.answered(said, challenge, self.of(member)) if challenge else None
        return found is not None and self.records.use(found[0].id, found[1], self.clock.now())

    def rename(self, member: StaffMember, key_id: UUID, name: str) -> None:
        """Raises ``NotFound``."""
        if not self.records.rename(key_id, member.id, name):
            raise NotFound

    def remove(self, member: StaffMember, key_id: UUID) -> None:
        """Raises ``NotFound``."""
        if not self.records.remove(key_id, member.id):
            raise NotFound
        self._audit(member, "remove_passkey")

    def _audit(self, member: StaffMember, action: str) -> None:
        with self.store.transaction() as tx:
            tx.audit(who=f"staff:{member.id}", action=action, record=f"staff:{member.id}", now=self.clock.now())
