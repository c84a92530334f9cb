"""Different spellings of a word are one word; different words are not."""

from __future__ import annotations

import pytest

from nlp.spelling import Spelling, stem


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("refused", "refusing"),
        ("refuse", "refusal"),
        ("assessments", "assessment"),
        ("cancelled", "cancel"),
        ("stopped", "stopping"),
        ("families", "family"),
        ("said", "says"),
        ("children", "child"),
        ("cahms", "camhs"),
        ("yrs", "year"),
        ("assesment", "assessment"),
        ("safegaurding", "safeguarding"),
        ("excersises", "exercise"),
        ("questionaire", "questionnaire"),
        ("can\N{RIGHT SINGLE QUOTATION MARK}t", "can't"),
    ],
)
def test_forms_and_slips_of_a_word_have_one_key(spelling: Spelling, one: str, other: str) -> None:
    assert spelling.key(one) == spelling.key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("country", "county"),
        ("appeared", "appeal"),
        ("artistic", "autistic"),
        ("seven", "severe"),
        ("cancer", "cancel"),
        ("colleague", "college"),
        ("match", "march"),
        ("bus", "but"),
        ("need", "ne"),
        ("thing", "th"),
    ],
)
def test_words_that_only_look_alike_stay_apart(spelling: Spelling, one: str, other: str) -> None:
    assert spelling.key(one) != spelling.key(other)


def test_short_words_are_never_drawn_to_others() -> None:
    spelling = Spelling(["taxi", "camhs"])

    assert spelling.key("tax") == "tax"
    assert spelling.key("maxi") == "maxi"


def test_the_nearest_of_several_words_is_taken() -> None:
    spelling = Spelling(["respite", "respire"])

    assert spelling.key("respites") == stem("respite")


@pytest.mark.parametrize("word", ["", "a", "1:1", "😢", "ss", "s" * 5000, "bed", "ing", "is"])
def test_any_word_has_a_key(spelling: Spelling, word: str) -> None:
    assert isinstance(spelling.key(word), str)
