"""`earshot export`: rows out, for programs and spreadsheets."""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

import click

from bot.records import ExportedMessage
from cli.group import Start
from staff.sheet_writing import write_csv, write_jsonl, write_xlsx


def _messages(rows: Iterable[ExportedMessage]) -> Iterator[Mapping[str, object]]:
    return (asdict(row) for row in rows)


_WRITERS = {"jsonl": write_jsonl, "csv": write_csv, "xlsx": write_xlsx}


@click.command()
@click.argument("what", type=click.Choice(["messages", "experiences", "decisions", "actions", "audit"]))
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
        written = _WRITERS[form](rows, stream)
    click.echo(f"{written.count} rows written.", err=True)
    if (remark := written.remark()) is not None:
        click.echo(remark, err=True)
