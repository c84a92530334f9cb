"""Long work for the pages: one of every kind and state."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from bot.jobs import ENDED, Job, JobKind, JobState, Part, Piece
from tests.staff.fake_jobs import FakeBlobs, FakeJobRecords
from tests.staff.fakes import NOW, made_id

COLUMNS = ["Comment", "Date", "School", "Agreed", "Year group"]
ROWS: list[list[Any]] = [
    ["The taxi came late every day and nobody rang us about it.", "31/05/2024", "Fern Hill School", "yes", 7],
    ["Lovely SENCO, she listens.", "2024-06-01", "", "no", None],
    ["The plan is wrong again.", "31/31/2024", "", "perhaps", None],
]
DETAILS = {
    "columns": COLUMNS,
    "remarks": ["s.csv is not UTF-8; it was read as Windows-1252, as spreadsheets often save it."],
    "by_field": {"text": "Comment", "date": "Date", "place": "School", "consent": "Agreed"},
    "ending": ".csv",
    "read_by": "2026-12-22",
}


def fill_jobs(records: FakeJobRecords, blobs: FakeBlobs, owner: UUID) -> None:
    """An import and an export in every state that a page shows."""
    rows: list[list[Any]] = [[number, dict(zip(COLUMNS, row, strict=True))] for number, row in enumerate(ROWS, start=2)]
    wrong = [[4, "“31/31/2024” is no date; write it as 2024-05-31 or 31/05/2024, the day first.", rows[2][1]]]
    usual: dict[str, Any] = {"owner_id": owner, "by": "Ruth Adeyemi", "asked_at": NOW, "details": DETAILS, "total": 340}
    counts = {"kept": 330, "here already": 4, "twice": 2, "empty": 3, "not kept": 1, "danger": 1}
    over = {"done": 340, "wrong": 1, "counts": counts, "ended_at": NOW, "files_until": NOW + timedelta(days=1)}
    made = {"details": {"what": "experiences", "format": "csv"}, "done": 340, "counts": {"rows": 340}}
    states: list[tuple[JobKind, JobState, dict[str, Any]]] = [
        (JobKind.IMPORT, JobState.LOOKING, {}),
        (JobKind.IMPORT, JobState.ASKING, {"total": 3}),
        (JobKind.IMPORT, JobState.WORKING, {"done": 136, "wrong": 1, "counts": {"kept": 135}}),
        (JobKind.IMPORT, JobState.DONE, over),
        (JobKind.IMPORT, JobState.STOPPED, {**over, "done": 136}),
        (JobKind.IMPORT, JobState.FAILED, {"ended_at": NOW, "trouble": "too_many_rows", "total": 0}),
        (JobKind.EXPORT, JobState.WORKING, {**made, "done": 200}),
        (JobKind.EXPORT, JobState.DONE, {**made, "ended_at": NOW, "files_until": NOW + timedelta(days=1)}),
        (JobKind.EXPORT, JobState.SPOILT, {**made, "ended_at": NOW}),
    ]
    for kind, state, changes in states:
        name = "Survey 2024, all schools" if kind is JobKind.IMPORT else "experiences"
        one = Job(id=made_id(f"{kind} {state}"), kind=kind, state=state, **{"name": name, **usual, **changes})
        parts = {Part.ROWS: rows, Part.WRONG: wrong} if kind is JobKind.IMPORT else {Part.FILE: rows}
        shown = parts if state is JobState.ASKING or state in ENDED else {}
        content = {part: json.dumps(each).encode() for part, each in shown.items()}
        records.add(one, [Piece(part, 0, blobs.put(each), len(each)) for part, each in content.items()])
