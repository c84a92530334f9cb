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
_NHS_FIGURES = 10
_LENGTHS_OF_PHONES = range(8, 16)
_LENGTHS_OF_CARDS = range(13, _MOST_FIGURES + 1)
_PART_OF_A_NUMBER = 5
_LEAST_OF_A_CODE, _LONGEST_SHORT_CODE = 3, 8
"""Only phone numbers are written in ones and twos; anything else of more than eight figures comes in threes or more."""
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
            start, end = groups[at][0], groups[last][1]
            bracketed = text[start - 1 : start] == "(" and ")" in text[start:end]
            found.append(Figures(start - bracketed, end, kind))
        at = last + 1
    yield from found
    if any(figures.kind in ("phone", "nhs_number", "card") for figures in found):
        yield from (Figures(start, end, "number") for start, end in left if end - start >= _PART_OF_A_NUMBER)


def _longest(text: str, groups: Sequence[tuple[int, int]], first: int, kept: frozenset[str], *, plus: bool) -> tuple[int, str]:
    """The last group, and the kind, of the longest number that begins with this group; an empty kind for none."""
    best = (first, "")
    figures = ""
    shortest = _MOST_FIGURES
    for last in range(first, min(len(groups), first + _MOST_FIGURES)):
        start, end = groups[last]
        figures += text[start:end].lstrip("+").replace("o", "0")
        shortest = min(shortest, end - start)
        hopeless = shortest < _LEAST_OF_A_CODE and len(figures) > _LONGEST_SHORT_CODE and not plus and figures[0] not in "04"
        if hopeless or (len(figures) > _MOST_FIGURES and last > first):
            break
        if kind := "kept" if figures in kept else _kind(figures, last - first + 1, shortest, plus=plus):
            best = (last, kind)
    return best


def _kind(figures: str, groups: int, shortest: int, *, plus: bool) -> str:
    """``groups`` is how many groups they were written in, ``shortest`` the length of the shortest."""
    length = len(figures)
    if length in _LENGTHS_OF_PHONES and (plus or (figures[0] in "04" and _UK_PHONE.fullmatch(figures))):
        return "phone"
    in_threes = shortest >= _LEAST_OF_A_CODE
    if in_threes and length in _LENGTHS_OF_CARDS and _is_card(figures):
        return "card"
    if in_threes and length == _NHS_FIGURES:
        if is_nhs_number(figures):
            return "nhs_number"
        return "phone" if figures[0] == "7" else "number"
    return "number" if groups == 1 and length >= _LONG_GROUP else ""


def is_nhs_number(figures: str) -> bool:
    """Ten figures, the last of which checks the others (weights 10 to 2, modulus 11; a check of ten is never given)."""
    weighed = sum(int(figure) * weight for figure, weight in zip(figures, range(10, 1, -1), strict=False))
    return (11 - weighed % 11) % 11 == int(figures[9])


def _is_card(figures: str) -> bool:
    """Luhn's sum, and not the same figure throughout."""
    doubled = [int(figure) * (2 if place % 2 else 1) for place, figure in enumerate(reversed(figures))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0 and len(set(figures)) > 1


def is_pupil_number(written: str) -> bool:
    """A letter and twelve figures (or eleven and a letter) of which the first letter is the check."""
    places = [_UPN_LETTERS.find(mark) if mark.isalpha() else int(mark) for mark in written[1:]]
    weighed = sum(value * weight for weight, value in enumerate(places, start=2))
    return len(written) == _UPN_FIGURES and -1 not in places and _UPN_LETTERS[weighed % 23] == written[0]
