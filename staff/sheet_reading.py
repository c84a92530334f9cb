"""Comments out of a CSV, XLSX or JSON lines file: every row as it is, and the column that holds the comments."""

from __future__ import annotations

import csv
import json
import os
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from io import TextIOWrapper
from itertools import chain
from pathlib import Path, PurePath
from tempfile import TemporaryFile
from typing import IO, Any, Protocol
from weakref import finalize

from bot.cells import Row, as_text, formula, plain
from bot.errors import BotError

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
_PIECE = 1 << 20
_MOST_REMARKS = 50
"""Sentences about odd rows; of more it is only said how many."""
_DELIMITERS = ",;\t|"
_LAST_ROW = 1_048_576
"""Of a sheet of Excel's."""
_MOST_PASSED_OVER = 4 * _LAST_ROW
"""Empty cells in a row: a small file can claim far more of them than can ever be looked at."""


class UnreadableFile(BotError):  # noqa: N818 - it is the file that is named
    """The file cannot be read as a spreadsheet."""


class Source(Protocol):
    """A file, as far as it is read here: a path, or something without one."""

    @property
    def name(self) -> str: ...

    def open(self, mode: str) -> IO[Any]: ...


@dataclass(slots=True)
class Table:
    """The rows of a file by column, and sentences for whoever runs the command: what was odd in it.

    ``numbers`` are those of the rows as the file counts them, empty ones and headings included.
    """

    columns: list[str]
    rows: list[Row]
    remarks: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Stream:
    """A file that is read row by row, as often as it is asked for: a hundred thousand rows need no more memory than ten.

    ``rows`` are the first few only, enough to tell which column holds the comments.
    """

    columns: list[str]
    rows: list[Row]
    count: int
    remarks: list[str]
    _read: Callable[[_Pass], Iterator[tuple[int, Row]]]

    def __iter__(self) -> Iterator[Row]:
        return (row for _, row in self._read(_Pass()))


@dataclass(slots=True)
class _Pass:
    """What one reading of a file finds out on its way."""

    columns: dict[str, None] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    left_out: int = 0

    def remark(self, sentence: str) -> None:
        if len(self.remarks) < _MOST_REMARKS:
            self.remarks.append(sentence)
        else:
            self.left_out += 1

    def told(self) -> list[str]:
        return [*self.remarks, *([f"So it is with {self.left_out:,} more rows."] if self.left_out else [])]


def read_table(file: Path) -> Table:
    """The rows of a file by its ending, all of them. Raises ``UnreadableFile`` with a sentence."""
    now = _Pass()
    numbered = list(_reader_of(file)(now))
    if not numbered:
        raise UnreadableFile(f"{file.name} holds no comments.")
    return Table(list(now.columns), [row for _, row in numbered], now.told(), [number for number, _ in numbered])


def open_stream(file: Path) -> Stream:
    """A file by its ending, looked through once for its columns and its length. Raises ``UnreadableFile`` with a sentence."""
    now, read = _Pass(), _reader_of(file)
    rows, count = list[Row](), 0
    for _, row in read(now):
        count += 1
        if count <= _SAMPLE:
            rows.append(row)
    if not count:
        raise UnreadableFile(f"{file.name} holds no comments.")
    return Stream(list(now.columns), rows, count, now.told(), read)


class Reading:
    """One reading of a file: rows, each with its number, and meanwhile what is found out of it. ``formulas``: cells that hold
    one come as ``bot.cells.formula``, instead of what a spreadsheet once made of it.
    """

    def __init__(self, file: Source, *, formulas: bool = False) -> None:
        self._pass = _Pass()
        self._read = _reader_of(file, formulas=formulas)

    def __iter__(self) -> Iterator[tuple[int, Row]]:
        return self._read(self._pass)

    @property
    def columns(self) -> list[str]:
        return list(self._pass.columns)

    def told(self) -> list[str]:
        return self._pass.told()


