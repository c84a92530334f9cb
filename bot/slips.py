"""Slips of the thumb: whether one word was meant for another."""

from __future__ import annotations

import re

_SWAPS_FROM = 4
_ANY_SLIP_FROM = 6
_DOUBLED = re.compile(r"(.)\1+")


def is_slip(typed: str, meant: str) -> bool:
    """One word for another by letters doubled, two neighbours swapped (four letters and more), or any one letter wrong,
    missing or added (six and more). Phrases are never slips: a sentence must not become a command.
    """
    if " " in typed or " " in meant or typed == meant or not typed.isalpha():
        return False
    if len(meant) > 1 and _DOUBLED.sub(r"\1", typed) == _DOUBLED.sub(r"\1", meant):
        return True
    if len(meant) >= _SWAPS_FROM and _swapped(typed, meant):
        return True
    return len(meant) >= _ANY_SLIP_FROM and typed[0] == meant[0] and _one_edit(typed, meant)


def _swapped(typed: str, meant: str) -> bool:
    if len(typed) != len(meant):
        return False
    wrong = [place for place, (one, other) in enumerate(zip(typed, meant, strict=True)) if one != other]
    if len(wrong) != 2 or wrong[1] != wrong[0] + 1:  # noqa: PLR2004 - a swap is two places
        return False
    return typed[wrong[0]] == meant[wrong[1]] and typed[wrong[1]] == meant[wrong[0]]


def _one_edit(typed: str, meant: str) -> bool:
    """Whether one letter changed, added or left out makes one word the other."""
    shorter, longer = sorted((typed, meant), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    same = next((place for place, (one, other) in enumerate(zip(shorter, longer, strict=False)) if one != other), len(shorter))
    rest_of_shorter = shorter[same + 1 :] if len(shorter) == len(longer) else shorter[same:]
    return rest_of_shorter == longer[same + 1 :]
