"""Alerts and staff as the store writes them, and the alerts whose next call is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, insert, null, or_, select, update

from bot.alert_records import AlertDue, NewAlert
from bot.alerted import clears
from bot.errors import NotFound
from bot.hand_over import End
from bot.heard import Risk, RiskLevel
from bot.outgoing import Priority
from bot.records import StaffMember
from storage.database import Database
from storage.envelopes import open_mobile, seal_mobile
from storage.handings import end_handings
from storage.nobodys import NEVER, OF_COUNCIL, nobodys
from storage.quiet import quieten
from storage.sealing import Sealer
from storage.tables import alert as alert_table
from storage.tables import experience, inbound_message, outbound_message, staff, task
from storage.unit import AnyRow, Unit

SAFEGUARDING = "safeguarding"
"""The role of those who are called when danger is heard."""

_any_of_theirs = alert_table.alias("any_of_theirs")
CALLED_AT = (
    select(func.max(outbound_message.c.created_at))
    .join(_any_of_theirs, _any_of_theirs.c.id == outbound_message.c.alert_id)
    # The signposts to the family carry the alert too, at another priority.
    .where(_any_of_theirs.c.contact_id == alert_table.c.contact_id, outbound_message.c.priority == int(Priority.ALERT))
    .correlate(alert_table)
    .scalar_subquery()
)

LINK = update(alert_table).where(alert_table.c.inbound_seq.in_(bindparam("seqs", expanding=True)))

RAISE_RISK = (
    update(inbound_message)
    .where(inbound_message.c.seq.in_(bindparam("seqs", expanding=True)), inbound_message.c.risk < bindparam("new_risk"))
    .values(risk=bindparam("new_risk"), risk_kinds=bindparam("new_kinds", type_=inbound_message.c.risk_kinds.type))
)


class Alerting(Unit):
    """The methods of ``bot.ports.Transaction`` about alerts and the people who work here."""

    def add_alert(self, alert: NewAlert) -> None:
        self.connection.execute(
            insert(alert_table),
            {
                "id": alert.id,
                "contact_id": alert.contact_id,
                "inbound_seq": alert.inbound_seq,
                "level": int(alert.risk.level),
                "kinds": list(alert.risk.kinds),
                "by_scorer": alert.risk.by_scorer,
                "raised_at": alert.raised_at,
                "next_at": alert.raised_at if alert.calls else NEVER,
            },
        )
        quieten(self, alert.contact_id)

    def raise_risk(self, seqs: Sequence[int], risk: Risk) -> None:
        self.connection.execute(
            RAISE_RISK, {"seqs": list(seqs), "new_risk": int(risk.level), "new_kinds": [kind.value for kind in risk.kinds]}
        )

    def link_alerts(self, seqs: Sequence[int], experience_id: UUID) -> None:
        self.connection.execute(LINK, {"seqs": list(seqs), "experience_id": experience_id})

    def chased(self, alert_id: UUID, *, taken_at: datetime | None, next_at: datetime) -> bool:
        as_read = alert_table.c.taken_at.is_not_distinct_from(taken_at)
        if self._change_alert(alert_id, as_read, chases=alert_table.c.chases + 1, next_at=next_at):
            return True
        if self.connection.execute(select(alert_table.c.id).where(alert_table.c.id == alert_id)).first() is None:
            raise NotFound
        return False

    def take_alert(self, alert_id: UUID, staff_id: UUID, now: datetime) -> bool:
        """Whoever took it first stands."""
        waits = (alert_table.c.taken_at.is_(None), alert_table.c.closed_at.is_(None))
        return self._change_alert(alert_id, *waits, taken_by=staff_id, taken_at=now)

    def close_alert(self, alert_id: UUID, staff_id: UUID, outcome: str, now: datetime) -> bool:
        """The first outcome stands. Whoever it was handed to is called about it no more. One that says it was none clears it."""
        cleared = {"cleared_by": staff_id, "cleared_at": now} if clears(outcome) else {}
        is_open = alert_table.c.closed_at.is_(None)
        closed = self._change_alert(alert_id, is_open, closed_by=staff_id, closed_at=now, outcome=outcome, **cleared)
        end_handings(self.connection, alert_id, End.CLOSED, now)
        return closed

    def leave_alerts(self, staff_id: UUID, now: datetime) -> tuple[UUID, ...]:
        row = alert_table.c
        theirs = update(alert_table).where(row.taken_by == staff_id, row.closed_at.is_(None))
        left = self.connection.execute(theirs.values(nobodys(now)).returning(row.id)).scalars().all()
        for alert_id in left:
            end_handings(self.connection, alert_id, End.CALLED_OFF, now)
        return tuple(left)

    def clear_alert(self, alert_id: UUID, staff_id: UUID, why: str, now: datetime) -> bool:
        waits = (alert_table.c.closed_at.is_not(None), alert_table.c.cleared_at.is_(None))
        return self._change_alert(alert_id, *waits, cleared_by=staff_id, cleared_at=now, cleared_why=why)

    def _change_alert(self, alert_id: UUID, *only_where: ColumnElement[bool], **changes: Any) -> bool:
        changed = update(alert_table).where(alert_table.c.id == alert_id, *only_where).values(**changes)
        return bool(self.connection.execute(changed).rowcount)

    def add_staff(self, member: StaffMember, now: datetime) -> None:
        self.connection.execute(
            insert(staff),
            {
                "id": member.id,
                "name": member.name,
                "username": member.username,
                "role": member.role,
                "password_hash": member.password_hash,
                "sealed_mobile": None if member.mobile is None else seal_mobile(self.sealer, member.mobile, member.id),
                "session_version": member.session_version,
                "created_at": now,
                "disabled_at": member.disabled_at,
            },
        )

    def leave_work(self, staff_id: UUID) -> tuple[str, ...]:
        return tuple(
            f"{table.name}:{record}"
            for table, *owed in ((experience,), (task, task.c.done_at.is_(None)))
            for record in self.connection.execute(
                update(table).where(table.c.owner_id == staff_id, *owed).values(owner_id=null()).returning(table.c.id)
            ).scalars()
        )

    def update_staff(
        self,
        staff_id: UUID,
        *,
        password_hash: str | None = None,
        role: str | None = None,
        disabled_at: datetime | None = None,
        end_sessions: bool = False,
    ) -> None:
        """Another role ends what was begun with the one before."""
        changes: dict[str, Any] = {}
        if role is not None:
            changes["role"] = role
        if password_hash is not None:
            changes["password_hash"] = password_hash
        if disabled_at is not None:
            changes["disabled_at"] = disabled_at
        if end_sessions or role is not None:
            changes["session_version"] = staff.c.session_version + 1
        if changes and self.connection.execute(update(staff).where(staff.c.id == staff_id).values(**changes)).rowcount == 0:
            raise NotFound


def alerts_due(database: Database, sealer: Sealer, now: datetime) -> tuple[AlertDue, ...]:
    """``bot.ports.Store.alerts_due``: the gravest first. Who has left the team is no taker."""
    team = {member.id: member for member in staff_members(database, sealer, staff.c.disabled_at.is_(None))}
    query = (
        select(alert_table, experience.c.reference, CALLED_AT.label("called_at"))
        .join_from(alert_table, experience, experience.c.id == alert_table.c.experience_id, isouter=True)
        .where(alert_table.c.closed_at.is_(None), alert_table.c.next_at <= now)
        .order_by(alert_table.c.level.desc(), alert_table.c.raised_at, alert_table.c.id)
    )
    with database.reading() as connection:
        return tuple(
            AlertDue(
                id=row.id,
                contact_id=row.contact_id,
                level=RiskLevel(row.level),
                raised_at=row.raised_at,
                chases=row.chases,
                reference=row.reference,
                taken_at=row.taken_at,
                called_at=row.called_at,
                taker=team.get(row.taken_by),
            )
            for row in connection.execute(query)
        )


def staff_members(database: Database, sealer: Sealer, *conditions: Any) -> tuple[StaffMember, ...]:
    query = select(staff, OF_COUNCIL.label("of_council")).where(*conditions).order_by(staff.c.created_at, staff.c.username)
    with database.reading() as connection:
        return tuple(_member(sealer, row) for row in connection.execute(query))


def rota(database: Database, sealer: Sealer) -> tuple[StaffMember, ...]:
    """``bot.ports.Store.rota``: those with the role ``safeguarding``, in the order they were added."""
    can_be_called = or_(staff.c.sealed_mobile.is_not(None), staff.c.username.contains("@"))
    return staff_members(database, sealer, staff.c.role == SAFEGUARDING, staff.c.disabled_at.is_(None), can_be_called)


def _member(sealer: Sealer, row: AnyRow) -> StaffMember:
    return StaffMember(
        id=row.id,
        name=row.name,
        username=row.username,
        role=row.role,
        password_hash=row.password_hash,
        mobile=None if row.sealed_mobile is None else open_mobile(sealer, row.sealed_mobile, row.id),
        session_version=row.session_version,
        disabled_at=row.disabled_at,
        of_council=row.of_council,
    )
