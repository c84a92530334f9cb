"""`earshot tagger train`: teach a tagger, and take it only where it is not worse than the one at work."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.taggers import SHIPPED, Hears, NewTagger, TaggerState
from cli.group import Start
from cli.tagger_danger import is_teachable, teach_danger
from cli.tagger_evaluate import measured, of_frozen
from cli.tagger_rows import counted, labelled, rows_options
from cli.tagger_tables import as_plain, compared_table, tables
from cli.tagger_teaching import Say, about_of, corpus, own_messages, progress, taught, vectors, version_of

if TYPE_CHECKING:
    from nlp.corpus import Labelled
    from nlp.ensemble import Ensemble
    from nlp.lessons import Difference
    from nlp.sentences import SentenceModel
    from parts import Earshot

_LEAST_DECIDED = 50
"""Decisions put aside that a comparison needs."""


@click.command()
@rows_options
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the tagger to this file and keep nothing; without --rows it is taught by Earshot's own messages alone.",
)
@click.option("--try", "only_try", is_flag=True, help="Show how it would do beside the one at work, and keep nothing.")
@click.option("--words", "only_words", is_flag=True, help="Leave the sentence model out.")
@click.option("--only", type=click.Choice([hears.value for hears in Hears]), help="Teach one of the two alone.")
@click.pass_obj
def train(
    start: Start,
    *,
    rows: Path | None,
    text: str | None,
    themes: str | None,
    feeling: str | None,
    out: Path | None,
    only_try: bool,
    only_words: bool,
    only: str | None,
) -> None:
    """Teach a tagger: from Earshot's own messages and what staff have decided, or from a labelled file of your own (--rows).

    Two are taught: what hears themes, and what hears danger behind the fixed rules, from alerts that people have closed. Each
    is set beside the one at work, on messages neither has learnt from. It is taken where it is not worse on any group of
    themes by more than chance, and on no slice of danger; running workers take it up within a minute.
    """
    from nlp.sentences import SentenceModel

    model = None if only_words else SentenceModel.load()
    if rows is not None:
        if out is None:
            raise click.UsageError("A tagger taught from a file of yours is written to a file: add --out NAME.npz")
        _from_file(labelled(rows, text=text, themes=themes, feeling=feeling), model, out, progress())
    elif out is not None:
        about = about_of(version_of(datetime.now(UTC)), len(own_messages()), 0)
        weights = taught(corpus(), model, about, progress())
        weights.save(out)
        click.echo(f"Written: {out}. Measure it: earshot tagger evaluate --tagger {out}")
    else:
        _both(start.earshot, model, only, only_try=only_try)


def _both(earshot: Earshot, model: SentenceModel | None, only: str | None, *, only_try: bool) -> None:
    """Ends with 1 where one of them is refused."""
    are_taken = [_beside(earshot, model, only_try=only_try)] if only != Hears.DANGER else []
    if only == Hears.DANGER or (only is None and is_teachable()):
        are_taken.append(teach_danger(earshot, model, progress(), only_try=only_try))
    elif only is None:
        click.echo("Earshot's own messages of danger are not in nlp/data/danger: what hears danger stays as it is.", err=True)
    if not only_try and not all(are_taken):
        raise SystemExit(1)


def _from_file(rows: Sequence[Labelled], model: SentenceModel | None, out: Path, say: Say) -> None:
    """Measured on a fifth put aside, then taught all of it."""
    from nlp.ensemble import Ensemble
    from nlp.lessons import put_aside
    from nlp.reading import Reader

    learn, aside = put_aside(rows)
    about = {"rows": len(rows), "sentences": vectors()}
    if aside:
        weights = taught(learn, model, about, say, themes=sorted(counted(list(rows))))
        reader = Reader(themes=weights.themes)
        figures = measured(aside, Ensemble(weights, model), reader, sample=f"{len(aside)} messages, a fifth put aside.")
        click.echo(as_plain(list(tables(figures))))
        say("Teaching it the fifth as well.")
    weights = taught(rows, model, about, say, themes=sorted(counted(list(rows))))
    weights.save(out)
    click.echo(f"Written: {out}, with the labels {', '.join(weights.themes)}.")


def _beside(earshot: Earshot, model: SentenceModel | None, *, only_try: bool) -> bool:
    """What hears themes. Whether it is taken."""
    from nlp.ensemble import Ensemble
    from nlp.lessons import from_staff, of_themes, verdict
    from nlp.reading import Reader

    decided = from_staff(earshot.taggers.decided())
    learn, aside = (of_themes(rows, Reader().themes) for rows in decided)
    if others := sum(map(len, decided)) - len(learn) - len(aside):
        click.echo(f"Left out, for they are about themes that only the team has, which no tagger learns: {others}.", err=True)
    click.echo(f"Passages that staff have decided: {len(learn)} to learn from, {len(aside)} put aside.", err=True)
    now = earshot.clock.now()
    about = about_of(version_of(now), len(own_messages()), len(learn))
    weights = taught([*corpus(), *learn], model, about, progress())
    challenger, champion = Ensemble(weights, model), _champion(earshot, model)
    reader = Reader(themes=weights.themes)
    compared = _compared(champion, challenger, aside) if champion is not None else {}
    for where, found in compared.items():
        click.echo(as_plain([compared_table(where, found)]) + "\n")
    said = verdict(compared, _danger_missed(champion, challenger) if champion else ())
    click.echo(said.says)
    if only_try:
        click.echo("Nothing was kept.")
        return said.is_taken
    new = NewTagger(
        version=weights.version,
        made_at=now,
        made_by=f"operator:{getpass.getuser()}",
        rows=about["rows"],
        decisions=len(learn),
        state=TaggerState.CHAMPION if said.is_taken else TaggerState.REFUSED,
        says=said.says,
        figures=of_frozen(challenger, reader),
        file=weights.to_bytes(),
    )
    number = earshot.taggers.keep(new)
    kept = f"Tagger {new.version} is kept as number {number}"
    click.echo(f"{kept} and is at work." if said.is_taken else f"{kept}, refused; the one before goes on.")
    return said.is_taken


def _compared(champion: Ensemble, challenger: Ensemble, aside: Sequence[Labelled]) -> Mapping[str, Sequence[Difference]]:
    """On the messages put aside, and on the decisions put aside where there are enough of them."""
    from nlp.corpus import FROZEN, messages
    from nlp.judging import weigh
    from nlp.lessons import differences
    from nlp.reading import Reader

    readers = {ensemble: Reader(themes=ensemble.weights.themes) for ensemble in (champion, challenger)}
    taxonomy = readers[challenger].taxonomy
    groups = {theme.code: taxonomy.group_label(theme.group) for theme in taxonomy.themes.values()}
    sets = {"the messages put aside": messages(FROZEN), "what staff decided": aside if len(aside) >= _LEAST_DECIDED else []}
    return {
        where: differences(weigh(rows, champion, readers[champion]), weigh(rows, challenger, readers[challenger]), groups)
        for where, rows in sets.items()
        if rows
    }


def _champion(earshot: Earshot, model: SentenceModel | None) -> Ensemble | None:
    """The tagger at work; None where only the rules are."""
    from nlp.ensemble import LEARNT
    from nlp.standing import standing
    from nlp.weights import Weights

    number = earshot.taggers.champion()
    if number == SHIPPED:
        return standing(Weights.load(LEARNT), model) if LEARNT.exists() else None
    return standing(Weights.from_bytes(earshot.taggers.file(number)), model)


def _danger_missed(champion: Ensemble, challenger: Ensemble) -> tuple[str, ...]:
    """Danger is heard by rules and a scorer of its own, no part of a tagger; that this stays so is looked at each time."""
    from nlp.danger_corpus import FROZEN, rows
    from nlp.lessons import danger_missed
    from nlp.listener import SpacyListener

    listener = SpacyListener()
    texts = [(row.text, row.slices) for row in rows(FROZEN) if row.level.needs_alert]
    return danger_missed(texts, listener.with_tagger(champion), listener.with_tagger(challenger))
