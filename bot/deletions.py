"""Wishes to be deleted that a provider hands on: staff see to them, and whoever has the code may ask how it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.alerted import audit
from bot.errors import NotFound
from bot.model import ChannelName
from bot.ports import Clock, Store
from bot.records import StaffMember

CODE = re.compile(r"[A-Za-z0-9-]{4,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """One wish. ``is_known``: the provider named somebody we know (Meta's id never is one). ``done_by`` is a name."""

    code: str
    channel: ChannelName
    asked_at: datetime
    is_known: bool = False
    done_at: datetime | None = None
    done_by: str | None = None


class DeletionRecords(Protocol):
    """Where the wishes are kept."""

    def deletions(self) -> tuple[Deletion, ...]:
        """What is still to be done first, the oldest first; then what is done, the newest first."""
        ...

    def deletion(self, code: str) -> Deletion | None: ...


@dataclass(frozen=True, slots=True)
class Deletions:
    """What staff and the public may do about them."""

    records: DeletionRecords
    store: Store
    clock: Clock

    def all(self) -> tuple[Deletion, ...]:
        return self.records.deletions()

    def of(self, code: str) -> Deletion | None:
        """Whatever was typed for a code: what cannot be one is not looked up."""
        return self.records.deletion(code.upper()) if CODE.fullmatch(code) else None

    def finish(self, code: str, member: StaffMember) -> None:
        """Raises ``NotFound``."""
        wish = self.of(code)
        if wish is None:
            raise NotFound
        now = self.clock.now()
        with self.store.transaction() as tx:
            if tx.finish_deletion_request(wish.code, member.id, now):
                audit(tx, member, "finish_deletion_request", f"deletion:{wish.code}", now)
