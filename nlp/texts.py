"""One text as plain lists, made once a text: spaCy's tokens are slow to ask one by one, and many ask."""

from __future__ import annotations

from typing import Any

from spacy.tokens import Doc, Span

SENTENCE_ENDS = frozenset({".", "!", "?", "\n"})
"""How a token begins that ends a sentence."""
_JOINTS = frozenset({"-", "/", "\N{EN DASH}", "'s", "\N{RIGHT SINGLE QUOTATION MARK}s"})
_KEPT_AS = "earshot_text"


class Text:
    """What the finders of cues need of each token, by its place. Keeps nothing of the doc it was made from.

    ``found`` is for the finders themselves: what one has found in the whole text serves every stretch of it.
    """

    __slots__ = ("ends", "found", "joints", "keys", "lowers", "numbers", "sentence_ends", "starts", "words")

    def __init__(self, doc: Doc) -> None:
        tokens = list(doc)
        self.words: list[str] = [token.text for token in tokens]
        self.lowers: list[str] = [token.lower_ for token in tokens]
        self.keys: list[str] = [token.lemma_ for token in tokens]
        self.starts: list[int] = [token.idx for token in tokens]
        self.ends: list[int] = [start + len(word) for start, word in zip(self.starts, self.words, strict=True)]
        self.numbers = {place for place, token in enumerate(tokens) if token.like_num}
        self.sentence_ends = {place for place, word in enumerate(self.words) if word[:1] in SENTENCE_ENDS}
        self.joints = {place for place, word in enumerate(self.words) if word in _JOINTS}
        """Tokens that may stand between two words of a line."""
        self.found: dict[object, Any] = {}


def text_of(doc: Doc) -> Text:
    """The lists of a doc; spelling keys must stand in ``Token.lemma_`` by now."""
    kept: dict[str, Any] = doc.user_data
    text = kept.get(_KEPT_AS)
    if not isinstance(text, Text):
        text = kept[_KEPT_AS] = Text(doc)
    return text


def whole_of(stretch: Doc | Span) -> Span:
    """A text as the stretch that is all of it."""
    return stretch if isinstance(stretch, Span) else stretch[:]
