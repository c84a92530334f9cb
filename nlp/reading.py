"""A text as the taggers read it: its words with their spelling keys, what the rules say, and what the feeling's lexicon hears.

Tagging and training read by the same reader, so that what is learnt is what is met.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from spacy.tokens import Doc, Span

from bot.heard import Polarity, Redaction
from bot.themes import CONTENT, Taxonomy
from nlp.name_masking import masker
from nlp.pipeline import SpellingPipe, build, rules_of, spelling_of
from nlp.polarity import Feeling, Strengths
from nlp.themes import Vote

LONGEST = 20_000
"""Code points listened to; a longer text is kept whole and masked whole, its themes come from this much."""
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")
"""A lone surrogate cannot be encoded, and spaCy encodes; one stands for one, so that offsets hold."""
_RUN = re.compile(r"\S{80,}")
_SIGN = re.compile(r"\W")
_MASK = re.compile(r"\[[^\[\]\n]{1,40}\]")


@dataclass(frozen=True, slots=True)
class Read:
    """One text, or one stretch of it. ``leaning`` is what the question it answers leans to: good, bad or suggestion."""

    doc: Doc | Span
    rules: Mapping[str, Vote]
    strengths: Strengths
    leaning: Polarity | None
    themes: Sequence[str] = field(default=())

    @property
    def text(self) -> str:
        return self.doc.text

    def rule_scores(self, count: int) -> list[float]:
        """The rules' score of each of the reader's themes; zeros for a label set the rules do not know."""
        if len(self.themes) != count:
            return [0.0] * count
        return [self.rules[theme].score if theme in self.rules else 0.0 for theme in self.themes]


class Reader:
    """Reads every file it needs when built; one for all threads. ``themes`` are those to learn, in the order of the heads."""

    def __init__(self, path: Path = CONTENT, *, themes: Sequence[str] | None = None) -> None:
        self.taxonomy = Taxonomy.load(path)
        self.nlp = build(path)
        self.spelling = spelling_of(self.nlp)
        self._spelling = SpellingPipe(self.spelling)
        self.rules = rules_of(self.nlp)
        self.masker = masker()
        self.feeling = Feeling(self.nlp, self.spelling)
        self.themes = tuple(themes) if themes is not None else tuple(theme.code for theme in self.taxonomy.living())

    def read(self, text: str, *, question: str | None = None) -> Read:
        """A text as it came."""
        masked = self.masker.redact(text)
        return self.stretch(self.nlp(readable(masked.redacted, masked.redactions)), question=question)

    def stretch(self, stretch: Doc | Span, *, question: str | None = None) -> Read:
        """A text the pipeline has read, or a stretch of one as if it stood alone."""
        span = stretch if isinstance(stretch, Span) else stretch[:]
        return Read(stretch, self.votes(span), self.feeling.strengths(span), self.feeling.asked(question), self.themes)

    def votes(self, span: Span) -> Mapping[str, Vote]:
        """What the rules say of a stretch, without its feeling."""
        return self.rules.votes(span)

    def spelt(self, doc: Doc) -> Doc:
        """A text with its spelling keys; what the pipeline also leaves on it for others is not made."""
        return self._spelling(doc)


def readable(redacted: str, redactions: Sequence[Redaction]) -> str:
    """What the pipeline reads: as long as the redacted text or cut short, with masks no word of which is a cue.

    Signs in a run of 80 and more without a space become spaces: spaCy's tokenizer needs 30 s for 20,000 brackets.
    """
    text = _RUN.sub(lambda match: _SIGN.sub(" ", match[0]), redacted[:LONGEST].translate(_SURROGATES))
    return _MASK.sub(lambda match: "\N{FULL BLOCK}" * len(match[0]), text) if redactions else text
