"""Champion and challenger: a new tagger is taken where it is not worse, else refused with a sentence; the old comes back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.heard import Polarity
from bot.taggers import SHIPPED, NewTagger, TaggerState
from cli.group import Start, main
from nlp.corpus import FROZEN, Labelled
from nlp.name_filling import templates
from parts import Earshot
from storage import migrations
from storage.database import Database
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


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A house without a tagger of its own, in which only what is made up here can be learnt, and names are looked for in little:
    a test of its own measures how well they are found.
    """
    few = templates(FROZEN)[:12]
    folder = tmp_path_factory.mktemp("house")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("EARSHOT_DATA_KEYS", new_key())
        patch.setattr("nlp.ensemble.LEARNT", folder / "none.npz")
        patch.setattr("nlp.standing.LEARNT", folder / "none.npz")
        patch.setattr("nlp.danger_corpus.rows", lambda _: [])
        patch.setattr("nlp.name_evaluation.templates", lambda _: few)
        patch.setattr("nlp.corpus.messages", corpus(made(PEOPLE), made(("Grandad", "the lad", "our baby"))))
        yield folder


def store_at(path: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("DATABASE_URL", f"sqlite:///{path}")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["tagger", *arguments])


@pytest.fixture(scope="module")
def taught(folder: Path) -> tuple[Path, Result]:
    """A store that keeps a tagger which was taught by the command, and what the command said. Each test copies the store."""
    path = folder / "taught.db"
    with pytest.MonkeyPatch.context() as patch:
        store_at(path, patch)
        migrations.upgrade(f"sqlite:///{path}")
        said = run("train", "--words")
    database = Database.open(f"sqlite:///{path}")
    database.checkpoint()
    database.close()
    return path, said


@pytest.fixture
def earshot(taught: tuple[Path, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Earshot]:
    """A house in which one tagger was taught."""
    store_at(Path(shutil.copy(taught[0], tmp_path / "store.db")), monkeypatch)
    earshot = Start().earshot
    yield earshot
    earshot.database.close()


def listed() -> list[dict[str, object]]:
    return [json.loads(line) for line in run("list", "--json").stdout.splitlines()]


def test_a_try_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store_at(tmp_path / "store.db", monkeypatch)
    migrations.upgrade(f"sqlite:///{tmp_path / 'store.db'}")

    said = run("train", "--try", "--words")

    assert said.exit_code == 0, said.output
    assert "Nothing was kept." in said.stdout
    assert Start().earshot.taggers.taggers() == ()


def test_a_new_tagger_is_kept_with_its_figures_and_is_at_work(earshot: Earshot, taught: tuple[Path, Result]) -> None:
    _, said = taught
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
    number = str(earshot.taggers.taggers()[0].version)

    assert "comes with Earshot is at work" in run("use", "0").stdout
    assert earshot.taggers.champion() == SHIPPED
    assert "0  the one that comes with Earshot: at work." in run("list").stdout
    assert run("use", number).exit_code == 0
    assert earshot.taggers.champion() == 1
    assert "There is no tagger 9" in run("use", "9").output


def test_a_refused_tagger_is_put_to_work_by_hand_only(earshot: Earshot) -> None:
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


@pytest.mark.parametrize("which", [(), ("--tagger", "1")], ids=["the one at work", "by its number"])
def test_a_tagger_that_is_kept_is_explained(earshot: Earshot, which: tuple[str, ...]) -> None:
    (kept,) = earshot.taggers.taggers()
    said = run("explain", "the taxi for my son was late", "--words", *which)
    by_version = run("explain", "the taxi for my son was late", "--words", "--tagger", kept.version)

    assert said.exit_code == 0, said.output
    assert "transport: suggested" in said.stdout
    assert by_version.stdout == said.stdout


def test_a_tagger_that_is_not_there_is_refused_with_where_to_look(earshot: Earshot) -> None:
    del earshot
    said = run("explain", "the taxi was late", "--tagger", "7")

    assert said.exit_code != 0
    assert "There is no file and no tagger 7. What taggers there are: earshot tagger list" in said.output


def test_a_question_that_nobody_asks_is_refused_and_one_of_a_campaign_counts_by_its_words(earshot: Earshot) -> None:
    del earshot
    refused = run("explain", "the taxi was late", "--words", "--question", "nonsense")

    assert refused.exit_code != 0
    assert "There is no question “nonsense”." in refused.output
    assert run("explain", "the taxi was late", "--words", "--question", "what_was_good").exit_code == 0
    assert run("explain", "the taxi was late", "--words", "--question", "where").exit_code == 0


def test_where_no_service_is_set_up_it_is_the_one_that_comes_with_earshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_at(tmp_path / "nothing.db", monkeypatch)

    said = run("explain", "the taxi was late", "--words")

    assert "about the tagger that comes with Earshot" in said.output
    assert "Earshot's own tagger is not in its place" in said.output
