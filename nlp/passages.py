"""Cuts a message where it plainly turns to another thing.

It may turn at the end of a sentence, a line or an item of a list, and at "but" or "however". It is cut there only when
both sides carry a theme of their own and share none, so that no theme is lost and no thought is torn: where in doubt a
message stays whole. A terse one is cut where plain praise turns to plain blame, too, and then at a comma as well: "School
great, EHCP awful" is two findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from spacy.tokens import Doc, Span

from bot.heard import Polarity
from nlp.texts import Text, text_of

Judge = Callable[[Sequence[Span]], Sequence[set[str]]]
Side = Callable[[Span], Polarity | None]

_ENDS = frozenset({".", "!", "?", "!!", "??", "...", "\N{HORIZONTAL ELLIPSIS}"})
_TURNS = frozenset({"but", "however", "although", "whereas", "secondly", "thirdly", "lastly", "also"})
_STOPS = frozenset({",", ";", ":"})
_POINTERS = frozenset({"the", "his", "her", "their", "our", "my", "your", "this", "that", "these", "those"})
_BOTH = {Polarity.GOOD, Polarity.BAD}
_SHORTEST = 3
"""Words a side needs to be a passage."""
_TERSE = 12
"""Words of a message that is cut where its feeling turns: in a longer one praise and blame of one thing are common."""
_MOST = 12
"""Passages of one message; a longer one is cut no further."""


def cut(doc: Doc, judge: Judge, side: Side) -> list[Span]:
    """The passages, in order, without the white space around them; ``judge`` gives the codes of the themes of stretches, of
    which the first is the whole, and ``side`` plain praise or plain blame.
    """
    turned = _by_feeling(doc, judge, side)
    if turned:
        return _trimmed(turned)
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


def _by_feeling(doc: Doc, judge: Judge, side: Side) -> list[Span]:
    """The two halves of a terse message of which one plainly praises one thing and the other plainly blames another; empty for
    any other message.
    """
    text = text_of(doc)
    if sum(word.isalpha() for word in text.words) > _TERSE:
        return []
    for place in range(1, len(doc)):
        halves = [doc[:place], doc[place:]]
        if not (text.words[place - 1] in _STOPS or _turns(text, place)) or not _names_a_thing(text, halves[1]):
            continue
        if {side(half) for half in halves} == _BOTH:
            _, first, second = judge([doc[:], *halves])
            return [] if first & second else halves
    return []


def _names_a_thing(text: Text, half: Span) -> bool:
    """Of its own: "but always late" goes on about what came before."""
    words = text.words[half.start : half.end]
    return any(word.lower() in _POINTERS or (word.isupper() and len(word) > 1) for word in words)


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
