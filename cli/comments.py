"""Comments out of a CSV, XLSX or JSON lines file: every row as it is, and the column that holds the comments."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Any

import click

_TEXT_NAMES = frozenset(
    {
        *("answer", "body", "comment", "comments", "experience", "feedback", "free text", "freetext", "message", "messages"),
        *("response", "responses", "story", "text", "verbatim", "words", "your comment", "your comments", "your feedback"),
    }
)
_LONGEST_HEADING = 80
_SAMPLE = 200
_PLAINLY_LONGER = 3
_LEAST_COMMENT = 15
_BIGGEST_CELL = 2**31 - 1
_DELIMITERS = ",;\t|"

Row = dict[str, Any]


@dataclass(slots=True)
class Table:
    """The rows of a file by column, and sentences for whoever runs the command: what was odd in it.

    ``numbers`` are those of the rows as the file counts them, empty ones and headings included.
    """

    columns: list[str]
    rows: list[Row]
    remarks: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


def read_table(file: Path) -> Table:
    """The rows of a file by its ending. Raises ``ClickException`` with a sentence."""
    ending = file.suffix.lower()
    if ending == ".xlsx":
        table = _read_xlsx(file)
    elif ending in {".jsonl", ".ndjson", ".json"}:
        table = _read_json(file)
    elif ending in {".csv", ".tsv", ".txt"}:
        table = _read_csv(file)
    else:
        raise click.ClickException(f"{file.name} is not a CSV, XLSX or JSON lines file; save it as one of these.")
    if not table.rows:
        raise click.ClickException(f"{file.name} holds no comments.")
    return table


def _decoded(file: Path, remarks: list[str]) -> str:
    data = file.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        remarks.append(f"{file.name} is not UTF-8; it was read as Windows-1252, as spreadsheets often save it.")
        return data.decode("cp1252", errors="replace")


def _read_csv(file: Path) -> Table:
    remarks: list[str] = []
    text = _decoded(file, remarks)
    csv.field_size_limit(_BIGGEST_CELL)
    first = text.partition("\n")[0]
    delimiter = "\t" if file.suffix.lower() == ".tsv" else max(_DELIMITERS, key=first.count)
    try:
        cells = [
            (number, row)
            for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1)
            if any(row)
        ]
    except csv.Error as error:
        raise click.ClickException(f"{file.name} cannot be read as CSV: {error}.") from error
    return _from_cells(cells, remarks)


def _read_xlsx(file: Path) -> Table:
    from openpyxl import load_workbook

    try:
        book = load_workbook(file, read_only=True, data_only=True)
    except Exception as error:
        raise click.ClickException(f"{file.name} cannot be read as an Excel workbook: {error}") from error
    remarks: list[str] = []
    sheets = {
        sheet.title: [
            (number, list(row))
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1)
            if any(cell not in {None, ""} for cell in row)
        ]
        for sheet in book.worksheets
    }
    filled = [title for title, rows in sheets.items() if rows]
    if len(filled) > 1:
        remarks.append(f"Only the sheet “{filled[0]}” was read, not {', '.join(f'“{title}”' for title in filled[1:])}.")
    return _from_cells(sheets[filled[0]] if filled else [], remarks)


def _from_cells(cells: Sequence[tuple[int, Sequence[object]]], remarks: list[str]) -> Table:
    """A table from numbered rows of cells, the first being the headings unless it plainly is a comment."""
    if not cells:
        return Table([], [])
    headings = [as_text(cell).strip() for cell in cells[0][1]]
    body = cells[1:]
    if any(len(heading) > _LONGEST_HEADING for heading in headings):
        remarks.append("The first row reads like a comment, so the columns have no names and it was kept as one.")
        headings, body = [""] * len(headings), cells
    columns = _unique(headings)
    rows = []
    for number, row in body:
        if len(row) > len(columns):
            remarks.append(f"Row {number} has more cells than there are columns; the rest of it is kept as “more”.")
        more = {"more": [plain(cell) for cell in row[len(columns) :]]} if len(row) > len(columns) else {}
        rows.append({name: plain(cell) for name, cell in zip(columns, row, strict=False)} | more)
    columns = [*columns, *(["more"] if any("more" in row for row in rows) else [])]
    return Table(columns, rows, remarks, [number for number, _ in body])


def _unique(headings: Sequence[str]) -> list[str]:
    columns: list[str] = []
    for number, heading in enumerate(headings, start=1):
        name, again = heading or f"column {number}", 2
        while name in columns or name == "more":
            name, again = f"{heading or 'column'} ({again})", again + 1
        columns.append(name)
    return columns


def _read_json(file: Path) -> Table:
    remarks: list[str] = []
    text = _decoded(file, remarks)
    rows: list[Row] = []
    numbers: list[int] = []
    for number, entry in _entries(text, remarks):
        numbers.append(number)
        if isinstance(entry, Mapping):
            rows.append({str(name): value for name, value in entry.items()})
        elif isinstance(entry, str):
            rows.append({"text": entry})
        else:
            remarks.append(f"Line {number} is not an object; it was kept as a comment as it stands.")
            rows.append({"text": json.dumps(entry, ensure_ascii=False)})
    return Table(list(dict.fromkeys(name for row in rows for name in row)), rows, remarks, numbers)


def _entries(text: str, remarks: list[str]) -> Iterator[tuple[int, Any]]:
    """The entries of JSON lines, or of one JSON list. What is not JSON comes as the words it is."""
    if text.lstrip().startswith("["):
        try:
            yield from enumerate(json.loads(text), start=1)
        except (ValueError, RecursionError):
            remarks.append("The file begins like a JSON list and is none, so it was read line by line.")
        else:
            return
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            remarks.append(f"Line {number} is not JSON; it was kept as a comment as it stands.")
            entry = line.strip()
        yield number, entry


def column_of(table: Table, wanted: str | None) -> str:
    """The column with the comments: the one asked for, or the only one it can be. Raises ``ClickException``."""
    by_name = {name.strip().casefold(): name for name in table.columns}
    if wanted is not None:
        if wanted.strip().casefold() not in by_name:
            raise click.ClickException(f"There is no column “{wanted}”. The columns are: {_listed(table)}.")
        return by_name[wanted.strip().casefold()]
    named = [name for key, name in by_name.items() if key in _TEXT_NAMES]
    if len(named) == 1:
        return named[0]
    candidates = named or [name for name in table.columns if name != "more"]
    lengths = sorted(((_mean_length(table, name), name) for name in candidates), reverse=True)
    if len(lengths) == 1 or (lengths[0][0] >= _LEAST_COMMENT and lengths[0][0] >= _PLAINLY_LONGER * lengths[1][0]):
        return lengths[0][1]
    raise click.ClickException(f"Which column holds the comments? Name it with --text. The columns are: {_listed(table)}.")


def _mean_length(table: Table, name: str) -> float:
    values = [row.get(name) for row in table.rows[:_SAMPLE]]
    return sum(len(value) for value in values if isinstance(value, str)) / len(values)


def _listed(table: Table) -> str:
    return ", ".join(f"“{name}”" for name in table.columns)


def plain(value: object) -> object:
    """A cell as JSON can hold it."""
    if isinstance(value, date):
        return value.isoformat()
    return value.isoformat() if isinstance(value, time) else value


def as_text(value: object) -> str:
    """A cell as words; an empty one as none."""
    if value is None:
        return ""
    return value if isinstance(value, str) else str(plain(value))