class Spooled:
    """A file that came in pieces, in a place of this machine that has no name and is gone with it. Read by one at a time."""

    def __init__(self, pieces: Iterable[bytes], ending: str) -> None:
        self.name = f"file{ending}"
        with TemporaryFile() as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            self._kept = os.dup(file.fileno())
        finalize(self, os.close, self._kept)

    def open(self, mode: str) -> IO[bytes]:
        found = os.fdopen(os.dup(self._kept), mode)
        found.seek(0)
        return found


def read_pieces(pieces: Iterable[bytes], ending: str) -> Reading:
    """One reading of what staff brought in, formulas as such."""
    return Reading(Spooled(pieces, ending), formulas=True)


def _reader_of(file: Source, *, formulas: bool = False) -> Callable[[_Pass], Iterator[tuple[int, Row]]]:
    ending = PurePath(file.name).suffix.lower()
    if ending == ".xlsx":
        return partial(_read_xlsx, file, formulas=formulas)
    if ending in {".jsonl", ".ndjson", ".json"}:
        return partial(_read_json, file)
    if ending in {".csv", ".tsv", ".txt"}:
        return partial(_read_csv, file)
    raise UnreadableFile(f"{file.name} is not a CSV, XLSX or JSON lines file; save it as one of these.")


def _encoding_of(file: Source, now: _Pass) -> str:
    decoder = getincrementaldecoder("utf-8")()
    with file.open("rb") as data:
        if data.read(2) in {b"\xff\xfe", b"\xfe\xff"}:
            return "utf-16"
        data.seek(0)
        try:
            while piece := data.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            now.remark(f"{file.name} is not UTF-8; it was read as Windows-1252, as spreadsheets often save it.")
            return "cp1252"
    return "utf-8-sig"


def _read_csv(file: Source, now: _Pass) -> Iterator[tuple[int, Row]]:
    csv.field_size_limit(_BIGGEST_CELL)
    encoding = _encoding_of(file, now)
    with TextIOWrapper(file.open("rb"), encoding, errors="replace", newline="") as text:
        first = text.readline(_PIECE)
        text.seek(0)
        delimiter = "\t" if PurePath(file.name).suffix.lower() == ".tsv" else max(_DELIMITERS, key=first.count)
        cells = ((number, row) for number, row in enumerate(csv.reader(text, delimiter=delimiter), start=1) if any(row))
        try:
            yield from _from_cells(cells, now)
        except csv.Error as error:
            raise UnreadableFile(f"{file.name} cannot be read as CSV: {error}.") from error


def _read_xlsx(file: Source, now: _Pass, *, formulas: bool) -> Iterator[tuple[int, Row]]:
    from openpyxl import load_workbook

    try:
        with file.open("rb") as data:
            book = load_workbook(data, read_only=True, data_only=not formulas)
            sheets = [(sheet.title, _filled(sheet)) for sheet in book.worksheets]
            begun = [(title, first, rows) for title, rows in sheets if (first := next(rows, None))]
            if len(begun) > 1:
                others = ", ".join(f"“{title}”" for title, _, _ in begun[1:])
                now.remark(f"Only the sheet “{begun[0][0]}” was read, not {others}.")
            if begun:
                _, first, rows = begun[0]
                yield from _from_cells(chain([first], rows), now)
    except (UnreadableFile, GeneratorExit):
        raise
    except Exception as error:
        raise UnreadableFile(f"{file.name} cannot be read as an Excel workbook: {error}") from error


def _filled(sheet: Any) -> Iterator[tuple[int, list[object]]]:
    """The rows of a sheet in which there is something, as the sheet numbers them. Raises ``UnreadableFile``.

    What the sheet says of its own size is not believed: it would fill each row up to there.
    """
    sheet.reset_dimensions()
    passed_over = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        row = [formula(str(cell.value)) if cell.data_type == "f" else cell.value for cell in cells]
        while row and row[-1] in (None, ""):
            row.pop()
        passed_over = 0 if row else passed_over + max(len(cells), 1)
        if number > _LAST_ROW or passed_over > _MOST_PASSED_OVER:
            raise UnreadableFile("It has far too many empty rows; copy the part with the comments into a new sheet.")
        if row:
            yield number, row


