"""Which service or setting the words are about, as staff would call it."""

from __future__ import annotations

from pathlib import Path

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from bot import toml
from nlp.cues import tokens
from nlp.places import CONTENT
from nlp.spelling import Spelling

_PLAIN = frozenset({"school"})
"""What says least: it counts only where nothing nearer is named."""


class Services:
    """The services of ``places.toml``."""

    def __init__(self, nlp: Language, spelling: Spelling, path: Path = CONTENT) -> None:
        self._matcher = PhraseMatcher(nlp.vocab, attr="LEMMA")
        for name, phrases in toml.read(path)["services"].items():
            for phrase in phrases:
                keys = [key for key in tokens(nlp, spelling, phrase) if key != "-"]
                self._matcher.add(name, [Doc(nlp.vocab, words=keys, lemmas=keys)])
                if "-" in phrase:
                    hyphened = tokens(nlp, spelling, phrase)
                    self._matcher.add(name, [Doc(nlp.vocab, words=hyphened, lemmas=hyphened)])

    def find(self, doc: Doc) -> str | None:
        """The first service named, "school" only if there is no other; of two in one place the longer."""
        spans = sorted(self._matcher(doc, as_spans=True), key=lambda span: (span.start, -span.end))
        if not spans:
            return None
        return min(spans, key=lambda span: (span.label_ in _PLAIN, span.start, -span.end)).label_
