"""What staff take out of the record as a file: redacted, as far as the wall lets them, made by the worker, kept for a day."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from io import BytesIO
from typing import IO, Any, Protocol
from uuid import UUID, uuid5

from bot.inbox import Answered, InboxFilter
from bot.jobs import KEPT_FOR, Job, JobKind, Jobs, JobState, Part, Piece, Step
from bot.ports import Store
from bot.records import StaffMember
from bot.wall import Role, may_handle_alerts

ACTIONS = "actions"
WHAT = ("experiences", "decisions", ACTIONS)
"""Of the actions all are exported, whatever experiences are asked for."""
FORMATS = ("csv", "xlsx", "jsonl")
AT_ONCE = 200
"""Experiences of one step."""
MOST_IN_A_WORKBOOK = 100_000
"""Rows. A workbook is made in one go; CSV and JSON lines have no end."""
MAY_EXPORT = (Role.REVIEWER, Role.PUBLISHER, Role.SAFEGUARDING)

WRITING = "write"
"""The place of a workbook whose rows are all there."""

Rows = Iterable[Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """``place``: where the next begins; None: this is the last."""

    rows: Sequence[Mapping[str, object]]
    looked_at: int
    place: str | None


class ExportRecords(Protocol):
    def count(self, what: str, wanted: InboxFilter) -> int:
        """How many experiences, or actions, there are of it."""
        ...

    def next(self, job_id: UUID, what: str, wanted: InboxFilter, *, after: str, limit: int) -> Stretch:
        """The rows of the next experiences; which these are is kept with the export."""
        ...


class Write(Protocol):
    def __call__(self, rows: Rows, out: IO[bytes], *, headings: bool) -> object: ...


@dataclass(frozen=True, slots=True)
class Exports:
    """What staff do: ask for one, fetch it."""

    jobs: Jobs

    def ask(self, member: StaffMember, *, what: str, form: str, wanted: InboxFilter, once: UUID) -> Job:
        """``once`` is drawn with the page: the same file by the same page is a second press, and has the first one's answer so
        long as the file is being made or can be fetched.
        """
        said = json.dumps([str(member.id), what, form, frozen(wanted)], sort_keys=True, default=str)
        job_id = uuid5(once, said)
        while (found := self.jobs.records.job(job_id)) is not None:
            if found.is_under_way or (found.state is JobState.DONE and self.jobs.has_file(found, Part.FILE)):
                return found
            job_id = uuid5(job_id, "again")
        job = self._asked(job_id, member, what=what, form=form, wanted=wanted)
        return job if self.jobs.records.add(job, ()) else self.jobs.mine(job_id, member)

    def _asked(self, job_id: UUID, member: StaffMember, *, what: str, form: str, wanted: InboxFilter) -> Job:
        return Job(
            id=job_id,
            kind=JobKind.EXPORT,
            state=JobState.WORKING,
            name=what,
            by=member.name,
            owner_id=member.id,
            asked_at=self.jobs.clock.now(),
            details={"what": what, "format": form, "filter": frozen(wanted)},
        )

    def fetch(self, job: Job, member: StaffMember, *, handles_alerts: bool) -> Iterator[bytes] | None:
        """The file, piece by piece. None: it is over, or something in it is with safeguarding since and not for them."""
        if job.state is not JobState.DONE or not self.jobs.has_file(job, Part.FILE):
            return None
        if not handles_alerts and self.jobs.records.is_behind_the_wall(job.id):
            return None
        self.jobs.records.note(job, member, "fetch_export", self.jobs.clock.now())
        return self.jobs.content(job.id, Part.FILE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportWork:
    """``bot.jobs.Work``. ``whole`` makes a file of many rows outside the memory, and gives it back in pieces."""

    jobs: Jobs
    records: ExportRecords
    store: Store
    writers: Mapping[str, Write]
    whole: Callable[[Rows], Iterator[bytes]]

    def step(self, job: Job, now: datetime) -> Step:
        """Who asked must still be one who may, each time."""
        member = self.store.staff(job.owner_id)
        if member is None or member.disabled_at is not None or member.role not in MAY_EXPORT:
            return _failed("not_allowed", now)
        wanted = thawed(job.details["filter"], with_safeguarding=may_handle_alerts(member, self.store.all_staff()))
        if job.began_at is None:
            total = self.records.count(str(job.details["what"]), wanted)
            if job.details["format"] == "xlsx" and total > MOST_IN_A_WORKBOOK:
                return _failed("too_many_for_xlsx", now)
            return Step(changes={"total": total, "began_at": now})
        if job.place == WRITING:
            return self._write_whole(job, now)
        return self._go_on(job, wanted, now)

    def _go_on(self, job: Job, wanted: InboxFilter, now: datetime) -> Step:
        number, _, after = job.place.partition(" ")
        stretch = self.records.next(job.id, str(job.details["what"]), wanted, after=after, limit=AT_ONCE)
        form = str(job.details["format"])
        is_whole = form == "xlsx"
        out, position = BytesIO(), int(number or 0)
        self.writers["jsonl" if is_whole else form](stretch.rows, out, headings=not job.counts.get("rows"))
        written = job.counts.get("rows", 0) + len(stretch.rows)
        changes: dict[str, Any] = {"done": job.done + stretch.looked_at, "counts": {"rows": written}}
        part = Part.ROWS if is_whole else Part.FILE
        pieces = [self._sealed(part, position, out.getvalue())] if stretch.rows else []
        if stretch.place is not None:
            return Step(changes={**changes, "place": f"{position + 1} {stretch.place}"}, pieces=pieces)
        if is_whole and written > MOST_IN_A_WORKBOOK:
            return _failed("too_many_for_xlsx", now)
        if is_whole and written:
            return Step(changes={**changes, "place": WRITING}, pieces=pieces)
        return Step(changes={**changes, **_done(job, now)}, pieces=pieces, audit=_summary(job, written))

    def _write_whole(self, job: Job, now: datetime) -> Step:
        rows = (json.loads(line) for content in self.jobs.content(job.id, Part.ROWS) for line in content.splitlines())
        pieces = [self._sealed(Part.FILE, number, content) for number, content in enumerate(self.whole(rows))]
        return Step(changes=_done(job, now), pieces=pieces, audit=_summary(job, job.counts["rows"]))

    def _sealed(self, part: Part, number: int, content: bytes) -> Piece:
        return Piece(part, number, self.jobs.blobs.put(content), len(content))


def _done(job: Job, now: datetime) -> dict[str, Any]:
    """What was searched for may be somebody's name, and is kept no longer than it is needed."""
    left = {name: value for name, value in job.details.items() if name != "filter"}
    return {"state": JobState.DONE, "ended_at": now, "files_until": now + KEPT_FOR, "details": left}


