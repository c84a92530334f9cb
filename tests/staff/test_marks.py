"""Where a passage is cut for its evidence, and what may not stand on a page."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from staff.marks import Piece, pieces, readable, shown


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
