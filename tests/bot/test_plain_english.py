"""Advice on plain English: what is named, how a sentence is counted, and of what nothing is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import BadContent
from bot.model import EASY_READ, ENGLISH, Locale
from bot.plain_english import Jargon, PlainEnglish, reading_age, sentences_of

PLAIN = PlainEnglish.load()
KIND = (
    "Thank you for telling us. I have asked the taxi firm. They will ring you by Friday. If they do not, text me here. "
    "I will look at it again. You did the right thing. It must not be so."
)
OFFICIAL = (
    "Subsequent consideration by professionals regarding educational arrangements necessitates comprehensive "
    "multi-disciplinary documentation, notwithstanding established administrative responsibilities concerning "
    "interdepartmental communication, proportionate resource distribution and appropriate organisational accountability "
    "within neighbouring partnership authorities."
)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Three?", 3),
        ("Dr. Smith and Mrs. Jones came at 9.30 a.m. today.", 1),
        ("Bring e.g. a letter. Then wait.", 2),
        ("Hello\nIt is Jo", 2),
        ("It costs 3.50 a day… really", 2),
        ("...", 0),
        ("", 0),
    ],
)
def test_sentences_are_counted_as_a_reader_would(text: str, count: int) -> None:
    assert len(sentences_of(text)) == count


def test_a_plain_text_has_no_advice_and_an_official_one_is_older_and_longer() -> None:
    kind, official = PLAIN.look(KIND, ENGLISH), PLAIN.look(OFFICIAL, ENGLISH)

    assert kind is not None
    assert official is not None
    assert kind.is_plain
    assert kind.age is not None
    assert kind.age <= 9
    assert official.age is not None
    assert official.age >= 16
    assert official.long == (("Subsequent consideration by professionals regarding", 30),)
    assert Jargon("regarding", ("about",)) in official.jargon


def test_the_formula_is_coleman_and_liaus() -> None:
    """Forty words of five letters in four sentences: 0.0588 * 500 - 0.296 * 10 - 15.8 is 10.64, and five years more."""
    assert reading_age(" ".join((["Table"] * 9 + ["Table."]) * 4)) == 16


def test_of_a_short_text_no_age_is_said() -> None:
    assert reading_age("Thank you. I will ring you.") is None


def test_words_are_found_whole_in_any_case_and_shortened_ones_in_capitals_only() -> None:
    advice = PLAIN.look("The LA and the OT. Ask la la. Resetting the Provision, in order to help. Provision.", ENGLISH)

    assert advice is not None
    assert [each.word for each in advice.jargon] == ["LA", "OT", "Provision", "in order to"]


def test_easy_read_is_english_and_of_other_languages_nothing_is_said() -> None:
    assert PLAIN.look("The provision", EASY_READ) is not None
    assert PLAIN.look("The provision", Locale("pl")) is None


def test_a_word_that_stands_there_twice_is_a_plain_fault(tmp_path: Path) -> None:
    path = tmp_path / "words.toml"
    path.write_text(
        "[limits]\nlongest_sentence = 25\noldest_reading_age = 12\n" + 2 * '[[word]]\nsaid = ["x"]\ninstead = ["y"]\n'
    )

    with pytest.raises(BadContent, match="twice"):
        PlainEnglish.load(path)