def _failed(trouble: str, now: datetime) -> Step:
    return Step(changes={"state": JobState.FAILED, "ended_at": now, "files_until": now, "trouble": trouble})


def _summary(job: Job, written: int) -> tuple[str, str]:
    return "export", f"{written} {job.details['what']}, {job.details['format']}"


_DAYS = frozenset({"today", "promised_by", "due_by"})
_MOMENTS = frozenset({"since", "until"})


def frozen(wanted: InboxFilter) -> dict[str, Any]:
    """A filter as plain values, to be kept."""
    return {
        name: str(value) if isinstance(value, UUID) else value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(wanted).items()
    }


def thawed(kept: Mapping[str, Any], *, with_safeguarding: bool) -> InboxFilter:
    """The same filter, behind the wall as it stands now."""
    known = {each.name for each in fields(InboxFilter)}
    values = {name: _thawed(name, value) for name, value in kept.items() if name in known and value is not None}
    return InboxFilter(**{**values, "with_safeguarding": with_safeguarding})


def _thawed(name: str, value: Any) -> Any:
    if name in _DAYS:
        return date.fromisoformat(value)
    if name in _MOMENTS:
        return datetime.fromisoformat(value)
    if name == "owner":
        return UUID(value)
    if name == "consents":
        return tuple((purpose, Answered(answer)) for purpose, answer in value)
    if name == "and_themes":
        return tuple(tuple(themes) for themes in value)
    return tuple(value) if isinstance(value, list) else value
