"""Past comments out of a file: each once, whatever is run again, with a report that leaves no row out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook

import app
from bot.byhand import Receiver
from bot.columns import UnreadableCell, day_of
from bot.errors import StoreUnavailable
from bot.events import Event
from bot.inbox import InboxFilter
from bot.intake import Intake
from cli.group import main
from nlp.similar import Alike
from parts import Earshot
from storage import migrations
from storage.keys import new_key

ROWS = """Ref,Comment,Date,School,Agreed,Year group
1,The taxi came late every day and nobody rang us about it.,31/05/2024,Fern Hill School,Yes,7

2,"Lovely SENCO, she listens.",2024-06-01,,no,
3,  ,2024-06-01,,,
4,The taxi came late every day and nobody rang us about it!!,1 June 2024,,perhaps,9
5,The plan was wrong again.,20/13/2024,,,
1,The taxi came late every day and nobody rang us about it.,31/05/2024,Fern Hill School,Yes,7
"""
MAPPED = ("Comment=text", "Date=date", "School=place", "Agreed=consent", "Ref=id")
DANGER = "He has a knife and he will kill her tonight"

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`earshot import FILE …` on a fresh store."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setenv("EARSHOT_DATA_KEYS", new_key())
    migrations.upgrade(f"sqlite:///{tmp_path / 'store.db'}")

    def invoke(
        content: str, *more: str, mapped: Sequence[str] = MAPPED, kind: str = "Survey 2024", name: str = "s.csv"
    ) -> Result:
        (tmp_path / name).write_text(content, "utf-8")
        pairs = [part for pair in mapped for part in ("--map", pair)]
        return CliRunner().invoke(main, ["import", name, "--kind", kind, *pairs, *more])

    return invoke


def reported(told: Result) -> list[dict[str, str]]:
    assert told.exit_code == 0, told.output
    return list(csv.DictReader(io.StringIO(told.stdout)))


def outcomes(told: Result) -> list[tuple[str, str]]:
    return [(row["row"], row["outcome"]) for row in reported(told)]


def kept(earshot: Earshot | None = None) -> list[tuple[str, str]]:
    earshot = earshot or app.build(app.Settings.read())
    return [(row.text, row.channel) for row in earshot.store.export_messages() if row.direction == "inbound"]


def test_each_row_has_an_outcome_by_the_number_the_spreadsheet_shows(run: Run) -> None:
    told = run(ROWS)

    assert outcomes(told) == [
        ("2", "kept"),
        ("4", "kept"),
        ("5", "empty"),
        ("6", "kept"),
        ("7", "not kept"),
        ("8", "twice"),
    ]
    remarks = {row["row"]: row["remark"] for row in reported(told)}
    assert remarks["8"] == "The same as row 2."
    assert "Nearly the same words as row 2." in remarks["6"]
    assert "not understood, so it counts as not asked" in remarks["6"]
    assert "“20/13/2024” is no date" in remarks["7"]
    assert len(kept()) == 3


def test_a_dry_run_says_what_would_happen_and_writes_nothing(run: Run) -> None:
    told = run(ROWS, "--dry-run")

    assert [outcome for _, outcome in outcomes(told)].count("would be kept") == 3
    assert "Would be kept: 3." in told.stderr
    assert kept() == []


@pytest.mark.parametrize(("words", "where"), [((), "they stand at"), (("--dry-run",), "they will stand at")])
def test_where_danger_stands_is_said_as_it_is(run: Run, words: tuple[str, ...], where: str) -> None:
    told = run("Comment,Date\nI am going to kill myself tonight,\n", *words, mapped=("Comment=text", "Date=date"))

    assert where in told.stderr


@pytest.mark.parametrize("mapped", [MAPPED, ("Comment=text", "Date=date")])
def test_the_same_file_again_adds_nothing_and_now_has_the_references(run: Run, mapped: Sequence[str]) -> None:
    run(ROWS, mapped=mapped)
    earshot = app.build(app.Settings.read())
    earshot.worker().work_off()
    again = run(ROWS, mapped=mapped)

    assert {outcome for _, outcome in outcomes(again)} == {"here already", "empty", "not kept", "twice"}
    cards = {card.reference for card in earshot.store.inbox(InboxFilter()).cards}
    assert {row["reference"] for row in reported(again)} - {""} == cards
    assert len(kept()) == 3


def test_another_survey_may_say_the_same(run: Run) -> None:
    run(ROWS)
    run(ROWS, kind="Survey 2025")

    assert len(kept()) == 6


def test_a_run_that_was_broken_off_is_taken_up_where_it_stopped(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Intake.receive
    count = 0

    def dies(self: Receiver, events: Sequence[Event]) -> None:
        nonlocal count
        count += 1
        if count == 2:
            raise StoreUnavailable
        whole(self, events)  # type: ignore[arg-type]

    monkeypatch.setattr(Intake, "receive", dies)
    broken = run(ROWS)
    assert broken.exit_code == 1
    assert "2,kept" in broken.stdout, "what was kept was told"
    again = run(ROWS)

    assert outcomes(again)[:2] == [("2", "here already"), ("4", "kept")]
    assert len(kept()) == 3


def test_what_stood_in_the_row_is_on_the_record(run: Run) -> None:
    run(ROWS, "--read-by", "2027-02-01")
    earshot = app.build(app.Settings.read())
    earshot.worker().work_off()
    cards = {card.passages[0].text: card for card in earshot.store.inbox(InboxFilter()).cards}

    taxi, senco = cards["The taxi came late every day and nobody rang us about it."], cards["Lovely SENCO, she listens."]
    assert (taxi.place, taxi.channel, taxi.promised_on.isoformat()) == ("Fern Hill School", "import", "2027-02-01")
    assert {purpose.value: given for purpose, given in taxi.consents.items()} == {"words_in_public": True}
    assert set(senco.consents.values()) == {False}
    assert [row for row in earshot.store.export_messages() if row.direction == "outbound"] == []


def test_other_columns_are_kept_sealed_and_named(run: Run, tmp_path: Path) -> None:
    told = run(ROWS.replace(",7\n", ",a-rare-word\n"))

    assert "Kept sealed beside the words: “Year group”." in told.stderr
    assert b"a-rare-word" not in (tmp_path / "store.db").read_bytes()


@pytest.mark.parametrize(
    ("mapped", "sentence"),
    [
        (("Coment=text",), "There is no column “Coment”. The columns are: “Ref”, “Comment”"),
        (("Comment=words",), "is not COLUMN=FIELD. The fields are: text, date"),
        (("Comment",), "is not COLUMN=FIELD"),
        (("Date=date",), "Say which column holds the words"),
        (("Comment=text", "Ref=text"), "Two columns are mapped to “text”: “Comment” and “Ref”."),
    ],
)
def test_a_wrong_mapping_is_a_sentence_that_names_what_there_is(run: Run, mapped: Sequence[str], sentence: str) -> None:
    told = run(ROWS, mapped=mapped)

    assert told.exit_code == 1
    assert sentence in told.output
    assert kept() == []


def test_a_report_goes_to_a_file_and_never_over_the_file_that_is_read(run: Run, tmp_path: Path) -> None:
    run(ROWS, "--report", "out.csv")
    assert (tmp_path / "out.csv").read_text("utf-8-sig").startswith("row,outcome,reference,remark\n2,kept,")

    told = run(ROWS, "--report", "s.csv")
    assert told.exit_code == 1
    assert (tmp_path / "s.csv").read_text("utf-8") == ROWS


def test_danger_of_today_calls_and_danger_of_long_ago_only_waits(run: Run) -> None:
    today = datetime.now(UTC).date()
    days = [today - timedelta(days=1), today - timedelta(days=200)]
    told = run(
        "Text,Date\n" + "".join(f"{DANGER},{day}\n" for day in days) + f"{DANGER},31/02/2024\n", mapped=("Text=text", "Date=date")
    )

    earshot = app.build(app.Settings.read())
    assert len(earshot.store.loose_alerts()) == 2
    assert len(earshot.store.alerts_due(datetime.now(UTC) + timedelta(days=1))) == 1
    assert [row["outcome"] for row in reported(told)] == ["kept", "kept", "not kept"]
    assert all("It tells of danger" in row["remark"] for row in reported(told)), "above all of the one that was not kept"


def test_json_lines_and_workbooks_are_read_too(run: Run, tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({"said": text, "when": "2024-05-01"}) for text in ("One thing.", "Another thing."))
    assert len(outcomes(run(lines, mapped=("said=text", "when=date"), name="s.jsonl"))) == 2
    book = Workbook()
    assert book.active is not None
    for row in (("Comment", "When"), ("A third thing.", datetime(2024, 5, 1)), (None, None), ("A fourth.", "soon")):  # noqa: DTZ001 - a cell has no zone
        book.active.append(row)
    book.save(tmp_path / "s.xlsx")
    told = CliRunner().invoke(main, ["import", "s.xlsx", "--kind", "K", "--map", "Comment=text", "--map", "When=date"])

    assert outcomes(told) == [("2", "kept"), ("4", "not kept")]


def test_a_cell_of_the_report_is_never_a_formula(run: Run) -> None:
    told = run("Text,Date\nWords.,=1+1\n", mapped=("Text=text", "Date=date"))

    assert reported(told)[0]["remark"].startswith("“=1+1” is no date")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-05-31", "2024-05-31"),
        ("2024-05-31T00:00:00", "2024-05-31"),
        ("31/05/2024", "2024-05-31"),
        ("1.6.24", "2024-06-01"),
        ("31/05/2024 14:05", "2024-05-31"),
        ("1 June 2024", "2024-06-01"),
        ("01-Jun-24", "2024-06-01"),
    ],
)
def test_days_are_read_as_people_and_spreadsheets_write_them(text: str, day: str) -> None:
    assert day_of(text, today=datetime(2026, 1, 1, tzinfo=UTC).date()).isoformat() == day


@pytest.mark.parametrize("text", ["soon", "31/02/2024", "2024", "05/31/2024", "1/1/1970", "2/1/2026"])
def test_what_is_no_day_or_is_still_to_come_is_refused(text: str) -> None:
    with pytest.raises(UnreadableCell):
        day_of(text, today=datetime(2026, 1, 1, tzinfo=UTC).date())


def test_nearly_the_same_words_are_found_and_others_are_not() -> None:
    alike = Alike()
    assert alike.look(2, "The taxi came an hour late and nobody rang to tell us.") is None
    assert alike.look(3, "The school listens to us and the SENCO is lovely.") is None

    assert alike.look(4, "the taxi came an hour late, and nobody rang to tell us!") == 2
    assert alike.look(5, "The taxi came an hour late and the driver was rude to him.") is None
    assert alike.look(6, "") is None
    assert alike.look(7, "Good") is None
    assert alike.look(8, "good.") == 7
