"""Listens to one text: what is masked in it, what it is about, how it is meant, where, and of what age.

Danger and personal data are looked for first, in the text as it came. Everything after that sees the masked text only,
and every offset but theirs counts code points of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
from spacy.tokens import Doc
from spacy.tokens import Span as DocSpan

from bot.heard import Heard, Passage, Polarity, Risk, RiskLevel, Suggestion
from bot.model import Span, Speaker
from bot.safety import check
from bot.speakers import Speakers
from bot.themes import CONTENT
from nlp import passages
from nlp.ages import Ages
from nlp.danger import DangerScorer, Vector
from nlp.ensemble import Ensemble
from nlp.language import DetectedLanguage, LanguageEar
from nlp.memory import give_back
from nlp.name_masking import Masked
from nlp.places import Places
from nlp.polarity import PLAIN, one_sided, plainly
from nlp.reading import LONGEST, Read, Reader, readable
from nlp.services import Services
from nlp.stages import Stages
from nlp.themes import Denials, Vote

SURE_FROM = 0.85
"""The score from which a theme may be said back to the person."""
CUT_FROM = 0.55
"""How likely a theme must be on each side for a text to be cut there."""
SURE_BY = 0.3
"""How far it must lead the next theme."""
_AT_ONCE = 200
"""Words and signs the sentence model reads of a text at once, a little fewer than it can."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """What was found of one stretch: its themes above their thresholds, best first, and how it is meant. ``danger``: the vector
    of a whole text, 1 by 768, where the sentence model has layers for that.
    """

    suggestions: tuple[Suggestion, ...]
    feeling: Polarity
    danger: Vector | None = None


_NOTHING = _Judged((), Polarity.NONE)


class _Listening:
    """One text on its way through the listener: what is known of it so far."""

    __slots__ = (
        *("age_band", "doc", "language", "masked", "parts", "question", "risk", "setting", "shown", "spans", "speaker", "stage"),
        *("text", "whole"),
    )

    language: DetectedLanguage
    masked: Masked
    risk: Risk
    shown: str
    doc: Doc
    age_band: str | None
    setting: str | None
    stage: str | None
    speaker: Speaker | None

    def __init__(self, text: str, question: str | None) -> None:
        self.text = text
        self.question = question
        self.whole = _NOTHING
        self.spans: list[DocSpan] = []
        self.parts: list[_Judged] = []


class SpacyListener:
    """The listener of ``bot.ports``. Building it reads every file it needs; one serves all threads of a worker.

    ``ensemble`` is the learned tagger; None leaves the rules alone, with the thresholds of the taxonomy.
    """

    def __init__(self, path: Path = CONTENT, *, ensemble: Ensemble | None = None) -> None:
        self._reader = Reader(path)
        self.taxonomy = self._reader.taxonomy
        self._ensemble = ensemble
        self._denials = Denials(self._reader.nlp, self._reader.spelling, self.taxonomy)
        self._places = Places(self._reader.nlp)
        self._services = Services(self._reader.nlp, self._reader.spelling)
        self._ages = Ages()
        self._stages = Stages(self._reader.nlp, self._reader.spelling)
        self._ear = LanguageEar()
        self._speakers = Speakers.load()
        self._danger = DangerScorer.load()
        give_back()

    @classmethod
    def learned(cls, path: Path = CONTENT, *, sentences: bool = True) -> Self:
        """With the tagger that comes with Earshot, and its sentence model where it was made and is wanted."""
        return cls(path, ensemble=Ensemble.load(sentences=sentences))

    def with_tagger(self, ensemble: Ensemble | None) -> Self:
        """The same listener with another learned tagger; they share all else."""
        other = copy(self)
        other._ensemble = ensemble  # noqa: SLF001 - of its own class
        return other

    def with_danger(self, danger: DangerScorer | None) -> Self:
        """The same listener with another scorer behind the rules of danger."""
        other = copy(self)
        other._danger = danger  # noqa: SLF001 - of its own class
        return other

    @property
    def tagger(self) -> str:
        """Who tags, as it is kept with each suggestion: ``rules 1.0``, joined by ``+`` with the learned voters that vote."""
        rules = self._reader.rules
        names = [f"{rules.name} {rules.version}"]
        if self._ensemble is not None:
            learned = "words and sentences" if self._ensemble.hears_sentences else "words"
            names.append(f"{learned} {self._ensemble.weights.version}")
        return " + ".join(names)

    def hear(self, text: str, *, question: str | None = None) -> Heard:
        """What is in a text. Never raises. ``question`` is the key of the question it answers."""
        return self.hear_all([text], question=question)[0]

    def hear_all(self, texts: Sequence[str], *, question: str | None = None) -> list[Heard]:
        """As ``hear``, of many texts: each step is taken for all of them before the next, so that what it needs is at hand."""
        every = [_Listening(text, question) for text in texts]
        for step in (self._tell_language, self._mask, self._divide, self._look_for_danger):
            for one in every:
                step(one)
        english = [one for one in every if one.language.is_english]
        for step in (self._read, self._cut, self._weigh, self._listen_for_danger, self._say_what_about, self._say_who):
            for one in english:
                step(one)
        return [self._listened(one) if one.language.is_english else self._untranslated(one) for one in every]

    def _tell_language(self, one: _Listening) -> None:
        one.language = self._ear.detect(one.text)

    def _mask(self, one: _Listening) -> None:
        one.masked = self._reader.masker.redact(one.text, english=one.language.is_english)

    def _look_for_danger(self, one: _Listening) -> None:
        """By the rules, and in other languages than English by the scorer behind them."""
        one.risk = check(one.text)
        if not one.language.is_english:
            self._listen_for_danger(one)

    def _divide(self, one: _Listening) -> None:
        one.shown = readable(one.masked.redacted, one.masked.redactions)
        one.doc = self._reader.nlp.make_doc(one.shown)

    def _read(self, one: _Listening) -> None:
        one.doc = self._reader.spelt(one.doc)

    def _cut(self, one: _Listening) -> None:
        """Where it turns is told by the voters that cost little."""
        one.spans = passages.cut(one.doc, lambda stretches: self._themes_of(stretches, one.question), self._side)

    def _side(self, stretch: DocSpan) -> Polarity | None:
        return one_sided(self._reader.feeling.strengths(stretch), PLAIN)

    def _weigh(self, one: _Listening) -> None:
        """What the whole text is, and where it is cut its passages."""
        spans = one.spans if len(one.spans) > 1 else []
        one.whole, *one.parts = self._judge([one.doc[:], *spans], question=one.question)

    def _listen_for_danger(self, one: _Listening) -> None:
        if self._danger:
            one.risk = self._danger.add_to(one.risk, one.text, self._danger_in(one.doc, one.whole))

    def _say_what_about(self, one: _Listening) -> None:
        one.setting, one.stage = self._stages.find(one.doc)
        one.age_band = self._ages.band(one.shown)

    def _say_who(self, one: _Listening) -> None:
        one.speaker = self._speakers.recognise(one.masked.redacted[:LONGEST], one.language.locale)

    def _untranslated(self, one: _Listening) -> Heard:
        """Words the tagger does not know get no guessed theme; a town is a town in every language."""
        return Heard(
            redacted=one.masked.redacted,
            redactions=one.masked.redactions,
            locale=one.language.locale,
            locale_score=one.language.score,
            passages=_one_passage(one.masked.redacted, one.whole),
            risk=one.risk,
            place=self._places.find(one.doc),
            needs_translation=True,
            doubtful=one.masked.doubtful,
            redactor=self._reader.masker.version,
        )

    def _listened(self, one: _Listening) -> Heard:
        doc, redacted, whole = one.doc, one.masked.redacted, one.whole
        found = _passages(one)
        themes = _themes(found) if len(found) > 1 else whole.suggestions
        return Heard(
            redacted=redacted,
            redactions=one.masked.redactions,
            locale=one.language.locale,
            locale_score=one.language.score,
            themes=themes,
            theme_is_sure=self._sure(doc, themes, whole.feeling, one.risk),
            both_are_sure=self._both_sure(doc, found, one.risk),
            polarity=whole.feeling,
            passages=found,
            risk=one.risk,
            place=self._places.find(doc),
            service=self._services.find(doc),
            age_band=one.age_band,
            setting=one.setting,
            stage=one.stage,
            speaker=one.speaker,
            doubtful=one.masked.doubtful,
            redactor=self._reader.masker.version,
        )

    def _danger_in(self, doc: Doc, whole: _Judged) -> Vector | None:
        """What the sentence model makes of the danger in a text: of all of it, which it reads from the beginning as far as it
        goes, and of the stretches after that.
        """
        if whole.danger is None or self._ensemble is None or not self.hears_danger:
            return None
        rest = [doc[start : start + _AT_ONCE] for start in range(_AT_ONCE, len(doc), _AT_ONCE)]
        more = self._ensemble.margins(rest).danger if rest else None
        return whole.danger if more is None else np.concatenate([whole.danger, more])

    @property
    def hears_danger(self) -> bool:
        """Whether the sentence model has a say in danger: its vectors are those the scorer was taught on."""
        told = self._danger.weights.sentences if self._danger else None
        return told is not None and self._ensemble is not None and self._ensemble.hears_danger == told.made_of

    def _judge(self, stretches: Sequence[DocSpan], *, question: str | None) -> list[_Judged]:
        """Of the first stretch, which is the whole text, and of stretches of it. What a stretch is about is half told by the
        whole: a few words alone are easily taken for something else.
        """
        read = [self._reader.stretch(stretch, question=question) for stretch in stretches]
        if self._ensemble is None:
            return [self._by_rules(one, question) for one in read]
        margins = self._ensemble.margins([one.doc for one in read])
        chances = self._ensemble.chances(margins, [one.rules for one in read])
        chances[1:] = np.sqrt(chances[1:] * chances[:1])
        feelings = self._ensemble.feelings(margins, [one.strengths for one in read], [one.leaning for one in read])
        least = dict(zip(self._ensemble.weights.themes, self._ensemble.mix(margins).thresholds.tolist(), strict=True))
        judged = []
        for one, chance, feeling in zip(read, chances, feelings, strict=True):
            votes = self._ensemble.votes(one.doc, chance, one.rules, least)
            judged.append(_Judged(self._suggestions(votes, least), _felt(one, max(feeling, key=feeling.__getitem__))))
        judged[0] = replace(judged[0], danger=margins.danger[:1] if margins.danger is not None else None)
        return judged

    def _themes_of(self, stretches: Sequence[DocSpan], question: str | None) -> list[set[str]]:
        """The themes by which it is told where a text turns, of the whole and of its pieces; nothing else of them is asked."""
        if self._ensemble is None:
            return [{theme.theme for theme in one.suggestions} for one in self._judge(stretches, question=question)]
        rules = [self._reader.votes(stretch) for stretch in stretches]
        margins = self._ensemble.margins(stretches, sentences=False)
        chances = self._ensemble.chances(margins, rules)
        chances[1:] = (chances[1:] + chances[:1]) / 2
        thresholds = np.maximum(self._ensemble.mix(margins).thresholds, CUT_FROM)
        least = dict(zip(self._ensemble.weights.themes, thresholds.tolist(), strict=True))
        said = []
        for stretch, chance, votes in zip(stretches, chances, rules, strict=True):
            found = self._suggestions(self._ensemble.votes(stretch, chance, votes, least, tell=False), least)
            said.append({theme.theme for theme in found if theme.score >= CUT_FROM})
        return said

    def _by_rules(self, one: Read, question: str | None) -> _Judged:
        suggestions = self._suggestions(one.rules, {})
        themes = [suggestion.theme for suggestion in suggestions]
        span = one.doc if isinstance(one.doc, DocSpan) else one.doc[:]
        return _Judged(suggestions, self._reader.feeling.of(span, question=question, themes=themes))

    def _suggestions(self, votes: Mapping[str, Vote], least: Mapping[str, float]) -> tuple[Suggestion, ...]:
        """The themes above their thresholds, best first; those of ``least`` are learnt, the others the taxonomy's."""
        known = self.taxonomy.themes
        return _best_first(
            [
                Suggestion(code, vote.score, vote.evidence)
                for code, vote in votes.items()
                if code in known and known[code].retired is None and vote.score >= least.get(code, known[code].threshold)
            ]
        )

    def _sure(self, doc: Doc, themes: Sequence[Suggestion], polarity: Polarity, risk: Risk) -> str | None:
        """The theme safe to say back. Never where the text denies one, praises and blames at once, or tells of danger."""
        if not themes or polarity is Polarity.MIXED or risk.level >= RiskLevel.CONCERN or self._denials.find(doc):
            return None
        return _plainly(themes)

    def _both_sure(self, doc: Doc, found: Sequence[Passage], risk: Risk) -> tuple[str, ...]:
        """The themes of two passages, where each is plainly about one thing and not about the same; never where danger is
        told or a theme denied.
        """
        if len(found) != len(("one", "other")) or risk.level >= RiskLevel.CONCERN or self._denials.find(doc):
            return ()
        sure = tuple(dict.fromkeys(theme for passage in found if (theme := _plainly(passage.suggestions))))
        return sure if len(sure) == len(found) else ()


