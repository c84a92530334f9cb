"""Makes a parent's words ready for a page: cut where evidence begins and ends, safe, with what was taken out set apart."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from bot.model import Span

_NONCHARACTERS = "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
_UNREADABLE = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_NONCHARACTERS}]")

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]"
)
"""Marks of direction, spaces of no width, and what else takes no place."""
_LOOSE_JOINER = re.compile(r"(?<![^\x00-\u024f\s])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\u024f\s])")
"""A joiner that does not stand between letters or signs of a script that is written with them: Latin is not."""

_WORD = re.compile(r"(\w+)")
_TAKEN_OUT = re.compile(r"\[([\w ]{2,30} removed)\]")
"""What redaction leaves in the place of a detail: ``[phone removed]``."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text. ``numbers``: whose evidence it is; ``ends``: the numbers to be written after it."""

    text: str
    numbers: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()


def pieces(text: str, evidence: Mapping[int, Sequence[Span]]) -> tuple[Piece, ...]:
    """The whole text in order, nothing lost or doubled. Spans may overlap; what lies outside the text is left out."""
    spans = [
        (number, max(0, start), min(end, len(text)))
        for number, given in evidence.items()
        for start, end in given
        if max(0, start) < min(end, len(text))
    ]
    cuts = sorted({0, len(text), *(start for _, start, _ in spans), *(end for _, _, end in spans)})
    cut = []
    for start, end in pairwise(cuts):
        numbers = {number for number, first, last in spans if first <= start and end <= last}
        ends = {number for number in numbers if not _goes_on(number, end, spans)}
        cut.append(Piece(text[start:end], tuple(sorted(numbers)), tuple(sorted(ends))))
    return tuple(cut)


def _goes_on(number: int, at: int, spans: Sequence[tuple[int, int, int]]) -> bool:
    return any(other == number and first <= at < last for other, first, last in spans)


def shown(text: str, marked: Collection[str] = ()) -> Markup:
    """The text for a page, escaped; what was taken out of it is set apart from what the parent wrote. ``marked``: words,
    casefolded, that are set off wherever they stand.
    """
    parts = _TAKEN_OUT.split(readable(text))
    return Markup().join(
        Markup('<i class="es-gone">{}</i>').format(part) if place % 2 else _with_marks(part, marked)
        for place, part in enumerate(parts)
    )


def _with_marks(text: str, marked: Collection[str]) -> Markup:
    if not marked:
        return escape(text)
    return Markup().join(
        Markup("<mark>{}</mark>").format(part) if part.casefold() in marked else escape(part) for part in _WORD.split(text)
    )


def first_mark(text: str, marked: Collection[str]) -> int:
    """Where the first of these words stands; 0 where none does."""
    return next((word.start() for word in _WORD.finditer(text) if word[0].casefold() in marked), 0) if marked else 0


def readable(text: str) -> str:
    """The text as a page may carry it: without the control characters and lone surrogates that no page may hold."""
    return _UNREADABLE.sub("", text)


def cleaned(text: str) -> str:
    """What somebody of the team typed, as it is kept: ``readable``, and without what nobody sees that turns lines round or
    makes two names look the same. The joiners that some scripts are written with stay between letters and signs.
    """
    return _LOOSE_JOINER.sub("", _UNSEEN.sub("", readable(text)))
