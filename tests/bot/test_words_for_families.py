"""The house rules of the words, on every text a family may read in English and in Easy Read.

The rules themselves are `bot/wording_checks.py` and `bot/content/rules.toml`; that each of them bites is tried in
`test_wording_checks.py`. What holds in every language is in `test_words_in_every_language.py`.
"""

from __future__ import annotations

import pytest

from bot.heard import RiskKind
from bot.model import EASY_READ, ENGLISH, Locale
from bot.wording_faults import Code
from tests.bot.sayings import WORDING, found

HOUSE = (ENGLISH, EASY_READ)
pytestmark = pytest.mark.parametrize("locale", HOUSE)


def test_no_text_says_what_we_never_say(locale: Locale) -> None:
    assert found(locale, Code.NEVER, Code.TAKEN, Code.EMOJI, Code.SPACES) == []


def test_the_lock_screen_shows_nothing_sensitive_and_no_code(locale: Locale) -> None:
    assert found(locale, Code.LOCK_SCREEN, Code.CODE_EARLY) == []


def test_every_text_fits_the_plain_alphabet_of_sms(locale: Locale) -> None:
    assert found(locale, Code.SIGNS) == []


def test_every_text_keeps_to_its_segments(locale: Locale) -> None:
    """One for a text of the road, two for a first reply (in English one, whatever the reference and the day), three for
    danger and the help.
    """
    assert found(locale, Code.SEGMENTS) == []


def test_a_text_for_danger_says_what_it_must_and_nothing_that_could_harm(locale: Locale) -> None:
    """999; who is told, when it is read and what may follow; no question; nothing at home that could be read over a
    shoulder; for a young person Childline, and no number for adults.
    """
    assert found(locale, *(code for code in Code if code.startswith("danger_"))) == []


@pytest.mark.parametrize("hour", ["open", "closed"])
@pytest.mark.parametrize("kind", [kind for kind in RiskKind if kind is not RiskKind.BREAKING_POINT])
def test_there_is_a_text_for_each_kind_of_danger_at_each_hour(locale: Locale, kind: RiskKind, hour: str) -> None:
    assert f"danger.{kind}.{hour}" in WORDING.tongues[locale].texts


def test_the_reading_age_is_that_of_the_house(locale: Locale) -> None:
    """Nine to eleven; Easy Read is easier still, in short sentences."""
    assert found(locale, Code.READING_AGE, Code.LONG_SENTENCE) == []


def test_the_answers_of_each_question_can_be_told_apart_and_are_understood(locale: Locale) -> None:
    assert found(locale, Code.ANSWERS_ALIKE, Code.ANSWER_LOST) == []


def test_every_word_a_text_tells_people_to_send_is_understood(locale: Locale) -> None:
    assert found(locale, Code.NOT_UNDERSTOOD) == []


def test_the_help_tells_of_the_ways_out_and_what_this_line_is_not_for(locale: Locale) -> None:
    assert found(locale, Code.HELP_LACKS) == []


def test_every_number_and_placeholder_is_one_we_have(locale: Locale) -> None:
    assert found(locale, Code.TYPED_NUMBER, Code.NO_VALUE) == []


def test_there_is_nothing_else_that_publishing_would_refuse(locale: Locale) -> None:
    assert found(locale, *Code) == []
