"""How much danger is heard on rows nobody learnt from. The floors stand in floors.toml, a little under what was measured."""

from __future__ import annotations

import re
import time
import tomllib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from bot.heard import RiskLevel
from bot.model import ENGLISH, Locale
from nlp.danger import DangerScorer, is_few
from nlp.danger_corpus import FROZEN, LEARN, DangerRow, ordinary_rows, rows
from nlp.danger_evaluation import DangerMeasured, Share, judge_by, judge_of, measure, tally
from nlp.danger_features import words_of
from nlp.ensemble import LEARNT, Ensemble
from nlp.listener import SpacyListener
from nlp.sentences import SentenceModel
from nlp.weights import Weights

FLOORS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))["danger"]
ALIKE = 0.55


@pytest.fixture(scope="module")
def scorer() -> DangerScorer:
    found = DangerScorer.load()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def frozen() -> list[DangerRow]:
    return [*rows(FROZEN), *ordinary_rows(FROZEN)]


@pytest.fixture(scope="module")
def by_words(scorer: DangerScorer, frozen: list[DangerRow]) -> DangerMeasured:
    return measure(frozen, judge_of(scorer))


@pytest.fixture(scope="module")
def by_sentences(frozen: list[DangerRow], sentences: SentenceModel | None) -> DangerMeasured:
    if sentences is None:
        pytest.skip("The sentence model was not made: make embeddings")
    listener = SpacyListener(ensemble=Ensemble(Weights.load(LEARNT), sentences))
    assert listener.hears_danger
    return measure(frozen, judge_by(listener))


@pytest.fixture
def measured(request: pytest.FixtureRequest, voter: str) -> DangerMeasured:
    found: DangerMeasured = request.getfixturevalue(voter)
    return found


VOTERS = {"by_words": FLOORS, "by_sentences": FLOORS["sentences"]}


def slices(kind: str) -> list[tuple[str, str]]:
    return [(voter, name) for voter, floors in VOTERS.items() for name in floors[kind]]


@pytest.mark.parametrize(("voter", "slice_name"), slices("recall"))
def test_no_slice_of_danger_falls_under_its_floor(measured: DangerMeasured, voter: str, slice_name: str) -> None:
    assert measured.recall[slice_name].share >= VOTERS[voter]["recall"][slice_name]


@pytest.mark.parametrize(("voter", "slice_name"), slices("weary"))
def test_weary_carers_are_heard_as_often_as_was_measured(measured: DangerMeasured, voter: str, slice_name: str) -> None:
    assert measured.weary[slice_name].share >= VOTERS[voter]["weary"][slice_name]


@pytest.mark.parametrize(("voter", "slice_name"), slices("alarms"))
def test_words_without_danger_alarm_no_more_often_than_was_measured(
    measured: DangerMeasured, voter: str, slice_name: str
) -> None:
    assert measured.alarms[slice_name].share <= VOTERS[voter]["alarms"][slice_name]


@pytest.mark.parametrize("voter", VOTERS)
def test_behind_the_rules_more_is_heard_than_by_the_rules(measured: DangerMeasured) -> None:
    by_rules = measure(rows(FROZEN), judge_of(None))

    assert measured.recall["all"].heard > by_rules.recall["all"].heard
    assert all(measured.recall[name].heard >= share.heard for name, share in by_rules.recall.items())


SHORT = (Path(__file__).parent / "short_answers.txt").read_text(encoding="utf-8").splitlines()
"""What people answer in a few words; no scorer learnt from them, and they set no threshold."""


def alarmed(listener: SpacyListener) -> list[str]:
    return [text for text in SHORT if listener.hear(text).risk.level > RiskLevel.NONE]


def test_a_bare_answer_rarely_alarms() -> None:
    found = alarmed(SpacyListener.learned(sentences=False))

    assert len(found) <= len(SHORT) * 0.08, found


def test_a_bare_answer_rarely_alarms_by_sentences(sentences: SentenceModel | None) -> None:
    if sentences is None:
        pytest.skip("The sentence model was not made: make embeddings")
    found = alarmed(SpacyListener(ensemble=Ensemble(Weights.load(LEARNT), sentences)))

    assert len(found) <= len(SHORT) * 0.04, found


@pytest.mark.parametrize("with_sentences", [False, True])
def test_a_cry_of_a_few_words_is_heard(with_sentences: bool, sentences: SentenceModel | None) -> None:  # noqa: FBT001 - a case
    """Of the rows that were learnt from; those put aside have none so short. A bound on plain answers must not cost these."""
    if with_sentences and sentences is None:
        pytest.skip("The sentence model was not made: make embeddings")
    listener = SpacyListener(ensemble=Ensemble(Weights.load(LEARNT), sentences if with_sentences else None))
    cries = [
        row for row in rows(LEARN) if row.level.needs_alert and row.locale == ENGLISH and is_few(row.text, words_of(row.text))
    ]
    missed = [row.text for row in cries if not listener.hear(row.text).risk.level.needs_alert]

    assert len(cries) > 100
    assert len(missed) <= 5, missed


