"""A tagger is taught, kept, read again and asked; on a small label set of its own, so that a test takes a second."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.errors import BadContent
from bot.heard import Polarity
from nlp.corpus import Labelled
from nlp.ensemble import Ensemble
from nlp.reading import Reader
from nlp.training import thresholds, train
from nlp.tuned import Adapter, hash_of
from nlp.weights import Weights

BUS = [
    "the bus came late",
    "no bus today",
    "our bus driver is kind",
    "bus again late",
    "the bus never stops here",
    "bus pass lost",
]
FOOD = [
    "lunch was cold",
    "no hot lunch",
    "the lunch ladies are kind",
    "lunch again cold",
    "lunch never comes",
    "lunch money lost",
]
NEITHER = ["hello there", "thank you", "is this the right number", "good morning", "many thanks", "we moved house", "ok", "sorry"]


def said(text: str, *themes: str) -> Labelled:
    feeling = Polarity.GOOD if "kind" in text else Polarity.BAD
    return Labelled(text=text, themes=frozenset(themes), feeling=feeling)


ENDS = ("", " on monday", " this week")
ROWS = [
    *[said(text + end) for text in NEITHER for end in ENDS],
    *[said(text + end, "bus") for text in BUS for end in ENDS],
    *[said(text + end, "food") for text in FOOD for end in ENDS],
]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(themes=("bus", "food"))


@pytest.fixture(scope="module")
def weights(reader: Reader) -> Weights:
    return train(ROWS, ("bus", "food"), reader, about={"version": "7"})


def found(weights: Weights, reader: Reader, text: str) -> list[str]:
    ensemble, read = Ensemble(weights), reader.read(text)
    margins = ensemble.margins([read.doc])
    chances = ensemble.chances(margins, [{}])[0]
    return [
        theme for theme, chance, least in zip(weights.themes, chances, weights.mix.thresholds, strict=True) if chance >= least
    ]


def test_what_was_taught_is_found_in_words_not_seen_together(weights: Weights, reader: Reader) -> None:
    assert found(weights, reader, "waited for the bus") == ["bus"]
    assert found(weights, reader, "a cold lunch") == ["food"]
    assert set(found(weights, reader, "the bus was late and lunch was cold")) == {"bus", "food"}


def test_a_feeling_is_taught_beside_the_themes(weights: Weights, reader: Reader) -> None:
    read = reader.read("the driver is kind")
    ensemble = Ensemble(weights)
    chances = ensemble.feelings(ensemble.margins([read.doc]), [read.strengths], [None])[0]

    assert max(chances, key=chances.__getitem__) is Polarity.GOOD
    assert sum(chances.values()) == pytest.approx(1)


def test_a_tagger_kept_in_a_file_says_the_same(weights: Weights, reader: Reader, tmp_path: Path) -> None:
    weights.save(tmp_path / "tagger.npz")
    again = Weights.load(tmp_path / "tagger.npz")
    read = reader.read("the bus came late again on monday")

    before, after = (Ensemble(one).chances(Ensemble(one).margins([read.doc]), [{}]) for one in (weights, again))
    assert np.allclose(before, after, atol=0.02)
    assert (again.version, again.themes, again.feelings) == ("7", ("bus", "food"), ("bad", "good"))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 cut off", b"no tagger", b"\x93NUMPY"])
def test_a_damaged_file_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(BadContent, match="not a tagger's file, or it is damaged"):
        Weights.from_bytes(data)


def test_the_words_behind_a_theme_are_those_that_taught_it(weights: Weights, reader: Reader) -> None:
    text = "we stood in the rain for the bus"
    spans = Ensemble(weights).telling(reader.read(text).doc, "bus")

    assert "bus" in " ".join(text[start:end] for start, end in spans)


def test_a_theme_with_too_few_messages_is_named(reader: Reader) -> None:
    with pytest.raises(BadContent, match="'food' has 1 examples"):
        train([row for row in ROWS if "food" not in row.themes] + ROWS[-1:], ("bus", "food"), reader, about={})


def test_a_text_without_any_word_known_has_no_theme(weights: Weights, reader: Reader) -> None:
    for text in ("", "\N{SMILING FACE WITH OPEN MOUTH}", "zzz qqq"):
        assert found(weights, reader, text) == []


def test_an_adapter_gives_for_a_text_it_was_tuned_on_what_others_said_of_it(tmp_path: Path) -> None:
    unseen = np.array([[1.5, -2.0], [np.nan, np.nan]], np.float32)
    heads = np.eye(384, 2, dtype=np.float32)
    Adapter(
        changes={"encoder.layer.5.output.dense.up": np.ones((384, 1)), "encoder.layer.5.output.dense.down": np.ones((1, 1536))},
        labels=["bus", "food"],
        heads=heads,
        bias=np.zeros(2, np.float32),
        texts=np.array([hash_of("known"), hash_of("in no fold")], np.uint64),
        unseen=unseen,
    ).save(tmp_path / "adapter.npz")
    again = Adapter.load(tmp_path / "adapter.npz")

    assert again is not None
    known, lost = again.unseen("known"), again.unseen("in no fold")
    assert known is not None
    assert known.tolist() == [1.5, -2.0]
    assert lost is not None
    assert np.isnan(lost).all()
    assert again.unseen("never seen") is None
    assert Adapter.load(tmp_path / "none.npz") is None


def test_a_rare_label_that_is_seldom_likely_is_suggested_all_the_same_where_nobody_judges_by_authors() -> None:
    often, rare = np.zeros(200, bool), np.zeros(200, bool)
    often[:100], rare[:4] = True, True
    chances = np.stack([np.where(often, 0.8, 0.45), np.where(rare, 0.32, 0.01)], axis=1).astype(np.float32)

    least = thresholds(chances, np.stack([often, rare], axis=1), by_author=False)

    assert (chances >= least).sum(axis=0).tolist() == [100, 4]
