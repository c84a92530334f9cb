"""How an SMS is counted, folded and cut. The counts are those of Twilio's own calculator (sms-segments-calculator 1.3.0)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.segments import Encoding, fold, measure, split

GSM, UCS = Encoding.GSM, Encoding.UCS

ROWS = [
    ("", GSM, 0, 1),
    ("a", GSM, 1, 1),
    ("a" * 160, GSM, 160, 1),
    ("a" * 161, GSM, 161, 2),
    ("a" * 306, GSM, 306, 2),
    ("a" * 307, GSM, 307, 3),
    ("a" * 459, GSM, 459, 3),
    ("a" * 460, GSM, 460, 4),
    ("\n" * 160, GSM, 160, 1),
    ("£" * 160, GSM, 160, 1),
    ("é" * 160, GSM, 160, 1),
    ("à" * 161, GSM, 161, 2),
    ("Ç", GSM, 1, 1),
    ("€", GSM, 2, 1),
    ("€" * 80, GSM, 160, 1),
    ("€" * 81, GSM, 162, 2),
    ("{" * 76, GSM, 152, 1),
    ("a" * 159 + "€", GSM, 161, 2),
    ("a" * 158 + "€", GSM, 160, 1),
    ("a" * 152 + "€" + "a" * 152, GSM, 306, 3),  # the pair does not fit the first segment's last septet, so it moves on
    ("a" * 151 + "€" + "a" * 153, GSM, 306, 2),
    ("€" * 152, GSM, 304, 2),
    ("€" * 153, GSM, 306, 3),
    ("[]^~|\\{}", GSM, 16, 1),
    ("ç", UCS, 1, 1),
    ("á", UCS, 1, 1),
    ("ŵ", UCS, 1, 1),
    ("`", UCS, 1, 1),
    ("\u2019", UCS, 1, 1),
    ("\u2013", UCS, 1, 1),
    ("\t", UCS, 1, 1),
    ("a" * 159 + "\u2019", UCS, 160, 3),
    ("ł" * 70, UCS, 70, 1),
    ("ł" * 71, UCS, 71, 2),
    ("ł" * 134, UCS, 134, 2),
    ("ł" * 135, UCS, 135, 3),
    ("🚌", UCS, 2, 1),
    ("🚌" * 35, UCS, 70, 1),
    ("🚌" * 36, UCS, 72, 2),
    ("🚌" * 66, UCS, 132, 2),
    ("🚌" * 67, UCS, 134, 3),  # 67 units hold 33 whole pairs
    ("a" + "🚌" * 33 + "a" * 67, UCS, 134, 2),
]


@pytest.mark.parametrize(("text", "encoding", "units", "segments"), ROWS)
def test_a_text_costs_what_twilio_would_count(text: str, encoding: Encoding, units: int, segments: int) -> None:
    length = measure(text)

    assert (length.encoding, length.units, length.segments) == (encoding, units, segments)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("\u2018it\u2019s\u2019", "'it's'"),
        ("\u201cnext week\u201d", '"next week"'),
        ("Mon\u2013Fri \u2014 9\u20115", "Mon-Fri - 9-5"),
        ("wait\u2026", "wait..."),
        ("5\u00a0pm\u202f!", "5 pm !"),
        ("\u2022 one", "* one"),
        ("soft\u00adhyphen\u200b", "softhyphen"),
        ("one\r\ntwo\u2028three", "one\ntwo\nthree"),
        ("\u00bd day", "1/2 day"),
        ("`quoted`", "'quoted'"),
        ("Cafe\u0301", "Café"),
        ("Zażółć 🚌 [ok] €5 £6", "Zażółć 🚌 [ok] €5 £6"),
        ("👩\u200d👧", "👩\u200d👧"),
    ],
)
def test_signs_are_folded_and_letters_are_not(written: str, sent: str) -> None:
    assert fold(written) == sent


def test_one_curly_quote_no_longer_halves_a_segment() -> None:
    written = "We have kept that\u2019s what you told us. " * 4

    assert measure(written).segments == 3
    assert measure(fold(written)).segments == 1


def test_nothing_an_sms_can_hold_is_changed() -> None:
    plain = "".join(chr(sign) for sign in range(0x20, 0x7F) if chr(sign) != "`") + "£€éèùìòÇØøÅåΔÆæßÉ¡ÄÖÑÜ§¿äöñüà\n"

    assert fold(plain) == plain


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text)

    assert fold(once) == once


@given(st.text(alphabet="abcxyzłéŵ世界", min_size=1))
def test_folding_changes_no_letter(text: str) -> None:
    assert fold(text) == unicodedata.normalize("NFC", text)


@given(st.text(), st.integers(2, 40))
def test_cutting_loses_nothing_but_white_space_and_keeps_to_the_limit(text: str, limit: int) -> None:
    parts = split(text, limit)

    assert parts
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(len(part.encode("utf-16-le", "surrogatepass")) // 2 <= limit for part in parts)


def test_a_text_within_the_limit_is_left_exactly_as_it_is() -> None:
    text = "  two  spaces\n\nand a line "

    assert split(text) == (text,)


def test_a_text_is_cut_at_a_word() -> None:
    assert split("one two three", 8) == ("one two", "three")
    assert split("one two three", 7) == ("one two", "three")
    assert split("one two three", 6) == ("one", "two", "three")


def test_a_line_is_a_better_place_to_cut_than_a_word() -> None:
    assert split("one two\nthree four", 14) == ("one two", "three four")


def test_a_word_longer_than_the_limit_is_cut_where_it_must_be() -> None:
    assert split("a" * 25, 10) == ("a" * 10, "a" * 10, "a" * 5)
    assert split("hi " + "a" * 12, 10) == ("hi", "a" * 10, "aa")


@pytest.mark.parametrize("sign", ["🚌", "👍🏽", "👩\u200d👧", "e\u0301", "☎\ufe0f"])
def test_no_sign_is_cut_in_two(sign: str) -> None:
    for part in split(sign * 40, 11):
        assert part.replace(sign, "") == ""


def test_sixteen_hundred_signs_are_one_message_and_one_more_makes_two() -> None:
    assert len(split("a" * 1600)) == 1
    assert len(split("a" * 1601)) == 2
    assert len(split("🚌" * 800)) == 1
    assert len(split("🚌" * 801)) == 2
