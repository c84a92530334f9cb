"""`earshot words`: a translator sees what is missing or changed, gets it as a table, and brings it back."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.model import Locale
from bot.wording import CONTENT, Wording
from cli.words import words

MARTIAN = Locale("x-martian")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """English, and a language that is English but for one text that is not there."""
    english = tmp_path / "words" / "en.toml"
    english.parent.mkdir()
    shutil.copy(CONTENT / "en.toml", english)
    text = english.read_text("utf-8").replace("complete = true", "complete = false")
    text = text.replace('more = "Thank you, we have kept that too."\n', "").replace('name = "English"', 'name = "Martian"')
    (english.parent / f"{MARTIAN}.toml").write_text(text, "utf-8")
    return english.parent


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(words, [*arguments, "--folder", str(folder)])


def found(folder: Path) -> dict[str, Any]:
    result = run(folder, "--locale", MARTIAN, "--json")
    assert result.exit_code == 0, result.output
    one: dict[str, Any] = json.loads(result.stdout)
    return one


def handed_out(folder: Path, path: Path) -> list[dict[str, str]]:
    assert run(folder, "--locale", MARTIAN, "--csv", str(path)).exit_code == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def bring_back(folder: Path, path: Path, rows: list[dict[str, str]]) -> Result:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return run(folder, "--locale", MARTIAN, "--take", str(path))


def test_what_is_missing_is_named(folder: Path) -> None:
    assert found(folder)["missing"] == ["kept.more"]
    assert "missing: kept.more" in run(folder).output


def test_what_changed_in_english_since_it_was_translated_is_named(folder: Path) -> None:
    assert run(folder, "--write", MARTIAN).exit_code == 0
    before = found(folder)
    english = folder / "en.toml"
    english.write_text(english.read_text("utf-8").replace("word for word", "letter for letter"), "utf-8")

    assert (before["changed"], before["unstamped"]) == ([], [])
    assert found(folder)["changed"] == ["kept.same"]


def test_one_key_may_be_said_to_fit_and_no_other(folder: Path) -> None:
    run(folder, "--write", MARTIAN, "kept.same", "choice.words_yes")

    stamps = Wording.load(folder).tongues[MARTIAN].translated
    assert set(stamps) == {"kept.same", "choice.words_yes"}
    assert "kept.same" not in found(folder)["unstamped"]


def test_a_table_comes_back_into_the_file_and_its_notes_stay(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    rows = handed_out(folder, table)
    for row in rows:
        new = {"kept.more": "Zik zak.", "kept.same": 'Zok "zak".'}
        row["translation"] = new.get(row["key"], row["translation"])
    result = bring_back(folder, table, rows)
    tongue = Wording.load(folder).tongues[MARTIAN]

    assert "2 texts taken" in result.output
    assert tongue.texts["kept.more"] == {"text": "Zik zak."}
    assert tongue.texts["kept.same"] == {"text": 'Zok "zak".'}
    assert found(folder)["missing"] == []
    assert "# --- a hard day" in (folder / f"{MARTIAN}.toml").read_text("utf-8")


def test_a_plain_text_may_get_a_variant(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    row = next(row for row in handed_out(folder, table) if row["key"] == "kept.plain")
    bring_back(folder, table, [{**row, "channel": "sms", "translation": "Zik."}])

    variants = Wording.load(folder).tongues[MARTIAN].texts["kept.plain"]
    assert variants == {"text": "Thank you, we have kept that.", "sms": "Zik."}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"translation": "Zik {day}."}, "must have the placeholders"),
        ({"translation": "Zik {reference.x}."}, "a name in braces"),
        ({"key": "kept.nothing"}, "no text"),
        ({"english": "Another."}, "English has changed"),
    ],
)
def test_a_table_that_does_not_fit_changes_nothing(folder: Path, tmp_path: Path, change: dict[str, str], says: str) -> None:
    table = tmp_path / "table.csv"
    row = next(row for row in handed_out(folder, table) if row["key"] == "status.nothing")
    before = (folder / f"{MARTIAN}.toml").read_text("utf-8")
    result = bring_back(folder, table, [{**row, "translation": "Zik.", **change}])

    assert result.exit_code == 1
    assert says in str(result.exception)
    assert (folder / f"{MARTIAN}.toml").read_text("utf-8") == before


def test_english_is_translated_into_nothing(folder: Path) -> None:
    assert run(folder, "--write", "en").exit_code == 2
    assert run(folder, "--csv", "x.csv").exit_code == 2
