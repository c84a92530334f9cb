"""References that can be said aloud, and that say nothing."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from bot.errors import BadContent
from bot.references import References, digits

MOST_LETTERS = 6
UNFORTUNATE = {
    "DEATH", "STORM", "KNIFE", "GRAVE", "BRIDGE", "BULLY", "CAGE", "SLOW", "CRAZY", "WINDOW", "LOST", "FALL", "SPIDER",
    "HANGER", "PILL", "ROPE", "BELT", "DRAIN", "LEMON", "NUT", "WALNUT", "FIDDLE", "SNAIL", "PIG", "COW", "GINGER",
}  # fmt: skip


@pytest.fixture(scope="module")
def references() -> References:
    return References.load()


def test_a_reference_is_a_word_and_three_digits(references: References) -> None:
    for seed in range(200):
        word, number = references.draw(Random(seed)).split(" ")
        assert word in references.words
        assert len(number) == 3
        assert number.isdigit()


def test_chance_is_given_so_that_the_same_chance_draws_the_same_reference(references: References) -> None:
    assert references.draw(Random(7)) == references.draw(Random(7))


def test_there_are_enough_references_for_years_of_messages(references: References) -> None:
    assert len(references.words) * len(references.numbers) > 50_000


def test_no_number_is_one_that_frightens(references: References) -> None:
    assert not {999, 112, 111, 101, 666} & set(references.numbers)


def test_words_are_short_and_kind(references: References) -> None:
    assert all(len(word) <= MOST_LETTERS for word in references.words)
    assert not UNFORTUNATE & set(references.words)


def test_no_word_is_one_letter_away_from_another(references: References) -> None:
    """Said over a bad line, each must still be itself."""
    words = sorted(references.words)
    close = [
        (one, other)
        for place, one in enumerate(words)
        for other in words[place + 1 :]
        if len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1
    ]

    assert close == []


def test_the_digits_confirm_a_deletion() -> None:
    assert digits("RIVER 482") == "482"
    assert digits("") == ""


def test_a_word_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "references.toml"
    path.write_text('words = ["RIVER", "RIVER"]\nnever = []\n', "utf-8")

    with pytest.raises(BadContent, match="once"):
        References.load(path)


@pytest.mark.parametrize(
    "said",
    [
        "otter 214 tulip 915",
        "otter214tulip915",
        "otter 214tulip 915",
        "ottre 214 tulip 915",  # two letters swapped
        "otter 214 tullip 915",  # one doubled
    ],
)
def test_a_code_is_read_however_it_was_typed(references: References, said: str) -> None:
    assert references.code(said) == "OTTER 214 TULIP 915"


def test_a_code_with_a_word_of_nobodys_is_still_a_code_and_leads_nowhere(references: References) -> None:
    assert references.code("otter 214 heron 915") == "OTTER 214 HERON 915"


@pytest.mark.parametrize(
    "said",
    [
        "",
        "otter 214",
        "otter 214 tulip",
        "otter 21 tulip 915",
        "otter 2145 tulip 915",
        "bus 123 taxi 456",  # what happened to somebody
        "otter 214 tulip 915 is the code",
        "214 otter 915 tulip",
        "otter 214 tulip 915 plum 340",
        "óttér 214 tulip 915",
        "اوتر 214 tulip 915",
    ],
)
def test_what_is_no_code(references: References, said: str) -> None:
    assert references.code(said) == ""


def test_every_code_that_is_drawn_is_read_as_it_was_drawn(references: References) -> None:
    for seed in range(200):
        code = f"{references.draw(Random(seed))} {references.draw(Random(seed + 1000))}"
        assert references.code(code.lower()) == code
