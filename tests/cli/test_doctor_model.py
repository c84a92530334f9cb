"""What the doctor says of the listener: which tagger, and what is given up without the sentence model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from bot.own_themes import ChangeKind, ThemeChange
from bot.records import StaffMember
from bot.tagger_figures import Figures
from cli.doctor_model import model_findings
from cli.group import Start
from nlp.sentences import SentenceModel
from parts import Earshot
from storage import migrations
from storage.keys import new_key
from storage.own_themes import SqlOwnThemes
from tests.staff.measured import FIGURES, measure
from tests.storage.test_taggers import FIRST


@pytest.fixture
def earshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Earshot:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setenv("EARSHOT_DATA_KEYS", new_key())
    monkeypatch.setattr("rooms.FIGURES", tmp_path / "figures.json")
    migrations.upgrade(f"sqlite:///{tmp_path / 'store.db'}")
    return Start().earshot


def told(earshot: Earshot) -> str:
    return "\n".join(f"{kind}: {says}" for kind, says in model_findings(earshot))


def without_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SentenceModel, "load", lambda: None)


def test_what_is_given_up_without_sentences_is_told_in_the_figures_kept(
    earshot: Earshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_sentences(monkeypatch)
    better = replace(FIGURES.words, all_themes=measure("all", f1=0.81), mean_theme=measure("mean", f1=0.79))
    (tmp_path / "figures.json").write_text(replace(FIGURES, sentences=better).to_json(), encoding="utf-8")

    said = told(earshot)

    assert "note: The sentence model is not made" in said
    assert "make embeddings" in said
    assert "Without it F1 is 0.75 and not 0.81 over all suggestions, 0.75 and not 0.79" in said


@pytest.mark.parametrize("figures", [None, FIGURES])
def test_where_that_was_not_measured_it_says_so(
    earshot: Earshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, figures: Figures | None
) -> None:
    without_sentences(monkeypatch)
    if figures is not None:
        (tmp_path / "figures.json").write_text(figures.to_json(), encoding="utf-8")

    assert "What that costs was not measured with this tagger." in told(earshot)


def test_a_tagger_that_cannot_be_read_is_a_fault_and_the_listener_works_all_the_same(earshot: Earshot) -> None:
    earshot.taggers.keep(FIRST)

    said = told(earshot)

    assert "fault: Tagger 1 is to be at work and cannot be read." in said
    assert "good: The listener works" in said


def test_where_the_team_has_merged_transport_into_another_theme_that_is_what_the_listener_is_to_know(earshot: Earshot) -> None:
    pia = StaffMember(id=uuid4(), name="Pia", username="pia", role="publisher", password_hash="argon2id$made-up")
    with earshot.store.transaction() as tx:
        tx.add_staff(pia, earshot.clock.now())
    change = ThemeChange(kind=ChangeKind.MERGE, theme="transport", heir="communication")
    assert SqlOwnThemes(earshot.database, earshot.sealer).add(change, pia, earshot.clock.now())

    assert "good: The listener works" in told(earshot)
