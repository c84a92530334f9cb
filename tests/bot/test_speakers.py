"""Who is speaking, told from what they say."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadContent
from bot.model import EASY_READ, Locale, Speaker
from bot.speakers import Speakers

SPEAKERS = Speakers.load()


@pytest.mark.parametrize(
    "text",
    [
        "I'm 14",
        "Hi im 13",
        "I'm 15, autistic and my teacher shouts at me",
        "i\u2019m 16. my ehcp review was awful",
        "I am in year 9 and I hate it",
        "My mum can't get me to school",
        "im 17 at college and nobody told me I could stay till 25",
        "I'm 22 and want a job",
        "I am a young carer",
        "my brother is autistic and im 12",
    ],
)
def test_a_young_person_is_heard_as_one(text: str) -> None:
    assert SPEAKERS.recognise(text) is Speaker.YOUNG_PERSON


@pytest.mark.parametrize(
    "text",
    [
        "my son is 14",
        "I'm a mum of 3",
        "I'm a teacher and my son has ADHD",
        "our daughter was sent home",
        "My daughter says I'm 14 and nobody asks me",
        "I'm 32 and my little boy is 5",
    ],
)
def test_a_parent_is_a_parent_whatever_else_they_say(text: str) -> None:
    assert SPEAKERS.recognise(text) is Speaker.PARENT


@pytest.mark.parametrize(
    "text",
    [
        "I am a SENCo at a primary",
        "Speaking as a teaching assistant, we are stretched",
        "I work with families in Yeovil",
        "I teach in a special school",
        "One child in my class waited two years",
        "I'm his social worker",
    ],
)
def test_a_professional_is_heard_as_one(text: str) -> None:
    assert SPEAKERS.recognise(text) is Speaker.PROFESSIONAL


@pytest.mark.parametrize(
    "text",
    [
        "my grandson can't get a place",
        "I'm his nan",
        "We are foster carers for a boy of 9",
        "my foster son was excluded",
        "As a kinship carer I get nothing",
        "my niece lives with us",
    ],
)
def test_other_family_is_heard_as_such(text: str) -> None:
    assert SPEAKERS.recognise(text) is Speaker.FAMILY


@pytest.mark.parametrize(
    "text",
    [
        "the taxi was late",
        "im 14 weeks pregnant and waiting",
        "I'm 14 miles away from the school",
        "I'm 12 months on the list",
        "im 2 years in to waiting",
        "He said I'm 14 and I hate it",
        "My 14 year old is out of school",
        "the teacher is lovely",
        "as a teacher said to me",
        "I'm 45 and tired",
        "",
    ],
)
def test_words_that_do_not_tell_leave_it_open(text: str) -> None:
    assert SPEAKERS.recognise(text) is None


@pytest.mark.parametrize(
    ("text", "age"), [("I'm 14", 14), ("im 22 and want a job", 22), ("I'm 45", None), ("my son is 14", None)]
)
def test_the_speakers_own_age_is_heard(text: str, age: int | None) -> None:
    assert SPEAKERS.age(text) == age


def test_easy_read_is_heard_like_english_and_an_unknown_language_not_at_all() -> None:
    assert SPEAKERS.recognise("I'm 14", EASY_READ) is Speaker.YOUNG_PERSON
    assert SPEAKERS.recognise("I'm 14", Locale("pl")) is None


@given(st.text())
def test_any_text_at_all_is_read_without_complaint(text: str) -> None:
    assert SPEAKERS.recognise(text) in (None, *Speaker)
    age = SPEAKERS.age(text)
    assert age is None or age >= 0


def test_a_pattern_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text(
        "family = ['(']\nparent = ['x']\nprofessional = ['x']\nyoung_person = ['x']\nquoted = ['x']\nage = ['x']\n", "utf-8"
    )

    with pytest.raises(BadContent, match="no regular expression"):
        Speakers.load(tmp_path)
