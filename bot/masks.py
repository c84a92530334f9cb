"""More is masked in a text that is masked already: what it then says, and where everything else in it stands. Pure.

What was hidden stays hidden: a mask is put on or made wider, and never taken off.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter

from bot.details import Found
from bot.folding import fold
from bot.model import Span
from bot.redaction import Redactor, joined, redactor

SHORTEST, LONGEST = 2, 80
"""Characters of a word or phrase that somebody has hidden."""
NAME = "name"
"""The kind of what a person of the team hides."""

Find = Callable[[str], Sequence[Found]]
"""What is to be masked in a text that is masked already, as (start, end, kind)."""

_LEAST_FOR_S = 3


@dataclass(frozen=True, slots=True)
class Remasked:
    """``cuts``, in order: a stretch of the text before, and its placeholder in ``text``, as (start, end, start, end)."""

    text: str
    cuts: tuple[tuple[int, int, int, int], ...] = ()

    def span(self, start: int, end: int) -> Span:
        """Where a stretch of the text before stands now; what is cut through goes with its whole placeholder."""
        return self._moved(start, at_end=False), self._moved(end, at_end=True)

    def left(self, spans: Iterable[Span]) -> tuple[Span, ...]:
        """Where those of the stretches stand now that are not touched by a new mask."""
        places = [(first, last) for first, last, _, _ in self.cuts]
        return tuple(self.span(*span) for span in spans if not _touched(span, places))

    def _moved(self, at: int, *, at_end: bool) -> int:
        before = bisect_left(self.cuts, at, key=itemgetter(0))  # that many begin before it
        if not before:
            return at
        _, last, new_first, new_last = self.cuts[before - 1]
        if at < last:
            return new_last if at_end else new_first
        return at + new_last - last


def mask_more(text: str, found: Iterable[Found], rules: Redactor | None = None) -> Remasked:
    """A placeholder that is touched goes whole; what lies within one is masked already. ``rules`` None: those of
    ``bot/content``.
    """
    rules = rules or redactor()
    cuts: list[tuple[int, int, int, int]] = []
    pieces: list[str] = []
    at = length = 0
    for start, end, kind in joined(_outside(found, rules.placeholders(text))):
        shown = rules.placeholder(kind)
        pieces += [text[at:start], shown]
        length += start - at
        cuts.append((start, end, length, length + len(shown)))
        length += len(shown)
        at = end
    return Remasked("".join([*pieces, text[at:]]), tuple(cuts))


def places_of(words: str, text: str) -> tuple[Span, ...]:
    """Where a word or phrase stands in a text as whole words, however its letters are written; with an s at its end too."""
    parts = [re.escape(part) for part in fold(words).text.split()]
    if not parts:
        return ()
    phrase = r"\s+".join(parts) + ("s?" if len(parts[-1]) >= _LEAST_FOR_S else "")
    folded = fold(text)
    found = re.finditer(rf"(?<![^\W_]){phrase}(?![^\W_])", folded.text)
    return tuple(folded.span(*match.span()) for match in found)


def hiding(*words: str) -> Find:
    """Finds these words, as the name of a person."""
    return lambda text: [(start, end, NAME) for each in words for start, end in places_of(each, text)]


def onto(masks: Iterable[Found], original: str, shown: str, rules: Redactor | None = None) -> list[Found] | None:
    """Masks of a text as it came, as masks of its masked copy. None: the copy is not one of this text.

    Each stretch of the copy between two placeholders is looked for from the left: whichever way several placeholders can be
    laid over the text, the copy shows the same letters. A placeholder that somebody wrote themselves is one stretch; only a
    copy that another redactor made may have cut it.
    """
    rules = rules or redactor()
    placeholders = rules.placeholders(shown)
    laid = _laid(original, shown, placeholders, rules.placeholders(original)) or _laid(original, shown, placeholders, ())
    if laid is None:
        return None
    found = []
    for start, end, kind in masks:
        first, last = (laid[bisect_right(laid, at, key=attrgetter("starts")) - 1] for at in (start, end - 1))
        shown_from = first.shown_from + (0 if first.is_masked else start - first.starts)
        shown_to = last.shown_to if last.is_masked else last.shown_from + end - last.starts
        found.append((shown_from, shown_to, kind))
    return found


def back(start: int, end: int, original: str, shown: str, rules: Redactor | None = None) -> Span | None:
    """A stretch of a masked copy, as one of the text as it came; a placeholder that is touched stands for all it hides.
    None: the copy is not one of this text.
    """
    rules = rules or redactor()
    placeholders = rules.placeholders(shown)
    laid = _laid(original, shown, placeholders, rules.placeholders(original)) or _laid(original, shown, placeholders, ())
    if laid is None or start >= end:
        return None
    places = [bisect_right(laid, at, key=attrgetter("shown_from")) - 1 for at in (start, end - 1)]
    first, last = (laid[place] for place in places)
    after = laid[places[1] + 1].starts if places[1] + 1 < len(laid) else len(original)
    return (
        first.starts + (0 if first.is_masked else start - first.shown_from),
        after if last.is_masked else last.starts + end - last.shown_from,
    )


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A stretch of the text as it came begins at ``starts``; what the copy shows of it, as it stands or as a placeholder."""

    starts: int
    shown_from: int
    shown_to: int
    is_masked: bool


def _laid(original: str, shown: str, placeholders: Sequence[Span], whole: Sequence[Span]) -> list[_Stretch] | None:
    laid: list[_Stretch] = []
    at = copied = 0
    for start, end in [*placeholders, (len(shown), len(shown))]:
        piece = shown[copied:start]
        found = _place(piece, original, at, whole, is_first=not laid, is_last=start == len(shown))
        if found is None:
            return None
        at = found + len(piece)
        laid.append(_Stretch(found, copied, start, is_masked=False))
        laid.append(_Stretch(at, start, end, is_masked=True))
        copied = end
    return laid if at == len(original) else None


def _place(piece: str, original: str, at: int, whole: Sequence[Span], *, is_first: bool, is_last: bool) -> int | None:
    """At least one letter stands behind each placeholder, and what is ``whole`` is not cut through."""
    if is_first:
        return 0 if original.startswith(piece) else None
    if is_last:
        place = len(original) - len(piece)
        return place if place > at and original.endswith(piece) else None
    place = original.find(piece, at + 1)
    while place >= 0 and (cut := _touched((place, place + len(piece)), whole)):
        place = original.find(piece, cut[-1][1])
    return place if place >= 0 else None


def _outside(found: Iterable[Found], placeholders: Sequence[Span]) -> Iterator[Found]:
    for start, end, kind in found:
        touched = _touched((start, end), placeholders)
        if not touched:
            yield start, end, kind
        elif start < touched[0][0] or end > touched[-1][1] or len(touched) > 1:
            yield min(start, touched[0][0]), max(end, touched[-1][1]), kind


def _touched(span: Span, places: Sequence[Span]) -> Sequence[Span]:
    """Those of the places, in order and apart, that a stretch touches."""
    start, end = span
    return places[bisect_right(places, start, key=itemgetter(1)) : bisect_left(places, end, key=itemgetter(0))]
