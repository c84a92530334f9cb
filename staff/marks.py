"""Makes a parent's words ready for a page: cut where evidence begins and ends, safe, with what was taken out set apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from bot.model import Span

_NONCHARACTERS = "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
_UNREADABLE = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_NONCHARACTERS}]")

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


def shown(text: str) -> Markup:
    """The text for a page, escaped; what was taken out of it is set apart from what the parent wrote."""
    parts = _TAKEN_OUT.split(readable(text))
    return Markup().join(
        Markup('<i class="es-gone">{}</i>').format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


def readable(text: str) -> str:
    """The text as a page may carry it: without the control characters and lone surrogates that no page may hold."""
    return _UNREADABLE.sub("", text)
