"""The spaCy pipeline of the listener: blank English, and our parts of it, registered as factories.

    earshot_spelling   token.lemma_ becomes the word's spelling key
    earshot_themes     doc._.votes: the rules' vote on each theme; doc.spans["themes"]: the words that say so

Everything is made from code and the taxonomy's file; there is no model to load and nothing to download.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup
from spacy.util import compile_infix_regex

from bot.themes import CONTENT, Taxonomy
from nlp import polarity
from nlp.spelling import Spelling
from nlp.themes import RuleTagger

SPELLING = "earshot_spelling"
THEMES = "earshot_themes"
_UNITS = r"(?:yrs?|years?|wks?|weeks?|mths?|mnths?|months?|hrs?|hours?|mins?|minutes?|days?|nights?|grand|k|yo)\b"
_MORE_INFIXES = (
    rf"(?<=[0-9])(?={_UNITS})",
    r"(?<=\byr)(?=[0-9])|(?<=\byear)(?=[0-9])|(?<=\bweek)(?=[0-9])",
    r"(?<=[^\W\d_])/(?=[^\W\d_])",
    r"(?<=[0-9])-(?=[^\W\d_])|(?<=[^\W\d_])-(?=[0-9])",
    r"(?<=[^\W\d_])[.,!?]{1,4}(?=[^\W\d_]{2})",
)
_WORD = re.compile(r"[a-z]{4,}")

Doc.set_extension("votes", default=None, force=True)


def blank() -> Language:
    """English tokens, phone spellings taken apart: ``3yrs``, ``yr6``, ``and/or``, ``late...again``."""
    nlp = spacy.blank("en")
    infixes = [*(nlp.Defaults.infixes or ()), *_MORE_INFIXES]
    tokenizer: Any = nlp.tokenizer  # spaCy's stubs do not know its compiled class
    tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
    return nlp


def build(taxonomy: Path = CONTENT) -> Language:
    """The whole pipeline, its themes from this file. Raises ``BadContent``."""
    nlp = blank()
    nlp.add_pipe(SPELLING, config={"taxonomy": str(taxonomy)})
    nlp.add_pipe(THEMES, config={"taxonomy": str(taxonomy)})
    return nlp


class SpellingPipe:
    """Gives every token its spelling key, as its lemma."""

    def __init__(self, spelling: Spelling) -> None:
        self.spelling = spelling

    def __call__(self, doc: Doc) -> Doc:
        for token in doc:
            token.lemma_ = self.spelling.key(token.norm_)
        return doc


class ThemesPipe:
    """Leaves the votes of the rules on the doc, with their evidence as spans labelled by theme."""

    def __init__(self, tagger: RuleTagger) -> None:
        self.tagger = tagger

    def __call__(self, doc: Doc) -> Doc:
        votes = self.tagger.votes(doc)
        doc._.votes = votes
        spans = [
            Span(doc, span.start, span.end, label=code)
            for code, vote in votes.items()
            for start, end in vote.evidence
            if (span := doc.char_span(start, end)) is not None
        ]
        doc.spans["themes"] = SpanGroup(doc, name="themes", spans=spans)
        return doc


def vocabulary(taxonomy: Taxonomy) -> set[str]:
    """Every word the cues and their lists use: what misspelt words are drawn to."""
    lines = [cue.says for theme in taxonomy.living() for cue in theme.cues]
    lists = [item for items in taxonomy.words.values() for item in items]
    return {word for line in (*lines, *lists) for word in _WORD.findall(line.lower())}


def spelling_of(nlp: Language) -> Spelling:
    """The spelling the pipeline was built with."""
    pipe = nlp.get_pipe(SPELLING)
    if not isinstance(pipe, SpellingPipe):
        raise TypeError(f"{SPELLING} is not ours.")
    return pipe.spelling


def rules_of(nlp: Language) -> RuleTagger:
    """The tagger the pipeline was built with."""
    pipe = nlp.get_pipe(THEMES)
    if not isinstance(pipe, ThemesPipe):
        raise TypeError(f"{THEMES} is not ours.")
    return pipe.tagger


@Language.factory(SPELLING, assigns=["token.lemma"], default_config={"taxonomy": str(CONTENT)})
def _make_spelling(nlp: Language, name: str, taxonomy: str) -> SpellingPipe:
    del nlp, name
    return SpellingPipe(Spelling(vocabulary(Taxonomy.load(Path(taxonomy))) | polarity.words_of()))


@Language.factory(THEMES, requires=["token.lemma"], default_config={"taxonomy": str(CONTENT)})
def _make_themes(nlp: Language, name: str, taxonomy: str) -> ThemesPipe:
    del name
    return ThemesPipe(RuleTagger(nlp, spelling_of(nlp), Taxonomy.load(Path(taxonomy))))
