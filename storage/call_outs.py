"""Who is called, and each call: ``bot.call_outs`` on the store. The rota is sealed whole; each keeping adds a version."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.call_outs import DrillDue, NewCall
from bot.outgoing import Priority
from bot.rota import Rota, RotaChangedError, Rung, When
from storage.alerting import rota as first_filling
from storage.alerting import staff_members
from storage.database import Database
from storage.sealing import Sealer
from storage.tables import alert_call, alert_drill, outbound_message, rota_version, staff
from storage.unit import AnyRow, Unit

ROTA = "rota_version|sealed"
KEPT = (
    select(rota_version, staff.c.name)
    .join_from(rota_version, staff, staff.c.id == rota_version.c.made_by)
    .order_by(rota_version.c.number.desc())
)
DRILLS_DUE = select(alert_drill).where(alert_drill.c.next_at.is_not(None), alert_drill.c.taken_at.is_(None))


class CallKeeping(Unit):
    """``bot.call_outs.CallWork``, and the keeping of the rota, as far as they are not ``bot.ports.Transaction``."""

    def note_call(self, call: NewCall) -> None:
        known = select(alert_call.c.subject).where(alert_call.c.subject == call.subject, alert_call.c.outbound == call.outbound)
        if self.connection.execute(known).first() is None:
            self.connection.execute(
                insert(alert_call),
                {
                    "subject": call.subject,
                    "outbound": call.outbound,
                    "about": call.about.value,
                    "round": call.round,
                    "rung": call.rung,
                    "name": call.name,
                    "route": call.route,
                    "at": call.at,
                },
            )

    def chased_drill(self, drill_id: UUID, *, next_at: datetime | None) -> None:
        chased = update(alert_drill).where(alert_drill.c.id == drill_id)
        self.connection.execute(chased.values(chases=alert_drill.c.chases + 1, next_at=next_at))

    def start_drill(self, drill_id: UUID, *, by: str, now: datetime) -> None:
        row = {"id": drill_id, "started_at": now, "started_by": by, "chases": 0, "next_at": now}
        self.connection.execute(insert(alert_drill), row)

    def take_drill(self, drill_id: UUID, staff_id: UUID, now: datetime) -> bool:
        """Whoever took it first stands. False: somebody has, or there is none."""
        taken = update(alert_drill).where(alert_drill.c.id == drill_id, alert_drill.c.taken_at.is_(None))
        return bool(self.connection.execute(taken.values(taken_by=staff_id, taken_at=now, next_at=None)).rowcount)

    def keep_rota(self, rungs: Sequence[Rung], *, rota_id: UUID, after: int, by: UUID, now: datetime) -> None:
        """As the version after ``after``. Raises ``RotaChangedError`` where there is one already."""
        newest = self.connection.execute(KEPT.limit(1)).first()
        if (newest.number if newest else 0) != after:
            raise RotaChangedError
        sealed = self.sealer.seal(json.dumps([_packed(rung) for rung in rungs]).encode(), ROTA, rota_id)
        row = {"id": rota_id, "number": after + 1, "sealed": sealed, "made_by": by, "made_at": now}
        try:
            self.connection.execute(insert(rota_version), row)
        except IntegrityError as error:
            raise RotaChangedError from error


def standing_rota(database: Database, sealer: Sealer) -> Rota:
    """``bot.call_outs.CallStore.standing_rota``."""
    with database.reading() as connection:
        row = connection.execute(KEPT.limit(1)).first()
    first = Rota.first(first_filling(database, sealer))
    return first if row is None else replace(_rota(sealer, row), leads=first.rungs).among(staff_members(database, sealer))


def rota_history(database: Database, sealer: Sealer, *, limit: int) -> tuple[Rota, ...]:
    """What was kept, newest first."""
    with database.reading() as connection:
        return tuple(_rota(sealer, row) for row in connection.execute(KEPT.limit(limit)))


def rounds_since(database: Database, since: datetime) -> tuple[datetime, ...]:
    """``bot.call_outs.CallStore.rounds_since``."""
    row = outbound_message.c
    query = (
        select(row.alert_id, row.created_at)
        .where(row.alert_id.is_not(None), row.priority == int(Priority.ALERT), row.created_at > since)
        .distinct()
        .order_by(row.created_at)
    )
    with database.reading() as connection:
        return tuple(found.created_at for found in connection.execute(query))


def drills_due(database: Database, now: datetime) -> tuple[DrillDue, ...]:
    """``bot.call_outs.CallStore.drills_due``."""
    with database.reading() as connection:
        rows = connection.execute(DRILLS_DUE.where(alert_drill.c.next_at <= now).order_by(alert_drill.c.started_at))
        return tuple(DrillDue(id=row.id, started_at=row.started_at, chases=row.chases) for row in rows)


def _rota(sealer: Sealer, row: AnyRow) -> Rota:
    rungs = tuple(_rung(packed) for packed in json.loads(sealer.unseal(row.sealed, ROTA, row.id)))
    return Rota(rungs=rungs, number=row.number, made_by=row.name, made_at=row.made_at)


def _packed(rung: Rung) -> dict[str, Any]:
    return {
        "id": str(rung.id),
        "name": rung.name,
        "mobile": rung.mobile,
        "email": rung.email,
        "when": rung.when.value,
        "days": sorted(rung.days),
        "opens": rung.opens.isoformat("minutes"),
        "closes": rung.closes.isoformat("minutes"),
    }


def _rung(packed: dict[str, Any]) -> Rung:
    return Rung(
        id=UUID(packed["id"]),
        name=packed["name"],
        mobile=packed["mobile"],
        email=packed["email"],
        when=When(packed["when"]),
        days=frozenset(packed["days"]),
        opens=time.fromisoformat(packed["opens"]),
        closes=time.fromisoformat(packed["closes"]),
    )
