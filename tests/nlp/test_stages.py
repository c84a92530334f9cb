"""The kind of setting and the stage of the journey are heard where they are told, and where they are not, none is guessed."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from spacy.language import Language

from bot.errors import BadContent
from nlp.ages import Ages
from nlp.corpus import DATA
from nlp.listener import SpacyListener
from nlp.places import Places
from nlp.spelling import Spelling
from nlp.stages import LONGEST, SETTINGS, STAGES, Stages

FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))["about"]


@pytest.fixture(scope="module")
def stages(nlp: Language, spelling: Spelling) -> Stages:
    return Stages(nlp, spelling)


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("the nursery wont take him", "early_years"),
        ("she goes to a special school", "special_school"),
        ("he is in the autism base at his secondary", "resource_base"),
        ("in yr 5 and still no help", "mainstream_primary"),
        ("year 9 and never in lessons", "mainstream_secondary"),
        ("college has no hoist", "college_post16"),
        ("we home educate now", "home_educated"),
        ("she is out of school since may", "not_in_education"),
        ("the PRU saved him", "pru_or_ap"),
        ("the children's ward was kind", "health_setting"),
        ("the school is great", None),
        ("he works at a plant nursery", None),
        ("home to school transport late again", None),
        ("no one rang", None),
    ],
)
def test_a_setting_is_told_by_its_kind(stages: Stages, nlp: Language, text: str, setting: str | None) -> None:
    assert stages.find(nlp(text))[0] == setting


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("tribunal in june", "dispute"),
        ("annual review was a joke", "annual_review"),
        ("they refused to assess", "ehc_request_0_6wk"),
        ("no EP so no plan", "ehc_assessment_6_16wk"),
        ("week 34 now still nothing", "ehc_draft_16_20wk"),
        ("we are in wk 4", "ehc_request_0_6wk"),
        ("the draft has his name wrong", "ehc_draft_16_20wk"),
        ("he turned 18 and everything stopped", "moving_to_adult"),
        ("yr 6 to yr 7 was a disaster", "phase_transfer"),
        ("2 years on the autism waiting list", "waiting_for_assessment"),
        ("his plan says 20 hours", "plan_in_place"),
        ("they said wait and see", "first_worries"),
        ("the taxi was late", None),
        ("we have no plan for summer", None),
    ],
)
def test_a_stage_of_the_journey_is_told(stages: Stages, nlp: Language, text: str, stage: str | None) -> None:
    assert stages.find(nlp(text))[1] == stage


def test_a_dispute_about_a_draft_is_a_dispute(stages: Stages, nlp: Language) -> None:
    assert stages.find(nlp("the draft is wrong so we went to tribunal"))[1] == "dispute"


def test_a_code_the_taxonomy_has_not_is_refused(nlp: Language, spelling: Spelling, tmp_path: Path) -> None:
    file = tmp_path / "about.toml"
    file.write_text('words = {}\nstage = []\n[[setting]]\ncode = "castle"\nsays = ["castle"]\n', encoding="utf-8")

    with pytest.raises(BadContent, match="castle"):
        Stages(nlp, spelling, file)


def test_every_setting_and_stage_has_its_cues(stages: Stages) -> None:
    assert {kind.code for kind in stages.settings} == set(SETTINGS)
    assert {kind.code for kind in stages.stages} == set(STAGES)


def test_only_the_beginning_of_a_long_text_is_read(stages: Stages, nlp: Language) -> None:
    filler = "and so on " * (LONGEST // 10)

    assert stages.find(nlp(f"nursery {filler}")) == ("early_years", None)
    assert stages.find(nlp(f"{filler} nursery")) == (None, None)


def test_the_listener_hears_them(listener: SpacyListener) -> None:
    heard = listener.hear("The nursery filled in the annual review papers")

    assert (heard.setting, heard.stage) == ("early_years", "annual_review")


# --- measured on messages of the theme corpus, labelled by hand: nlp/data/about ---


def figures(part: str, nlp: Language, spelling: Spelling) -> dict[str, tuple[float, float]]:
    """Precision and recall of what is told, by its kind."""
    stages, places, ages = Stages(nlp, spelling), Places(nlp), Ages()
    found, wanted, right = Counter[str](), Counter[str](), Counter[str]()
    for line in (DATA / "about" / f"{part}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        doc = nlp(row["text"])
        place = places.find(doc)
        setting, stage = stages.find(doc)
        said = {"place": place and place.name, "age_band": ages.band(row["text"]), "setting": setting, "stage": stage}
        for kind, value in said.items():
            found[kind] += value is not None
            wanted[kind] += kind in row
            right[kind] += value is not None and value == row.get(kind)
    return {kind: (right[kind] / found[kind], right[kind] / wanted[kind]) for kind in wanted}


@pytest.mark.parametrize("part", ["learn", "frozen"])
def test_what_a_message_is_about_is_heard_as_well_as_was_measured(part: str, nlp: Language, spelling: Spelling) -> None:
    for kind, (precision, recall) in figures(part, nlp, spelling).items():
        assert precision >= FLOORS[part][kind]["precision"], kind
        assert recall >= FLOORS[part][kind]["recall"], kind
