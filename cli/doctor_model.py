"""What `earshot doctor` says of the listener: whether it works, by which tagger, and what is given up without sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from bot.errors import BotError
from bot.own_themes import heirs
from bot.tagger_figures import Figures
from bot.taggers import SHIPPED, LiveListener
from parts import Earshot
from rooms import shipped_figures

Kind = Literal["good", "note", "fault"]


def model_findings(earshot: Earshot) -> Iterator[tuple[Kind, str]]:
    heard = earshot.listener.hear("The taxi to school did not come again.")
    expected = heirs(earshot.own_themes.changes).get("transport", "transport")
    if any(theme.theme == expected for theme in heard.themes):
        yield "good", f"The listener works ({earshot.listener.tagger})."
    else:
        yield "fault", "The listener did not know a late taxi for transport. Run make setup again."
    yield from _at_work(earshot)
    yield from _sentences(earshot)


def _at_work(earshot: Earshot) -> Iterator[tuple[Kind, str]]:
    """A tagger that cannot be taken up leaves the worker with another one than was chosen."""
    listener = earshot.listener
    if not isinstance(listener, LiveListener):
        return
    taken_up = (listener.number, listener.danger_number)
    for number, there in zip(earshot.taggers.champions(), taken_up, strict=True):
        if number not in (SHIPPED, there):
            yield "fault", f"Tagger {number} is to be at work and cannot be read. Put another to work: earshot tagger list"


def _sentences(earshot: Earshot) -> Iterator[tuple[Kind, str]]:
    from nlp.ensemble import LEARNT
    from nlp.sentences import SentenceModel

    if not LEARNT.exists():
        yield "note", "Earshot's own tagger is not in its place, so the rules hear alone. Teach one: earshot tagger train"
    if SentenceModel.load() is not None:
        yield "good", "The sentence model is in its place."
        return
    says = "The sentence model is not made, so themes are heard by words alone. Make it: make embeddings."
    yield "note", f"{says} {_given_up(figures_of(earshot))}".strip()


def figures_of(earshot: Earshot) -> Figures | None:
    """Of the tagger at work; None where they were not made or cannot be read."""
    try:
        number = earshot.taggers.champion()
        kept = next((one for one in earshot.taggers.taggers() if one.number == number), None)
        return kept.figures if kept else shipped_figures()
    except BotError:
        return None


def _given_up(figures: Figures | None) -> str:
    if figures is None or figures.sentences is None:
        return "What that costs was not measured with this tagger."
    before, after = figures.words, figures.sentences
    return (
        f"Without it F1 is {before.all_themes.f1:.2f} and not {after.all_themes.f1:.2f} over all suggestions, "
        f"{before.mean_theme.f1:.2f} and not {after.mean_theme.f1:.2f} as the mean of the themes "
        f"({figures.sample.rstrip('.')})."
    )
