"""Where a family's words ask that a part of them is taken out: read anew from the words as they stand, and kept nowhere else."""

from __future__ import annotations

from functools import cache

from bot.cards import ExperienceCard
from bot.model import ENGLISH
from bot.situations import Situation, Situations

WISH = Situation.REMOVE_PART.value
"""The kind of the task."""


def said_in(card: ExperienceCard) -> tuple[str, ...]:
    """The passages that ask for it, as they are shown to the team; none where the words are in two pieces, or gone."""
    situations = _situations()
    return tuple(
        each.text
        for each in card.passages
        if any(Situation.REMOVE_PART in situations.recognise(each.text, locale) for locale in (card.locale, ENGLISH))
    )


@cache
def _situations() -> Situations:
    return Situations.load()
