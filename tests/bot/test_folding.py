"""The folded copy: one form for each letter, and every place in it leads back to the original."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.folding import fold, latin_look, unstretched, with_letters

DATA = tomllib.loads((Path(__file__).parent / "data" / "folding.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("written", "folded"), DATA["disguised"])
def test_a_text_is_folded_to_its_plain_letters(written: str, folded: str) -> None:
    assert fold(written).text == folded


@pytest.mark.parametrize(("written", "folded"), DATA["as_they_are"])
def test_words_of_another_alphabet_stay_what_they_are(written: str, folded: str) -> None:
    assert fold(written).text == folded


@pytest.mark.parametrize(("written", "read"), DATA["looks_latin"])
def test_a_word_wholly_in_disguise_can_be_read_as_latin(written: str, read: str) -> None:
    assert latin_look(written) == read


def test_a_lone_surrogate_is_dropped() -> None:
    assert fold("k\ud800ill").text == "kill"


def test_a_plain_text_has_no_offsets_to_keep() -> None:
    assert fold("Plain words,\nnothing moved.").offsets is None


def test_a_stretch_of_the_copy_leads_back_to_the_original() -> None:
    written = "I w\u200bill k\u200bill m\u200bys\u200belf."
    folded = fold(written)
    at = folded.text.index("kill")

    start, end = folded.span(at, at + len("kill myself"))

    assert written[start:end] == "k\u200bill m\u200bys\u200belf"


def test_a_letter_that_folds_to_two_leads_back_to_one() -> None:
    folded = fold("a \ufb01ne day")
    at = folded.text.index("i")

    assert folded.span(at, at + 1) == (2, 3)


@pytest.mark.parametrize(("word", "meant"), [("killlll", "kill"), ("heeeelp", "help"), ("dieeee", "die")])
def test_held_keys_are_let_go(word: str, meant: str) -> None:
    assert meant in unstretched(word)


def test_a_word_typed_plainly_has_nothing_to_let_go() -> None:
    assert unstretched("kill") == ()


@pytest.mark.parametrize(("word", "meant"), [("k1ll", "kill"), ("d1e", "die"), ("su!cide", "suicide"), ("r@pe", "rape")])
def test_figures_and_signs_are_read_as_letters(word: str, meant: str) -> None:
    assert meant in with_letters(word)


def test_a_word_of_letters_only_is_not_read_otherwise() -> None:
    assert with_letters("kill") == ()


@pytest.mark.parametrize("number", ["847", "5318", "٨٤٧"])
def test_a_number_is_no_word(number: str) -> None:
    assert with_letters(number) == ()


@given(st.text())
def test_any_text_is_folded_and_every_place_leads_back_into_it(written: str) -> None:
    folded = fold(written)

    spans = [folded.span(at, at + 1) for at in range(len(folded.text))]

    assert all(0 <= start < end <= len(written) for start, end in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)


@given(st.text())
def test_folding_twice_changes_nothing_more(written: str) -> None:
    once = fold(written).text

    assert fold(once).text == once
