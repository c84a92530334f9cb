"""`earshot analyse`: comments of a file in, what the listener found out: JSON lines, or a flat sheet. Keeps and sends nothing."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import click

from bot.cells import Row, as_text
from bot.conversation import Command
from bot.heard import Heard, RiskLevel, Suggestion
from cli.grouping import FIELDS as GROUPS
from cli.grouping import Grouping, with_groups
from cli.listening import MANY, Found, hearer, in_order, in_processes
from staff.sheet_reading import Stream, column_of, open_stream
from staff.sheet_writing import Written, write_csv, write_xlsx

FIELDS = (
    *("text", "redacted", "redactions", "locale", "locale_score", "themes", "polarity"),
    *("passages", "risk", "command", "place", "age_band", "setting", "stage", "truncated"),
)
"""What each line of the output says of one comment; the file's own columns come after."""

FLAT_FIELDS = (
    *("text", "redacted", "redactions", "locale", "locale_score", "themes", "theme_scores", "polarity"),
    *("passages", "risk", "risk_kinds", "command", "place", "district", "age_band", "setting", "stage", "truncated"),
)
"""The same where a cell can hold one value only."""

LONGEST_HEARD = 20_000
"""Code points of a comment that are listened to for themes, feeling and place (``nlp.listener``)."""

Writer = Callable[[Iterable[Row], IO[bytes]], Written]


