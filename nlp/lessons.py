"""What a tagger is taught from, and whether the one so taught may take the place of the one at work.

The rule: a challenger is refused where, on any group of themes, it is worse than the champion by more than chance. Both are
asked about the same messages; these are drawn anew a thousand times, and if in more than 97.5 of 100 draws the challenger's
F1 is the lower one, it is worse. A group is looked at when it is to be heard twenty times or more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.ports import Listener
from bot.taggers import Decided
from nlp.bootstrap import Counts, Floats, bounds, drawn
from nlp.corpus import Labelled
from nlp.judging import Judged
from nlp.training import FOLDS

_LEAST_HEARD = 20
_NAMED = 3
"""Groups named in a refusal."""

Remark = Callable[[str], None]


def from_staff(decided: Iterable[Decided]) -> tuple[list[Labelled], list[Labelled]]:
    """What staff decided, as messages: those to learn from, and the fifth that is put aside. Their feeling nobody has said."""
    learn: list[Labelled] = []
    aside: list[Labelled] = []
    for one in decided:
        themes = one.themes()
        if themes is not None:
            row = Labelled(
                text=one.passage.text,
                themes=themes,
                author=f"experience:{one.experience_id}",
                channel=one.channel,
                question=one.question,
            )
            (aside if one.is_held_out else learn).append(row)
    return learn, aside


def of_themes(rows: Sequence[Labelled], themes: Collection[str]) -> list[Labelled]:
    """Without those that are about other themes alone: taken for messages without a theme they would teach silence."""
    return [row for row in rows if not row.themes or row.themes & set(themes)]


def put_aside(rows: Sequence[Labelled]) -> tuple[list[Labelled], list[Labelled]]:
    """Anybody's rows: those to learn from, and a fifth to measure on; whoever wrote one is on one side only."""
    writers = sorted({row.author or row.text for row in rows})
    order = np.random.default_rng(0).permutation(len(writers))
    aside = {writers[place] for place in order[: len(writers) // 5]}
    learn = [row for row in rows if (row.author or row.text) not in aside]
    return learn, [row for row in rows if (row.author or row.text) in aside]


def teachable(rows: Sequence[Labelled], themes: Sequence[str], remark: Remark) -> tuple[list[Labelled], tuple[str, ...]]:
    """The rows and the themes that can be learnt from them: a theme needs so many messages that have it, and so many that
    have it not; so does a feeling. ``remark`` is told in sentences what is left out.
    """
    counts = Counter(theme for row in rows for theme in row.themes)
    kept = tuple(theme for theme in themes if FOLDS <= counts[theme] <= len(rows) - FOLDS)
    if few := [theme for theme in themes if counts[theme] < FOLDS]:
        remark(f"In fewer than {FOLDS} messages, so not to be learnt: {', '.join(few)}.")
    if every := [theme for theme in themes if counts[theme] > len(rows) - FOLDS]:
        remark(f"In all messages or nearly all, so it tells nothing: {', '.join(every)}.")
    return _felt(rows, remark), kept


def _felt(rows: Sequence[Labelled], remark: Remark) -> list[Labelled]:
    felt = Counter(row.feeling for row in rows if row.feeling is not None)
    known = {feeling for feeling, count in felt.items() if count >= FOLDS}
    if len(known) < 2:  # noqa: PLR2004 - between one feeling there is nothing to choose
        known = set()
    if left := sorted(feeling.value for feeling in felt.keys() - known):
        remark(f"Feelings that cannot be learnt from these rows: {', '.join(left)}.")
    return [row if row.feeling in known else replace(row, feeling=None) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """F1 of both on one group of themes. ``low`` and ``high`` bound how far the challenger is above the champion."""

    name: str
    count: int
    champion: float
    challenger: float
    low: float
    high: float

    @property
    def is_worse(self) -> bool:
        return self.count >= _LEAST_HEARD and self.high < 0


def differences(champion: Judged, challenger: Judged, groups: Mapping[str, str]) -> tuple[Difference, ...]:
    """On the same messages, group by group of the themes that both know, and all together. ``groups``: each theme's."""
    common = [theme for theme in champion.themes if theme in challenger.themes]
    draws = drawn(len(champion.rows))
    before, after = (_counts(judged, common, draws) for judged in (champion, challenger))
    names = dict.fromkeys(groups.get(theme, theme) for theme in common)
    members = {name: [place for place, theme in enumerate(common) if groups.get(theme, theme) == name] for name in names}
    return tuple(
        _difference(name, before.only(places), after.only(places))
        for name, places in {**members, "all themes together": list(range(len(common)))}.items()
    )


def _counts(judged: Judged, themes: Sequence[str], draws: Floats) -> Counts:
    places = [judged.themes.index(theme) for theme in themes]
    return Counts.of(judged.wanted[:, places], judged.said[:, places], draws)


def _difference(name: str, before: Counts, after: Counts) -> Difference:
    apart = (after.f1 - before.f1)[1:, 0]
    low, high = bounds(apart)
    return Difference(
        name=name,
        count=round(float(before.right[0, 0] + before.missed[0, 0])),
        champion=before.measure(name).f1,
        challenger=after.measure(name).f1,
        low=low,
        high=high,
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """``says`` is a sentence for whoever taught it, kept with the tagger."""

    is_taken: bool
    says: str


def verdict(compared: Mapping[str, Sequence[Difference]], missed: Sequence[str] = ()) -> Verdict:
    """``compared``: by what the two were compared on, as it fits into "on …". ``missed``: slices of danger heard less well."""
    worse = [(where, one) for where, found in compared.items() for one in found if one.is_worse]
    worse.sort(key=lambda entry: entry[1].high)
    listed = [f"“{one.name}” on {where} (F1 {one.challenger:.2f}, before {one.champion:.2f})" for where, one in worse[:_NAMED]]
    if missed:
        listed.insert(0, f"danger in {', '.join(missed)}")
    if not listed:
        return Verdict(is_taken=True, says="It is not worse by more than chance on any group of themes.")
    more = f" and {len(worse) - _NAMED} more" if len(worse) > _NAMED else ""
    return Verdict(is_taken=False, says=f"It is worse by more than chance at {'; '.join(listed)}{more}.")


def danger_missed(texts: Iterable[tuple[str, Collection[str]]], champion: Listener, challenger: Listener) -> tuple[str, ...]:
    """The slices in which one listener hears danger in fewer texts than the other; ``texts`` come with their slices."""
    fewer: Counter[str] = Counter()
    for text, slices in texts:
        before, after = (listener.hear(text).risk.level.needs_alert for listener in (champion, challenger))
        for name in slices:
            fewer[name] += before - after
    return tuple(sorted(name for name, count in fewer.items() if count > 0))
