"""How a passage is meant: praise, blame, both, a wish for something else, or no judgement heard.

Each side's words are weighed; a word counts once, for the strongest line it stands in. A "not" shortly before turns
praise into blame and strong blame into praise, and is then used up; a "not" that turns nothing is itself faint blame.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Span

from bot import toml
from bot.heard import Polarity
from nlp.cues import CueBook, Words, tokens
from nlp.spelling import LEXICON, Spelling
from nlp.texts import text_of

_REACH = 3
"""How many words before praise or blame a "not" still turns it."""
PLAIN = 1.0
"""Praise or blame of this strength is plain."""
_STRONG = 1.0
"""Blame that a "not" turns into praise: "never late" is praise, "not only" is not."""
_CLEAR = 0.6
_MIXED_FROM = 0.5
"""Praise and blame are both meant when each is clear and the weaker has this share of the stronger."""
_WORD = re.compile(r"[a-z]{4,}")
_FAINT = 0.5
"""Blame up to this much does not make a wish a complaint."""


class Strengths(NamedTuple):
    """How strongly a stretch praises, blames and wishes: sums of the weights of its lines."""

    good: float
    bad: float
    wish: float


FEW = 2
"""Words of a text whose feeling the lexicon alone tells where it hears one side: what was learnt, it learnt of sentences."""
FEW_OF_PART = 10
"""The same of a passage of a message that turns: what was learnt was learnt of whole messages, and those turn."""


def one_sided(strengths: Strengths, least: float = 0.0) -> Polarity | None:
    """Praise or blame, where the lexicon hears just one of them, more than faintly where ``least`` says so, and no wish."""
    if strengths.wish or bool(strengths.good) == bool(strengths.bad) or max(strengths) < least:
        return None
    return Polarity.GOOD if strengths.good else Polarity.BAD


def plainly(span: Span, strengths: Strengths) -> Polarity | None:
    """Praise or blame of a few words, as "really bad"; None where they are more, or the lexicon does not hear just one side."""
    words = sum(word.isalpha() for word in text_of(span.doc).words[span.start : span.end])
    return one_sided(strengths) if words <= (FEW_OF_PART if len(span) < len(span.doc) else FEW) else None


_CLAUSE_ENDS = frozenset({".", "!", "?", ",", ";", "\n", "but", "and"})


class Feeling:
    """The lexicon of ``feeling.toml``, as cues."""

    def __init__(self, nlp: Language, spelling: Spelling, path: Path = LEXICON / "feeling.toml") -> None:
        data = toml.read(path)
        self._weights = {
            side: {line: float(weight) for weight, lines in data[side].items() for line in lines}
            for side in ("good", "bad", "suggestion")
        }
        lines = dict.fromkeys(line for weights in self._weights.values() for line in weights)
        self._sides = {
            line: [(weights[line], side) for side, weights in self._weights.items() if line in weights] for line in lines
        }
        self._book = CueBook(nlp, spelling, {}, lines)
        self._stays = CueBook(nlp, spelling, {}, data["turns"]["stays"])
        self._both = CueBook(nlp, spelling, {}, data["turns"]["both"])
        self._turns = {key for word in data["turns"]["words"] for key in tokens(nlp, spelling, word)}
        self._questions: Mapping[str, Sequence[str]] = data["question"]
        self._leaning: Mapping[str, Sequence[str]] = data["leaning"]

    def of(self, span: Span, *, question: str | None = None, themes: Collection[str] = ()) -> Polarity:
        """What the stretch says. Only where its words do not say, the key of the question it answers decides, then its
        themes: being excluded is no praise.
        """
        good, bad, wish = self.strengths(span)
        if wish and bad <= _FAINT and good <= wish:
            return Polarity.SUGGESTION
        if self._is_mixed(span, good, bad):
            return Polarity.MIXED
        if good or bad:
            return Polarity.GOOD if good > bad else Polarity.BAD
        if not any(word.isalpha() for word in text_of(span.doc).words[span.start : span.end]):
            return Polarity.NONE
        return self.asked(question) or self._leans(themes) or Polarity.NONE

    def _is_mixed(self, span: Span, good: float, bad: float) -> bool:
        if not (good and bad):
            return False
        if self._both.find(span):
            return good >= _CLEAR
        weaker, stronger = sorted((good, bad))
        return good >= _CLEAR and bad >= _STRONG and weaker >= _MIXED_FROM * stronger

    def strengths(self, span: Span) -> Strengths:
        """How strongly the stretch praises, blames, wishes."""
        weigh = dict.fromkeys(self._weights, 0.0)
        for side, weight, _ in self.heard(span):
            weigh[side] += weight
        return Strengths(weigh["good"], weigh["bad"], weigh["suggestion"])

    def heard(self, span: Span) -> list[tuple[str, float, Words]]:
        """What weighs: the side it speaks for, how strongly, and its words; a "not" that turned them is not among them."""
        found: list[tuple[str, float, Words]] = []
        stays = {place for stretches in self._stays.find(span).values() for stretch in stretches for place in range(*stretch)}
        used: set[int] = set()
        for weight, side, words in self._hits(span):
            places = set(range(*words))
            if places & (used | stays if side == "bad" else used):
                continue
            used |= places
            turned_by = self._turning(span, words, stays) if side == "good" or weight >= _STRONG else None
            if turned_by is None or side == "suggestion":
                found.append((side, weight, words))
            else:
                used.add(turned_by)
                found.append(("bad" if side == "good" else "good", weight, words))
        return found

    def _hits(self, span: Span) -> list[tuple[float, str, Words]]:
        """What was found, the strongest first, and of the equally strong the longest."""
        found = self._book.find(span)
        hits = [
            (weight, side, words)
            for line, stretches in found.items()
            for weight, side in self._sides[line]
            for words in stretches
        ]
        return sorted(hits, key=lambda hit: (-hit[0], hit[2][0] - hit[2][1], hit[2], hit[1]))

    def _turning(self, span: Span, words: Words, stays: set[int]) -> int | None:
        """The place of the "not" that turns these words, if one does."""
        start, text = words[0], text_of(span.doc)
        if text.keys[start] in self._turns:
            return None
        for place in range(start - 1, max(span.start - 1, start - 1 - _REACH), -1):
            if text.lowers[place] in _CLAUSE_ENDS:
                return None
            if text.keys[place] in self._turns and place not in stays:
                return place
        return None

    def asked(self, question: str | None) -> Polarity | None:
        """What a question leans to, by the words of its key."""
        words = set(re.split(r"[^a-z]+", (question or "").lower()))
        return next((Polarity(side) for side, said in self._questions.items() if words & set(said)), None)

    def _leans(self, themes: Collection[str]) -> Polarity | None:
        return next((Polarity(side) for side, codes in self._leaning.items() if set(codes) & set(themes)), None)


def words_of(path: Path = LEXICON / "feeling.toml") -> set[str]:
    """Every word of the lexicon, so that the spelling knows them."""
    data = toml.read(path)
    lines = [line for side in ("good", "bad", "suggestion") for group in data[side].values() for line in group]
    return {word for line in lines for word in _WORD.findall(line)}
