"""`earshot tagger evaluate`: how well a tagger hears messages it has not learnt from, printed or written down."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.tagger_figures import Figures, Result
from bot.taggers import SHIPPED
from cli.group import Start
from cli.tagger_beside import other_tables
from cli.tagger_choice import chosen, is_ours, reader_of, tagger_option
from cli.tagger_rows import labelled, rows_options
from cli.tagger_tables import as_markdown, as_plain, tables

if TYPE_CHECKING:
    from nlp.corpus import Labelled
    from nlp.ensemble import Ensemble
    from nlp.reading import Reader


@click.command()
@tagger_option
@rows_options
@click.option("--words", "only_words", is_flag=True, help="Leave the sentence model out, as where it was not made.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the same to this file, as Markdown.")
@click.option("--card", is_flag=True, help="Write nlp/MODEL_CARD.md and the figures that staff see anew.")
@click.pass_obj
def evaluate(
    start: Start,
    *,
    which: str | None,
    rows: Path | None,
    text: str | None,
    themes: str | None,
    feeling: str | None,
    only_words: bool,
    out: Path | None,
    card: bool,
) -> None:
    """Measure a tagger on the messages put aside, or on a labelled file of your own (--rows).

    Precision is the share of suggestions that are right, recall the share of themes that are found, F1 the two in one.
    """
    if card and rows is not None:
        raise click.UsageError("The model card is made of the messages put aside; leave --rows or --card out.")
    if card and which is None:
        which = str(SHIPPED)
    ensemble = chosen(start, which, sentences=not only_words)
    reader = reader_of(ensemble)
    if rows is not None:
        messages = labelled(rows, text=text, themes=themes, feeling=feeling)
        _say_unknown(messages, ensemble)
        figures = measured(messages, ensemble, reader, sample=f"{len(messages)} messages of {rows.name}.")
    else:
        figures = of_frozen(ensemble, reader)
    found = list(tables(figures))
    click.echo(as_plain(found))
    if out is not None:
        out.write_text(as_markdown(found) + "\n", encoding="utf-8")
        click.echo(f"Written: {out}", err=True)
    if card:
        from cli.tagger_card import CARD, as_card
        from rooms import FIGURES

        CARD.write_text(as_card(figures, ensemble.weights.about), encoding="utf-8")
        FIGURES.write_text(figures.to_json() + "\n", encoding="utf-8")
        click.echo(f"Written: {CARD} and {FIGURES}", err=True)


def of_frozen(ensemble: Ensemble, reader: Reader) -> Figures:
    """On the messages put aside, which no tagger has learnt from. Raises ``ClickException`` where they are not there."""
    from nlp.corpus import FROZEN, messages

    rows = messages(FROZEN)
    if not rows:
        raise click.ClickException(
            "The messages put aside, nlp/data/themes/frozen, are not there. Measure on a file with --rows."
        )
    sample = (
        f"{len(rows)} messages put aside, by {len({row.author for row in rows})} writers of whom the tagger has read nothing."
    )
    return replace(measured(rows, ensemble, reader, sample=sample), tables=tuple(other_tables()))


def measured(rows: Sequence[Labelled], ensemble: Ensemble, reader: Reader, *, sample: str) -> Figures:
    """With the sentence model where it votes, and without it; progress is shown on standard error."""
    from nlp.ensemble import Ensemble

    alone = _result(rows, Ensemble(ensemble.weights), reader, "Words")
    together = _result(rows, ensemble, reader, "Sentences") if ensemble.hears_sentences else None
    return Figures(sample=sample, words=alone, sentences=together)


def _result(rows: Sequence[Labelled], ensemble: Ensemble, reader: Reader, label: str) -> Result:
    from nlp.evaluate import result
    from nlp.judging import hear, weigh

    judge = hear if is_ours(ensemble, reader) else weigh
    groups = {theme.code: reader.taxonomy.group_label(theme.group) for theme in reader.taxonomy.themes.values()}
    with click.progressbar(length=len(rows), label=label, file=sys.stderr) as bar:
        return result(judge(rows, ensemble, reader, say=bar.update), groups)


def _say_unknown(rows: Sequence[Labelled], ensemble: Ensemble) -> None:
    unknown = sorted({theme for row in rows for theme in row.themes} - set(ensemble.weights.themes))
    if unknown:
        known = ", ".join(ensemble.weights.themes[:5])
        click.echo(f"Labels this tagger has not been taught, left out: {', '.join(unknown)}. It knows {known}, …", err=True)
    if all(not row.themes & set(ensemble.weights.themes) for row in rows):
        raise click.ClickException("None of the labels is one that this tagger knows. Train one on them: earshot tagger train.")
