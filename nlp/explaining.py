"""Why a text gets its tags: what each voter said of each theme, with its words, and how that adds up to the chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.heard import Polarity
from nlp.ensemble import Ensemble, theme_evidence
from nlp.reading import Read, Reader
from nlp.texts import text_of, whole_of

_NEXT = 3
"""Themes shown that were not suggested."""
_MOST_WORDS = 5
_LEAST_SHARE = 0.05
"""Of what all words say for a theme: a word that says less is not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voter:
    """``says`` is the voter's own score: 0 to 1 of the rules, a margin (over 0 is yes) of the others. ``adds`` is what that
    adds to the odds, as a logarithm: over 0 speaks for the theme. ``words`` are those behind it, with each one's share.
    """

    name: str
    says: float
    adds: float
    words: tuple[tuple[str, float | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One theme. ``start`` is what its odds begin with before anybody has spoken, as a logarithm."""

    theme: str
    chance: float
    threshold: float
    start: float
    voters: tuple[Voter, ...]

    @property
    def is_suggested(self) -> bool:
        return self.chance >= self.threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class FeelingReason:
    """The chance of each feeling, likeliest first; the words the lexicon heard with the side they speak for; and what the
    question leans to.
    """

    chances: tuple[tuple[Polarity, float], ...]
    words: tuple[tuple[str, str, float], ...]
    question: Polarity | None


def reasons(text: str, ensemble: Ensemble, reader: Reader, *, question: str | None = None) -> tuple[Reason, ...]:
    """Of one text as a whole: the themes suggested and the next three, likeliest first."""
    read = reader.read(text, question=question)
    margins = ensemble.margins([read.doc])
    chances = ensemble.chances(margins, [read.rules])[0]
    mix, themes = ensemble.mix(margins), ensemble.weights.themes
    scores = np.array([[read.rules[theme].score if theme in read.rules else 0.0 for theme in themes]], np.float32)
    evidence = theme_evidence(margins, scores)[0]
    suggested = int((chances >= mix.thresholds).sum())
    order = sorted(range(len(themes)), key=lambda place: (chances[place] < mix.thresholds[place], -chances[place]))
    found = []
    for place in order[: suggested + _NEXT]:
        adds = evidence[place] * mix.weights
        found.append(
            Reason(
                theme=themes[place],
                chance=float(chances[place]),
                threshold=float(mix.thresholds[place]),
                start=float(mix.offsets[place]),
                voters=_voters(read, ensemble, themes[place], evidence[place].tolist(), adds.tolist()),
            )
        )
    return tuple(found)


def _voters(read: Read, ensemble: Ensemble, theme: str, evidence: Sequence[float], adds: Sequence[float]) -> tuple[Voter, ...]:
    """``evidence`` and ``adds``: of words, of the rules' score, of whether the rules say anything, and of sentences."""
    vote = read.rules.get(theme)
    cues = tuple((read.text[start:end], None) for start, end in vote.evidence) if vote else ()
    voters = [
        Voter(name="rules", says=evidence[1], adds=adds[1] + adds[2], words=cues),
        Voter(name="words", says=evidence[0], adds=adds[0], words=_telling(read, ensemble, theme)),
    ]
    if len(evidence) > len(("words", "rules", "any rule")):
        voters.append(Voter(name="sentences", says=evidence[3], adds=adds[3]))
    return tuple(voters)


def _telling(read: Read, ensemble: Ensemble, theme: str) -> tuple[tuple[str, float], ...]:
    """The words that speak most for a theme, each with its share of what all of them say for it."""
    shares = ensemble.shares(read.doc, theme)
    words = text_of(whole_of(read.doc).doc).words
    by_word: dict[str, float] = {}
    for place, share in shares.items():
        by_word[words[place]] = by_word.get(words[place], 0.0) + share
    together = sum(by_word.values())
    best = sorted(by_word.items(), key=lambda entry: -entry[1])[:_MOST_WORDS]
    return tuple((word, share / together) for word, share in best if share >= _LEAST_SHARE * together)


def feeling_reason(text: str, ensemble: Ensemble, reader: Reader, *, question: str | None = None) -> FeelingReason:
    read = reader.read(text, question=question)
    span = whole_of(read.doc)
    words = text_of(span.doc)
    heard = [
        (side, span.doc.text[words.starts[start] : words.ends[end - 1]], weight)
        for side, weight, (start, end) in reader.feeling.heard(span)
    ]
    chances: tuple[tuple[Polarity, float], ...] = ()
    if ensemble.weights.feelings:
        margins = ensemble.margins([read.doc])
        (feeling,) = ensemble.feelings(margins, [read.strengths], [read.leaning])
        chances = tuple(sorted(feeling.items(), key=lambda entry: -entry[1]))
    return FeelingReason(chances=chances, words=tuple(heard), question=read.leaning)