@dataclass(frozen=True, slots=True)
class Shape:
    """What is said of one comment, and under which names. ``is_flat``: every row has every column."""

    fields: tuple[str, ...]
    of: Callable[[str, Heard, Command | None], Row]
    is_flat: bool = False

    def with_more(self, fields: Sequence[str]) -> Shape:
        """With more fields, empty until somebody fills them."""
        return replace(self, fields=(*self.fields, *fields))


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line, beside the files."""

    processes: int
    contact: str | None
    groups: bool
    quick: bool


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--text", "column", metavar="COLUMN", help="The column with the comments, where it is not plain which.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write here instead of standard output: .csv or .xlsx is a flat sheet, all else JSON lines.",
)
@click.option("--groups", is_flag=True, help="Say of each which earlier one it repeats, and what several people tell of.")
@click.option("--contact", metavar="COLUMN", help="With --groups: the column that says who wrote it.")
@click.option("--processes", type=click.IntRange(1, 64), help="How many listen at once; each needs some 300 MB.  [cores]")
@click.option("--quick", is_flag=True, help="Do not ask the sentence model: several times as quick, and less exact.")
def analyse(
    file: Path, column: str | None, out: Path | None, contact: str | None, processes: int | None, *, groups: bool, quick: bool
) -> None:
    """Read the comments of FILE (CSV, XLSX or JSON lines); write each with what the listener found.

    One JSON object a line, or one row of a sheet. Nothing is kept and nobody is alerted.
    """
    if out is not None and out.exists() and out.samefile(file):
        raise click.ClickException(f"{out} is the file to read; name another to write.")
    stream = open_stream(file)
    name = column_of(stream, column)
    who = column_of(stream, contact) if contact else None
    for remark in stream.remarks:
        click.echo(remark, err=True)
    many = processes or (os.cpu_count() or 1 if stream.count >= MANY else 1)
    _listen(stream, name, out, Options(many, who, groups, quick))


def _listen(stream: Stream, name: str, out: Path | None, options: Options) -> None:
    def text_of(row: Row) -> str:
        return as_text(row.get(name))

    counts: Counter[str] = Counter()
    shape, write = form_of(out)
    grouping = Grouping() if options.groups else None
    with _opened(out) as sink, click.progressbar(stream, stream.count, label="Listening", file=sys.stderr) as rows:
        heard = _heard(rows, text_of, options)
        if grouping:
            heard = _learning(heard, grouping, options.contact)
        made = shaped(heard, name, stream.columns, shape=shape.with_more(GROUPS) if grouping else shape, counts=counts)
        written = write(with_groups(made, grouping) if grouping else made, sink)
    for sentence in (_summary(counts), written.remark()):
        if sentence is not None:
            click.echo(sentence, err=True)


def _heard(rows: Iterable[Row], text_of: Callable[[Row], str], options: Options) -> Iterator[tuple[Row, Found]]:
    if options.processes > 1:
        return in_processes(rows, text_of, options.processes, sentences=not options.quick)
    return in_order(rows, text_of, hearer(sentences=not options.quick))


def _learning(heard: Iterable[tuple[Row, Found]], grouping: Grouping, contact: str | None) -> Iterator[tuple[Row, Found]]:
    for row, found in heard:
        grouping.learn(found[0], as_text(row.get(contact)) if contact else "")
        yield row, found


def form_of(out: Path | None) -> tuple[Shape, Writer]:
    """How to write, by the ending of the file to write."""
    match out.suffix.lower() if out else "":
        case ".csv":
            return FLAT, write_csv
        case ".xlsx":
            return FLAT, write_xlsx
        case _:
            return NESTED, write_lines


def shaped(
    heard: Iterable[tuple[Row, Found]],
    column: str,
    columns: Sequence[str],
    *,
    shape: Shape,
    counts: Counter[str],
) -> Iterator[Row]:
    """What was found for each row, in order, with its other columns; ``counts`` learns what was found.

    In a flat shape every row has every column, whether the file gave it a value or not.
    """
    kept = {name: _free_name(name, columns, shape.fields) for name in columns if name != column}
    for row, (what, command) in heard:
        text = as_text(row.get(column))
        if text.strip():  # an empty cell is kept as a line and is nobody's comment
            _count(counts, what)
        given = kept if shape.is_flat else [name for name in row if name in kept]
        ours = dict.fromkeys(shape.fields) | shape.of(text, what, command)
        yield ours | {kept[name]: row.get(name) for name in given}


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
        "setting": heard.setting,
        "stage": heard.stage,
        "truncated": is_truncated(heard),
    }


def flat(text: str, heard: Heard, command: Command | None) -> Row:
    """The same in cells: lists are joined, best first; where a detail stood is left out."""
    return {
        "text": text,
        "redacted": heard.redacted,
        "redactions": _joined(mask.kind for mask in heard.redactions),
        "locale": heard.locale,
        "locale_score": heard.locale_score,
        "themes": _joined(theme.theme for theme in heard.themes),
        "theme_scores": _joined(f"{theme.score:.2f}" for theme in heard.themes),
        "polarity": heard.polarity.value,
        "passages": "\n".join(
            f"{passage.polarity.value} ({_joined(theme.theme for theme in passage.suggestions)}): {passage.text}"
            for passage in heard.passages
        ),
        "risk": heard.risk.level.word,
        "risk_kinds": _joined(kind.value for kind in heard.risk.kinds),
        "command": command.value if command else None,
        "place": heard.place.name if heard.place else None,
        "district": heard.place.district if heard.place else None,
        "age_band": heard.age_band,
        "setting": heard.setting,
        "stage": heard.stage,
        "truncated": "yes" if is_truncated(heard) else None,
    }


def is_truncated(heard: Heard) -> bool:
    """Whether themes, feeling and place come from the beginning of the comment only."""
    return len(heard.redacted) > LONGEST_HEARD


NESTED = Shape(FIELDS, found)
FLAT = Shape(FLAT_FIELDS, flat, is_flat=True)


def _joined(words: Iterable[str]) -> str:
    return "; ".join(words)


def _themes(suggestions: Sequence[Suggestion]) -> list[Row]:
    return [
        {"code": suggestion.theme, "score": suggestion.score, "evidence": [list(span) for span in suggestion.evidence]}
        for suggestion in suggestions
    ]


def _free_name(name: str, columns: Sequence[str], taken: Sequence[str]) -> str:
    """The column's own name, or one with ``input_`` before it where our field has taken it."""
    while name in taken:
        name = f"input_{name}"
        while name in columns:
            name = f"{name}_"
    return name


def write_lines(rows: Iterable[Row], out: IO[bytes]) -> Written:
    written = Written()
    for row in rows:
        out.write(_json(row))
        written.count += 1
    return written


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
    counts["truncated"] += is_truncated(heard)
    counts["alerting"] += heard.risk.level >= RiskLevel.CONCERN


def _summary(counts: Counter[str]) -> str:
    sentences = [f"Comments read: {counts['read']}. Without a theme: {counts['themeless']}."]
    if counts["untranslated"]:
        sentences.append(f"In need of translation: {counts['untranslated']}.")
    if counts["truncated"]:
        sentences.append(
            f"Longer than {LONGEST_HEARD:,} characters: {counts['truncated']}. Their themes, feeling and place come from the "
            "beginning only (see “truncated”); danger was looked for in all of it."
        )
    if counts["alerting"]:
        sentences.append(f"Telling of danger or harm: {counts['alerting']}. This command alerts nobody: read them now.")
    return " ".join(sentences)
