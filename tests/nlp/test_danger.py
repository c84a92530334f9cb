"""The second listener for danger: it only adds, points at words, reads any text, and learns what it was shown."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import BadContent
from bot.heard import Risk, RiskKind, RiskLevel
from bot.safety import check
from nlp.danger import ALERT, ELSEWHERE, FIRST_KIND, KINDS, LONG, Costs, DangerScorer, DangerWeights
from nlp.danger_block import Block, Table
from nlp.danger_corpus import ordinary_rows, rows
from nlp.danger_features import key_of, runs_of, words_of
from nlp.danger_training import Recipe, learn

WORDS = ("bolt", "outside", "he", "taxi", "the bolt", "zamek")
FREE = Costs()
RUNS = (".bol", ".olt", ". ta", ".xi ")


def scorer(
    *,
    alert_from: float = 0.5,
    weary_from: float = 9.0,
    costs: Costs = FREE,
    elsewhere_from: float = 99.0,
    few_from: float | None = None,
) -> DangerScorer:
    """One that knows a bolt from a taxi, by words and by letters; all heads alike but the kinds, of which it has one."""
    heads = FIRST_KIND + len(KINDS)
    weights = np.zeros((len(WORDS), heads))
    weights[:, :2] = np.array([[3.0], [1.0], [0.0], [-3.0], [2.0], [3.0]])
    weights[0, FIRST_KIND + KINDS.index(RiskKind.CHILD_NOT_SAFE)] = 1.0
    weights[-1, ELSEWHERE] = 3.0
    runs = np.zeros((len(RUNS), heads))
    runs[:, :2] = np.array([[1.0], [1.0], [-1.0], [-1.0]])
    return DangerScorer(
        DangerWeights(
            Block({word: at for at, word in enumerate(WORDS)}, np.array([2.0, 1.0, 1.0, 2.0, 2.0, 1.0]), weights),
            Block({run: at for at, run in enumerate(RUNS)}, np.ones(len(RUNS)), runs),
            np.full(heads, -1.0),
            ((alert_from, weary_from), (elsewhere_from, weary_from)),
            costs,
            (alert_from if few_from is None else few_from, weary_from),
            about={"version": "test"},
        )
    )


@pytest.fixture(scope="module")
def shipped() -> DangerScorer:
    found = DangerScorer.load()
    assert found is not None
    return found


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "key"), [("killl", "kill"), ("don't", "dont"), ("h1de", "hide"), ("2026", "####"), ("żyć", "żyć"), ("💊", "💊")]
)
def test_a_word_is_read_as_it_was_meant(written: str, key: str) -> None:
    assert key_of(written) == key


def test_letters_typed_one_by_one_are_one_word() -> None:
    words = words_of("he b e a t s when")

    assert list(words.keys) == ["he", "beats", "when"]
    assert [(words.starts[1], words.ends[1])] == [(3, 12)]


def test_sentences_and_clauses_are_parts() -> None:
    words = words_of("He ate, then slept. He left\nShe rang")

    assert [words.keys[start:end] for start, end in words.windows()[:4]] == [
        list(words.keys),
        ["he", "ate", "then", "slept"],
        ["he", "left"],
        ["she", "rang"],
    ]


def test_runs_of_letters_are_no_words() -> None:
    assert all(run.startswith(".") for run in runs_of("bolt"))
    assert len(set(runs_of("aaaa"))) == len(runs_of("aaaa"))


# --- what is added ----------------------------------------------------------------------------------------------------


def test_what_the_rules_passed_over_becomes_a_concern_with_its_words() -> None:
    text = "The BOLT is outside"

    risk = scorer().add_to(Risk(), text)

    assert (risk.level, risk.kinds, risk.by_scorer) == (RiskLevel.CONCERN, (RiskKind.CHILD_NOT_SAFE,), True)
    assert [text[start:end] for start, end in risk.evidence] == ["BOLT", "outside"]


def test_what_the_rules_heard_stands_as_it_is() -> None:
    heard = Risk(RiskLevel.DANGER, (RiskKind.LIFE_NOW,), ((0, 2),))

    assert scorer().add_to(heard, "the bolt") is heard


def test_a_weary_carer_in_danger_keeps_both_kinds() -> None:
    weary = Risk(RiskLevel.WELLBEING, (RiskKind.BREAKING_POINT,), ((0, 3),))

    assert scorer().add_to(weary, "the bolt is outside").kinds == (RiskKind.CHILD_NOT_SAFE, RiskKind.BREAKING_POINT)
    assert scorer().add_to(weary, "the taxi") is weary


def test_less_than_a_concern_is_a_carers_flag() -> None:
    risk = scorer(alert_from=9, weary_from=0.5).add_to(Risk(), "the bolt is outside")

    assert (risk.level, risk.kinds, risk.by_scorer) == (RiskLevel.WELLBEING, (RiskKind.BREAKING_POINT,), True)


def test_other_languages_have_a_threshold_of_their_own() -> None:
    assert scorer().add_to(Risk(), "zamek").level is RiskLevel.NONE
    assert scorer(elsewhere_from=0.5).add_to(Risk(), "zamek").level is RiskLevel.CONCERN


def test_ordinary_words_add_nothing() -> None:
    assert scorer().add_to(Risk(), "the taxi was late") == Risk()


def test_running_sums_say_what_the_features_say() -> None:
    found = scorer(alert_from=0.0).score("he saw the bolt")

    words = np.array([1.0, 2.0, 2.0])  # he, bolt, the bolt: how telling
    said = words @ np.array([0.0, 3.0, 2.0]) / np.linalg.norm(words)
    spelt = (1.0 + 1.0) / np.sqrt(2)
    assert found.alert == pytest.approx(-1.0 + said + spelt)


def test_the_sentence_that_says_it_is_heard_in_a_long_message() -> None:
    ordinary = "The taxi taxi taxi was late again and the taxi man said so. "
    text = ordinary * 4 + "There is the bolt outside. " + ordinary * 4
    one = scorer(alert_from=2.0)

    risk = one.add_to(Risk(), text)

    assert [text[start:end] for start, end in risk.evidence] == ["bolt", "outside"]
    assert one.heights(text)[0] < one.heights(text)[1]
    assert scorer(alert_from=2.0, costs=Costs(part=50.0)).add_to(Risk(), text) == Risk()


def test_an_answer_of_a_few_words_must_say_more() -> None:
    ear = scorer(few_from=50.0)

    assert ear.score("the bolt outside").alert < 0
    assert ear.score("the bolt is outside").alert >= 0


def test_a_few_words_in_disguise_are_no_mere_answer() -> None:
    ear = scorer(few_from=50.0)

    assert ear.score("b o l t outside").alert >= 0
    assert ear.score("the bolt \N{LOCK}").alert >= 0


def test_the_same_words_must_say_more_in_a_longer_message() -> None:
    said = [scorer(costs=Costs(length=0.4)).score("he outside bolt" + " taxis" * more).alert for more in (0, 9, LONG, LONG + 9)]
    as_it_is = [scorer().score("he outside bolt" + " taxis" * more).alert for more in (0, 9, LONG, LONG + 9)]
    paid = [round(free - cost, 4) for free, cost in zip(as_it_is, said, strict=True)]

    assert 0 < paid[0] < paid[1] < paid[2] == paid[3]


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(["bolt", "a", "\n", ".", "ї", "\ud800", "💊", "1", "он"])).map(" ".join)))
def test_any_text_is_judged_never_lower_and_its_evidence_lies_within_it(text: str) -> None:
    before = check(text)

    after = scorer(alert_from=-1.0).add_to(before, text)

    assert after.level >= before.level
    assert all(0 <= start < end <= len(text) for start, end in after.evidence)
    assert bool(after.level) == bool(after.kinds)


# --- the file ---------------------------------------------------------------------------------------------------------


def test_what_was_learnt_comes_back_from_its_file_nearly_as_it_was() -> None:
    one = scorer()
    other = DangerScorer(DangerWeights.from_bytes(one.weights.to_bytes()))

    assert other.weights.about == {"version": "test"}
    assert other.score("the bolt").alert == pytest.approx(one.score("the bolt").alert, abs=0.02)


@pytest.mark.parametrize("data", [b"", b"no", b"PK\x03\x04 damaged"])
def test_a_damaged_file_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(BadContent, match="danger scorer"):
        DangerWeights.from_bytes(data)


def test_without_a_file_the_rules_hear_alone(tmp_path: Path) -> None:
    assert DangerScorer.load(tmp_path / "danger.npz") is None


def test_the_scorer_that_is_shipped_reads_a_megabyte_without_trouble(shipped: DangerScorer) -> None:
    assert shipped.add_to(Risk(), "he said so. " * 90_000).level in RiskLevel


# --- learning -----------------------------------------------------------------------------------------------------------


def corpus(folder: Path) -> Path:
    """Six authors; behind each closed door somebody calls, behind each open one they laugh."""
    for number in range(6):
        grave = [f"author {number} heard {name} crying behind the bolt" for name in ("ben", "mia", "sol", "eve")]
        light = [f"author {number} heard {name} laughing at the fair" for name in ("ben", "mia", "sol", "eve")]
        lines = [
            {"text": text, "level": level, "slices": ["indirect"], "locale": "en", "author": f"a{number}"}
            | ({"kind": "child_not_safe"} if level == "concern" else {})
            for texts, level in ((grave, "concern"), (light, "none"))
            for text in texts
        ]
        themes = [
            {
                "text": f"the bus {number} was late on {day}",
                "themes": [],
                "feeling": "bad",
                "author": f"t{number}",
                "channel": "sms",
            }
            for day in ("monday", "tuesday", "friday")
        ]
        for part, made in (("danger", lines), ("themes", themes)):
            place = folder / part / "learn" / f"{number}.jsonl"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("\n".join(json.dumps(line) for line in made), encoding="utf-8")
    return folder


def test_it_hears_from_authors_it_never_read_what_others_showed_it(tmp_path: Path) -> None:
    said: list[str] = []

    learnt = learn(Recipe(alarms=0.01), data=corpus(tmp_path), say=said.append)

    assert all(level.needs_alert for row, level in zip(learnt.rows, learnt.unseen, strict=True) if row.level.needs_alert)
    assert len(said) == 6
    assert DangerScorer(learnt.weights).add_to(Risk(), "the bus was late on sunday") == Risk()
    risk = DangerScorer(learnt.weights).add_to(Risk(), "we heard tim crying behind the bolt")
    assert (risk.level, risk.kinds) == (RiskLevel.CONCERN, (RiskKind.CHILD_NOT_SAFE,))
    assert np.asarray(DangerScorer(learnt.weights).weights.words.weights)[:, ALERT].any()


@pytest.mark.parametrize(
    "line", ["no json", '{"text": "x"}', '{"text": "x", "level": "odd", "slices": [], "locale": "en", "author": "a"}']
)
def test_a_row_that_is_not_in_its_form_is_named(tmp_path: Path, line: str) -> None:
    place = tmp_path / "danger" / "learn" / "bad.jsonl"
    place.parent.mkdir(parents=True)
    place.write_text(line, encoding="utf-8")

    with pytest.raises(BadContent, match=r"bad\.jsonl, line 1"):
        rows(data=tmp_path)


def test_a_message_that_a_row_of_danger_says_otherwise_of_is_not_ordinary(tmp_path: Path) -> None:
    folder = corpus(tmp_path)
    row = {"text": "the bus 0 was late on monday", "level": "concern", "slices": [], "locale": "en", "author": "x"}
    (folder / "danger" / "learn" / "x.jsonl").write_text(json.dumps(row), encoding="utf-8")

    assert len(ordinary_rows(data=folder)) == 17


def test_every_feature_that_was_kept_is_found_with_the_weights_it_was_given(shipped: DangerScorer) -> None:
    for block in (shipped.weights.words, shipped.weights.runs):
        telling = block.telling.astype(np.float64)[:, None]
        kept = np.concatenate([np.asarray(block.weights) * telling, telling**2], axis=1)

        assert np.array_equal(Table(block).rows(list(block.number)), kept)


def test_a_feature_that_was_not_kept_adds_nothing(shipped: DangerScorer) -> None:
    table = Table(shipped.weights.words)

    assert not table.rows(["", "zyxwvut zyxwvut", "\ud800"]).any()
    assert "zyxwvut zyxwvut" not in shipped.weights.words.number
