"""How much of what is dangerous the rules hear, slice by slice, and how seldom they alarm at ordinary words.

A change to the rules may not let any number here fall. The texts are invented and written by one hand, so the numbers
say what the rules were built to hear; only the part kept aside says something about texts they have never seen.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from bot.heard import RiskLevel
from bot.safety import check, check_burst

DATA = Path(__file__).parent / "data"
LEVELS = {level.word: level for level in RiskLevel}
MENDED_WITH = ("", "first_", "second_", "third_", "fourth_", "fifth_")
SLICE_FLOOR = 0.97
FALSE_ALARMS = 0.02
KEPT_ASIDE_FLOOR = 0.92
KEPT_ASIDE_FALSE_ALARMS = 0.04


def slices(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((DATA / f"safety_{name}.toml").read_text(encoding="utf-8"))["slice"]
    return rows


def level_of(text: str | list[str]) -> RiskLevel:
    return (check(text) if isinstance(text, str) else check_burst(text)).level


def missed(row: dict[str, Any]) -> list[str | list[str]]:
    """Texts that raised no alarm; for a carer at breaking point, texts that raised no flag."""
    wanted = min(LEVELS[row["level"]], RiskLevel.CONCERN)
    return [text for text in row["texts"] if level_of(text) < wanted]


def false_alarms(name: str) -> tuple[list[str], int]:
    texts = [text for row in slices(name) for text in row["texts"]]
    return [text for text in texts if level_of(text).needs_alert], len(texts)


ALL_SLICES = [
    pytest.param(row, id=f"{part or 'built '}{row['name']}") for part in MENDED_WITH for row in slices(f"{part}disclosures")
]


@pytest.mark.parametrize("row", ALL_SLICES)
def test_no_slice_of_the_disclosures_falls_below_its_floor(row: dict[str, Any]) -> None:
    not_heard = missed(row)

    assert 1 - len(not_heard) / len(row["texts"]) >= SLICE_FLOOR, not_heard


@pytest.mark.parametrize("part", MENDED_WITH)
def test_what_was_written_as_danger_is_heard_as_danger(part: str) -> None:
    rows = [row for row in slices(f"{part}disclosures") if row["level"] == "danger"]
    texts = [text for row in rows for text in row["texts"]]
    lower = [text for text in texts if level_of(text) < RiskLevel.DANGER]

    assert len(lower) <= 0.04 * len(texts), lower


@pytest.mark.parametrize("part", MENDED_WITH)
def test_ordinary_words_seldom_raise_an_alarm(part: str) -> None:
    alarmed, count = false_alarms(f"{part}ordinary")

    assert len(alarmed) <= max(FALSE_ALARMS * count, 3), alarmed


@pytest.mark.parametrize("part", MENDED_WITH)
def test_a_carer_at_breaking_point_raises_no_alarm(part: str) -> None:
    rows = [row for row in slices(f"{part}disclosures") if row["level"] == "wellbeing"]

    assert [text for row in rows for text in row["texts"] if level_of(text).needs_alert] == []


def test_the_part_kept_aside_keeps_what_it_had() -> None:
    rows = [row for row in slices("heldout_disclosures") if row["level"] != "wellbeing"]
    count = sum(len(row["texts"]) for row in rows)
    not_heard = [text for row in rows for text in missed(row)]

    assert 1 - len(not_heard) / count >= KEPT_ASIDE_FLOOR


def test_the_ordinary_part_kept_aside_keeps_what_it_had() -> None:
    alarmed, count = false_alarms("heldout_ordinary")

    assert len(alarmed) <= KEPT_ASIDE_FALSE_ALARMS * count


# --- plain grammar ------------------------------------------------------------------------------------------------------

GRIDS: list[dict[str, Any]] = tomllib.loads((DATA / "safety_grids.toml").read_text(encoding="utf-8"))["grid"]


def sentences(grid: dict[str, Any]) -> Iterator[str]:
    names = [name for _, name, _, _ in Formatter().parse(grid["template"]) if name]
    for parts in product(*(grid[name] for name in names)):
        yield grid["template"].format(**dict(zip(names, parts, strict=True))).strip()


@pytest.mark.parametrize("grid", GRIDS, ids=lambda grid: grid["name"])
def test_every_eleventh_sentence_of_a_grid_is_heard(grid: dict[str, Any]) -> None:
    assert [sentence for sentence in islice(sentences(grid), 0, None, 11) if not check(sentence).level.needs_alert] == []


@pytest.mark.slow
@pytest.mark.parametrize("grid", GRIDS, ids=lambda grid: grid["name"])
def test_every_sentence_of_a_grid_is_heard(grid: dict[str, Any]) -> None:
    assert [sentence for sentence in sentences(grid) if not check(sentence).level.needs_alert] == []


# --- the texts themselves ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "least"), [("disclosures", 300), ("ordinary", 300)])
def test_there_are_enough_texts_to_measure_by(name: str, least: int) -> None:
    assert sum(len(row["texts"]) for row in slices(name)) >= least


def test_no_text_kept_aside_is_also_used_to_mend_the_rules() -> None:
    aside = {str(text) for kind in ("disclosures", "ordinary") for row in slices(f"heldout_{kind}") for text in row["texts"]}
    used = {
        str(text)
        for part in MENDED_WITH
        for kind in ("disclosures", "ordinary")
        for row in slices(part + kind)
        for text in row["texts"]
    }

    assert len(aside & used) <= 0.01 * len(aside)