def _from_cells(cells: Iterable[tuple[int, Sequence[object]]], now: _Pass) -> Iterator[tuple[int, Row]]:
    """Rows from numbered rows of cells, the first being the headings unless it plainly is a comment."""
    numbered = iter(cells)
    number, first = next(numbered, (0, ()))
    headings = [as_text(cell).strip() for cell in first]
    if any(len(heading) > _LONGEST_HEADING for heading in headings):
        now.remark("The first row reads like a comment, so the columns have no names and it was kept as one.")
        headings, numbered = [""] * len(headings), chain([(number, first)], numbered)
    columns = _unique(headings)
    now.columns.update(dict.fromkeys(columns))
    for number, row in numbered:
        made = {name: plain(cell) for name, cell in zip(columns, row, strict=False)}
        if len(row) > len(columns):
            now.remark(f"Row {number} has more cells than there are columns; the rest of it is kept as “more”.")
            now.columns["more"] = None
            made["more"] = [plain(cell) for cell in row[len(columns) :]]
        yield number, made


def _unique(headings: Sequence[str]) -> list[str]:
    columns: list[str] = []
    for number, heading in enumerate(headings, start=1):
        name, again = heading or f"column {number}", 2
        while name in columns or name == "more":
            name, again = f"{heading or 'column'} ({again})", again + 1
        columns.append(name)
    return columns


def _read_json(file: Source, now: _Pass) -> Iterator[tuple[int, Row]]:
    for number, entry in _entries(file, _encoding_of(file, now), now):
        if isinstance(entry, Mapping):
            row = {str(name): value for name, value in entry.items()}
        elif isinstance(entry, str):
            row = {"text": entry}
        else:
            now.remark(f"Line {number} is not an object; it was kept as a comment as it stands.")
            row = {"text": json.dumps(entry, ensure_ascii=False)}
        now.columns.update(dict.fromkeys(row))
        yield number, row


def _entries(file: Source, encoding: str, now: _Pass) -> Iterator[tuple[int, Any]]:
    """The entries of JSON lines, or of one JSON list (which is read whole). What is not JSON comes as the words it is."""
    with TextIOWrapper(file.open("rb"), encoding, errors="replace", newline="\n") as lines:
        if lines.read(_PIECE).lstrip().startswith("["):
            lines.seek(0)
            try:
                yield from enumerate(json.load(lines), start=1)
            except (ValueError, RecursionError):
                now.remark("The file begins like a JSON list and is none, so it was read line by line.")
            else:
                return
        lines.seek(0)
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
            except (ValueError, RecursionError):
                now.remark(f"Line {number} is not JSON; it was kept as a comment as it stands.")
                entry = line.strip()
            yield number, entry


def column_of(table: Table | Stream, wanted: str | None) -> str:
    """The column with the comments: the one asked for, or the only one it can be. Raises ``UnreadableFile``."""
    by_name = {name.strip().casefold(): name for name in table.columns}
    if wanted is not None:
        if wanted.strip().casefold() not in by_name:
            raise UnreadableFile(f"There is no column “{wanted}”. The columns are: {_listed(table)}.")
        return by_name[wanted.strip().casefold()]
    named = [name for key, name in by_name.items() if key in _TEXT_NAMES]
    if len(named) == 1:
        return named[0]
    candidates = named or [name for name in table.columns if name != "more"]
    lengths = sorted(((_mean_length(table, name), name) for name in candidates), reverse=True)
    if len(lengths) == 1 or (lengths[0][0] >= _LEAST_COMMENT and lengths[0][0] >= _PLAINLY_LONGER * lengths[1][0]):
        return lengths[0][1]
    raise UnreadableFile(f"Which column holds the comments? Name it with --text. The columns are: {_listed(table)}.")


def _mean_length(table: Table | Stream, name: str) -> float:
    values = [row.get(name) for row in table.rows[:_SAMPLE]]
    return sum(len(value) for value in values if isinstance(value, str)) / len(values)


def _listed(table: Table | Stream) -> str:
    return ", ".join(f"“{name}”" for name in table.columns)
