"""`earshot analyse`: comments of a file in, what the listener found out, one JSON object a line. Keeps and sends nothing."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

import click

from bot.model import Command, Heard, Locale, RiskLevel, Suggestion
from bot.ports import Listener
from cli.comments import Row, as_text, column_of, read_table

FIELDS = (
    *("text", "redacted", "redactions", "locale", "locale_score", "themes", "polarity"),
    *("passages", "risk", "command", "place", "age_band"),
)
"""What each line of the output says of one comment; the file's own columns come after."""

Recognise = Callable[[str, Locale], Command | None]


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--text", "column", metavar="COLUMN", help="The column with the comments, where it is not plain which.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of standard output.")
def analyse(file: Path, column: str | None, out: Path | None) -> None:
    """Read the comments of FILE (CSV, XLSX or JSON lines); write each with what the listener found, one JSON object a line.

    Nothing is kept and nobody is alerted.
    """
    if out is not None and out.exists() and out.samefile(file):
        raise click.ClickException(f"{out} is the file to read; name another to write.")
    table = read_table(file)
    name = column_of(table, column)
    for remark in table.remarks:
        click.echo(remark, err=True)

    from bot.commands import Commands
    from nlp.listener import SpacyListener

    listener, commands = SpacyListener(), Commands.load()
    counts: Counter[str] = Counter()
    with _opened(out) as sink, click.progressbar(table.rows, label="Listening", file=sys.stderr) as rows:
        for line in analysed(rows, name, table.columns, listener=listener, recognise=commands.recognise, counts=counts):
            sink.write(line)
    click.echo(_summary(counts), err=True)


def analysed(
    rows: Iterable[Row],
    column: str,
    columns: Sequence[str],
    *,
    listener: Listener,
    recognise: Recognise,
    counts: Counter[str],
) -> Iterator[bytes]:
    """One line of JSON for each row, in order; ``counts`` learns what was found."""
    kept = {name: _free_name(name, columns) for name in columns if name != column}
    for row in rows:
        text = as_text(row.get(column))
        heard = listener.hear(text)
        command = recognise(text, heard.locale)
        if text.strip():  # an empty cell is kept as a line and is nobody's comment
            _count(counts, heard)
        line = found(text, heard, command) | {kept[name]: value for name, value in row.items() if name in kept}
        yield _json(line)


def found(text: str, heard: Heard, command: Command | None) -> Row:
    """The fields of CONTRACT.md, in its order."""
    return {
        "text": text,
        "redacted": heard.redacted,
        "redactions": [{"start": mask.start, "end": mask.end, "kind": mask.kind} for mask in heard.redactions],
        "locale": heard.locale,
        "locale_score": heard.locale_score,
        "themes": _themes(heard.themes),
        "polarity": heard.polarity.value,
        "passages": [
            {
                "start": passage.start,
                "end": passage.end,
                "text": passage.text,
                "polarity": passage.polarity.value,
                "themes": _themes(passage.suggestions),
            }
            for passage in heard.passages
        ],
        "risk": {
            "level": heard.risk.level.word,
            "kinds": [kind.value for kind in heard.risk.kinds],
            "evidence": [list(span) for span in heard.risk.evidence],
        },
        "command": command.value if command else None,
        "place": {"name": heard.place.name, "district": heard.place.district} if heard.place else None,
        "age_band": heard.age_band,
    }


def _themes(suggestions: Sequence[Suggestion]) -> list[Row]:
    return [
        {"code": suggestion.theme, "score": suggestion.score, "evidence": [list(span) for span in suggestion.evidence]}
        for suggestion in suggestions
    ]


def _free_name(name: str, columns: Sequence[str]) -> str:
    """The column's own name, or one with ``input_`` before it where our field has taken it."""
    while name in FIELDS:
        name = f"input_{name}"
        while name in columns:
            name = f"{name}_"
    return name


def _json(line: Row) -> bytes:
    """UTF-8 where the words can be written in it, else ASCII escapes: a lone surrogate must come out as it came in."""
    try:
        return json.dumps(line, ensure_ascii=False, default=str).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(line, default=str).encode() + b"\n"


def _opened(out: Path | None) -> AbstractContextManager[IO[bytes]]:
    try:
        return click.open_file(str(out or "-"), "wb")
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from error


def _count(counts: Counter[str], heard: Heard) -> None:
    counts["read"] += 1
    counts["untranslated"] += heard.needs_translation
    counts["themeless"] += not heard.themes and not heard.needs_translation
    counts["alerting"] += heard.risk.level >= RiskLevel.CONCERN


def _summary(counts: Counter[str]) -> str:
    sentences = [f"Comments read: {counts['read']}. Without a theme: {counts['themeless']}."]
    if counts["untranslated"]:
        sentences.append(f"In need of translation: {counts['untranslated']}.")
    if counts["alerting"]:
        sentences.append(f"Telling of danger or harm: {counts['alerting']}. This command alerts nobody: read them now.")
    return " ".join(sentences)
