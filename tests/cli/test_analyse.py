"""`earshot analyse`: every comment comes out with what was heard, whatever the file; none is lost, no error is a traceback."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook, load_workbook

from bot.cells import as_text
from bot.conversation import Command
from bot.heard import Heard, Passage, Place, Polarity, Redaction, Risk, RiskKind, RiskLevel, Suggestion
from cli.analyse import FIELDS, FLAT, FLAT_FIELDS, LONGEST_HEARD, NESTED, Shape, form_of, shaped
from cli.group import main
from cli.listening import Hear, hearer, in_order, in_processes
from nlp.listener import SpacyListener
from staff.sheet_reading import Table, column_of, open_stream, read_table

PHONE = "07700 900123"


def fixed(text: str) -> tuple[Heard, Command | None]:
    """Hears the same in every text."""
    heard = Heard(
        redacted="the taxi",
        redactions=(Redaction(0, 3, "phone"),),
        locale_score=0.75,
        themes=(Suggestion("transport", 0.9, ((4, 8),)),),
        polarity=Polarity.BAD,
        passages=(Passage(0, 8, "the taxi", Polarity.BAD, (Suggestion("transport", 0.9, ((4, 8),)),)),),
        risk=Risk(RiskLevel.CONCERN, (RiskKind.CHILD_NOT_SAFE,), ((1, 2),)),
        place=Place("Frome", "Mendip"),
        age_band="5-10",
        setting="special_school",
        stage="annual_review",
    )
    return heard, Command.STOP if text == "stop" else None


def lines(rows: list[dict[str, Any]], *, columns: list[str] | None = None, shape: Shape = NESTED) -> list[dict[str, Any]]:
    return list(shaped(heard(rows), "comment", columns or list(rows[0]), shape=shape, counts=Counter()))


def heard(rows: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], tuple[Heard, Command | None]]]:
    return in_order(rows, lambda row: as_text(row.get("comment")), lambda texts: [fixed(text) for text in texts])


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["analyse", *map(str, arguments)])


def written(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


# --- one line ---


def test_a_line_holds_every_field_and_the_other_columns() -> None:
    (line,) = lines([{"id": 7, "comment": "stop"}])

    assert line == {
        "text": "stop",
        "redacted": "the taxi",
        "redactions": [{"start": 0, "end": 3, "kind": "phone"}],
        "locale": "en",
        "locale_score": 0.75,
        "themes": [{"code": "transport", "score": 0.9, "evidence": [[4, 8]]}],
        "polarity": "bad",
        "passages": [
            {
                "start": 0,
                "end": 8,
                "text": "the taxi",
                "polarity": "bad",
                "themes": [{"code": "transport", "score": 0.9, "evidence": [[4, 8]]}],
            }
        ],
        "risk": {"level": "concern", "kinds": ["child_not_safe"], "evidence": [[1, 2]]},
        "command": "stop",
        "place": {"name": "Frome", "district": "Mendip"},
        "age_band": "5-10",
        "setting": "special_school",
        "stage": "annual_review",
        "truncated": False,
        "id": 7,
    }
    assert tuple(line)[: len(FIELDS)] == FIELDS


def test_a_row_of_a_sheet_says_the_same_with_one_value_a_cell() -> None:
    (line,) = lines([{"id": 7, "comment": "stop"}], shape=FLAT)

    assert line == {
        "text": "stop",
        "redacted": "the taxi",
        "redactions": "phone",
        "locale": "en",
        "locale_score": 0.75,
        "themes": "transport",
        "theme_scores": "0.90",
        "polarity": "bad",
        "passages": "bad (transport): the taxi",
        "risk": "concern",
        "risk_kinds": "child_not_safe",
        "command": "stop",
        "place": "Frome",
        "district": "Mendip",
        "age_band": "5-10",
        "setting": "special_school",
        "stage": "annual_review",
        "truncated": None,
        "id": 7,
    }
    assert tuple(line)[: len(FLAT_FIELDS)] == FLAT_FIELDS


def test_every_row_of_a_sheet_has_every_column() -> None:
    made = lines([{"comment": "a"}, {"comment": "b", "more": ["x"]}], columns=["comment", "more"], shape=FLAT)

    assert [line["more"] for line in made] == [None, ["x"]]


def test_a_column_named_like_one_of_the_sheet_is_kept_under_another_name() -> None:
    (line,) = lines([{"comment": "x", "district": "north"}], shape=FLAT)

    assert (line["district"], line["input_district"]) == ("Mendip", "north")


@pytest.mark.parametrize(("name", "shape"), [("a.csv", FLAT), ("a.XLSX", FLAT), ("a.jsonl", NESTED), ("a.txt", NESTED)])
def test_the_ending_of_the_file_to_write_says_how(name: str, shape: Shape) -> None:
    assert form_of(Path(name))[0] is shape


def test_a_column_named_like_a_field_of_ours_is_kept_under_another_name() -> None:
    (line,) = lines([{"comment": "x", "place": "library", "input_place": "desk"}])

    assert line["place"] == {"name": "Frome", "district": "Mendip"}
    assert line["input_place_"] == "library"
    assert line["input_place"] == "desk"


@pytest.mark.parametrize(("cell", "text"), [(None, ""), (12, "12"), (1.5, "1.5"), (date(2026, 1, 2), "2026-01-02"), ("", "")])
def test_a_cell_that_is_no_text_is_read_as_what_it_shows(cell: object, text: str) -> None:
    assert lines([{"comment": cell}])[0]["text"] == text


def test_a_lone_surrogate_comes_out_as_it_came_in() -> None:
    out = BytesIO()
    _, write = form_of(None)
    write(lines([{"comment": "\ud800 ż"}]), out)

    assert json.loads(out.getvalue())["text"] == "\ud800 ż"


# --- reading ---


def test_a_csv_is_read_with_its_quotes_and_lines(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "a.csv", 'id,comment\r\n1,"late, again\nand ""again"""\r\n\r\n2,fine\r\n'))

    assert table.rows == [{"id": "1", "comment": 'late, again\nand "again"'}, {"id": "2", "comment": "fine"}]
    assert table.remarks == []


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ";"), ("a.csv", "\t"), ("a.csv", "|"), ("a.tsv", "\t")])
def test_other_delimiters_are_understood(tmp_path: Path, name: str, delimiter: str) -> None:
    table = read_table(written(tmp_path, name, f"id{delimiter}comment\n1{delimiter}late, again\n"))

    assert table.rows == [{"id": "1", "comment": "late, again"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encodings_spreadsheets_write_are_read(tmp_path: Path, encoding: str) -> None:
    table = read_table(written(tmp_path, "a.csv", "comment\ncafé £5\n".encode(encoding)))

    assert table.rows == [{"comment": "café £5"}]
    assert bool(table.remarks) is (encoding == "cp1252")


def test_a_row_with_too_many_cells_keeps_them_and_is_remarked_on(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "a.csv", "id,comment\n1,late,very,late\n2,fine\n"))

    assert table.rows[0] == {"id": "1", "comment": "late", "more": ["very", "late"]}
    assert table.remarks == ["Row 2 has more cells than there are columns; the rest of it is kept as “more”."]


def test_a_row_with_too_few_cells_is_kept(tmp_path: Path) -> None:
    assert read_table(written(tmp_path, "a.csv", "comment,id\nlate\n")).rows == [{"comment": "late"}]


def test_columns_without_a_name_or_with_the_same_one_are_told_apart(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "a.csv", "note,,note\na,b,c\n"))

    assert table.rows == [{"note": "a", "column 2": "b", "note (2)": "c"}]


