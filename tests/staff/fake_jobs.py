"""Long work in memory, as far as pages ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bot.errors import BlobMissing
from bot.jobs import Job, JobKind, JobState, Part, Piece, Step
from bot.records import StaffMember


@dataclass
class FakeBlobs:
    kept: dict[UUID, bytes] = field(default_factory=dict)

    def put(self, content: bytes) -> UUID:
        key = uuid4()
        self.kept[key] = content
        return key

    def get(self, key: UUID) -> bytes:
        if key not in self.kept:
            raise BlobMissing
        return self.kept[key]

    def delete(self, key: UUID) -> None:
        self.kept.pop(key, None)

    def older_than(self, age: timedelta) -> Iterator[UUID]:
        del age
        return iter(self.kept)


@dataclass
class FakeJobRecords:
    """``bot.jobs.JobRecords``, as far as pages ask it; there is no worker."""

    jobs: dict[UUID, Job] = field(default_factory=dict)
    stretches: dict[UUID, list[Piece]] = field(default_factory=dict)

    def add(self, job_: Job, pieces: Sequence[Piece], *, digest: bytes | None = None) -> bool:
        del digest
        self.jobs[job_.id] = job_
        self.stretches[job_.id] = list(pieces)
        return True

    def known_file(self, digest: bytes) -> str | None:
        del digest
        return None

    def job(self, job_id: UUID) -> Job | None:
        return self.jobs.get(job_id)

    def listed(self, staff_id: UUID, *, limit: int) -> tuple[Job, ...]:
        mine = [job for job in self.jobs.values() if job.owner_id == staff_id or job.kind is JobKind.IMPORT]
        return tuple(sorted(mine, key=lambda job: job.asked_at, reverse=True)[:limit])

    def pieces(self, job_id: UUID, part: Part, *, after: int = -1, limit: int = 1000) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.stretches.get(job_id, []) if piece.part is part and piece.number > after)[:limit]

    def change(self, job_: Job, of: Sequence[JobState], changes: Mapping[str, Any], *, now: datetime, audit: str = "") -> bool:
        del now, audit
        if self.jobs[job_.id].state not in of:
            return False
        self.jobs[job_.id] = replace(self.jobs[job_.id], **changes)
        return True

    def note(self, job_: Job, member: StaffMember, action: str, now: datetime) -> None: ...

    def hold(self, kind: JobKind, holder: UUID, *, now: datetime, until: datetime) -> Job | None:
        del kind, holder, now, until
        return None

    def keep(self, job_id: UUID, holder: UUID, step: Step, *, now: datetime) -> bool:
        del job_id, holder, step, now
        return False

    def gone(self, now: datetime, *, limit: int) -> tuple[tuple[UUID, Piece], ...]:
        del now, limit
        return ()

    def forget(self, job_id: UUID, pieces: Sequence[Piece]) -> None: ...

    def is_behind_the_wall(self, job_id: UUID) -> bool:
        del job_id
        return False
