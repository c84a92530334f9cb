"""Where a passage is cut for its evidence, and what may not stand on a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markupsafe import Markup

from staff import marks
from staff.marks import Piece, cleaned, pieces, readable, shown


def test_a_passage_without_evidence_is_one_piece() -> None:
    assert pieces("no one told us", {}) == (Piece("no one told us"),)


def test_a_number_stands_at_the_end_of_each_of_its_spans() -> None:
    assert pieces("taxi and escort", {1: [(0, 4), (9, 15)]}) == (
        Piece("taxi", (1,), (1,)),
        Piece(" and "),
        Piece("escort", (1,), (1,)),
    )


def test_overlapping_evidence_of_two_themes_keeps_both_numbers() -> None:
    assert pieces("one two three", {1: [(0, 7)], 2: [(4, 13)]}) == (
        Piece("one ", (1,), ()),
        Piece("two", (1, 2), (1,)),
        Piece(" three", (2,), (2,)),
    )


def test_spans_of_one_theme_that_touch_are_numbered_once() -> None:
    cut = pieces("taxi driver", {1: [(0, 5), (5, 11), (2, 7)]})

    assert [piece.ends for piece in cut if piece.ends] == [(1,)]


@pytest.mark.parametrize("span", [(-5, 4), (10, 400), (50, 60), (3, 3), (4, 2)])
def test_nothing_of_the_text_is_lost_or_doubled_whatever_the_span(span: tuple[int, int]) -> None:
    text = "taxi driver 🚕 late"

    assert "".join(piece.text for piece in pieces(text, {1: [span]})) == text


def test_offsets_are_code_points() -> None:
    assert Piece("late", (1,), (1,)) in pieces("🚕🚕 late", {1: [(3, 7)]})


def test_an_empty_passage_has_no_pieces() -> None:
    assert pieces("", {1: [(0, 1)]}) == ()


def test_what_no_page_may_hold_is_dropped_and_line_breaks_stay() -> None:
    assert readable("a\x00b\ud800c\r\nd\te\x1b\ufffe\U0010ffff\x9f") == "abc\nd\te"


def test_what_was_taken_out_is_set_apart_from_what_was_written() -> None:
    assert shown("ring [phone removed] & <b>") == Markup('ring <i class="es-gone">phone removed</i> &amp; &lt;b&gt;')


def test_brackets_of_the_parent_stay_words() -> None:
    assert shown("[sic] [<b> removed]") == "[sic] [&lt;b&gt; removed]"


def test_ordinary_words_in_any_script_stay_as_they_are() -> None:
    words = "naïve żółw ننتظر 🙏🏽 “so” 1\u200d2"

    assert readable(words) == words


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Taxi\u202egnp.exe", "Taxignp.exe"),
        ("\u2067Trans\u200bport\u2069\ufeff", "Transport"),
        ("Nora\u200d\u200c Okoro\u2060", "Nora Okoro"),
        ("line\nand line\u2028", "line\nand line"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("\U0001f468\u200d\U0001f467 Zoë", "\U0001f468\u200d\U0001f467 Zoë"),
    ],
)
def test_what_the_team_types_is_kept_without_what_nobody_sees(typed: str, kept: str) -> None:
    assert cleaned(typed) == kept


FAMILIES_WORDS = {
    "entry_forms.py": "what a family said is kept as it is typed in",
    "translation_forms.py": "so is what it means",
    "forms.py": "a word to hide is looked for as the family wrote it",
    "views/passages.py": "words to cut at likewise",
    "word_pages.py": "the texts for families, in the scripts of their languages, which are read over before they are sent",
    "views/experience.py": "a reference",
    "views/looked.py": "a reference",
}


def test_every_form_of_the_team_cleans_what_it_reads() -> None:
    here = Path(marks.__file__).parent
    loose = {
        str(path.relative_to(here))
        for path in here.rglob("*.py")
        if path.name != "marks.py" and re.search(r"\breadable\(", path.read_text(encoding="utf-8"))
    }

    assert loose == set(FAMILIES_WORDS)