def test_a_first_row_that_is_a_comment_is_not_lost(tmp_path: Path) -> None:
    story = "We waited three years and then they told us that the list had been closed since the spring, and nobody rang."
    table = read_table(written(tmp_path, "a.csv", f'"{story}"\n"fine"\n'))

    assert [row["column 1"] for row in table.rows] == [story, "fine"]
    assert "reads like a comment" in table.remarks[0]


def test_a_workbook_is_read_and_what_was_left_unread_is_said(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Spring"
    sheet.append(["when", "comment"])
    sheet.append([date(2026, 3, 4), "late"])
    sheet.append([None, None])
    book.create_sheet("Autumn").append(["comment"])
    book.save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx")

    assert table.rows == [{"when": "2026-03-04T00:00:00", "comment": "late"}]
    assert table.remarks == ["Only the sheet “Spring” was read, not “Autumn”."]


def test_json_lines_are_read_and_a_bad_line_is_kept_as_the_words_it_is(tmp_path: Path) -> None:
    file = written(tmp_path, "a.jsonl", '{"text": "late", "id": 1}\nthe taxi {was\n\n"just words"\n[1, 2]\n')
    table = read_table(file)

    assert table.rows == [{"text": "late", "id": 1}, {"text": "the taxi {was"}, {"text": "just words"}, {"text": "[1, 2]"}]
    assert table.remarks == [
        "Line 2 is not JSON; it was kept as a comment as it stands.",
        "Line 5 is not an object; it was kept as a comment as it stands.",
    ]


def test_a_json_list_is_read_too(tmp_path: Path) -> None:
    assert read_table(written(tmp_path, "a.json", '[{"text": "late"},\n {"text": "fine"}]')).rows == [
        {"text": "late"},
        {"text": "fine"},
    ]


def test_nested_brackets_do_not_stop_it(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "a.jsonl", "[" * 20_000))

    assert table.rows == [{"text": "[" * 20_000}]


