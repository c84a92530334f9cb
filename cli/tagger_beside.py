"""What else of the listener is measured beside its themes: names by community, danger by slice, languages."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from bot.tagger_figures import Table

if TYPE_CHECKING:
    from nlp.danger_evaluation import Share
    from nlp.name_evaluation import Count

_LEAST_WORDS = 3
"""Of shorter messages the language is not asked."""


def other_tables() -> Iterator[Table]:
    """Each is left out where its messages are not there. Says on standard error what is being measured: it takes a minute."""
    click.echo("Names, danger, languages.", err=True)
    yield from names()
    yield from danger()
    yield from languages()


def names() -> Iterator[Table]:
    from nlp.name_evaluation import measure

    found = measure()
    if not found.communities:
        return
    yield Table(
        title="Names by community",
        says="Of 100 names in messages put aside, how many were hidden: names nobody had listed, and names on the lists.",
        columns=("", "never listed", "at least", "listed"),
        rows=tuple(
            (community, _hundred(count), _of_100(count.low), _hundred(found.known.get(community)))
            for community, count in [*sorted(found.communities.items()), ("all of them", found.names)]
        ),
    )
    slots = [*sorted(found.slots.items()), ("numbers and addresses together", found.numbers)]
    shares = [*slots, ("masks that were right", found.precision), ("schools and towns that stayed readable", found.readable)]
    yield Table(
        title="Numbers, addresses, and what is hidden by mistake",
        says="“At least” is the lower bound of the 95 % interval.",
        columns=("", "of 100", "at least", "counted"),
        rows=tuple((name, _hundred(count), _of_100(count.low), str(count.there)) for name, count in shares),
    )


def danger() -> Iterator[Table]:
    from nlp.danger import DangerScorer
    from nlp.danger_corpus import FROZEN, ordinary_rows, rows

    frozen = rows(FROZEN)
    if not frozen:
        return
    from nlp.danger_evaluation import judge_by, judge_of, measure
    from nlp.listener import SpacyListener

    read, scorer, listener = [*frozen, *ordinary_rows(FROZEN)], DangerScorer.load(), SpacyListener.learned()
    found = {"by rules": measure(read, judge_of(None)), "and by words": measure(read, judge_of(scorer))}
    if listener.hears_danger:
        found["and by sentences"] = measure(read, judge_by(listener))
    asked = (
        ("Danger heard, by slice", "Of messages that tell of danger, how many raise an alert.", "recall"),
        ("Carers at breaking point", "Of messages of carers who can bear no more, how many are marked.", "weary"),
        ("False alarms", "Of messages without danger, how many raise an alert all the same.", "alarms"),
    )
    for title, says, name in asked:
        yield _slices(title, says, {heard: getattr(measured, name) for heard, measured in found.items()})


def _slices(title: str, says: str, heard: Mapping[str, Mapping[str, Share]]) -> Table:
    """``heard``: by what, and of each slice how much; the bounds are those of the last."""
    *_, last = heard.values()
    return Table(
        title=title,
        says=f"{says} Of 100, by the fixed rules alone, and by what listens behind them; the bounds are those of the 95 % "
        "interval of the last.",
        columns=("", *heard, "bounds", "counted"),
        rows=tuple(
            (
                name,
                *(_of_100(shares[name].share) for shares in heard.values()),
                f"{_of_100(share.low)} to {_of_100(share.high)}",
                str(share.count),
            )
            for name, share in sorted(last.items())
        ),
    )


def languages() -> Iterator[Table]:
    from nlp.corpus import DATA, FROZEN
    from nlp.language import LanguageEar

    ear, right, counted = LanguageEar(), Counter[str](), Counter[str]()
    for file in sorted((DATA / "languages" / FROZEN).glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if len(row["text"].split()) >= _LEAST_WORDS:
                heard = ear.detect(row["text"])
                counted[row["locale"]] += 1
                right[row["locale"]] += heard.locale == row["locale"] or (row["locale"] == "und" and not heard.is_english)
    if not counted:
        return
    shares = [(locale, right[locale], counted[locale]) for locale in sorted(counted)]
    everything = ("all of them", right.total(), counted.total())
    yield Table(
        title="Languages",
        says="Of messages of three words and more, how many are taken for the language they are in. “und” are languages that "
        "are not listened for: they need only be known not to be English.",
        columns=("", "of 100", "counted"),
        rows=tuple((locale, _of_100(heard / count), str(count)) for locale, heard, count in [*shares, everything]),
    )


def _hundred(count: Count | None) -> str:
    return "" if count is None or not count.there else _of_100(count.recall)


def _of_100(share: float) -> str:
    return f"{100 * share:.1f}"
