"""Cuts a message where it plainly turns to another thing.

It may turn at the end of a sentence, a line or an item of a list, and at "but" or "however". It is cut there only when
both sides carry a theme of their own and share none, so that no theme is lost and no thought is torn: where in doubt a
message stays whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from spacy.tokens import Doc, Span

from nlp.texts import Text, text_of

_ENDS = frozenset({".", "!", "?", "!!", "??", "...", "\N{HORIZONTAL ELLIPSIS}"})
_TURNS = frozenset({"but", "however", "although", "whereas", "secondly", "thirdly", "lastly", "also"})
_SHORTEST = 3
"""Words a side needs to be a passage."""
_MOST = 12
"""Passages of one message; a longer one is cut no further."""


def cut(doc: Doc, judge: Callable[[Sequence[Span]], Sequence[set[str]]]) -> list[Span]:
    """The passages, in order, without the white space around them; ``judge`` gives the codes of the themes of stretches, of
    which the first is the whole.
    """
    words = text_of(doc).words
    pieces = [piece for piece in _pieces(doc) if any(word.isalpha() for word in words[piece.start : piece.end])][: _MOST * 3]
    if len(pieces) < 2:  # noqa: PLR2004 - one piece cannot be cut
        return _trimmed([doc[:]])
    of_whole, *themes = judge([doc[:], *pieces])
    groups: list[tuple[int, int, set[str]]] = []
    for place, own in enumerate(themes):
        if groups and (not own or not groups[-1][2] or own & groups[-1][2] or len(groups) == _MOST):
            first, _, together = groups[-1]
            groups[-1] = (first, place, together | own)
        else:
            groups.append((place, place, own))
    if len(groups) < 2 or not of_whole <= set().union(*themes):  # noqa: PLR2004
        return _trimmed([doc[:]])
    starts = [0, *(pieces[first].start for first, _, _ in groups[1:]), len(doc)]
    return _trimmed([doc[start:end] for start, end in pairwise(starts)])


def _pieces(doc: Doc) -> Iterator[Span]:
    start, text = 0, text_of(doc)
    for place in range(1, len(doc)):
        if place - start >= _SHORTEST and len(doc) - place >= _SHORTEST and _turns(text, place):
            yield doc[start:place]
            start = place
    if start < len(doc):
        yield doc[start:]


def _turns(text: Text, place: int) -> bool:
    before = text.words[place - 1]
    if before.isspace():
        return "\n" in before or (place > 1 and text.words[place - 2] in _ENDS)
    return before in _ENDS or text.lowers[place] in _TURNS


def _trimmed(spans: Sequence[Span]) -> list[Span]:
    trimmed = []
    for span in spans:
        start, end, words = span.start, span.end, text_of(span.doc).words
        while start < end and words[start].isspace():
            start += 1
        while end > start and words[end - 1].isspace():
            end -= 1
        if start < end:
            trimmed.append(span.doc[start:end])
    return trimmed
