"""What the finding of names, numbers and addresses may not fall under, on templates and names it has not learnt from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from nlp.name_evaluation import NameFigures, false_alarms, kept_texts, measure, measure_blind, measure_kept
from nlp.name_filling import Sources, templates
from nlp.name_words import folded

FLOORS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))["names"]


@pytest.fixture(scope="module")
def figures() -> NameFigures:
    return measure()


def test_names_never_heard_are_found_as_often_as_before(figures: NameFigures) -> None:
    assert figures.names.recall >= FLOORS["withheld"]


@pytest.mark.parametrize("community", sorted(Sources.load().communities))
def test_no_community_is_left_behind(figures: NameFigures, community: str) -> None:
    assert figures.communities[community].recall >= FLOORS["withheld_worst"]
    assert figures.known[community].recall >= FLOORS["known_worst"]


@pytest.mark.parametrize("slot", sorted(FLOORS["slots"]))
def test_no_kind_of_detail_is_left_behind(figures: NameFigures, slot: str) -> None:
    assert figures.slots[slot].recall >= FLOORS["slots"][slot]


def test_what_is_masked_had_to_be(figures: NameFigures) -> None:
    assert figures.precision.recall >= FLOORS["precision"]
    assert figures.numbers.recall >= FLOORS["numbers"]
    assert figures.readable.recall >= FLOORS["readable"]
    assert figures.quiet.recall >= FLOORS["quiet"]


def test_messages_of_somebody_who_had_not_seen_the_lists_are_masked() -> None:
    figures = measure_blind()

    assert figures.names.recall >= FLOORS["blind"]
    assert figures.numbers.recall >= FLOORS["blind_numbers"]
    assert figures.precision.recall >= FLOORS["blind_precision"]


def test_ordinary_messages_keep_their_words() -> None:
    words, _ = false_alarms()

    assert words.recall <= FLOORS["most_masked_words"]


def test_messages_of_ordinary_words_are_left_as_they_are() -> None:
    kept, _ = measure_kept()

    assert kept.there > 100
    assert kept.recall >= FLOORS["ordinary_kept"]


def test_no_frozen_template_nor_one_nearly_alike_is_learnt_from() -> None:
    def plain(text: str) -> frozenset[str]:
        return frozenset(re.findall(r"\w+", re.sub(r"\{[A-Z]+\}", "", text.lower())))

    learnt = [plain(row.text) for row in templates("learn")]
    for text in (*(row.text for row in templates("frozen")), *kept_texts()):
        words = plain(text)
        near = max(len(words & other) / len(words | other) for other in learnt if words or other)

        assert near < 0.85 or len(words) < 4, text


def test_the_authors_of_the_frozen_templates_are_others() -> None:
    assert not {row.author for row in templates("frozen")} & {row.author for row in templates("learn")}


def test_no_withheld_name_is_known() -> None:
    sources = Sources.load()
    known = {folded(name) for part in (sources.given, sources.family) for name in part(withheld=False)}
    withheld = {folded(name) for part in (sources.given, sources.family) for name in part(withheld=True)}

    assert len(withheld) > len(known) / 4
    assert not known & withheld
