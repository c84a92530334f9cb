"""Long work that staff ask for: a file that comes in, a file that is made. The worker does it in small steps, each under a
lease and committed with how far it is, so that it may be broken off anywhere and is taken up by whoever comes next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID, uuid4

from bot.errors import NotFound
from bot.media import Blobs
from bot.ports import Clock
from bot.records import StaffMember

LEASE = timedelta(minutes=5)
KEPT_FOR = timedelta(days=1)
"""How long a file lies here after its work has ended, or while it waits for its person."""
PIECE = 1 << 20
"""Bytes of a file that are held at once."""


class JobKind(StrEnum):
    IMPORT = "import"
    EXPORT = "export"


class JobState(StrEnum):
    """``LOOKING``: a file that came is looked through. ``ASKING``: it waits for its person to say what is what. ``SPOILT``:
    what was made must not be read any more, for something in it was taken back, erased or hidden since.
    """

    LOOKING = "looking"
    ASKING = "asking"
    WORKING = "working"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    SPOILT = "spoilt"


UNDER_WAY = (JobState.LOOKING, JobState.WORKING)
ENDED = (JobState.DONE, JobState.STOPPED, JobState.FAILED, JobState.SPOILT)


class Part(StrEnum):
    """``UPLOAD``: the file as it came. ``ROWS``: its rows, or rows that are to become a file. ``WRONG``: those to mend.
    ``FILE``: what was made.
    """

    UPLOAD = "upload"
    ROWS = "rows"
    WRONG = "wrong"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """``details`` are the work's own settings, sealed where they are kept. ``place``: how far it has come, in the work's own
    numbers; ``step_at``: since when it has been at that. ``wrong`` of ``done`` need somebody's hand. ``trouble`` is a code.
    """

    id: UUID
    kind: JobKind
    state: JobState
    name: str
    by: str
    owner_id: UUID
    asked_at: datetime
    details: Mapping[str, Any] = field(default_factory=dict, repr=False)
    total: int = 0
    done: int = 0
    wrong: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    place: str = ""
    began_at: datetime | None = None
    step_at: datetime | None = None
    ended_at: datetime | None = None
    files_until: datetime | None = None
    trouble: str = ""

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def share(self) -> int:
        """Per cent."""
        if self.state is JobState.DONE:
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a file, sealed in the blob store. ``size`` in bytes."""

    part: Part
    number: int
    blob: UUID
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step came to: changes of the job by name, and pieces that are added to it."""

    changes: Mapping[str, Any] = field(default_factory=dict)
    pieces: Sequence[Piece] = ()
    audit: tuple[str, str] | None = None
    """Action and why, for a line of the audit trail."""


class JobRecords(Protocol):
    """Short transactions of its own."""

    def add(self, job_: Job, pieces: Sequence[Piece], *, digest: bytes | None = None) -> bool:
        """False: one of this id is there, and nothing was kept."""
        ...

    def known_file(self, digest: bytes) -> str | None:
        """The name under which this very file was brought in before."""
        ...

    def job(self, job_id: UUID) -> Job | None: ...

    def listed(self, staff_id: UUID, *, limit: int) -> tuple[Job, ...]:
        """Somebody's own, and the imports of the others; the newest first."""
        ...

    def pieces(self, job_id: UUID, part: Part, *, after: int = -1, limit: int = 1000) -> tuple[Piece, ...]: ...

    def change(self, job_: Job, of: Sequence[JobState], changes: Mapping[str, Any], *, now: datetime, audit: str = "") -> bool:
        """By its person. False: it is in none of these states any more."""
        ...

    def note(self, job_: Job, member: StaffMember, action: str, now: datetime) -> None: ...

    def hold(self, kind: JobKind, holder: UUID, *, now: datetime, until: datetime) -> Job | None:
        """The oldest that is to go on, for one worker at a time."""
        ...

    def keep(self, job_id: UUID, holder: UUID, step: Step, *, now: datetime) -> bool:
        """Commit a step. False: it was stopped, or another worker has it; then nothing of the step is kept."""
        ...

    def gone(self, now: datetime, *, limit: int) -> tuple[tuple[UUID, Piece], ...]:
        """Pieces whose time is over, or whose work needs them no more."""
        ...

    def forget(self, job_id: UUID, pieces: Sequence[Piece]) -> None: ...

    def is_behind_the_wall(self, job_id: UUID) -> bool:
        """Whether anything in an export is with safeguarding now."""
        ...


class Work(Protocol):
    """What is done for one kind of job."""

    def step(self, job: Job, now: datetime) -> Step:
        """A small part. What it does beside what it returns must do no harm when it is done twice."""
        ...


class JobSweep:
    """The worker's half, for one kind of job."""

    def __init__(self, kind: JobKind, records: JobRecords, work: Work, blobs: Blobs, clock: Clock) -> None:
        self._kind = kind
        self._records = records
        self._work = work
        self._blobs = blobs
        self._clock = clock
        self._me = uuid4()

    def sweep(self) -> bool:
        """One step. True: there is more."""
        now = self._clock.now()
        job = self._records.hold(self._kind, self._me, now=now, until=now + LEASE)
        if job is None:
            return False
        step = self._work.step(job, now)
        if not self._records.keep(job.id, self._me, step, now=self._clock.now()):
            for piece in step.pieces:
                self._blobs.delete(piece.blob)
        return True


class JobFiles:
    """Files of jobs that are needed no more leave the blob store."""

    def __init__(self, records: JobRecords, blobs: Blobs, clock: Clock) -> None:
        self._records = records
        self._blobs = blobs
        self._clock = clock

    def sweep(self) -> bool:
        gone = self._records.gone(self._clock.now(), limit=50)
        for job_id, piece in gone:
            self._blobs.delete(piece.blob)
            self._records.forget(job_id, [piece])
        return bool(gone)


@dataclass(frozen=True, slots=True)
class Jobs:
    """What staff do: ask, look, stop, fetch. Who asked for a job owns it; to others it is not there."""

    records: JobRecords
    blobs: Blobs
    clock: Clock
    digest: Callable[[bytes], bytes]
    new_id: Callable[[], UUID] = uuid4

    def mine(self, job_id: UUID, member: StaffMember) -> Job:
        job = self.records.job(job_id)
        if job is None or job.owner_id != member.id:
            raise NotFound
        return job

    def listed(self, member: StaffMember) -> tuple[Job, ...]:
        return self.records.listed(member.id, limit=50)

    def stop(self, job_id: UUID, member: StaffMember) -> bool:
        job, now = self.mine(job_id, member), self.clock.now()
        changes = {"state": JobState.STOPPED, "ended_at": now, "files_until": now + KEPT_FOR}
        return self.records.change(job, (*UNDER_WAY, JobState.ASKING), changes, now=now, audit=f"stop_{job.kind}")

    def has_file(self, job: Job, part: Part) -> bool:
        until = job.files_until
        return job.state is not JobState.SPOILT and until is not None and until > self.clock.now() and self._first(job, part)

    def _first(self, job: Job, part: Part) -> bool:
        return bool(self.records.pieces(job.id, part, limit=1))

    def content(self, job_id: UUID, part: Part) -> Iterator[bytes]:
        """Piece by piece, so that a long file takes no more memory than a short one."""
        after = -1
        while pieces := self.records.pieces(job_id, part, after=after):
            for piece in pieces:
                yield self.blobs.get(piece.blob)
            after = pieces[-1].number
