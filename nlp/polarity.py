"""How a passage is meant: praise, blame, both, a wish for something else, or no judgement heard."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span

from bot import toml
from bot.model import Polarity
from nlp.cues import CueBook, tokens
from nlp.spelling import LEXICON, Spelling

_REACH = 3
"""How many words before praise or blame a "not" still turns it."""
_MIXED_FROM = 0.5
"""Praise and blame are both meant when the weaker has at least this share of the stronger."""
_FAINT = 0.5
"""Blame up to this much does not make a wish a complaint."""
_SENTENCE_ENDS = frozenset({".", "!", "?", "\n"})
_SIDES = ("good", "bad", "suggestion")


class Feeling:
    """The lexicon of ``feeling.toml``, as cues."""

    def __init__(self, nlp: Language, spelling: Spelling, path: Path = LEXICON / "feeling.toml") -> None:
        data = toml.read(path)
        self._weights = {side: {line: float(weight) for weight, lines in data[side].items() for line in lines} for side in _SIDES}
        lines = dict.fromkeys(line for side in _SIDES for line in self._weights[side])
        self._book = CueBook(nlp, spelling, {}, lines)
        self._stays = CueBook(nlp, spelling, {}, data["turns"]["stays"])
        self._turns = {key for word in data["turns"]["words"] for key in tokens(nlp, spelling, word)}
        self._questions: Mapping[str, Sequence[str]] = data["question"]

    def of(self, span: Span, *, question: str | None = None) -> Polarity:
        """What the stretch says; the key of the question it answers decides only where the words do not."""
        doc = span.as_doc()
        good, bad, wish = self._strengths(doc)
        if wish and bad <= _FAINT and good < wish:
            return Polarity.SUGGESTION
        if good and bad:
            weaker, stronger = sorted((good, bad))
            if weaker >= _MIXED_FROM * stronger:
                return Polarity.MIXED
        if good or bad:
            return Polarity.GOOD if good > bad else Polarity.BAD
        return self._asked(question) if any(token.is_alpha for token in doc) else Polarity.NONE

    def _strengths(self, doc: Doc) -> tuple[float, float, float]:
        found = self._book.find(doc)
        unturned = {place for stretches in self._stays.find(doc).values() for stretch in stretches for place in range(*stretch)}
        weigh: dict[str, Any] = {"good": 0.0, "bad": 0.0, "suggestion": 0.0}
        taken: dict[str, set[int]] = {side: set() for side in _SIDES}
        for side in _SIDES:
            weights = self._weights[side]
            hits = [(weights[line], words) for line, stretches in found.items() if line in weights for words in stretches]
            for weight, words in sorted(hits, key=lambda hit: (-hit[0], hit[1])):
                places = set(range(*words))
                if not places & taken[side]:
                    taken[side] |= places
                    weigh[self._heard_as(side, doc, words[0], unturned)] += weight
        return weigh["good"], weigh["bad"], weigh["suggestion"]

    def _heard_as(self, side: str, doc: Doc, start: int, unturned: set[int]) -> str:
        if side == "suggestion" or not self._turned(doc, start, unturned):
            return side
        return "bad" if side == "good" else "good"

    def _turned(self, doc: Doc, start: int, unturned: set[int]) -> bool:
        for place in range(start - 1, max(-1, start - 1 - _REACH), -1):
            token = doc[place]
            if token.text in _SENTENCE_ENDS or token.lower_ in {"but", "and"}:
                return False
            if token.lemma_ in self._turns and place not in unturned:
                return True
        return False

    def _asked(self, question: str | None) -> Polarity:
        words = set(re.split(r"[^a-z]+", (question or "").lower()))
        for side in _SIDES:
            if words & set(self._questions[side]):
                return Polarity(side)
        return Polarity.NONE
