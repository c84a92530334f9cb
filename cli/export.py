"""`earshot export`: rows out, for programs and spreadsheets."""

from __future__ import annotations

import csv
import getpass
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import IO

import click

from bot.records import ExportedMessage
from cli.group import Start

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")  # noqa: RUF001 - a spreadsheet takes the wide forms too
_INVISIBLE = " \u200b\u200c\u200d\ufeff"


def harmless(value: object) -> object:
    """A cell that a spreadsheet will show and never run (CWE-1236): text that could be a formula gets an apostrophe."""
    if isinstance(value, str) and value.lstrip(_INVISIBLE).startswith(_STARTS_A_FORMULA):
        return "'" + value
    return value


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | bool | list | dict):
        return value
    return str(value)


def _messages(rows: Iterable[ExportedMessage]) -> Iterator[Mapping[str, object]]:
    return (asdict(row) for row in rows)


def _cell(value: object) -> object:
    return harmless(json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value)


def _write_jsonl(rows: Iterable[Mapping[str, object]], out: IO[bytes]) -> int:
    count = 0
    for row in rows:
        # ASCII escapes carry what is not valid text (a lone surrogate, a NUL) exactly as it came.
        out.write(json.dumps({name: _plain(value) for name, value in row.items()}).encode("ascii") + b"\n")
        count += 1
    return count


def _write_csv(rows: Iterable[Mapping[str, object]], out: IO[bytes]) -> int:
    count = 0
    # Spreadsheets know UTF-8 by its mark; what is not valid text is shown escaped rather than lost.
    text = io.TextIOWrapper(out, "utf-8-sig", errors="backslashreplace", newline="")
    writer = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(text, fieldnames=list(row))
            writer.writeheader()
        writer.writerow({name: _cell(_plain(value)) for name, value in row.items()})
        count += 1
    text.flush()
    text.detach()
    return count


def _write_xlsx(rows: Iterable[Mapping[str, object]], out: IO[bytes]) -> int:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Earshot")
    count = 0
    for row in rows:
        if count == 0:
            sheet.append(list(row))
        cells = []
        for value in row.values():
            shown = _cell(_plain(value))
            if isinstance(shown, str):
                shown = ILLEGAL_CHARACTERS_RE.sub("", shown.encode("utf-8", "backslashreplace").decode("utf-8"))
            cell = WriteOnlyCell(sheet, value=shown)  # type: ignore[arg-type] # numbers, text, or nothing by now
            if isinstance(shown, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
        count += 1
    book.save(out)
    return count


_WRITERS = {"jsonl": _write_jsonl, "csv": _write_csv, "xlsx": _write_xlsx}


@click.command()
@click.argument("what", type=click.Choice(["messages", "experiences", "decisions", "audit"]))
@click.option("--format", "form", type=click.Choice(sorted(_WRITERS)), default="jsonl", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file. [default: standard output]")
@click.pass_obj
def export(start: Start, what: str, form: str, out: Path | None) -> None:
    """Write rows out. `messages` holds the words as they came: it is unsealed for the operator, and audited."""
    if form == "xlsx" and out is None:
        raise click.UsageError("A spreadsheet needs a file: add --out NAME.xlsx")
    earshot = start.earshot
    with click.open_file(str(out or "-"), "wb") as stream:
        with earshot.store.transaction() as tx:
            tx.audit(who=f"operator:{getpass.getuser()}", action="export", record=what, now=earshot.clock.now())
        rows = _messages(earshot.store.export_messages()) if what == "messages" else earshot.store.export_rows(what)
        count = _WRITERS[form](rows, stream)
    click.echo(f"{count} rows written.", err=True)
