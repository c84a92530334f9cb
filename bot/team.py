"""Who is in the team, and as what. A change ends the sessions that were begun before it, and is audited."""

from __future__ import annotations

from dataclasses import dataclass

from bot.ports import Clock, Store
from bot.records import StaffMember
from bot.wall import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """``by`` None: the operator, on the command line."""

    store: Store
    clock: Clock

    def change_role(self, other: StaffMember, role: Role, *, by: StaffMember | None) -> StaffMember:
        """Nothing happens, and no session ends, where the role is the same."""
        if other.role != role:
            with self.store.transaction() as tx:
                tx.update_staff(other.id, role=role.value)
                tx.audit(who=_name(by), action="change_role", record=f"staff:{other.id}", why=role.value, now=self.clock.now())
        return other

    def remove(self, other: StaffMember, *, by: StaffMember | None) -> StaffMember:
        now = self.clock.now()
        with self.store.transaction() as tx:
            tx.update_staff(other.id, disabled_at=now, end_sessions=True)
            tx.audit(who=_name(by), action="remove_staff", record=f"staff:{other.id}", now=now)
        return other


def _name(by: StaffMember | None) -> str:
    return "operator" if by is None else f"staff:{by.id}"
