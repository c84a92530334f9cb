"""How well the tagger that comes with Earshot hears the messages put aside: no change may fall under these floors.

They stand in ``floors.toml``, a little under what was measured. A change that costs more must say so there.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.tagger_figures import Measure, Result
from nlp.corpus import FROZEN, messages
from nlp.ensemble import LEARNT, Ensemble
from nlp.evaluate import result
from nlp.judging import hear
from nlp.reading import Reader
from nlp.sentences import SentenceModel
from nlp.weights import Weights

FLOORS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "floors.toml").read_text("utf-8"))["tagger"]
WAYS = ("words", "sentences")


@pytest.fixture(scope="module", params=WAYS)
def measured(request: pytest.FixtureRequest, sentences: SentenceModel | None) -> tuple[str, Result]:
    """Words alone always; sentences where the model was made here."""
    model = sentences if request.param == "sentences" else None
    if request.param == "sentences" and model is None:
        pytest.skip("the sentence model was not made here: make embeddings")
    ensemble = Ensemble(Weights.load(LEARNT), model)
    reader = Reader(themes=ensemble.weights.themes)
    groups = {theme.code: theme.group for theme in reader.taxonomy.themes.values()}
    return request.param, result(hear(messages(FROZEN), ensemble, reader), groups)


def under(measures: tuple[Measure, ...], floors: dict[str, float]) -> list[str]:
    """What fell, in sentences; what has a floor must be there."""
    found = {measure.name: measure.f1 for measure in measures}
    assert floors.keys() == found.keys()
    return [f"{name}: F1 {found[name]:.3f}, floor {floor}" for name, floor in floors.items() if found[name] < floor]


def test_no_theme_falls_under_its_floor(measured: tuple[str, Result]) -> None:
    way, found = measured

    assert under(found.themes, FLOORS[way]["themes"]) == []


def test_no_group_falls_under_its_floor(measured: tuple[str, Result]) -> None:
    way, found = measured

    assert under(found.groups, FLOORS[way]["groups"]) == []


def test_nor_do_the_themes_together_the_feeling_the_chances_and_the_passages(measured: tuple[str, Result]) -> None:
    way, found = measured
    floors = FLOORS[way]
    assert found.mean_feeling is not None

    assert found.all_themes.f1 >= floors["all_themes"]
    assert found.mean_theme.f1 >= floors["mean_theme"]
    assert found.mean_feeling.f1 >= floors["mean_feeling"]
    assert found.ranking >= floors["ranking"]
    assert found.error_suggested <= floors["most_error"]
    assert found.passages[2].f1 >= floors["passages"]


def test_the_sentence_model_is_worth_its_while() -> None:
    """What ``earshot doctor`` says is given up without it, by the floors."""
    words, sentences = (FLOORS[way] for way in WAYS)

    assert sentences["all_themes"] >= words["all_themes"]
    assert sentences["mean_theme"] >= words["mean_theme"]