# --- which column ---


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        ([{"id": "1", "Comment": "late"}], "Comment"),
        ([{"anything": "late"}], "anything"),
        ([{"ref": "A1", "q7": "the taxi was late again and nobody rang"}], "q7"),
    ],
)
def test_the_column_is_guessed_where_it_is_plain(rows: list[dict[str, Any]], column: str) -> None:
    assert column_of(Table(list(rows[0]), rows), None) == column


def test_the_column_asked_for_is_taken_whatever_its_capitals() -> None:
    assert column_of(Table(["ID", "Notes"], [{"ID": 1, "Notes": "late"}]), "notes") == "Notes"


# --- the command ---


def test_a_file_of_comments_comes_out_whole_with_what_was_heard(tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv", f"id,comment\n1,taxi late again. ring {PHONE}\n2,stop\n3,\n")
    result = run(file, "--out", tmp_path / "out.jsonl")
    made = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]

    assert result.exit_code == 0
    assert [line["id"] for line in made] == ["1", "2", "3"]
    assert made[0]["text"] == f"taxi late again. ring {PHONE}"
    assert PHONE not in made[0]["redacted"]
    assert made[0]["themes"][0]["code"] == "transport"
    assert [line["command"] for line in made] == [None, "stop", None]
    assert "Comments read: 2." in result.stderr


def test_a_sheet_opens_in_a_spreadsheet_and_runs_nothing(tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv", "=id,comment\n=1+1,taxi late again\n2,stop\n")
    assert run(file, "--text", "comment", "--out", tmp_path / "out.csv").exit_code == 0
    assert run(file, "--text", "comment", "--out", tmp_path / "out.xlsx").exit_code == 0

    by_csv = list(csv.reader(StringIO((tmp_path / "out.csv").read_bytes().decode("utf-8-sig"), newline="")))
    sheet = load_workbook(tmp_path / "out.xlsx").active
    assert sheet is not None
    by_book = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert by_csv[0] == [*FLAT_FIELDS, "'=id"]
    assert by_csv[1][5].startswith("transport")
    assert by_csv[1][-1] == "'=1+1"
    assert by_csv == by_book


def test_a_comment_too_long_to_be_heard_whole_says_so(tmp_path: Path) -> None:
    story = "The taxi was late again. " * 900
    result = run(written(tmp_path, "a.csv", f"comment\n{story}\nfine\n"), "--out", tmp_path / "out.jsonl")

    made = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["truncated"] for line in made] == [True, False]
    assert "Longer than 20,000 characters: 1." in result.stderr


