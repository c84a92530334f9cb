"""Rows out: exactly as they came for programs, harmless for spreadsheets, and audited."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

import app
from bot.cells import harmless
from bot.model import Address, ChannelName, InboundMessage
from cli.group import main
from staff.sheet_writing import CUT, LONGEST_CELL, write_xlsx
from storage import migrations
from storage.keys import new_key

WORDS = ("The taxi was late.", "=HYPERLINK(1)", "a NUL \0 and half a pair \ud83d", "\u200b@SUM(A1)")

Run = Callable[..., bytes]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`earshot …` on a store into which four messages were sent."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setenv("EARSHOT_DATA_KEYS", new_key())
    migrations.upgrade(f"sqlite:///{tmp_path / 'store.db'}")
    earshot = app.build(app.Settings.read())
    earshot.intake.receive(
        [
            InboundMessage(
                channel=ChannelName("webchat"), account="a", external_id=f"M{number}", sender=Address("web", "x"), text=text
            )
            for number, text in enumerate(WORDS)
        ]
    )
    earshot.database.close()

    def invoke(*arguments: str) -> bytes:
        told = CliRunner().invoke(main, list(arguments))
        assert told.exit_code == 0, told.output
        return told.stdout_bytes

    return invoke


def test_messages_come_out_exactly_as_they_came_in_the_order_of_acceptance(run: Run) -> None:
    rows = [json.loads(line) for line in run("export", "messages").splitlines()]

    assert [row["text"] for row in rows] == list(WORDS)
    assert [row["seq"] for row in rows] == sorted(row["seq"] for row in rows)
    assert set(rows[0]) == {"seq", "direction", "channel", "external_id", "contact", "text", "at", "state", "experience"}
    assert rows[0]["at"].endswith("Z")


def test_a_spreadsheet_runs_nothing(run: Run) -> None:
    text = run("export", "messages", "--format", "csv").decode("utf-8-sig")

    shown = [row["text"] for row in csv.DictReader(io.StringIO(text))]
    assert shown[1] == "'=HYPERLINK(1)"
    assert shown[3].startswith("'")


def test_a_workbook_holds_text_as_text(run: Run, tmp_path: Path) -> None:
    run("export", "messages", "--format", "xlsx", "--out", str(tmp_path / "out.xlsx"))

    sheet = load_workbook(tmp_path / "out.xlsx").active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[2][5] == "'=HYPERLINK(1)"
    assert len(rows) == 1 + len(WORDS)


def test_an_export_is_audited(run: Run) -> None:
    run("export", "messages")
    rows = [json.loads(line) for line in run("export", "audit").splitlines()]

    assert [(row["action"], row["record"]) for row in rows][-2:] == [("export", "messages"), ("export", "audit")]


def test_a_file_that_cannot_be_written_is_a_sentence_and_no_export(run: Run, tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["export", "messages", "--out", str(tmp_path / "nowhere" / "out.jsonl")])

    assert told.exit_code == 1
    assert "No such file" in told.output
    assert "Traceback" not in told.output
    assert not any(json.loads(line)["record"] == "messages" for line in run("export", "audit").splitlines())


@pytest.mark.parametrize(
    "text",
    [
        *("=1", "+44", "-1", "@a", "\t=1", "\tlate", "\rlate", " =1", "\n=1"),
        *("＝1", "＋1", "－1", "＠a", "﹦1", "﹢1", "﹣1", "﹫a"),  # noqa: RUF001 - the wide and small forms are the point
        *("\u00a0=1", "\u200b+1", "\ufeff-1", "\u2060@a", "\u3000=1", "\u00ad \u202f\t=1", "\u202e=1", " \u200b\rx"),
    ],
)
def test_what_a_spreadsheet_might_run_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["the = sign", "", "1 + 1", "late - again", "\u00a0late", "\u200b", "£5", "«late»"])
def test_what_it_would_not_run_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_a_cell_that_is_too_long_is_cut_marked_and_told(tmp_path: Path) -> None:
    """In UTF-16 units, as spreadsheets count: a sign outside the first plane is two, and is never cut in half."""
    with (tmp_path / "out.xlsx").open("wb") as out:
        written = write_xlsx([{"text": "fine"}, {"text": "\U0001f600" * 20_000}, {"text": "x" * LONGEST_CELL}], out)

    sheet = load_workbook(tmp_path / "out.xlsx").active
    assert sheet is not None
    (_, (fine,), (long,), (whole,)) = sheet.iter_rows(values_only=True)
    assert (fine, whole) == ("fine", "x" * LONGEST_CELL)
    assert isinstance(long, str)
    assert long.endswith("\U0001f600" + CUT)
    assert LONGEST_CELL - 1 <= len(long.encode("utf-16-le")) // 2 <= LONGEST_CELL
    assert written.count == 3
    assert "in row 3." in (written.remark() or "")


def test_where_nothing_was_cut_nothing_is_said(tmp_path: Path) -> None:
    with (tmp_path / "out.xlsx").open("wb") as out:
        assert write_xlsx([{"text": "fine"}], out).remark() is None
