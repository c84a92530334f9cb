"""`earshot tagger`: taught from anybody's rows, measured, asked why; every wrong file is a sentence, none a traceback."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.group import main
from cli.tagger_rows import labelled
from tests.cli.taught import lines, write

COLUMNS = ("--text", "words", "--themes", "labels")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["tagger", *map(str, arguments)])


def refused(result: Result) -> str:
    """What was said; it must be a sentence of ours and no traceback."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code != 0
    return " ".join(result.output.split())


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Result]:
    """The rows, the tagger taught from them, and what was said meanwhile."""
    folder = tmp_path_factory.mktemp("taught")
    rows, tagger = write(folder / "rows.jsonl"), folder / "tagger.npz"
    return rows, tagger, run("train", "--rows", rows, *COLUMNS, "--feeling", "mood", "--out", tagger, "--words")


def test_a_tagger_is_taught_with_labels_of_its_own_and_measured_on_what_was_put_aside(taught: tuple[Path, Path, Result]) -> None:
    _, tagger, said = taught

    assert said.exit_code == 0, said.output
    assert tagger.exists()
    assert "20 messages, a fifth put aside." in said.stdout
    assert "with the labels Books, Buses, Food" in said.stdout
    assert "Teaching the voters all of it." in said.stderr


def test_it_is_measured_on_a_file_and_the_figures_are_written_down(taught: tuple[Path, Path, Result], tmp_path: Path) -> None:
    rows, tagger, _ = taught
    out = tmp_path / "figures.md"

    said = run("evaluate", "--tagger", tagger, "--rows", rows, *COLUMNS, "--feeling", "mood", "--out", out)

    assert said.exit_code == 0, said.output
    assert "100 messages of rows.jsonl." in said.stdout
    assert "F1, all suggestions together" in said.stdout
    assert "| Buses | 40 |" in out.read_text("utf-8")


def test_it_says_why_with_the_words_behind_each_label(taught: tuple[Path, Path, Result]) -> None:
    said = run("explain", "The bus was late and lunch was cold", "--tagger", taught[1])

    assert said.exit_code == 0, said.output
    assert "Buses: suggested" in said.stdout
    assert "Food: suggested" in said.stdout
    assert "Books: not suggested" in said.stdout
    assert "“bus”" in said.stdout
    assert "feeling: bad" in said.stdout


def test_what_each_voter_adds_makes_the_chance(taught: tuple[Path, Path, Result]) -> None:
    from nlp.ensemble import Ensemble
    from nlp.explaining import reasons
    from nlp.reading import Reader
    from nlp.weights import Weights

    ensemble = Ensemble(Weights.load(taught[1]))

    for reason in reasons("The bus was late", ensemble, Reader(themes=ensemble.weights.themes)):
        odds = reason.start + sum(voter.adds for voter in reason.voters)
        assert reason.chance == pytest.approx(1 / (1 + 2.718281828**-odds), abs=1e-3)


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_no_words_cannot_be_explained(taught: tuple[Path, Path, Result], text: str) -> None:
    assert "no words to explain" in refused(run("explain", text, "--tagger", taught[1]))


@pytest.mark.parametrize("text", ["🙂", "a" * 30_000, "\ud800 bus", "автобус bus", "b\u200bus"])
def test_strange_words_are_explained_all_the_same(taught: tuple[Path, Path, Result], text: str) -> None:
    from nlp.ensemble import Ensemble
    from nlp.explaining import feeling_reason, reasons
    from nlp.reading import Reader
    from nlp.weights import Weights

    ensemble = Ensemble(Weights.load(taught[1]))
    reader = Reader(themes=ensemble.weights.themes)

    assert reasons(text, ensemble, reader)
    assert feeling_reason(text, ensemble, reader).chances


