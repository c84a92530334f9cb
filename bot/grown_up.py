"""A speaker of 19 or more is no child, however they speak of their parents: the numbers for adults are theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from bot.heard import Risk, RiskKind
from bot.model import Speaker
from bot.speakers import ADULT, Speakers

_CHILDRENS = (RiskKind.YOUNG_PERSON, RiskKind.CHILD_NOT_SAFE)


def as_told_by_an_adult(risk: Risk, text: str) -> Risk:
    """The same risk with the kinds that fit an adult who gives their age. Level and evidence stay as they are.

    Who speaks of a child of theirs keeps the child's kind: only the numbers for children who write themselves go.
    """
    if not risk.level.needs_alert or not any(kind in _CHILDRENS for kind in risk.kinds) or not _is_adult(text):
        return risk
    about_themselves = _speaker(text) is Speaker.YOUNG_PERSON
    gone = _CHILDRENS if about_themselves else (RiskKind.YOUNG_PERSON,)
    kinds = [kind for kind in risk.kinds if kind not in gone]
    if about_themselves or not kinds:
        kinds.append(RiskKind.YOUNG_ADULT)
    return replace(risk, kinds=tuple(kinds))


@cache
def _speakers() -> Speakers:
    return Speakers.load()


def _is_adult(text: str) -> bool:
    ages = list(_ages(text))
    return bool(ages) and min(ages) >= ADULT


def _ages(text: str) -> Iterator[int]:
    """Their own age, in whatever language they give it."""
    for locale in _speakers().manners:
        if (age := _speakers().age(text, locale)) is not None:
            yield age


def _speaker(text: str) -> Speaker | None:
    found = (_speakers().recognise(text, locale) for locale in _speakers().manners)
    return next((speaker for speaker in found if speaker is not None), None)
