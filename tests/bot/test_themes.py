"""The themes as data: complete, consistent, and a fault in the file is named in a sentence."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from bot import toml
from bot.errors import BadContent, NotFound
from bot.model import EASY_READ, ENGLISH, Locale
from bot.themes import CONTENT, Taxonomy
from bot.wording import Wording

TAXONOMY = Taxonomy.load()


@pytest.fixture
def data() -> dict[str, Any]:
    return copy.deepcopy(toml.read(CONTENT))


def test_all_35_themes_are_there_in_8_groups() -> None:
    assert len(TAXONOMY.living()) == 35
    assert [group for group, _ in TAXONOMY.by_group()] == [
        "early",
        "diagnosis",
        "ehcp",
        "education",
        "health",
        "family",
        "future",
        "system",
    ]
    assert sum(len(themes) for _, themes in TAXONOMY.by_group()) == 35


def test_every_theme_says_what_it_is_and_is_not_and_has_examples() -> None:
    for theme in TAXONOMY.living():
        assert theme.means
        assert theme.includes
        assert theme.excludes
        assert len(theme.examples) >= 5
        assert theme.areas
        assert theme.strategies
        assert theme.criteria
        assert any(not cue.against for cue in theme.cues)


@pytest.mark.parametrize("locale", [ENGLISH, EASY_READ])
def test_every_theme_has_a_label_and_a_spoken_name_in_both_english_locales(locale: Locale) -> None:
    for theme in TAXONOMY.living():
        assert theme.label[locale]
        assert theme.spoken[locale]
        assert theme.spoken[locale][0].islower()
        assert not theme.spoken[locale].endswith(".")


def test_labels_are_told_apart() -> None:
    labels = [TAXONOMY.label(theme.code) for theme in TAXONOMY.living()]

    assert len(set(labels)) == 35


def test_a_label_falls_back_to_english_and_a_spoken_name_does_not() -> None:
    welsh = Locale("cy")

    assert TAXONOMY.label("transport", welsh) == "Home to school transport"
    assert TAXONOMY.spoken("transport", welsh) is None


def test_every_theme_can_be_said_back_in_every_language_we_have_words_for() -> None:
    locales = Wording.load(facts={"privacy_url": "https://earshot.example/privacy"}).locales
    missing = [(code, locale) for code in TAXONOMY.themes for locale in locales if TAXONOMY.spoken(code, locale) is None]

    assert missing == []
    assert TAXONOMY.spoken("transport") == "transport to school or college"
    assert TAXONOMY.group_label("early", EASY_READ) == "Getting help early"


def test_every_area_of_the_written_statement_of_action_has_themes() -> None:
    assert {area for theme in TAXONOMY.living() for area in theme.areas} == set(TAXONOMY.areas) == set(range(1, 10))


def test_an_unknown_code_is_not_found() -> None:
    with pytest.raises(NotFound, match="no theme 'traffic'"):
        TAXONOMY.theme("traffic")
    with pytest.raises(NotFound):
        TAXONOMY.living_theme("traffic")


def retire(data: dict[str, Any], **fields: object) -> dict[str, Any]:
    entry = next(entry for entry in data["theme"] if entry["code"] == "transport")
    entry.pop("for")
    entry.pop("against")
    entry.update(fields)
    return data


def test_a_retired_theme_is_still_named_but_not_chosen(data: dict[str, Any]) -> None:
    taxonomy = Taxonomy.from_data(retire(data, retired="2.0", instead=["placement", "activities"]))

    assert len(taxonomy.living()) == 34
    assert taxonomy.label("transport") == "Home to school transport"
    with pytest.raises(NotFound, match="placement or activities"):
        taxonomy.living_theme("transport")


@pytest.mark.parametrize(
    "fields", [{"retired": "2.0"}, {"retired": "2.0", "instead": ["traffic"]}, {"retired": "2.0", "instead": ["transport"]}]
)
def test_a_retired_theme_must_name_living_ones_instead(data: dict[str, Any], fields: dict[str, object]) -> None:
    with pytest.raises(BadContent, match="must name living themes"):
        Taxonomy.from_data(retire(data, **fields))


def test_no_cue_may_speak_for_a_retired_theme(data: dict[str, Any]) -> None:
    changed = retire(data, retired="2.0", instead=["placement"], **{"for": {"0.9": ["taxi"]}})

    with pytest.raises(BadContent, match="no cue may speak for it"):
        Taxonomy.from_data(changed)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"group": "roads"}, "in the group 'roads'"),
        ({"label": {"pl": "Transport"}}, "no English label"),
        ({"areas": [12]}, "mapped to '12'"),
        ({"strategies": ["S9"]}, "mapped to 'S9'"),
        ({"threshold": 1.0}, "threshold"),
        ({"instead": ["placement"]}, "but is not retired"),
        ({"for": {"1.5": ["taxi"]}}, "not a chance"),
        ({"for": {"often": ["taxi"]}}, "not in their form"),
        ({"for": {"0.9": [" "]}}, "empty cue"),
        ({"for": {"0.9": ["taxi", "taxi"]}}, "twice"),
        ({"for": {"0.9": ["@lorries"]}}, "the list @lorries"),
        ({"code": "placement"}, "stands in the file twice"),
        ({"means": None}, "not in their form"),
    ],
)
def test_a_fault_is_named(data: dict[str, Any], change: dict[str, object], sentence: str) -> None:
    entry = next(entry for entry in data["theme"] if entry["code"] == "transport")
    entry.update(change)
    data["theme"] = [{key: value for key, value in row.items() if value is not None} for row in data["theme"]]

    with pytest.raises(BadContent, match=sentence):
        Taxonomy.from_data(data)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadContent, match=r"themes\.toml cannot be read"):
        Taxonomy.load(tmp_path / "themes.toml")
