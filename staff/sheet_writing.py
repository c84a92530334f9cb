"""Rows written out as JSON lines, CSV or a workbook: exactly for programs, harmless and readable for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from tempfile import TemporaryFile
from typing import IO

from bot.cells import harmless

LONGEST_CELL = 32_767
"""What one cell of a workbook holds, by the format; counted in UTF-16 units, as spreadsheets count."""
CUT = " … [cut here: a cell holds no more]"

Cells = Mapping[str, object]


@dataclass(slots=True)
class Written:
    """How many rows were written, and the numbers of the lines of the sheet in which a cell was cut (headings are 1)."""

    count: int = 0
    cut: list[int] = field(default_factory=list)

    def remark(self) -> str | None:
        """A sentence about what was cut, for whoever runs the command."""
        if not self.cut:
            return None
        rows = ", ".join(str(number) for number in self.cut)
        return (
            f"A cell of a workbook holds {LONGEST_CELL:,} characters. Longer ones were cut and marked, in row {rows}. "
            "CSV and JSON lines hold all of it."
        )


def write_jsonl(rows: Iterable[Cells], out: IO[bytes], *, headings: bool = True) -> Written:
    del headings  # each line names its own
    written = Written()
    for row in rows:
        # ASCII escapes carry what is not valid text (a lone surrogate, a NUL) exactly as it came.
        out.write(json.dumps({name: _plain(value) for name, value in row.items()}).encode("ascii") + b"\n")
        written.count += 1
    return written


def write_csv(rows: Iterable[Cells], out: IO[bytes], *, headings: bool = True) -> Written:
    """All rows have the columns of the first. Without ``headings`` they go on after others."""
    written = Written()
    # Spreadsheets know UTF-8 by its mark; what is not valid text is shown escaped rather than lost.
    text = io.TextIOWrapper(out, "utf-8-sig" if headings else "utf-8", errors="backslashreplace", newline="")
    writer = csv.writer(text)
    for row in rows:
        if written.count == 0 and headings:
            writer.writerow([_cell(name) for name in row])
        writer.writerow([_cell(_plain(value)) for value in row.values()])
        written.count += 1
    text.flush()
    text.detach()
    return written


def write_xlsx(rows: Iterable[Cells], out: IO[bytes]) -> Written:
    """All rows have the columns of the first."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Earshot")
    written = Written()

    def append(values: Iterable[object], number: int) -> None:
        cells = []
        for value in values:
            shown = _cell(_plain(value))
            if isinstance(shown, str):
                shown, was_cut = _fitting(shown)
                if was_cut and number not in written.cut:
                    written.cut.append(number)
            cell = WriteOnlyCell(sheet, value=shown)  # type: ignore[arg-type] # numbers, text, or nothing by now
            if isinstance(shown, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)

    for row in rows:
        if written.count == 0:
            append(row, 1)
        written.count += 1
        append(row.values(), written.count + 1)
    book.save(out)
    return written


def _fitting(text: str) -> tuple[str, bool]:
    """The text as a cell can hold it, and whether it had to be cut."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    text = ILLEGAL_CHARACTERS_RE.sub("", text.encode("utf-8", "backslashreplace").decode("utf-8"))
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_CELL:
        return text, False
    return units[: 2 * (LONGEST_CELL - len(CUT))].decode("utf-16-le", "ignore") + CUT, True


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | bool | list | dict):
        return value
    return str(value)


def _cell(value: object) -> object:
    return harmless(json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else value)


def workbook_in_pieces(rows: Iterable[Cells], *, size: int = 1 << 20) -> Iterator[bytes]:
    """A workbook, by way of a file without a name that is gone when this is over."""
    with TemporaryFile() as out:
        write_xlsx(rows, out)
        out.seek(0)
        while piece := out.read(size):
            yield piece
