"""The listener with the tagger that stands: the one that comes with Earshot, or one that was taught here and kept."""

from __future__ import annotations

from bot.errors import BadContent
from nlp.danger import DangerScorer, DangerWeights
from nlp.ensemble import LEARNT, Ensemble
from nlp.listener import SpacyListener
from nlp.sentences import ADAPTERS, THEMES, SentenceModel, made_of
from nlp.weights import Weights

SENTENCES = "sentences"
"""Under this name a tagger's file says which sentence vectors it was taught on."""


def vectors_of() -> str:
    """Which sentence vectors there are here: those tuned for themes have a digest. Heads taught on others mean nothing."""
    return made_of(ADAPTERS[THEMES]) if ADAPTERS[THEMES].exists() else "plain"


class Listeners:
    """Makes listeners that share everything but their tagger: reading the files takes a second, and most of the memory."""

    def __init__(self) -> None:
        self.sentences = SentenceModel.load()
        shipped = Ensemble(Weights.load(LEARNT), self.sentences) if LEARNT.exists() else None
        self._shipped = SpacyListener(ensemble=shipped)

    def __call__(self, file: bytes | None = None, danger: bytes | None = None) -> SpacyListener:
        """With the taggers of these bytes, that of themes and that of danger; None: with the one that comes with Earshot, where
        that is missing with rules alone. Raises ``BadContent``.
        """
        listener = self._shipped if file is None else self._shipped.with_tagger(self.ensemble(file))
        return listener if danger is None else listener.with_danger(DangerScorer(DangerWeights.from_bytes(danger)))

    def ensemble(self, file: bytes) -> Ensemble:
        """A tagger taught on other sentence vectors than are here goes by words alone."""
        return standing(Weights.from_bytes(file), self.sentences)


def standing(weights: Weights, sentences: SentenceModel | None) -> Ensemble:
    """Raises ``BadContent`` for a tagger that was taught no feelings: the listener cannot work with it."""
    if not weights.feelings:
        raise BadContent("This tagger was taught no feelings, so it cannot be put to work.")
    fits = weights.about.get(SENTENCES, vectors_of()) == vectors_of()
    return Ensemble(weights, sentences if fits else None)
