"""The team's accounts: ``bot.team`` on the store. Tokens of invitations are known by keyed digests."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from bot.model import Address
from bot.team import Change, Invitation, What, to_look_at
from bot.wall import Role
from storage.database import Database
from storage.nobodys import HAS_COME
from storage.sealing import Sealer
from storage.tables import staff, staff_invitation, team_change
from storage.unit import Unit

INVITATION = "staff-invitation"
"""What is digested, so that the digest of one thing is never that of another."""
_OPEN = staff_invitation.c.ended_at.is_(None)


class TeamActs(Unit):
    """``bot.team.TeamWork``, as far as it is not ``bot.ports.Transaction``."""

    def is_another(self, role: Role, but: UUID) -> bool:
        """All their rows are locked, in one order: of two who remove each other the second finds the first gone."""
        theirs = select(staff.c.id).where(staff.c.role == role.value, staff.c.disabled_at.is_(None), HAS_COME)
        found = self.connection.execute(theirs.order_by(staff.c.id).with_for_update()).scalars()
        return any(staff_id != but for staff_id in found.all())

    def rename_staff(self, staff_id: UUID, name: str) -> None:
        self.connection.execute(update(staff).where(staff.c.id == staff_id).values(name=name))

    def let_staff_in(self, staff_id: UUID) -> None:
        self.connection.execute(update(staff).where(staff.c.id == staff_id).values(disabled_at=None))

    def add_invitation(self, invitation: Invitation, token: str) -> None:
        self.end_invitations(invitation.staff_id, invitation.at)
        row = {"id": invitation.id, "digest": _digest(self.sealer, token), "staff_id": invitation.staff_id}
        times = {"made_by": invitation.by, "made_at": invitation.at, "until": invitation.until}
        self.connection.execute(insert(staff_invitation), row | times)

    def use_invitation(self, token: str, now: datetime) -> UUID | None:
        opens = (staff_invitation.c.digest == _digest(self.sealer, token), _OPEN, staff_invitation.c.until > now)
        used = update(staff_invitation).where(*opens).values(ended_at=now).returning(staff_invitation.c.staff_id)
        staff_id: UUID | None = self.connection.execute(used).scalar_one_or_none()
        return staff_id

    def end_invitations(self, staff_id: UUID, now: datetime) -> None:
        theirs = update(staff_invitation).where(staff_invitation.c.staff_id == staff_id, _OPEN)
        self.connection.execute(theirs.values(ended_at=now))

    def note_change(self, change: Change) -> None:
        row = {"id": change.id, "staff_id": change.staff_id, "made_by": change.by, "what": change.what.value}
        self.connection.execute(insert(team_change), row | {"role": change.role, "at": change.at})

    def see_change(self, change_id: UUID, by: UUID, now: datetime) -> bool:
        if change_id not in {each.id for each in _unseen(self.connection, by) if each.may_say}:
            return False
        waits = (team_change.c.id == change_id, team_change.c.seen_at.is_(None))
        seen = update(team_change).where(*waits).values(seen_by=by, seen_at=now)
        return bool(self.connection.execute(seen).rowcount)


class SqlTeam:
    """``bot.team.TeamRecords``."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def invited(self, token: str, now: datetime) -> UUID | None:
        row = staff_invitation.c
        query = select(row.staff_id).where(row.digest == _digest(self._sealer, token), _OPEN, row.until > now)
        with self._database.reading() as connection:
            staff_id: UUID | None = connection.execute(query).scalar_one_or_none()
        return staff_id

    def invitations(self) -> dict[UUID, datetime]:
        row = staff_invitation.c
        query = select(row.staff_id, row.until).where(_OPEN).order_by(row.made_at)
        with self._database.reading() as connection:
            return {found.staff_id: found.until for found in connection.execute(query)}

    def unseen(self, staff_id: UUID) -> tuple[Change, ...]:
        with self._database.reading() as connection:
            return _unseen(connection, staff_id)


def _unseen(connection: Connection, by: UUID) -> tuple[Change, ...]:
    query = select(team_change).where(team_change.c.seen_at.is_(None)).order_by(team_change.c.at.desc(), team_change.c.id)
    found = [
        Change(id=row.id, staff_id=row.staff_id, by=row.made_by, what=What(row.what), role=row.role, at=row.at)
        for row in connection.execute(query)
    ]
    here = select(staff.c.id, staff.c.role).where(staff.c.disabled_at.is_(None), HAS_COME)
    return to_look_at(by, found, {row.id: row.role for row in connection.execute(here)}) if found else ()


def _digest(sealer: Sealer, token: str) -> bytes:
    return sealer.blind_index(Address(INVITATION, token))
