"""The figures of a tagger as tables, and tables as plain text or Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.review import Sureness
from bot.tagger_figures import Band, Figures, Measure, Result, Table

if TYPE_CHECKING:
    from nlp.lessons import Difference

_SCORED = ("", "to hear", "precision", "recall", "F1", "95 in 100")
_BANDS = {
    Sureness.SURE: "sure",
    Sureness.FAIRLY_SURE: "fairly sure",
    Sureness.PLEASE_CHECK: "please check",
}


def tables(figures: Figures) -> Iterator[Table]:
    """All of them, in the order of a page."""
    yield _overview(figures)
    best, sentences = figures.best, figures.sentences
    with_model = " With the sentence model." if sentences else " Without the sentence model."
    for title, measures in (
        ("Groups of themes", best.groups),
        ("Themes", best.themes),
        ("Channels", best.channels),
        ("Lengths", best.lengths),
        ("Languages heard", best.locales),
        ("Voices", best.voices),
        ("Feeling", (*best.feelings, *([best.mean_feeling] if best.mean_feeling else []))),
    ):
        if measures:
            yield scored(title, f"{_SAYS[title]}{with_model}", measures)
    if best.passages:
        says = "Whether a message is cut where it turns to another thing, and what is then said of each passage."
        if best.passage_feelings is not None:
            says += f" The feeling of a passage was right {_percent(best.passage_feelings)} times in 100."
        yield scored("Passages", says, best.passages)
    yield _bins(best)
    yield _bands(best.bands)
    yield from figures.tables


_SAYS = {
    "Groups of themes": "All suggestions of a group together.",
    "Themes": "“To hear” is how often the theme is in the labels; under 20 times, a figure means little.",
    "Channels": "All suggestions on the messages of a channel together.",
    "Lengths": "The same by the number of words.",
    "Languages heard": "The same by the language the message was taken for; what is not taken for English is not tagged.",
    "Voices": "The same by who wrote: none of them wrote anything the tagger has learnt from.",
    "Feeling": "How the message is meant.",
}


def scored(title: str, says: str, measures: Sequence[Measure]) -> Table:
    return Table(title=title, says=says, columns=_SCORED, rows=tuple(_row(measure) for measure in measures))


def _row(measure: Measure) -> tuple[str, ...]:
    return (
        measure.name,
        str(measure.count),
        f"{measure.precision:.2f}",
        f"{measure.recall:.2f}",
        f"{measure.f1:.3f}",
        f"{measure.low:.2f} to {measure.high:.2f}",
    )


def _overview(figures: Figures) -> Table:
    ways = [("words alone", figures.words), *([("with sentences", figures.sentences)] if figures.sentences else [])]
    rows = [
        ("F1, all suggestions together", *(_interval(way.all_themes) for _, way in ways)),
        ("F1, mean of the themes", *(_interval(way.mean_theme) for _, way in ways)),
        ("precision, recall", *(f"{way.all_themes.precision:.2f}, {way.all_themes.recall:.2f}" for _, way in ways)),
        ("weakest theme", *(_weakest(way) for _, way in ways)),
        ("every theme of a message right", *(f"{_percent(way.exact)} in 100" for _, way in ways)),
        ("ranking (LRAP)", *(f"{way.ranking:.3f}" for _, way in ways)),
        ("error of the chances (ECE)", *(f"{way.error:.3f}" for _, way in ways)),
        ("the same, of what is suggested", *(f"{way.error_suggested:.3f}" for _, way in ways)),
        ("F1 of the feeling, mean", *(_interval(way.mean_feeling) if way.mean_feeling else "" for _, way in ways)),
        ("F1 had nothing been cut", *(f"{way.uncut.f1:.3f}" if way.uncut else "" for _, way in ways)),
    ]
    kept = tuple(row for row in rows if any(row[1:]))
    return Table(title="In all", says=figures.sample, columns=("", *(name for name, _ in ways)), rows=kept)


def _weakest(way: Result) -> str:
    there = [theme for theme in way.themes if theme.count]
    weakest = min(there, key=lambda theme: theme.f1, default=None)
    return f"{weakest.name} {weakest.f1:.2f}" if weakest else ""


def _interval(measure: Measure) -> str:
    return f"{measure.f1:.3f} ({measure.low:.2f} to {measure.high:.2f})"


def _bins(best: Result) -> Table:
    rows = tuple((f"{one.low:.1f} to {one.high:.1f}", str(one.count), f"{one.mean:.2f}", f"{one.right:.2f}") for one in best.bins)
    says = "Of the chances in each range: their mean, and how many in 1 came true. The nearer the two, the better."
    return Table(title="What a chance means", says=says, columns=("chance", "how many", "mean", "came true"), rows=rows)


def _bands(bands: Sequence[Band]) -> Table:
    rows = tuple(
        (_BANDS[Sureness(band.name)], str(band.count), f"{_percent(band.share)} in 100", f"{_percent(band.precision)} in 100")
        for band in bands
    )
    says = "How sure the tagger says it is, as staff see it. What is marked “please check” a person is to look at."
    return Table(title="How sure it is", says=says, columns=("", "suggestions", "share", "right"), rows=rows)


def _percent(share: float) -> int:
    return round(100 * share)


def compared_table(where: str, found: Sequence[Difference]) -> Table:
    """Two taggers beside each other, group by group."""
    rows = tuple(
        (
            one.name,
            str(one.count),
            f"{one.champion:.3f}",
            f"{one.challenger:.3f}",
            f"{one.low:+.2f} to {one.high:+.2f}",
            "worse" if one.is_worse else "",
        )
        for one in found
    )
    columns = ("", "to hear", "at work", "new", "new above it, 95 in 100", "")
    return Table(title=f"On {where}", says="F1 of both on the same messages.", columns=columns, rows=rows)


# --- as text ----------------------------------------------------------------------------------------------------------


def as_plain(found: Sequence[Table]) -> str:
    """Aligned columns; the first to the left, all others to the right."""
    return "\n\n".join("\n".join(_plain(table)) for table in found)


def _plain(table: Table) -> Iterator[str]:
    yield table.title.upper()
    if table.says:
        yield table.says
    lines = [table.columns, *table.rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(table.columns))]
    for line in lines:
        cells = [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        yield "  ".join([line[0].ljust(widths[0]), *cells]).rstrip()


def as_markdown(found: Sequence[Table], *, level: int = 2) -> str:
    return "\n\n".join("\n".join(_markdown(table, level)) for table in found)


def _markdown(table: Table, level: int) -> Iterator[str]:
    yield f"{'#' * level} {table.title}"
    yield ""
    if table.says:
        yield from (table.says, "")
    yield _line(table.columns)
    yield _line(["---", *("---:" for _ in table.columns[1:])])
    for row in table.rows:
        yield _line(row)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