def test_the_limit_is_the_listeners() -> None:
    """What stands behind it must not be heard: else the word "truncated" would be wrong."""
    filler = "Nothing else. " * (LONGEST_HEARD // 14)
    listener = SpacyListener()

    assert not listener.hear(filler + "x" * (LONGEST_HEARD - len(filler)) + " The taxi was late.").themes
    assert listener.hear("The taxi was late." + filler).themes


def test_without_a_file_to_write_it_writes_to_standard_output_and_says_the_rest_elsewhere(tmp_path: Path) -> None:
    result = run(written(tmp_path, "a.csv", "comment\nI am going to kill myself\nmój syn czeka na diagnozę\n"))

    assert [json.loads(line)["risk"]["level"] for line in result.stdout.splitlines()] == ["danger", "none"]
    assert "Telling of danger or harm: 1. This command alerts nobody: read them now." in result.stderr
    assert "In need of translation: 1." in result.stderr


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.doc", b"x", "a.doc is not a CSV, XLSX or JSON lines file"),
        ("a.csv", b"", "a.csv holds no comments."),
        ("a.csv", b"comment\n", "a.csv holds no comments."),
        ("a.xlsx", b"not a workbook", "a.xlsx cannot be read as an Excel workbook"),
        ("a.csv", b"a,b\nlate,lost\n", "Which column holds the comments?"),
    ],
)
def test_an_error_is_a_sentence(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    result = run(written(tmp_path, name, content))

    assert result.exit_code == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.output


def test_a_column_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    result = run(written(tmp_path, "a.csv", "id,comment\n1,late\n"), "--text", "story")

    assert result.exit_code == 1
    assert "There is no column “story”. The columns are: “id”, “comment”." in result.stderr


def test_the_file_that_is_read_is_never_written_over(tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv", "comment\nlate\n")
    result = run(file, "--out", file)

    assert result.exit_code == 1
    assert file.read_text() == "comment\nlate\n"


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    result = run(written(tmp_path, "a.csv", "comment\nlate\n"), "--out", tmp_path / "nowhere" / "out.jsonl")

    assert result.exit_code == 1
    assert "cannot be written: No such file or directory." in result.stderr


def test_an_empty_cell_is_kept_and_not_counted_as_a_comment() -> None:
    counts: Counter[str] = Counter()
    rows: list[dict[str, Any]] = [{"comment": "the taxi"}, {"comment": " "}, {"comment": None}]

    made = list(shaped(heard(rows), "comment", ["comment"], shape=NESTED, counts=counts))

    assert len(made) == 3
    assert counts["read"] == 1


# --- long files ---


def test_a_file_is_read_row_by_row_as_often_as_asked_and_told_of_once(tmp_path: Path) -> None:
    content = "id,comment\n" + "".join(f"{number},taxi {number}\n" for number in range(500)) + "x,late,very\n" * 80
    stream = open_stream(written(tmp_path, "a.csv", content))

    assert stream.count == 580
    assert len(stream.rows) == 200
    assert stream.columns == ["id", "comment", "more"]
    assert [row["id"] for row in stream][:500] == [str(number) for number in range(500)]
    assert len(list(stream)) == 580
    assert stream.remarks[0] == "Row 502 has more cells than there are columns; the rest of it is kept as “more”."
    assert stream.remarks[-1] == "So it is with 30 more rows."


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xlsx"])
def test_every_form_streams_what_it_reads_whole(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    if name == "a.xlsx":
        book = Workbook(write_only=True)
        sheet = book.create_sheet("One")
        for row in (["id", "comment"], [1, "late"], [None, None], [2, "fine"]):
            sheet.append(row)
        book.save(file)
    else:
        lines_of = {
            "a.csv": "id,comment\n1,late\n\n2,fine\n",
            "a.jsonl": '{"id":1,"comment":"late"}\n\n{"id":2,"comment":"fine"}\n',
        }
        file.write_text(lines_of[name], encoding="utf-8")

    assert list(open_stream(file)) == read_table(file).rows
    assert open_stream(file).count == 2


def test_several_processes_hear_the_same_in_the_same_order() -> None:
    texts = [f"The taxi was {number} minutes late. Ring 07700 900{number:03}" for number in range(230)]
    hear = hearer(sentences=False)

    assert list(in_processes(texts, str, 2, sentences=False)) == [(text, *hear([text])) for text in texts]


# --- groups ---


def test_groups_say_which_comment_is_repeated_and_what_several_people_tell_of(tmp_path: Path) -> None:
    words = ["Lift at the Tor centre broken", "the lift in the tor centre is broken again", "tor centre lift still broken"]
    more = ["no lift at the tor centre, broken", "Tor Centre: broken lift", "broken lift tor centre, we went home"]
    texts = [*words, *more, "Lift at the Tor centre broken!!", "the taxi was late and the driver rude", ""]
    content = "who,comment\n" + "".join(f'{number},"{text}"\n' for number, text in enumerate(texts))
    file = written(tmp_path, "a.csv", content)
    assert run(file, "--text", "comment", "--groups", "--contact", "who", "--out", tmp_path / "out.jsonl").exit_code == 0
    assert run(file, "--text", "comment", "--groups", "--out", tmp_path / "out.csv").exit_code == 0

    made = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [made[place]["same_as"] for place in (0, 6, 7, 8)] == [None, 1, None, None]
    assert "lift" in made[0]["matter"]
    assert made[6]["matter"] == made[0]["matter"]
    assert made[7]["matter"] is None
    sheet = list(csv.reader(StringIO((tmp_path / "out.csv").read_bytes().decode("utf-8-sig"), newline="")))
    assert sheet[0] == [*FLAT_FIELDS, "same_as", "matter", "who"]


# --- bad input is a line like any other ---


BAD = {
    "nothing": "",
    "an emoji": "👍",
    "a megabyte": "taxi late again " * 65_536,
    "a lone surrogate": "taxi \ud800 late \udfff again",
    "mixed scripts": "taxi такси تاكسي ਟੈਕਸੀ 出租车 late",
    "nothing to see": "t\u200ba\u200bx\u200bi\u200d \u2060late\ufeff",
    "look-alikes": "t\u0430xi l\u0430te \u0430g\u0430in, ki\u217e \u0455uicide",
    "signs of direction": "\u202etaxi late\u202c",
    "NUL": "taxi\0late",
    "marks on marks": "t" + "\u0301" * 5_000 + "axi late",
}


@pytest.fixture(scope="module")
def hear() -> Hear:
    return hearer(sentences=False)


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.xlsx"])
def test_a_hostile_comment_is_a_line_like_any_other(hear: Hear, name: str, text: str) -> None:
    shape, write = form_of(Path(name))
    rows = [{"comment": text}, {"comment": "taxi late"}]
    out = BytesIO()
    made = shaped(in_order(rows, lambda row: row["comment"], hear), "comment", ["comment"], shape=shape, counts=Counter())

    assert write(made, out).count == 2
    if name == "a.jsonl":
        assert [json.loads(line)["text"] for line in out.getvalue().splitlines()] == [text, "taxi late"]


def test_a_file_of_hostile_comments_comes_out_as_it_came_in(tmp_path: Path) -> None:
    file = written(tmp_path, "a.jsonl", "".join(json.dumps({"comment": text}) + "\n" for text in BAD.values()))
    result = run(file, "--quick", "--groups", "--out", tmp_path / "out.jsonl")

    assert result.exit_code == 0
    made = [json.loads(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    assert [line["text"] for line in made] == list(BAD.values())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("comment\ncafé late\n".encode("cp1252"), "café late"),
        ("comment\ncafé late\n".encode("utf-16"), "café late"),
        (b"comment\n\x81\x8d\xff late\n", "late"),
        (b"comment\ntaxi\x00late\n", "taxi"),
    ],
)
def test_a_csv_in_another_encoding_is_read_as_far_as_it_can_be(tmp_path: Path, content: bytes, words: str) -> None:
    result = run(written(tmp_path, "a.csv", content), "--quick", "--out", tmp_path / "out.jsonl")

    assert result.exit_code == 0
    assert words in json.loads((tmp_path / "out.jsonl").read_bytes())["text"]


def test_a_damaged_workbook_is_a_sentence(tmp_path: Path) -> None:
    book = Workbook()
    book.save(tmp_path / "whole.xlsx")
    result = run(written(tmp_path, "a.xlsx", (tmp_path / "whole.xlsx").read_bytes()[:2_000]))

    assert result.exit_code == 1
    assert "a.xlsx cannot be read as an Excel workbook" in result.stderr
    assert "Traceback" not in result.output
