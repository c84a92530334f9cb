"""Danger by kind in the languages of newcomers, and in the English of people who learn it.

``first`` and ``first_quiet`` were written before anybody looked at the rules and used to mend them afterwards, so they say
what the rules were built to hear. ``fresh`` came after that, by the same hand: when it was scored, 8 of 25 in Polish, 9 of
25 in Romanian and 7 of 25 in Portuguese were heard. Polish was then mended with its own; the other two still tell what
new words meet. Their floors stand so that no change makes it worse: they are low, and the work is not done.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.heard import RiskLevel
from bot.safety import check

TEXTS = {
    path.stem: tomllib.loads(path.read_text("utf-8"))
    for path in sorted((Path(__file__).parent / "data" / "danger_by_kind").glob("*.toml"))
}
MOST_MISSED = 1
FALSE_ALARMS = {"learner": 3}
"""“Nobody beat him, he just not like school”: the denials of a learner are not all understood."""
FRESH_FLOOR = {"pl": 1.0, "pt": 0.28, "ro": 0.36}
BREAKING_POINT = "breaking_point"
Recorded = Callable[[str, object], None]


def is_heard(kind: str, text: str) -> bool:
    """A carer at breaking point raises a flag, everything else an alarm."""
    level = check(text).level
    return level >= RiskLevel.WELLBEING if kind == BREAKING_POINT else level.needs_alert


def missed(part: dict[str, list[str]]) -> list[str]:
    return [text for kind, texts in part.items() for text in texts if not is_heard(kind, text)]


def count(part: dict[str, list[str]]) -> int:
    return sum(map(len, part.values()))


@pytest.mark.parametrize("language", TEXTS)
def test_what_the_rules_were_mended_with_is_heard(language: str, record_property: Recorded) -> None:
    first = TEXTS[language]["first"]
    not_heard = missed(first)
    record_property("heard", f"{count(first) - len(not_heard)} of {count(first)}")

    assert count(first) >= 60
    assert len(not_heard) <= MOST_MISSED, not_heard


@pytest.mark.parametrize("language", TEXTS)
def test_what_only_looks_like_danger_is_left_quiet(language: str) -> None:
    texts = TEXTS[language]["first_quiet"]["looks_alike"]
    alarms = [text for text in texts if check(text).level.needs_alert]

    assert len(texts) >= 40
    assert len(alarms) <= FALSE_ALARMS.get(language, 0), alarms


@pytest.mark.parametrize("language", FRESH_FLOOR)
def test_words_that_came_later_are_heard_no_worse_than_when_they_were_first_scored(
    language: str, record_property: Recorded
) -> None:
    fresh = TEXTS[language]["fresh"]
    heard = 1 - len(missed(fresh)) / count(fresh)
    record_property("heard", f"{heard:.2f}")

    assert heard >= FRESH_FLOOR[language]
