"""What the door keeps, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from bot.door import QUIET, KeptSession, Tries, one_more


@dataclass
class FakeDoor:
    sessions: dict[str, KeptSession] = field(default_factory=dict)
    tries: dict[str, Tries] = field(default_factory=dict)

    def keep(self, token: str, session: KeptSession) -> None:
        self.sessions[token] = session

    def found(self, token: str) -> KeptSession | None:
        return self.sessions.get(token)

    def seen(self, session_id: UUID, now: datetime) -> None:
        self._change(session_id, seen_at=now)

    def end(self, session_id: UUID, now: datetime) -> None:
        self._change(session_id, ended_at=now)

    def of(self, staff_id: UUID) -> tuple[KeptSession, ...]:
        mine = [each for each in self.sessions.values() if each.staff_id == staff_id and each.ended_at is None]
        return tuple(sorted(mine, key=lambda each: each.begun_at, reverse=True))

    def forget_before(self, moment: datetime) -> None:
        self.sessions = {token: each for token, each in self.sessions.items() if each.seen_at >= moment}
        self.tries = {key: each for key, each in self.tries.items() if each.last_at >= moment - QUIET}

    def count_try(self, free: Mapping[str, int], now: datetime) -> datetime | None:
        known = [tries for key in free if (tries := self.tries.get(key)) is not None and tries.is_shut(now)]
        if known:
            return max(tries.until for tries in known if tries.until is not None)
        for key, count in free.items():
            self.tries[key] = one_more(self.tries.get(key), now, free=count)
        return None

    def give_back(self, *, forget: tuple[str, ...], one_less: tuple[str, ...]) -> None:
        for key in forget:
            self.tries.pop(key, None)
        for key in one_less:
            if key in self.tries:
                self.tries[key] = replace(self.tries[key], count=max(0, self.tries[key].count - 1), until=None)

    def _change(self, session_id: UUID, **changes: datetime) -> None:
        for token, session in self.sessions.items():
            if session.id == session_id:
                self.sessions[token] = replace(session, **changes)  # type: ignore[arg-type] # moments, by name
