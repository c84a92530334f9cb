"""Measures what a tagger said against the labels: every figure of ``bot.tagger_figures``, with its interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.heard import Polarity
from bot.review import Sureness
from bot.tagger_figures import Band, Bin, Measure, Result
from nlp.bootstrap import Counts, Floats, bounds, drawn, share
from nlp.corpus import Labelled
from nlp.evaluate_passages import passage_measures
from nlp.judging import Judged

_BINS = 10
_LENGTHS = ((5, "1 to 5 words"), (15, "6 to 15 words"), (40, "16 to 40 words"), (120, "41 to 120 words"))
_LONG = "more than 120 words"
_ALL, _MEAN = "all suggestions together", "mean of the themes"


def result(judged: Judged, groups: Mapping[str, str] | None = None) -> Result:
    """``groups`` is the name of each theme's group, where there are such."""
    draws = drawn(len(judged.rows))
    counts = Counts.of(judged.wanted, judged.said, draws)
    themes = range(len(judged.themes))
    errors, bins = calibration(judged.chances.reshape(-1), judged.wanted.reshape(-1))
    feelings, mean_feeling = feeling_measures(judged, draws)
    return Result(
        messages=len(judged.rows),
        all_themes=_all(judged.wanted, judged.said, draws),
        mean_theme=_mean(counts, judged.wanted),
        themes=tuple(counts.measure(judged.themes[theme], theme) for theme in themes),
        groups=_groups(judged, counts, groups or {}),
        channels=_slices(judged, draws, lambda row: row.channel),
        lengths=_lengths(judged, draws),
        locales=_locales(judged, draws),
        voices=_slices(judged, draws, lambda row: row.author),
        exact=float((judged.wanted == judged.said).all(axis=1).mean()),
        ranking=ranking(judged.chances, judged.wanted),
        error=errors,
        error_suggested=calibration(judged.chances[judged.said], judged.wanted[judged.said])[0],
        bins=bins,
        bands=_bands(judged),
        feelings=feelings,
        mean_feeling=mean_feeling,
        uncut=Counts.of(judged.wanted, judged.uncut, draws).only(list(themes)).measure(_ALL)
        if judged.uncut is not None
        else None,
        **passage_measures(judged, draws),
    )


def _all(wanted: NDArray[np.bool_], said: NDArray[np.bool_], draws: Floats) -> Measure:
    return Counts.of(wanted, said, draws).only(list(range(wanted.shape[1]))).measure(_ALL)


def _mean(counts: Counts, wanted: NDArray[np.bool_], name: str = _MEAN) -> Measure:
    """Over the themes that are among the labels."""
    there = np.flatnonzero(wanted.any(axis=0))
    heard = counts.f1[:, there]
    known = ~np.isnan(heard)
    means = np.where(known, heard, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    each = [counts.measure("", int(theme)) for theme in there]
    low, high = bounds(means[1:])
    return Measure(
        name=name,
        count=len(there),
        precision=float(np.mean([one.precision for one in each])) if each else 0.0,
        recall=float(np.mean([one.recall for one in each])) if each else 0.0,
        f1=float(means[0]),
        low=low,
        high=high,
    )


def _groups(judged: Judged, counts: Counts, groups: Mapping[str, str]) -> tuple[Measure, ...]:
    names = dict.fromkeys(groups[theme] for theme in judged.themes if theme in groups)
    members = {name: [n for n, theme in enumerate(judged.themes) if groups.get(theme) == name] for name in names}
    return tuple(counts.only(themes).measure(name) for name, themes in members.items())


def _slices(judged: Judged, draws: Floats, name_of: Callable[[Labelled], str]) -> tuple[Measure, ...]:
    return _named_slices(judged, draws, [name_of(row) for row in judged.rows])


def _named_slices(judged: Judged, draws: Floats, names: Sequence[str]) -> tuple[Measure, ...]:
    """All themes together, on the messages of each name; none where all have the same."""
    kinds = sorted(set(names) - {""})
    if len(kinds) < 2:  # noqa: PLR2004 - one slice is the whole
        return ()
    everything = list(range(len(judged.themes)))
    found = []
    for kind in kinds:
        rows = np.array([name == kind for name in names])
        counts = Counts.of(judged.wanted[rows], judged.said[rows], draws[:, rows])
        found.append(counts.only(everything).measure(kind))
    return tuple(found)


def _lengths(judged: Judged, draws: Floats) -> tuple[Measure, ...]:
    names = [length_of(row.text) for row in judged.rows]
    order = [*(name for _, name in _LENGTHS), _LONG]
    return tuple(sorted(_named_slices(judged, draws, names), key=lambda measure: order.index(measure.name)))


def length_of(text: str) -> str:
    words = len(text.split())
    return next((name for most, name in _LENGTHS if words <= most), _LONG)


def _locales(judged: Judged, draws: Floats) -> tuple[Measure, ...]:
    """By the language that was heard: what is not heard as English is not tagged."""
    return _named_slices(judged, draws, [found.locale for found in judged.heard]) if judged.heard else ()


def _bands(judged: Judged) -> tuple[Band, ...]:
    chances, right = judged.chances[judged.said], judged.wanted[judged.said]
    sureness = [Sureness.of(float(chance)) for chance in chances]
    found = []
    for name in Sureness:
        there = np.array([one is name for one in sureness], bool)
        count = int(there.sum())
        found.append(
            Band(name=name.value, count=count, share=share(count, len(sureness)), precision=share(right[there].sum(), count))
        )
    return tuple(found)


def calibration(chances: NDArray[np.float32], right: NDArray[np.bool_]) -> tuple[float, tuple[Bin, ...]]:
    """The expected calibration error, and the bins it is the mean of; equal ranges of the chance, empty ones left out."""
    if not len(chances):
        return 0.0, ()
    number = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    bins = []
    for low in range(_BINS):
        there = number == low
        if there.any():
            mean, share = float(chances[there].mean()), float(right[there].mean())
            bins.append(Bin(low=low / _BINS, high=(low + 1) / _BINS, count=int(there.sum()), mean=mean, right=share))
    error = sum(one.count * abs(one.mean - one.right) for one in bins) / len(chances)
    return error, tuple(bins)


def ranking(chances: NDArray[np.float32], wanted: NDArray[np.bool_]) -> float:
    """Label ranking average precision, over the messages that have a theme: 1 where theirs are always the likeliest."""
    found = []
    for chance, want in zip(chances, wanted, strict=True):
        if not want.any():
            continue
        least = chance[want]
        above = (chance[None, :] >= least[:, None]).sum(axis=1)
        right = (chance[want][None, :] >= least[:, None]).sum(axis=1)
        found.append(float((right / above).mean()))
    return float(np.mean(found)) if found else 0.0


def feeling_measures(judged: Judged, draws: Floats) -> tuple[tuple[Measure, ...], Measure | None]:
    """Of the messages whose feeling is in the label: each feeling, and their mean over those that are there."""
    rows = np.array([row.feeling is not None for row in judged.rows])
    if not rows.any():
        return (), None
    meant = [row.feeling for row in judged.rows if row.feeling is not None]
    felt = [feeling for feeling, known in zip(judged.felt, rows, strict=True) if known]
    there = [feeling for feeling in Polarity if feeling in meant]
    wanted = np.array([[one is feeling for feeling in there] for one in meant])
    said = np.array([[one is feeling for feeling in there] for one in felt])
    counts = Counts.of(wanted, said, draws[:, rows])
    mean = _mean(counts, wanted, "mean of the feelings")
    return tuple(counts.measure(feeling.value, place) for place, feeling in enumerate(there)), mean
