"""`earshot words`: a translator sees what is missing or changed, gets it as a table, and brings it back."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from bot.model import ENGLISH, Locale
from bot.records import StaffMember
from bot.word_versions import changes_as_text, digest_of
from bot.wording import CONTENT, Wording
from cli.doctor_words import word_findings
from cli.group import Start
from cli.words import keys_of, words
from storage import migrations
from storage.tables import word_version
from tests.bot.word_scene import KEPT, NOW, OURS, TODAY, change

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


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """A house in which one text is published over the files."""
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path / 'store.db'}"
    migrations.upgrade(url)
    start = Start({"database_url": url})
    member = StaffMember(id=UUID(int=7), name="Pat Ivey", username="pat", role="publisher", password_hash="x")
    with start.store().transaction() as tx:
        tx.add_staff(member, NOW)
    desk = start.earshot.word_desk
    desk.propose(member, ENGLISH, KEPT, {"text": OURS})
    board, place = desk.board(), (ENGLISH, KEPT, "text")
    desk.publish(member, [place], why="Clearer.", seen=desk.edition(board, [place]).seen, signed={}, today=TODAY)
    return start


def test_what_is_published_is_shown_with_the_translations_that_are_behind(start: Start) -> None:
    told = CliRunner().invoke(words, ["--published", "--locale", "pl"], obj=start)

    assert "Version 1 is published, with 1 text over the files." in told.output
    assert f"en {KEPT} (text): {OURS}" in told.output
    assert f"changed in English since: {KEPT}" in told.output


def test_a_table_of_what_is_published_holds_its_english(start: Start, tmp_path: Path) -> None:
    out = tmp_path / "pl.csv"
    CliRunner().invoke(words, ["--published", "--locale", "pl", "--csv", str(out)], obj=start)
    with out.open(encoding="utf-8-sig", newline="") as file:
        (row,) = [row for row in csv.DictReader(file) if row["key"] == KEPT]

    assert (row["english"], row["state"]) == (OURS, "changed")


def test_the_files_are_not_written_from_what_is_published(start: Start) -> None:
    told = CliRunner().invoke(words, ["--published", "--write", "pl"], obj=start)

    assert told.exit_code == 2
    assert "/staff/words" in told.output


def test_the_doctor_says_that_published_words_are_spoken_and_what_is_wrong_with_them(start: Start) -> None:
    earshot = start.earshot
    good = list(word_findings(earshot))
    with earshot.database.writing() as connection:
        left = changes_as_text([change("We have it, {reference}."), replace(change("Thank you!", key="hello.again"), over="old")])
        connection.execute(update(word_version).values(changes=left, digest=digest_of(left, "{}")))
    worse = [says for kind, says in word_findings(earshot) if kind == "note"]
    with earshot.database.writing() as connection:
        connection.execute(update(word_version).values(changes="damaged"))
    broken = list(word_findings(earshot))

    assert good == [("good", "Version 1 of the words is spoken; nothing is wrong with what it changes (1).")]
    assert [says.partition(".")[0].partition(" (")[0] for says in worse] == [
        "A published text no longer fits",
        "The file has another text under one that is published",
        "A published text breaks a rule of today",
    ]
    assert [kind for kind, _ in broken] == ["fault"]


def test_the_doctor_says_where_nobody_can_publish(start: Start) -> None:
    with start.store().transaction() as tx:
        tx.update_staff(UUID(int=7), disabled_at=NOW)
        tx.add_staff(StaffMember(id=UUID(int=8), name="Jo", username="jo", role="reviewer", password_hash="x"), NOW)

    assert any("Nobody can publish words" in says for _, says in word_findings(start.earshot))


# --- beside the talk --------------------------------------------------------------------------------------------------


@pytest.fixture
def content(folder: Path) -> Path:
    """The folders beside the wording, with a language that lacks a text, a word and a rule."""
    content = folder.parent
    (content / "pages").mkdir()
    (content / "danger").mkdir()
    (content / "pages" / "en.toml").write_text('title = "Hello"\n[story]\nheading = "Tell us"\n', "utf-8")
    (content / "pages" / f"{MARTIAN}.toml").write_text('title = "Blip"\n', "utf-8")
    cues = '[[cue]]\nkind = "{}"\nlevel = "danger"\n'
    (content / "danger" / "en.toml").write_text(cues.format("life_now") + cues.format("self_harm"), "utf-8")
    (content / "danger" / "x.toml").write_text(cues.format("life_now"), "utf-8")
    return content


def test_what_pages_and_rules_lack_is_named(folder: Path, content: Path) -> None:
    pages, danger = found(folder)["beside"]

    assert (pages["folder"], pages["missing"], pages["unstamped"]) == ("pages", ["story.heading"], ["title"])
    assert (danger["folder"], danger["missing"]) == ("danger", ["self_harm (danger)"])


def test_what_changed_on_the_english_pages_since_is_named(folder: Path, content: Path) -> None:
    run(folder, "--write", MARTIAN)
    assert [one["unstamped"] for one in found(folder)["beside"]] == [[], []]
    english = content / "pages" / "en.toml"
    english.write_text(english.read_text("utf-8").replace("Hello", "Good day"), "utf-8")

    assert found(folder)["beside"][0]["changed"] == ["title"]


def test_easy_read_is_stamped_as_any_other(tmp_path: Path) -> None:
    easy = Wording.load().tongues[Locale("en-x-easyread")]

    assert set(easy.translated) == set(keys_of(easy))
