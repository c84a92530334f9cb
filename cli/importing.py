"""`earshot import`: past comments of a file join the record, each once, with a report on every row."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import click

from bot.cells import harmless
from bot.columns import FIELDS, Columns
from bot.importing import LONGEST_KIND, READ_WITHIN_DAYS, Import, Outcome
from cli.group import Start
from job_wiring import row_digest
from nlp.similar import Alike
from staff.sheet_reading import Table, read_table
from storage.accounts import SqlAccounts

HEADINGS = ("row", "outcome", "reference", "remark")
OUTCOMES = {
    "kept": "Kept",
    "would be kept": "Would be kept",
    "here already": "Here already, from an earlier import",
    "twice": "Twice in this file, kept once",
    "empty": "Without words",
    "not kept": "Not kept, for the reason in the report",
}
"""The outcomes in the order of the summary."""


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", required=True, help="What this file is, such as “Survey 2024”. The same again when you run it again.")
@click.option("--map", "pairs", multiple=True, metavar="COLUMN=FIELD", help=f"What a column holds: {', '.join(FIELDS)}.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would happen.")
@click.option(
    "--read-by", type=click.DateTime(["%Y-%m-%d"]), help="The day by which the team will have read it. [default: in 30 days]"
)
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the report on each row to this CSV file.")
@click.pass_obj
def import_(
    start: Start,
    file: Path,
    kind: str,
    pairs: Sequence[str],
    *,
    dry_run: bool,
    read_by: datetime | None,
    report: Path | None,
) -> None:
    """Take the comments of FILE (CSV, XLSX or JSON lines) into the record, each once.

    What was imported before is not taken again, so a run that was broken off is simply started again. Nobody is written to.
    Words of danger that are older than 90 days stand first in the inbox and call nobody; newer or undated ones raise the alarm.
    """
    kind = " ".join(kind.split())
    if not kind or len(kind) > LONGEST_KIND:
        raise click.ClickException(f"--kind must be 1 to {LONGEST_KIND} characters.")
    if report is not None and report.exists() and report.samefile(file):
        raise click.ClickException(f"{report} is the file to read; name another for the report.")
    table = read_table(file)
    columns = Columns.read(pairs, table.columns)
    for remark in table.remarks:
        click.echo(remark, err=True)
    earshot = start.earshot
    today = earshot.hours.today(earshot.clock.now())
    one = Import(
        kind=kind,
        columns=columns,
        accounts=SqlAccounts(earshot.database),
        intake=earshot.intake,
        digest=lambda said: row_digest(earshot.sealer, said),
        locales=earshot.wording.locales,
        today=today,
        read_by=read_by.date() if read_by else today + timedelta(days=READ_WITHIN_DAYS),
        is_dry=dry_run,
        alike=Alike(),
    )
    counts: Counter[str] = Counter()
    _write(_shown(one, table, counts), report)
    click.echo(_summary(counts, columns, is_dry=dry_run), err=True)


def _shown(one: Import, table: Table, counts: Counter[str]) -> Iterator[Outcome]:
    numbered = list(zip(table.numbers, table.rows, strict=True))
    with click.progressbar(numbered, label="Looking" if one.is_dry else "Importing", file=sys.stderr) as rows:
        yield from one.run(rows, counts)


def _write(outcomes: Iterator[Outcome], report: Path | None) -> None:
    """Line by line: what was told of a run that is broken off stays told."""
    with click.open_file(str(report or "-"), "w", encoding="utf-8-sig" if report else None) as out:
        sheet = csv.writer(out, lineterminator="\n")
        sheet.writerow(HEADINGS)
        for told in outcomes:
            sheet.writerow([harmless(cell) for cell in (told.row, told.outcome, told.reference, told.remark)])
            out.flush()


def _summary(counts: Counter[str], columns: Columns, *, is_dry: bool) -> str:
    lines = [f"{words}: {counts[outcome]:,}." for outcome, words in OUTCOMES.items() if counts[outcome]]
    if counts["alike"]:
        lines.append(f"Nearly the same as another row, and kept all the same: {counts['alike']:,}.")
    if counts["danger"]:
        where = "they will stand" if is_dry else "they stand"
        lines.append(f"Telling of danger or harm: {counts['danger']:,}. Read these first; {where} at the top of the inbox.")
    if columns.others:
        lines.append(f"Kept sealed beside the words: {', '.join(f'“{name}”' for name in columns.others)}.")
    if counts["kept"]:
        lines.append("The worker reads them when no living talk waits; run the command again to see their references.")
    return "\n".join(lines)
