"""What a file is, is told by its bytes; what is none of ours is refused with what to do."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook

from staff.sheet_reading import UnreadableFile, read_pieces
from staff.uploads import NotASheet, ending_of, in_pieces


def workbook(*rows: list[object]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "ending"),
    [
        (b"Comment\nLate again\n", "survey.csv", ".csv"),
        (b"Comment\nLate again\n", "survey.xlsx", ".csv"),
        (b"Comment\tDay\nLate again\t\n", "survey.tsv", ".tsv"),
        ("Comment\nLate again\n".encode("utf-16"), "survey.txt", ".csv"),
        (b"Comment\nLate \xe9t\xe9\n", "survey.csv", ".csv"),
        (workbook(["Comment"], ["Late again"]), "survey.csv", ".xlsx"),
    ],
)
def test_a_file_is_read_as_what_it_is_and_not_as_it_is_called(content: bytes, name: str, ending: str) -> None:
    assert ending_of(io.BytesIO(content), name) == ending


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b" \r\n\n", "file_empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "file_old_excel"),
        (b"%PDF-1.7 ...", "file_not_sheet"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "file_not_sheet"),
        (b"<html><table><tr><td>Late</td></tr></table>", "file_not_sheet"),
        (packed(word__document_dot_xml=b"<w/>"), "file_not_sheet"),
        (b"PK\x03\x04 and then nothing of the kind", "file_damaged"),
        (workbook(["Comment"], ["Late"])[:900], "file_damaged"),
        (packed(xl__workbook_dot_xml=b"<x/>", xl__sheet_dot_xml=bytes(12_000_000)), "file_unpacks"),
    ],
)
def test_what_is_no_spreadsheet_is_refused_with_what_to_do(content: bytes, code: str) -> None:
    with pytest.raises(NotASheet) as refused:
        ending_of(io.BytesIO(content), "survey.xlsx")

    assert refused.value.code == code


def test_a_formula_comes_as_such_and_is_never_worked_out() -> None:
    content = workbook(["Comment", "Sum"], ["=1+1", 3], ["Late", "=A2&A3"])
    reading = read_pieces(in_pieces(io.BytesIO(content)), ".xlsx")

    assert list(reading) == [
        (2, {"Comment": {"formula": "=1+1"}, "Sum": 3}),
        (3, {"Comment": "Late", "Sum": {"formula": "=A2&A3"}}),
    ]


def claiming(content: bytes, **instead: str) -> bytes:
    """The workbook with something else said in its sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as was, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in was.namelist():
            part = was.read(name)
            for found, put in instead.items() if name.endswith("sheet1.xml") else ():
                assert found.encode() in part
                part = part.replace(found.encode(), put.encode())
            file.writestr(name, part)
    return out.getvalue()


def test_a_sheet_that_claims_to_be_wider_than_it_is_is_read_as_it_is() -> None:
    content = claiming(workbook(["Comment"], ["Late"], [None], ["Lost"]), **{"A1:A4": "A1:XFD1048576"})
    reading = read_pieces(in_pieces(io.BytesIO(content)), ".xlsx")

    assert list(reading) == [(2, {"Comment": "Late"}), (4, {"Comment": "Lost"})]
    assert reading.columns == ["Comment"]


def test_a_row_further_down_than_sheets_go_is_a_sentence() -> None:
    content = claiming(workbook(["Comment"], ["Late"]), **{'r="2"': 'r="1048577"'})

    with pytest.raises(UnreadableFile, match="too many empty rows; copy the part"):
        list(read_pieces(in_pieces(io.BytesIO(content)), ".xlsx"))


def test_wide_rows_of_nothing_are_not_looked_through_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("staff.sheet_reading._MOST_PASSED_OVER", 1_000)
    empty: list[list[object]] = [["", *[None] * 299, ""] for _ in range(4)]
    content = workbook(["Comment"], ["Late"], *empty, ["Lost"])

    with pytest.raises(UnreadableFile, match="too many empty rows"):
        list(read_pieces(in_pieces(io.BytesIO(content)), ".xlsx"))


def test_words_in_a_broken_encoding_are_read_and_it_is_said() -> None:
    reading = read_pieces([b"Comment\nA caf\xe9 for ", b"parents\n"], ".csv")

    assert [row for _, row in reading] == [{"Comment": "A café for parents"}]
    assert "read as Windows-1252" in reading.told()[0]