# --- wrong files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("--text", "wrong", "--themes", "labels"), "There is no column “wrong”"),
        (("--text", "words", "--themes", "wrong"), "There is no column “wrong”"),
        (("--text", "words"), "Which column holds the labels?"),
        ((*COLUMNS, "--feeling", "labels"), "is no feeling"),
    ],
)
def test_a_wrong_column_is_named(taught: tuple[Path, Path, Result], given: tuple[str, ...], says: str) -> None:
    rows, tagger, _ = taught

    assert says in refused(run("evaluate", "--tagger", tagger, "--rows", rows, *given))


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("rows.csv", b"", "holds no comments"),
        ("rows.csv", b"words,labels\n", "holds no comments"),
        ("rows.csv", b"words,labels\n,Buses\n", "holds no words"),
        ("rows.csv", b"words,labels\nThe bus,\n", "holds no labels"),
        ("rows.csv", b'words,labels\nThe bus,"[Buses"\n', "begins like a JSON list and is none"),
        ("rows.xlsx", b"no workbook", "cannot be read as an Excel workbook"),
        ("rows.pdf", b"%PDF", "is not a CSV, XLSX or JSON lines file"),
        ("rows.csv", "words,labels\nLe bus était en retard,Buses\n".encode("latin-1"), "None of the labels is one"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence(
    taught: tuple[Path, Path, Result], tmp_path: Path, name: str, data: bytes, says: str
) -> None:
    rows, tagger = tmp_path / name, tmp_path / "tagger.npz"
    rows.write_bytes(data)
    if "None of the labels" in says:
        rows.write_bytes(data.replace(b"Buses", b"Trains"))
        assert says in refused(run("evaluate", "--tagger", taught[1], "--rows", rows, *COLUMNS))
    else:
        assert says in refused(run("train", "--rows", rows, *COLUMNS, "--out", tagger, "--words"))
        assert not tagger.exists()


def test_one_label_alone_cannot_be_taught(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text("\n".join(json.dumps({**row, "labels": "Buses"}) for row in lines()), encoding="utf-8")

    said = refused(run("train", "--rows", rows, *COLUMNS, "--out", tmp_path / "tagger.npz", "--words"))

    assert "In all messages or nearly all, so it tells nothing: Buses." in said
    assert "a tagger is taught to tell two or more apart" in said


def test_a_label_that_stands_too_seldom_is_left_out_and_named(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rare = {"words": "the boat sank", "labels": "Boats", "mood": "bad"}
    rows.write_text("\n".join(json.dumps(row) for row in [*lines(), rare]), encoding="utf-8")

    said = run("train", "--rows", rows, *COLUMNS, "--out", tmp_path / "tagger.npz", "--words")

    assert said.exit_code == 0, said.output
    assert "In fewer than 5 messages, so not to be learnt: Boats." in said.stderr
    assert "with the labels Books, Buses, Food" in said.stdout


def test_rows_without_a_place_to_write_to_are_refused(taught: tuple[Path, Path, Result]) -> None:
    assert "add --out" in refused(run("train", "--rows", taught[0], *COLUMNS))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"\x80\x04K\x01."])
def test_what_is_no_tagger_is_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "tagger.npz"
    file.write_bytes(data)

    assert "is not a tagger's file" in refused(run("explain", "The bus was late", "--tagger", file))
    assert "There is no file" in refused(run("explain", "The bus was late", "--tagger", tmp_path / "none.npz"))


def test_labels_come_with_semicolons_or_as_a_list(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    given = [{"t": "one", "l": "a; b ;"}, {"t": "two", "l": '["a", "c"]'}, {"t": "three", "l": ["b"]}, {"t": "four", "l": None}]
    rows.write_text("\n".join(map(json.dumps, given)), encoding="utf-8")

    found = labelled(rows, text="t", themes="l", feeling=None)

    assert [row.themes for row in found] == [{"a", "b"}, {"a", "c"}, {"b"}, frozenset()]


def test_the_words_behind_a_label_stand_in_the_text_and_those_side_by_side_are_one(taught: tuple[Path, Path, Result]) -> None:
    """Staff see them marked in the parent's words."""
    from nlp.ensemble import Ensemble
    from nlp.reading import Reader
    from nlp.weights import Weights

    ensemble = Ensemble(Weights.load(taught[1]))
    text = "Yesterday, I must say, the library books were nowhere to be found."
    read = Reader(themes=ensemble.weights.themes).read(text)

    spans = ensemble.telling(read.doc, "Books")
    assert any("library books" in text[start:end] for start, end in spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert list(spans) == sorted(spans)
    assert all(later[0] - earlier[1] > 1 for earlier, later in pairwise(spans))
