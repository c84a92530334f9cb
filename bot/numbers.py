"""Tells what a row of figures is: a phone number, a card, an NHS number, a pupil number, or just figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_GROUP = re.compile(r"\+?[\do]*\d[\do]*")
_RUN = re.compile(r"(?:\+|(?<![^\W_])o(?=\d))?\d[\do]*(?:[\s.()_-]{1,3}(?:\d[\do]*|o\d[\do]*))*")
"""The letter o may stand for a nought."""
_MOST_FIGURES = 19
_LONG_GROUP = 9
_PART_OF_A_NUMBER = 5
_UK_PHONE = re.compile(r"(?:(?:00)?44(?:0)?|0)(?:7\d{9}|[1235689]\d{8,9})")
_DATE = re.compile(r"(?:0?[1-9]|[12]\d|3[01])([ .-])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d(?!\d)")
_UPN_LETTERS = "abcdefghjklmnpqrtuvwxyz"
_UPN_FIGURES = 13


@dataclass(frozen=True, slots=True)
class Figures:
    """Groups of figures from ``start`` to ``end`` that together are one thing of this ``kind``."""

    start: int
    end: int
    kind: str


def find_numbers(text: str, kept: frozenset[str]) -> Iterator[Figures]:
    """Every number in a folded text that belongs to a person. ``kept``: figures of numbers everybody may read."""
    for run in _RUN.finditer(text):
        groups = [(group.start(), group.end()) for group in _GROUP.finditer(text, run.start(), run.end())]
        yield from _in_run(text, groups, kept, plus=run[0][0] == "+")


def _in_run(text: str, groups: Sequence[tuple[int, int]], kept: frozenset[str], *, plus: bool) -> Iterator[Figures]:
    """Read from left to right, the longest number first; what is left of a run that held one goes too."""
    found: list[Figures] = []
    left: list[tuple[int, int]] = []
    at = 0
    while at < len(groups):
        if _DATE.match(text, groups[at][0]):
            at += 3
            continue
        last, kind = _longest(text, groups, at, kept, plus=plus and at == 0)
        if not kind:
            left.append(groups[at])
        elif kind != "kept":
            found.append(Figures(groups[at][0], groups[last][1], kind))
        at = last + 1
    yield from found
    if any(figures.kind in ("phone", "nhs_number", "card") for figures in found):
        yield from (Figures(start, end, "number") for start, end in left if end - start >= _PART_OF_A_NUMBER)


def _longest(text: str, groups: Sequence[tuple[int, int]], first: int, kept: frozenset[str], *, plus: bool) -> tuple[int, str]:
    """The last group, and the kind, of the longest number that begins with this group; an empty kind for none."""
    best = (first, "")
    figures = ""
    for last in range(first, len(groups)):
        start, end = groups[last]
        figures += text[start:end].lstrip("+").replace("o", "0")
        if len(figures) > _MOST_FIGURES and last > first:
            break
        sizes = [stop - begin for begin, stop in groups[first : last + 1]]
        if kind := "kept" if figures in kept else _kind(figures, sizes, plus=plus):
            best = (last, kind)
    return best


def _kind(figures: str, sizes: Sequence[int], *, plus: bool) -> str:
    """``sizes`` are the lengths of the groups the figures were written in."""
    if (plus and 8 <= len(figures) <= 15) or _UK_PHONE.fullmatch(figures):  # noqa: PLR2004 - the world's phone numbers
        return "phone"
    if 13 <= len(figures) <= _MOST_FIGURES and min(sizes) > 2 and _is_card(figures):  # noqa: PLR2004 - the shortest card
        return "card"
    if len(figures) == 10 and min(sizes) > 2:  # noqa: PLR2004 - ten figures, in threes or more
        if is_nhs_number(figures):
            return "nhs_number"
        return "phone" if figures[0] == "7" else "number"
    return "number" if len(sizes) == 1 and len(figures) >= _LONG_GROUP else ""


def is_nhs_number(figures: str) -> bool:
    """Ten figures of which the last is right (weights 10 to 2, modulus 11)."""
    check = 11 - sum(int(figure) * (10 - place) for place, figure in enumerate(figures[:9])) % 11
    return check % 11 == int(figures[9]) and check != 10  # noqa: PLR2004 - there is no figure for ten


def _is_card(figures: str) -> bool:
    """Luhn's sum, and not the same figure throughout."""
    doubled = [int(figure) * (2 if place % 2 else 1) for place, figure in enumerate(reversed(figures))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0 and len(set(figures)) > 1  # noqa: PLR2004


def is_pupil_number(written: str) -> bool:
    """A letter and twelve figures (or eleven and a letter) of which the first letter is the check."""
    places = [_UPN_LETTERS.find(mark) if mark.isalpha() else int(mark) for mark in written[1:]]
    weighed = sum(value * weight for weight, value in enumerate(places, start=2))
    return len(written) == _UPN_FIGURES and -1 not in places and _UPN_LETTERS[weighed % 23] == written[0]
