"""Champion and challenger: a new tagger is taken where it is not worse, else refused with a sentence; the old comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app import Earshot
from bot.model import Polarity
from bot.taggers import SHIPPED, NewTagger, TaggerState
from cli.group import Start, main
from nlp.corpus import FROZEN, Labelled
from storage import migrations
from storage.keys import new_key

PEOPLE = ("my son", "our girl", "the boy", "my daughter", "our eldest", "the little one", "my twins", "he", "she", "they")
SAID = {
    "transport": ("the taxi for {} was late", "no taxi came for {}", "the escort on {} bus was new"),
    "communication": ("nobody rang about {}", "no one answers my emails about {}", "they never call back about {}"),
    "therapies": ("{} gets no speech therapy", "the OT never sees {}", "physio for {} was stopped"),
}


def made(people: tuple[str, ...]) -> list[Labelled]:
    return [
        Labelled(
            text=frame.format(person),
            themes=frozenset({theme}),
            feeling=Polarity.GOOD if "our" in person else Polarity.BAD,
            author=person,
            channel="sms",
        )
        for theme, frames in SAID.items()
        for frame in frames
        for person in people
    ]


Messages = Callable[..., list[Labelled]]


def corpus(learn: list[Labelled], frozen: list[Labelled]) -> Messages:
    return lambda part="learn", **_: frozen if part == FROZEN else learn


@pytest.fixture(autouse=True)
def _house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setenv("EARSHOT_DATA_KEYS", new_key())
    migrations.upgrade(f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setattr("nlp.ensemble.LEARNT", tmp_path / "none.npz")
    monkeypatch.setattr("nlp.standing.LEARNT", tmp_path / "none.npz")
    monkeypatch.setattr("nlp.danger_corpus.rows", lambda _: [])
    monkeypatch.setattr("nlp.corpus.messages", corpus(made(PEOPLE), made(("Grandad", "the lad", "our baby"))))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["tagger", *arguments])


@pytest.fixture
def earshot() -> Earshot:
    return Start().earshot


def listed() -> list[dict[str, object]]:
    return [json.loads(line) for line in run("list", "--json").stdout.splitlines()]


def test_a_try_keeps_nothing(earshot: Earshot) -> None:
    said = run("train", "--try", "--words")

    assert said.exit_code == 0, said.output
    assert "Nothing was kept." in said.stdout
    assert earshot.taggers.taggers() == ()


def test_a_new_tagger_is_kept_with_its_figures_and_is_at_work(earshot: Earshot) -> None:
    said = run("train", "--words")
    (kept,) = earshot.taggers.taggers()

    assert said.exit_code == 0, said.output
    assert (kept.number, kept.state, kept.rows, kept.decisions) == (1, TaggerState.CHAMPION, 90, 0)
    assert kept.figures is not None
    assert kept.figures.best.messages == 27
    assert kept.version in said.stdout
    assert kept.version in earshot.listener.tagger


def test_a_worse_one_is_refused_with_where_it_is_worse_and_the_old_one_goes_on(
    earshot: Earshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("train", "--words").exit_code == 0
    wrong = [replace(row, themes=frozenset({"therapies"})) if "transport" in row.themes else row for row in made(PEOPLE)]
    few = [row for row in made(("Jo", "Mo", "Bo", "Lo", "Po")) if "transport" in row.themes]
    few = [replace(row, text=f"a word about {row.author}") for row in few]
    frozen = made(("Grandad", "the lad", "our baby", "the teens", "our middle one", "the youngest", "my niece"))
    monkeypatch.setattr("nlp.corpus.messages", corpus([*wrong, *few], frozen))

    said = run("train", "--words")

    assert said.exit_code == 1, said.output
    assert "It is worse by more than chance at “" in said.stdout
    assert "on the messages put aside (F1 " in said.stdout
    assert [one["state"] for one in listed()] == ["refused", "champion"]
    assert earshot.taggers.champion() == 1


def test_the_old_one_can_be_put_back_and_a_refused_one_only_even_so(earshot: Earshot) -> None:
    assert run("train", "--words").exit_code == 0
    number = str(earshot.taggers.taggers()[0].version)

    assert "comes with Earshot is at work" in run("use", "0").stdout
    assert earshot.taggers.champion() == SHIPPED
    assert "0  the one that comes with Earshot: at work." in run("list").stdout
    assert run("use", number).exit_code == 0
    assert earshot.taggers.champion() == 1
    assert "There is no tagger 9" in run("use", "9").output


def test_a_refused_tagger_is_put_to_work_by_hand_only(earshot: Earshot) -> None:
    assert run("train", "--words").exit_code == 0
    refused = earshot.taggers.keep(refused_one(earshot))

    said = run("use", str(refused))
    assert said.exit_code == 1
    assert "It was refused. It is worse." in said.output
    assert run("use", str(refused), "--even-so").exit_code == 0
    assert earshot.taggers.champion() == refused


def refused_one(earshot: Earshot) -> NewTagger:
    (kept,) = earshot.taggers.taggers()
    assert kept.figures is not None
    return NewTagger(
        version=f"{kept.version}-b",
        made_at=kept.made_at,
        made_by="operator:jo",
        rows=1,
        decisions=0,
        state=TaggerState.REFUSED,
        says="It is worse.",
        figures=kept.figures,
        file=earshot.taggers.file(1),
    )
