"""A spreadsheet that staff bring in: kept sealed, looked through, shown with what is wrong in it, and taken in row by row."""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, Protocol
from uuid import UUID

from bot.byhand import KeptAccounts, Receiver
from bot.cells import Row
from bot.columns import FIELDS, Account, Columns, UnreadableCell, guessed, say
from bot.errors import BlobMissing, StoreUnavailable
from bot.faults import place
from bot.importing import READ_WITHIN_DAYS, Import, Outcome, Seen
from bot.jobs import KEPT_FOR, PIECE, Job, JobKind, Jobs, JobState, Part, Piece, Step
from bot.model import Locale
from bot.records import StaffMember

ROWS_AT_ONCE = 100
"""Rows of one step: well under a second."""
MOST_ROWS = 100_000
MOST_COLUMNS = 200
LARGEST_FILE = 50 * 1024 * 1024
"""Bytes. A hundred thousand comments are about a third of it."""
PREVIEWED = 1_000
"""Rows that are tried before the work begins."""
SHOWN = 5
FAULTS_SHOWN = 20

Numbered = tuple[int, Row]

log = logging.getLogger(__name__)


class Reading(Protocol):
    """One reading of a file."""

    def __iter__(self) -> Iterator[Numbered]: ...

    @property
    def columns(self) -> Sequence[str]: ...

    def told(self) -> Sequence[str]:
        """What was odd in it, in sentences."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """How the first rows would be taken: ``tried`` so many, ``faults`` by row; ``accounts`` are the first that are well."""

    accounts: tuple[Account, ...]
    faults: tuple[tuple[int, str], ...]
    wrong: int
    empty: int
    tried: int


@dataclass(frozen=True, slots=True)
class Imports:
    """What staff do with a file of theirs."""

    jobs: Jobs
    locales: Sequence[Locale]

    def bring(self, pieces: Iterator[bytes], name: str, *, ending: str, member: StaffMember, today: date) -> tuple[Job, bool]:
        """Keep it, sealed. With it comes whether this very file was here before: then it has the name it had, so that no row
        of it is taken twice.
        """
        jobs, now = self.jobs, self.jobs.clock.now()
        kept, whole = [], hashlib.sha256()
        for number, content in enumerate(pieces):
            whole.update(content)
            kept.append(Piece(Part.UPLOAD, number, jobs.blobs.put(content), len(content)))
        digest = jobs.digest(whole.digest())
        known = jobs.records.known_file(digest)
        read_by = today + timedelta(days=READ_WITHIN_DAYS)
        job = Job(
            id=jobs.new_id(),
            kind=JobKind.IMPORT,
            state=JobState.LOOKING,
            name=known or name,
            by=member.name,
            owner_id=member.id,
            asked_at=now,
            details={"ending": ending, "read_by": read_by.isoformat()},
            files_until=now + KEPT_FOR,
        )
        jobs.records.add(job, kept, digest=digest)
        return job, known is not None

    def choose(self, job: Job, by_field: Mapping[str, str]) -> bool:
        """False: it begins already, or has ended."""
        there = job.details.get("columns", [])
        chosen = {name: column for name, column in by_field.items() if name in FIELDS and column in there}
        now = self.jobs.clock.now()
        changes = {"details": {**job.details, "by_field": chosen}, "files_until": now + KEPT_FOR}
        return self.jobs.records.change(job, (JobState.ASKING,), changes, now=now)

    def begin(self, job: Job) -> bool:
        now = self.jobs.clock.now()
        changes = {"state": JobState.WORKING, "began_at": now, "step_at": now}
        return self.jobs.records.change(job, (JobState.ASKING,), changes, now=now, audit="begin_import")

    def preview(self, job: Job, *, today: date) -> Preview | None:
        """None: nobody has said yet which column holds the words."""
        by_field = job.details.get("by_field", {})
        if "text" not in by_field:
            return None
        columns = Columns.of(by_field, job.details["columns"])
        accounts, faults = list[Account](), list[tuple[int, str]]()
        wrong = empty = tried = 0
        for number, row in islice(self._rows(job.id), PREVIEWED):
            tried += 1
            try:
                account = columns.account(row, today=today, locales=self.locales)
            except UnreadableCell as unreadable:
                wrong += 1
                faults.append((number, str(unreadable)))
                continue
            empty += not account.text
            if account.text and len(accounts) < SHOWN:
                accounts.append(account)
            faults += [(number, remark) for remark in account.remarks]
        return Preview(accounts=tuple(accounts), faults=tuple(faults[:FAULTS_SHOWN]), wrong=wrong, empty=empty, tried=tried)

    def to_mend(self, job: Job) -> Iterator[tuple[int, str, Row]]:
        """The rows that were not kept: number, why, and what stands in them."""
        for content in self.jobs.content(job.id, Part.WRONG):
            yield from json.loads(content)

    def _rows(self, job_id: UUID) -> Iterator[Numbered]:
        for content in self.jobs.content(job_id, Part.ROWS):
            yield from json.loads(content)


@dataclass(slots=True)
class _Look:
    """A file that this worker is reading. ``at``: rows that were read from it, whether they were kept or not."""

    job_id: UUID
    reading: Reading
    rows: Iterator[Numbered]
    at: int


@dataclass
class ImportWork:
    """``bot.jobs.Work``. ``read`` opens a file that comes in pieces; ``today`` is the day where the team works."""

    jobs: Jobs
    read: Callable[[Iterator[bytes], str], Reading]
    accounts: KeptAccounts
    intake: Receiver
    digest: Callable[[str], str]
    locales: Sequence[Locale]
    today: Callable[[], date]
    _look: _Look | None = field(default=None, init=False)

    def step(self, job: Job, now: datetime) -> Step:
        try:
            return self._look_on(job, now) if job.state is JobState.LOOKING else self._take_in(job, now)
        except StoreUnavailable:
            raise
        except BlobMissing:
            return _failed("files_gone", now)

    def _look_on(self, job: Job, now: datetime) -> Step:
        """Reads on where this worker is. One that comes after a dead one begins at the top and passes over what is kept; so
        does this one when what it read last was not kept, or another went on meanwhile.
        """
        try:
            look = self._look
            if look is None or (look.job_id, look.at) != (job.id, job.total):
                reading = self.read(self.jobs.content(job.id, Part.UPLOAD), str(job.details["ending"]))
                self._look = look = _Look(job.id, reading, islice(iter(reading), job.total, None), job.total)
            rows = list(_batch(look.rows))
            look.at += len(rows)
            columns = list(look.reading.columns)
        except (StoreUnavailable, BlobMissing):
            self._look = None
            raise
        except Exception as error:  # noqa: BLE001 - whatever is in the file, it must not hold up the worker
            self._look = None
            log.info("a file that was brought in cannot be read: %s", place(error))
            return _failed("unreadable", now)
        total = job.total + len(rows)
        if total > MOST_ROWS or len(columns) > MOST_COLUMNS:
            self._look = None
            return _failed("too_many_rows" if total > MOST_ROWS else "too_many_columns", now)
        if rows:
            number = int(job.place or 0)
            piece = self._sealed(Part.ROWS, number, rows)
            return Step(changes={"total": total, "place": str(number + 1)}, pieces=[piece])
        self._look = None
        if not total:
            return _failed("no_rows", now)
        told = list(look.reading.told())[:FAULTS_SHOWN]
        details = {**job.details, "columns": columns, "remarks": told, "by_field": guessed(columns)}
        return Step(changes={"state": JobState.ASKING, "details": details, "place": "", "files_until": now + KEPT_FOR})

    def _take_in(self, job: Job, now: datetime) -> Step:
        number = int(job.place or 0)
        pieces = self.jobs.records.pieces(job.id, Part.ROWS, after=number - 1, limit=1)
        if pieces[0].number != number if pieces else job.done < job.total:
            return _failed("files_gone", now)
        if not pieces:
            return Step(changes={"state": JobState.DONE, "ended_at": now, "files_until": now + KEPT_FOR}, audit=_summary(job))
        one = Import(
            kind=job.name,
            columns=Columns.of(job.details["by_field"], job.details["columns"]),
            accounts=self.accounts,
            intake=self.intake,
            digest=self.digest,
            locales=self.locales,
            today=self.today(),
            read_by=date.fromisoformat(job.details["read_by"]),
            entered_by=job.owner_id,
        )
        counts, wrong = Counter(job.counts), list[tuple[int, str, Row]]()
        seen = Seen(since=job.step_at, began=job.began_at)
        rows = json.loads(self.jobs.blobs.get(pieces[0].blob))
        for row_number, row in rows:
            outcome = _one(one, row_number, row, counts, seen)
            if outcome.outcome == "not kept":
                wrong.append((row_number, outcome.remark, row))
        changes = {
            "done": job.done + len(rows),
            "wrong": job.wrong + len(wrong),
            "counts": dict(counts),
            "place": str(number + 1),
        }
        return Step(changes=changes, pieces=[self._sealed(Part.WRONG, number, wrong)] if wrong else [])

    def _sealed(self, part: Part, number: int, rows: Sequence[Any]) -> Piece:
        content = json.dumps(rows, default=str).encode()
        return Piece(part, number, self.jobs.blobs.put(content), len(content))


def _one(one: Import, number: int, row: Row, counts: Counter[str], seen: Seen) -> Outcome:
    try:
        (outcome,) = one.run([(number, row)], counts, seen)
    except StoreUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 - one row that cannot be taken must not hold up the others
        log.error("row %d of an import could not be taken: %s", number, place(error))  # noqa: TRY400 - a traceback may hold words
        counts["not kept"] += 1
        return Outcome(number, "not kept", remark=say("broken"))
    return outcome


def _batch(rows: Iterator[Numbered]) -> Iterator[Numbered]:
    size = 0
    for number, row in islice(rows, ROWS_AT_ONCE):
        yield number, row
        size += sum(len(cell) for cell in row.values() if isinstance(cell, str))
        if size > PIECE:
            return


def _failed(trouble: str, now: datetime) -> Step:
    return Step(changes={"state": JobState.FAILED, "ended_at": now, "files_until": now, "trouble": trouble})


def _summary(job: Job) -> tuple[str, str]:
    return "end_import", f"{job.counts.get('kept', 0)} of {job.total} rows kept"
