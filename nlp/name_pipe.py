"""The finder of names as a part of a spaCy pipeline, registered as a factory.

    earshot_names      doc.spans["names"]: names, labelled by whose they are; doc.spans["doubtful"]: words that might be names

The listener masks names before its pipeline reads a text and needs no such part; other pipelines can have it.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc, SpanGroup

from nlp.names import NameFinder, finder

NAMES = "earshot_names"


class NamesPipe:
    """Leaves ``doc.spans["names"]``, labelled by kind, and ``doc.spans["doubtful"]``."""

    def __init__(self, finder: NameFinder) -> None:
        self.finder = finder

    def __call__(self, doc: Doc) -> Doc:
        found = self.finder.find(doc.text)
        named = [doc.char_span(start, end, label=kind, alignment_mode="expand") for start, end, kind in found.names]
        doubtful = [doc.char_span(start, end, label="doubtful", alignment_mode="expand") for start, end in found.doubtful]
        doc.spans["names"] = SpanGroup(doc, name="names", spans=[span for span in named if span is not None])
        doc.spans["doubtful"] = SpanGroup(doc, name="doubtful", spans=[span for span in doubtful if span is not None])
        return doc


@Language.factory(NAMES)
def _make_names(nlp: Language, name: str) -> NamesPipe:
    del nlp, name
    return NamesPipe(finder())
