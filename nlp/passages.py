"""Cuts a message where it plainly turns to another thing.

It may turn at the end of a sentence, a line or an item of a list, and at "but" or "however". It is cut there only when
both sides carry a theme of their own and share none, so that no theme is lost and no thought is torn: where in doubt a
message stays whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from spacy.tokens import Doc, Span

_ENDS = frozenset({".", "!", "?", "!!", "??", "...", "\N{HORIZONTAL ELLIPSIS}"})
_TURNS = frozenset({"but", "however", "although", "whereas", "secondly", "thirdly", "lastly", "also"})
_SHORTEST = 3
"""Words a side needs to be a passage."""
_MOST = 12
"""Passages of one message; a longer one is cut no further."""


def cut(doc: Doc, judge: Callable[[Doc], set[str]]) -> list[Span]:
    """The passages, in order, without the white space around them; ``judge`` gives the codes of the themes of a stretch."""
    pieces = [piece for piece in _pieces(doc) if any(token.is_alpha for token in piece)][: _MOST * 3]
    if len(pieces) < 2:  # noqa: PLR2004 - one piece cannot be cut
        return _trimmed([doc[:]])
    themes = [judge(piece.as_doc()) for piece in pieces]
    groups: list[tuple[int, int, set[str]]] = []
    for place, own in enumerate(themes):
        if groups and (not own or not groups[-1][2] or own & groups[-1][2] or len(groups) == _MOST):
            first, _, together = groups[-1]
            groups[-1] = (first, place, together | own)
        else:
            groups.append((place, place, own))
    whole = judge(doc)
    if len(groups) < 2 or not whole <= set().union(*themes):  # noqa: PLR2004
        return _trimmed([doc[:]])
    starts = [0, *(pieces[first].start for first, _, _ in groups[1:]), len(doc)]
    return _trimmed([doc[start:end] for start, end in pairwise(starts)])


def _pieces(doc: Doc) -> Iterator[Span]:
    start = 0
    for place in range(1, len(doc)):
        if place - start >= _SHORTEST and len(doc) - place >= _SHORTEST and _turns(doc, place):
            yield doc[start:place]
            start = place
    if start < len(doc):
        yield doc[start:]


def _turns(doc: Doc, place: int) -> bool:
    before, token = doc[place - 1], doc[place]
    if before.is_space:
        return "\n" in before.text or (place > 1 and doc[place - 2].text in _ENDS)
    return before.text in _ENDS or token.lower_ in _TURNS


def _trimmed(spans: Sequence[Span]) -> list[Span]:
    trimmed = []
    for span in spans:
        start, end = span.start, span.end
        while start < end and span.doc[start].is_space:
            start += 1
        while end > start and span.doc[end - 1].is_space:
            end -= 1
        if start < end:
            trimmed.append(span.doc[start:end])
    return trimmed
