"""Keys of the team, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from bot.passkeys import Passkey


@dataclass
class FakePasskeys:
    kept: dict[UUID, Passkey] = field(default_factory=dict)

    def of(self, staff_id: UUID) -> tuple[Passkey, ...]:
        return tuple(key for key in self.kept.values() if key.staff_id == staff_id)

    def add(self, key: Passkey) -> bool:
        if any(each.credential == key.credential for each in self.kept.values()):
            return False
        self.kept[key.id] = key
        return True

    def rename(self, key_id: UUID, staff_id: UUID, name: str) -> bool:
        if all(key.id != key_id for key in self.of(staff_id)):
            return False
        self.kept[key_id] = replace(self.kept[key_id], name=name)
        return True

    def remove(self, key_id: UUID, staff_id: UUID) -> bool:
        if all(key.id != key_id for key in self.of(staff_id)):
            return False
        del self.kept[key_id]
        return True

    def use(self, key_id: UUID, count: int, now: datetime) -> bool:
        key = self.kept[key_id]
        if key.count >= count and not key.count == count == 0:
            return False
        self.kept[key_id] = replace(key, count=count, used_at=now)
        return True
