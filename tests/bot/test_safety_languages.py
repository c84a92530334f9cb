"""Danger in every language a family may write, and quiet where it only looks like danger.

The texts were written before the rules that hear them, and by the same hand: the numbers say what the rules were built to
hear. Of the texts scored unseen, before the rules were mended with them, 41 of the first 70 alarmed and 35 of the second;
of the ordinary ones 2 of 112 did. A third set was written later by another hand that had not seen the rules: 120 of its
140 alarmed before the rules were mended with it, and none of its 140 ordinary ones.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.heard import RiskKind, RiskLevel
from bot.safety import CONTENT, check, language_of
from bot.unmarked import unmarked

DATA = Path(__file__).parent / "data"
TEXTS: dict[str, dict[str, list[str]]] = {
    path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted((DATA / "danger").glob("*.toml"))
}
DISCLOSURES = ("danger", "concern", "young", "unseen_first", "unseen_second", "unseen_third")
QUIET = ("looks_alike", "ordinary", "unseen_ordinary", "unseen_third_ordinary")
FLOOR = 0.97
Recorded = Callable[[str, object], None]


def disclosures(language: str) -> list[str]:
    return [text for name in DISCLOSURES for text in TEXTS[language][name]]


def quiet(language: str) -> list[str]:
    return [text for name in QUIET for text in TEXTS[language][name]]


def share(part: list[str], whole: list[str]) -> float:
    return 1 - len(part) / len(whole)


def test_every_language_with_rules_is_measured() -> None:
    assert {*TEXTS, "en"} == {path.stem for path in CONTENT.glob("*.toml")}


@pytest.mark.parametrize("language", TEXTS)
def test_nearly_every_disclosure_raises_the_alarm(language: str, record_property: Recorded) -> None:
    texts = disclosures(language)
    missed = [text for text in texts if not check(text).level.needs_alert]
    record_property("heard", f"{len(texts) - len(missed)} of {len(texts)}")

    assert len(texts) >= 60
    assert share(missed, texts) >= FLOOR, missed


@pytest.mark.parametrize("language", TEXTS)
def test_what_is_danger_is_heard_as_danger(language: str) -> None:
    texts = TEXTS[language]["danger"]
    lower = [text for text in texts if check(text).level < RiskLevel.DANGER]

    assert share(lower, texts) >= FLOOR, lower


@pytest.mark.parametrize("language", TEXTS)
def test_a_child_who_writes_is_heard_as_one(language: str) -> None:
    assert [text for text in TEXTS[language]["young"] if RiskKind.YOUNG_PERSON not in check(text).kinds] == []


@pytest.mark.parametrize("language", TEXTS)
def test_a_tired_carer_is_flagged_and_raises_no_alarm(language: str) -> None:
    assert {check(text).level for text in TEXTS[language]["wellbeing"]} == {RiskLevel.WELLBEING}


@pytest.mark.parametrize("language", TEXTS)
def test_what_only_looks_like_danger_raises_none(language: str, record_property: Recorded) -> None:
    texts = quiet(language)
    alarmed = [text for text in texts if check(text).level.needs_alert]
    record_property("false alarms", f"{len(alarmed)} of {len(texts)}")

    assert len(texts) >= 45
    assert alarmed == []


@pytest.mark.parametrize("language", TEXTS)
def test_a_disclosure_is_known_by_its_language(language: str) -> None:
    """A newcomer is answered in it."""
    texts = disclosures(language)
    other = [text for text in texts if language_of(text) not in {language, None}]

    assert share(other, texts) >= FLOOR, other


@pytest.mark.parametrize("language", sorted({*TEXTS} - {"uk", "bg", "ar"}))
def test_accents_may_be_left_out(language: str) -> None:
    texts = disclosures(language)
    missed = [text for text in texts if not check(unmarked(text)).level.needs_alert]

    assert share(missed, texts) >= FLOOR, missed


def test_no_language_hears_danger_in_english_that_is_none() -> None:
    """“since” is no Polish bruise: what English families write is heard by the rules of English alone."""
    rows: list[dict[str, Any]] = [
        row for file in DATA.glob("safety*_*.toml") for row in tomllib.loads(file.read_text("utf-8")).get("slice", [])
    ]
    texts = [text for row in rows if "other languages" not in row["name"] for text in row["texts"] if isinstance(text, str)]
    heard = [(language_of(text), text) for text in texts]

    assert len(texts) > 2000
    assert [row for row in heard if row[0] not in {None, "en"}] == []
