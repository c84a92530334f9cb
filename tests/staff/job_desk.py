"""A desk where long work is asked for, on the real store, with the worker in the test's hands."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import uuid4

from flask import Flask

from bot.byhand import IMPORTED
from bot.events import Event
from bot.exports import Exports, ExportWork
from bot.imports import Imports, ImportWork
from bot.jobs import Job, JobFiles, JobKind, Jobs, JobSweep
from bot.model import ENGLISH, Address, InboundMessage
from bot.safety import check
from bot.worker import Sweep
from staff.desk import EXTENSION, Desk
from staff.passwords import Passwords
from staff.sheet_reading import read_pieces
from staff.sheet_writing import workbook_in_pieces, write_csv, write_jsonl
from storage.accounts import SqlAccounts
from storage.database import Database
from storage.exports import SqlExports
from storage.jobs import SqlJobs
from tests.staff.fake_jobs import FakeBlobs
from tests.staff.page import Browser, Page
from tests.staff.review_desk import ReviewDesk


class Killed(BaseException):
    """The process is gone, in the middle of whatever it did."""


@dataclass
class Taking:
    """The intake, as far as keeping goes. ``dies_at``: the row, counted from 1, that is taken in and then never told of."""

    desk: ReviewDesk
    taken: list[InboundMessage] = field(default_factory=list)
    dies_at: int = 0

    def receive(self, events: Sequence[Event]) -> None:
        for message in events:
            assert isinstance(message, InboundMessage)
            self.desk.clock.move(timedelta(milliseconds=1))
            now = self.desk.clock.now()
            with self.desk.store.transaction() as tx:
                contact = tx.hold_contact(message.sender, (), locale=ENGLISH, now=now)
                risk = check(message.text)
                if tx.add_inbound(contact, message, inbound_id=uuid4(), risk=risk, command=None, now=now) is not None:
                    self.taken.append(message)
            if len(self.taken) == self.dies_at:
                self.dies_at = 0
                raise Killed


class JobDesk:
    def __init__(self, app: Flask, database: Database, passwords: Passwords) -> None:
        self.desk = ReviewDesk(app, database, passwords)
        self.blobs = FakeBlobs()
        self.intake = Taking(self.desk)
        sealer = self.desk.sealer
        self.jobs = Jobs(
            records=SqlJobs(database, sealer),
            blobs=self.blobs,
            clock=self.desk.clock,
            digest=lambda whole: sealer.blind_index(Address(IMPORTED, whole.hex())),
        )
        at: Desk = app.extensions[EXTENSION]
        rooms = replace(at.rooms, jobs=self.jobs, imports=Imports(self.jobs, (ENGLISH,)), exports=Exports(self.jobs))
        app.extensions[EXTENSION] = replace(at, rooms=rooms)
        self.worker()

    def worker(self) -> None:
        """A new one, which knows nothing of what another began."""
        jobs, clock = self.jobs, self.desk.clock
        sealer = self.desk.sealer
        imports = ImportWork(
            jobs=jobs,
            read=read_pieces,
            accounts=SqlAccounts(self.desk.database),
            intake=self.intake,
            digest=lambda said: sealer.blind_index(Address(IMPORTED, said)).hex()[:32],
            locales=(ENGLISH,),
            today=lambda: clock.now().date(),
        )
        exports = ExportWork(
            jobs=jobs,
            records=SqlExports(self.desk.database),
            store=self.desk.store,
            writers={"csv": write_csv, "jsonl": write_jsonl},
            whole=workbook_in_pieces,
        )
        self.sweeps: list[Sweep] = [
            JobSweep(JobKind.IMPORT, jobs.records, imports, self.blobs, clock),
            JobSweep(JobKind.EXPORT, jobs.records, exports, self.blobs, clock),
            JobFiles(jobs.records, self.blobs, clock),
        ]

    def works(self) -> None:
        """The worker, until it has nothing more to do."""
        while any(sweep.sweep() for sweep in self.sweeps):
            self.desk.clock.move(timedelta(milliseconds=1))

    def dies(self, act: Callable[[], object]) -> None:
        """The worker dies in it, and another comes when its lease has run out."""
        try:
            act()
        except Killed:
            self.desk.clock.move(timedelta(minutes=6))
            self.worker()
        else:
            raise AssertionError

    def brings(
        self, browser: Browser, content: bytes | str, *, name: str = "Survey", file: str = "s.csv", status: int = 200
    ) -> Page:
        browser.open("/staff/import")
        data = content.encode() if isinstance(content, str) else content
        return browser.press("/import", {"name": name, "file": (io.BytesIO(data), file)}, status=status)

    def newest(self) -> Job:
        member = self.desk.store.staff_by_username("jo")
        assert member is not None
        return self.jobs.listed(member)[0]
