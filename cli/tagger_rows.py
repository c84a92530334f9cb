"""Labelled messages out of anybody's file: which column holds the words, which the labels, which the feeling."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from bot.cells import Row, as_text
from bot.heard import Polarity
from nlp.corpus import Labelled
from staff.sheet_reading import column_of, read_table

_Command = TypeVar("_Command", bound=Callable[..., object])


def rows_options(command: _Command) -> _Command:
    """``--rows`` with its columns."""
    for option in (
        click.option("--feeling", metavar="COLUMN", help="Its column with the feeling: good, bad, mixed, suggestion or none."),
        click.option("--themes", metavar="COLUMN", help="Its column with the labels; several with ; between, or a JSON list."),
        click.option("--text", metavar="COLUMN", help="Its column with the words."),
        click.option(
            "--rows",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="A labelled file of your own: CSV, XLSX or JSON lines.",
        ),
    ):
        command = option(command)
    return command


def labelled(file: Path, *, text: str | None, themes: str | None, feeling: str | None) -> list[Labelled]:
    """The messages of a file. Raises ``ClickException`` with a sentence that says what is wrong with it."""
    table = read_table(file)
    for remark in table.remarks:
        click.echo(remark, err=True)
    words = column_of(table, text)
    if themes is None:
        there = ", ".join(f"“{name}”" for name in table.columns)
        raise click.ClickException(f"Which column holds the labels? Name it with --themes. The columns are: {there}.")
    labels, felt = column_of(table, themes), column_of(table, feeling) if feeling else None
    rows = [
        Labelled(
            text=as_text(row.get(words)),
            themes=_labels(row, labels, number),
            feeling=_feeling(row, felt, number) if felt else None,
            author=as_text(row.get("author")),
            channel=as_text(row.get("channel")),
            question=as_text(row.get("question")) or None,
        )
        for number, row in zip(table.numbers, table.rows, strict=True)
        if as_text(row.get(words)).strip()
    ]
    if len(rows) < len(table.rows):
        click.echo(f"Rows without words, passed over: {len(table.rows) - len(rows)}.", err=True)
    if not rows:
        raise click.ClickException(f"The column “{words}” of {file.name} holds no words.")
    if not any(row.themes for row in rows):
        raise click.ClickException(f"The column “{labels}” of {file.name} holds no labels.")
    return rows


def counted(rows: list[Labelled]) -> Counter[str]:
    """How many messages have each label."""
    return Counter(theme for row in rows for theme in row.themes)


def _labels(row: Row, column: str, number: int) -> frozenset[str]:
    cell = row.get(column)
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        try:
            cell = json.loads(cell)
        except ValueError as error:
            raise click.ClickException(
                f"Row {number}: “{str(cell)[:40]}” in the column “{column}” begins like a JSON list and is none."
            ) from error
    labels = cell if isinstance(cell, list) else as_text(cell).split(";")
    return frozenset(as_text(label).strip() for label in labels) - {""}


def _feeling(row: Row, column: str, number: int) -> Polarity | None:
    said = as_text(row.get(column)).strip().casefold()
    if not said:
        return None
    try:
        return Polarity(said)
    except ValueError as error:
        known = ", ".join(feeling.value for feeling in Polarity)
        raise click.ClickException(
            f"Row {number}: “{said[:40]}” in the column “{column}” is no feeling. It can be {known}."
        ) from error
