"""Long work that staff ask for: files that come in, files that are made. The parts of it, joined.

A part of the wiring, as `doors.py` is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.byhand import IMPORTED
from bot.exports import ExportWork
from bot.imports import ImportWork
from bot.jobs import JobFiles, JobKind, Jobs, JobSweep
from bot.model import Address
from bot.worker import Sweep
from staff.sheet_reading import read_pieces
from staff.sheet_writing import workbook_in_pieces, write_csv, write_jsonl
from storage.accounts import SqlAccounts
from storage.exports import SqlExports
from storage.jobs import SqlJobs
from storage.sealing import Sealer

if TYPE_CHECKING:
    from parts import Earshot


def open_jobs(earshot: Earshot) -> Jobs:
    return Jobs(
        records=SqlJobs(earshot.database, earshot.sealer),
        blobs=earshot.media.blobs,
        clock=earshot.clock,
        digest=lambda whole: earshot.sealer.blind_index(Address(IMPORTED, f"file {whole.hex()}")),
    )


def row_digest(sealer: Sealer, said: str) -> str:
    """What a row is known by, as an id that tells nobody what it says: the same on the page and in the command."""
    return sealer.blind_index(Address(IMPORTED, said)).hex()[:32]


def job_sweeps(earshot: Earshot) -> list[Sweep]:
    jobs = open_jobs(earshot)
    imports = ImportWork(
        jobs=jobs,
        read=read_pieces,
        accounts=SqlAccounts(earshot.database),
        intake=earshot.intake,
        digest=lambda said: row_digest(earshot.sealer, said),
        locales=earshot.wording.locales,
        today=lambda: earshot.hours.today(earshot.clock.now()),
    )
    exports = ExportWork(
        jobs=jobs,
        records=SqlExports(earshot.database),
        store=earshot.store,
        writers={"csv": write_csv, "jsonl": write_jsonl},
        whole=workbook_in_pieces,
    )
    return [
        JobSweep(JobKind.IMPORT, jobs.records, imports, jobs.blobs, earshot.clock),
        JobSweep(JobKind.EXPORT, jobs.records, exports, jobs.blobs, earshot.clock),
        JobFiles(jobs.records, jobs.blobs, earshot.clock),
    ]
