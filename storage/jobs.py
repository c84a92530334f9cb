"""``bot.jobs.JobRecords``: long work, the stretches of its files, and what ends it early."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, delete, exists, insert, not_, null, or_, select, update

from bot.jobs import UNDER_WAY, Job, JobKind, JobState, Part, Piece, Step
from bot.records import StaffMember
from storage.audit import add_line
from storage.database import Database
from storage.sealing import Sealer
from storage.tables import experience, exported, job, job_piece, staff
from storage.unit import AnyRow, Unit
from storage.wall import WALLED

DETAILS = "job|details"
WITH_OWNER = select(job, staff.c.name.label("by_name")).join_from(job, staff, staff.c.id == job.c.asked_by)
GOES_ON = job.c.state.in_([state.value for state in UNDER_WAY])


class SqlJobs:
    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def add(self, job_: Job, pieces: Sequence[Piece], *, digest: bytes | None = None) -> bool:
        values: dict[str, Any] = {
            "id": job_.id,
            "kind": job_.kind.value,
            "state": job_.state.value,
            "name": job_.name,
            "asked_by": job_.owner_id,
            "asked_at": job_.asked_at,
            "details": self._sealed(job_.id, job_.details),
            "digest": digest,
            "counts": {},
            "place": "",
            "trouble": "",
            "files_until": job_.files_until,
        }
        with self._database.writing() as connection:
            if not self._database.insert_once(job, "id").run(connection, values).rowcount:
                return False
            _add_pieces(connection, job_.id, pieces)
            self._audit(connection, f"staff:{job_.owner_id}", f"ask_{job_.kind}", job_.id, "", job_.asked_at)
        return True

    def known_file(self, digest: bytes) -> str | None:
        query = select(job.c.name).where(job.c.digest == digest, job.c.kind == JobKind.IMPORT.value, job.c.done > 0)
        with self._database.reading() as connection:
            found: str | None = connection.execute(query.order_by(job.c.asked_at).limit(1)).scalar_one_or_none()
        return found

    def job(self, job_id: UUID) -> Job | None:
        with self._database.reading() as connection:
            row = connection.execute(WITH_OWNER.where(job.c.id == job_id)).one_or_none()
        return None if row is None else self._job(row)

    def listed(self, staff_id: UUID, *, limit: int) -> tuple[Job, ...]:
        shown = or_(job.c.asked_by == staff_id, job.c.kind == JobKind.IMPORT.value)
        query = WITH_OWNER.where(shown).order_by(job.c.asked_at.desc(), job.c.id).limit(limit)
        with self._database.reading() as connection:
            return tuple(self._job(row) for row in connection.execute(query))

    def pieces(self, job_id: UUID, part: Part, *, after: int = -1, limit: int = 1000) -> tuple[Piece, ...]:
        query = select(job_piece).where(job_piece.c.job_id == job_id, job_piece.c.part == part.value, job_piece.c.number > after)
        with self._database.reading() as connection:
            return tuple(_piece(row) for row in connection.execute(query.order_by(job_piece.c.number).limit(limit)))

    def change(self, job_: Job, of: Sequence[JobState], changes: Mapping[str, Any], *, now: datetime, audit: str = "") -> bool:
        ours = and_(job.c.id == job_.id, job.c.state.in_([state.value for state in of]))
        with self._database.writing() as connection:
            if not connection.execute(update(job).where(ours).values(self._columns(job_.id, changes))).rowcount:
                return False
            if audit:
                self._audit(connection, f"staff:{job_.owner_id}", audit, job_.id, "", now)
        return True

    def note(self, job_: Job, member: StaffMember, action: str, now: datetime) -> None:
        with self._database.writing() as connection:
            self._audit(connection, f"staff:{member.id}", action, job_.id, "", now)

    def hold(self, kind: JobKind, holder: UUID, *, now: datetime, until: datetime) -> Job | None:
        """A small read finds most of the time that there is nothing to do."""
        free = or_(job.c.holder.is_(None), job.c.holder == holder, job.c.until <= now)
        due = select(job.c.id).where(GOES_ON, job.c.kind == kind.value, free).order_by(job.c.asked_at, job.c.id).limit(1)
        with self._database.reading() as connection:
            job_id = connection.execute(due).scalar_one_or_none()
        if job_id is None:
            return None
        with self._database.writing(lasting=False) as connection:
            ours = and_(job.c.id == job_id, GOES_ON, free)
            if not connection.execute(update(job).where(ours).values(holder=holder, until=until)).rowcount:
                return None
        return self.job(job_id)

    def keep(self, job_id: UUID, holder: UUID, step: Step, *, now: datetime) -> bool:
        mine = (job.c.id == job_id, job.c.holder == holder)
        stopped = (job.c.state == JobState.STOPPED.value, job.c.kind == JobKind.IMPORT.value)
        with self._database.writing() as connection:
            changes = self._columns(job_id, {"step_at": now, **step.changes})
            if not connection.execute(update(job).where(*mine, GOES_ON).values(changes)).rowcount:
                # What was taken in while somebody stopped it is in the record: it counts.
                counted = {name: changes[name] for name in ("done", "wrong", "counts") if name in changes}
                if not counted or not connection.execute(update(job).where(*mine, *stopped).values(counted)).rowcount:
                    return False
            _add_pieces(connection, job_id, step.pieces)
            if step.audit is not None:
                by: UUID = connection.execute(select(job.c.asked_by).where(job.c.id == job_id)).scalar_one()
                self._audit(connection, f"staff:{by}", step.audit[0], job_id, step.audit[1], now)
        return True

    def gone(self, now: datetime, *, limit: int) -> tuple[tuple[UUID, Piece], ...]:
        mine = job_piece.c.part.in_([Part.UPLOAD.value, Part.ROWS.value])
        over = or_(job.c.state == JobState.SPOILT.value, and_(job.c.files_until.is_not(None), job.c.files_until <= now))
        ended = and_(mine, not_(or_(GOES_ON, job.c.state == JobState.ASKING.value)))
        looked = and_(job_piece.c.part == Part.UPLOAD.value, job.c.state != JobState.LOOKING.value)
        query = (
            select(job_piece)
            .join_from(job_piece, job, job.c.id == job_piece.c.job_id)
            .where(or_(and_(over, not_(GOES_ON)), ended, looked))
        )
        with self._database.reading() as connection:
            return tuple((row.job_id, _piece(row)) for row in connection.execute(query.limit(limit)))

    def forget(self, job_id: UUID, pieces: Sequence[Piece]) -> None:
        with self._database.writing(lasting=False) as connection:
            gone = job_piece.c.blob.in_([piece.blob for piece in pieces])
            connection.execute(delete(job_piece).where(job_piece.c.job_id == job_id, gone))

    def is_behind_the_wall(self, job_id: UUID) -> bool:
        held = select(exported.c.experience_id).where(exported.c.job_id == job_id)
        query = select(experience.c.id).where(experience.c.id.in_(held), WALLED).limit(1)
        with self._database.reading() as connection:
            return connection.execute(query).first() is not None

    def _columns(self, job_id: UUID, changes: Mapping[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {name: value.value if isinstance(value, JobState) else value for name, value in changes.items()}
        if "details" in values:
            values["details"] = self._sealed(job_id, values["details"])
        return values

    def _sealed(self, job_id: UUID, details: Mapping[str, Any]) -> bytes:
        return self._sealer.seal(json.dumps(details).encode(), DETAILS, job_id)

    def _job(self, row: AnyRow) -> Job:
        return Job(
            id=row.id,
            kind=JobKind(row.kind),
            state=JobState(row.state),
            name=row.name,
            by=row.by_name,
            owner_id=row.asked_by,
            asked_at=row.asked_at,
            details=json.loads(self._sealer.unseal(row.details, DETAILS, row.id)),
            total=row.total,
            done=row.done,
            wrong=row.wrong,
            counts=row.counts,
            place=row.place,
            began_at=row.began_at,
            step_at=row.step_at,
            ended_at=row.ended_at,
            files_until=row.files_until,
            trouble=row.trouble,
        )

    def _audit(self, connection: Connection, who: str, action: str, job_id: UUID, why: str, now: datetime) -> None:
        unit = Unit(self._database, connection, self._sealer, redactor=str)
        add_line(unit, who=who, action=action, record=f"job:{job_id}", why=why, now=now)


def spoil_exports(unit: Unit, experience_ids: Sequence[UUID]) -> None:
    """What was made of these is read no more, and the worker deletes it: for words that leave the record.

    Whoever calls holds their rows: an export that is being made waits for that, and a list of what it holds that was
    committed before is seen here.
    """
    made = exists().where(exported.c.job_id == job.c.id, exported.c.experience_id.in_(experience_ids))
    live = job.c.state.in_([JobState.WORKING.value, JobState.DONE.value])
    spoilt = update(job).where(job.c.kind == JobKind.EXPORT.value, live, made)
    unit.connection.execute(spoilt.values(state=JobState.SPOILT.value, holder=null()))


def hold_and_spoil(unit: Unit, experience_id: UUID) -> None:
    """The same, for who does not hold the row yet."""
    unit.connection.execute(select(experience.c.id).where(experience.c.id == experience_id).with_for_update(key_share=True))
    spoil_exports(unit, [experience_id])


def _add_pieces(connection: Connection, job_id: UUID, pieces: Sequence[Piece]) -> None:
    rows = [
        {"job_id": job_id, "part": each.part.value, "number": each.number, "blob": each.blob, "size": each.size}
        for each in pieces
    ]
    if rows:
        connection.execute(insert(job_piece), rows)


def _piece(row: AnyRow) -> Piece:
    return Piece(Part(row.part), row.number, row.blob, row.size)
