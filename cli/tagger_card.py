"""The model card: what the tagger is, what it has learnt from, how well it hears, and where not to trust it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from bot.tagger_figures import Figures, Measure
from cli.tagger_tables import as_markdown, tables

CARD = Path(__file__).parents[1] / "nlp" / "MODEL_CARD.md"
FRAME = Path(__file__).with_name("model_card.md")
DANGER = "Danger heard, by slice"
_WEAKEST = 6
_FEW = 20


def as_card(figures: Figures, about: Mapping[str, Any]) -> str:
    """Markdown. ``about`` is what the tagger's file says of itself."""
    best = figures.best
    told = [theme for theme in best.themes if theme.count >= _FEW]
    weakest = sorted(told, key=lambda theme: theme.f1)[:_WEAKEST]
    return Template(FRAME.read_text(encoding="utf-8")).substitute(
        version=about.get("version", "0"),
        learnt=f"{about['rows']:,}" if "rows" in about else "Its",
        messages=f"{best.messages:,}",
        weak_themes=_named(weakest),
        weak_lengths=_named(sorted(best.lengths, key=lambda length: length.f1)[:2]),
        gain=_gain(figures),
        danger=_danger(figures),
        figures=as_markdown(list(tables(figures)), level=3),
    )


def _named(measures: Sequence[Measure]) -> str:
    return ", ".join(f"{measure.name} ({measure.f1:.2f})" for measure in measures)


def _danger(figures: Figures) -> str:
    """By all that listens; its share stands before the bounds and the count, that of the fixed rules first."""
    rows = {row[0]: row[1:-2] for table in figures.tables if table.title == DANGER for row in table.rows}
    if "all" not in rows:
        return "How much of it is heard was not measured here."
    by_rules, heard = rows["all"][0], rows["all"][-1]
    parts = ", ".join(f"{name} {rows[name][-1]}" for name in ("explicit", "indirect") if name in rows)
    return (
        f"Of 100 messages put aside that tell of it, {heard} raise an alert ({parts}), {by_rules} of them by the fixed rules: "
        f"see “{DANGER}”."
    )


def _gain(figures: Figures) -> str:
    if figures.sentences is None:
        return "It was not measured here."
    before, after = figures.words, figures.sentences
    return (
        f"F1 over all suggestions is {after.all_themes.f1:.3f} with it and {before.all_themes.f1:.3f} without, "
        f"the mean of the themes {after.mean_theme.f1:.3f} and {before.mean_theme.f1:.3f}."
    )
