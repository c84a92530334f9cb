"""Listens to one text: what is masked in it, what it is about, how it is meant, where, and of what age.

Danger and personal data are looked for first, in the text as it came. Everything after that sees the masked text only,
and every offset but theirs counts code points of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from spacy.tokens import Doc
from spacy.tokens import Span as DocSpan

from bot.model import Heard, Passage, Polarity, Redaction, Risk, RiskLevel, Span, Suggestion
from bot.redaction import redact
from bot.safety import check
from bot.speakers import Speakers
from bot.themes import CONTENT, Taxonomy
from nlp import passages
from nlp.ages import Ages
from nlp.language import DetectedLanguage, LanguageEar
from nlp.pipeline import build, rules_of, spelling_of
from nlp.places import Places
from nlp.polarity import Feeling
from nlp.services import Services
from nlp.themes import Denials, Tagger, Vote, average

SURE_FROM = 0.85
"""The score from which a theme may be said back to the person."""
SURE_BY = 0.3
"""How far it must lead the next theme."""
_LONGEST = 20_000
"""Code points listened to; a longer text is kept whole and masked whole, its themes come from this much."""
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")
"""A lone surrogate cannot be encoded, and spaCy encodes; one stands for one, so that offsets hold."""
_RUN = re.compile(r"\S{80,}")
_SIGN = re.compile(r"\W")
_MASK = re.compile(r"\[[^\[\]\n]{1,40}\]")


class SpacyListener:
    """The listener of ``bot.ports``. Building it reads every file it needs; one serves all threads of a worker.

    ``voters`` are further taggers with their weights; the rules vote with the weight 1.
    """

    def __init__(self, path: Path = CONTENT, *, voters: Sequence[tuple[Tagger, float]] = ()) -> None:
        self.taxonomy = Taxonomy.load(path)
        self._nlp = build(path)
        spelling = spelling_of(self._nlp)
        self._rules = rules_of(self._nlp)
        self._voters = tuple(voters)
        self._denials = Denials(self._nlp, spelling, self.taxonomy)
        self._feeling = Feeling(self._nlp, spelling)
        self._places = Places(self._nlp)
        self._services = Services(self._nlp, spelling)
        self._ages = Ages()
        self._ear = LanguageEar()
        self._speakers = Speakers.load()

    @property
    def tagger(self) -> str:
        """Who tags, as it is kept with each suggestion: ``rules 1.0``, joined by ``+`` when several vote."""
        taggers: list[Tagger] = [self._rules, *(tagger for tagger, _ in self._voters)]
        return " + ".join(f"{tagger.name} {tagger.version}" for tagger in taggers)

    def hear(self, text: str, *, question: str | None = None) -> Heard:
        """What is in a text. Never raises. ``question`` is the key of the question it answers."""
        risk = check(text)
        redacted, redactions = redact(text)
        language = self._ear.detect(text)
        if not language.is_english:
            return self._untranslated(redacted, redactions, language, risk)
        return self._listened(redacted, redactions, language, risk, question=question)

    def _untranslated(self, redacted: str, redactions: tuple[Redaction, ...], language: DetectedLanguage, risk: Risk) -> Heard:
        """Words the tagger does not know get no guessed theme; a town is a town in every language."""
        doc = self._nlp.make_doc(_readable(redacted, redactions))
        return Heard(
            redacted=redacted,
            redactions=redactions,
            locale=language.locale,
            locale_score=language.score,
            passages=_one_passage(redacted, Polarity.NONE),
            risk=risk,
            place=self._places.find(doc),
            needs_translation=True,
        )

    def _listened(
        self,
        redacted: str,
        redactions: tuple[Redaction, ...],
        language: DetectedLanguage,
        risk: Risk,
        *,
        question: str | None,
    ) -> Heard:
        doc = self._nlp(_readable(redacted, redactions))
        found = self._passages(doc, redacted, question=question)
        themes = _themes(found)
        polarity = self._feeling_of(doc[:], themes, question)
        return Heard(
            redacted=redacted,
            redactions=redactions,
            locale=language.locale,
            locale_score=language.score,
            themes=themes,
            theme_is_sure=self._sure(doc, themes, polarity, risk),
            both_are_sure=self._both_sure(doc, found, risk),
            polarity=polarity,
            passages=found,
            risk=risk,
            place=self._places.find(doc),
            service=self._services.find(doc),
            age_band=self._ages.band(doc.text),
            speaker=self._speakers.recognise(redacted[:_LONGEST], language.locale),
        )

    def _votes(self, span: DocSpan) -> Mapping[str, Vote]:
        """The votes of all taggers; the pipeline has left those of the rules on a whole text, not on a stretch of one."""
        whole = len(span) == len(span.doc) and span.doc._.votes is not None
        rules: Mapping[str, Vote] = span.doc._.votes if whole else self._rules.votes(span)
        if not self._voters:
            return rules
        doc = span.as_doc()
        return average([(rules, 1.0), *((tagger.votes(doc), weight) for tagger, weight in self._voters)])

    def _suggestions(self, span: DocSpan) -> tuple[Suggestion, ...]:
        """The themes above their thresholds, best first."""
        found = [
            Suggestion(code, vote.score, vote.evidence)
            for code, vote in self._votes(span).items()
            if code in self.taxonomy.themes and vote.score >= self.taxonomy.themes[code].threshold
        ]
        return _best_first(found)

    def _passages(self, doc: Doc, redacted: str, *, question: str | None) -> tuple[Passage, ...]:
        spans = passages.cut(doc, lambda piece: {suggestion.theme for suggestion in self._suggestions(piece)})
        if len(spans) < 2:  # noqa: PLR2004 - one passage is the whole
            suggestions = self._suggestions(doc[:])
            return _one_passage(redacted, self._feeling_of(doc[:], suggestions, question), suggestions)
        found = []
        for span in spans:
            start, end = span.start_char, span.end_char
            suggestions = self._suggestions(span)
            feeling = self._feeling_of(span, suggestions, question)
            found.append(Passage(start, end, redacted[start:end], feeling, suggestions))
        return tuple(found)

    def _feeling_of(self, span: DocSpan, suggestions: Sequence[Suggestion], question: str | None) -> Polarity:
        return self._feeling.of(span, question=question, themes=[suggestion.theme for suggestion in suggestions])

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


def _plainly(suggestions: Sequence[Suggestion]) -> str | None:
    """The theme that stands out among these, best first."""
    next_score = suggestions[1].score if len(suggestions) > 1 else 0.0
    stands_out = bool(suggestions) and suggestions[0].score >= SURE_FROM and suggestions[0].score - next_score >= SURE_BY
    return suggestions[0].theme if stands_out else None


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


def _one_passage(redacted: str, polarity: Polarity, suggestions: tuple[Suggestion, ...] = ()) -> tuple[Passage, ...]:
    return (Passage(0, len(redacted), redacted, polarity, suggestions),) if redacted.strip() else ()


def _readable(redacted: str, redactions: Sequence[Redaction]) -> str:
    """What the pipeline reads: as long as the redacted text or cut short, with masks no word of which is a cue.

    Signs in a run of 80 and more without a space become spaces: spaCy's tokenizer needs 30 s for 20,000 brackets.
    """
    text = _RUN.sub(lambda match: _SIGN.sub(" ", match[0]), redacted[:_LONGEST].translate(_SURROGATES))
    return _MASK.sub(lambda match: "\N{FULL BLOCK}" * len(match[0]), text) if redactions else text
