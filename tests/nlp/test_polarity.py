"""Praise, blame, both, a wish, or none: by the words, and by the question where the words do not say."""

from __future__ import annotations

import pytest
from spacy.language import Language

from bot.heard import Polarity
from nlp.polarity import Feeling
from nlp.spelling import Spelling


@pytest.fixture(scope="module")
def feeling(nlp: Language, spelling: Spelling) -> Feeling:
    return Feeling(nlp, spelling)


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("the driver is lovely", Polarity.GOOD),
        ("cannot fault them", Polarity.GOOD),
        ("never late", Polarity.GOOD),
        ("no problems, so kind", Polarity.GOOD),
        ("not only kind but so helpful", Polarity.GOOD),
        ("refused again", Polarity.BAD),
        ("not helpful", Polarity.BAD),
        ("nobody ever came", Polarity.BAD),
        ("the driver is lovely but the bus is always late", Polarity.MIXED),
        ("portage is brilliant. It was cancelled without a word", Polarity.MIXED),
        ("please could there be a youth club", Polarity.SUGGESTION),
        ("more sessions please", Polarity.SUGGESTION),
        ("it was on a Tuesday", Polarity.NONE),
        ("", Polarity.NONE),
        ("👍", Polarity.NONE),
    ],
)
def test_a_text_is_meant_so(feeling: Feeling, nlp: Language, text: str, polarity: Polarity) -> None:
    assert feeling.of(nlp(text)[:]) is polarity


@pytest.mark.parametrize(
    ("question", "polarity"),
    [
        ("what_went_well", Polarity.GOOD),
        ("what_could_be_better", Polarity.SUGGESTION),
        ("where", Polarity.NONE),
        (None, Polarity.NONE),
    ],
)
def test_where_the_words_do_not_say_the_question_does(
    feeling: Feeling, nlp: Language, question: str | None, polarity: Polarity
) -> None:
    assert feeling.of(nlp("the taxi on Tuesdays")[:], question=question) is polarity


def test_the_words_outrank_the_question(feeling: Feeling, nlp: Language) -> None:
    assert feeling.of(nlp("the taxi never comes")[:], question="what_went_well") is Polarity.BAD


def test_an_answer_without_words_says_nothing(feeling: Feeling, nlp: Language) -> None:
    assert feeling.of(nlp("...")[:], question="what_went_well") is Polarity.NONE
