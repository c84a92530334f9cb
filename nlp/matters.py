"""One round of looking for new matters: ``bot.matters.Grouping`` by likeness of sentence vectors, or of words without them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from functools import cached_property

import numpy as np

from bot.matters import FEWEST, NewMatter, Told
from nlp.sentences import SentenceModel
from nlp.similar import LOW_CHANCE, Matrix, new_matters

MOST = 5_000
"""Passages that are compared: the newest learnt stay. So many take a few seconds and some 30 MB."""
_LONGEST = 2_000
"""Letters of a passage that are read."""


class MatterGrouping:
    """Of a passage that a theme is likely for nothing is kept."""

    def __init__(self, sentences: Callable[[], SentenceModel | None]) -> None:
        """``sentences`` is asked once there is something to compare."""
        self._load = sentences
        self._told: list[Told] = []
        self._vectors: list[Matrix] = []

    def learn(self, told: Sequence[Told]) -> None:
        unfit = [one for one in told if one.chance < LOW_CHANCE]
        self._told += unfit
        if unfit and self._sentences is not None:
            self._vectors += list(self._sentences.likeness([one.passage.text[:_LONGEST] for one in unfit]))
        del self._told[:-MOST], self._vectors[:-MOST]

    @cached_property
    def _sentences(self) -> SentenceModel | None:
        """A copy: what it loads to tell likeness goes with the round, and is not held by the worker for the rest of the day."""
        return copy(self._load())

    def found(self) -> Sequence[NewMatter]:
        told = self._told
        matters = new_matters(
            [one.passage.text[:_LONGEST] for one in told],
            [one.chance for one in told],
            [one.contact_id for one in told],
            np.array(self._vectors, np.float32) if self._vectors else None,
            least=FEWEST,
        )
        return [NewMatter(terms=matter.terms, told=tuple(told[place] for place in matter.members)) for matter in matters]