@pytest.mark.parametrize("with_sentences", [False, True])
def test_what_we_ask_for_calls_nobody(with_sentences: bool, sentences: SentenceModel | None) -> None:  # noqa: FBT001 - a case
    """“Good or bad?” is our own question."""
    if with_sentences and sentences is None:
        pytest.skip("The sentence model was not made: make embeddings")
    listener = SpacyListener(ensemble=Ensemble(Weights.load(LEARNT), sentences if with_sentences else None))
    words = ["good", "bad", "Bad!", "good and bad", "really bad", "hurt", "scared", "school", "transport", "hi", "bye"]

    assert [word for word in words if listener.hear(word).risk.level > RiskLevel.NONE] == []


def test_a_message_costs_little(scorer: DangerScorer) -> None:
    texts = [row.text for row in rows(FROZEN)]
    for text in texts:
        scorer.score(text)
    spent = []
    for text in texts:
        before = time.process_time()
        scorer.score(text)
        spent.append(time.process_time() - before)

    assert sorted(spent)[len(spent) // 2] < 0.001


# --- the corpus ---------------------------------------------------------------------------------------------------------


def runs(text: str) -> frozenset[str]:
    plain = re.sub(r"\W+", " ", text.lower()).strip()
    return frozenset(plain[start : start + 5] for start in range(max(1, len(plain) - 4)))


def test_no_frozen_row_is_in_the_training_part_nor_one_nearly_alike() -> None:
    learn = [runs(row.text) for row in rows(LEARN)]
    frozen = [(row.text, runs(row.text)) for row in rows(FROZEN)]
    wanted = frozenset().union(*(found for _, found in frozen))
    places: dict[str, list[int]] = defaultdict(list)
    for place, found in enumerate(learn):
        for run in found & wanted:
            places[run].append(place)

    alike = []
    for text, found in frozen:
        shared = Counter(place for run in found for place in places.get(run, ()))
        alike += [text for place, count in shared.most_common(2) if count / len(found | learn[place]) > ALIKE]

    assert alike == []
    assert not {row.author for row in rows(LEARN)} & {row.author for row in rows(FROZEN)}


def test_there_are_enough_rows_to_learn_from_and_to_measure_by() -> None:
    learn, frozen = rows(LEARN), rows(FROZEN)

    assert sum(row.level.needs_alert for row in learn) >= 1_000
    assert sum(row.level is RiskLevel.NONE for row in learn) >= 1_500
    assert sum(row.level.needs_alert for row in frozen) >= 500
    assert {row.locale for row in frozen} >= {"en", "pl", "ro", "pt", "uk", "lt", "bg", "ar"}


# --- counting -----------------------------------------------------------------------------------------------------------


def a_row(level: RiskLevel, *slices: str) -> DangerRow:
    return DangerRow(text="x", level=level, slices=frozenset(slices), locale=Locale("pl"), author="a")


def test_each_row_counts_for_all_its_slices_and_its_language() -> None:
    found = tally(
        [
            (a_row(RiskLevel.DANGER, "indirect"), RiskLevel.CONCERN),
            (a_row(RiskLevel.CONCERN, "indirect", "past"), RiskLevel.WELLBEING),
            (a_row(RiskLevel.WELLBEING), RiskLevel.WELLBEING),
            (a_row(RiskLevel.NONE, "idiom"), RiskLevel.CONCERN),
            (a_row(RiskLevel.NONE, "ordinary"), RiskLevel.WELLBEING),
        ]
    )

    assert found.recall == {
        "all": Share(1, 2),
        "locale pl": Share(1, 2),
        "indirect": Share(1, 2),
        "past": Share(0, 1),
    }
    assert found.weary["all"] == Share(1, 1)
    assert found.alarms["look-alike"] == found.alarms["idiom"] == Share(1, 1)
    assert found.alarms["ordinary"] == Share(0, 1)


@pytest.mark.parametrize(
    ("heard", "count", "low", "high"), [(0, 0, 0, 1), (95, 100, 0.888, 0.978), (10, 10, 0.722, 1), (0, 10, 0, 0.278)]
)
def test_the_interval_is_wilsons(heard: int, count: int, low: float, high: float) -> None:
    share = Share(heard, count)

    assert [share.low, share.high] == pytest.approx([low, high], abs=0.001)
