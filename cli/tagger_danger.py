"""The half of `earshot tagger train` that teaches danger: the scorer behind the rules, from the corpus and closed alerts."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from bot.tagger_figures import Table
from bot.taggers import SHIPPED, Hears, NewTagger, TaggerState
from cli.tagger_tables import as_plain
from cli.tagger_teaching import Say, version_of

if TYPE_CHECKING:
    from nlp.danger import DangerScorer
    from nlp.danger_corpus import DangerRow
    from nlp.danger_evaluation import Judge
    from nlp.danger_lessons import DangerDifference
    from nlp.sentences import SentenceModel
    from nlp.tuned import Adapter
    from parts import Earshot

_LEAST_DECIDED = 20
"""Alerts put aside that a comparison needs."""


def is_teachable() -> bool:
    """Whether the messages are here that danger is taught from and measured on."""
    from nlp.danger_corpus import FROZEN, LEARN, rows

    return bool(rows(LEARN)) and bool(rows(FROZEN))


def teach_danger(earshot: Earshot, model: SentenceModel | None, say: Say, *, only_try: bool) -> bool:
    """Whether the new one is taken. Raises ``ClickException`` where there is nothing to teach it from."""
    from nlp.danger import DangerScorer, DangerWeights
    from nlp.danger_lessons import from_alerts, verdict
    from nlp.danger_training import learn

    if not is_teachable():
        raise click.ClickException("Earshot's own messages of danger are not in nlp/data/danger, so it cannot be taught.")
    more, aside = from_alerts(earshot.taggers.decided_alerts())
    click.echo(f"Alerts that people have closed: {len(more)} to learn from, {len(aside)} put aside.", err=True)
    now = earshot.clock.now()
    version = f"danger-{version_of(now)}"
    learnt = learn(sentences=model, adapter=_adapter(model), more=more, version=version, say=say)
    file = learnt.weights.to_bytes()  # what is measured is what is kept: its weights are rounded there
    compared = _compared(_champion(earshot), DangerScorer(DangerWeights.from_bytes(file)), aside, model)
    for where, found in compared.items():
        click.echo(as_plain([_table(where, found)]) + "\n")
    said = verdict(compared)
    click.echo(said.says)
    if only_try:
        click.echo("Nothing was kept.")
        return said.is_taken
    number = earshot.taggers.keep(
        NewTagger(
            version=version,
            made_at=now,
            made_by=f"operator:{getpass.getuser()}",
            rows=len(learnt.rows) - len(more),
            decisions=len(more),
            state=TaggerState.CHAMPION if said.is_taken else TaggerState.REFUSED,
            says=said.says,
            figures=None,
            file=file,
            hears=Hears.DANGER,
        )
    )
    kept = f"What hears danger, {version}, is kept as number {number}"
    click.echo(f"{kept} and is at work." if said.is_taken else f"{kept}, refused; the one before goes on.")
    return said.is_taken


def _adapter(model: SentenceModel | None) -> Adapter | None:
    """That of the layers for danger, if these are the ones the model was made with."""
    from nlp.sentences import ADAPTERS, DANGER, made_of
    from nlp.tuned import Adapter

    file = ADAPTERS[DANGER]
    if model is None or not file.exists() or model.made_of.get(DANGER) != made_of(file):
        return None
    return Adapter.load(file)


def _champion(earshot: Earshot) -> DangerScorer | None:
    """The one at work; None where the rules hear alone."""
    from nlp.danger import DangerScorer, DangerWeights

    number = earshot.taggers.champion(Hears.DANGER)
    return DangerScorer.load() if number == SHIPPED else DangerScorer(DangerWeights.from_bytes(earshot.taggers.file(number)))


def _compared(
    champion: DangerScorer | None, challenger: DangerScorer, aside: Sequence[DangerRow], model: SentenceModel | None
) -> Mapping[str, Sequence[DangerDifference]]:
    """On the messages put aside, and on the closed alerts put aside where there are enough of them."""
    from nlp.danger_corpus import FROZEN, ordinary_rows, rows
    from nlp.danger_lessons import differences, levels

    judges = _judges(champion, challenger, model)
    sets = {
        "the messages put aside": [*rows(FROZEN), *ordinary_rows(FROZEN)],
        "what was decided about alerts": aside if len(aside) >= _LEAST_DECIDED else [],
    }
    compared = {}
    for where, read in sets.items():
        if read:
            with click.progressbar(length=2 * len(read), label=f"Hearing {where}", file=sys.stderr) as bar:
                before, after = (levels(read, judge, bar.update) for judge in judges)
            compared[where] = differences(read, before, after)
    return compared


def _judges(champion: DangerScorer | None, challenger: DangerScorer, model: SentenceModel | None) -> tuple[Judge, Judge]:
    """As families are heard: with what the sentence model says, where one of the two weighs it."""
    from nlp.danger_evaluation import judge_by, judge_of
    from nlp.listener import SpacyListener

    weighs = any(one is not None and one.weights.sentences is not None for one in (champion, challenger))
    if model is None or not weighs:
        return judge_of(champion), judge_of(challenger)
    listener = SpacyListener.learned()
    return judge_by(listener.with_danger(champion)), judge_by(listener.with_danger(challenger))


def _table(where: str, found: Sequence[DangerDifference]) -> Table:
    rows = tuple(
        (f"{one.what}: {one.name}", str(one.count), str(one.champion), str(one.challenger), "worse" if one.is_worse else "")
        for one in found
    )
    says = "How many of them each hears, rules and all; of false alarms, the fewer the better."
    return Table(title=f"Danger, on {where}", says=says, columns=("", "counted", "at work", "new", ""), rows=rows)