def _felt(one: Read, learnt: Polarity) -> Polarity:
    """What the words plainly say goes before what was learnt; but a wish, or an answer to what would be better, is a wish."""
    if Polarity.SUGGESTION in (learnt, one.leaning):
        return learnt
    return plainly(one.doc[:], one.strengths) or learnt


def _plainly(suggestions: Sequence[Suggestion]) -> str | None:
    """The theme that stands out among these, best first."""
    next_score = suggestions[1].score if len(suggestions) > 1 else 0.0
    stands_out = bool(suggestions) and suggestions[0].score >= SURE_FROM and suggestions[0].score - next_score >= SURE_BY
    return suggestions[0].theme if stands_out else None


def _passages(one: _Listening) -> tuple[Passage, ...]:
    redacted = one.masked.redacted
    if not one.parts:
        return _one_passage(redacted, one.whole)
    return tuple(
        Passage(span.start_char, span.end_char, redacted[span.start_char : span.end_char], part.feeling, part.suggestions)
        for span, part in zip(one.spans, one.parts, strict=True)
    )


def _themes(found: Sequence[Passage]) -> tuple[Suggestion, ...]:
    """The themes of a message are those of its passages: the best score, and the evidence of all, in the whole text."""
    scores: dict[str, float] = {}
    evidence: defaultdict[str, list[Span]] = defaultdict(list)
    for passage in found:
        for suggestion in passage.suggestions:
            scores[suggestion.theme] = max(suggestion.score, scores.get(suggestion.theme, 0.0))
            evidence[suggestion.theme] += [(passage.start + start, passage.start + end) for start, end in suggestion.evidence]
    return _best_first([Suggestion(code, score, tuple(evidence[code])) for code, score in scores.items()])


def _best_first(found: Sequence[Suggestion]) -> tuple[Suggestion, ...]:
    return tuple(sorted(found, key=lambda suggestion: (-suggestion.score, suggestion.theme)))


def _one_passage(redacted: str, judged: _Judged) -> tuple[Passage, ...]:
    return (Passage(0, len(redacted), redacted, judged.feeling, judged.suggestions),) if redacted.strip() else ()
